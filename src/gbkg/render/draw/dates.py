"""What has a date: facts that say when something happened, and dated statistics."""

from __future__ import annotations

import re
from calendar import isleap, month_abbr, month_name, monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from unicodedata import category

from gbkg.ask.opened import OpenGraph
from gbkg.core import literals
from gbkg.core.errors import GbkgError
from gbkg.evidence.claims import doubts
from gbkg.render.draw.style import DOUBT

_LAST = 9998
"""The last year after which the calendar has another."""
_STEPS = (1 / 12, 3 / 12, 6 / 12, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""What may lie between two ticks, in years."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period in years: 2018.0 is the first moment of 2018, `end` is not included."""

    start: float
    end: float
    precision: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis: `major` ones begin a year (or a decade …) and have a longer line."""

    at: float
    text: str
    major: bool


def span(text: str) -> Period | None:
    """The time that a date with a year covers; None for any other text.

    >>> span("2018"), span("--05")
    (Period(start=2018.0, end=2019.0, precision='year'), None)
    """
    found = literals.partial_date(text)
    if not found or not 1 <= found.year <= _LAST:
        return None
    year, month, day = found.year, found.month, found.day
    if not month:
        return Period(float(year), float(year + 1), "year")
    if not day:
        last = monthrange(year, month)[1]
        return Period(_moment(year, month, 1), _moment(year, month, last + 1), "month")
    return Period(_moment(year, month, day), _moment(year, month, day + 1), "day")


def names(words: str, date: str) -> bool:
    """Whether words name the month and the day of a date, as far as it has them; words that are empty do.

    >>> names("as of October 2019", "2019-10"), names("as of the end of 2018", "2018-12"), names("in 2018", "2018")
    (True, False, True)
    """
    found = literals.partial_date(date)
    if not found or not words:
        return True
    month, day = found.month, found.day
    spelled = rf"\b(?:{month_name[month]}|{month_abbr[month]})\b|" if month else ""
    parts = [spelled + rf"(?<!\d)0?{month}(?!\d)"] * bool(month) + [rf"(?<!\d)0?{day}(?!\d)"] * bool(day)
    return all(re.search(part, words, re.I) for part in parts)


def ticks(start: float, end: float, most: int) -> tuple[Tick, ...]:
    """At most this many places with text between two moments (at least one), a month or more apart."""
    fits = [step for step in _STEPS if (end - start) / step <= most]
    step = fits[0] if fits else _STEPS[-1]
    first = int(start // step)
    found = [round((first + n) * step * 12) for n in range(int((end - start) / step) + 2)]
    return tuple(_tick(months, step) for months in found if start <= months / 12 + 1e-9 and months / 12 <= end + 1e-9)


def _tick(months: int, step: float) -> Tick:
    year, month = divmod(months, 12)
    major = month == 0
    return Tick(_moment(year, month + 1, 1), str(year) if major else month_abbr[month + 1], major or step >= 1)


def _moment(year: int, month: int, day: int) -> float:
    """The beginning of a day as a number of years; a day past the end of its month begins the next month."""
    days = date(year, month, 1).toordinal() - date(year, 1, 1).toordinal() + day - 1
    return year + days / (366 if isleap(year) else 365)


_FACTS = """
SELECT ?claim ?about ?what ?on ?dating ?reading ?status ?source WHERE {
  VALUES ?status { gbkg:accepted gbkg:disputed }
  ?claim a gbkg:Claim ; rdf:subject ?about ; rdf:predicate ?what ; rdf:object ?on ; gbkg:status ?status ;
         gbkg:reading ?reading ; prov:hadPrimarySource ?source .
  ?what rdfs:subPropertyOf* gbkg:onDate
  OPTIONAL { ?claim gbkg:dating ?dating }
}"""
_STATISTICS = """
SELECT ?claim ?about ?what ?on ?since ?words ?dating ?reading ?status ?source ?number ?precision ?unit ?kind WHERE {
  VALUES ?status { gbkg:accepted gbkg:disputed }
  ?claim a gbkg:StatisticClaim ; gbkg:about ?about ; gbkg:indicator ?what ; gbkg:asOf ?on ; gbkg:dating ?dating ;
         gbkg:status ?status ; gbkg:reading ?reading ; gbkg:valueText ?number ; gbkg:precision ?precision ;
         gbkg:unit ?unit ; prov:hadPrimarySource ?source .
  OPTIONAL { ?claim gbkg:periodStart ?since }
  OPTIONAL { ?claim gbkg:asOfText ?words }
  OPTIONAL { ?unit skos:broader ?kind FILTER(?kind = gbkg:measuredUnit) }
}"""
_SIGNALS = "SELECT ?precision ?word WHERE { ?precision a gbkg:Precision ; skos:hiddenLabel ?word }"
_SCALES = ("million", "billion", "trillion", "万", "亿")


@dataclass(frozen=True, slots=True)
class Dated:
    """Something with a date. `about` is an entity's IRI, `name` its label; `what` what is dated ("founded", or
    statistics with their numbers); `on` and `since` are as the source gives them ("--05" has no year); `concluded`
    says that part of the date is not printed; `sources` are IRIs, sorted. `words` are the source's where they name no
    such month or day ("as of the end of 2018"), so that `on` is what was made of them, else empty. `implied` says that
    every claim is; what only some of several figures are stands in `what`, as does that one is in doubt; `doubts` says
    why ("disputed", or prefixed names of curation)."""

    about: str
    name: str
    what: str
    on: str
    since: str
    concluded: bool
    implied: bool
    statistic: bool
    sources: tuple[str, ...]
    claims: tuple[str, ...]
    words: str = ""
    doubts: tuple[str, ...] = ()
    implied_claims: tuple[str, ...] = ()
    doubted_claims: tuple[str, ...] = ()

    @property
    def span(self) -> Period | None:
        """From the beginning of `since`, if there is one, to the end of `on`; None without a year."""
        end = span(self.on)
        start = span(self.since) if self.since else end
        if end is None or start is None:
            return None
        return end if start == end else Period(min(start.start, end.start), end.end, "period")

    @property
    def when(self) -> str:
        """The date in words: the source's own in quotation marks where it names no such day or month."""
        end = f"“{self.words}”" if self.words else literals.spoken(self.on)
        return f"{literals.spoken(self.since)} to {end}" if self.since else end

    @property
    def order(self) -> tuple[Any, ...]:
        span = self.span
        begin = (span.start, span.end) if span else (0.0, 0.0)
        return (span is None, *begin, self.on, self.words, self.statistic, self.name, self.what, self.about)


