"""CPU seconds of the saved queries: through gbkg, plain and with citations, on the bare engine and in rdflib.

On the project's own graph and on an enlarged one (enlarge.py). Each engine has a process of its own; in it every round
runs every query in every way once, so that a busy minute falls on all alike, and a ratio is the median of the ratios of
the rounds. A round before the first is not counted. README.md beside this file explains the columns.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench_build import run

# Other imports are where they are needed: see bench_build.py.

BARE, PLAIN, CITED, AGAIN = "bare", "plain", "cited", "again"
SAMPLE = 0.005
"""A sample runs a query so often that it takes about so many CPU seconds, and at least once."""
SLOW = 5.0
"""A query that takes so many CPU seconds uncounted is counted once only."""
CAP = 20
"""CPU seconds after which a query is stopped."""
FEW = ("alliance-founders", "site-operators", "policies-by-issuer", "headquarters", "statistics-by-place", "tenants")
"""Queries put to rdflib on the large graph."""
COMMANDS = ("alliance-founders", "everything-in-a-place", "statistics-by-indicator")
"""Queries asked on the command line."""
STARTING, IMPORTS, OX_IMPORT = "starting Python", "import rdflib", "import pyoxigraph"
AIMS = (
    ("gbkg / bare, median", 1.2),
    ("cited cold / gbkg, median", 1.5),
    ("cited cold / gbkg, worst", 4),
    ("rdflib / gbkg, median", -20),
    ("gbkg query, CPU s", 0.6),
)
"""At most; a negative one is at least."""

Sample = dict[str, Any]
Way = Callable[[], Any]


class Stopped(BaseException):
    """Time is up; not an `Exception`, so that no engine takes it for a failed expression."""


# ---- Inside a process of its own


def engine(graph: Path, project: Path, names: list[str], repeat: int) -> dict[str, Any]:
    """Samples of each query on one pyoxigraph store: bare, through gbkg, cited; and what loading cost."""
    from gbkg.core.project import Project
    from gbkg.knowledge import KnowledgeGraph
    from gbkg.store.memory import Memory

    start = time.process_time()
    kg = KnowledgeGraph(Memory.read(graph), Project.find(project))
    loading = {"load": time.process_time() - start, "load MB": peak(), "triples": len(kg.store)}
    start = time.process_time()
    make_table(kg)
    loading |= {"index": time.process_time() - start, "all MB": peak()}
    texts = {name: kg.queries[name].text for name in names if kg.queries[name].form == "SELECT"}
    rows: dict[str, Sample] = {name: {"stopped": []} for name in texts}
    times: dict[tuple[str, str], int] = {}
    for turn in range(repeat + 1):
        for name, text in texts.items():
            for way, work in ways(kg, text):
                if turn == 0:
                    times[name, way] = often(work, rows[name], way)
                    if way == PLAIN and times[name, way]:
                        rows[name]["rows"] = len(work())
                elif times[name, way] > 1 or (times[name, way] == 1 and turn == 1):
                    rows[name].setdefault(way, []).append(sample(work, times[name, way] - 1 or 1))
    return {"loading": loading, "queries": rows}


def often(work: Way, row: Sample, way: str) -> int:
    """How often a sample runs the work, plus one; 1 when it is so slow that one sample is enough, 0 when it does not
    end. The first run, which also prepares what is kept for each text, does not count."""
    if BARE in row["stopped"] or (way == AGAIN and CITED in row["stopped"]):
        return 0
    if way in (BARE, CITED) and not ends(work):
        row["stopped"].append(way)
        return 0
    spent = sample(work, 1)
    if spent > SLOW:
        return 1
    second = sample(work, 1)
    row[f"first {way}"] = spent - second
    return 1 + max(1, round(SAMPLE / max(min(spent, second), 1e-6)))


def ways(kg: Any, text: str) -> Iterator[tuple[str, Way]]:
    """The ways to ask a query, each of which reads everything to its end."""
    from gbkg.core.prefixes import PREFIXES

    store = kg.store.engine

    def warm() -> int:
        return quotations(kg.query(text, cite=True))

    def cold() -> int:
        kg.evidence.forget()
        return warm()

    yield BARE, lambda: list(map(tuple, store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True)))
    yield PLAIN, lambda: list(kg.query(text).rows)
    yield CITED, cold
    yield AGAIN, warm


def make_table(kg: Any) -> None:
    """Makes the table of the evidence of a graph in memory: of a large one in a file, as a build does beside a store;
    the file has no name any more once this has returned."""
    from gbkg.evidence import arrays

    if kg.store.scannable:
        _ = kg.evidence.table
        return
    with tempfile.TemporaryDirectory(prefix="gbkg-bench-") as folder:
        arrays.write(kg.store, Path(folder))
        if (made := Path(folder) / arrays.NAME).exists():  # none of a graph that is too large for it
            kg.evidence.table = arrays.Arrays(made)


def sample(work: Way, times: int) -> float:
    """CPU seconds of one run of `work`. As in `timeit` garbage is not looked for meanwhile: a search through
    everything takes longer than most queries, and would be charged to the one that happens to set it off."""
    gc.disable()
    try:
        start = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - start) / times
    finally:
        gc.enable()


def ends(work: Way) -> bool:
    """Whether `work` comes to an end within `CAP` CPU seconds; tried in a copy of this process that can be stopped."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (CAP, CAP))
        try:
            work()
        finally:
            os._exit(0)
    return not os.WIFSIGNALED(os.waitpid(child, 0)[1])


