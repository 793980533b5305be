"""A document from beginning to end, with what stands behind each sentence: whole where its text is at hand, else as far
as it is quoted.

Offsets are code points, 0-based and half-open. The set-aside spans are those of the project, everything else is the
graph's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gbkg.ask import disputes
from gbkg.ask.contents import SourceItem
from gbkg.ask.disputes import Dispute, DisputedClaim
from gbkg.ask.records import GraphRecords, qualifications, without_subject
from gbkg.claims import review
from gbkg.core.errors import SourceError
from gbkg.core.project import Project
from gbkg.core.records import JOINED, Claim, Passage, Reading
from gbkg.core.terms import minted, term
from gbkg.documents import coverage
from gbkg.documents.coverage import Coverage, Sentence
from gbkg.documents.passages import ELLIPSIS
from gbkg.documents.passages import find as occurrences

HEADING = "heading"
_UNKNOWN = "\n"
"""Stands for a character that is not available; a line end also ends every sentence."""


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A stretch of a document. `text` is None if it is not available. `share` is that of a sentence (`claimed`,
    `aside`, `unread`, `missing`), empty for what stands between sentences and for what is not available; `claims` are
    the keys of those that quote it, in the order of their quotations; `aside` are the reasons for which it is set
    aside, with the curators' notes."""

    start: int
    end: int
    text: str | None
    share: str = ""
    claims: tuple[str, ...] = ()
    aside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QuotedClaim:
    """A claim beside the text: `subject` is the id of what it is about, `about` its label, `words` the rest of the
    claim, `remarks` what qualifies it, `passages` the offsets of its quotations, `main` those of the one that has its
    number or object, else of the longest, `at` where that number or object stands."""

    key: str
    subject: str
    about: str
    words: str
    remarks: tuple[str, ...]
    reading: str
    status: str
    passages: tuple[tuple[int, int], ...]
    main: tuple[int, int]
    at: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the text that the curators speak of: `kind` is one of `gbkg.ask.disputes.KINDS`, `name` the dispute
    (cur:…), `heading` what it says in one line, `comment` the curators' words, `meant` the right ones of a misprint."""

    start: int
    end: int
    kind: str
    name: str
    heading: str
    comment: str = ""
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document in parts that follow each other without a gap, from 0 to its length.

    `whole` says whether its text is at hand; `claims` are in the order of the text, `marks` and `headings` (offsets,
    words) too; `coverage` counts the sentences, and is None without the text."""

    source: SourceItem
    whole: bool
    parts: tuple[DocumentPart, ...]
    claims: tuple[QuotedClaim, ...]
    marks: tuple[Mark, ...]
    headings: tuple[tuple[int, int, str], ...]
    coverage: Coverage | None

    @property
    def absent(self) -> int:
        """How many of its characters are not at hand."""
        return sum(part.end - part.start for part in self.parts if part.text is None)

    def to_dict(self) -> dict[str, Any]:
        """The document as JSON has it (docs/records.md)."""
        return asdict(self) | {"absent": self.absent}


def read(
    records: GraphRecords, project: Project, source: SourceItem, text: str | None, disputed: Iterable[Dispute]
) -> Document:
    """The document of a source. `disputed` are the disputes of the graph; those that touch its claims are marked.

    Raises `SourceError` if the text has another length than the source.
    """
    if text is not None and len(text) != source.length:
        message = f"the document {source.id} has {len(text):,} characters, expected {source.length:,}"
        raise SourceError(message, hint="a changed document is another document: register it anew or restore the old")
    store = records.store
    stated = store.quads(None, term("prov:hadPrimarySource"), minted("src", source.id), term("graph:claims"))
    claims = [claim for claim in records.claims(quad.subject for quad in stated) if claim.passages]
    aside, _ = review.readings_of(project, source.id)
    aside = [reading for reading in aside if reading.end <= source.length]
    known = [(0, text)] if text else list(_known(claims, aside))
    filled = text if text is not None else _filled(known, source.length)
    sentences = coverage.sentences(filled, claims, aside)
    return Document(
        source,
        text is not None,
        tuple(_parts(filled, sentences, known, aside, source.length)),
        tuple(_quoted(claim, records) for claim in claims),
        tuple(sorted(set(_marks(source.id, disputed)), key=lambda one: (one.start, -one.end, one.name))),
        tuple((r.start, r.end, r.quote) for r in sorted(aside, key=lambda r: r.start) if r.reason == HEADING),
        coverage.covered(sentences) if text is not None else None,
    )


def _known(claims: Sequence[Claim], aside: Sequence[Reading]) -> Iterator[tuple[int, str]]:
    """What quotations tell of a text: stretches (offset, characters) that neither touch nor overlap, in order."""
    pieces = {(passage.start, passage.exact) for claim in claims for passage in claim.passages}
    for one in aside:
        head, _, tail = one.quote.partition(ELLIPSIS)
        if len(one.quote) == one.end - one.start:
            pieces.add((one.start, one.quote))
        elif tail:
            pieces |= {(one.start, head), (one.end - len(tail), tail)}
    at, found = 0, ""
    for start, exact in sorted(pieces):
        if found and start <= at + len(found):
            found += exact[at + len(found) - start :]
        else:
            if found:
                yield at, found
            at, found = start, exact
    if found:
        yield at, found


def _filled(known: Iterable[tuple[int, str]], length: int) -> str:
    made, at = "", 0
    for start, exact in known:
        made += _UNKNOWN * (start - at) + exact
        at = start + len(exact)
    return made + _UNKNOWN * (length - at)


def _parts(
    text: str, sentences: Sequence[Sentence], known: Sequence[tuple[int, str]], aside: Sequence[Reading], length: int
) -> Iterator[DocumentPart]:
    """Sentences, what stands between them, and what is not available; in order, from 0 to `length`."""
    ends = [(start, start + len(exact)) for start, exact in known]
    at = stretch = 0
    for sentence in (*sentences, None):
        until = sentence.start if sentence else length
        while at < until:
            while stretch < len(ends) and ends[stretch][1] <= at:
                stretch += 1
            start, end = ends[stretch] if stretch < len(ends) else (length, length)
            if start <= at:
                yield DocumentPart(at, min(end, until), text[at : min(end, until)])
                at = min(end, until)
            else:
                yield DocumentPart(
                    at, min(start, until), None, aside=_reasons(r for r in aside if _meets(r, at, start))
                )
                at = min(start, until)
        if sentence:
            keys, reasons = tuple(claim.key for claim in sentence.claims), _reasons(sentence.readings)
            yield DocumentPart(at, sentence.end, text[at : sentence.end], sentence.share, keys, reasons)
            at = sentence.end


def _meets(reading: Reading, start: int, end: int) -> bool:
    return reading.start < end and start < reading.end


def _reasons(found: Iterable[Reading]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((one.reason, one.note) for one in found if one.reason != JOINED))


def _quoted(claim: Claim, records: GraphRecords) -> QuotedClaim:
    return QuotedClaim(
        claim.key,
        claim.subject,
        records.called(claim.subject),
        without_subject(claim, records),
        tuple(qualifications(claim, records, "implied")),
        claim.reading,
        claim.status,
        tuple((passage.start, passage.end) for passage in claim.passages),
        *_main(claim, records),
    )


def _main(claim: Claim, records: GraphRecords) -> tuple[tuple[int, int], int]:
    words = claim.quantity.text if claim.quantity else claim.object
    words = records.called(words) if claim.object_kind == "entity" else words
    best = max(claim.passages, key=lambda one: (words in one.exact, one.end - one.start, -one.start))
    return (best.start, best.end), best.start + max(best.exact.find(words), 0)


def _marks(source: str, disputed: Iterable[Dispute]) -> Iterator[Mark]:
    """Where the disputes that name claims of a source, or passages of it, are printed."""
    for dispute in disputed:
        found = {passage for passage in dispute.passages if passage.source == source}
        claims = [one for one in dispute.claims if one.claim.source == source] if dispute.named and not found else []
        spans = {(passage.start, passage.end) for passage in found}
        for one in claims:
            spans |= set(_printed(dispute, one))
        heading = disputes.heading(dispute)
        for start, end in sorted(spans):
            yield Mark(start, end, dispute.kind, dispute.name, heading, dispute.comment, dispute.corrected)


def _printed(dispute: Dispute, disputed: DisputedClaim) -> Iterator[tuple[int, int]]:
    """The offsets of what a dispute says of a claim: of the misprinted words, else of the number as it is printed, else
    of its quotations."""
    passages = disputed.claim.passages
    words = dispute.printed or (disputed.claim.quantity.text if disputed.claim.quantity else "")
    exact = [span for passage in passages for span in _within(passage, words)] if words else []
    yield from exact or ((passage.start, passage.end) for passage in passages)


def _within(passage: Passage, words: str) -> Iterator[tuple[int, int]]:
    return ((passage.start + start, passage.start + end) for start, end in occurrences(passage.exact, words))
