"""Where the words of a cue stand in a sentence, with the names, dates and words around them that it joins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gbkg.propose.cues import Cue, Slot, Words
from gbkg.propose.drafting import Context, skip_number
from gbkg.propose.names import Mention, outer, proper
from gbkg.propose.reading import ReadSentence

_JOINED = re.compile(r"\s*(?:,|&|、|，|和|与|及|以及|\bas well as\b|\band\b|\bor\b)[\s,]*(?:and\s+)?(?:the\s+)?", re.I)
_NEAR = re.compile(r"[\s\"“”'‘’(（《]*(?:(?:the|a|an|its|their|both|all|such as)\s+)*[\s\"“”'‘’(（《]*", re.I)
_NOT = re.compile(r"\b(?:not|never|no longer|without|neither)\b|n't\b|不|未|没有|无", re.I)
_STOP = re.compile(
    r"[,;:.。，；：](?=\s|$)|[。，；：]|(?<=[\u3400-\u9fff》])[,;:]|\s-\s|\bwhich\b|\bwho\b|\bwhile\b|\balthough\b"
)
_BEFORE = re.compile(r"[\s\"”’》(（]*(?:(?:has|have|was|were|is|are|also|of)\s*)?")
_PREPOSITION = re.compile(
    r"\b(?:in|within|at|on|from|under|for|among|across|by|of|between|with|to|into|compared with|as)\s+(?:the\s+)?$",
    re.I,
)
_LOOSE = 8
"""Characters that may stand between the words of a cue and its next part: articles, quotation marks."""
_WIDE, _AFTER = 90, 45
"""Characters between the words of a cue and the subject before, and the object after them."""
_AHEAD = re.compile(r"[\s,，()（）]|[是在向对还并应可将已于自由根按通为也均都必须不每定]")
"""What may follow a subject in Chinese before its verb."""
_EASTERN = re.compile(r"[\u3400-\u9fff]")
_FRONT = 8
"""Sentences of a document that say how it was made."""
_TEXT = 160
"""Characters of the longest object that is words of the document."""


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A cue found: where its words stand, its subjects, and its objects or the span of the object."""

    cue: Cue
    start: int
    end: int
    subjects: tuple[Mention, ...]
    objects: tuple[Mention, ...]
    words: tuple[int, int] | None = None


def find_matches(context: Context, sentence: ReadSentence, cue: Cue) -> Iterator[CueMatch]:
    if cue.inside:
        yield from _nested(context, sentence, cue)
        return
    anchor = cue.parts[cue.anchor]
    said = anchor.text if isinstance(anchor, Words) else anchor.begins.removeprefix("...").strip()
    for start, end in _places(sentence.text.lower(), said):
        if any(one.start < end and start < one.end and one.how == "name" for one in sentence.mentions):
            continue
        match = _around(context, sentence, cue, start, end)
        if match and not _NOT.search(sentence.text[_outermost(match) : match.end]):
            yield match


def _nested(context: Context, sentence: ReadSentence, cue: Cue) -> Iterator[CueMatch]:
    """Names within names; of neighbours within one name ("Reed Mill Street") the last, which is the narrowest."""
    outside, inside = (part for part in cue.parts if isinstance(part, Slot))
    for long in {long for long, _ in sentence.inner if _fits(context, long, outside.cls)}:
        within = [one for first, one in sentence.inner if first == long and one.slugs != long.slugs]
        shorts = [one for one in outer(within) if _fits(context, one, inside.cls)]
        for number, short in enumerate(shorts):
            following = shorts[number + 1].start if number + 1 < len(shorts) else -1
            if sentence.text[short.end : following].strip() or following < 0:
                both = ((long,), (short,)) if outside.role == "subject" else ((short,), (long,))
                yield CueMatch(cue, long.start, long.end, *both)


def _outermost(match: CueMatch) -> int:
    return min((one.end for one in match.subjects if 0 <= one.end <= match.start), default=match.start)


def _places(text: str, said: str) -> Iterator[tuple[int, int]]:
    """Where words stand whole; in Chinese words have no blanks between them."""
    at = text.find(said)
    while at >= 0:
        end = at + len(said)
        if not (_joined(text[at - 1 : at], said[0]) or _joined(said[-1], text[end : end + 1])):
            yield at, end
        at = text.find(said, at + 1)


def _joined(left: str, right: str) -> bool:
    return all(one.isascii() and one.isalnum() for one in (left, right))


