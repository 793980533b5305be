"""What is measured, at which sizes, how often; and keeping what came of it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from scale import process
from scale.process import Measured

ROOT = Path(__file__).resolve().parents[2]
QUICK = 7_500
"""The largest corpus of which everything is measured, in documents; a document comes to about 133 triples."""
MANY = 235_100
"""Documents that come to a million claims, and thirty million triples."""
SIZING = 9_000
"""Documents of a corpus that is built once, before a larger one, for its memory alone: of 1.1 million triples, the
smallest of which no stage of a build but the evidence holds the whole graph."""
TENFOLD = 10_000_000
"""Triples of the largest graph of which all saved queries are asked, on disk."""
FEW = 375
"""Documents up to which pyshacl is tried."""
LONGEST = 20
"""Seconds within which every saved query is to end on the largest graph, cited."""
HANDFUL = ("headquarters", "policies-by-issuer", "site-operators", "sites-by-district", "tenants")
"""Saved queries asked of the largest graph, over HTTP, and where there is little time."""


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    `sizes` are corpora of which everything is measured, in documents, the last one less often; `largest` is one that is
    built, loaded and asked once, and built without gates on the graph. `changed` is the corpus of which
    one document changes, by engine so often; `spread` the one that is built on a cluster. `names` are the saved queries
    that are asked, none for all; `enlarged` says whether also of a graph of a million triples, `tenfold` of ten
    million.
    """

    sizes: tuple[int, ...]
    rounds: int
    changed: int
    turns: dict[str, int]
    spread: int
    largest: int = 0
    tenfold: bool = False
    names: tuple[str, ...] = ()
    enlarged: bool = True
    all: bool = True
    """Whether also what is of little use where there is little time: pyshacl, rdflib, HTTP, faults, bytes of gzip."""

    def up_to(self, documents: int) -> Extent:
        """With another largest corpus."""
        if documents > QUICK:
            return replace(self, largest=documents)
        sizes = tuple(one for one in self.sizes if one <= documents)
        return replace(self, sizes=sizes, largest=0, tenfold=False)


FULL = Extent((75, 750, QUICK), 3, 1_000, {"pyshacl": 1, "shacl": 2}, 2_500, 22_500, tenfold=True)
EXTENTS = {
    "full": FULL,
    "quick": Extent((75, 750), 2, 500, {"shacl": 1}, 500, enlarged=False, all=False),
    "ci": Extent((75,), 1, 75, {"shacl": 1}, 75, names=HANDFUL, enlarged=False, all=False),
}
WAYS = ("one process", "all processors", "1 worker", "2 workers")
"""How the same corpus is built, the last two on a cluster of so many workers."""
PACKAGES = ("gbkg", "pyoxigraph", "rdflib", "pyshacl", "shacl", "oxigraph", "distributed")


