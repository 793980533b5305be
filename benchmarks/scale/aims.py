"""What was aimed at, what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from scale import figures, tables
from scale.figures import STEEPEST, cell, fixed, middle, samples, sizes, table
from scale.plan import LONGEST, MANY, Results

MILLION = 7_500
"""Documents that come to about a million triples."""

Row = tuple[str, float, float, str]
"""What, the figure, the most it may be, the unit."""


def section(results: Results) -> str:
    """A table of the aims, the ratios first."""
    rows = [
        [what, f"at most {fixed(most)}{unit}", f"{fixed(found)}{unit}", "met" if found <= most else "**missed**"]
        for what, found, most, unit in _rows(results)
    ]
    for what, met in _yes(results):
        rows.append([what, "yes", "yes" if met else "no", "met" if met else "**missed**"])
    return f"## Aims\n\n{table(['', 'aim', 'found', ''], rows)}\n" if rows else ""


def printed(results: Results) -> str:
    """The aims for a terminal, what was measured beside its floor, and what failed."""
    rows = [("", "found", "aim", "")]
    for what, found, most, unit in _rows(results):
        rows.append((what, f"{fixed(found)}{unit}", f"{fixed(most)}{unit}", "" if found <= most else "missed"))
    rows += [(what, "yes" if met else "no", "yes", "" if met else "missed") for what, met in _yes(results)]
    rows += [("", "", "", ""), ("CPU seconds", "gbkg", "floor", "ratio")]
    for what, ours, floor in figures.beside(results):
        rows.append((what, fixed(ours), fixed(floor), fixed(ours / floor)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
             for row in rows]  # fmt: skip
    lines += [f"{key} FAILED: {message.splitlines()[-1]}" for key, message in sorted(results.failed.items())]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _rows(results: Results) -> Iterator[Row]:
    yield from _ratios(results)
    for name in ("build", "load", "rules"):
        points = figures.points(results, name)
        for words, some in (("all sizes", points), ("the last step", points[-2:])):
            if (slope := figures.exponent(some)) is not None:
                yield f"exponent of {name}, {words}", slope, STEEPEST, ""
    yield from _amounts(results)


def _ratios(results: Results) -> Iterator[Row]:
    for size in sizes(results):
        found = figures.ratios(results, f"disk {size}", f"bare disk {size}", "cpu")
        number = cell(figures.triples(results, size))
        if found:
            yield f"load, store on disk, gbkg / bare, {number} triples", median(found), 1.3, ""
        elif bare := middle(results, f"bare disk {size}", "cpu"):
            load = middle(results, f"build {size}", "stages", "load") or 0.0
            yield f"load, store on disk, stage of the build / bare, {number} triples", load / bare, 1.3, ""
    for graph in ("real", "large"):
        number = cell((results.runs.get(f"queries {graph}") or [{"triples": 0}])[0]["triples"])
        for title, most in figures.ASKING.items():
            above, _, below = title.replace(" cold", "").partition(" / ")
            where, other = ("", "") if above != "rdflib" else (" rdflib", f"queries {graph}")
            found = list(figures.of_queries(results, f"queries {graph}{where}", above, below, other).values())
            if found and most > 0:
                yield f"queries, {title}, median, {number} triples", median(found), most, ""
                if title.startswith("cited"):
                    yield f"queries, {title}, worst, {number} triples", max(found), figures.WORST, ""
            elif found:
                yield f"queries, plain / rdflib, median, {number} triples", 1 / median(found), -1 / most, ""
    for engine in ("pyshacl", "shacl"):
        ratios = []
        for turn in range(9):
            ratios += _ratio(results, f"one changed {engine} {turn}", f"fresh {engine} {turn}")
        number = middle(results, f"full {engine}", "counts", "sources") or 0
        if ratios and number >= 1_000:  # of fewer, what every build costs weighs more
            yield f"one document of {cell(number)} changed / built anew, {engine}", median(ratios), figures.CHANGED, ""
    for name, most in figures.STARTING.items():
        if (found := figures.started(results, name)) is not None:
            yield f"gbkg {name}, a whole process", found, most, " CPU s"


def _ratio(results: Results, above: str, below: str) -> list[float]:
    return figures.ratios(results, above, below, "cpu")


def _amounts(results: Results) -> Iterator[Row]:
    """Seconds and memory at about a million triples, brought to a million in proportion where the aim is for that."""
    share = (figures.triples(results, MILLION) or 1) / 1e6
    if validated := middle(results, f"validation shacl {MILLION}", "cpu"):
        number = middle(results, f"validation shacl {MILLION}", "triples") or 1
        yield "validation at once, a million triples", validated / number * 1e6, 6, " CPU s"
        memory = max(samples(results, f"validation shacl {MILLION}", "process", "largest"))
        yield f"validation at once, {number:,.0f} triples", memory / 1024, 1.5, " GB"
    if staged := middle(results, f"build {MILLION}", "stages", "validation"):
        yield "validation as a stage of the build, a million triples", staged / share, 20, " CPU s"
        peak = figures.peak(results, MILLION, ("validation",)) or 0.0
        words = f"validation as a stage of the build, all processes, {cell(figures.triples(results, MILLION))} triples"
        yield words, peak / 1024, 1.5, " GB"
    if inferred := middle(results, f"inference {MILLION}", "cpu"):
        yield "rules, a million triples", inferred / share, 10, " CPU s"
    if staged := middle(results, f"build {MILLION}", "stages", "rules"):
        yield "rules as a stage of the build, a million triples", staged / share, 10, " CPU s"
    yield from _unchecked(results)


def _unchecked(results: Results) -> Iterator[Row]:
    """The aim for a million claims: what was measured at most, and what follows from it."""
    many = figures.unchecked(results)
    for size in reversed(many):
        if plain := max(samples(results, f"unchecked {size}", "process", "together"), default=0.0):
            yield (
                f"memory, build with --unchecked, {cell(figures.claims(results, size))} claims",
                plain / 1024,
                2,
                " GB",
            )
            break
    if len(sizes(results)) > 1 and sizes(results)[-1] >= MILLION:
        last = sizes(results)[-1]
        if found := figures.peak(results, last, figures.BEFORE):
            number = cell(figures.claims(results, last))
            yield f"memory, full build up to loading, {number} claims", found / 1024, 2, " GB"
        guessed = tables.extrapolated(results, 1_000_000, figures.BEFORE)
        yield "the same, a million claims, extrapolated by a straight line", guessed / 1024, 2, " GB"
    peaks = [
        (float(figures.claims(results, size)), max(together))
        for size in many
        if (together := samples(results, f"unchecked {size}", "process", "together"))
    ]
    if len(peaks) > 1 and MILLION <= many[-1] < MANY:
        guessed = tables.straight(peaks[-2:], 1_000_000)
        yield "memory, build with --unchecked, a million claims, extrapolated so", guessed / 1024, 2, " GB"


def _yes(results: Results) -> Iterator[tuple[str, bool]]:
    if runs := results.runs.get("queries tenfold"):
        total, ended, _ = figures.asked(results, "queries tenfold", "cited")
        yield f"all saved queries end within {LONGEST} s, cited, {cell(runs[0]['triples'])} triples", ended == total
    same = [run["same"] for key, runs in results.runs.items() if key.startswith("compare ") for run in runs]
    if same:
        yield f"builds equal to the byte, incremental and anew, here and on a cluster: {len(same)} times", all(same)
    gates = [run for key, runs in results.runs.items() if key.startswith("gates ") for run in runs]
    if gates:
        planted, lost = (sum(run[name] for run in gates) for name in ("planted", "missed"))
        yield f"all planted faults found, {planted}", lost == 0
        yield "no fault invented", not any(run["invented"] for run in gates)
