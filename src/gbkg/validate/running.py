"""How checks run: on a store, on one portion of a graph after the other, or on what came and went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import pyoxigraph as ox

from gbkg.core.errors import Finding, ParseError, QueryLimitError
from gbkg.core.limits import Marker, confined, in_proportion
from gbkg.core.prefixes import PREFIXES
from gbkg.core.workers import Spread
from gbkg.graph.parts import OfPortions, Portion
from gbkg.sparql.guard import in_file
from gbkg.sparql.tokens import place, tokens
from gbkg.store.base import Store
from gbkg.store.memory import Memory
from gbkg.validate import planted
from gbkg.validate.known import Judged, Known, by_triple
from gbkg.validate.patterns import Delta, matching

T = TypeVar("T")
_OUR_TERMS = "STR(gbkg:)"
"""How a check names the namespace of terms in which it looks for faults."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, its file as readers see it, its text, what it finds in a sentence, and a violation planted for
    it as the body of a TriG document, "" if there is none."""

    name: str
    shown: str
    text: str
    title: str
    planted: str


def run_known(store: Memory, running: Sequence[Check], namespace: str, known: Known, spread: Spread) -> list[Judged]:
    """As `run_all`, on one store. A check whose result is known does not run again; one that can run on one portion of
    the graph after the other does so, by `spread`, where the store is on disk."""
    about = {check.shown: repr((check, namespace)) for check in running}
    found = {check.shown: known.judged(check.text, about[check.shown]) for check in running}
    left = [check for check in running if found[check.shown] is None]
    single = [check for check in running if by_triple(check.text)]
    clean = [check for check in left if check in single and known.clean(check.shown, about[check.shown])]
    new = [check for check in left if check in single and check not in clean and not store.scannable]
    others = [check for check in left if check not in clean and check not in new]
    deltas = [(check, known.deltas(_texts(check, namespace), about[check.shown])) for check in others]
    quiet = _quiet([(check, some) for check, some in deltas if some], store, known)
    found |= {check.shown: ([], []) for check in quiet}
    again = [check for check in others if check not in quiet]
    for checks, every in ((clean, False), (new, True)):
        judging = PartChecks(checks, namespace, known.quads)
        for check, one in zip(checks, _in_parts(judging, known.few(every), spread), strict=True):
            found[check.shown] = one
            again += [] if one else [check]
    looked = matching(known.quads)
    with store.with_more(known.quads) if any(looked(check.text) for check in again) else nullcontext(store) as whole:
        for check, one in zip(again, run_all([(check, whole) for check in again], namespace), strict=True):
            found[check.shown] = one
    judgements = [found[check.shown] or ([], []) for check in running]
    for check, one in zip(running, judgements, strict=True):
        known.put(check.text, about[check.shown], one)
    nothing = {check.shown for check, (faults, rows) in zip(running, judgements, strict=True) if not (faults or rows)}
    known.found_nothing((one.shown, about[one.shown]) for one in single if one.shown in nothing)
    return judgements


@dataclass(frozen=True)
class PartChecks(OfPortions):
    """Checks that run on one portion of a graph at a time, with the quads `beside`, here or on another machine
    (`graph.cluster.Portable`)."""

    checks: Sequence[Check]
    namespace: str
    beside: Sequence[ox.Quad]

    def silent(self, portion: Portion) -> list[bool]:
        """Of each check whether it finds nothing in these N-Quads and runs. Raises as `run_all`."""
        engine = ox.Store()
        engine.bulk_load(portion.lines, format=ox.RdfFormat.N_QUADS)
        engine.extend(self.beside)
        store = Memory(engine)
        return [one == ([], []) for one in run_all([(check, store) for check in self.checks], self.namespace, True)]


def _in_parts(judging: PartChecks, portions: Iterable[Portion], spread: Spread) -> list[Judged | None]:
    """What is wrong with each check, which finds nothing; None for one that has to run on the whole graph."""
    if not judging.checks:
        return []
    able_to = _limited([(check, Memory(ox.Store()), partial(able, check)) for check in judging.checks])
    silent = [True for _ in judging.checks]
    for found in spread(judging.silent, portions, alone=1, ahead=1):
        silent = [one and other for one, other in zip(silent, found, strict=True)]
    return [(faults, []) if one else None for faults, one in zip(able_to, silent, strict=True)]


def run_all(running: Sequence[tuple[Check, Memory]], namespace: str, tried: bool = False) -> list[Judged]:
    """What is wrong with each check, and what it finds in its store if it can run; with `tried` they are known to be
    able to. Raises `QueryLimitError`, with its file, for one that takes too long or too much memory."""

    def judged(check: Check, store: Memory) -> Judged:
        faults = [] if tried else able(check)
        if any(fault.severity == "violation" for fault in faults):
            return faults, []
        try:
            texts = _texts(check, namespace)
            rows = {row for text in texts for row in _rows(store, text, check.title, check.shown)}
            return faults, sorted(row for row in rows if row[0] != namespace)
        except ParseError as error:
            return [_unusable(check, error)], []

    return _limited([(check, store, partial(judged, check, store)) for check, store in running])


def _quiet(running: Sequence[tuple[Check, list[Delta]]], store: Memory, known: Known) -> list[Check]:
    """The checks that find nothing in what quads have brought."""

    def moved(some: list[Delta]) -> bool:
        return any(one.rows(store, known.difference) for one in some)

    found = _limited([(check, store, partial(moved, some)) for check, some in running])
    return [check for (check, _), one in zip(running, found, strict=True) if not one]


def _texts(check: Check, namespace: str) -> list[str]:
    """The queries of a check: one that speaks of terms in gbkg's namespace is also run with the project's own."""
    more = namespace and _OUR_TERMS in check.text
    return [check.text, *([check.text.replace(_OUR_TERMS, str(ox.Literal(namespace)))] if more else [])]


def _limited(runs: Sequence[tuple[Check, Memory, Callable[[], T]]]) -> list[T]:
    """What is found for each check in its store, all in one process with limits of time and memory."""
    if not runs:
        return []
    marker = Marker()

    def work() -> Iterator[T]:
        for number, (_, _, one) in enumerate(runs):
            marker.set(number)
            yield one()

    size = max(len(store) for store in {id(store): store for _, store, _ in runs}.values())
    allowed = in_proportion(size, 200, "the check was not done", "join its patterns by more variables")
    try:
        return confined(lambda: list(work()), allowed)
    except QueryLimitError as error:
        raise QueryLimitError(error.message, file=runs[marker.number][0].shown, hint=error.hint) from None


def able(check: Check) -> list[Finding]:
    """Findings for a check that cannot find anything: it cannot run, gives one of our prefixes another namespace, or
    misses the violation that is planted for it. If none is planted, that is a warning."""

    def fault(message: str, line: int | None = None, **said: str) -> Finding:
        return Finding("hygiene", message, check.shown, line, **said)  # type: ignore[arg-type]

    every = tokens(check.text)
    for word, name, iri in zip(every, every[1:], every[2:], strict=False):
        prefix = name.text.removesuffix(":")
        if word.text == "PREFIX" and iri.kind == "iri" and iri.text[1:-1] != PREFIXES.get(prefix, iri.text[1:-1]):
            line, _ = place(check.text, iri.start)
            expected = f"<{PREFIXES[prefix]}>"
            return [fault(f"{prefix}: is another namespace everywhere else", line, found=iri.text, expected=expected)]
    try:
        engine = ox.Store()
        engine.load(planted.trig(check.planted).encode(), format=ox.RdfFormat.TRIG)
        found = _rows(Memory(engine), check.text, check.title, check.shown)
    except ParseError as error:
        return [_unusable(check, error)]
    except SyntaxError as error:
        return [fault(f"what is planted for the check is not TriG: {error.msg}")]
    if not check.planted:
        hint = f"put one into {check.shown.removesuffix('.rq')}.trig"
        return [replace(fault("it has no test case, so it may never fail", hint=hint), severity="warning")]
    return (
        [] if found else [fault("finds nothing where a violation is planted for it", hint="see its terms and prefixes")]
    )


def _unusable(check: Check, error: ParseError) -> Finding:
    return Finding("hygiene", error.message, check.shown, error.line, error.column, hint=error.hint)


def _rows(store: Store, text: str, title: str, shown: str) -> list[tuple[str, str]]:
    """Focus and message of what a check finds, sorted; the text is guarded as queries are."""
    with in_file(text, shown, "check"):
        found = store.query(text)
        columns = {one.value for one in found.variables} if isinstance(found, ox.QuerySolutions) else set()
        if not isinstance(found, ox.QuerySolutions) or "focus" not in columns:
            raise ParseError("a check must SELECT ?focus")
        rows = [(row["focus"], row["message"] if "message" in columns else None) for row in found]
    if any(focus is None for focus, _ in rows):
        raise ParseError("a check must give ?focus a value in every row", file=shown)
    return sorted((focus.value, title if message is None else message.value) for focus, message in rows)
