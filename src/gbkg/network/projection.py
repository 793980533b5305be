"""The graph as a network: entities as nodes, their relations as edges, and on each edge what it rests on. The
relations are those that claims state and those that follow from them, as far as they are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox

from gbkg.ask import contents
from gbkg.ask.opened import OpenGraph
from gbkg.core.errors import NotFoundError
from gbkg.core.literals import first_day, last_day
from gbkg.core.prefixes import PREFIXES, shorten, spaced
from gbkg.core.terms import term
from gbkg.evidence import ledger as evidence
from gbkg.evidence.ledger import Ledger, base_of, proofs, strongest
from gbkg.evidence.proofs import ClaimStanding, Triple
from gbkg.network import families
from gbkg.network.families import Calendar

if TYPE_CHECKING:
    import networkx as nx

KINDS: dict[str, tuple[str, ...]] = {
    "agent": ("Organization", "Person"),
    "fund": ("Fund",),
    "group": ("Group",),
    "place": ("Place",),
    "policy": ("Policy",),
    "application": ("Application",),
    "event": ("Event",),
    "document": ("Document",),
    "topic": ("Topic", "CountingCriterion"),
}
"""Kind of node to its classes. The first that fits is a node's kind: an administrative area is a place, although the
ontology lets it act, and a group of companies is a group."""
DEFAULT_KINDS = tuple(kind for kind in KINDS if kind != "topic")
"""Topics are left out: nearly every entity deals with blockchain, so they would make everything near everything."""

WEAK = ("implied", "disputed", "single-passage")
"""Weak edges: those that no accepted claim states outright; those of which every claim is in doubt; those that only one
passage proves."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of the graph becomes the network.

    `relations` are families (`families.FAMILIES`) or properties; none means all, and `all` those to topics too. `kinds`
    are those of `KINDS`.
    `as_of` (YYYY, YYYY-MM or YYYY-MM-DD) leaves out what is known to have begun later; a date without a year, or none,
    is no such knowledge. `without` has words of `WEAK`. `withdrawn` are keys of claims that count as never made.
    `unaccepted` adds the relations that only disputed or rejected claims say; they have no direct triple.
    `restated` keeps inferred edges that say an edge of the same pair again, backwards or in a more general word.
    """

    relations: tuple[str, ...] = ()
    kinds: tuple[str, ...] = DEFAULT_KINDS
    inferred: bool = False
    as_of: str = ""
    without: tuple[str, ...] = ()
    withdrawn: frozenset[str] = frozenset()
    unaccepted: bool = False
    restated: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One relation between two entities, the attributes of an edge in the network.

    `subject`, `object` and `relation` are IRIs; `label` is the relation's. For a claimed edge `claims` are the keys
    (SOURCE.ID) of the claims that say it, for an inferred one those from which its best derivation starts, and
    `sources` and `passages` (how many) are theirs; an inferred edge has as many passages as its weakest premise.
    `status` is accepted if an accepted claim says it; `reading` is stated if one states it, else implied; `disputed` if
    no claim of it is accepted and free of doubt; `doubts` are the curation nodes that say so. `dates` are the
    claims' own and those of the relation; `since` is the latest date known before which it cannot have held ("" for
    none). `rules` are the names of the rules by which it was inferred, first to last. Tuples are sorted, but `rules`.
    """

    subject: str
    object: str
    relation: str
    label: str
    status: str
    reading: str
    claims: tuple[str, ...]
    sources: tuple[str, ...]
    passages: int
    dates: tuple[str, ...]
    since: str
    disputed: bool
    doubts: tuple[str, ...]
    inferred: bool
    rules: tuple[str, ...]

    @property
    def triple(self) -> Triple:
        return self.subject, self.relation, self.object

    @property
    def attributes(self) -> dict[str, Any]:
        """The fields by name, not copied, as the network has them."""
        return {name: getattr(self, name) for name in _FIELDS}


_FIELDS = tuple(field.name for field in fields(Edge))


def relation_label(kg: OpenGraph, relation: str) -> str:
    """How a property is shown: its label, or for one of another vocabulary the words of its name."""
    return kg.labels.get(relation) or spaced(relation.rpartition("#")[2].rpartition("/")[2])


def sentence(kg: OpenGraph, triple: Triple) -> str:
    """A triple in words."""
    subject, relation, value = triple
    return f"{kg.labels.get(subject, subject)} {relation_label(kg, relation)} {kg.labels.get(value, value)}"


