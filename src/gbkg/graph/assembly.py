"""From what is typed to the named graphs, as lines of N-Quads.

The lines of claims and evidence stay in the cache, source by source (`gbkg.graph.shards`); everything else is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from itertools import chain, groupby

import pyoxigraph as ox

from gbkg.claims import curation
from gbkg.claims.inputs import Inputs
from gbkg.core import Progress, nquads
from gbkg.core.errors import Finding
from gbkg.core.jsonld import Compaction
from gbkg.core.nquads import Digest
from gbkg.core.packed import PackedTexts
from gbkg.core.records import Entity
from gbkg.core.terms import Graph
from gbkg.core.workers import Spread, spread
from gbkg.documents import sources
from gbkg.documents.sources import Library
from gbkg.graph import inference, shards, statements
from gbkg.graph.cache import Cache, code
from gbkg.graph.inferred import Inferred, lines, sizes
from gbkg.graph.parts import Parts, Piece, apart
from gbkg.graph.rules import Rule
from gbkg.graph.shards import Summary

_BATCH = 1_000
"""Inferred lines in a text."""


@dataclass(frozen=True)
class Assembly:
    """The whole graph. `bases` has for each source the digest of all that its lines depend on. `texts` are the lines
    of each stated graph; of claims and evidence those that belong to no source, the rest being in the cache. `inferred`
    is what the rules add, once they have run (`infer`)."""

    inputs: Inputs
    curation: Graph
    summary: Summary
    bases: dict[str, str]
    texts: PackedTexts
    cache: Cache
    findings: tuple[Finding, ...]
    rules: Sequence[Rule] = ()
    inferred: Inferred = field(default_factory=Inferred)

    def lines(self, name: str) -> Iterator[str]:
        """The lines of a stated graph, in texts of many."""
        yield self.texts[name]
        if name in nquads.BY_SOURCE:
            yield from self.cache.texts(name)

    def pieces(self) -> Iterator[Piece]:
        """The lines of all graphs in their order, in pieces that have no subject in common within a graph."""
        for name in nquads.STATED:
            if name in nquads.BY_SOURCE:
                yield Piece(name, "", "", self.texts[name])
                for source, text in zip(self.bases, self.cache.texts(name), strict=True):
                    yield Piece(name, source, source, text)
            else:
                yield from apart(name, (f"{line}\n" for line in nquads.each([self.texts[name]])))
        by_graph = groupby(lines(self.inferred, self.rules), lambda line: line.rpartition("/")[2])
        for end, some in by_graph:
            yield from apart(end.removesuffix("> ."), (f"{line}\n" for line in some))

    def stated(self) -> Iterator[str]:
        """The lines of all stated graphs in their order, in texts of many."""
        return chain.from_iterable(map(self.lines, nquads.STATED))

    def everything(self) -> Iterator[str]:
        """The lines of all graphs in their order, in texts of many."""
        yield from self.stated()
        for some in nquads.batched(lines(self.inferred, self.rules), _BATCH):
            yield "".join(f"{line}\n" for line in some)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many triples each named graph has."""
        counts = self.summary.counts
        stated = {name: self.texts[name].count("\n") for name in nquads.STATED}
        by_source = {name: stated[name] + counts[f"lines of {name}"] for name in nquads.BY_SOURCE}
        every = stated | by_source | sizes(self.inferred, self.rules)
        return {name: every[name] for name in nquads.GRAPHS}

    @property
    def digest(self) -> str:
        """The digest of the whole graph (`gbkg.core.nquads.Digest`)."""
        whole = Digest(self.summary.digest.hex)
        for piece in self.pieces():
            if not piece.source:
                whole.merge(Digest.of(nquads.quads([piece.text])))
        return whole.hex

    def digest_of(self, parts: Parts) -> str:
        """The same, of the parts of the file that it was written to; those of the last build are known."""
        whole, names = Digest(self.summary.digest.hex), list[str]()
        for part in parts.every:
            if not part.source:
                name, inputs = f"{part.graph} {part.name}", f"{code()} {part.sum}"
                known = self.cache.get("digest", name, inputs)
                if known is None:
                    known = Digest.of(nquads.quads([parts.text(part)])).hex
                    self.cache.put("digest", name, inputs, known)
                whole.merge(Digest(known))
                names.append(name)
        self.cache.keep("digest", names)
        return whole.hex

    def infer(self, known: Sequence[Rule], inputs: str) -> Assembly:
        """With what the rules conclude, and with the metadata, which counts it and has the digest of the project
        (`inputs`). Raises `ParseError` for a rule that
        concludes what types rest on."""
        inferred = replace(self, rules=known, inferred=self._concluded(known))
        return replace(inferred, texts=self.texts | {"metadata": _text("metadata", inferred._metadata(inputs))})

    def _concluded(self, known: Sequence[Rule]) -> Inferred:
        """What the rules conclude, known from the last build if they and their basis are as they were."""
        read = sha256(f"{code()} {known!r}".encode())
        for name in inference.BASIS:
            read.update(self.texts[name].encode())
        inputs = read.hexdigest()
        found = self.cache.get("inferred", "rules", inputs)
        if found is not None:
            return Inferred.of_json(found)
        made = inference.infer(nquads.quads(map(self.texts.__getitem__, inference.BASIS)), known)
        self.cache.put("inferred", "rules", inputs, made.json())
        return made

    def _metadata(self, inputs: str) -> list[ox.Triple]:
        """The metadata as typed, with the counts of the graph and the digest of the inputs."""
        project = self.inputs.project
        classes = {entity.type for entity in self.inputs.entities.values()}
        properties = {line.split(" ", 2)[1] for line in nquads.each([self.texts["facts"]])}
        sizes = {name: size for name, size in self.sizes.items() if name != "metadata"}
        numbers = (len(self.inputs.entities), len(classes), len(properties))
        node, given = statements.dataset(project), statements.about_dataset(project)
        return statements.describe(node, given, inputs, sizes, *numbers)


