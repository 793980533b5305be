"""The shard of a source: all that the graph holds of it, and a summary. Each is made on its own, in any process, cached
and made again only when its inputs change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Self

from gbkg.claims import curation
from gbkg.claims.curation import Figure
from gbkg.claims.inputs import Inputs, Tables
from gbkg.claims.rows import Unattributed
from gbkg.core import Progress, nquads
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.jsonld import Compaction
from gbkg.core.nquads import Digest
from gbkg.core.project import FILE, TERMS, Project
from gbkg.core.records import Claim
from gbkg.core.workers import Spread, spread
from gbkg.documents import coverage
from gbkg.documents.coverage import Coverage, Sentence
from gbkg.documents.sources import Library
from gbkg.graph import statements
from gbkg.graph.cache import Cache, code

GRAPHS = ("claims", "evidence", "facts")
"""The named graphs of which a shard has lines."""
KINDS = ("summary", *GRAPHS, "nodes")
"""What the cache holds of each source: its summary, its lines of each graph, sorted by subject, and the lines of claims
and evidence as nodes of JSON-LD, joined by commas."""

_TABLES = ("claims", "readings")
"""The folders with a table for each source."""
_DOCUMENTS = "documents"
"""The folder of the documents on another machine."""
ALONE = 64
"""Largest number of changed sources for which one process is faster than several."""
BATCH = 16
"""Sources that a process is given at a time."""


@dataclass
class Summary:
    """What later stages need of a source, or of all of them, beside the lines.

    `entities` are those that the source names, by slug, with the class, label and description that they had; `counts`
    are numbers by kind; `figures` are the numbers of claims by key, None for a claim without one; `aliases` are names
    given to entities; `unattributed` are attributions that only an alias from another source can explain; `coverage`
    has the sentences of each document at hand; `digest` is that of the lines of claims and evidence.
    """

    entities: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    figures: dict[str, Figure | None] = field(default_factory=dict)
    aliases: set[tuple[str, str]] = field(default_factory=set)
    unattributed: list[Unattributed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    digest: Digest = field(default_factory=Digest)

    def add(self, other: Summary, figures: bool) -> None:
        """Adds that of another source; with its figures if they are needed. Its entities are its own."""
        self.counts.update(other.counts)
        self.figures |= other.figures if figures else {}
        self.aliases |= other.aliases
        self.unattributed += other.unattributed
        self.findings += other.findings
        self.coverage |= other.coverage
        self.digest.merge(other.digest)

    def json(self) -> str:
        """As text for the cache."""
        figures = {key: figure and asdict(figure) for key, figure in self.figures.items()}
        covered = {source: asdict(one) for source, one in self.coverage.items()}
        lists = {name: list(map(asdict, getattr(self, name))) for name in ("unattributed", "findings")}
        rest = {"aliases": sorted(self.aliases), "digest": self.digest.hex}
        return json.dumps(vars(self) | {"figures": figures, "coverage": covered} | lists | rest, ensure_ascii=False)

    @staticmethod
    def of_json(text: str) -> Summary:
        """The summary that `json` wrote."""
        read = json.loads(text)
        return Summary(
            read["entities"],
            Counter(read["counts"]),
            {key: figure and Figure(**figure) for key, figure in read["figures"].items()},
            {(entity, name) for entity, name in read["aliases"]},
            [Unattributed(**one | {"finding": Finding(**one["finding"])}) for one in read["unattributed"]],
            [Finding(**finding) for finding in read["findings"]],
            {source: Coverage(**one) for source, one in read["coverage"].items()},
            Digest(read["digest"]),
        )


@dataclass(frozen=True)
class PerSource:
    """Work on one source at a time, from what is typed and, if they are at hand, the documents; here or on another
    machine (`graph.cluster.Portable`)."""

    inputs: Inputs
    library: Library | None

    def files(self, source: str) -> dict[str, bytes]:
        """The tables of a source and its document. Raises what `Project.content` and `Library.text` raise."""
        project = self.inputs.project
        paths = [project.root / FILE, *(project.data / kind / f"{source}.tsv" for kind in _TABLES)]
        found = {path.relative_to(project.root).as_posix(): project.content(path) for path in paths if there(path)}
        text = self.library.text(source) if self.library else None
        return found if text is None else found | {f"{_DOCUMENTS}/{source}": text.encode()}

    def sent(self, source: str) -> str:
        """This itself."""
        return source

    def at(self, folder: Path) -> Self:
        """The same, with these files in another folder."""
        inputs, library = replace(self.inputs, project=Project(folder)), self.library
        if library is not None:
            library = replace(library, files={path.name: path for path in folder.glob(f"{_DOCUMENTS}/*")})
        return replace(self, inputs=inputs, library=library)


@dataclass(frozen=True)
class Maker(PerSource):
    """Makes the shard of any source. `compaction` writes nodes of JSON-LD; None if none are wanted."""

    compaction: Compaction | None

    def shard(self, source: str) -> tuple[Summary, dict[str, str]]:
        """The summary of a source, and its texts by kind. Raises what `Inputs.tables` and `Library.text` raise."""
        tables = self.inputs.tables(source)
        findings, sentences = prove(self.inputs, self.library, source, tables)
        lines = stated(self.inputs, source, tables)
        summary = Summary(
            entities={slug: self._seen(slug) for slug in sorted(_named(tables))},
            counts=_counts(tables, lines),
            figures={claim.key: self._figure(claim) for claim in tables.claims},
            aliases=set(tables.aliases),
            unattributed=list(tables.unattributed),
            findings=[*tables.findings, *findings],
            coverage={} if sentences is None else {source: coverage.covered(sentences)},
            digest=Digest.of(nquads.quads(lines[name] for name in nquads.BY_SOURCE)),
        )
        triples = (line.rpartition(" <")[0] for name in nquads.BY_SOURCE for line in lines[name].splitlines())
        nodes = self.compaction.nodes(triples) if self.compaction else ""
        return summary, {"summary": summary.json(), **lines, "nodes": nodes}

    def current(self, summary: Summary) -> bool:
        """True if the entities are still as the shard saw them."""
        return all(self._seen(slug) == seen for slug, seen in summary.entities.items())

    def key(self, source: str, sums: Mapping[str, str]) -> str:
        """The digest of the inputs of a shard, without the entities that it names; `sums` are those of the project's
        files (`Snapshot`)."""
        inputs = self.inputs
        made = sha256(self._shared.encode())
        for folder in _TABLES:
            name = f"{folder}/{source}.tsv"
            found = sums.get(f"data/{name}", "")
            if not found and there(inputs.project.data / name):  # a dead link, for one, which is reported
                found = "unread"
            made.update(f"{found} ".encode())
        rows = [(row.place.line, row.cells) for row in inputs.verdicts.get(source, [])]
        made.update(json.dumps([source, inputs.registry.texts[source], rows]).encode())
        at_hand = self.library is not None and source in self.library.files
        made.update(b"proved" if at_hand else b"")
        return made.hexdigest()

    @cached_property
    def _shared(self) -> str:
        """What all keys have in common."""
        project = self.inputs.project
        files = [TERMS, *project.turtle]
        contents = [sha256(project.text(path).encode()).hexdigest() for path in files]
        about = project.about
        return " ".join([code(), *contents, about.prefix, about.namespace, "nodes" if self.compaction else ""])

    def _seen(self, slug: str) -> str:
        entity = self.inputs.entities.get(slug)
        if entity is None:
            return ""
        labels = (f"{label}@{tag}" for tag, label in entity.labels)
        return "\t".join((entity.type, entity.label, entity.description, *labels))

    def _figure(self, claim: Claim) -> Figure | None:
        return curation.figure(claim, self.inputs.sources[claim.source].language)


def prove(
    inputs: Inputs, library: Library | None, source: str, tables: Tables
) -> tuple[list[Finding], list[Sentence] | None]:
    """The gates of quotations and coverage for one source: the findings, and the sentences of its document with what is
    behind each, None if it is not available."""
    findings = coverage.disagreements(tables.claims)
    text = library.text(source) if library else None
    if text is None:
        return findings, None
    registered = inputs.sources[source]
    faults, sentences = coverage.prove(registered, text, tables.claims, tables.readings, tables.pending)
    return findings + faults, sentences


def stated(inputs: Inputs, source: str, tables: Tables) -> dict[str, str]:
    """The lines of N-Quads of one source by graph, those of each graph in their order."""
    verdicts = {judged.claim: judged.verdict for judged in tables.reviews}
    claims = [triple for claim in tables.claims for triple in statements.claim(claim, verdicts.get(claim.key))]
    known = statements.passages(tables.claims, tables.readings)
    shown = nquads.ordered(triple for passage in known for triple in statements.passage(passage))
    facts = nquads.ordered(fact for claim in tables.claims if (fact := statements.direct_triple(claim)))
    return {
        "claims": statements.lines("claims", map(str, nquads.ordered(claims))),
        "evidence": statements.lines("evidence", [*map(str, shown), *inputs.registry.described(source)]),
        "facts": statements.lines("facts", map(str, facts)),
    }


@dataclass(frozen=True)
class Made:
    """What is known of a source: `basis` is the digest of all that its shard depends on."""

    source: str
    summary: Summary
    basis: str


def make(
    maker: Maker, sums: Mapping[str, str], cache: Cache, progress: Progress, spread: Spread = spread
) -> Iterator[Made]:
    """Each source in their order. The texts go into the cache; only the shards of changed sources are made. `progress`
    gets what is done, how many, and of how many.

    A shard with violations is not taken for current by the next build, since its graph is not the one that its tables
    mean. Keys are of the files as they were before the shards were made (`sums`).
    """
    slugs = list(maker.inputs.sources)
    for kind in KINDS:
        cache.keep(kind, slugs)
    keys = {slug: maker.key(slug, sums) for slug in slugs}
    wanted = [slug for slug in slugs if not _is_current(maker, cache, slug, keys[slug])]
    made, left = spread(maker.shard, wanted, batch=BATCH, alone=ALONE), set(wanted)
    for slug in slugs:
        if slug in left:
            summary, texts = next(made)
            broken = any(finding.severity == "violation" for finding in summary.findings)
            for kind in KINDS:
                cache.put(kind, slug, "" if broken else keys[slug], texts[kind])
            left.remove(slug)
            progress("reading sources", len(wanted) - len(left), len(wanted))
        else:
            summary = Summary.of_json(cache.read("summary", slug))
        yield Made(slug, summary, _basis(keys[slug], summary))


def _basis(key: str, summary: Summary) -> str:
    """The digest of all that a shard depends on: its key, and the entities as it saw them."""
    return sha256(json.dumps([key, summary.entities], sort_keys=True).encode()).hexdigest()


def _is_current(maker: Maker, cache: Cache, source: str, key: str) -> bool:
    """True if the cache has all texts of the shard, made from the same inputs."""
    summary, *texts = (cache.get(kind, source, key) for kind in KINDS)
    return summary is not None and None not in texts and maker.current(Summary.of_json(summary))


def unnamed(summary: Summary) -> list[Finding]:
    """Findings for the attributions that no name explains."""
    names: dict[str, set[tuple[str, str]]] = {}
    for entity, name in summary.aliases:
        names.setdefault(entity, set()).add((entity, name))
    return [one.finding for one in summary.unattributed if not one.named(names.get(one.agent, ()))]


def _named(tables: Tables) -> set[str]:
    """The slugs of all entities that claims name."""
    found = set()
    for claim in tables.claims:
        found |= {claim.subject, *claim.attributed_to}
        found |= {claim.criterion} if claim.criterion else set()
        found |= {claim.object} if claim.object_kind == "entity" else set()
    return found


def _counts(tables: Tables, lines: dict[str, str]) -> Counter[str]:
    numbers = {
        "claims": len(tables.claims),
        "statistics": sum(claim.quantity is not None for claim in tables.claims),
        "passages": len({p for claim in tables.claims for p in claim.passages}),
        "judged": len(tables.reviews),
        "supported": sum(review.first == "supported" for review in tables.reviews),
        "resolved": sum(review.verdict == "supported" for review in tables.reviews),
        **{f"lines of {name}": text.count("\n") for name, text in lines.items()},
    }
    return Counter(numbers)
