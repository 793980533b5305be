"""The stages in order. This module alone knows the order, and joins what one stage gives to what the next one takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.ask import descriptions, queries
from gbkg.claims import inputs, review
from gbkg.claims.inputs import Inputs
from gbkg.core import difference, jsonld, namedgraphs, nquads, syntaxes
from gbkg.core.errors import Examined, Finding, GbkgError, OutputError, ValidationError
from gbkg.core.jsonld import Compaction
from gbkg.core.project import Project
from gbkg.core.version import __version__
from gbkg.documents import coverage, quotations, sources
from gbkg.documents.coverage import Sentence
from gbkg.documents.sources import Library
from gbkg.graph import assembly, changed, rules
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import Spool, code
from gbkg.graph.report import Report
from gbkg.graph.rules import Inferred, Rule
from gbkg.store import disk, outputs
from gbkg.store.memory import Store
from gbkg.store.outputs import Build, Writing
from gbkg.validate import gates, permitted

FORMATS = ("nq", "trig", "ttl", "jsonld")
"""What a build can write: gbkg.nq and so on."""
PARTS = ".gbkg-parts.sqlite"
"""Where it keeps what it made of each source."""
_BATCH = 1_000
_HELD = 2_000_000
"""Triples up to which the gates ask a store in memory, which answers them six times as fast as one on disk."""
_STEPS = {
    "load": "loading the store",
    "update": "updating the store",
    "check": "checking the store",
    "verify": "proving the store",
    "publish": "publishing the store",
}
"""What a store on disk says that it is doing, in words that tell it from what is done with files."""
Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much; 0 where that is not known."""


@dataclass(frozen=True)
class Settings:
    """What a build is asked for beside a project and a folder for its outputs.

    `documents` is the folder with the documents, if they are at hand; `store` a folder for a store on disk; `formats`
    the files to write, N-Quads being written always; `engine` the one that validates with SHACL, None for the one that
    suits the size, "" for none: the gates on the graph are then passed over.
    """

    documents: Path | None = None
    store: Path | None = None
    formats: tuple[str, ...] = FORMATS
    engine: str | None = None


@dataclass(frozen=True)
class Built:
    """The graph: what is stated, the rules, and what they add, with the lines of each inferred graph counted."""

    stated: Assembly
    rules: list[Rule]
    inferred: Inferred
    sizes: dict[str, int]

    @property
    def graphs(self) -> dict[str, int]:
        """How many triples each named graph has."""
        return {name: self.sizes[name] if name in self.sizes else self.stated.size(name) for name in namedgraphs.NAMES}

    def everything(self) -> Iterator[str]:
        """The lines of all named graphs in their order, in texts of many."""
        yield from self.stated.everything()
        for some in nquads.batched(rules.lines(self.inferred, self.rules), _BATCH):
            yield "".join(f"{line}\n" for line in some)


def read(project: Project) -> Inputs:
    """Everything that is typed (`gbkg.claims.inputs.read`)."""
    return inputs.read(project)


def verify(typed: Inputs, folder: Path | None) -> tuple[list[Finding], dict[str, list[Sentence]]]:
    """The gates of quotations and coverage alone: quotations agree with one another and, when `folder` has the
    documents, with them; and every sentence is accounted for. Returns the findings, and the sentences of each document
    at hand."""
    library = sources.collect(folder, typed.sources) if folder else None
    findings = sources.check(library, typed.sources) if library else []
    accounted = {}
    for slug, tables in typed.all.items():
        findings += quotations.disagreements(tables.claims)
        text = library.text(slug) if library else None
        if text is not None:
            source, pending = typed.sources[slug], tables.pending
            faults, accounted[slug] = coverage.prove(source, text, tables.claims, tables.readings, pending)
            findings += faults
    return findings, accounted


def assemble(typed: Inputs, library: Library | None, spool: Spool, settings: Settings, progress: Progress) -> Assembly:
    """What is stated, with the findings of the gates on tables, quotations and coverage."""
    compaction = Compaction(jsonld.read_context(typed.project)) if "jsonld" in settings.formats else None
    saved, faults = queries.examine(typed.project)
    described = descriptions.describe(saved.values())
    stated = assembly.assemble(typed, library, spool, compaction, described, progress)
    return replace(stated, findings=(*stated.findings, *(Finding.of("queries", fault) for fault in faults)))


