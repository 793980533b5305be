"""The claims, passages and sources of a graph against the tables, word for word: each source is read again from its
tables and compared with what the graph says of it, wherever that was made or cached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import pyoxigraph as ox

from gbkg.claims.inputs import Inputs, Tables
from gbkg.core import nquads, turtle
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import TERMS
from gbkg.core.records import Place
from gbkg.documents import coverage
from gbkg.documents.sources import Library
from gbkg.graph import shards


@dataclass(frozen=True)
class Wanted:
    """What the tables of a source want of a graph: the digest of its lines in each named graph, by name; and findings
    for passages that the document, if at hand, does not have at their offsets."""

    digests: dict[str, str]
    misquoted: list[Finding]


FILES = {
    "evidence": ("sources.ttl",),
    "curation": ("curation.ttl",),
    "metadata": ("dataset.ttl",),
}
"""Named graph to the files of `data/` that state its triples one by one."""


class Comparison:
    """The comparison of a graph with its tables; the documents of `library` are compared with the passages."""

    def __init__(self, inputs: Inputs, library: Library | None) -> None:
        self._inputs, self._library = inputs, library
        self._left = {name: set(inputs.sources) for name in nquads.BY_SOURCE}
        self._known: dict[str, Wanted] = {}

    def of_source(self, name: str, source: str, quads: Iterable[ox.Quad]) -> list[Finding]:
        """Findings where the quads of a source in a graph, "claims" or "evidence", are not those of its tables. Raises
        what `Inputs.tables` and `Library.text` raise."""
        given = "".join(f"{quad} .\n" for quad in quads)
        wanted, again = self._wanted(source), source not in self._left[name]
        self._left[name].discard(source)
        findings = list[Finding]()
        if wanted.digests[name] != _digest(given) or again:
            tables = self._inputs.tables(source)
            findings += _different(name, tables, given, shards.stated(self._inputs, source, tables)[name])
        return findings + wanted.misquoted if name == "claims" else findings

    def _wanted(self, source: str) -> Wanted:
        """What the tables of a source, read again, want of a graph."""
        if source not in self._known:
            tables = self._inputs.tables(source)
            lines = shards.stated(self._inputs, source, tables)
            digests = {name: _digest(lines[name]) for name in nquads.BY_SOURCE}
            self._known[source] = Wanted(digests, self._misquoted(source, tables))
        return self._known[source]

    def _misquoted(self, source: str, tables: Tables) -> list[Finding]:
        text = self._library.text(source) if self._library else None
        if text is None:
            return []
        found = [fault for claim in tables.claims for fault in coverage.misquotations(claim, text)]
        return found + [fault for reading in tables.readings if (fault := coverage.check_reading(reading, text))]

    def same(self, name: str, source: str, piece: bytes) -> bool:
        """Whether a piece of a graph is, to the byte, what the tables of a source want, and the passages are those of
        its document. Raises what `Inputs.tables` and `Library.text` raise."""
        wanted = self._wanted(source)
        return wanted.digests[name] == sha256(piece).hexdigest() and not wanted.misquoted

    def left(self) -> Iterator[Finding]:
        """Findings for the sources that the graph lacks although they have claims or passages."""
        for name, sources in self._left.items():
            for source in sorted(sources):
                yield from self.of_source(name, source, ())


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _different(name: str, tables: Tables, given: str, wanted: str) -> Iterator[Finding]:
    """Findings for what of a source is in the graph only, in the tables only, or twice in the graph."""
    there, typed = _by_subject(given), _by_subject(wanted)
    places = _places(tables)
    for node in sorted(there.keys() | typed.keys()):
        place = places.get(node.removesuffix(".quote").removesuffix(".position"), Place("", 0))

        def fault(message: str, node: str = node, place: Place = place, **said: str) -> Finding:
            return Finding("permitted", f"{shorten(node)} {message}", place.file, place.line or None, **said)  # type: ignore[arg-type]

        if node not in typed:
            yield fault("is in no table", hint="claims and passages come from data/claims/ and data/readings/")
        elif node not in there:
            yield fault("is in the tables, and not in the graph")
        else:
            for predicate in sorted(there[node].keys() | typed[node].keys()):
                found, expected = sorted(there[node][predicate]), sorted(typed[node][predicate])
                if found != expected:
                    about = f"has another {shorten(predicate)} in graph {name} than in its table"
                    yield fault(about, found=" ".join(found) or "nothing", expected=" ".join(expected) or "nothing")


def _by_subject(text: str) -> dict[str, defaultdict[str, list[str]]]:
    """Subject to predicate to the objects."""
    found: dict[str, defaultdict[str, list[str]]] = {}
    for triple in nquads.triples([text]):
        found.setdefault(triple.subject.value, defaultdict(list))[triple.predicate.value].append(str(triple.object))
    return found


def _places(tables: Tables) -> dict[str, Place]:
    """Where each claim and passage was typed, by IRI."""
    places = {claim.iri.value: claim.place for claim in tables.claims}
    for claim in tables.claims:
        for passage, place in zip(claim.passages, claim.passage_places, strict=True):
            places.setdefault(passage.iri.value, place)
    return places


class Origins:
    """Where the triples of Turtle files, and the entities, are stated."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs, self._read = inputs, dict[str, dict[str, Place]]()

    def of(self, name: str, quad: ox.Quad) -> Place | None:
        """The place of a triple of a named graph, None if no line states it by itself."""
        assert not isinstance(quad.subject, ox.Triple)
        slug = quad.subject.value.removeprefix(PREFIXES["id"])
        if name == "entities" and slug in self._inputs.entities:
            return self._inputs.entities[slug].place
        if name not in self._read:
            self._read[name] = self._placed(name)
        return self._read[name].get(str(quad.triple))

    def _placed(self, name: str) -> dict[str, Place]:
        project = self._inputs.project
        found: dict[str, Place] = {}
        paths = [TERMS, *project.turtle] if name == "ontology" else []
        paths += [project.data / file for file in FILES.get(name, ())]
        for path in paths:
            shown = project.show(path)
            if there(path):
                for line, triple in turtle.placed(project.text(path), shown):
                    found.setdefault(str(triple), Place(shown, line))
        return found
