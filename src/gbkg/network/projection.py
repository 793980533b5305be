"""The graph as a network: entities as nodes, their relations as edges, and on each edge what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from gbkg.ask import hierarchy
from gbkg.ask.opened import OpenGraph
from gbkg.core.errors import NotFoundError
from gbkg.core.literals import last_day
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import term
from gbkg.evidence import ledger as evidence
from gbkg.evidence.ledger import Ledger
from gbkg.evidence.proofs import Triple
from gbkg.network import families
from gbkg.network.edges import DEFAULT_KINDS, KINDS, WEAK, Edge, Selection, drawn, without_restatements

if TYPE_CHECKING:
    import networkx as nx

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
        above = hierarchy.above(kg.store, cls, "rdfs:subClassOf")
        return next((kind for kind, roots in KINDS.items() if any(PREFIXES["gbkg"] + r in above for r in roots)), "")

    found = []
    for quad in kg.store.quads(None, term("rdf:type"), None, term("graph:entities")):
        iri, cls = quad.subject.value, quad.object.value
        if iri.startswith(PREFIXES["id"]) and kind_of(cls) in wanted:
            attributes = {"label": labels.get(iri) or shorten(iri), "type": cls.rpartition("#")[2]}
            attributes |= {"type_label": labels.get(cls, ""), "kind": kind_of(cls)}
            found.append((iri, attributes | {"slug": iri.removeprefix(PREFIXES["id"])}))
    return sorted(found, key=lambda node: (node[1]["label"], node[0]))
