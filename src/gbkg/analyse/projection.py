"""The graph as a network: entities as nodes, their relations as edges, and on each edge what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import chain
from typing import TypeAlias

import networkx as nx
import pyoxigraph as ox

from gbkg import names
from gbkg.analyse import evidence, families
from gbkg.analyse.calendar import Calendar, first_day, last_day
from gbkg.analyse.evidence import Evidence, Ledger, Triple, base_of, proofs, strongest
from gbkg.errors import NotFoundError
from gbkg.kg import KnowledgeGraph

Network: TypeAlias = "nx.MultiDiGraph[str]"

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
"""What an analysis can do without: edges that no accepted claim states outright; edges of which every claim is in
doubt; edges that rest on one passage alone."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of the graph becomes the network.

    `relations` are families (`families.FAMILIES`) or properties; none means all. `kinds` are those of `KINDS`.
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
    (SOURCE.ID) of the claims that say it, for an inferred one those at the bottom of its best derivation, and
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


def network(kg: KnowledgeGraph, selection: Selection | None = None) -> Network:
    """The network of a graph. Nodes are IRIs of entities, edges are keyed by the IRI of the property.

    Nodes: every entity of the chosen kinds, whether or not it has an edge; attributes `label`, `type` (local name of
    the class), `type_label`, `kind` (key of `KINDS`), `slug`. Edges: direct triples (and if wanted inferred ones) whose
    both ends are nodes; attributes are the fields of `Edge`. Nodes and edges are added sorted by label, then IRI.
    The graph attribute `undated` counts the edges that a selection `as_of` could not judge.

    Raises `NotFoundError` for an unknown relation, kind or weakness, `GbkgError` for a date of another form.
    """
    return project(kg, evidence.read(kg.store), selection or Selection())


def project(kg: KnowledgeGraph, ledger: Ledger, selection: Selection) -> Network:
    """`network`, of evidence that was read before."""
    _check(selection)
    graph: Network = nx.MultiDiGraph()
    for iri, attributes in _nodes(kg, selection.kinds):
        graph.add_node(iri, **attributes)
    wanted = families.properties(kg.store, selection.relations)
    found = [edge for edge in _edges(kg, ledger, selection) if edge.relation in wanted]
    found = [edge for edge in found if edge.subject in graph and edge.object in graph and edge.subject != edge.object]
    if not selection.restated:
        found = _without_restatements(kg, found)
    graph.graph["undated"] = sum(not edge.since for edge in found)
    labels = kg.labels
    for edge in sorted(found, key=lambda e: (labels.get(e.subject, ""), e.label, labels.get(e.object, ""), e.triple)):
        graph.add_edge(edge.subject, edge.object, key=edge.relation, **asdict(edge))
    return graph


def edges(graph: Network) -> list[Edge]:
    """The edges as records, in the graph's order."""
    return [Edge(**attributes) for _, _, attributes in graph.edges(data=True)]


def labels(graph: Network) -> dict[str, str]:
    """Node to label, in the graph's order."""
    return {node: attributes["label"] for node, attributes in graph.nodes(data=True)}


def relation_label(kg: KnowledgeGraph, relation: str) -> str:
    """How a property is shown: its label, or for one of another vocabulary the words of its name."""
    return kg.labels.get(relation) or names.spaced(relation.rpartition("#")[2].rpartition("/")[2])


def linked(graph: Network) -> Network:
    """A copy with only the nodes that have an edge."""
    found: Network = graph.subgraph([node for node in graph if graph.degree(node)]).copy()
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