def read(kg: OpenGraph, entities: Iterable[str] = (), statistics: bool = False) -> tuple[Dated, ...]:
    """What accepted and disputed claims date, in order of time, what has no year last. A fact of several sources comes
    once; the statistics that one source gives of one entity for one time come together. `entities` (IRIs) restrict it;
    none means all.

    Raises `GbkgError` when nothing is left.
    """
    wanted = set(entities)
    found = _facts(kg) + (_statistics(kg) if statistics else [])
    kept = [dated for dated in found if not wanted or dated.about in wanted]
    if not kept:
        of = f" of {' or '.join(sorted(kg.labels.get(iri, iri) for iri in wanted))}" if wanted else ""
        kinds, hint = ("fact or statistic", "") if statistics else ("fact", "statistics were not asked for")
        raise GbkgError(f"nothing to draw: no {kinds}{of} has a date", hint=hint)
    return tuple(sorted(kept, key=lambda dated: dated.order))


def _facts(kg: OpenGraph) -> list[Dated]:
    doubted = doubts(kg.store)
    rows = sorted((_row(kg, solution, {}, doubted) for solution in kg.store.select(_FACTS)), key=lambda row: row.fact)
    return [_joined(kg, list(group), False) for _, group in groupby(rows, key=lambda row: row.fact[:5])]


