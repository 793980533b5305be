"""RESULTS.md and its pictures: every number in them is from results.json, ratios first."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from scale import aims, figures, tables
from scale.figures import STEEPEST, cell, paragraph, samples, sizes
from scale.plan import MANY, QUICK, Results

_HEAD = """
Written by `make bench` (`benchmarks/bench_scale.py`) from figures that it took, results/results.json; README.md
beside this page says how to run it. Ratios say more than seconds: seconds are of this machine. Seconds are CPU
seconds, user and system, of all processes of a measurement, unless "elapsed" is said. Memory is in MB or GB of 2^20
or 2^30 bytes: the greatest sum of the shares of all processes (PSS), looked at four times a second, unless one
process is named. What was done more than once has minimum, **median**, maximum; one figure alone was taken once.
"""
_SECTIONS = (
    aims.section,
    tables.loading,
    tables.queries,
    tables.on_disk,
    tables.tenfold,
    tables.validation,
    tables.inference,
    tables.builds,
    tables.memory,
    tables.again,
    tables.spreading,
    tables.starting,
    tables.sizes_on_disk,
    tables.growth,
    tables.publishing,
    tables.gates,
    tables.sizing,
)
_COLOURS = ("#1b6ca8", "#c8553d", "#3b8f5a", "#8a5fa8", "#b8860b", "#444444", "#d17ba6", "#5aa9a3", "#7a6a4f")


def written(results: Results) -> str:
    """The page."""
    parts = ["# Results\n\n", paragraph(_HEAD), "\n", _machine(results), "\n"]
    parts += [section(results) for section in _SECTIONS]
    return "".join([*parts, _lacking(results)])


def _machine(results: Results) -> str:
    about = results.about
    packages = ", ".join(f"{name} {number}" for name, number in sorted(about["packages"].items()))
    machine = f"{about['processor']}, {about['cores']} cores, {about['memory']} GB, {about['system']}."
    versions = f"Python {about['python']}; {packages}."
    return paragraph(f"{machine} {versions} {about['elapsed'] / 60:.0f} minutes. {_noise(results)}")


def _noise(results: Results) -> str:
    ranges = []
    for key in results.runs:
        found = samples(results, key, "cpu")
        if len(found) > 2:
            ranges.append((max(found) - min(found)) / median(found))
    if not ranges:
        return ""
    usual, most = 100 * median(ranges), 100 * max(ranges)
    return f"Noise: what was done three times or more has a range of {usual:.0f} % of its median, at most {most:.0f} %."


def _lacking(results: Results) -> str:
    largest = max(sizes(results), default=0)
    lines = ["pyshacl on more than about 50,000 triples at once; rdflib on more than the project's own graph"]
    if largest > QUICK:
        number = cell(figures.triples(results, largest))
        lines.append(
            f"at {number} triples: anything more than once, so no noise; loading into memory; gzip; rules and "
            "validation apart from the build; publishing"
        )
    else:
        lines.append("anything larger than about a million triples")
    if not results.runs.get("queries tenfold"):
        lines.append("queries on ten million triples")
    if MANY not in figures.unchecked(results):
        lines.append("a million claims: figures for them are extrapolated, and marked so")
    lines.append("servers other than Oxigraph, other machines, more than two processors")
    lines += [f"{key}, which failed: {message.splitlines()[-1]}" for key, message in sorted(results.failed.items())]
    return "## Not measured\n\n" + "".join(f"- {line}\n" for line in lines)


# ---- Pictures: both axes logarithmic, with the slope that is aimed at


def draw(results: Results, folder: Path) -> None:
    """Writes growth.png, stages.png and memory.png into the folder, if there are at least two sizes."""
    import matplotlib

    matplotlib.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    if len(figures.sizes(results)) < 2:
        return
    _lines(results, folder / "growth.png", ("build", "load", "rules", "validation"), "CPU seconds")
    _lines(results, folder / "stages.png", (*figures.STAGES, "look-up", "cited"), "CPU seconds")
    _memory(results, folder / "memory.png")


def _lines(results: Results, path: Path, names: tuple[str, ...], unit: str) -> None:
    shown = {name: figures.points(results, name) for name in names}
    axes = _axes(unit)
    for colour, (name, points) in zip(_COLOURS, shown.items(), strict=False):
        if points:
            slope = figures.exponent(points[-2:]) if len(points) > 1 else None
            label = name if slope is None else f"{name}: slope {slope:.2f} at the end"
            axes.plot(*zip(*points, strict=True), "o-", color=colour, label=label, linewidth=1.5, markersize=4)
    for name in ("build", "load", "rules"):
        _aim(axes, shown.get(name, []))
    _save(axes, path)


def _memory(results: Results, path: Path) -> None:
    axes = _axes("MB, all processes together")
    kinds = {"full build": figures.STAGES, "full build, up to loading": figures.BEFORE}
    kinds |= {"full build, checks that ask the graph": ("checks",)}
    shown = {
        label: [(size, figures.peak(results, size, stages)) for size in figures.sizes(results)]
        for label, stages in kinds.items()
    }
    plain = [(n, figures.middle(results, f"unchecked {n}", "process", "together")) for n in figures.unchecked(results)]
    shown["build with --unchecked, no store"] = plain
    for colour, (label, points) in zip(_COLOURS, shown.items(), strict=False):
        found = [(figures.triples(results, size), amount) for size, amount in points if amount]
        axes.plot(*zip(*found, strict=True), "o-", color=colour, label=label, linewidth=1.5, markersize=4)
    axes.axhline(2048, color="#999999", linestyle="--", linewidth=1, label="2 GB")
    _save(axes, path)


def _axes(unit: str) -> Any:
    from matplotlib import pyplot

    _, axes = pyplot.subplots(figsize=(9, 5), layout="constrained")
    axes.set(xscale="log", yscale="log", xlabel="triples", ylabel=unit)
    axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _aim(axes: Any, points: figures.Points) -> None:
    """A dashed line from the last point back, as steep as may be; what grows more slowly is above it on the left."""
    if len(points) < 2:
        return
    (end, seconds), begin = points[-1], points[0][0]
    label = "" if any(line.get_linestyle() == "--" for line in axes.lines) else f"aim: slope {STEEPEST}"
    line = [seconds * (x / end) ** STEEPEST for x in (begin, end)]
    axes.plot([begin, end], line, "--", color="#999999", linewidth=1, label=label or None)


def _save(axes: Any, path: Path) -> None:
    from matplotlib import pyplot

    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    axes.figure.savefig(path, dpi=110, metadata={"Software": None})
    pyplot.close(axes.figure)
