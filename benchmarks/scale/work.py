"""What the build, the store, the rules, the validation and publishing do, each in a process of its own.

Every function takes what `plan` gives and returns numbers that JSON can hold. CPU seconds are those of the work alone,
without starting Python and importing.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scale.process import Measured, clock

STAGES = {
    "reading tables": "reading",
    "reading sources": "reading",
    "inferring": "rules",
    "writing gbkg.nq": "writing",
    "loading": "load",
    "loading the store": "load",
    "writing what stands beside the store": "load",
    "updating the store": "load",
    "proving the store": "load",
    "publishing the store": "load",
    "checking the store": "checks",
    "checking the graph": "checks",
    "validating": "validation",
    "reading the graph": "comparison",
}
"""The stage of this page by what the build says it is doing."""
BESIDE = {"writing what stands beside the store": "evidence"}
"""What is apart as to memory: the evidence is written for graphs up to some size alone."""


COUNTED = ("sources", "entities", "claims", "statistics", "passages", "facts", "inferred", "inferences", "triples")


def generate(folder: str, documents: int) -> Measured:
    """A corpus, unless it is there."""
    from corpus import generate as write

    if not (Path(folder) / "project" / "data" / "expected.toml").exists():
        shutil.rmtree(folder, ignore_errors=True)
        write(Path(folder), documents)
    return {}


def build(folder: str, out: str, engine: str | None, store: str = "", formats: tuple[str, ...] = ("nq",)) -> Measured:
    """A build of a corpus with its documents: CPU seconds by stage, what was counted, and sizes on disk in bytes."""
    from gbkg import build as building
    from gbkg.core.project import Project

    begun: list[tuple[str, float]] = []
    marks: list[tuple[str, float]] = []

    def progress(what: str, _done: int, _total: int) -> None:
        stage = STAGES.get(what, what)
        if not begun or begun[-1][0] != stage:
            begun.append((stage, clock()))
        if not marks or marks[-1][0] != BESIDE.get(what, stage):
            marks.append((BESIDE.get(what, stage), time.monotonic()))

    start, settings = clock(), building.Settings(Path(folder) / "documents", Path(store) if store else None)
    settings = building.Settings(settings.documents, settings.store, tuple(formats), engine)
    made = building.run(Project(Path(folder) / "project"), Path(out), settings, progress)
    end = clock()
    spent: dict[str, float] = {}
    for (stage, at), after in zip(begun, [at for _, at in begun[1:]] + [end], strict=False):  # none: as it was
        spent[stage] = spent.get(stage, 0.0) + after - at
    return {
        "cpu": end - start,
        "stages": spent,
        "marks": marks,
        "counts": {name: made.counts[name] for name in COUNTED},
        "engine": made.engine,
        "bytes": {path.name: path.stat().st_size for path in Path(out).iterdir() if path.is_file()},
        "store": _size(Path(store)) if store else 0,
    }


def spread(folder: str, out: str, engine: str, way: str) -> Measured:
    """The same build, and elapsed seconds by stage; in `way` one process, this machine's processors, or so many workers
    of a Dask cluster on this machine, whose start counts as CPU time and not as elapsed time."""
    from contextlib import nullcontext

    from distributed import LocalCluster

    from gbkg import build as building
    from gbkg.core import workers
    from gbkg.core.project import Project

    number = int(way.split()[0]) if way[0].isdigit() else 0
    if way == "one process":
        workers.processors = lambda: 1
    begun: list[tuple[str, float]] = []

    def progress(what: str, _done: int, _total: int) -> None:
        stage = STAGES.get(what, what)
        if not begun or begun[-1][0] != stage:
            begun.append((stage, time.monotonic()))

    host, start = "127.0.0.1", clock()
    cluster = (
        LocalCluster(n_workers=number, threads_per_worker=1, host=host, dashboard_address=f"{host}:0")
        if number
        else None
    )
    with cluster or nullcontext():
        address = cluster.scheduler_address if cluster else None
        settings = building.Settings(Path(folder) / "documents", None, ("nq",), engine, address)
        building.run(Project(Path(folder) / "project"), Path(out), settings, progress)
        end = time.monotonic()
    stages: dict[str, float] = {}
    for (stage, at), (_, after) in zip(begun, [*begun[1:], ("", end)], strict=True):
        stages[stage] = stages.get(stage, 0.0) + after - at
    return {"cpu": clock() - start, "elapsed": end - begun[0][1], "stages": stages}


COMMANDS = {
    "--help": ("--help",),
    "query": ("query", "headquarters"),
    "query --cite": ("query", "headquarters", "--cite"),
    "show": ("show", "guangzhou"),
}
"""What is asked on the command line, beside a build."""


def commands(out: str, project: str) -> Measured:
    """CPU seconds of whole processes: commands beside a build, and under "floor" pyoxigraph alone, which loads the same
    graph and answers the same query. All with compiled bytecode; the first run of each does not count."""
    import sys

    from gbkg.ask import queries
    from gbkg.core.prefixes import PREFIXES
    from gbkg.core.project import Project

    place, given = Path(out), ("-m", "gbkg", "--project", project)
    place.mkdir(parents=True, exist_ok=True)
    text = queries.library(Project.find(Path(project)))["headquarters"].text
    bare = f"""import pyoxigraph as ox
