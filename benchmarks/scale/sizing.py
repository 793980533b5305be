"""What a project will need, worked out from what was measured."""

from __future__ import annotations

from scale import figures
from scale.figures import BEFORE, STAGES, exponent, points, sizes
from scale.plan import Results
from scale.words import cell, fixed
from scale.words import section as section_

CLAIMS = (10_000, 100_000, 1_000_000, 3_000_000)
FILES = ("N-Quads", "store on disk", "cache of the last build")


def section(results: Results) -> str:
    """A table for one claim and one for projects of several sizes."""
    known = sizes(results)
    if len(known) < 2:
        return ""
    size = known[-1]
    one = figures.per_claim(results, size)
    claims = figures.claims(results, size)
    rows = [[name, f"{one[name]:,.0f} bytes", f"{one[name] * 1e6 / 2**30:.2f} GB"] for name in FILES if name in one]
    rows += [
        [name, f"{1000 * one[name]:.3g} CPU ms", f"{one[name] * 1e6 / 60:.1f} CPU min"]
        for name in STAGES
        if name in one
    ]
    text = f"""For one claim, at {cell(claims)} claims in {cell(figures.triples(results, size))} triples, which makes
        {one["triples"]:.1f} triples a claim:"""
    return section_("Sizing", text, ["", "a claim", "a million claims, in proportion"], rows) + _projects(
        results, one, claims
    )


def _projects(results: Results, one: dict[str, float], measured: int) -> str:
    rows = []
    for number in CLAIMS:
        files = sum(one.get(name, 0.0) for name in FILES) * number / 2**30
        plain, checked = (_seconds(results, number, names) / 60 for names in (BEFORE, STAGES))
        amounts = [memory(results, number, names) / 1024 for names in (BEFORE, STAGES)]
        how = "interpolated" if number <= measured else "extrapolated"
        cells = [
            f"{fixed(files)} GB",
            *(f"{fixed(minutes)} min" for minutes in (plain, checked)),
            *(f"{fixed(gb)} GB" for gb in amounts),
        ]
        rows.append([cell(number), cell(round(number * one["triples"])), *cells, how])
    columns = ["claims", "triples", "files on disk", "build without validation, CPU", "full build, CPU"]
    columns += ["memory without validation", "memory, full", "worked out"]
    text = f"""Projects of other sizes, with a store on disk. Everything above {cell(measured)} claims is
        **extrapolated**: files in proportion, seconds of each stage by the power law through the two largest sizes
        measured, memory by a straight line through them, which is too much where a stage holds no more than some
        size, such as loading. Elapsed time on two processors is between half of the CPU time and all of it: reading
        and validation use both, the rest one. A document had {_of_documents(results)} claims."""
    return section_("", text, columns, rows)


def _seconds(results: Results, claims: int, stages: tuple[str, ...]) -> float:
    """CPU seconds of these stages, each by its own power law."""
    at = claims * figures.per_claim(results, sizes(results)[-1])["triples"]
    total = 0.0
    for stage in stages:
        last = points(results, stage)[-2:]
        slope = exponent(last)
        if slope is not None:
            total += last[-1][1] * (at / last[-1][0]) ** slope
    return total


def memory(results: Results, claims: int, stages: tuple[str, ...]) -> float:
    """MB by a straight line through the two largest sizes."""
    pairs = [
        (float(figures.claims(results, size)), figures.peak(results, size, stages) or 0.0)
        for size in sizes(results)[-2:]
    ]
    return straight(pairs, claims)


def straight(pairs: list[tuple[float, float]], claims: float) -> float:
    """What a straight line through two points has at so many claims; right of the first not less than there."""
    (few, low), (many, high) = pairs
    return max(high + (high - low) / (many - few) * (claims - many), low if claims >= few else 0.0)


def _of_documents(results: Results) -> str:
    size = sizes(results)[-1]
    return fixed(figures.claims(results, size) / size)
