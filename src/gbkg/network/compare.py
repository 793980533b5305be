"""Two analyses side by side: what the measures owe to weak evidence, and what falls when evidence is withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyoxigraph as ox

from gbkg.ask.opened import KnowledgeGraph
from gbkg.core import namespaces
from gbkg.evidence import relations
from gbkg.evidence.relations import Ledger, Triple, base_of, proofs, strongest
from gbkg.network import questions
from gbkg.network.edges import Edge, Selection
from gbkg.network.measures import Analysis, Place, analyse
from gbkg.network.projection import Network, edges, linked, project
from gbkg.network.sampling import Effort
from gbkg.network.structure import Bridge
from gbkg.store.memory import Store

MEASURES = ("degree", "ins", "outs", "edges", "betweenness", "closeness", "joint")
"""The measures of a place that are compared; component and community are numbers without an order."""


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one node, before and after."""

    iri: str
    label: str
    measure: str
    before: float
    after: float

    @property
    def change(self) -> float:
        return round(self.after - self.before, 6)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different between two networks of the same nodes, so that the measures have the same denominators.

    `lost` are the edges that only the first has; `alone` the nodes that have edges in the first only; `changes` every
    measure that differs, by measure in the order of `MEASURES`, the largest change first, then by label, an estimate
    only if it differs by more than the errors of both; `joints_lost`
    and `joints_gained` articulation points, `bridges_lost` and `bridges_gained` bridges of one network only.
    """

    before: Analysis
    after: Analysis
    lost: tuple[Edge, ...]
    alone: tuple[Place, ...]
    changes: tuple[Change, ...]
    joints_lost: tuple[Place, ...]
    joints_gained: tuple[Place, ...]
    bridges_lost: tuple[Bridge, ...]
    bridges_gained: tuple[Bridge, ...]


@dataclass(frozen=True, slots=True)
class Fallen:
    """A triple that no longer holds, and the claims (keys) that said it, or from which it was inferred: those of its
    best derivation (`evidence.proofs`)."""

    triple: Triple
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """What a withdrawal brings down: `claims` (keys), `facts` (triples that no accepted claim says any more),
    `inferred` (triples of which every derivation has lost a premise), the comparison of the networks, the `answers`
    that are no longer the same, and `skipped`, the saved queries that took too long."""

    claims: tuple[str, ...]
    facts: tuple[Fallen, ...]
    inferred: tuple[Fallen, ...]
    comparison: Comparison
    answers: tuple[questions.Change, ...]
    skipped: tuple[str, ...] = ()


def without(
    kg: KnowledgeGraph, selection: Selection, weak: Collection[str], effort: Effort | None = None
) -> Comparison:
    """The measures with all edges of a selection, and without the weak ones (words of `edges.WEAK`)."""
    ledger = relations.read(kg.store)
    before = linked(project(kg, ledger, selection))
    return compare(before, project(kg, ledger, replace(selection, without=(*selection.without, *weak))), effort)


def compare(before: Network, after: Network, effort: Effort | None = None) -> Comparison:
    """The differences between two networks; of the second only the nodes of the first count."""
    after = _among(after, before)
    first, second = analyse(before, effort), analyse(after, effort)
    kept = {edge.triple for edge in edges(after)}
    old, new = ({place.iri: place for place in analysis.places} for analysis in (first, second))
    held, holding = ({bridge.ends: bridge for bridge in analysis.bridges} for analysis in (first, second))
    return Comparison(
        before=first,
        after=second,
        lost=tuple(edge for edge in edges(before) if edge.triple not in kept),
        alone=tuple(place for place in first.places if place.edges and not new[place.iri].edges),
        changes=_changes(old, new, _noise(first, second)),
        joints_lost=tuple(place for place in first.places if place.joint and not new[place.iri].joint),
        joints_gained=tuple(place for place in second.places if place.joint and not old[place.iri].joint),
        bridges_lost=tuple(bridge for ends, bridge in held.items() if ends not in holding),
        bridges_gained=tuple(bridge for ends, bridge in holding.items() if ends not in held),
    )


def withdraw(
    kg: KnowledgeGraph,
    selection: Selection,
    keys: Collection[str],
    timeout: float | None = questions.SECONDS,
    effort: Effort | None = None,
) -> Removal:
    """What falls when the claims of these keys had not been made; `timeout` is in seconds, for each saved query and
    graph, None for no limit.

    With a claim go its own triples, its fact if no other accepted claim says it, and what was inferred from that fact
    and follows from nothing else. Passages and curation stay: the text is still there.
    """
    ledger, gone = relations.read(kg.store), frozenset(keys)
    facts, inferred = fallen(ledger, gone)
    before = linked(project(kg, ledger, selection))
    after = project(kg, ledger, replace(selection, withdrawn=selection.withdrawn | gone))
    rest = store_without(kg.store, gone, {*facts, *inferred})
    said = _claims_behind(ledger, (*facts, *inferred))
    changed, skipped = questions.changes(kg, rest, timeout)
    return Removal(
        claims=tuple(sorted(gone)),
        facts=tuple(Fallen(triple, said[triple]) for triple in facts),
        inferred=tuple(Fallen(triple, said[triple]) for triple in inferred),
        comparison=compare(before, after, effort),
        answers=changed,
        skipped=skipped,
    )


def fallen(ledger: Ledger, keys: Collection[str]) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
    """The claimed triples and the inferred ones that no longer hold without these claims, each sorted."""
    given = [triple for triple in ledger.claims if ledger.accepted(triple)]
    kept = [triple for triple in given if any(claim.key not in keys for claim in ledger.accepted(triple))]
    held = strongest(ledger, dict.fromkeys(given, 1))
    standing = strongest(ledger, dict.fromkeys(kept, 1))
    lost = sorted(triple for triple in held if triple not in standing)
    claimed = set(given)
    return tuple(t for t in lost if t in claimed), tuple(t for t in lost if t not in claimed)


def _claims_behind(ledger: Ledger, triples: Iterable[Triple]) -> dict[Triple, tuple[str, ...]]:
    """Triple to the keys of the accepted claims that say it, or of those at the bottom of its best derivation."""
    given = [triple for triple in ledger.claims if ledger.accepted(triple)]
    proved = proofs(ledger, given)
    found = {}
    for triple in triples:
        bottom = (triple,) if ledger.accepted(triple) else base_of(proved[triple])
        found[triple] = tuple(sorted({claim.key for premise in bottom for claim in ledger.accepted(premise)}))
    return found


def _noise(*analyses: Analysis) -> dict[str, float]:
    """Estimated measure to how far it can differ between the analyses by chance."""
    errors: dict[str, float] = {}
    for method in (method for analysis in analyses for method in analysis.methods):
        errors[method.measure] = errors.get(method.measure, 0.0) + (method.error or 0.0)
    return errors


def _changes(old: dict[str, Place], new: dict[str, Place], noise: dict[str, float]) -> tuple[Change, ...]:
    found = [
        Change(iri, place.label, measure, getattr(place, measure), getattr(new[iri], measure))
        for iri, place in old.items()
        for measure in MEASURES
        if abs(getattr(place, measure) - getattr(new[iri], measure)) > noise.get(measure, 0.0)
    ]
    return tuple(sorted(found, key=lambda c: (MEASURES.index(c.measure), -abs(c.change), c.label, c.iri)))


def _among(graph: Network, like: Network) -> Network:
    """The network among the nodes of another, and in their order, on which ties of the algorithms depend."""
    found: Network = type(graph)()
    found.add_nodes_from((node, graph.nodes[node] if node in graph else like.nodes[node]) for node in like)
    found.add_edges_from(edge for edge in graph.edges(keys=True, data=True) if edge[0] in found and edge[1] in found)
    return found


def store_without(store: Store, keys: Collection[str], triples: Collection[Triple]) -> Store:
    """The graph as it would be without these claims and triples; records of inference that lost a premise go too."""
    nodes = {str(namespaces.CLM) + key for key in keys}
    graphs = {str(namespaces.GRAPH[name]) for name in ("facts", "inferred")}
    fallen_records = _records(store, triples)

    def stays(quad: Any) -> bool:
        if quad.graph_name.value in graphs:
            return (quad.subject.value, quad.predicate.value, quad.object.value) not in triples
        return quad.subject.value not in nodes and quad.subject.value not in fallen_records

    return Store.of(quad for quad in store if stays(quad))


def _records(store: Store, triples: Collection[Triple]) -> set[str]:
    """The inference records that have one of the triples as premise or conclusion."""
    parts: dict[str, dict[str, str]] = {}
    for name in ("subject", "predicate", "object"):
        for quad in store.quads(None, ox.NamedNode(namespaces.PREFIXES["rdf"] + name), None, _graph("inferences")):
            parts.setdefault(quad.subject.value, {})[name] = quad.object.value
    statements = {node for node, p in parts.items() if (p["subject"], p["predicate"], p["object"]) in triples}
    links = (ox.NamedNode(str(namespaces.GBKG[name])) for name in ("premise", "conclusion"))
    return {q.subject.value for link in links for q in store.quads(None, link) if q.object.value in statements}


def _graph(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(namespaces.GRAPH[name]))
