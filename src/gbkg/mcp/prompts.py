"""Prompts: ways to work with the tools that a person can choose in a client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gbkg.mcp.marking import NOTICE, shown

INSTRUCTIONS = (
    "A knowledge graph of what a few documents say. Every statement comes with the sentences that state it, how it "
    "stands (stated, implied, inferred, disputed) and what is held against it. Ask before you answer; begin with "
    "`search`, or with `coverage` to learn what the documents are. Cite every statement with its quotation, document "
    "and link, as in `citations`. Check a quotation with `verify_quote` before you print it. Name what is disputed or "
    "only implied as such, and print numbers as the document prints them. If `outcome` is `not stated`, say that the "
    "sources do not state it; if it is `outside the sources`, that they are not about it; do not fill in from "
    f"elsewhere. {NOTICE}"
)
_RULES = (
    "Take everything from the tools of this server and nothing from elsewhere. After each statement put its citation: "
    "author, title, date, the quotation and its link. Check every quotation with verify_quote. Say of each statement "
    "that is not plainly stated how it stands (implied, inferred, disputed), and give the counter-evidence with it. "
    f"{NOTICE}"
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt with its one argument; `text` has the place of its value as `{}`."""

    name: str
    title: str
    description: str
    argument: str
    about: str
    text: str

    def filled(self, values: Mapping[str, str]) -> str:
        """The prompt with the value of its argument on one line."""
        return self.text.format(shown(values[self.argument], 2_000))


PROMPTS = {
    one.name: one
    for one in (
        Prompt(
            "answer-with-citations",
            "Answer with citations",
            "Answers a question from the sources alone, every statement with its sentence.",
            "question",
            "the question",
            "Answer this question from the sources: {}\n\n"
            "Find what it is about with search, then use entity, relations, path or ask_saved; look at disputes of the "
            "same entities. If the sources do not state the answer, say so in the words of `message`, and what they do "
            f"state nearby.\n\n{_RULES}",
        ),
        Prompt(
            "compare-the-sources",
            "Compare the sources on …",
            "Sets side by side what each document says on a matter, and where they disagree.",
            "topic",
            "the matter, or an entity",
            "Compare what the sources say on: {}\n\n"
            "List the documents with coverage. Search the matter, and sort what you find by document. Set the "
            "statements side by side in a table: what, which document, when, the quotation. Use disputes to say which "
            "of them contradict one another, which only count differently or at another time, and which cannot be "
            f"compared. Say of which document nothing on this is known.\n\n{_RULES}",
        ),
        Prompt(
            "what-is-not-known",
            "What is not known about …",
            "Finds what the sources do not say of an entity or a matter, and why.",
            "about",
            "an entity, or the matter",
            "Say what is not known about: {}\n\n"
            "Read entity, then disputes (kinds gap, ambiguity, inconsistency) of the same name, then ask_saved with "
            "the words without, missing and not stated, then coverage. Give what is missing in these groups: what the "
            "documents have lost; what they do not date; what can be read in more than one way; what they contradict "
            "themselves on; what one would expect and they do not state. For each, say how you know it, with the "
            f"outcome of the tool that you asked.\n\n{_RULES}",
        ),
    )
}
"""Every prompt by name."""
