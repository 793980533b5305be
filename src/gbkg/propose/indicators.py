"""Finds the indicator and the subject of a printed number by its unit and the words around it.

The score of an indicator is the share of its words that stand near the number, rarer ones counting more; words of the
rest of the sentence and of the sentence before count less. A cue that stands there as it is makes it certain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from gbkg.claims.vocabulary import Vocabulary
from gbkg.documents.quantities import PrintedQuantity
from gbkg.documents.sentences import CELL_SEPARATOR
from gbkg.propose.cues import Cues
from gbkg.propose.drafting import Context
from gbkg.propose.names import Mention
from gbkg.propose.reading import ReadSentence

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[\u3400-\u9fff]")
_FILLERS = frozenset("a an and at by for from in is of on or the their to with local total number".split())
GROWTH = re.compile(
    r"\b(?:growth|gr[eo]w|grown|growing|increas(?:e|ed|es|ing)|rose|risen|rising|declin(?:e|ed)|decreas(?:e|ed)|fell)\b"
    r"|增长|增加|增幅|上升|下降|减少|提高", re.I)  # fmt: skip
GREW = "growth"
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b|\b\w*(?:first|second|third|th|est)\b|第|首|最", re.I)
_ORDERED = ("rank", "series")
"""Words of units whose numbers are places in an order."""
_RESPECTIVELY = re.compile(r"\brespectively\b|分别", re.I)
_EACH = re.compile(r"\beach\b|\bboth\b|各|均", re.I)
_SAYS = re.compile(r"\baccording to\b|\bstatistics (?:of|by|from)\b|\breported by\b|\bdata (?:of|from)\b|据|根据", re.I)
_LEAST, WEAK = 0.6, 0.75
"""The least score of an indicator, and below which it is doubtful."""
_BACK = 3
"""Sentences back in which a subject is looked for."""


@dataclass(frozen=True, slots=True)
class Form:
    """A name for what an indicator measures, as a phrase and as words with their weights."""

    indicator: str
    phrase: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """An indicator for a number, with its unit and subject, the score, and the words that support it."""

    score: float
    weight: float
    indicator: str
    unit: str
    subject: Mention
    seen: str


class Indicators:
    """The indicators of an ontology and the words that express them."""

    def __init__(self, vocabulary: Vocabulary, cues: Cues, kinds: dict[str, str]) -> None:
        self.vocabulary, self.kinds = vocabulary, kinds
        self.forms = [
            Form(name, phrase, frozenset(words_of(phrase)))
            for name in vocabulary.indicators
            for phrase in cues.words.get(name, ())
        ]
        self.units = {unit: cues.words.get(unit, ()) for unit in vocabulary.units}

    @cached_property
    def weights(self) -> dict[str, float]:
        """The weight of each word: the rarer among indicators, the heavier."""
        counts = Counter(word for name in self.vocabulary.indicators for word in self._of(name))
        return {word: 1 / (1 + 0.25 * count) for word, count in counts.items()}

    def _of(self, name: str) -> set[str]:
        return {word for form in self.forms if form.indicator == name for word in form.words}

    def fitting(self, one: PrintedQuantity, text: str) -> Iterator[tuple[str, str]]:
        """The indicators and units that a printed number can be of."""
        for name, units in self.vocabulary.indicators.items():
            yield from ((name, unit) for unit in sorted(units) if fits(self.vocabulary, unit, one, text))

    def counted(self, unit: str, text: str) -> bool:
        """Whether a text has the word for what a unit counts."""
        words = set(words_of(text))
        return any(set(words_of(said)) <= words or (said in text and not said.isascii()) for said in self.units[unit])


def fits(vocabulary: Vocabulary, unit: str, one: PrintedQuantity, text: str) -> bool:
    """Whether a number that a text prints can be in a unit, by its currency, percent sign or order."""
    notation = vocabulary.notations.get(unit, "")
    if notation == "%":
        return one.share == "percent" or one.fraction
    if notation.isalpha():
        return notation in one.currency
    ordered = any(word in vocabulary.labels.get(unit, "") for word in _ORDERED)
    ordinal = bool(_ORDINAL.search(text[one.start : one.end]))
    return not one.currency and not one.share and ordered == ordinal


def choices(
    context: Context,
    indicators: Indicators,
    sentence: ReadSentence,
    number: int,
    previous: str = "",
    last: Mention | None = None,
) -> list[Choice]:
    """The indicator for a number of a sentence: one, or one for each of several subjects; none if no words support
    one. `previous` has the labels of indicators earlier in the sentence, `last` is the subject of the number before."""
    one, text = sentence.quantities[number], sentence.text
    near, before, after = _zones(context, sentence, number)
    earlier = context.sentences[sentence.number - 1].text if sentence.number else ""
    zones = (near, f"{before} {previous}", earlier) if sentence.header is None else (near, "", "")
    found: dict[str, Choice] = {}
    for name, unit in indicators.fitting(one, text):
        score, weight, seen = _score(indicators, name, zones, bool(GROWTH.search(near)))
        if unit in context.vocabulary.units and not context.vocabulary.notations.get(unit):
            noun = indicators.counted(unit, " ".join(after.split()[:5]) if after.isascii() else after[:8])
            score += 0.25 if noun else -0.1
        cls = context.vocabulary.applies.get(name, "Entity")
        for subject in _subjects(context, sentence, number, cls, last) if score >= _LEAST - 0.2 else ():
            own = len(context.vocabulary.superclasses.get(cls, ())) / 50
            choice = Choice(score + own, weight, name, unit, subject, seen)
            held = found.get(subject.slug)
            if score + own >= _LEAST and (held is None or (choice.score, weight) > (held.score, held.weight)):
                found[subject.slug] = choice
    best = max(found.values(), key=lambda each: (each.score, each.weight, each.indicator), default=None)
    return [each for each in found.values() if best and each.indicator == best.indicator]


def _score(indicators: Indicators, name: str, zones: tuple[str, str, str], growing: bool) -> tuple[float, float, str]:
    """How much the words around a number support an indicator (0 to about 1), their weight, and the words."""
    best = (0.0, 0.0, "")
    sets = [set(words_of(zone)) for zone in zones]
    grows = indicators.kinds.get(name) == "growth"
    for form in indicators.forms:
        if form.indicator != name or not form.words:
            continue
        if GREW in form.words and not growing:
            continue
        weights = {word: indicators.weights[word] for word in form.words}
        held = {word: _zone_weight(word, sets) for word in form.words}
        total = sum(weights.values())
        score = sum(weights[word] * held[word] for word in form.words) / total
        phrased = _phrased(form.phrase, zones[0])
        if phrased:
            score = max(score, 1.0)
        elif sum(1 for word in form.words if held[word] and word != GREW) < min(2, len(form.words - {GREW})):
            continue  # one word of several tells too little
        if growing and GREW not in form.words:
            score -= 0.35 if not grows else 0.0
        seen = form.phrase if phrased else " ".join(sorted(word for word in form.words if held[word]))
        best = max(best, (round(score, 4), round(total, 4), seen))
    return best


def _zone_weight(word: str, sets: Sequence[set[str]]) -> float:
    return next((share for share, words in zip((1.0, 0.75, 0.4), sets, strict=True) if word in words), 0.0)


def _phrased(phrase: str, zone: str) -> bool:
    zone = zone.lower()
    return phrase in zone if not phrase.isascii() else bool(re.search(rf"\b{re.escape(phrase)}\b", zone))


def column(context: Context, sentence: ReadSentence, one: PrintedQuantity) -> str:
    """What the first row of a table says of the column that a number of another row stands in; "" outside tables."""
    if sentence.header is None:
        return ""
    cells = context.sentences[sentence.header].text.split(CELL_SEPARATOR)
    place = sentence.cell(one.start)
    return cells[place].strip() if place < len(cells) else ""


def _zones(context: Context, sentence: ReadSentence, number: int) -> tuple[str, str, str]:
    """The words near a number, those of the sentence before them, and what follows the number."""
    text, one = sentence.text, sentence.quantities[number]
    if head := column(context, sentence, one):
        return head, "", head
    begin, end = sentence.clause(one.start, one.end)
    last = sentence.quantities[number - 1].end if number else 0
    if last > begin:
        joint = re.search(r"\band\b|和|及", text[last : one.start])
        begin = last + (joint.end() if joint else 0)
    if number + 1 < len(sentence.quantities) and sentence.quantities[number + 1].start < end:
        following = sentence.quantities[number + 1].start
        joint = re.search(r"\band\b|和|及", text[one.end : following])
        end = one.end + joint.start() if joint else following
    return text[begin:end], text[:begin], text[one.end : end]


def words_of(text: str) -> Iterator[str]:
    """The words that carry meaning, in one form each; Chinese and Japanese by character."""
    for match in WORD.finditer(text):
        word = match[0].lower()
        if GROWTH.fullmatch(word):
            yield GREW
        elif word not in _FILLERS:
            yield stem(word)
            if "-" in word:
                yield from map(stem, word.split("-"))


def stem(word: str) -> str:
    word = word.replace("metre", "meter").replace("centre", "center").removesuffix("'s")
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed", "s"):
        if word.endswith(ending) and not word.endswith("ss") and len(word) > len(ending) + 2:
            return word[: -len(ending)]
    return word


def _subjects(
    context: Context, sentence: ReadSentence, number: int, cls: str, last: Mention | None = None
) -> list[Mention]:
    """What a number is of: the nearest entity of a class before it, in its clause "in X" or "of X" after it, else the
    topic of an earlier sentence; several where the sentence says it of each."""
    one = sentence.quantities[number]
    _, end = sentence.clause(one.start, one.end)

    def fits(mention: Mention) -> bool:
        return any(context.lexicon.is_a(slug, cls) for slug in mention.slugs)

    said = [m for m in sentence.mentions if fits(m) and not is_speaker(sentence, m)]
    before = [m for m in said if m.end <= one.start]
    if sentence.header is not None:
        return before[:1]
    after = [m for m in said if one.end <= m.start < end and _IN.search(sentence.text[one.end : m.start])]
    own = re.search(r"\bthere (?:are|is|were)\b|共有|[现拥]?有\s*$", sentence.text[: one.start], re.I)
    if after and (own or not before):
        return after[:1]
    begin, _ = sentence.clause(one.start, one.end)
    if last and fits(last) and _ADDED.match(sentence.text[begin:]) and not [m for m in before if m.start >= begin]:
        return [last]
    if len(before) > 1 and _ADDED.match(sentence.text[begin:]) and before[-1].end <= begin:
        before = before[:1]  # "covering 500 square metres" is said of what the sentence is about
    if before:
        near = before[-1]
        if _EACH.search(sentence.text[near.end : one.start]):
            return _list_before(sentence, before)
        return [near]
    if late := [m for m in said if m.start >= one.end]:
        return late[:1]
    for back in range(1, _BACK + 1):
        if sentence.number - back < 0:
            break
        earlier = context.sentences[sentence.number - back]
        named = [m for m in earlier.mentions if fits(m) and not is_speaker(earlier, m)]
        if named:
            first = named[0]
            where = first.named or (earlier.number, first.start, first.end)
            return [Mention(-1, -1, first.slugs, "words", where)]
    return []


_ADDED = re.compile(r"\s*(?:and\s+|of which\s+)?(?:\w+ing|with|an?)\b", re.I)
_IN = re.compile(r"\b(?:in|of|at|across|within|for)\s+(?:the\s+)?$|^\s*$", re.I)


def is_speaker(sentence: ReadSentence, mention: Mention) -> bool:
    return bool(_SAYS.search(sentence.text[max(0, mention.start - 40) : mention.start]))


def _list_before(sentence: ReadSentence, before: list[Mention]) -> list[Mention]:
    """The last mentions that are joined by commas and "and"."""
    found = [before[-1]]
    for one in reversed(before[:-1]):
        if not re.fullmatch(r"\s*(?:,|and|&|、|和|与|及)(?:\s*and)?\s*", sentence.text[one.end : found[0].start]):
            break
        found.insert(0, one)
    return found


def pair_respectively(
    context: Context, indicators: Indicators, sentence: ReadSentence
) -> dict[PrintedQuantity, list[Choice]]:
    """Numbers that a sentence gives to as many things "respectively": to subjects, or to indicators of one subject."""
    mark = _RESPECTIVELY.search(sentence.text)
    if mark is None:
        return {}
    group = [one for one in sentence.quantities if one.end <= mark.start() or mark.group() == "分别"]
    group = [one for one in group if (one.share, one.currency) == (group[-1].share, group[-1].currency)]
    if len(group) < 2:
        return {}
    place = sentence.quantities.index(group[0])
    tried = (choices(context, indicators, sentence, place + at) for at in range(len(group)))
    first = next(filter(None, tried), [])
    for where in (sentence, *context.sentences[max(0, sentence.number - 1) : sentence.number]):
        said = [m for m in where.mentions if where is not sentence or m.end <= group[0].start]
        said = [m for m in said if first and any(_applies(context, first[0].indicator, s) for s in m.slugs)]
        listed = _list_before(where, said[: len(group)]) if len(said) >= len(group) else []
        if first and len(listed) == len(group):
            moved = [_moved(m, where, sentence) for m in listed]
            return {
                one: [Choice(first[0].score, 0, first[0].indicator, first[0].unit, m, first[0].seen)]
                for one, m in zip(group, moved, strict=True)
            }
    return _in_order(context, indicators, sentence, group, place)


def _applies(context: Context, indicator: str, slug: str) -> bool:
    return context.lexicon.is_a(slug, context.vocabulary.applies.get(indicator, "Entity"))


def _moved(mention: Mention, where: ReadSentence, sentence: ReadSentence) -> Mention:
    if where is sentence:
        return mention
    return Mention(-1, -1, mention.slugs, "words", mention.named or (where.number, mention.start, mention.end))


def _in_order(
    context: Context, indicators: Indicators, sentence: ReadSentence, group: list[PrintedQuantity], place: int
) -> dict[PrintedQuantity, list[Choice]]:
    """As many indicators as numbers, in the order in which the words that tell them apart stand."""
    text = sentence.text[: group[0].start].lower()
    stems = [(match.start(), stem(match[0])) for match in WORD.finditer(text)]
    near = sentence.text[: group[-1].end]
    scored = []
    for name, unit in indicators.fitting(group[0], sentence.text):
        score, _, seen = _score(indicators, name, (near, "", ""), bool(GROWTH.search(near)))
        rarest = min(indicators._of(name), key=lambda word: (-indicators.weights[word], word), default="")
        at = next((start for start, stem in stems if stem == rarest), -1)
        if score >= WEAK and at >= 0:
            scored.append((at, name, unit, score, seen))
    scored.sort()
    if len(scored) != len(group) or len({at for at, *_ in scored}) != len(group):
        return {}
    found = {}
    for one, (_, name, unit, score, seen) in zip(group, scored, strict=True):
        subjects = _subjects(context, sentence, place, context.vocabulary.applies.get(name, "Entity"))
        found[one] = [Choice(score, 0, name, unit, subject, seen) for subject in subjects]
    return found
