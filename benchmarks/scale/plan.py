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
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from scale import process
from scale.process import Measured

ROOT = Path(__file__).resolve().parents[2]
SIZES = (75, 750, 7_500, 75_000)
"""Documents; a document comes to about 133 triples."""
QUICK = 7_500
MANY = 235_100
"""Documents that come to a million claims, and thirty million triples; built without gates on the graph."""
FEW, CHANGED = 375, 1_000
"""Documents up to which pyshacl is tried, and of the corpus of which one document changes."""
HANDFUL = ("headquarters", "policies-by-issuer", "site-operators", "sites-by-district", "tenants")
"""Saved queries asked of the largest graph, on disk."""
PACKAGES = ("gbkg", "pyoxigraph", "rdflib", "pyshacl", "shacl", "oxigraph")


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


def measure(results: Results, work: Path, largest: int, only: str) -> None:
    """Everything that is not among the results yet; `only` keeps to the keys that begin so."""
    results.about = about(largest) | {"elapsed": results.about.get("elapsed", 0.0)}
    _prepare(work)
    for rounds, steps in _plan(work, largest):
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
    """The project's own graph and the one of a million triples made of it."""
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "large.nq").exists():
        python, out = sys.executable, str(work / "real")
        command = [python, "-m", "gbkg", "--project", str(ROOT), "build", "--unchecked", "--out", out]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        enlarge = [python, str(ROOT / "benchmarks" / "enlarge.py"), f"{out}/gbkg.nq", str(work / "large.nq.new")]
        subprocess.run([*enlarge, "--triples", "1000000"], check=True, stdout=subprocess.DEVNULL)
        (work / "large.nq.new").rename(work / "large.nq")


def _plan(work: Path, largest: int) -> Iterator[tuple[int, list[Step]]]:
    """Steps that belong together, with the number of rounds in which they are done in turn."""
    small = [size for size in SIZES if size <= min(largest, QUICK)]
    for size in small:
        yield 1, [_generated(work, size)]
        yield 3 if size < QUICK else 1, [_build(work, size), _unchecked(work, size)]
        yield 1, [_gzip(work, size), _asked(work, size)]
        yield 3 if size < QUICK else 2, [*_loads(work, size), _rules(work, size), _validated(work, size, "shacl")]
    yield 1, [_generated(work, FEW), _unchecked(work, FEW)]
    yield 3, [_validated(work, small[0], "pyshacl")]
    yield 1, [_validated(work, FEW, engine) for engine in ("pyshacl", "shacl")]
    yield from _queries(work)
    yield from _incremental(work)
    for size in small[1:]:
        yield 1, [Step(f"publish {size}", "publish", {"graph": str(work / f"out-{size}" / "gbkg.nq")})]
    for round_ in ("typed", "built"):
        given = {"folder": str(work / f"faults-{round_}"), "documents": 60, "seed": 132, "round_": round_, "each": 2}
        yield 1, [Step(f"gates {round_}", "gates", given)]
    if largest > QUICK:
        yield 1, [_generated(work, largest), _build(work, largest), _unchecked(work, largest), _asked(work, largest)]
        yield 1, _loads(work, largest)[:2]
        yield 1, [_generated(work, MANY), _unchecked(work, MANY)]


def _generated(work: Path, size: int) -> Step:
    return Step(f"generate {size}", "generate", {"folder": str(work / f"corpus-{size}"), "documents": size})


def _build(work: Path, size: int) -> Step:
    out, store = work / f"out-{size}", work / f"store-{size}"
    given = {"folder": str(work / f"corpus-{size}"), "out": str(out), "engine": "shacl", "store": str(store)}
    return Step(f"build {size}", "build", given, (out, store), 2400)


def _unchecked(work: Path, size: int) -> Step:
    out = work / f"unchecked-{size}"
    given = {"folder": str(work / f"corpus-{size}"), "out": str(out), "engine": "", "formats": ("nq", "ttl")}
    return Step(f"unchecked {size}", "build", given, (out,), 2400)


def _gzip(work: Path, size: int) -> Step:
    return Step(f"gzip {size}", "gzipped", {"graph": str(work / f"out-{size}" / "gbkg.nq")})


def _asked(work: Path, size: int) -> Step:
    given = {"store": str(work / f"store-{size}"), "project": str(ROOT), "repeat": 5, "limit": 20}
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


def _queries(work: Path) -> Iterator[tuple[int, list[Step]]]:
    real = {"graph": str(work / "real" / "gbkg.nq"), "project": str(ROOT)}
    large = {"graph": str(work / "large.nq"), "project": str(ROOT)}
    yield 1, [Step("queries real", "engines", real | {"repeat": 5, "limit": 5})]
    yield 1, [Step("queries real rdflib", "with_rdflib", real | {"repeat": 1, "limit": 5})]
    yield 1, [Step("queries real http", "over_http", real | {"repeat": 5, "limit": 5, "cite": HANDFUL})]
    yield 1, [Step("queries large", "engines", large | {"repeat": 1, "limit": 5})]
    yield 1, [Step("queries large http", "over_http", large | {"repeat": 1, "limit": 5, "cite": HANDFUL})]


def _incremental(work: Path) -> Iterator[tuple[int, list[Step]]]:
    for engine in ("pyshacl", "shacl"):
        folder, kept = work / f"corpus-changed-{engine}", work / f"kept-{engine}"
        yield 1, [Step(f"generate changed {engine}", "generate", {"folder": str(folder), "documents": CHANGED})]
        formats = {"formats": ("nq", "trig", "ttl", "jsonld"), "folder": str(folder), "engine": engine}
        yield 1, [Step(f"full {engine}", "build", formats | {"out": str(kept)}, (kept,))]
        yield 1, [Step(f"nothing changed {engine}", "build", formats | {"out": str(kept)})]
        for turn in range(1 if engine == "pyshacl" else 2):
            fresh = work / f"fresh-{engine}"
            given = {"folder": str(folder), "number": 501 + turn, "seed": 7 + turn}
            yield 1, [Step(f"change {engine} {turn}", "change", given)]
            yield 1, [Step(f"one changed {engine} {turn}", "build", formats | {"out": str(kept)})]
            yield 1, [Step(f"fresh {engine} {turn}", "build", formats | {"out": str(fresh)}, (fresh,))]
            yield 1, [Step(f"compare {engine} {turn}", "compare", {"one": str(kept), "other": str(fresh)})]