def drawn(kg: OpenGraph, ledger: Ledger, selection: Selection, wanted: Callable[[Triple], bool]) -> Iterator[Edge]:
    """An edge for every wanted triple that the selection's evidence and date let stand."""
    said: Mapping[Triple, Sequence[ClaimStanding]] = ledger.claims
    claims: Sequence[ClaimStanding]
    if selection.withdrawn:
        said = {triple: [c for c in claims if c.key not in selection.withdrawn] for triple, claims in said.items()}
    given = {triple: [c for c in claims if c.status == "accepted"] for triple, claims in said.items()}
    given = {triple: claims for triple, claims in given.items() if claims}
    calendar = Calendar(kg, given)
    if not selection.inferred:
        given = {triple: claims for triple, claims in given.items() if wanted(triple)}
    given = {triple: claims for triple, claims in given.items() if _strong(claims, selection.without)}
    if selection.as_of:
        limit = last_day(selection.as_of)
        given = {triple: claims for triple, claims in given.items() if first_day(calendar.since(triple)) <= limit}
    spoken = cache(partial(relation_label, kg))
    for triple, claims in given.items():
        if wanted(triple):
            yield _claimed(spoken(triple[1]), triple, claims, calendar)
    if selection.inferred:
        for edge in _inferred(kg, ledger, given, calendar, wanted):
            if not selection.as_of or first_day(edge.since) <= last_day(selection.as_of):
                yield edge
    if selection.unaccepted:
        for triple, claims in said.items():
            accepted = any(claim.status == "accepted" for claim in claims)
            if claims and wanted(triple) and not accepted and _strong(claims, selection.without):
                yield _claimed(spoken(triple[1]), triple, claims, calendar)


def _claimed(label: str, triple: Triple, claims: Sequence[ClaimStanding], calendar: Calendar) -> Edge:
    return Edge(
        *(triple[0], triple[2], triple[1]),
        label=label,
        status="accepted" if any(claim.status == "accepted" for claim in claims) else claims[0].status,
        reading="stated" if any(claim.reading == "stated" for claim in claims) else "implied",
        claims=_flat([claim.key] for claim in claims),
        sources=_flat([claim.source] for claim in claims),
        passages=len(_flat(claim.passages for claim in claims)),
        dates=_flat([calendar.of(triple), *(claim.dates for claim in claims)]),
        since=calendar.since(triple),
        disputed=_disputed(claims),
        doubts=_flat(claim.doubts for claim in claims),
        inferred=False,
        rules=(),
    )


def _inferred(
    kg: OpenGraph,
    ledger: Ledger,
    given: Mapping[Triple, Sequence[ClaimStanding]],
    calendar: Calendar,
    wanted: Callable[[Triple], bool],
) -> Iterator[Edge]:
    """The wanted triples that follow from the given ones; what is weak about an edge is weak in every derivation."""
    passages = strongest(ledger, {t: len(_flat(claim.passages for claim in claims)) for t, claims in given.items()})
    stated = strongest(ledger, {t: any(c.reading == "stated" for c in claims) for t, claims in given.items()})
    certain = strongest(ledger, {t: not _disputed(claims) for t, claims in given.items()})
    for triple, proof in proofs(ledger, given).items():
        if not wanted(triple):
            continue
        base = [premise for premise in base_of(proof) if premise in given]
        claims = [claim for premise in base for claim in given[premise]]
        yield Edge(
            *(triple[0], triple[2], triple[1]),
            label=relation_label(kg, triple[1]),
            status="accepted",
            reading="stated" if triple in stated else "implied",
            claims=_flat([claim.key] for claim in claims),
            sources=_flat([claim.source] for claim in claims),
            passages=passages[triple],
            dates=_flat(claim.dates for claim in claims),
            since=max([calendar.since(triple), *map(calendar.since, base)], key=first_day),
            disputed=triple not in certain,
            doubts=_flat(claim.doubts for claim in claims),
            inferred=True,
            rules=tuple(dict.fromkeys(inference.rule for inference in proof)),
        )


def without_restatements(kg: OpenGraph, found: list[Edge]) -> list[Edge]:
    """The edges without the inferred ones that another edge of the same pair says backwards or more exactly."""
    if not any(edge.inferred for edge in found):
        return found
    mirrors = contents.mirrors(kg.store)
    said: dict[tuple[str, str], list[str]] = {}
    for edge in found:
        said.setdefault((edge.subject, edge.object), []).append(edge.relation)

    @cache
    def broader(relation: str) -> frozenset[str]:
        return contents.above(kg.store, relation) - {relation}

    def restates(edge: Edge) -> bool:
        others = said[edge.subject, edge.object]
        return edge.relation in mirrors or any(edge.relation in broader(relation) for relation in others)

    return [edge for edge in found if not edge.inferred or not restates(edge)]


def _strong(claims: Sequence[ClaimStanding], without: Sequence[str]) -> bool:
    if not without:
        return True
    weak = {
        "implied": all(claim.reading == "implied" for claim in claims),
        "disputed": _disputed(claims),
        "single-passage": len(_flat(claim.passages for claim in claims)) < 2,
    }
    return not any(weak[word] for word in without)


