"""Ratios, slopes and sizes worked out from what was measured, and how figures are written in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import log
from statistics import linear_regression, median
from textwrap import fill
from typing import Any

from scale.plan import FEW, SIZING, Results

STAGES = ("reading", "rules", "writing", "load", "checks", "validation", "comparison")
"""Of a build, in their order; what they are is said on the page."""
BEFORE = ("reading", "rules", "writing", "load")
"""Those that a build without validation has too."""
GROWING = ("build", *STAGES, "look-up", "cited")
"""What is followed over all sizes."""
STEEPEST = 1.05
"""The aim for the exponents of build, load and rules."""
ASKING = {"plain / bare": 1.2, "cited cold / plain": 1.5, "rdflib / plain": -20.0}
"""The aims for the medians of queries: at most, and if negative at least."""
WORST = 4.0
"""The most that a cited query may cost, by the plain one."""
STARTING = {"--help": 0.06, "query": 0.15, "query --cite": 0.19, "show": 0.2}
"""The most CPU seconds of whole processes."""
CHANGED = 0.05
"""The most that a build after one change of a thousand documents may cost, by a full one."""

Points = list[tuple[float, float]]


def samples(results: Results, key: str, *path: str) -> list[float]:
    """The figures under `path` of each repetition of a measurement; empty when there are none."""
    found = []
    for run in results.runs.get(key, ()):
        value: Any = run
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, (int, float)):
            found.append(float(value))
    return found


def middle(results: Results, key: str, *path: str) -> float | None:
    """The median over the repetitions, None without any."""
    found = samples(results, key, *path)
    return median(found) if found else None


def sizes(results: Results) -> list[int]:
    """Documents of the corpora that were built in full, ascending."""
    keys = [key.split(" ") for key in results.runs if key.startswith("build ")]
    return sorted(int(size) for _, size in keys)


def started(results: Results, name: str) -> float | None:
    """The median CPU seconds of a command as a whole process; "floor" is pyoxigraph alone."""
    found = [seconds for run in results.runs.get("start", ()) for seconds in run.get(name, ())]
    return median(found) if found else None


def beside(results: Results) -> Iterator[tuple[str, float, float]]:
    """What was measured, CPU seconds, and those of the bare library, or of the slower way, that does the same."""
    pairs = []
    for size in sizes(results):
        number = cell(triples(results, size))
        pairs += [
            (f"load on disk, {number} triples / pyoxigraph", f"disk {size}", f"bare disk {size}"),
            (f"load into memory, {number} triples / pyoxigraph", f"memory {size}", f"bare memory {size}"),
            (f"shacl, {number} triples / pyshacl", f"validation shacl {size}", f"validation pyshacl {size}"),
        ]
    for engine in ("pyshacl", "shacl"):
        pairs += [
            (f"one document changed, {engine} / built anew", f"one changed {engine} 0", f"fresh {engine} 0"),
            (f"nothing changed, {engine} / built anew", f"nothing changed {engine}", f"fresh {engine} 0"),
        ]
    for what, above, below in pairs:
        ours, floor = middle(results, above, "cpu"), middle(results, below, "cpu")
        if ours is not None and floor:
            yield what, ours, floor
    floors = {"--help": "starting Python"}
    for name in STARTING:
        started_, floor = started(results, name), started(results, floors.get(name, "floor"))
        if started_ is not None and floor:
            yield f"gbkg {name} / {floors.get(name, 'pyoxigraph: load and ask')}", started_, floor


def unchecked(results: Results) -> list[int]:
    """Documents of the corpora that were built, in full or without gates on the graph, ascending."""
    keys = [key.removeprefix("unchecked ") for key in results.runs if key.startswith("unchecked ")]
    return sorted({*sizes(results), *(int(size) for size in keys if int(size) != FEW)})


def triples(results: Results, size: int) -> int:
    return _counted(results, size, "triples")


def claims(results: Results, size: int) -> int:
    return _counted(results, size, "claims")


def _counted(results: Results, size: int, what: str) -> int:
    found = (middle(results, f"{kind} {size}", "counts", what) for kind in ("build", "unchecked"))
    return int(next(filter(None, found), 0))


def ratios(results: Results, above: str, below: str, *path: str) -> list[float]:
    """The ratio of two measurements in each round in which both were done."""
    pairs = zip(samples(results, above, *path), samples(results, below, *path), strict=False)
    return [one / other for one, other in pairs]


def of_queries(results: Results, key: str, above: str, below: str, other: str = "") -> dict[str, float]:
    """By saved query the median of the ratios of its samples, of those that ended both ways; `other` is the measurement
    that has `below`, if it is another one, and the ratio then that of the medians."""
    rows = _queries(results, key)
    others = _queries(results, other) if other else rows
    found = {}
    for name, row in rows.items():
        tops, bottoms = row.get(above), others.get(name, {}).get(below)
        if tops and bottoms:
            pairs = zip(tops, bottoms, strict=False)
            found[name] = median(tops) / median(bottoms) if other else median(a / b for a, b in pairs)
    return found


def asked(results: Results, key: str, way: str) -> tuple[int, int, list[str]]:
    """How many queries there were, how many ended in this way of asking, and those that were stopped or failed."""
    rows = _queries(results, key)
    lost = [name for name, row in rows.items() if way in row["stopped"]]
    return len(rows), sum(way in row for row in rows.values()), lost


def points(results: Results, what: str) -> Points:
    """Triples and CPU seconds at each size."""
    found = []
    for size in sizes(results):
        if what == "build":
            seconds = middle(results, f"build {size}", "cpu")
        elif what in STAGES:
            seconds = middle(results, f"build {size}", "stages", what)
        else:
            seconds = _of_lists(results, f"on disk {size}", what)
        if seconds:
            found.append((float(triples(results, size)), seconds))
    return found


def exponent(found: Points) -> float | None:
    """The slope of a straight line through the logarithms, by least squares; None for fewer than two points."""
    if len(found) < 2:
        return None
    return linear_regression([log(x) for x, _ in found], [log(y) for _, y in found]).slope


def peak(results: Results, size: int, stages: tuple[str, ...] = STAGES, kind: str = "build") -> float | None:
    """MB: the greatest memory of all processes together during these stages of a full build, at its largest."""
    found = [max(samples(results, f"{kind} {size}", "process", "peaks", stage), default=0.0) for stage in stages]
    return max(found) or None


def on_disk(results: Results, stages: tuple[str, ...]) -> Points:
    """Claims and MB, as `peak`, at the sizes at which no stage holds the whole graph in memory, ascending."""
    from gbkg.validate.shacl.divided import WHOLE

    found = dict[float, float]()
    for kind, size in [("sizing", SIZING), *(("build", size) for size in sizes(results))]:
        many, triples = (middle(results, f"{kind} {size}", "counts", name) or 0 for name in ("claims", "triples"))
        if triples > WHOLE:
            found[float(many)] = peak(results, size, stages, kind) or 0.0
    return sorted(found.items())


def per_claim(results: Results, size: int) -> dict[str, float]:
    """Bytes, CPU seconds and triples for one claim at a size."""
    number = claims(results, size)
    told: dict[str, float | None] = {
        "triples": float(triples(results, size)),
        "N-Quads": middle(results, f"build {size}", "bytes", "gbkg.nq"),
        "gzip of N-Quads": middle(results, f"gzip {size}", "gzip"),
        "Turtle": middle(results, f"unchecked {size}", "bytes", "gbkg.ttl"),
        "store on disk": middle(results, f"build {size}", "store") or middle(results, f"disk {size}", "bytes"),
        "cache of the last build": middle(results, f"build {size}", "bytes", ".gbkg-cache.sqlite"),
        **{stage: middle(results, f"build {size}", "stages", stage) for stage in STAGES},
    }
    return {name: value / number for name, value in told.items() if value}


def _queries(results: Results, key: str) -> dict[str, Any]:
    runs = results.runs.get(key, ())
    return dict(runs[0]["queries"]) if runs else {}


def _of_lists(results: Results, key: str, way: str) -> float | None:
    runs = results.runs.get(key, ())
    found = runs[0]["asked"].get(way) if runs else None
    return median(found) if found else None


# ---- As Markdown


def cell(number: float) -> str:
    return f"{round(number):,}"


def fixed(number: float) -> str:
    """With about three digits."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def spread(found: Sequence[float]) -> str:
    """Minimum, median (bold) and maximum, or the one figure there is."""
    if len(found) < 2:
        return "".join(fixed(one) for one in found)
    return f"{fixed(min(found))} **{fixed(median(found))}** {fixed(max(found))}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; every column but the first to the right."""
    lines = [list(columns), ["---", *["---:"] * (len(columns) - 1)], *map(list, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def paragraph(text: str) -> str:
    """A text in lines of some length."""
    return fill(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False) + "\n"


def section(title: str, text: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A heading, if there is one, a paragraph and a table; empty without rows."""
    heading = f"## {title}\n\n" if title else ""
    return f"{heading}{paragraph(text)}\n{table(columns, rows)}\n" if rows else ""
