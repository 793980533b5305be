"""Makes a proposal of what a rule found: the words that it rests on, and the proof that an accepted row would pass.

A row is proposed only if the readers of claims and of quotations find no fault in it. Where a part of it is not said in
its own words, it is `implied`, with a note that says how it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gbkg.claims import rows
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core.records import Entity, Place, Source
from gbkg.core.tables import TableRow
from gbkg.core.terms import minted
from gbkg.documents import coverage
from gbkg.documents.passages import fold
from gbkg.propose.names import Lexicon, Mention
from gbkg.propose.reading import ReadSentence
from gbkg.propose.table import MeantEntity, Proposal, identity

LONGEST = 400
"""Characters of the longest quotation that is proposed; words that stand farther apart are not quoted together."""
_BEFORE = re.compile(
    r"(?:where|when(?:ever)?|wherever|if|unless|until|provided|except|in case|in the event|as long as|subject to|"
    r"without)\b|如果|若|倘|当|凡|除|未经|违反|[^,，。;；]*的[,，]|在[^,，。;；]*(?:情况下|情形下|前提下|时)[，,]",
    re.I,
)
_BEHIND = re.compile(
    r"[,，]?\s*(?:(?:but\s+)?only\b|where\b|when(?:ever)?\b|if\b|unless\b|until\b|provided\b|except\b|in case\b|"
    r"as long as\b|subject to\b|但|除)",
    re.I,
)
"""What a condition of a statement begins with, before and behind it."""
_NUMBER = re.compile(r"\s*(?:第[〇零一二三四五六七八九十百]+条|(?:Article|Section|Art\.|Sec\.)\s*\d+[.:]?)?\s*")
"""The number of an article before its text."""


@dataclass
class Dropped:
    """How many rows a rule made that would not pass, by the fault that was found first."""

    faults: dict[str, int] = field(default_factory=dict)

    def count(self, fault: str) -> None:
        self.faults[fault] = self.faults.get(fault, 0) + 1


@dataclass(frozen=True)
class Context:
    """What all rules share: the document, its sentences, what is known."""

    source: Source
    text: str
    sentences: tuple[ReadSentence, ...]
    lexicon: Lexicon
    entities: Mapping[str, Entity]
    vocabulary: Vocabulary
    document: str = ""
    """The entity that is the document itself; "" if none is."""
    dropped: Dropped = field(default_factory=Dropped)

    @property
    def language(self) -> str:
        return self.source.language


def quoted(context: Context, sentence: ReadSentence, parts: Iterable[tuple[int, int]], *mentions: Mention) -> tuple[
    int, int, list[Mention]
]:  # fmt: skip
    """The span of the document from the first to the last of some parts of a sentence, those included where the
    mentions' names stand; and the mentions whose names stand too far off to be quoted."""
    inside = [*parts, *((one.start, one.end) for one in mentions if one.start >= 0)]
    spans = [sentence.span(*with_conditions(sentence, min(a for a, _ in inside), max(b for _, b in inside)))]
    start, end = min(a for a, _ in spans), max(b for _, b in spans)
    far: list[Mention] = []
    for one in mentions:
        if one.how == "name" or (one.named is None and one.slug == context.document):
            continue
        if one.named is None:
            far.append(one)
            continue
        number, first, last = one.named
        place = context.sentences[number].span(first, last)
        if max(end, place[1]) - min(start, place[0]) <= LONGEST and sentence.number - number <= 1:
            start, end = min(start, place[0]), max(end, place[1])
        else:
            far.append(one)
    return start, end, far


def with_conditions(sentence: ReadSentence, start: int, end: int) -> tuple[int, int]:
    """A span of a sentence with the conditions before and behind it, without which it says more than the document."""
    text = sentence.text
    first = skip_number(text)
    begin = first if first < start and _BEFORE.match(text, first) else start
    stop = len(text.rstrip(" .。!！?？;；")) if _BEHIND.match(text, end) else end
    return (begin, stop) if stop - begin <= LONGEST else (start, end)


