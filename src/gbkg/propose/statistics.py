"""Statistics: a row for each number that an indicator is found for, with its date, precision and speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gbkg.core.text import in_digits
from gbkg.documents import dates, quantities
from gbkg.documents.quantities import PrintedQuantity
from gbkg.propose.drafting import Context, ambiguity, as_document, doubts, note_elsewhere, placed, proposal, quoted
from gbkg.propose.indicators import (
    GREW,
    GROWTH,
    WEAK,
    WORD,
    Choice,
    Indicators,
    choices,
    column,
    fits,
    is_speaker,
    pair_respectively,
    stem,
    words_of,
)
from gbkg.propose.reading import ReadSentence
from gbkg.propose.table import Proposal

_BASE = re.compile(r"(?:compared (?:with|to)|\bover|\bthan|\bagainst|\bsince|\bfrom|比|较)\s*$", re.I)
_AT = re.compile(
    r"(?:\b(?:as|by|at|in|on|of|during|until|early|late|since)\s+(?:of\s+|the\s+)*|截至|截止|到|至)$", re.I
)
_NOW = re.compile(r"\bat present\b|\bcurrently\b|\bas of now\b|\bso far\b|目前|现有|现在", re.I)


def propose(context: Context, indicators: Indicators) -> Iterator[Proposal]:
    """A statistic for each number of the open sentences that an indicator is found for."""
    for sentence in context.sentences:
        if sentence.is_open and sentence.quantities and not sentence.is_caption:
            yield from _of_sentence(context, indicators, sentence)


def _of_sentence(context: Context, indicators: Indicators, sentence: ReadSentence) -> Iterator[Proposal]:
    paired = pair_respectively(context, indicators, sentence)
    earlier, last = "", None
    skipped: set[PrintedQuantity] = set()
    for number, one in enumerate(sentence.quantities):
        if one in skipped:
            continue
        upper = _range_end(sentence, number, context.language)
        skipped |= {upper} if upper else set()
        chosen = paired.get(one) or choices(context, indicators, sentence, number, earlier, last)
        made = [
            each
            for choice in chosen
            if (each := _made(context, sentence, one, upper, choice, chosen)) is not None
        ]  # fmt: skip
        if made:
            last = chosen[0].subject
            earlier = f"{earlier} {' '.join(context.vocabulary.labels.get(made[0]['predicate'], '').split())}"
        yield from made


def _made(
    context: Context,
    sentence: ReadSentence,
    one: PrintedQuantity,
    upper: PrintedQuantity | None,
    choice: Choice,
    all_: list[Choice],
) -> Proposal | None:
    limit, start = _limit(context, sentence.text, one)
    end = upper.end if upper else one.end
    value, doubt, how = _value(context, sentence.text, one, upper, limit, choice.unit)
    if value is None:
        return None
    parts = [(start, end)]
    if choice.subject.start >= 0:
        parts.append((choice.subject.start, choice.subject.end))
    said_at = _seen_span(sentence, one, choice)
    parts += [said_at] if said_at else []
    head = column(context, sentence, one)
    when, span, more = _in_column(context, head) if head else _when(sentence, one)
    parts += [span] if span else []
    begin, stop, far = quoted(context, sentence, parts, choice.subject)
    printed = context.text[slice(*sentence.span(start, end))]
    table_note = f"Read in the column “{head}” of a table" if head else ""
    notes = [note for note in (note_elsewhere(context, sentence, far), how, table_note) if note]
    cells = {"subject": choice.subject.slug, "predicate": choice.indicator, "unit": choice.unit, **value}
    cells |= {"value_text": printed, "status": value.get("status", "accepted"), **placed(context, begin, stop)}
    cells |= {"reading": "implied" if notes else "stated", "note": "; ".join(notes), "as_of": "none"}
    unsure, candidates = ambiguity([choice.subject])
    implied = {"reading": "implied", "note": cells["note"] or "The words leave it open; read as the likeliest"}
    dated = [when] if when else []
    variants = [cells | each for each in (*more, *dated)]
    variants += [cells | each | implied for each in (*dated, {})]
    if not dated:
        variants.insert(0, cells)
    speaker = _speaker(context, sentence, begin, stop)
    variants = [each | speaker for each in variants] + variants
    weak = "weak-words" if choice.score < WEAK else ""
    away = "subject-elsewhere" if far else ""
    because = f"rule statistics: {choice.indicator} by “{choice.seen}”, score {min(choice.score, 1):.2f}"
    if len(all_) > 1:
        because += "; said of each"
    own, as_itself = as_document(context, sentence, [choice.subject])
    return proposal(
        context,
        "statistic",
        variants,
        doubts(unsure, doubt, away, own, "from-table" if head else "", weak),
        because + as_itself,
        candidates,
    )


def _in_column(
    context: Context, head: str
) -> tuple[dict[str, str], tuple[int, int] | None, list[dict[str, str]]]:  # fmt: skip
    """As `_when`, for a number in a table: its date is that of the column, which the row does not print."""
    read = [date.readings[0] for date in dates.read(head, context.language) if len(date.readings) == 1]
    return ({"as_of": f"~{read[0]}"} if len(read) == 1 else {}), None, []


def _seen_span(sentence: ReadSentence, one: PrintedQuantity, choice: Choice) -> tuple[int, int] | None:
    """The words of the clause that support the indicator, as far as they stand around the number."""
    begin, end = sentence.clause(one.start, one.end)
    wanted = set(words_of(choice.seen))
    found = [
        (m.start(), m.end())
        for m in WORD.finditer(sentence.text, begin, end)
        if wanted & {GREW if GROWTH.fullmatch(m[0].lower()) else stem(m[0].lower())}
    ]
    return (min(found)[0], max(found)[1]) if found else None


_ENTAILED = {"moreThan": "lower", "atLeast": "lower", "nearly": "upper", "atMost": "upper"}


def _limit(context: Context, text: str, one: PrintedQuantity) -> tuple[str, int]:
    """The precision that a word right before a number gives it, and where the number begins with that word."""
    before = text[: one.start].lower()
    best = ("exact", one.start)
    for name, words in sorted(context.vocabulary.precisions.items()):
        if name in ("between", "exact") or context.vocabulary.compounds.get(name):
            continue
        for word in words:
            match = re.search(rf"(?:(?<![a-z]){re.escape(word)}|(?<=[^a-z]){re.escape(word)})\s*$", before)
            if match and match.start() < best[1]:
                best = (name, match.start())
    return ("moreThan" if one.more and best[0] == "exact" else best[0]), best[1]


def _value(
    context: Context, text: str, one: PrintedQuantity, upper: PrintedQuantity | None, limit: str, unit: str
) -> tuple[dict[str, str] | None, str, str]:
    """The cells of a number, the doubt, and a note where it can be read in several ways; None if it says no number."""
    if not one.readings:
        malformed = re.search(r"\d", text[one.start : one.end])
        found = {"precision": "exact", "status": "unreadable"} if malformed else None
        return found, "unreadable-number", ""
    hundredfold = one.fraction and context.vocabulary.notations.get(unit) == "%"
    first = one.readings[0]
    value = first.value * 100 if hundredfold else first.value
    if upper and upper.readings:
        known = quantities.ranges(text[one.start : upper.end], context.language)
        if known:
            low, high = known[0]
            cells = {"precision": "between", "lower": in_digits(low), "upper": in_digits(high)}
            return cells, "", "" if len(known) == 1 else "The scale word is read as that of both numbers"
    written = in_digits(round(value, 3) if first.rounded else value)
    cells = {"value": written, "precision": limit}
    if limit in _ENTAILED:
        cells[_ENTAILED[limit]] = written
    several = len(one.readings) > 1
    note = f"“{text[one.start : one.end]}” can be read in several ways: read as {written}" if several else ""
    return cells, "several-readings" if several else "", note


def figure(context: Context, text: str, printed: Sequence[PrintedQuantity], indicator: str) -> dict[str, str] | None:
    """The cells of the number, or of the two of a range, that folded words print; None if they are in no unit of the
    indicator."""
    one, upper = printed[0], printed[1] if len(printed) == 2 else None
    units = sorted(context.vocabulary.indicators[indicator])
    unit = next((each for each in units if fits(context.vocabulary, each, one, text)), "")
    limit, start = _limit(context, text, one)
    value, _, note = _value(context, text, one, upper, limit, unit) if unit else (None, "", "")
    if value is None or len(printed) > 2:
        return None
    words = text[start : upper.end if upper else one.end]
    return {"unit": unit, "value_text": words} | value | ({"reading": "implied", "note": note} if note else {})


def _range_end(sentence: ReadSentence, number: int, language: str) -> PrintedQuantity | None:
    """The second number of a range such as "100 to 300"."""
    if number + 1 == len(sentence.quantities):
        return None
    one, other = sentence.quantities[number : number + 2]
    between = sentence.text[one.end : other.start].strip()
    if between not in ("to", "-", "~", "至", "到") or not quantities.ranges(
        sentence.text[one.start : other.end], language
    ):
        return None
    return other


def _when(
    sentence: ReadSentence, one: PrintedQuantity
) -> tuple[dict[str, str], tuple[int, int] | None, list[dict[str, str]]]:
    """The date of a number: its cells, where it stands, and first choices of which it is part (a period)."""
    text, (begin, end) = sentence.text, sentence.clause(one.start, one.end)
    usable = [d for d in sentence.dates if d.readings]
    based = [d for d in usable if _BASE.search(text[max(0, d.start - 16) : d.start])]
    free = [d for d in usable if d not in based]
    after = [d for d in free if one.end <= d.start < end and text[one.end : d.start].strip().lower() in ("in", "by")]
    before = [d for d in free if d.end <= one.start]
    chosen = next(iter(after or before[-1:]), None)
    if chosen is None:
        now = list(_NOW.finditer(text[: one.start]))
        return ({"as_of": "none", "as_of_text": now[-1][0]}, now[-1].span(), []) if now else ({}, None, [])
    lead = _AT.search(text[: chosen.start])
    start = lead.start() if lead else chosen.start
    said = text[start : chosen.end]
    cells = {"as_of": chosen.readings[0], "as_of_text": said}
    if chosen.ambiguous:
        cells |= {"as_of": f"~{chosen.readings[0]}", "reading": "implied", "note": f"“{said}” is read as this date"}
    value, growing = chosen.readings[0], bool(GROWTH.search(text[begin:end]))
    bases = [base.readings[0] for base in based if growing and "/" not in base.readings[0] + value]
    periods = [cells | {"as_of": f"{base}/{value}"} for base in bases if base < value]
    return cells, (start, chosen.end), periods


def _speaker(context: Context, sentence: ReadSentence, begin: int, stop: int) -> dict[str, str]:
    """The cells for who says it to the source, if the quotation has these words."""
    for mention in sentence.mentions:
        place = sentence.span(mention.start, mention.end)
        agent = context.lexicon.is_a(mention.slug, "Agent")
        if agent and mention.how == "name" and is_speaker(sentence, mention) and begin <= place[0] and place[1] <= stop:
            return {"attributed_to": mention.slug}
    return {}


def date_of(sentence: ReadSentence, at: int) -> dates.PrintedDate | None:
    """The printed date of a sentence that stands nearest to an offset, if it can be read in one way."""
    usable = [d for d in sentence.dates if len(d.readings) == 1 and "/" not in d.readings[0]]
    return min(usable, key=lambda d: (min(abs(d.start - at), abs(d.end - at)), d.start), default=None)
