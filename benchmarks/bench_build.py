"""CPU seconds and peak memory of the build, of the commands, and of the least that either could cost.

Every figure comes from fresh processes, in rounds: each round runs everything once, so that a busy minute falls on all
rows alike. A round before the first is not counted. README.md beside this file explains the columns.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Other imports are where they are needed: Linux reports the memory of the process that starts another as the peak of
# the one started, if that is smaller, so this one stays small while it measures.

STARTING, IMPORTS = "starting Python", "importing the libraries"
READS, OX_READS = "rdflib reads the Turtle", "pyoxigraph reads the Turtle"
SHACL, TURTLE, TRIPLES, JSONLD = "pyshacl alone", "rdflib to Turtle", "rdflib to N-Triples", "rdflib to JSON-LD"
LIBRARIES = (READS, OX_READS, SHACL, TURTLE, TRIPLES, JSONLD)
BUILD, AGAIN, VERIFY, HELP = "gbkg build", "gbkg build again", "gbkg verify --sources", "gbkg --help"
SAME = {"reading sources": "reading tables"}
"""What a build says in the midst of another stage."""
PARTS = (
    "claims.inputs.read documents.sources.collect graph.assembly.assemble graph.inference.infer validate.gates.counts "
    "validate.gates.curated validate.checks.hygiene validate.shacl.validate validate.checks.facts"
).split()
"""Functions of gbkg that get a row of their own within a stage."""
FLOORS = {
    "reading tables": OX_READS,
    "loading": OX_READS,
    "checking the graph": OX_READS,
    "checking the graph: validate.checks.hygiene": OX_READS,
    "validating": SHACL,
    "validating: validate.shacl.validate": SHACL,
    "writing gbkg.nq": TRIPLES,
    "writing gbkg.trig": TURTLE,
    "writing gbkg.ttl": TURTLE,
    "writing gbkg.jsonld": JSONLD,
    HELP: STARTING,
    IMPORTS: STARTING,
}
"""What a row is set against; the imports where no library does the same work, nothing for the libraries themselves."""
AIMS = ((BUILD, 6, "CPU s"), (BUILD, 300, "MB"), (VERIFY, 1, "CPU s"), (HELP, 0.3, "CPU s"))


def clock() -> float:
    """CPU seconds so far of this process and of those that it started and waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def stages(project: Path, out: Path, sources: Path | None) -> dict[str, float]:
    """CPU seconds of one build: of each stage as `gbkg.build.run` announces it, and of the `PARTS` within."""
    from importlib import import_module

    import pyshacl  # noqa: F401  # gbkg imports it late; here it is in no stage

    from gbkg import build
    from gbkg.core.project import Project

    begun: list[tuple[str, float]] = []
    spent: dict[str, float] = {}

    def timed(part: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **named: object) -> object:
            start, row = clock(), f"{begun[-1][0]}: {part}"
            result = function(*args, **named)
            spent[row] = spent.get(row, 0) + clock() - start
            return result

        return call

    for part in PARTS:
        module, _, name = part.rpartition(".")
        loaded = import_module(f"gbkg.{module}")
        setattr(loaded, name, timed(part, getattr(loaded, name)))
    found = Project.find(project)
    start = clock()

    def progress(stage: str, _done: int, _total: int) -> None:
        if not begun or begun[-1][0] != SAME.get(stage, stage):
            begun.append((SAME.get(stage, stage), clock()))

    build.run(found, out, build.Settings(sources), progress)
    end = clock()
    rows: dict[str, float] = {}
    for (stage, at), after in zip(begun, [at for _, at in begun[1:]] + [end], strict=True):
        parts = {row: seconds for row, seconds in spent.items() if row.startswith(f"{stage}: ")}
        rows |= {stage: after - at, **parts}
        rows |= {f"{stage}: rest": after - at - sum(parts.values())} if parts else {}
    return rows | {"all stages": end - start}


def library(name: str, project: Path, out: Path) -> dict[str, float]:
    """CPU seconds that a library alone needs for one thing, with the Turtle that was built into `out`."""
    import pyoxigraph as ox
    import pyshacl
    import rdflib

    from gbkg.claims import vocabulary
    from gbkg.core import jsonld, rdflibterms, turtle
    from gbkg.core.project import Project
    from gbkg.validate import shapes as gate

    found, path = Project.find(project), out / "gbkg.ttl"
    context: Any = jsonld.context(vocabulary.terms(found))["@context"]
    shapes = rdflibterms.new_graph(gate.typed(found))
    merged = rdflibterms.new_graph(() if name in (READS, OX_READS) else turtle.read(found, path))
    work: dict[str, Callable[[], object]] = {
        READS: lambda: rdflib.Graph(bind_namespaces="none").parse(path, format="turtle"),
        OX_READS: lambda: list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)),
        SHACL: lambda: pyshacl.validate(merged, shacl_graph=shapes, inplace=True, inference="none", advanced=False),
        TURTLE: lambda: merged.serialize(format="turtle"),
        TRIPLES: lambda: merged.serialize(format="nt"),
        JSONLD: lambda: merged.serialize(format="json-ld", context=context, auto_compact=True, sort_keys=True),
    }
    start = time.process_time()
    work[name]()
    return {name: time.process_time() - start}


