"""CPU seconds and peak memory of the build, of the commands, and of the least that either could cost.

    python benchmarks/bench_build.py [--runs N] [--project DIR] [--sources DIR]

Every figure comes from fresh processes, in rounds: each round runs everything once, so that a busy minute falls on all
rows alike. A round before the first is not counted. See README.md beside this file for the columns.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

# rich, rdflib and gbkg are imported where they are used: Linux counts the peak of the process that starts another
# into the peak of the one started, so this one has to stay small.

STARTING, IMPORTS = "starting Python", "imports alone"
IMPORTED = ("pyoxigraph", "pyshacl", "rdflib", "rich.console", "rich.table", "typer")
SHACL, TURTLE, TRIPLES, JSONLD = "pyshacl alone", "rdflib to Turtle", "rdflib to N-Triples", "rdflib to JSON-LD"
RDFLIB, OXIGRAPH = "rdflib reads Turtle", "pyoxigraph reads Turtle"
PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "validating": {
        "curation arithmetic": ("curation.check", "curation.references"),
        "hygiene": ("validate.hygiene",),
        "shape soundness": ("validate.shapes_sound",),
        "SHACL": ("validate.shacl",),
        "facts and expected counts": ("validate.facts", "validate.expected", "build.counts"),
    },
    "writing": {
        "TriG": ("export.trig",),
        "N-Quads": ("export.nquads",),
        "Turtle": ("export.turtle",),
        "JSON-LD": ("export.jsonld",),
        "files": ("export.write",),
    },
}
"""Parts of a stage, and the functions that make each up; what is left of the stage is its rest."""
FLOORS = {
    "build: all stages": IMPORTS,
    "reading tables": OXIGRAPH,
    "assembling the graph": RDFLIB,
    "validating": SHACL,
    "validating: SHACL": SHACL,
    "validating: hygiene": OXIGRAPH,
    "writing: TriG": TURTLE,
    "writing: Turtle": TURTLE,
    "writing: N-Quads": TRIPLES,
    "writing": JSONLD,
    "writing: JSON-LD": JSONLD,
    "gbkg --help": STARTING,
}
"""What a row is set against; the imports where nothing else does the same work."""
AIMS = (("gbkg build", 6.0, 300.0), ("gbkg verify --sources", 1.0, None), ("gbkg --help", 0.3, None))


@dataclass
class Row:
    """CPU seconds of each run, and peak MB of each run where the row is a whole process."""

    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def stages(project: Path, out: Path, sources: Path | None) -> dict[str, float]:
    """CPU seconds of one build by stage, as `gbkg.build.run` announces them, and by part of a stage."""
    modules = import_gbkg()
    from gbkg import build
    from gbkg.project import Project

    spent: dict[str, float] = {"importing": time.process_time()}
    order: list[tuple[str, float]] = []

    def timed(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **named: object) -> object:
            begun = time.process_time()
            result = function(*args, **named)
            row = f"{order[-1][0]}: {name}"
            spent[row] = spent.get(row, 0) + time.process_time() - begun
            return result

        return call

    for part, functions in ((p, f) for parts in PARTS.values() for p, f in parts.items()):
        for module, name in (function.split(".") for function in functions):
            setattr(modules[module], name, timed(part, getattr(modules[module], name)))
    begun = time.process_time()
    build.run(Project.find(project), out, sources, lambda stage: order.append((stage, time.process_time())))
    rows = {"importing": spent["importing"], "build: all stages": time.process_time() - begun}
    for (stage, start), end in zip(order, [at for _, at in order[1:]] + [time.process_time()], strict=True):
        rows[stage] = end - start
        parts = {f"{stage}: {part}": spent[f"{stage}: {part}"] for part in PARTS.get(stage, ())}
        rows |= parts
        if parts:
            rows[f"{stage}: rest"] = rows[stage] - sum(parts.values())
    return rows


def floor(name: str, project: Path, out: Path) -> dict[str, float]:
    """CPU seconds that a library alone needs for one thing, on the Turtle that was built into `out`."""
    import_gbkg()
    import pyoxigraph
    import pyshacl
    import rdflib

    from gbkg import export, turtle
    from gbkg.project import Project

    found, path = Project.find(project), out / "gbkg.ttl"
    merged, shapes = rdflib.Graph(), rdflib.Graph()
    if name not in (RDFLIB, OXIGRAPH):
        merged, shapes = turtle.read(found, path), turtle.read(found, found.ontology("shapes.ttl"))
    context: Any = export.read_context(found)["@context"]
    work: dict[str, Callable[[], object]] = {
        RDFLIB: lambda: rdflib.Graph(bind_namespaces="none").parse(path, format="turtle"),
        OXIGRAPH: lambda: list(pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)),
        SHACL: lambda: pyshacl.validate(
            merged, shacl_graph=shapes, inplace=True, inference="none", advanced=False
        ),
        TURTLE: lambda: merged.serialize(format="turtle"),
        TRIPLES: lambda: merged.serialize(format="nt"),
        JSONLD: lambda: merged.serialize(format="json-ld", context=context, auto_compact=True, sort_keys=True),
    }
    begun = time.process_time()
    work[name]()
    return {name: time.process_time() - begun}


def import_gbkg() -> dict[str, ModuleType]:
    """The modules that `PARTS` names. pyshacl, which they import late, is imported here and so in no figure."""
    import pyshacl  # noqa: F401

    from gbkg import build, curation, export, validate

    return {"build": build, "curation": curation, "export": export, "validate": validate}


def run(command: list[str], environment: dict[str, str], folder: Path) -> tuple[float, float, str]:
    """CPU seconds and peak MB of a process, and what it printed. Ends this program when it fails."""
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=printed, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0), said.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command)}: exit code {process.returncode}\n{said.read().strip()}")
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, printed.read()


def measure(runs: int, project: Path, sources: Path | None, folder: Path) -> dict[str, Row]:
    """Every row by name, in the order of the table; what is built stays in `folder`/out."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "GBKG_SOURCES")}
    environment = kept | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment |= {"GBKG_SOURCES": str(sources)} if sources else {}
    here, gbkg = [sys.executable, __file__, "--project", str(project), "--out", str(folder / "out")], "gbkg --project"
    here += ["--sources", str(sources)] if sources else []
    gbkg = [sys.executable, "-m", "gbkg", "--project", str(project)]
    whole = {"gbkg build": [*gbkg, "build", "--out", str(folder / "out")]}
    whole |= {"gbkg verify --sources": [*gbkg, "verify"]} if sources else {}
    whole |= {"gbkg show guangzhou": [*gbkg, "show", "guangzhou"], "gbkg --help": [*gbkg, "--help"]}
    whole |= {STARTING: [sys.executable, "-c", "pass"]}
    whole |= {IMPORTS: [sys.executable, "-c", f"import {', '.join(IMPORTED)}"]}
    inside = ["stages", RDFLIB, OXIGRAPH, SHACL, TURTLE, TRIPLES, JSONLD]
    rows: dict[str, Row] = {}
    for turn in range(runs + 1):
        for name, command in whole.items():
            seconds, peak, _ = run(command, environment, folder)
            if turn:
                rows.setdefault(name, Row()).seconds.append(seconds)
                rows[name].peaks.append(peak)
        for name in inside:
            _, _, printed = run([*here, "--measure", name], environment, folder)
            for row, seconds in json.loads(printed).items() if turn else ():
                rows.setdefault(row, Row()).seconds.append(seconds)
    return rows
