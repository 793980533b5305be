"""Whether the claims, passages and sources in a graph are those of the tables, word for word: what is typed of a source
is read once more and compared with what the graph says of it, whoever made that and wherever it was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256

import pyoxigraph as ox

from gbkg.claims.inputs import Inputs, Tables
from gbkg.core import namedgraphs, nquads
from gbkg.core.errors import Finding
from gbkg.core.prefixes import shorten
from gbkg.core.records import Place
from gbkg.documents import quotations
from gbkg.documents.sources import Library
from gbkg.graph import shards


class Comparison:
    """What is typed against what a graph has; the documents of `library` against the passages."""

    def __init__(self, inputs: Inputs, library: Library | None) -> None:
        self._inputs, self._library = inputs, library
        self._left = {name: set(inputs.sources) for name in namedgraphs.BY_SOURCE}
        self._evidence: dict[str, str] = {}

    def of_source(self, name: str, source: str, quads: Iterable[ox.Quad]) -> list[Finding]:
        """Findings where the quads of a source in a graph, "claims" or "evidence", are not those that are typed.

        The claims of a source come first; then a digest of its passages is kept, so that tables are read once.
        """
        given = "".join(f"{quad} .\n" for quad in quads)
        if name == "evidence" and self._evidence.pop(source, "") == _digest(given):
            self._left[name].discard(source)
            return []
        tables = self._inputs.tables(source)
        wanted = shards.stated(self._inputs, source, tables)
        again = source not in self._left[name]
        self._left[name].discard(source)
        findings = [] if wanted[name] == given and not again else list(_different(name, tables, given, wanted[name]))
        if name == "claims":
            self._evidence[source] = _digest(wanted["evidence"])
            findings += self._misquoted(source, tables)
        return findings

    def left(self) -> Iterator[Finding]:
        """Findings for the sources that the graph had nothing of, though they have claims or passages."""
        for name, sources in self._left.items():
            for source in sorted(sources):
                yield from self.of_source(name, source, ())

    def _misquoted(self, source: str, tables: Tables) -> list[Finding]:
        """Findings for passages that the document, if it is at hand, does not have at their offsets."""
        text = self._library.text(source) if self._library else None
        if text is None:
            return []
        found = [fault for claim in tables.claims for fault in quotations.misquotations(claim, text)]
        return found + [fault for reading in tables.readings if (fault := quotations.check_reading(reading, text))]


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _different(name: str, tables: Tables, given: str, wanted: str) -> Iterator[Finding]:
    """What of a source is in the graph and not typed, typed and not in the graph, or in it twice."""
    there, typed = _said(given), _said(wanted)
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


def _said(text: str) -> dict[str, defaultdict[str, list[str]]]:
    """Subject to predicate to the objects of the lines."""
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