@dataclass
class Results:
    """What was measured: by key a list, a figure for each repetition. Written to the file after every measurement."""

    path: Path
    about: Measured = field(default_factory=dict)
    runs: dict[str, list[Measured]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Results:
        return cls(path, **json.loads(path.read_bytes())) if path.exists() else cls(path)

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        told = {"about": self.about, "runs": self.runs, "failed": self.failed}
        self.path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Step:
    """One measurement: what it is called in the results, its name, what it is given, files to remove first, and
    seconds after which it is given up."""

    key: str
    name: str
    given: Measured
    gone: tuple[Path, ...] = ()
    limit: float = 900


def about(largest: int) -> Measured:
    """Machine and versions."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "memory": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": sys.version.split()[0],
        "packages": {package: version(package) for package in PACKAGES},
        "largest": largest,
    }


def measure(results: Results, work: Path, extent: Extent, only: str) -> None:
    """Everything that is not among the results yet; `only` keeps to the keys that begin so."""
    largest = extent.largest or extent.sizes[-1]
    results.about = about(largest) | {"elapsed": results.about.get("elapsed", 0.0)}
    _prepare(work)
    for rounds, steps in _plan(work, extent):
        for turn in range(rounds):
            for step in steps:
                if step.key.startswith(only) and len(results.runs.get(step.key, ())) <= turn:
                    _run(results, step)


def _run(results: Results, step: Step) -> None:
    for path in step.gone:
        shutil.rmtree(path, ignore_errors=True)
    start = time.monotonic()
    try:
        results.runs.setdefault(step.key, []).append(process.run(step.name, step.given, step.limit))
        results.failed.pop(step.key, None)
    except process.Failed as error:
        results.failed[step.key] = str(error)
    spent = time.monotonic() - start
    results.about["elapsed"] += spent
    print(f"{time.strftime('%H:%M:%S')} {step.key}: {spent:.1f} s", results.failed.get(step.key, ""), flush=True)
    results.write()


def _prepare(work: Path) -> None:
    """The project's own graph."""
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "real" / "gbkg.nq").exists():
        command = [sys.executable, "-m", "gbkg", "--project", str(ROOT), "build", "--unchecked"]
        command += ["--out", str(work / "real")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _plan(work: Path, extent: Extent) -> Iterator[tuple[int, list[Step]]]:
    """Steps that belong together, with the number of rounds in which they are done in turn."""
    for size in extent.sizes:
        large = size == QUICK
        yield 1, [_generated(work, size)]
        yield 1 if large else extent.rounds, [_build(work, size), _unchecked(work, size)]
        yield 1, [*([_gzip(work, size)] if extent.all else []), _asked(work, size)]
        few = [*_loads(work, size), _rules(work, size), _validated(work, size, "shacl")]
        yield 2 if large else extent.rounds, few
    yield extent.rounds, [_validated(work, extent.sizes[0], "pyshacl")]
    if extent.all:
        yield 1, [_generated(work, FEW), _unchecked(work, FEW)]
        yield 1, [_validated(work, FEW, engine) for engine in ("pyshacl", "shacl")]
    yield extent.rounds, [_started(work)]
    yield from _queries(work, extent)
    yield from _incremental(work, extent)
    yield from _spread(work, extent.spread, WAYS if extent.sizes[1:] else WAYS[::3])
    for size in extent.sizes[1:2] if extent.all else extent.sizes[:1]:
        yield 1, [Step(f"publish {size}", "publish", {"graph": str(work / f"out-{size}" / "gbkg.nq")})]
    for round_ in ("typed", "built") if extent.all else ():
        given = {"folder": str(work / f"faults-{round_}"), "documents": 60, "seed": 132, "round_": round_, "each": 2}
        yield 1, [Step(f"gates {round_}", "gates", given)]
    if size := extent.largest:
        yield 1, [_generated(work, SIZING), replace(_build(work, SIZING), key=f"sizing {SIZING}")]
        yield 1, [_generated(work, size), _build(work, size), _asked(work, size, repeat=1)]
        yield 1, _loads(work, size)[:2]
        yield 1, [_unchecked(work, size, ("nq",))]
    if extent.tenfold:
        yield from _tenfold(work)


def _started(work: Path) -> Step:
    return Step("start", "commands", {"out": str(work / "commands"), "project": str(ROOT)})


def _spread(work: Path, size: int, ways: tuple[str, ...]) -> Iterator[tuple[int, list[Step]]]:
    """The same build by one process, by this machine's processors, and by workers of a cluster."""
    yield 1, [replace(_generated(work, size), key=f"generate spread {size}")]
    given = {"folder": str(work / f"corpus-{size}"), "engine": "shacl"}
    outs = {way: work / f"spread-{way.replace(' ', '-')}" for way in ways}
    for way, out in outs.items():
        yield 1, [Step(f"spread {size}, {way}", "spread", given | {"out": str(out), "way": way}, (out,))]
    for way in ways[1:]:
        given = {"one": str(outs[ways[0]]), "other": str(outs[way])}
        yield 1, [Step(f"compare spread {size}, {way}", "compare", given)]


def _generated(work: Path, size: int) -> Step:
    return Step(f"generate {size}", "generate", {"folder": str(work / f"corpus-{size}"), "documents": size})


def _build(work: Path, size: int) -> Step:
    out, store = work / f"out-{size}", work / f"store-{size}"
    given = {"folder": str(work / f"corpus-{size}"), "out": str(out), "engine": "shacl", "store": str(store)}
    return Step(f"build {size}", "build", given, (out, store), 2400)


def _unchecked(work: Path, size: int, formats: tuple[str, ...] = ("nq", "ttl")) -> Step:
    out = work / f"unchecked-{size}"
    given = {"folder": str(work / f"corpus-{size}"), "out": str(out), "engine": "", "formats": formats}
    return Step(f"unchecked {size}", "build", given, (out,), 2400)


def _gzip(work: Path, size: int) -> Step:
    return Step(f"gzip {size}", "gzipped", {"graph": str(work / f"out-{size}" / "gbkg.nq")})


def _asked(work: Path, size: int, repeat: int = 5) -> Step:
    given = {"store": str(work / f"store-{size}"), "project": str(ROOT), "repeat": repeat, "limit": 20}
    names = {"names": HANDFUL} if size >= QUICK else {}
    return Step(f"on disk {size}", "on_disk", given | names)


def _loads(work: Path, size: int) -> list[Step]:
    graph = {"graph": str(work / f"out-{size}" / "gbkg.nq")}
    bare, ours = work / f"bare-disk-{size}", work / f"disk-{size}"
    like = {"like": str(work / f"store-{size}"), "folder": str(ours)}
    return [
        Step(f"bare disk {size}", "bare_disk", graph | {"folder": str(bare)}, (bare, ours)),
        Step(f"disk {size}", "disk", graph | like, (bare, ours)),
        Step(f"bare memory {size}", "bare_memory", graph),
        Step(f"memory {size}", "memory", graph),
    ]


def _rules(work: Path, size: int) -> Step:
    given = {"graph": str(work / f"out-{size}" / "gbkg.nq"), "project": str(work / f"corpus-{size}" / "project")}
    return Step(f"inference {size}", "inference", given)


def _validated(work: Path, size: int, engine: str) -> Step:
    graph = work / f"unchecked-{size}" / "gbkg.nq"
    given = {"graph": str(graph), "project": str(work / f"corpus-{size}" / "project"), "engine": engine}
    return Step(f"validation {engine} {size}", "validation", given)


def _queries(work: Path, extent: Extent) -> Iterator[tuple[int, list[Step]]]:
    real = {"graph": str(work / "real" / "gbkg.nq"), "project": str(ROOT), "names": extent.names}
    large = real | {"graph": str(work / "large.nq")}
    yield 1, [Step("queries real", "engines", real | {"repeat": 5 if extent.all else 3, "limit": 5})]
    if extent.all:
        yield 1, [Step("queries real rdflib", "with_rdflib", real | {"repeat": 1, "limit": 5})]
        yield 1, [Step("queries real http", "over_http", real | {"repeat": 5, "limit": 5, "cite": HANDFUL})]
    if extent.enlarged:
        few = {"names": HANDFUL, "cite": HANDFUL}
        made = {"graph": real["graph"], "out": large["graph"], "triples": 1_000_000}
        yield 1, [Step("enlarge large", "enlarged", made)]
        yield 1, [Step("queries large", "engines", large | {"repeat": 1, "limit": 5})]
        yield 1, [Step("queries large http", "over_http", large | {"repeat": 1, "limit": 5} | few)]


def _tenfold(work: Path) -> Iterator[tuple[int, list[Step]]]:
    """All saved queries, cited, on a store of pyoxigraph on disk."""
    graph, store = work / "tenfold.nq", work / "tenfold"
    made = {"graph": str(work / "real" / "gbkg.nq"), "out": str(graph), "triples": TENFOLD}
    yield 1, [Step("enlarge tenfold", "enlarged", made)]
    yield 1, [Step("bare disk tenfold", "bare_disk", {"graph": str(graph), "folder": str(store)})]
    asked = {"store": str(store), "graph": str(graph), "project": str(ROOT), "limit": LONGEST}
    yield 1, [Step("queries tenfold", "within", asked, limit=1800)]


def _incremental(work: Path, extent: Extent) -> Iterator[tuple[int, list[Step]]]:
    for engine, turns in extent.turns.items():
        folder, kept = work / f"corpus-changed-{engine}", work / f"kept-{engine}"
        yield 1, [Step(f"generate changed {engine}", "generate", {"folder": str(folder), "documents": extent.changed})]
        formats = {"formats": ("nq", "trig", "ttl", "jsonld"), "folder": str(folder), "engine": engine}
        yield 1, [Step(f"full {engine}", "build", formats | {"out": str(kept)}, (kept,))]
        yield 1, [Step(f"nothing changed {engine}", "build", formats | {"out": str(kept)})]
        for turn in range(turns):
            fresh = work / f"fresh-{engine}"
            given = {"folder": str(folder), "number": extent.changed // 2 + 1 + turn, "seed": 7 + turn}
            yield 1, [Step(f"change {engine} {turn}", "change", given)]
            yield 1, [Step(f"one changed {engine} {turn}", "build", formats | {"out": str(kept)})]
            yield 1, [Step(f"fresh {engine} {turn}", "build", formats | {"out": str(fresh)}, (fresh,))]
            yield 1, [Step(f"compare {engine} {turn}", "compare", {"one": str(kept), "other": str(fresh)})]