def _disputed(claims: Sequence[ClaimStanding]) -> bool:
    return all(claim.doubts or claim.status != "accepted" for claim in claims)


def _flat(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted(set(chain.from_iterable(parts))))


Network: TypeAlias = "nx.MultiDiGraph[str]"


def network(kg: OpenGraph, selection: Selection | None = None) -> Network:
    """The network of a graph. Nodes are IRIs of entities, edges are keyed by the IRI of the property.

    Nodes: every entity of the chosen kinds, whether or not it has an edge; attributes `label`, `type` (local name of
    the class), `type_label`, `kind` (key of `KINDS`), `slug`. Edges: direct triples (and if wanted inferred ones) whose
    both ends are nodes; attributes are the fields of `Edge`. Nodes and edges are added sorted by label, then IRI.
    The graph attribute `undated` counts the edges that a selection `as_of` could not judge.

    Raises `NotFoundError` for an unknown relation, kind or weakness, `GbkgError` for a date of another form.
    """
    return project(kg, evidence.read(kg.store), selection or Selection())


def project(kg: OpenGraph, ledger: Ledger, selection: Selection) -> Network:
    """`network`, of evidence that was read before."""
    import networkx as nx  # takes a tenth of a second, and most formats of an export have no network

    _check(selection)
    graph: Network = nx.MultiDiGraph()
    labels = dict(kg.labels)
    kinds = (
        tuple(KINDS) if families.ALL in selection.relations and selection.kinds == DEFAULT_KINDS else selection.kinds
    )
    graph.add_nodes_from(_nodes(kg, kinds, labels))
    relations = families.properties(kg.store, selection.relations)

    def wanted(triple: Triple) -> bool:
        subject, relation, value = triple
        return relation in relations and subject != value and subject in graph and value in graph

    found = list(drawn(kg, ledger, selection, wanted))
    if not selection.restated:
        found = without_restatements(kg, found)
    graph.graph["undated"] = sum(not edge.since for edge in found)
    found.sort(key=lambda e: (labels.get(e.subject, ""), e.label, labels.get(e.object, ""), e.triple))
    graph.add_edges_from((edge.subject, edge.object, edge.relation, edge.attributes) for edge in found)
    return graph


def stated(kg: OpenGraph, node: str) -> int:
    """How many direct triples join this entity with another, whatever their kind."""
    one, facts = ox.NamedNode(node), term("graph:facts")
    out = {quad for quad in kg.store.quads(one, None, None, facts) if isinstance(quad.object, ox.NamedNode)}
    return len(out | set(kg.store.quads(None, None, one, facts)))


def edges(graph: Network) -> list[Edge]:
    """The edges as records, in the graph's order."""
    return [Edge(**attributes) for _, _, attributes in graph.edges(data=True)]


def between(graph: Network, one: str, other: str) -> list[Edge]:
    """The edges from one node to another as records, in the graph's order."""
    return [Edge(**attributes) for attributes in (graph.get_edge_data(one, other) or {}).values()]


def labels(graph: Network) -> dict[str, str]:
    """Node to label, in the graph's order."""
    return {node: attributes["label"] for node, attributes in graph.nodes(data=True)}


def linked(graph: Network) -> Network:
    """A copy with only the nodes that have an edge."""
    found: Network = type(graph)()
    found.add_nodes_from((node, attributes) for node, attributes in graph.nodes(data=True) if graph.degree(node))
    found.add_edges_from(graph.edges(keys=True, data=True))
    return found


def _check(selection: Selection) -> None:
    for kind in selection.kinds:
        if kind not in KINDS:
            raise NotFoundError("kind of node", kind, known=list(KINDS))
    for weakness in selection.without:
        if weakness not in WEAK:
            raise NotFoundError("kind of weak edge", weakness, known=WEAK)
    if selection.as_of:
        last_day(selection.as_of)


def _nodes(kg: OpenGraph, kinds: Iterable[str], labels: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    wanted = set(kinds)

    @cache
    def kind_of(cls: str) -> str:
        above = contents.above(kg.store, cls, "rdfs:subClassOf")
        return next((kind for kind, roots in KINDS.items() if any(PREFIXES["gbkg"] + r in above for r in roots)), "")

    found = []
    for quad in kg.store.quads(None, term("rdf:type"), None, term("graph:entities")):
        iri, cls = quad.subject.value, quad.object.value
        if iri.startswith(PREFIXES["id"]) and kind_of(cls) in wanted:
            attributes = {"label": labels.get(iri) or shorten(iri), "type": cls.rpartition("#")[2]}
            attributes |= {"type_label": labels.get(cls, ""), "kind": kind_of(cls)}
            found.append((iri, attributes | {"slug": iri.removeprefix(PREFIXES["id"])}))
    return sorted(found, key=lambda node: (node[1]["label"], node[0]))
