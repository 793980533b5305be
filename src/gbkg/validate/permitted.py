"""The last gate: what each named graph may hold, checked on the N-Quads to be published. So it also limits what each
file may state.

Other gates look for faults that somebody has thought of. This one refuses whatever is not in the list of `permissions`.
A triple about an entity is a row of `data/entities.tsv` or `data/mappings.sssom.tsv`, a fact (`checks.facts` wants an
accepted claim for it) or an inference (checks want its record); a claim or passage is one of a table (`verbatim`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from gbkg.claims.inputs import Inputs
from gbkg.core import literals, nquads
from gbkg.core.errors import Finding
from gbkg.core.prefixes import BASE, PREFIXES, base, is_term, shorten, term_name
from gbkg.core.records import Place
from gbkg.core.terms import Graph, Term
from gbkg.core.workers import Spread, spread
from gbkg.documents.sources import Library
from gbkg.graph import shards, statements
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import code
from gbkg.graph.parts import Part, Parts
from gbkg.graph.shards import PerSource
from gbkg.validate.permissions import FAMILIES, HOMES, PERMITTED, namespace_of
from gbkg.validate.verbatim import Comparison, Origins

_OURS, _GRAPH = PREFIXES["gbkg"], PREFIXES["graph"]
_TYPE, _TRIPLES = PREFIXES["rdf"] + "type", PREFIXES["void"] + "triples"
_EXACT = ("entities", "facts", "inferred", "metadata", "curation")
_ALONE = frozenset({"ontology", "facts", "claims", "evidence", "queries", "inferred", "inferences"})
"""Graphs whose lines are judged by themselves, by the ontology, by the entities that there are and, for those of a
source, by its tables. Lines of the others are compared with tables that all share, or count triples."""


@dataclass(frozen=True)
class _Verdict:
    """Why nodes of a namespace may not have a predicate, "" if they may; and whether its object may be an entity."""

    reason: str
    names: bool = False


class Gate:
    """The gate for a project; `library` has the documents that are at hand. `spread` looks at one source each."""

    def __init__(self, inputs: Inputs, library: Library | None = None, spread: Spread = spread) -> None:
        self.inputs, self._library, self._spread = inputs, library, spread
        self.looked = dict.fromkeys(PERMITTED, 0)
        """How many triples of each named graph were looked at."""
        self._compared = Comparison(inputs, library)
        self._found: list[Finding] = []
        self._counts: dict[str, set[str]] = {}
        self._verdicts: dict[str, dict[tuple[str, str], _Verdict]] = {}
        self._families: dict[str, str] = {}
        self._places = Origins(inputs)
        self._mapped = set[str]()
        for one in inputs.mappings:
            direct, record = statements.mapping(one)
            self._mapped |= {str(direct), *map(str, record)}

    def of_build(self, parts: Parts, made: Assembly) -> list[Finding]:
        """As `findings`, of the file that a build has written. What was once found right of a part of a graph counts
        as long as its lines in the file, and all that they are compared with, are the same."""
        found = Gate(self.inputs, self._library, self._spread)
        if parts.whole and found._right(parts, made):
            self.looked = found.looked
            return []
        return self.findings(parts.path)

    def _right(self, parts: Parts, made: Assembly) -> bool:
        """Whether there is nothing to find; only parts that are not known are read."""
        shared = _about(made.inputs.ontology)
        known, asked = {name: list[str]() for name in _ALONE}, dict[str, list[Part]]()
        for part in parts.every:
            graph, alone = part.graph, part.graph in _ALONE and bool(part.name)
            inputs = f"{shared} {made.bases.get(part.source)} {part.sum}"
            named = made.cache.get(f"right {graph}", part.name, inputs) if alone else None
            if named is not None and self.inputs.entities.keys() >= set(named.split()):
                self.looked[graph] += part.lines
            elif part.source:
                asked.setdefault(part.source, []).append(part)
            else:
                lines = parts.raw(part)
                if not self._clean(lines):
                    return False
                if alone:
                    made.cache.put(f"right {graph}", part.name, inputs, _named(lines))
            if alone:
                known[graph].append(part.name)
        given = (SourceParts(source, tuple(some)) for source, some in asked.items())
        looking = SourceGate(PerSource(self.inputs, self._library), replace(parts, every=()))
        judged = self._spread(looking.look, given, batch=shards.BATCH, alone=shards.ALONE)
        for some, found in zip(asked.values(), judged, strict=True):
            for part in some:
                if found is None:
                    return False
                self.looked[part.graph] += found[part.graph].number
                inputs = f"{shared} {made.bases[part.source]} {part.sum}"
                made.cache.put(f"right {part.graph}", part.name, inputs, found[part.graph].named)
        for graph, names in known.items():
            made.cache.keep(f"right {graph}", names)
        self._count()
        return not self._found

    def _clean(self, piece: bytes) -> bool:
        """Whether a piece of the file has nothing that it may not have."""
        try:
            self._judge(ox.parse(piece, format=ox.RdfFormat.N_QUADS))
        except SyntaxError:  # it begins or ends within a line
            return False
        return piece[-1:] in (b"", b"\n") and not self._found

    def right(self, name: str, source: str, piece: bytes) -> bool:
        """Whether a piece of the file is what a graph should have of a source, and nothing else. Raises what
        `Inputs.tables` and `Library.text` raise."""
        if not self._compared.same(name, source, piece):
            return False
        quads = self._permitted(name, ox.parse(piece, format=ox.RdfFormat.N_QUADS))
        return all(_graph_of(quad) == name and _source_of(quad) == source for quad in quads) and not self._found

    def findings(self, path: Path) -> list[Finding]:
        """What a file of N-Quads holds and may not, and what it lacks of the tables, each with the file and line that
        states it if there is one. In the file each named graph, and in it each source, is one run of lines."""
        with path.open("rb") as file:
            self._judge(ox.parse(file, format=ox.RdfFormat.N_QUADS))
        self._found += self._compared.left()
        self._count()
        return self._found

    def _judge(self, quads: Iterable[ox.Quad]) -> None:
        """Looks at quads; those of a graph, and in it those of a source, come one after the other."""
        for name, some in groupby(quads, _graph_of):
            permitted = self._permitted(name, some)
            if name in nquads.BY_SOURCE:
                for source, of_one in groupby(permitted, _source_of):
                    if source in self.inputs.sources:
                        self._found += self._compared.of_source(name, source, of_one)
                    else:
                        self._refuse_unregistered(of_one)
            else:
                for _ in permitted:
                    pass

    def _refuse_unregistered(self, quads: Iterable[ox.Quad]) -> None:
        """Refuses claims and passages of no source."""
        for node in dict.fromkeys(map(_subject, quads)):
            namespace = namespace_of(node)
            if namespace in ("claim", "passage"):
                self._fault(f"{shorten(node)} is of no source", hint=HOMES[namespace])

    def _permitted(self, name: str, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """Yields the quads of a graph after checking each."""
        entities, looked, own = self.inputs.entities, 0, base()
        verdicts = self._verdicts.setdefault(name, {})
        for quad in quads:
            looked += 1
            subject, predicate, value = _subject(quad), quad.predicate.value, quad.object
            at = subject.find("/", len(own) if subject.startswith(own) else len(BASE))
            key = (subject[:at] if at > 0 else subject, predicate)
            known = verdicts.get(key)
            if known is None:
                known = verdicts[key] = self._verdict(name, namespace_of(subject), predicate)
            if known.reason:
                self._refuse(name, quad, known.reason)
            elif isinstance(value, ox.NamedNode):
                if value.value.startswith(PREFIXES["id"]):
                    if not known.names:
                        self._refuse(name, quad, "may not name an entity in this way")
                    elif value.value[len(PREFIXES["id"]) :] not in entities:
                        self._refuse(name, quad, "names an entity that is not in data/entities.tsv")
            elif isinstance(value, ox.Literal) and not value.language:
                wrong = literals.fault(value.value, value.datatype.value)
                if wrong:
                    self._refuse(name, quad, wrong)
            if not known.reason and (predicate == _TYPE or name in _EXACT):
                self._check(name, namespace_of(subject), quad)
            yield quad
        if name in self.looked:
            self.looked[name] += looked
        elif looked:
            self._fault(f"there is no named graph {name!r}", hint=f"there are {', '.join(PERMITTED)}")

    def _verdict(self, name: str, namespace: str, predicate: str) -> _Verdict:
        """Whether a node of a namespace may have a predicate in a graph."""
        kind = PERMITTED.get(name, {}).get(namespace)
        if kind is None:
            return _Verdict(f"may not stand in graph {name}")
        own = is_term(predicate)
        if not kind.allows(predicate) or (own and self._domain(predicate) not in ("", kind.family)):
            return _Verdict(f"may not be stated in graph {name}")
        return _Verdict("", kind.names(predicate))

    def _check(self, name: str, namespace: str, quad: ox.Quad) -> None:
        """Checks what must be exactly as it is typed, and the classes of everything."""
        subject, predicate, value = _subject(quad), quad.predicate.value, str(quad.object)
        slug = subject[len(PREFIXES["id"]) :]
        if namespace == "id" and slug not in self.inputs.entities:
            self._refuse(name, quad, "is of an entity that is not in data/entities.tsv")
        elif name == "entities" or namespace == "mapping":
            text = str(quad.triple)
            if text not in self._mapped and not (namespace == "id" and text in _described(self.inputs, slug)):
                self._refuse(name, quad, "is in no row of its table")
        elif name == "facts" and term_name(predicate) not in self.inputs.vocabulary.properties:
            self._refuse(name, quad, "has no property that a claim may use")
        elif predicate == _TYPE and self._family(value[1:-1]) not in ("", PERMITTED[name][namespace].family):
            self._refuse(name, quad, f"may not stand in graph {name}")
        elif predicate == _TRIPLES:
            self._counts.setdefault(subject, set()).add(value)

    def _count(self) -> None:
        """Compares the counts that the graph states with the number of its triples."""
        wanted = {_GRAPH + name: size for name, size in self.looked.items()}
        wanted[statements.dataset(self.inputs.project).value] = sum(self.looked.values())
        for node, size in wanted.items():
            stated, expected = self._counts.get(node, set()), str(statements.integer(size))
            if stated != {expected}:
                shown = ", ".join(sorted(stated)) or "nothing"
                self._fault(f"{shorten(node)} has another void:triples than triples", found=shown, expected=expected)

    def _family(self, cls: str) -> str:
        """The family that a class belongs to, "" for none."""
        if cls not in self._families:
            above = {one.value for one in self.inputs.ontology.above(ox.NamedNode(cls), "rdfs:subClassOf")}
            self._families[cls] = next((name for name in FAMILIES if _OURS + name in above), "")
        return self._families[cls]

    def _domain(self, predicate: str) -> str:
        """The family that the domain of a term of ours belongs to, "" for any; "?" if it is not a term."""
        term = ox.NamedNode(predicate)
        if not self.inputs.ontology.about(term):
            return "?"
        families = {self._family(cls.value) for cls in self.inputs.ontology.objects(term, "rdfs:domain")}
        return min(families, default="")

    def _refuse(self, name: str, quad: ox.Quad, reason: str) -> None:
        subject = _subject(quad)
        shown = f"{shorten(subject)} {shorten(quad.predicate.value)} {_shown(quad.object)}"
        self._fault(f"{reason}: {shown}", self._places.of(name, quad), hint=HOMES.get(namespace_of(subject), ""))

    def _fault(
        self, message: str, place: Place | None = None, found: str | None = None, expected: str = "", hint: str = ""
    ) -> None:
        file, line = (place.file, place.line) if place else ("", None)
        self._found.append(Finding("permitted", message, file, line, None, found, expected, hint))


class SourceParts(NamedTuple):
    """The parts of a graph that are of one source; their lines by named graph where they do not stand in a file."""

    source: str
    parts: tuple[Part, ...]
    lines: dict[str, bytes] | None = None

    def __str__(self) -> str:
        return self.source


class Looked(NamedTuple):
    """Lines in which nothing is wrong: how many there are, and the slugs of the entities that they name."""

    number: int
    named: str


@dataclass(frozen=True)
class SourceGate:
    """Looks at what a file of N-Quads has of one source at a time, here or on another machine
    (`graph.cluster.Portable`)."""

    tables: PerSource
    graph: Parts

    def files(self, given: SourceParts) -> dict[str, bytes]:
        """See `PerSource.files`."""
        return self.tables.files(given.source)

    def sent(self, given: SourceParts) -> SourceParts:
        """With the lines."""
        return given._replace(lines={part.graph: self.graph.raw(part) for part in given.parts})

    def at(self, folder: Path) -> SourceGate:
        """See `PerSource.at`."""
        return replace(self, tables=self.tables.at(folder))

    def look(self, given: SourceParts) -> dict[str, Looked] | None:
        """What was looked at by named graph; None where something is wrong, or of another source. Raises what
        `Inputs.tables` and `Library.text` raise."""
        found = dict[str, Looked]()
        for part in given.parts:
            lines = self.graph.raw(part) if given.lines is None else given.lines[part.graph]
            before = self._gate.looked[part.graph]
            if not self._gate.right(part.graph, given.source, lines):
                return None
            found[part.graph] = Looked(self._gate.looked[part.graph] - before, _named(lines))
        return found

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self.tables.inputs, self.tables.library)


def _named(lines: bytes) -> str:
    """The slugs of the entities in lines of N-Quads, each once, with blanks between."""
    return " ".join(sorted(set(re.findall(rf"<{re.escape(PREFIXES['id'])}([^>]*)>", lines.decode()))))


def _about(ontology: Graph) -> str:
    """The digest of gbkg's code and of an ontology, on which every verdict rests."""
    return sha256(f"{code()}{sorted(map(str, ontology))}".encode()).hexdigest()


def _described(inputs: Inputs, slug: str) -> set[str]:
    return set(map(str, statements.entity(inputs.entities[slug])))


def _subject(quad: ox.Quad) -> str:
    assert not isinstance(quad.subject, ox.Triple)
    return quad.subject.value


def _graph_of(quad: ox.Quad) -> str:
    name = quad.graph_name
    return "(default)" if isinstance(name, ox.DefaultGraph) else name.value.removeprefix(_GRAPH)


def _source_of(quad: ox.Quad) -> str:
    """The source of a claim, a passage or a source that a quad is about."""
    return _subject(quad).rpartition("/")[2].partition(".")[0]


def _shown(value: Term | ox.Triple) -> str:
    """The object of a triple for a reader."""
    if isinstance(value, ox.NamedNode):
        return shorten(value.value)
    if isinstance(value, ox.Literal) and str(value).endswith(">"):
        return f"{ox.Literal(value.value)}^^{shorten(value.datatype.value)}"
    return str(value)