def _nodes(kg: KnowledgeGraph, kinds: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    wanted = set(kinds)
    below = ox.NamedNode(names.PREFIXES["rdfs"] + "subClassOf")
    parents: dict[str, set[str]] = {}
    for quad in kg.store.quads(None, below):
        parents.setdefault(quad.subject.value, set()).add(quad.object.value)

    @cache
    def kind_of(cls: str) -> str:
        above, waiting = {cls}, [cls]
        while waiting:
            more = parents.get(waiting.pop(), set()) - above
            above |= more
            waiting += more
        return next((kind for kind, roots in KINDS.items() if any(str(names.GBKG[r]) in above for r in roots)), "")

    found = []
    for quad in kg.store.quads(None, ox.NamedNode(names.PREFIXES["rdf"] + "type"), None, _graph("entities")):
        iri, cls = quad.subject.value, quad.object.value
        if iri.startswith(str(names.ID)) and kind_of(cls) in wanted:
            attributes = {"label": kg.labels.get(iri, names.shorten(iri)), "type": cls.rpartition("#")[2]}
            attributes |= {"type_label": kg.labels.get(cls, ""), "kind": kind_of(cls)}
            found.append((iri, attributes | {"slug": iri.removeprefix(str(names.ID))}))
    return sorted(found, key=lambda node: (node[1]["label"], node[0]))


def _edges(kg: KnowledgeGraph, ledger: Ledger, selection: Selection) -> Iterator[Edge]:
    """Every edge of the graph that the selection's evidence and date let stand, of whatever property."""
    said = {triple: [c for c in claims if c.key not in selection.withdrawn] for triple, claims in ledger.claims.items()}
    given = {triple: [c for c in claims if c.status == "accepted"] for triple, claims in said.items()}
    calendar = Calendar(kg, [triple for triple, claims in given.items() if claims])
    given = {triple: claims for triple, claims in given.items() if claims and _strong(claims, selection.without)}
    if selection.as_of:
        limit = last_day(selection.as_of)
        given = {triple: claims for triple, claims in given.items() if first_day(calendar.since(triple)) <= limit}
    for triple, claims in given.items():
        yield _claimed(kg, triple, claims, calendar)
    if selection.inferred:
        for edge in _inferred(kg, ledger, given, calendar):
            if not selection.as_of or first_day(edge.since) <= last_day(selection.as_of):
                yield edge
    if selection.unaccepted:
        for triple, claims in said.items():
            if (
                claims
                and not any(claim.status == "accepted" for claim in claims)
                and _strong(claims, selection.without)
            ):
                yield _claimed(kg, triple, claims, calendar)


def _claimed(kg: KnowledgeGraph, triple: Triple, claims: Sequence[Evidence], calendar: Calendar) -> Edge:
    return Edge(
        *(triple[0], triple[2], triple[1]),
        label=relation_label(kg, triple[1]),
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
    kg: KnowledgeGraph, ledger: Ledger, given: Mapping[Triple, Sequence[Evidence]], calendar: Calendar
) -> Iterator[Edge]:
    """What follows from the given triples; what is weak about an edge is weak in every derivation of it."""
    passages = strongest(ledger, {t: len(_flat(claim.passages for claim in claims)) for t, claims in given.items()})
    stated = strongest(ledger, {t: any(c.reading == "stated" for c in claims) for t, claims in given.items()})
    certain = strongest(ledger, {t: not _disputed(claims) for t, claims in given.items()})
    for triple, proof in proofs(ledger, given).items():
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


def _without_restatements(kg: KnowledgeGraph, found: list[Edge]) -> list[Edge]:
    """The edges without the inferred ones that another edge of the same pair says backwards or more exactly."""
    mirrors = families.mirrors(kg.store)
    above: dict[tuple[str, str], set[str]] = {}
    for edge in found:
        more_general = families.above(kg.store, edge.relation) - {edge.relation}
        above.setdefault((edge.subject, edge.object), set()).update(more_general)
    return [
        edge
        for edge in found
        if not edge.inferred or (edge.relation not in mirrors and edge.relation not in above[edge.subject, edge.object])
    ]


def _strong(claims: Sequence[Evidence], without: Iterable[str]) -> bool:
    weak = {
        "implied": all(claim.reading == "implied" for claim in claims),
        "disputed": _disputed(claims),
        "single-passage": len(_flat(claim.passages for claim in claims)) < 2,
    }
    return not any(weak[word] for word in without)


def _disputed(claims: Sequence[Evidence]) -> bool:
    return all(claim.doubts or claim.status != "accepted" for claim in claims)


def _flat(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted(set(chain.from_iterable(parts))))


def _graph(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(names.GRAPH[name]))
