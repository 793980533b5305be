"""Whether words stand in the documents, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal

from gbkg.ask.resolve import resolve
from gbkg.core.prefixes import PREFIXES
from gbkg.core.text import counted
from gbkg.documents import passages
from gbkg.documents.passages import fold, folded
from gbkg.evidence.proofs import Quotation
from gbkg.mcp import tool
from gbkg.mcp.notes import AROUND, marks, quotation, shown
from gbkg.mcp.outcome import NOT_STATED, Reply
from gbkg.mcp.tool import Tool

VERDICTS = ("exact", "folded", "absent")
_MOST = 20
"""Places that are given."""
_ALIKE = 4
"""Characters of the beginning of a quotation that a document must have for a place to be near."""
_WORD = "SELECT DISTINCT ?quote {{ ?quote oa:exact ?text FILTER(CONTAINS(LCASE(?text), {})) }}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a document that are at hand together: all of them, or as far as they are quoted. `start` is their
    offset."""

    source: str
    start: int
    text: str
    whole: bool


def verify_quote(reply: Reply) -> None:
    """Looks a quotation up: as it is; folded, which makes equal what differs only in blanks, quotation marks, hyphens
    and widths; or absent, with where the document goes on differently."""
    words = str(reply.arguments["quote"])
    only = reply.given("source")
    slug = resolve(reply.kg.labels, only, "source", reply.remarks.append).value if only else ""
    stretches = list(_stretches(reply, words, slug.removeprefix(PREFIXES["src"])))
    whole = bool(stretches) and all(one.whole for one in stretches)
    where = "the documents" if whole else "what the graph quotes of them"
    exact = [(one, at, at + len(words)) for one in stretches for at in _occurrences(one.text, words)]
    places = exact or [(one, *span) for one in stretches for span in passages.find_span(one.text, words)]
    verdict = "exact" if exact else "folded" if places else "absent"
    reply.values |= {"verdict": verdict, "in": "documents" if whole else "quotations", "total": len(places)}
    if not whole:
        reply.remarks.append("the documents are not at hand: only what the graph quotes of them was looked at")
    if not places:
        _absent(reply, words, stretches, where)
        return
    told = {"exact": "stands as it is", "folded": "stands in other characters (blanks, quotation marks, hyphens)"}
    reply.say(f"{verdict}: it {told[verdict]} in {where}, {counted(len(places), 'time')}")
    reply.page("matches", places[:_MOST], lambda one: _match(reply, *one))
    reply.values["nearest"] = []


def _match(reply: Reply, one: Stretch, start: int, end: int) -> tuple[list[str], dict[str, Any]]:
    begin, stop = one.start + start, one.start + end
    exact = one.text[start:end]
    number = reply.notes.passage(Quotation("", one.source, begin, stop, exact))
    values = {
        "source": f"src:{one.source}",
        "start": begin,
        "end": stop,
        "exact": exact,
        "prefix": one.text[max(0, start - AROUND) : start],
        "suffix": one.text[end : end + AROUND],
        "url": reply.notes.opens(one.source, begin, stop),
        "citations": [number],
    }
    return [f"  {one.source} {begin}–{stop}{marks([number])}  {values['url']}"], values


def _absent(reply: Reply, words: str, stretches: list[Stretch], where: str) -> None:
    reply.nothing(NOT_STATED, f"absent: these words do not stand in {where}")
    shared = [_shared(one.text, words) for one in stretches]
    best = max(shared, default=0)
    nearest = list[dict[str, Any]]()
    if best >= _ALIKE:
        one, wanted = stretches[shared.index(best)], fold(words)
        document = folded(one.text)
        at = document.nearest(document.text.find(wanted[:best]) + best)
        goes, given = one.text[at : at + AROUND], wanted[best : best + AROUND]
        nearest = [{"source": f"src:{one.source}", "at": one.start + at, "document": goes, "given": given}]
        reply.say(f"  {one.source} {one.start + at}: where the words given go on {shown(given)!r}, the document has")
        reply.say(f"  {quotation(goes, reply.site.version)}")
    reply.values |= {"matches": [], "nearest": nearest}


def _shared(text: str, words: str) -> int:
    """How many characters of the beginning of a quotation a text has."""
    wanted, document = fold(words), fold(text)
    low, high = 0, len(wanted)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if wanted[:middle] in document else (low, middle - 1)
    return low


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _stretches(reply: Reply, words: str, only: str) -> Iterator[Stretch]:
    """The documents, or where they are not at hand what is quoted of those that quotations with these words are of."""
    library = reply.site.documents
    every = [only] if only else [one.id for one in reply.kg.sources().sources]
    at_hand = [slug for slug in every if library and slug in library.files]
    for slug in at_hand:
        yield Stretch(slug, 0, reply.notes.text(slug) or "", True)
    others = [slug for slug in every if slug not in at_hand]
    for slug in others if only else [slug for slug in others if slug in _quoting(reply, words)]:
        start, text = 0, ""
        for part in reply.kg.document(slug).document.parts:
            if part.text is None:
                if text:
                    yield Stretch(slug, start, text, False)
                text = ""
            else:
                start, text = (start, text + part.text) if text else (part.start, part.text)
        if text:
            yield Stretch(slug, start, text, False)


def _quoting(reply: Reply, words: str) -> set[str]:
    """The documents of which a quotation has the longest word of these."""
    longest = max(fold(words).casefold().split(), key=len, default="")
    rows = reply.kg.store.select(_WORD.format(Literal(longest)))
    return {row[0].value.removeprefix(PREFIXES["psg"]).rpartition(".")[0].rpartition(".")[0] for row in rows}


TOOLS = (
    Tool(
        "verify_quote",
        "Check a quotation",
        "Whether words stand in the documents: `exact`; `folded`, where only blanks, quotation marks, hyphens or "
        "widths differ (then print the document's own characters, in `exact` of the match); or `absent`, with where "
        "the document goes on differently. Check every quotation before you print it.",
        tool.arguments(
            {
                "quote": tool.text("the words, without the quotation marks around them", minLength=1, maxLength=5_000),
                "source": tool.text("only in this document", maxLength=300),
                "limit": tool.LIMIT,
                "cursor": tool.CURSOR,
            },
            ["quote"],
        ),
        tool.output(
            {
                "verdict": tool.choice("", VERDICTS),
                "in": tool.choice("what was looked at", ("documents", "quotations")),
                "total": tool.number("of places"),
                "matches": tool.several(
                    tool.record(
                        {
                            "source": tool.text(),
                            "start": tool.number("code points from 0"),
                            "end": tool.number("not part of it"),
                            "exact": tool.text("the document's own characters"),
                            "prefix": tool.text(),
                            "suffix": tool.text(),
                            "url": tool.text(),
                            "citations": tool.CITED,
                        }
                    )
                ),
                "nearest": tool.several(
                    tool.record(
                        {
                            "source": tool.text(),
                            "at": tool.number("where the document goes on differently"),
                            "document": tool.text("what it has there"),
                            "given": tool.text("what was given instead"),
                        }
                    )
                ),
            }
        ),
        verify_quote,
        seconds=20.0,
    ),
)