store = ox.Store()
store.bulk_load(path="build/gbkg.nq", format=ox.RdfFormat.N_QUADS)
for row in store.query({text!r}, prefixes={PREFIXES!r}, use_default_graph_as_union=True): print(*row)"""
    asked = {name: (*given, *words) for name, words in COMMANDS.items()}
    asked |= {"starting Python": ("-c", "pass"), "floor": ("-c", bare)}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(place / "bytecode")

    def seconds(words: tuple[str, ...]) -> float:
        start = clock()
        said = subprocess.run([sys.executable, *words], cwd=place, env=environment, capture_output=True, text=True)
        if said.returncode:
            raise RuntimeError(f"{' '.join(words[:6])}: {said.stderr}")
        return clock() - start

    seconds((*given, "build"))
    return {name: [seconds(words) for _ in range(3)][1:] for name, words in asked.items()}


def gzipped(graph: str) -> Measured:
    """Bytes of a file, and of what gzip makes of it at level 6."""
    packed = Path(f"{graph}.gz")
    with Path(graph).open("rb") as plain, gzip.open(packed, "wb", 6) as file:
        shutil.copyfileobj(plain, file, 1 << 20)
    size = packed.stat().st_size
    packed.unlink()
    return {"bytes": Path(graph).stat().st_size, "gzip": size}


def bare_disk(graph: str, folder: str) -> Measured:
    """pyoxigraph alone loads a file into a store on disk."""
    import pyoxigraph as ox

    shutil.rmtree(folder, ignore_errors=True)

    def work() -> None:
        ox.Store(folder).bulk_load(path=graph, format=ox.RdfFormat.N_QUADS)

    cpu, wall = _timed(work)
    return {"cpu": cpu, "elapsed": wall, "bytes": _size(Path(folder))}


def disk(graph: str, folder: str, like: str) -> Measured:
    """gbkg loads a file into a store on disk, proves count and digest, and publishes it; the manifest is that of the
    store `like`, of the same build, which has noted the SHA-256 of the file."""
    from gbkg.store import disk as on_disk
    from gbkg.store import outputs

    manifest = on_disk.read(Path(like)).manifest
    made = outputs.of(Path(graph))
    known = {made.digest(outputs.GRAPH): manifest.digest} if made else {}
    shutil.rmtree(folder, ignore_errors=True)
    cpu, wall = _timed(lambda: on_disk.write(Path(folder), on_disk.loading([Path(graph)], known), manifest))
    return {"cpu": cpu, "elapsed": wall, "bytes": _size(Path(folder))}


def enlarged(graph: str, out: str, triples: int) -> Measured:
    """A graph of so many triples made of a built one, unless it is there."""
    if not Path(out).exists():
        program = Path(__file__).resolve().parents[1] / "enlarge.py"
        command = [sys.executable, str(program), graph, f"{out}.new", "--triples", str(triples)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        Path(f"{out}.new").rename(out)
    return {"bytes": Path(out).stat().st_size}


def bare_memory(graph: str) -> Measured:
    """pyoxigraph alone loads a file into memory."""
    import pyoxigraph as ox

    kept: list[Any] = []

    def work() -> None:
        kept.append(ox.Store())
        kept[0].bulk_load(path=graph, format=ox.RdfFormat.N_QUADS)

    cpu, wall = _timed(work)
    return {"cpu": cpu, "elapsed": wall}


def memory(graph: str) -> Measured:
    """gbkg loads a file into memory."""
    from gbkg.store.memory import Memory

    kept: list[Any] = []
    cpu, wall = _timed(lambda: kept.append(Memory.read(Path(graph))))
    return {"cpu": cpu, "elapsed": wall}


def validation(graph: str, project: str, engine: str) -> Measured:
    """An engine validates what is stated, all at once; how much it found."""
    from gbkg.core import nquads
    from gbkg.core.project import Project
    from gbkg.validate import shacl
    from gbkg.validate import shapes as gate

    shapes = gate.typed(Project(Path(project)))
    text = _lines(graph, nquads.STATED)
    results: list[Any] = []
    cpu, wall = _timed(lambda: results.extend(shacl.validate(text, shapes, engine)))
    return {"cpu": cpu, "elapsed": wall, "triples": text.count(b"\n"), "results": len(results)}


def inference(graph: str, project: str) -> Measured:
    """The project's rules run until nothing new comes, and every line of what they add is written."""
    from gbkg.core.project import Project
    from gbkg.graph import inference as running
    from gbkg.graph import rules
    from gbkg.graph.inferred import lines

    known = rules.read(Project(Path(project)))
    basis = _lines(graph, running.BASIS)
    counted: list[int] = []

    def work() -> None:
        found = running.infer(basis, known)
        counted.extend((len(found.new), sum(1 for _ in lines(found, known))))

    cpu, wall = _timed(work)
    return {"cpu": cpu, "elapsed": wall, "basis": basis.count(b"\n"), "inferred": counted[0], "lines": counted[1]}


