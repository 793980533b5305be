"""Two analyses compared: which measures depend on weak evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from gbkg.ask.opened import OpenGraph
from gbkg.evidence.ledger import read
from gbkg.network.centrality import Effort
from gbkg.network.measures import Analysis, Place, analyse, plain
from gbkg.network.projection import Edge, Network, Selection, edges, linked, project
from gbkg.network.structure import Bridge

MEASURES = ("degree", "ins", "outs", "edges", "betweenness", "closeness", "joint")
"""The measures of a place that are compared; component and community are numbers without an order."""


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """One measure of one node, before and after."""

    iri: str
    label: str
    measure: str
    before: float
    after: float

    @property
    def change(self) -> float:
        return round(self.after - self.before, 6)

    def to_dict(self) -> dict[str, Any]:
        """The fields, and the difference as `change`."""
        return asdict(self) | {"change": self.change}


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
    changes: tuple[MeasureChange, ...]
    joints_lost: tuple[Place, ...]
    joints_gained: tuple[Place, ...]
    bridges_lost: tuple[Bridge, ...]
    bridges_gained: tuple[Bridge, ...]

    def to_dict(self, top: int | None = None) -> dict[str, Any]:
        """Plain values for JSON: the fields, of `changes` the first `top` or all, and under `relations` every edge of
        the first network."""
        own = {one.name: plain(getattr(self, one.name)) for one in fields(self) if one.name not in ("before", "after")}
        own["changes"] = [change.to_dict() for change in self.changes[:top]]
        return {
            "before": self.before.measures(),
            "after": self.after.measures(),
            **own,
            "relations": self.before.relations(),
        }


def without(kg: OpenGraph, selection: Selection, weak: Collection[str], effort: Effort | None = None) -> Comparison:
    """The measures with all edges of a selection, and without the weak ones (words of `edges.WEAK`)."""
    ledger = read(kg.store)
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


def _noise(*analyses: Analysis) -> dict[str, float]:
    """Estimated measure to how far it can differ between the analyses by chance."""
    errors: dict[str, float] = {}
    for method in (method for analysis in analyses for method in analysis.methods):
        errors[method.measure] = errors.get(method.measure, 0.0) + (method.error or 0.0)
    return errors


def _changes(old: dict[str, Place], new: dict[str, Place], noise: dict[str, float]) -> tuple[MeasureChange, ...]:
    found = [
        MeasureChange(iri, place.label, measure, getattr(place, measure), getattr(new[iri], measure))
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
