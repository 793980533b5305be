"""The stages in order. This module alone knows the order, and joins what one stage gives to what the next one takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from gbkg.ask import descriptions, preparing, queries
from gbkg.claims import inputs
from gbkg.claims.inputs import Inputs
from gbkg.core import Progress, jsonld, nquads, silent
from gbkg.core.errors import Finding, ValidationError
from gbkg.core.jsonld import Compaction
from gbkg.core.project import Project, Snapshot
from gbkg.core.workers import Spread, spread
from gbkg.documents import sources
from gbkg.documents.coverage import Sentence
from gbkg.documents.sources import Library
from gbkg.evidence import arrays
from gbkg.graph import assembly, parts, report, rules, shards, write
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import Cache, code
from gbkg.graph.cluster import connected
from gbkg.graph.report import Report
from gbkg.store import disk, outputs
from gbkg.store.memory import Memory
from gbkg.store.outputs import Build
from gbkg.validate import gates, shapes
from gbkg.validate.recalled import Recalled

FORMATS = ("nq", "trig", "ttl", "jsonld")
"""What a build can write: gbkg.nq and so on."""
CACHE = ".gbkg-cache.sqlite"
"""The file of the cache, among the outputs."""


@dataclass(frozen=True)
class Settings:
    """Options of a build.

    `documents` is the folder with the documents, if they are at hand; `store` a folder for a store on disk; `formats`
    the files to write, N-Quads being written always; `engine` the one that validates with SHACL, None for the fastest
    that suits, "" for none: the gates on the graph are then skipped; `dask` the address of
    a Dask cluster's scheduler, or `cluster.LOCAL`, for what is done source by source, None to do it on this machine's
    processors. A document that is not in the folder is a warning where the folder need not be `whole`.
    """

    documents: Path | None = None
    store: Path | None = None
    formats: tuple[str, ...] = FORMATS
    engine: str | None = None
    dask: str | None = None
    whole: bool = True


def run(project: Project, out: Path, settings: Settings | None = None, progress: Progress = silent) -> Report:
    """Runs all stages and gates; writes the outputs to `out` and returns the report.

    Raises `ValidationError` with every finding when there is a violation, `GbkgError` when a file is broken or cannot
    be written; former outputs then stay as they were. When all that a build reads is as it was at the last one, and so
    are the outputs, nothing is made.
    """
    settings = settings or Settings()
    shapes.usable(settings.engine)
    before = project.snapshot()
    with Cache(out / CACHE) as cache:
        documents = sources.digests(settings.documents) if settings.documents else {}
        inputs = _inputs(project, settings, before, documents)
        made = _as_it_was(out, settings, cache, inputs)
        if made is None:
            made, sums = _written(project, out, settings, progress, before, documents, cache)
            cache.put(*_WHOLE, inputs, json.dumps([made.kept(), sums]))
            cache.commit()
        return replace(made, out=str(out))


def _written(
    project: Project, out: Path, settings: Settings, progress: Progress, before: Snapshot, documents: dict[str, str],
    cache: Cache,
) -> tuple[Report, dict[str, str]]:  # fmt: skip
    """As `run`, whatever the outputs are now; with the digests of the files that it wrote. `documents` has the digest
    of each document."""
    with outputs.writing(out) as new, connected(settings.dask) as spread:
        made, library, faults = _made(project, settings, progress, before, documents, cache, spread)
        counts = gates.counts(made)
        faults += gates.on_tables(made, counts)
        engine, doubts = shapes.chosen(project, settings.engine)
        faults += doubts

        progress("writing gbkg.nq", 0, 0)
        graph = parts.write(new, made.pieces())
        difference, recalled = graph.changes(cache), Recalled(cache, graph, new.former / "gbkg.nq")
        keeping = write.Keeping.of(new, made, graph, difference, before.digest, not engine)
        reports: list[Report] = []

        def finish(store: Memory | None) -> None:
            """The gates on the graph, then all other files. Nothing is published unless it returns."""
            looked = gates.looked_at(made, counts)
            if store is not None and engine:
                found, more = gates.on_graph(made, store, graph, library, engine, recalled, progress, spread)
                faults.extend(found)
                looked += more
            before.check(project)
            cache.commit()
            every = list(dict.fromkeys(faults))  # two gates may see the same
            if any(fault.severity == "violation" for fault in every):
                raise ValidationError(every)
            write.files(new, made, graph, settings.formats, progress)
            changes = report.changes(out / "gbkg.nq", graph.path, difference)
            done = Report.of(made, before.digest, engine, counts, looked, every, changes)
            new.put("report.json", [done.json()])
            new.put("report.md", [done.markdown()])
            keeping.write(before.stamps, store, arrays.write, preparing.beside(project, cache))
            reports.append(done)

        progress("loading", 0, 0)
        in_memory = not engine or counts["triples"] <= write.IN_MEMORY
        if in_memory and keeping.changed and recalled.few:
            finish(keeping.changed)
        elif in_memory:
            finish(Memory.read(graph.path) if engine else None)
        elif not settings.store:
            disk.asked(new.path("asked"), graph.path, finish)
        if settings.store:
            former, check = new.former / "gbkg.nq", None if in_memory else finish
            more = former, graph, difference, not engine, check, progress, arrays.write
            write.store(settings.store, made, before.digest, *more)
        graph.remember(cache)
        recalled.remember()
        cache.commit()
    return reports[-1], new.sums


def _made(
    project: Project, settings: Settings, progress: Progress, before: Snapshot, documents: dict[str, str],
    cache: Cache, spread: Spread,
) -> tuple[Assembly, Library | None, list[Finding]]:  # fmt: skip
    """The stated and inferred graph, the documents at hand, and the findings so far. Raises `ValidationError` where
    a table or a rule has a fault, so that nothing can be inferred."""
    progress("reading tables", 0, 0)
    typed, (known, unread) = read(project), rules.examine(project)
    library = sources.collect(settings.documents, typed.sources, documents) if settings.documents else None
    if library and not settings.whole:
        library = replace(library, whole=False)
    stated = assemble(typed, library, cache, settings, before.sums, progress, spread)
    before.check(project)
    cache.commit()
    faults = [*stated.findings, *(Finding.of("rules", one) for one in unread), *gates.absent(project)]
    if unread or any(fault.gate == "tables" for fault in faults):
        raise ValidationError(faults)
    progress("inferring", 0, 0)
    return stated.infer(known, before.digest), library, faults


_WHOLE = "build", "report"
"""Kind and name of the report and the digests of the last build in the cache; their inputs are all that it read."""


def _inputs(project: Project, settings: Settings, before: Snapshot, documents: dict[str, str]) -> str:
    """The digest of all that a build depends on: the project, gbkg's own files, the documents, code and options."""
    asked = (settings.formats, settings.engine, settings.whole, settings.store and str(settings.store.resolve()))
    at_hand = sorted(documents.items()) if settings.documents else None
    every = (code(), before.digest, project.layout, at_hand, asked)
    return sha256(repr(every).encode("utf-8", "surrogateescape")).hexdigest()