def assemble(
    inputs: Inputs,
    library: Library | None,
    cache: Cache,
    compaction: Compaction | None,
    queries: Iterable[ox.Triple],
    sums: Mapping[str, str],
    progress: Progress,
    spread: Spread = spread,
) -> Assembly:
    """The stated graphs but for the metadata, and the findings of all gates on tables, quotations and coverage;
    `queries` are the triples about saved queries, `sums` the digests of the project's files (`Snapshot`).
    Raises what reading a table or document raises."""
    curated = curation.read(inputs.project)
    computed = curation.sources(curated)
    summary, bases = Summary(), dict[str, str]()
    for one in shards.make(shards.Maker(inputs, library, compaction), sums, cache, progress, spread):
        summary.add(one.summary, figures=one.source in computed)
        bases[one.source] = one.basis
    found = [
        *inputs.faults,
        *(sources.check(library, inputs.sources) if library else ()),
        *summary.findings,
    ]
    found += shards.unnamed(summary)
    mapped = [statements.mapping(one) for one in inputs.mappings]
    records = (triple for _, record in mapped for triple in record)
    texts = PackedTexts()
    texts["ontology"] = _text("ontology", inputs.ontology)
    texts["entities"] = _entities(inputs.entities.values(), (triple for triple, _ in mapped))
    texts["facts"] = _facts(cache)
    texts["claims"] = ""
    texts["evidence"] = statements.lines("evidence", inputs.registry.described(""))
    texts["curation"] = _text("curation", chain(curated, records))
    texts["queries"] = _text("queries", queries)
    texts["metadata"] = ""
    return Assembly(inputs, curated, summary, bases, texts, cache, tuple(found))


def _text(name: str, triples: Iterable[ox.Triple]) -> str:
    return statements.lines(name, map(str, nquads.ordered(triples)))


def _entities(entities: Iterable[Entity], mapped: Iterable[ox.Triple]) -> str:
    """What is stated of entities, with the triples of mappings, one entity after the other."""
    beside: dict[str, list[ox.Triple]] = {}
    for triple in mapped:
        beside.setdefault(triple.subject.value, []).append(triple)  # type: ignore[union-attr]
    known = {entity.iri.value: entity for entity in entities}
    return "".join(
        _text("entities", [*(statements.entity(known[one]) if one in known else ()), *beside.get(one, ())])
        for one in sorted(known.keys() | beside)
    )


def _facts(cache: Cache) -> str:
    """The facts of all sources, each once, subject after subject: as text, in a quarter of the memory of triples."""
    found: dict[str, str] = {}
    for line in nquads.each(cache.texts("facts")):
        subject = nquads.subject(line)
        found[subject] = f"{found.get(subject, '')}{line}\n"
    return "".join(_text("facts", nquads.triples([found.pop(subject)])) for subject in sorted(found))