def _statistics(kg: OpenGraph) -> list[Dated]:
    signals: dict[str, set[str]] = {}
    for solution in kg.store.select(_SIGNALS):
        signals.setdefault(solution["precision"].value, set()).add(solution["word"].value)
    doubted = doubts(kg.store)
    read = (_row(kg, solution, signals, doubted) for solution in kg.store.select(_STATISTICS))
    rows = {row.claim: row for row in read}
    ordered = sorted(rows.values(), key=lambda row: row.key)
    return [_joined(kg, list(group), True) for _, group in groupby(ordered, key=lambda row: row.key[:6])]


@dataclass(frozen=True, slots=True)
class _Solution:
    """One solution, everything but `implied`, `concluded` and `doubts` as text."""

    claim: str
    about: str
    what: str
    on: str
    since: str
    concluded: bool
    implied: bool
    source: str
    words: str
    doubts: tuple[str, ...]

    @property
    def fact(self) -> tuple[Any, ...]:
        return self.about, self.on, self.since, self.concluded, self.what, self.claim

    @property
    def key(self) -> tuple[Any, ...]:
        return self.about, self.on, self.since, self.words, self.concluded, self.source, self.what, self.claim


def _row(
    kg: OpenGraph, solution: Any, signals: Mapping[str, Collection[str]], doubted: Mapping[str, Collection[str]]
) -> _Solution:
    def value(name: str) -> str:
        try:
            term = solution[name]
        except KeyError:
            return ""
        return term.value if term is not None else ""

    what = kg.label(solution["what"]).removesuffix(" on")
    if number := value("number"):
        amount = _with_unit(number, kg.label(solution["unit"]), value("kind"))
        what = f"{what} {_with_precision(amount, solution['precision'], kg, signals)}"
    concluded, implied = value("dating").endswith("#inferred"), value("reading").endswith("#implied")
    fixed = (value("claim"), value("about"), what, value("on"), value("since"))
    words = "" if names(value("words"), value("on")) else " ".join(value("words").split())
    disputed = ["disputed"] * value("status").endswith("#disputed")
    why = (*disputed, *sorted(doubted.get(value("claim"), ())))
    return _Solution(*fixed, concluded, implied, value("source"), words, why)


def _with_unit(number: str, unit: str, kind: str) -> str:
    """The printed number, with its unit where it is measured and ends without one: "8.9 trillion", but not "46%"."""
    bare = number[-1:].isdigit() or number.endswith(_SCALES)
    printed = any(category(character) == "Sc" for character in number)
    return f"{number} {unit}" if bare and not printed and kind.endswith("#measuredUnit") else number


def _with_precision(amount: str, precision: Any, kg: OpenGraph, signals: Mapping[str, Collection[str]]) -> str:
    """The amount after the word for its precision, unless that is exact, or the source has such a word in its number;
    "more than about" of "about $1" has it half. A range says for itself that it is one."""
    said = any(word.casefold() in amount.casefold() for word in signals.get(precision.value, ()))
    if said or precision.value.endswith(("#exact", "#between")):
        return amount
    *words, last = kg.label(precision).split()
    return " ".join([*words, amount] if amount.split()[:1] == [last] else [*words, last, amount])


def _joined(kg: OpenGraph, rows: list[_Solution], statistic: bool) -> Dated:
    first, name = rows[0], kg.labels.get(rows[0].about, rows[0].about)
    implied = all(row.implied for row in rows)
    doubted = [row for row in rows if row.doubts] if statistic or all(row.doubts for row in rows) else []
    said = dict.fromkeys(_said(row, implied or not statistic, row in doubted) for row in rows)
    return Dated(
        first.about,
        name,
        "; ".join(said),
        first.on,
        first.since,
        first.concluded,
        implied,
        statistic,
        tuple(sorted({row.source for row in rows})),
        tuple(sorted({row.claim for row in rows})),
        first.words,
        tuple(sorted({doubt for row in doubted for doubt in row.doubts})),
        tuple(sorted(row.claim for row in rows if row.implied)),
        tuple(sorted(row.claim for row in doubted)),
    )


def _said(row: _Solution, known: bool, doubted: bool) -> str:
    """The words of a row with what limits it; `known` if the whole says that it is implied, or is not a figure."""
    return row.what + " (implied)" * (row.implied and not known) + f" {DOUBT}" * doubted