def _around(context: Context, sentence: ReadSentence, cue: Cue, start: int, end: int) -> CueMatch | None:
    """The whole of a cue around its longest words; None if a part is missing."""
    held: dict[str, tuple[Mention, ...]] = {}
    words: tuple[int, int] | None = None
    kind = context.vocabulary.properties[cue.term]
    left, right = start, end
    for part in reversed(cue.parts[: cue.anchor]):
        if isinstance(part, Words):
            at = sentence.text.lower().rfind(part.text, max(0, left - len(part.text) - _LOOSE), left)
            if at < 0:
                return None
            left = at
        elif part.role == "object" and kind == "text":
            words = _words_before(sentence, left)
        elif part.role == "object" and kind == "date":
            continue
        else:
            listed = _before(context, sentence, cue, part, left)
            if not listed:
                return None
            held[part.role], left = listed, listed[0].start if listed[0].start >= 0 else left
    anchor = cue.parts[cue.anchor]
    if isinstance(anchor, Slot):
        begin = sentence.clause(start, end)[0] if cue.clausal else start
        words = begin + _blanks(sentence.text[begin:]), _clause_end(sentence, end)
    later = cue.parts[cue.anchor + 1 :]
    for number, part in enumerate(later):
        if isinstance(part, Words):
            former = later[number - 1] if number else None
            apart = isinstance(former, Slot) and not former.near
            reach = len(sentence.text) if apart else right + len(part.text) + _LOOSE
            at = sentence.text.lower().find(part.text, right, reach)
            if at < 0:
                return None
            right = at + len(part.text)
        elif part.role == "object" and kind == "text":
            following = later[number + 1] if number + 1 < len(later) and part.near else None
            words = _words_after(sentence, right, following.text if isinstance(following, Words) else "")
            right = words[1] if words else right
        elif part.role == "object" and kind == "date":
            continue
        else:
            listed = _after(context, sentence, part, right)
            if not listed:
                return None
            held[part.role], right = listed, listed[-1].end
    if "subject" not in held or (kind == "entity" and "object" not in held) or (kind == "text" and words is None):
        return None
    return CueMatch(cue, left, right, held["subject"], held.get("object", ()), words)


def _fits(context: Context, one: Mention, cls: str) -> bool:
    return not cls or any(context.lexicon.is_a(slug, cls) for slug in one.slugs)


def _can(context: Context, sentence: ReadSentence, one: Mention, part: Slot) -> bool:
    named = part.role == "object" or part.near or _proper(context, sentence, one)
    return named and _fits(context, one, part.cls)


def _proper(context: Context, sentence: ReadSentence, one: Mention) -> bool:
    """Whether a mention is a proper name, or stands for one."""
    if one.how == "words" and one.named:
        number, start, end = one.named
        return proper(context.sentences[number].text[start:end])
    return one.how == "words" or proper(sentence.said(one))


def _before(context: Context, sentence: ReadSentence, cue: Cue, part: Slot, left: int) -> tuple[Mention, ...]:
    """The mentions for a place before an offset, in their order: the nearest that fits, and those joined to it. After a
    comma that closes what stands between, a subject is the first of the sentence."""
    text = sentence.text
    usable = [one for one in sentence.mentions if one.end <= left and _can(context, sentence, one, part)]
    if not part.near:
        free = [one for one in usable if left - one.end <= 1 or not _governed(text, one)]
        # Of a clause ("the number of firms in Reed has grown") what the subject of the sentence is of.
        usable = free or (usable if cue.clausal else [])
        usable = [one for one in usable if not _modifies(text, one, left)]
        if re.search(r",\s*$", text[:left]) and part.role == "subject":
            usable = usable[:1]
    for one in reversed(usable):
        gap = text[one.end : left]
        if part.near and not _BEFORE.fullmatch(gap):
            return ()
        if len(gap) > _WIDE * (3 if len(usable) == 1 else 1) or re.search(r"[;；。]", gap):
            return ()
        listed = [one]
        single = text[left : left + 1] in "(（"  # "B (including" goes on about B alone, whatever A is listed before it
        for other in () if single else reversed([each for each in usable if each.end <= one.start]):
            if not _JOINED.fullmatch(text[other.end : listed[0].start]):
                break
            listed.insert(0, other)
        return tuple(listed)
    return _implied(context, sentence, part, left, context.vocabulary.properties[cue.term] == "date")