def infer(stated: Assembly, known: list[Rule]) -> Built:
    """The whole graph: what is stated, its metadata complete, and what the rules conclude. Raises `ParseError` for a
    rule that concludes what types rest on."""
    found = rules.infer(nquads.quads(chain.from_iterable(map(stated.lines, rules.BASIS))), known)
    sizes = rules.sizes(found, known)
    return Built(stated.described(sizes), known, found, sizes)


def quads(project: Project) -> Iterator[Any]:
    """The quads of a project as it is, without the gates on the graph and without writing anything.

    Raises `ValidationError` when the tables or their quotations have faults.
    """
    with _put_together(project) as built:
        yield from nquads.quads(built.everything())


def digest(project: Project) -> str:
    """The digest (`gbkg.core.digest`) of the graph that `quads` gives; raises the same."""
    with _put_together(project) as built:
        return built.stated.digest(rules.lines(built.inferred, built.rules))


@contextmanager
def _put_together(project: Project) -> Iterator[Built]:
    known = rules.read(project)
    with Spool() as spool:
        stated = assemble(read(project), None, spool, Settings(formats=()), lambda *_: None)
        # A saved query that is none spoils no other.
        if any(fault.severity == "violation" and fault.gate != "queries" for fault in stated.findings):
            raise ValidationError(stated.findings, "the graph cannot be put together")
        yield infer(stated, known)


def run(project: Project, out: Path, settings: Settings | None = None, progress: Progress = lambda *_: None) -> Report:
    """All stages and gates; writes the outputs to `out` and returns what is in them.

    Raises `ValidationError` with every finding when there is a violation, `GbkgError` when a file is broken or cannot
    be written; former outputs then stay as they were.
    """
    settings = settings or Settings()
    gates.usable(settings.engine)
    before = project.snapshot()
    progress("reading tables", 0, 0)
    typed, (known, unread) = read(project), rules.examine(project)
    with Spool(out / PARTS) as spool, outputs.writing(out) as new:
        library = sources.collect(settings.documents, typed.sources) if settings.documents else None
        stated = assemble(typed, library, spool, settings, progress)
        before.check(project)
        spool.commit()
        faults = [*stated.findings, *(Finding.of("rules", one) for one in unread), *gates.absent(project)]
        if unread or any(fault.gate == "tables" for fault in faults):
            raise ValidationError(faults)
        progress("inferring", 0, 0)
        built = infer(stated, known)
        numbers = gates.counts(built.stated, built.sizes, len(built.inferred.uses))
        faults += gates.curated(stated) + gates.dated(stated) + gates.legible(built.stated)
        faults += gates.expected(stated, numbers)
        engine, doubts = gates.chosen(project, settings.engine, numbers["triples"])
        faults += doubts

        reports: list[Report] = []

        def finish(store: Store | None) -> None:
            """All gates that are left, then all files that are: nothing is published unless it returns."""
            found: list[Finding] = []
            looked = gates.looked_at(stated, numbers)
            if store is not None:
                found, more = gates.on_graph(built.stated, store, engine, numbers["triples"], progress)
                progress("reading the graph", 0, 0)
                gate = permitted.Gate(typed, library)
                found += gate.findings(written)
                looked += [*more, Examined("permitted", "", sum(gate.looked.values()), "triples")]
            before.check(project)
            spool.commit()
            every = list(dict.fromkeys([*faults, *found]))  # two gates may see the same
            if any(fault.severity == "violation" for fault in every):
                raise ValidationError(every)
            _write(new, built, settings.formats, progress)
            made = _report(
                built, before.digest, numbers, engine, every, looked, changed.lines(out / "gbkg.nq", written)
            )
            new.put("report.json", [made.json()])
            new.put("report.md", [made.markdown()])
            reports.append(made)

        progress("writing gbkg.nq", 0, 0)
        written = new.put("gbkg.nq", (text.encode() for text in built.everything()))
        progress("loading", 0, 0)
        held = settings.store is None or numbers["triples"] <= _HELD
        if held:
            finish(Store.read(written) if engine else None)
        if settings.store:
            manifest = _manifest(built, before.digest, numbers["triples"], not engine)
            late = None if held else lambda store: finish(store if engine else None)
            _keep(settings.store, manifest, new.former / "gbkg.nq", written, spool, late, progress)
        if engine and len(settings.formats) == len(FORMATS):
            spool.forget()
        spool.commit()
    return reports[-1]


def repeat(project: Project, made: Build, documents: Path | None, folder: Path, progress: Progress) -> Report:
    """Builds into `folder` as `made` was built: the same formats and engine, and with `documents` if it had any. Raises
    as `run` does, and `GbkgError` when the engine is not installed."""
    formats = tuple(name for name in FORMATS if f"gbkg.{name}" in made.sums)
    settings = Settings(documents if made.report["coverage"] else None, None, formats, made.report["engine"])
    return run(project, folder, settings, progress)


