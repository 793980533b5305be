"""What documents say and curators hold against it, in words and as JSON: a claim, a passage, a document, disputes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from gbkg.ask import sidebyside
from gbkg.ask.citation import Citation
from gbkg.ask.disputes import KINDS, PLURALS, Dispute
from gbkg.ask.records import GraphRecords
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.terms import Term, to_json
from gbkg.core.text import counted, escape, oneline, wrapped
from gbkg.core.text import markdown as escaped
from gbkg.evidence.proofs import ClaimEvidence, Quotation

if TYPE_CHECKING:
    from gbkg.ask.document import Document, DocumentPart


@dataclass(frozen=True)
class DisputesResult(Result):
    """What is to be settled and what the curators hold against the documents: of all that `near` is about, or of one
    entity (`about`, its label), those of the kinds that were asked for."""

    kind = "disputes"
    records: GraphRecords
    near: tuple[Dispute, ...]
    kinds: tuple[str, ...] = KINDS
    about: str = ""
    picked: bool = False
    """True if one dispute was asked for by its name."""

    @property
    def found(self) -> list[Dispute]:
        """Those of the kinds that were asked for."""
        return [dispute for dispute in self.near if self.picked or dispute.kind in self.kinds]

    @property
    def summary(self) -> str:
        """How many of each kind were asked for, and how many others there are; empty for one that was picked."""
        if self.picked:
            return ""
        counts = {kind: sum(dispute.kind == kind for dispute in self.near) for kind in KINDS}
        others = [kind for kind in KINDS if kind not in self.kinds and counts[kind]]

        def listed(kinds: tuple[str, ...] | list[str]) -> str:
            return ", ".join(f"{counts[kind]} {PLURALS[kind] if counts[kind] != 1 else kind}" for kind in kinds)

        where = f" on {self.about}" if self.about else ""
        return f"{listed(self.kinds)}{where}" + (f"; with --all also {listed(others)}" if others else "")

    def lines(self, width: int = WIDTH) -> Lines:
        found = self.found
        for dispute in found:
            title = escape("\n".join(sidebyside.title(dispute, width)))
            yield f"[bold]{title}[/bold]\n{escape(chr(10).join(sidebyside.body(dispute, width)))}\n"
        if sources := sidebyside.sources(found, self.records):
            legend = "(the numbers after a source are its characters, counted from 0)"
            first, *more = wrapped(f"Sources {legend}", width, "", "  ")
            yield f"[bold]Sources[/bold]{first.removeprefix('Sources')}"
            yield from map(escape, (*more, *(part for line in sources for part in wrapped(line, width, "  ", "    "))))

    def markdown(self) -> str:
        """The disputes as sections of Markdown."""
        sources = sidebyside.sources(self.found, self.records)
        listed = ["### Sources\n", *(f"- {escaped(line)}" for line in sources)] if sources else []
        return "\n".join([*map(sidebyside.markdown, self.found), *listed])

    def values(self) -> dict[str, Any]:
        return {"disputes": [sidebyside.values(dispute) for dispute in self.found], "about": self.about}


Said = tuple[NamedNode, Term]
"""A property and its value."""


@dataclass(frozen=True)
class ClaimResult(Result):
    """A claim: what its node says, property by property, and how a report cites it. `label` gives names of terms."""

    kind = "claim"
    node: NamedNode
    said: tuple[Said, ...]
    citation: Citation
    label: Callable[[Term], str]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        yield f"[bold]{escape(shorten(self.node.value))}[/bold]"
        for predicate, value in self.said:
            yield escape(f"  {self.label(predicate)}: {oneline(self.label(value))}")
        yield escape(self.citation.text().rstrip())

    def values(self) -> dict[str, Any]:
        listed = [
            {"property": shorten(predicate.value), "label": self.label(predicate), "value": to_json(value),
             "text": self.label(value)}
            for predicate, value in self.said
        ]  # fmt: skip
        own = {"iri": self.node.value, "id": shorten(self.node.value), "properties": listed}
        return own | {"citation": self.citation.values()}


@dataclass(frozen=True)
class PassageResult(Result):
    """A passage: its words, and the claims that they prove, in the order of their IRIs."""

    kind = "passage"
    passage: Quotation
    claims: tuple[ClaimEvidence, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        one = self.passage
        yield f"[bold]{escape(one.source)}[/bold] {one.start}–{one.end}"
        yield escape(f"“{oneline(one.exact)}”")
        for claim in self.claims:
            yield escape(f"  clm:{claim.key}  {', '.join(claim.how)}".rstrip())

    def values(self) -> dict[str, Any]:
        one = self.passage
        return {
            "iri": one.passage,
            "id": "psg:" + one.passage.removeprefix(PREFIXES["psg"]),
            "source": one.source,
            "start": one.start,
            "end": one.end,
            "exact": one.exact,
            "claims": [claim.to_dict() for claim in self.claims],
        }


@dataclass(frozen=True)
class DocumentResult(Result):
    """A document from beginning to end, whole or as far as it is quoted."""

    kind = "document"
    document: Document

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        page = self.document
        yield f"[bold]{escape(page.source.title)}[/bold]  ({escape(page.source.id)})"
        if not page.whole:
            yield f"{page.absent:,} of {counted(page.source.length, 'character')} are not in this repository"
        for part in page.parts:
            if part.text is None:
                yield escape(f"[{absent(part.end - part.start)}]")
            elif part.share:
                yield escape(f"{part.start}-{part.end}  {oneline(part.text)}")
                yield escape(f"    {_behind(part)}")
        for mark in page.marks:
            yield escape(f"{mark.start}-{mark.end}  {mark.heading}")
        if page.coverage:
            yield escape(f"{page.source.id}: {page.coverage}")

    def values(self) -> dict[str, Any]:
        return self.document.to_dict()


def absent(characters: int) -> str:
    """What a gap of so many characters is called.

    >>> absent(1), absent(212)
    ('1 character that is not in this repository', '212 characters that are not in this repository')
    """
    return f"{counted(characters, 'character')} that {'is' if characters == 1 else 'are'} not in this repository"


def _behind(part: DocumentPart) -> str:
    said = [key.partition(".")[2] for key in part.claims] + [f"({reason})" for reason, _ in part.aside]
    return ", ".join(said) or "nothing stands behind this"