def quotations(answer: Any) -> int:
    """Reads rows and proofs to the end, each step once; the number of quotations."""
    seen: set[int] = set()
    found = sum(1 for row in answer.rows if not row)
    for proof in answer.proofs:
        for derivation in proof.derivations:
            for step in derivation.steps:
                if id(step) not in seen:
                    seen.add(id(step))
                    found += said(step)
    return found


def said(step: Any) -> int:
    found = 0
    for evidence in step.evidence:
        found += len(getattr(evidence, "quotations", ()))
        found += sum(map(said, getattr(evidence, "premises", ())))
    return found


def rdflib_engine(graph: Path, project: Path, names: list[str], repeat: int) -> dict[str, Any]:
    """Samples of each query in rdflib, over the same union of the named graphs; one that took `CAP` has none."""
    import rdflib

    from gbkg.ask import queries
    from gbkg.core.prefixes import PREFIXES
    from gbkg.core.project import Project

    texts = {name: query.text for name, query in queries.library(Project.find(project)).items() if name in names}
    rdflib.NORMALIZE_LITERALS = False
    start = time.process_time()
    data = rdflib.Dataset(default_union=True)
    data.parse(graph, format="nquads")
    loading = {"load": time.process_time() - start, "load MB": peak()}
    signal.signal(signal.SIGPROF, stop)
    rows: dict[str, Sample] = {}
    for name, text in texts.items():
        row: Sample = {"rows": None, "rdflib": [], "stopped": [], "failed": ""}
        for turn in range(repeat + 1):
            signal.setitimer(signal.ITIMER_PROF, CAP)
            try:
                start = time.process_time()
                found = list(data.query(text, initNs=PREFIXES))
                spent = time.process_time() - start
                row["rows"] = len(found)
            except Stopped:
                row["stopped"] = ["rdflib"]
                break
            except Exception as error:
                row["failed"] = f"{type(error).__name__}: {error}".splitlines()[0]
                break
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            # One run of a slow query says enough; of a quick one the first is not counted.
            if turn or spent > 1:
                row["rdflib"].append(spent)
            if spent > 1:
                break
        rows[name] = row
    return {"loading": loading, "queries": rows}


def stop(*_: Any) -> None:
    raise Stopped


def bare_load(graph: Path) -> dict[str, Any]:
    """What it costs to load the graph and do no more."""
    import pyoxigraph as ox

    start = time.process_time()
    ox.Store().bulk_load(path=str(graph), format=ox.RdfFormat.N_QUADS)
    return {"loading": {"load": time.process_time() - start, "load MB": peak()}}