def gates(folder: str, documents: int, seed: int, round_: str, each: int) -> Measured:
    """Faults planted in a corpus, those that the gates missed, and the findings that tell of none."""
    from corpus import generate as write
    from corpus import score

    from gbkg import build as building
    from gbkg.core.errors import ValidationError
    from gbkg.core.project import Project

    shutil.rmtree(folder, ignore_errors=True)
    made = write(Path(folder), documents, seed, round_, each)  # type: ignore[arg-type]
    findings: list[Any] = []
    texts = Path(folder) / "documents" if round_ == "built" else None
    try:
        building.run(Project(Path(folder) / "project"), Path(folder) / "out", building.Settings(texts))
    except ValidationError as error:
        findings = [one for one in error.findings if one.severity == "violation"]
    missed, invented = score(made.faults, findings)
    kinds = {fault.kind for fault in made.faults}
    return {"planted": len(made.faults), "kinds": len(kinds), "missed": len(missed), "invented": len(invented)}


def compare(one: str, other: str) -> Measured:
    """Whether two builds have the same files with the same bytes."""
    names = [sorted(p.name for p in Path(out).iterdir() if not p.name.startswith(".")) for out in (one, other)]
    same = names[0] == names[1]
    same = same and all((Path(one) / name).read_bytes() == (Path(other) / name).read_bytes() for name in names[0])
    return {"same": same, "files": names[0]}


def change(folder: str, number: int, seed: int) -> Measured:
    """Another edition of one document."""
    from corpus import change as edit

    edit(Path(folder), number, seed)
    return {}


def publish(graph: str) -> Measured:
    """Publishes a file of N-Quads on an empty server, and again when everything is there: CPU seconds of the publisher
    and of the server, elapsed seconds, and the number of triples sent."""
    from servers import oxigraph

    from gbkg.store.graphstore import Endpoints, Server
    from gbkg.store.publish import QuadSource
    from gbkg.store.publish import publish as send

    made: Measured = {}
    with oxigraph() as running:
        source, server = QuadSource.file(Path(graph)), Server(Endpoints.of(running.endpoint))
        for turn in ("first", "again"):
            served, start, begun = _of_servers(), clock(), time.monotonic()
            outcome = send(source, server)
            made[turn] = {
                "cpu": clock() - start,
                "elapsed": time.monotonic() - begun,
                "server": _of_servers() - served,
                "sent": outcome.sent,
                "triples": outcome.triples,
            }
    return made


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    begun, start = time.monotonic(), clock()
    work()
    return clock() - start, time.monotonic() - begun


def _lines(path: str, names: tuple[str, ...]) -> bytes:
    """The lines of an N-Quads file that are in one of the named graphs."""
    from gbkg.core.prefixes import PREFIXES

    ends = tuple(f"<{PREFIXES['graph']}{name}> .\n".encode() for name in names)
    with Path(path).open("rb") as file:
        return b"".join(line for line in file if line.endswith(ends))


def _size(folder: Path) -> int:
    """Bytes of all files below a folder, a file with two names counted once."""
    files = [path.stat() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum({(found.st_dev, found.st_ino): found.st_size for found in files}.values())


def _of_servers() -> float:
    """CPU seconds of all processes that this one started and that still run; 0 where there is no /proc."""
    total = 0
    for path in Path("/proc/self/task").glob("*/children"):
        for child in path.read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")
