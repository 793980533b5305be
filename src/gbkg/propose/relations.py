"""Relations: what the cue words of a property say of the names, dates and words around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gbkg.propose.cues import Cue
from gbkg.propose.drafting import (
    Context,
    ambiguity,
    as_document,
    doubts,
    members,
    note_elsewhere,
    placed,
    proposal,
    quoted,
)
from gbkg.propose.matching import CueMatch, find_matches
from gbkg.propose.names import Mention
from gbkg.propose.reading import ReadSentence
from gbkg.propose.statistics import date_of
from gbkg.propose.table import Proposal


def propose(context: Context, cues: Iterable[Cue]) -> Iterator[Proposal]:
    """A relation for each subject and object of a cue in the open sentences, each once in a document."""
    given, seen = list(cues), set[tuple[str, str, str]]()
    for sentence in context.sentences:
        if not sentence.is_open or not (sentence.mentions or context.document):
            continue
        matches = [match for cue in given for match in find_matches(context, sentence, cue)]
        for match in _narrowest(context, matches):
            for one in _made(context, sentence, match, seen):
                seen.add((one["subject"], one["predicate"], one["object"]))
                yield one


def _narrowest(context: Context, matches: list[CueMatch]) -> list[CueMatch]:
    """The matches without those that a property of a narrower range says of the same words."""

    def narrower(one: CueMatch, other: CueMatch) -> bool:
        a, b = (context.vocabulary.ranges.get(match.cue.term, "") for match in (one, other))
        same = (one.start, one.objects) == (other.start, other.objects) and one.objects and not one.cue.inside
        return bool(same) and a != b and context.vocabulary.is_a(a, b)

    return [one for one in matches if not any(narrower(other, one) for other in matches)]


def _made(
    context: Context, sentence: ReadSentence, match: CueMatch, seen: set[tuple[str, str, str]]
) -> Iterator[Proposal]:
    """The rows of a match but for those whose subject, property and object are `seen`."""
    kind = context.vocabulary.properties[match.cue.term]
    subjects, things = list(match.subjects), list(match.objects)
    if not match.cue.inside:
        subjects, things = (
            [each for one in some for each in members(context.lexicon, one)] for some in (subjects, things)
        )
    if kind == "entity":
        for subject in subjects:
            for thing in things:
                if subject.slug != thing.slug and (subject.slug, match.cue.term, thing.slug) not in seen:
                    yield from _row(context, sentence, match, subject, thing)
        return
    value, span = "", match.words
    if kind == "date":
        date = date_of(sentence, match.start)
        if date is None:
            return
        value, span = date.readings[0], (date.start, date.end)
    elif span:
        value = context.text[slice(*sentence.span(*span))]
    for subject in subjects:
        if (subject.slug, match.cue.term, value) not in seen:
            yield from _row(context, sentence, match, subject, None, value, span)


def _row(
    context: Context,
    sentence: ReadSentence,
    match: CueMatch,
    subject: Mention,
    thing: Mention | None,
    value: str = "",
    span: tuple[int, int] | None = None,
) -> Iterator[Proposal]:
    parts = [(match.start, match.end)]
    parts += [(one.start, one.end) for one in (subject, thing) if one and one.start >= 0]
    parts += [span] if span else []
    mentions = [one for one in (subject, thing) if one]
    begin, stop, far = quoted(context, sentence, parts, *mentions)
    notes = [note_elsewhere(context, sentence, far)] if far else []
    if match.cue.inside and thing:
        label = context.entities[thing.slug].label
        notes.append(f"Read from the name, which has “{sentence.said(thing)}” ({label}) in it")
    cells = {"subject": subject.slug, "predicate": match.cue.term, "object": thing.slug if thing else value}
    cells |= {"reading": "implied" if notes else "stated", "status": "accepted", "note": "; ".join(notes)}
    cells |= placed(context, begin, stop)
    planned = {"qualifiers": "planned"} if _planned(context, sentence, match) else {}
    unsure, candidates = ambiguity(mentions)
    own, as_itself = as_document(context, sentence, mentions)
    doubt = doubts(unsure, "subject-elsewhere" if far else "", own, "from-name" if match.cue.inside else "")
    because = f"rule relations: cue “{match.cue}”{as_itself}"
    made = proposal(context, "relation", [cells | planned, cells], doubt, because, candidates)
    if made:
        yield made


def _planned(context: Context, sentence: ReadSentence, match: CueMatch) -> bool:
    words = context.vocabulary.qualifiers.get("planned", ())
    end = match.words[0] if match.words else match.end
    before = sentence.text[max(0, match.start - 12) : end].lower()
    return any(
        re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", before) if word.isascii() else word in before
        for word in words
    )