def _as_it_was(out: Path, settings: Settings, cache: Cache, inputs: str) -> Report | None:
    """The report of the last build, if it had the same inputs and its outputs are as it wrote them, to the byte."""
    known = cache.get(*_WHOLE, inputs)
    if known is None:
        return None
    kept, sums = json.loads(known)
    report = Report.of_kept(kept)
    stored = not settings.store or write.holds(settings.store, cache, report.inputs)
    return report if stored and outputs.intact(out, sums) else None


def read(project: Project) -> Inputs:
    """Everything that is typed (`gbkg.claims.inputs.read`)."""
    return inputs.read(project)


def assemble(
    typed: Inputs,
    library: Library | None,
    cache: Cache,
    settings: Settings,
    sums: Mapping[str, str],
    progress: Progress,
    spread: Spread = spread,
) -> Assembly:
    """What is stated, with the findings of the gates on tables, quotations, coverage and saved queries. `sums` are the
    digests of the project's files (`Snapshot`)."""
    compaction = Compaction(jsonld.context(typed.ontology)) if "jsonld" in settings.formats else None
    saved, faults = queries.examine(typed.project)
    described = descriptions.describe(saved.values())
    stated = assembly.assemble(typed, library, cache, compaction, described, sums, progress, spread)
    return replace(stated, findings=(*stated.findings, *(Finding.of("queries", fault) for fault in faults)))


def verify(typed: Inputs, folder: Path | None) -> tuple[list[Finding], dict[str, list[Sentence]]]:
    """The gates of quotations and coverage alone: quotations agree with one another and, when `folder` has the
    documents, with them; and every sentence is accounted for. Returns the findings, and the sentences of each document
    at hand."""
    library = sources.collect(folder, typed.sources) if folder else None
    findings = sources.check(library, typed.sources) if library else []
    accounted = {}
    for slug, tables in typed.all.items():
        faults, sentences = shards.prove(typed, library, slug, tables)
        findings += faults
        if sentences is not None:
            accounted[slug] = sentences
    return findings, accounted


def repeat(project: Project, made: Build, documents: Path | None, folder: Path, progress: Progress) -> Report:
    """Builds into `folder` as `made` was built: the same formats and engine, and with `documents` if it had any. Raises
    as `run` does, and `GbkgError` when the engine is not installed."""
    formats = tuple(name for name in FORMATS if f"gbkg.{name}" in made.sums)
    at_hand = documents if made.report["coverage"] else None
    settings = Settings(at_hand, None, formats, made.report["engine"], whole=False)
    return run(project, folder, settings, progress)


def quads(project: Project) -> Iterator[ox.Quad]:
    """The quads of a project as it is, without the gates on the graph and without writing anything.

    Raises `ValidationError` when the tables or their quotations have faults.
    """
    with _unwritten(project) as made:
        yield from nquads.quads(made.everything())


def digest(project: Project) -> str:
    """The digest (`gbkg.core.nquads.Digest`) of the graph that `quads` gives; raises the same."""
    with _unwritten(project) as made:
        return made.digest


@contextmanager
def _unwritten(project: Project) -> Iterator[Assembly]:
    known, before = rules.read(project), project.snapshot()
    with Cache() as cache:
        stated = assemble(read(project), None, cache, Settings(formats=()), before.sums, silent)
        # A saved query with a fault spoils no other.
        if any(fault.severity == "violation" and fault.gate != "queries" for fault in stated.findings):
            raise ValidationError(
                stated.findings, "the graph cannot be put together; --graph FILE asks one that was built before"
            )
        yield stated.infer(known, before.digest)