def _write(new: Writing, built: Built, formats: tuple[str, ...], progress: Progress) -> None:
    """The files other than N-Quads. Those without named graphs hold what is stated: first what belongs to no source,
    then source after source; by subject within."""
    stated = built.stated
    for name in (name for name in formats if name != "nq"):
        progress(f"writing gbkg.{name}", 0, 0)
        if name == "jsonld":
            compaction = Compaction(jsonld.read_context(stated.inputs.project))
            new.put("gbkg.jsonld", compaction.document(chain(_nodes(stated, compaction), stated.spool.nodes())))
            continue
        with new.open(f"gbkg.{name}") as file:
            if name == "ttl":
                apart = chain.from_iterable(map(_by_subject, _apart(stated)))
                of_sources = (evidence + claims for _, claims, evidence in stated.spool.parts())
                syntaxes.stream(chain(apart, nquads.triples(of_sources)), ox.RdfFormat.TURTLE, file)
            else:
                syntaxes.stream(nquads.quads(built.everything()), ox.RdfFormat.TRIG, file)


def _apart(stated: Assembly) -> list[str]:
    """The lines that belong to no source, in texts that have no subject in common."""
    texts = stated.texts
    return ["".join(texts.get(name, "") for name in names) for names in (*namedgraphs.TOGETHER, namedgraphs.BY_SOURCE)]


def _by_subject(text: str) -> list[Any]:
    return sorted(nquads.triples([text]), key=lambda triple: triple.subject.value)


def _nodes(stated: Assembly, compaction: Compaction) -> Iterator[str]:
    """The JSON-LD of what belongs to no source; that of a text that has not changed is remembered."""
    for text in _apart(stated):
        key = sha256(f"nodes {code()} {compaction.digest} {text}".encode()).hexdigest()
        known = stated.spool.recall(key)
        if known is None:
            known = compaction.nodes(map(str, _by_subject(text)))
            stated.spool.remember(key, known)
        yield known


def _report(
    built: Built,
    inputs: str,
    numbers: dict[str, int],
    engine: str,
    faults: list[Finding],
    looked: list[Examined],
    since: list[str],
) -> Report:
    stated = built.stated
    told = stated.told.counts
    return Report(
        inputs=inputs,
        engine=engine,
        counts=numbers,
        graphs=built.graphs,
        accuracy=review.accuracy(told["claims"], told["judged"], told["supported"], told["resolved"]),
        coverage=stated.told.coverage,
        gates=tuple(looked),
        warnings=tuple(map(str, faults)),
        changes=tuple(since),
    )


# ---- The store on disk


def _manifest(built: Built, made_from: str, triples: int, unchecked: bool) -> disk.Manifest:
    digest = built.stated.digest(rules.lines(built.inferred, built.rules))
    sizes = {name: size for name, size in built.graphs.items() if size}
    return disk.Manifest(__version__, made_from, triples, digest, sizes, unchecked)


def _keep(
    folder: Path,
    manifest: disk.Manifest,
    former: Path,
    new: Path,
    spool: Spool,
    check: disk.Check | None,
    progress: Progress,
) -> None:
    """Publishes the graph of the file `new` as a store: by what differs from the file `former`, if the store holds that
    one's graph and both are small enough to be compared, else as a whole."""

    def tell(step: str) -> None:
        progress(_STEPS[step], 0, 0)

    key = f"store {folder.resolve()}"
    small = former.exists() and manifest.quads <= difference.MOST and spool.recall(key) == _held(folder)
    if not (small and _updated(folder, manifest, former, new, check, tell)):
        disk.write(folder, disk.loading([new]), manifest, tell, check)
    spool.remember(key, manifest.digest)


def _updated(
    folder: Path, manifest: disk.Manifest, former: Path, new: Path, check: disk.Check | None, tell: disk.Progress
) -> bool:
    """Whether the store could be made from its current version: not if file or store are not what they were."""
    try:
        removed, added = difference.changes(former, new)
        disk.update(folder, removed, added, manifest, tell, check)
    except (OutputError, OSError, SyntaxError):
        return False
    return True


def _held(folder: Path) -> str:
    """The digest of what a store holds; no digest when there is none that can be read."""
    try:
        return disk.read(folder).manifest.digest
    except GbkgError:
        return "nothing"