def peak() -> float:
    """The greatest resident memory of this process so far, in 2^20 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


# ---- Around them


class Bench:
    """Starts the processes, all with compiled bytecode in a temporary folder."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder, self.options = folder, options
        self.project = folder / "project"
        self.environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "GBKG_SOURCES")}
        self.environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")

    def start(self, *command: str) -> tuple[float, str]:
        """CPU seconds and output of Python with these arguments, run beside the build."""
        seconds, _, printed = run([sys.executable, *command], self.environment, self.folder)
        return seconds, printed

    def gbkg(self, *command: str) -> float:
        return self.start("-m", "gbkg", "--project", str(self.project), *command)[0]

    def prepare(self) -> None:
        """A copy of the project, so that nobody changes it meanwhile, its build, and the large graph."""
        for part in ("data", "ontology", "queries"):
            if (self.options.project / part).is_dir():
                shutil.copytree(self.options.project / part, self.project / part)
        if self.options.build:
            shutil.copytree(self.options.build, self.folder / "build")
        else:
            self.gbkg("build", "--out", "build")
        if self.options.triples:
            enlarging = str(Path(__file__).with_name("enlarge.py"))
            self.start(enlarging, "build/gbkg.nq", "large.nq", "--triples", str(self.options.triples))

    def inside(self, what: str, graph: str, names: list[str]) -> dict[str, Any]:
        """What this program measures in a process of its own."""
        given = ["--measure", what, "--graph", graph, "--project", str(self.project)]
        given += ["--repeat", str(self.options.repeat), *(word for name in names for word in ("--only", name))]
        measured: dict[str, Any] = json.loads(self.start(__file__, *given)[1])
        return measured

    def graph(self, name: str, names: list[str], for_rdflib: list[str]) -> dict[str, Any]:
        """Everything about one graph."""
        made = self.inside("engine", name, names)
        made["loads"] = {"gbkg": made.pop("loading"), "pyoxigraph": self.inside("load", name, [])["loading"]}
        if for_rdflib:
            slow = self.inside("rdflib", name, for_rdflib)
            made["loads"]["rdflib"] = slow["loading"]
            for query, row in slow["queries"].items():
                made["queries"][query]["stopped"] += row["stopped"]
                made["queries"][query] |= {"rdflib": row["rdflib"], "rdflib rows": row["rows"], "failed": row["failed"]}
        return made

    def processes(self, names: list[str]) -> dict[str, list[float]]:
        """CPU seconds of whole processes, in rounds."""
        code = {STARTING: "pass", OX_IMPORT: "import pyoxigraph", IMPORTS: "import rdflib"}
        commands: dict[str, Callable[[], float]] = {
            row: lambda code=code: self.start("-c", code)[0]  # type: ignore[misc]
            for row, code in code.items()
        }
        for name in names:
            for extra in ((), ("--cite",)):
                row = " ".join(("gbkg query", name, *extra))
                commands[row] = lambda name=name, extra=extra: self.gbkg("query", name, *extra)  # type: ignore[misc]
        rows: dict[str, list[float]] = {row: [] for row in commands}
        for turn in range(self.options.repeat + 1):
            for row, work in commands.items():
                spent = work()
                rows[row] += [spent] if turn else []
        return rows


def ratio(row: Sample, above: str, below: str) -> float | None:
    """The median of the ratios of the rounds (for rdflib, which has rounds of its own, the ratio of the medians); that
    to `CAP` where the dividend was stopped; None where there is nothing to divide."""
    if not row.get(below):
        return None
    if above in row["stopped"]:
        return CAP / float(median(row[below]))
    if not row.get(above):
        return None
    if above == "rdflib":
        return float(median(row[above]) / median(row[below]))
    return float(median(a / b for a, b in zip(row[above], row[below], strict=False)))


RATIOS = (
    ("gbkg / bare", PLAIN, BARE),
    ("cited cold / gbkg", CITED, PLAIN),
    ("cited warm / gbkg", AGAIN, PLAIN),
    ("rdflib / gbkg", "rdflib", PLAIN),
)


def show_queries(made: dict[str, Any]) -> None:
    """Prints a row for each query."""
    from rich.console import Console
    from rich.table import Table

    table = Table("query", box=None, pad_edge=False)
    for column in ("rows", "bare ms", *(name for name, _, _ in RATIOS), ""):
        table.add_column(column, justify="right" if column else "left")
    for name, row in made["queries"].items():
        if BARE in row["stopped"]:
            table.add_row(name, "", f">{1000 * CAP}")
            continue
        shown = []
        for _, above, below in RATIOS:
            figure = ratio(row, above, below)
            sign = ">" if above in row["stopped"] else ""
            shown.append("" if figure is None else f"{sign}{figure:.{0 if above == 'rdflib' else 2}f}")
        remark = row.get("failed", "")
        if row.get("rdflib rows") not in (None, row["rows"]):
            remark = f"rdflib: {row['rdflib rows']:,} rows"
        table.add_row(name, f"{row['rows']:,}", f"{1000 * median(row[BARE]):.3f}", *shown, remark)
    Console(width=120, highlight=False).print(table)