def skip_number(text: str) -> int:
    """Where a sentence begins behind the number of its article."""
    found = _NUMBER.match(text)
    return found.end() if found else 0


def as_document(context: Context, sentence: ReadSentence, mentions: Iterable[Mention]) -> tuple[str, str]:
    """Where words such as "this law", or none, are read as the document itself: the doubt, unless the register says
    which entity it is, and the reason; two empty texts else."""
    for one in mentions:
        if one.slug != context.document or one.named or (one.how == "name" and one.start >= 0):
            continue
        known = minted("id", one.slug).value in context.source.works
        said = f"“{sentence.said(one)}”" if one.start >= 0 else "what has no subject"
        how = "as the register says" if known else "by its title"
        doubt = "" if known and one.start >= 0 else "document-itself"
        return doubt, f"; {said} is read as the document itself, {how}: {context.entities[one.slug].label}"
    return "", ""


def note_elsewhere(context: Context, sentence: ReadSentence, far: Iterable[Mention]) -> str:
    """A note on words that stand for a name that is not quoted."""
    said = []
    for one in far:
        label = context.entities[one.slug].label
        words = sentence.said(one) if one.start >= 0 else ""
        said.append(f"“{words}” is read as {label}" if words else f"The subject, {label}, is named before")
    return "; ".join(said)


def proposal(
    context: Context,
    kind: str,
    variants: Iterable[dict[str, str]],
    doubt: str,
    because: str,
    candidates: tuple[MeantEntity, ...] = (),
) -> Proposal | None:
    """The first of some rows that would pass as a claim; None if none does."""
    fault = ""
    for cells in variants:
        kept = {name: value for name, value in cells.items() if value}
        found = first_fault(context, kept)
        if not found:
            made = identity(context.source.slug, kind, kept)
            return Proposal(made, kind, kept, doubt, because, candidates)
        fault = fault or found
    context.dropped.count(fault)
    return None


def first_fault(context: Context, cells: Mapping[str, str]) -> str:
    """The first fault that a row would have as a claim; "" if it has none."""
    given = {name: cells.get(name, "") for name in rows.COLUMNS} | {"id": "proposed"}
    given |= {"reading": given["reading"] or "stated", "status": given["status"] or "accepted"}
    row = TableRow(Place("", 0), given)
    known = dict(context.entities)
    claims, findings = rows.of_rows([row], context.source.slug, context.language, known, context.vocabulary)
    findings = [one for one in findings if one.severity == "violation"]
    findings += [one for claim in claims for one in coverage.misquotations(claim, context.text)]
    findings += [one for claim in claims for one in coverage.cuts(claim, context.language, context.text)]
    findings += [one.finding for one in rows.unattributed(claims, known) if not one.named(_aliases(context))]
    return f"{findings[0].column}: {findings[0].message}" if findings else ""


def _aliases(context: Context) -> set[tuple[str, str]]:
    return {(slug, fold(name)) for slug, names in context.lexicon.by_slug.items() for name in names}


def ambiguity(mentions: Iterable[Mention]) -> tuple[str, tuple[MeantEntity, ...]]:
    """The doubt that a name is that of several entities, with these as candidates."""
    several = [one for one in mentions if len(one.slugs) > 1]
    named = tuple(MeantEntity(slug, 100, "has the same name") for one in several for slug in one.slugs)
    return ("ambiguous-name" if several else ""), named


def doubts(*words: str) -> str:
    """The first doubt there is."""
    return next(filter(None, words), "")


def placed(context: Context, start: int, end: int) -> dict[str, str]:
    """The cells of a quotation."""
    return {"quote": context.text[start:end], "start": str(start)}


def members(lexicon: Lexicon, mention: Mention) -> Iterator[Mention]:
    """The mention or, where the name joins those of others, one of each of these in the same place."""
    parts = lexicon.parts.get(mention.slug)
    for slug in parts or mention.slugs[:1]:
        slugs = (slug,) if parts else mention.slugs
        yield Mention(mention.start, mention.end, slugs, mention.how, mention.named)
