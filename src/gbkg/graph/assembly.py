"""From what is typed to the named graphs of what is stated, as lines of N-Quads.

Claims and evidence stay in the spool, a part for each source (`gbkg.graph.parts`); everything else is held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from gbkg.claims import curation
from gbkg.claims.curation import Figure
from gbkg.claims.inputs import Inputs
from gbkg.core import namedgraphs, nquads, turtle
from gbkg.core.digest import Digest, digest
from gbkg.core.errors import Finding
from gbkg.core.jsonld import Compaction
from gbkg.core.triples import Graph
from gbkg.documents import sources
from gbkg.documents.coverage import Coverage
from gbkg.documents.sources import Library
from gbkg.graph import parts, statements
from gbkg.graph.cache import Spool, Told

Progress = Callable[[str, int, int], None]


@dataclass
class Sources:
    """What is told of all sources together. `figures` are those of the sources in `wanted`, by key of the claim."""

    wanted: frozenset[str]
    counts: Counter[str] = field(default_factory=Counter)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    figures: dict[str, Figure | None] = field(default_factory=dict)
    aliases: set[tuple[str, str]] = field(default_factory=set)
    unattributed: list[tuple[str, str, Finding]] = field(default_factory=list)
    digest: Digest = field(default_factory=Digest)

    def add(self, source: str, told: Told) -> None:
        self.counts.update(told.counts)
        if told.coverage:
            self.coverage[source] = told.coverage
        self.findings += told.findings
        if source in self.wanted:
            self.figures |= {f"{source}.{slug}": Figure(*f) if f else None for slug, f in told.figures.items()}
        self.aliases |= set(told.aliases)
        self.unattributed += told.unattributed
        self.digest.merge(Digest(told.digest))


@dataclass(frozen=True)
class Assembly:
    """The named graphs of what is stated. `texts` are the lines of each graph; of claims and evidence those that belong
    to no source, the rest being in the spool."""

    inputs: Inputs
    curation: Graph
    told: Sources
    texts: dict[str, str]
    spool: Spool
    findings: tuple[Finding, ...]

    def lines(self, name: str) -> Iterator[str]:
        """The lines of a named graph, in texts of many."""
        yield self.texts[name]
        if name in namedgraphs.BY_SOURCE:
            yield from self.spool.lines(name)

    def everything(self) -> Iterator[str]:
        """The lines of all named graphs in their order, in texts of many."""
        return chain.from_iterable(map(self.lines, namedgraphs.STATED))

    def size(self, name: str) -> int:
        """The number of lines of a named graph."""
        return self.texts[name].count("\n") + self.told.counts[f"lines of {name}"] * (name in namedgraphs.BY_SOURCE)

    def described(self, inferred: dict[str, int]) -> Assembly:
        """With the metadata, now that the sizes of the inferred graphs are known, and the digest of the inputs as they
        are now."""
        things = {entity.type for entity in self.inputs.entities.values()}
        properties = {line.split(" ", 2)[1] for line in nquads.each([self.texts["facts"]])}
        given = turtle.read(self.inputs.project, self.inputs.project.data / "dataset.ttl")
        sizes = {name: self.size(name) for name in namedgraphs.STATED if name != "metadata"} | inferred
        numbers = (len(self.inputs.entities), len(things), len(properties))
        metadata = statements.describe(given, self.inputs.project.digest, sizes, *numbers)
        texts = self.texts | {"metadata": _text("metadata", metadata)}
        return Assembly(self.inputs, self.curation, self.told, texts, self.spool, self.findings)

    def digest(self, inferred: Iterable[str]) -> str:
        """The digest of the whole graph (`gbkg.core.digest`), `inferred` being the lines of what rules add."""
        whole = Digest(self.told.digest.hex)
        for text in self.texts.values():
            whole.merge(Digest(digest(nquads.as_stored(line.encode()) for line in nquads.each([text]))))
        whole.merge(Digest(digest(nquads.as_stored(line.encode()) for line in inferred)))
        return whole.hex


def assemble(
    inputs: Inputs,
    library: Library | None,
    spool: Spool,
    compaction: Compaction | None,
    described: Iterable[Any],
    progress: Progress,
) -> Assembly:
    """The stated graphs but for the metadata (`Assembly.described`), and the findings of all gates on tables,
    quotations and coverage; `described` are the triples about saved queries. Raises what reading a table or document
    raises."""
    curated = curation.read(inputs.project)
    told = Sources(curation.sources(curated))
    for source, one in parts.make(parts.Maker(inputs, library, compaction), spool, progress):
        told.add(source, one)
    found = [*inputs.faults, *(sources.check(library, inputs.sources) if library else ()), *told.findings]
    found += parts.unnamed(told.unattributed, told.aliases)
    mapped = [statements.mapping(one) for one in inputs.mappings]
    things = [triple for entity in inputs.entities.values() for triple in statements.entity(entity)]
    records = [triple for _, record in mapped for triple in record]
    texts = {
        "ontology": _text("ontology", inputs.ontology),
        "entities": _text("entities", [*things, *(triple for triple, _ in mapped)]),
        "facts": _text("facts", nquads.triples(spool.lines("facts"))),
        "claims": "",
        "evidence": statements.lines("evidence", inputs.registry.described("")),
        "curation": _text("curation", [*curated, *records]),
        "queries": _text("queries", described),
        "metadata": "",
    }
    return Assembly(inputs, curated, told, texts, spool, tuple(found))


def _text(name: str, triples: Iterable[Any]) -> str:
    return statements.lines(name, map(str, nquads.ordered(triples)))