def summary(made: dict[str, Any]) -> dict[str, float]:
    """Medians and worst of the ratios, printed and by name."""
    found: dict[str, float] = {}
    for name, above, below in RATIOS:
        figures = {query: ratio(row, above, below) for query, row in made["queries"].items()}
        known = {query: figure for query, figure in figures.items() if figure is not None}
        if known:
            worst = (min if above == "rdflib" else max)(known, key=known.__getitem__)
            found |= {f"{name}, median": median(known.values()), f"{name}, worst": known[worst]}
            print(f"{name}: median {median(known.values()):.2f}, worst {known[worst]:.2f} ({worst}), of {len(known)}")
    return found


def show(results: dict[str, Any]) -> None:
    """Prints tables, medians and worst, loading, processes, and whether the aims are met."""
    lines = []
    for name, made in results["graphs"].items():
        print(f"\n{name}, {made['loads']['gbkg']['triples']:,} triples\n")
        show_queries(made)
        print()
        found = summary(made)
        lines += [(f"{name}: {aim}", most, found[aim]) for aim, most in AIMS if aim in found]
        for engine_, cost in made["loads"].items():
            print(f"loading, {engine_}: {cost['load']:.2f} CPU s, peak {cost['load MB']:.0f} MB")
        cost = made["loads"]["gbkg"]
        print(f"table of the evidence, once: {cost['index']:.2f} CPU s; peak of everything {cost['all MB']:.0f} MB")
        for way in (PLAIN, CITED):
            once = [row[f"first {way}"] for row in made["queries"].values() if f"first {way}" in row]
            if once:
                print(f"more when a text is first met, {way}: median {1000 * median(once):.2f} ms")
    print("\nwhole processes, CPU s: min, median, max")
    for row, seconds in results["processes"].items():
        print(f"  {row}: {min(seconds):.3f} {median(seconds):.3f} {max(seconds):.3f}")
        lines += [(f"{row}, CPU s", AIMS[-1][1], median(seconds))] if row.startswith("gbkg") else []
    print()
    for aim, most, figure in lines:
        met = figure <= most if most > 0 else figure >= -most
        bound = f"at most {most}" if most > 0 else f"at least {-most}"
        print(f"{aim}, {bound}: {'met' if met else 'missed'}, {figure:.3g}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="CPU seconds of the saved queries, beside pyoxigraph and rdflib.")
    checkout = Path(__file__).resolve().parent.parent
    parser.add_argument("--triples", type=int, default=1_000_000, metavar="N", help="of the large graph; 0: none")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="counted rounds (default 5)")
    parser.add_argument("--only", action="append", metavar="NAME", default=[], help="a saved query; again for several")
    parser.add_argument("--skip-rdflib", action="store_true", help="leave out rdflib, which is slow")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    parser.add_argument("--project", type=Path, default=checkout, metavar="DIR", help="default: this checkout")
    parser.add_argument("--build", type=Path, metavar="DIR", help="its build; default: it is built anew")
    parser.add_argument("--measure", choices=("engine", "rdflib", "load"), help=argparse.SUPPRESS)
    parser.add_argument("--graph", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.project = options.project.resolve()
    return options


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """What --measure names; this program gives it to itself."""
    if options.measure == "load":
        return bare_load(options.graph)
    work = engine if options.measure == "engine" else rdflib_engine
    return work(options.graph, options.project, options.only, options.repeat)


def main() -> None:
    """Runs everything and prints it."""
    options = arguments()
    if options.measure:
        print(json.dumps(measured(options)))
        return
    known = sorted(path.stem for path in (options.project / "queries").glob("*.rq"))
    names = [name for name in known if name in options.only] if options.only else known
    if not names:
        sys.exit(f"no such saved query in {options.project}; there are {', '.join(known) or 'none'}")
    results: dict[str, Any] = {"graphs": {}}
    with tempfile.TemporaryDirectory(prefix="gbkg-bench-") as folder:
        bench = Bench(Path(folder), options)
        bench.prepare()
        results["graphs"]["built"] = bench.graph("build/gbkg.nq", names, [] if options.skip_rdflib else names)
        if options.triples:
            few = [] if options.skip_rdflib else [name for name in names if name in FEW]
            results["graphs"]["enlarged"] = bench.graph("large.nq", names, few)
        results["processes"] = bench.processes([name for name in names if name in COMMANDS] or names[:1])
    from importlib.metadata import version

    packages = ", ".join(f"{package} {version(package)}" for package in ("gbkg", "pyoxigraph", "rdflib"))
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores; {packages}; {options.repeat} rounds")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    show(results)


if __name__ == "__main__":
    main()