def _governed(text: str, one: Mention) -> bool:
    """Whether a name depends on a word beside it ("in Reed", "Reed's") and is not a subject or object by itself."""
    return bool(_PREPOSITION.search(text[: one.start]) or re.match(r"'s\b", text[one.end :]))


def _modifies(text: str, one: Mention, left: int) -> bool:
    """Whether a Chinese name is likely part of a longer one that is the subject: 图书馆馆长应当."""
    return bool(_EASTERN.search(text[one.start : one.end])) and not _AHEAD.match(text[one.end : left] or "，")


def _implied(context: Context, sentence: ReadSentence, part: Slot, left: int, dated: bool) -> tuple[Mention, ...]:
    """The subject where the sentence has none before its first words: the document, of a line about itself, else what
    the sentence before is about. `dated` says that the cue is one of a date."""
    if part.role != "subject" or part.near:
        return ()
    slug = context.document
    if slug and part.cls != "Entity" and context.lexicon.is_a(slug, part.cls) and _of_document(sentence, left, dated):
        return (Mention(-1, -1, (slug,)),)
    if not sentence.number or sentence.alone or re.search(r"\w", sentence.text[:left]):
        return ()
    before = context.sentences[sentence.number - 1]
    fitting = [one for one in before.mentions if _can(context, before, one, part)]
    if not fitting or before.alone:
        return ()
    first = fitting[0]
    return (Mention(-1, -1, first.slugs, "words", first.named or (before.number, first.start, first.end)),)


def _of_document(sentence: ReadSentence, left: int, dated: bool) -> bool:
    """Whether a line has no subject before its first words but the document: nothing at all, or, in one of the first
    lines, a date and whoever enacted it ("1 June 2017, passed by the council")."""
    before = sentence.text[skip_number(sentence.text) : left].strip(" .:")
    front = dated and sentence.alone and sentence.number <= _FRONT and bool(sentence.dates)
    return not before or (front and sentence.dates[0].start == skip_number(sentence.text))


def _after(context: Context, sentence: ReadSentence, part: Slot, right: int) -> tuple[Mention, ...]:
    """The mentions for a place after an offset: the nearest that fits, and those joined to it."""
    text = sentence.text
    usable = [one for one in sentence.mentions if one.start >= right and _can(context, sentence, one, part)]
    for number, one in enumerate(usable):
        gap = text[right : one.start]
        if part.near and not _NEAR.fullmatch(gap) and number == 0:
            return ()
        if len(gap) > _AFTER or re.search(r"[,;:.，；：。](?:\s|$)", gap):
            return ()
        if re.match(r"'s\b", text[one.end :]):
            continue  # what is meant is the thing of this one
        listed = [one]
        for other in usable[number + 1 :]:
            if not _linked(text[listed[-1].end : other.start]):
                break
            listed.append(other)
        places = part.cls and context.vocabulary.is_a(part.cls, "Place")
        if places and len(listed) == 2 and text[listed[0].end : listed[1].start].strip() == ",":
            listed.pop()  # "Mill Street, Reed" is a place within another
        return tuple(listed)
    return ()


def _linked(gap: str) -> bool:
    """Whether two names stand in one list, with at most one item between them that nobody knows."""
    between = gap.removeprefix("》").removesuffix("《")
    if (gap and not between) or _JOINED.fullmatch(between):
        return True
    parts = re.split(r",|、|\band\b", gap)
    return len(parts) == 3 and len(gap) <= 60 and not re.search(r"[;.；。(（]", gap)


def _clause_end(sentence: ReadSentence, at: int) -> int:
    stop = _STOP.search(sentence.text, at)
    return min(stop.start() if stop else len(sentence.text.rstrip(" .。")), at + _TEXT)


def _words_after(sentence: ReadSentence, right: int, until: str) -> tuple[int, int] | None:
    """The words after an offset, to the end of the clause or to certain words."""
    end = sentence.text.lower().find(until, right) if until else _clause_end(sentence, right)
    return _worded(sentence, right, end) if end >= 0 else None


def _words_before(sentence: ReadSentence, left: int) -> tuple[int, int] | None:
    return _worded(sentence, sentence.clause(left, left)[0], left)


def _worded(sentence: ReadSentence, begin: int, end: int) -> tuple[int, int] | None:
    """The span without blanks around it; None if it says too little."""
    said = sentence.text[begin:end]
    start = begin + _blanks(said)
    kept = said.strip()
    return (start, start + len(kept)) if len(kept) > 1 and kept[0] not in "的了着" else None


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip())