def run(command: list[str], environment: dict[str, str], folder: Path) -> tuple[float, float, str]:
    """CPU seconds, peak MB and output of a process. Raises `RuntimeError` when its exit code is not 0."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        stdout.seek(0)
        stderr.seek(0)
        if process.returncode:
            message = stderr.read().decode(errors="replace").strip()
            raise RuntimeError(f"exit code {process.returncode}: {message[-300:]}")
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, stdout.read().decode()


def measure(runs: int, project: Path, sources: Path | None, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """By row, in the order of the table: CPU seconds of each run, and peak MB where the row is a whole process; by
    command, why it failed. What is built stays in `folder`/out."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "GBKG_SOURCES")}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    environment |= {"GBKG_SOURCES": str(sources)} if sources else {}
    gbkg = [sys.executable, "-m", "gbkg", "--project", str(project)]
    inside = [sys.executable, __file__, "--project", str(project), "--out", str(folder / "out"), "--measure"]
    commands = {"stages": [*inside, "stages"], BUILD: [*gbkg, "build", "--out", str(folder / "out")]}
    commands[AGAIN] = commands[BUILD]
    commands |= {VERIFY: [*gbkg, "verify"]} if sources else {}
    commands |= {"gbkg show guangzhou": [*gbkg, "show", "guangzhou"], HELP: [*gbkg, "--help"]}
    commands[STARTING] = [sys.executable, "-c", "pass"]
    commands[IMPORTS] = [sys.executable, "-c", "import pyoxigraph, pyshacl, rdflib, click"]
    commands |= {name: [*inside, name] for name in LIBRARIES}
    rows: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for turn in range(runs + 1):
        for name in [name for name in commands if name not in failed]:
            if name in ("stages", BUILD):  # nothing known from the build before
                (folder / "out" / ".gbkg-cache.sqlite").unlink(missing_ok=True)
            try:
                seconds, peak, printed = run(commands[name], environment, folder)
            except RuntimeError as error:
                if name in ("stages", BUILD, AGAIN):
                    sys.exit(f"nothing to measure, the build failed with {error}")
                failed[name] = str(error)
                continue
            measured = json.loads(printed) if "--measure" in commands[name] else {name: seconds}
            for row, figure in measured.items() if turn else ():
                rows.setdefault(row, ([], []))[0].append(figure)
                rows[row][1].extend([peak] if "--measure" not in commands[name] else [])
    return rows, failed


def show(rows: dict[str, Any], failed: dict[str, str]) -> None:
    """Prints the table, what failed, and whether the aims are met: by median CPU seconds and greatest peak."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    from statistics import median

    from rich.console import Console
    from rich.table import Table

    table = Table("", box=None, pad_edge=False)
    for column in ("min", "median", "max", "peak MB", "ratio"):
        table.add_column(column, justify="right")
    table.add_column("to")
    for name, (seconds, peaks) in rows.items():
        floor = FLOORS.get(name, "" if name in (STARTING, *LIBRARIES) else IMPORTS)
        ratio = f"{median(seconds) / median(rows[floor][0]):.2f}" if floor in rows else ""
        peak = f"{'<' if max(peaks) <= own else ''}{max(peaks):.0f}" if peaks else ""
        stage, _, part = name.partition(": ")
        figures = [f"{of(seconds):.3f}" for of in (min, median, max)]
        table.add_row(f"  {part}" if part else stage, *figures, peak, ratio, floor)
        if name in ("all stages", HELP):
            table.add_row()
    Console(width=100, highlight=False).print(table)
    print("", *(f"{name} failed, {reason}" for name, reason in failed.items()), sep="\n")
    for name, most, unit in AIMS:
        aim = f"{name}, at most {most} {unit}"
        if name in rows:
            figure = median(rows[name][0]) if unit == "CPU s" else max(rows[name][1])
            print(f"{aim}: {'met' if figure <= most else 'missed'}, {figure:.3g} {unit}")
        else:
            print(f"{aim}: {'failed' if name in failed else 'skipped, GBKG_SOURCES is not set'}")


def main() -> None:
    """Runs everything and prints it; with --measure, which this program gives to itself, one thing as JSON."""
    parser = argparse.ArgumentParser(description="CPU seconds and peak memory of the build and of the commands.")
    checkout, documents = Path(__file__).resolve().parent.parent, os.environ.get("GBKG_SOURCES") or None
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="counted runs of everything (default 5)")
    parser.add_argument("--project", type=Path, default=checkout, metavar="DIR", help="default: this checkout")
    parser.add_argument("--sources", type=Path, default=documents, metavar="DIR", help="default: GBKG_SOURCES")
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    project, sources = options.project.resolve(), options.sources.resolve() if options.sources else None
    if options.measure:
        all_stages = options.measure == "stages"
        made = stages(project, options.out, sources) if all_stages else library(options.measure, project, options.out)
        print(json.dumps(made))
        return
    with tempfile.TemporaryDirectory(prefix="gbkg-bench-") as folder:
        rows, failed = measure(options.runs, project, sources, Path(folder))
        report = Path(folder, "out", "report.json")
        counts = json.loads(report.read_bytes())["counts"] if report.exists() else {}
    from importlib.metadata import version

    packages = ", ".join(f"{p} {version(p)}" for p in ("gbkg", "rdflib", "pyoxigraph", "pyshacl", "click"))
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores; {packages}")
    graph = ", ".join(f"{counts.get(kind, 0):,} {kind}" for kind in ("claims", "triples"))
    print(f"{graph}; documents {'' if sources else 'not '}at hand; CPU seconds of {options.runs} runs\n")
    show(rows, failed)


if __name__ == "__main__":
    main()
