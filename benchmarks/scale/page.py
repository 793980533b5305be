"""RESULTS.md: every number on it is from results.json, ratios first."""

from __future__ import annotations

from statistics import median

from scale import aims, figures, sizing, tables
from scale.figures import samples, sizes
from scale.plan import MANY, QUICK, Results
from scale.words import cell, paragraph

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
    tables.validation,
    tables.inference,
    tables.builds,
    tables.memory,
    tables.again,
    tables.sizes_on_disk,
    tables.growth,
    tables.publishing,
    tables.gates,
    sizing.section,
)


def written(results: Results) -> str:
    """The page."""
    parts = ["# Results\n\n", paragraph(_HEAD), "\n", _machine(results), "\n"]
    parts += [section(results) for section in _SECTIONS]
    return "".join([*parts, _lacking(results)])


def _machine(results: Results) -> str:
    about = results.about
    packages = ", ".join(f"{name} {number}" for name, number in about["packages"].items())
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
    if not results.runs.get(f"unchecked {MANY}"):
        lines.append("a million claims: figures for them are extrapolated, and marked so")
    else:
        lines.append(
            "a million claims with the gates on the graph, or in a store: these are extrapolated, and marked so"
        )
    lines.append("servers other than Oxigraph, other machines, more than two processors")
    lines += [f"{key}, which failed: {message.splitlines()[-1]}" for key, message in sorted(results.failed.items())]
    return "## Not measured\n\n" + "".join(f"- {line}\n" for line in lines)
