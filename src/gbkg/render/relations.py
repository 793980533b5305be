"""Relations, in words and as JSON: what surrounds an entity, what leads from one to another, and the network as a
whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from gbkg.ask.opened import OpenGraph
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.evidence.ledger import Footnotes
from gbkg.network import text
from gbkg.network.measures import Analysis, NodeMeasures
from gbkg.network.paths import Apart, Hop, Paths
from gbkg.network.projection import Network
from gbkg.network.withdraw import NetworkComparison, Removal


@dataclass(frozen=True)
class NeighboursResult(Result):
    """Who and what is around an entity: `steps`, of all links of each distance (`rings`)."""

    kind = "neighbours"
    kg: OpenGraph
    network: Network
    start: str
    rings: tuple[tuple[tuple[str, str], ...], ...]
    steps: tuple[Hop, ...]
    notes: Footnotes
    narrowed: bool = False
    """True if only some kinds of relations were asked for."""

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        yield from text.neighbours(self.kg, self.network, self.start, self.rings, self.steps, self.notes)
        if not self.steps:
            yield "  no relation" + " of this kind" * self.narrowed
        yield from text.evidence(self.notes)

    def values(self) -> dict[str, Any]:
        hops = [hop.to_dict() for hop in self.steps]
        return {"entity": self.start, "hops": hops, "quotations": _quotations(self.steps, self.notes)}


@dataclass(frozen=True)
class PathsResult(Result):
    """The shortest paths between two entities, or why there is none; then `wider` has the words for the fewest further
    relations that join them, and the steps."""

    kind = "paths"
    kg: OpenGraph
    ends: tuple[str, str]
    found: Paths | Apart
    notes: Footnotes
    wider: tuple[str, tuple[Hop, ...]] | None = None

    @property
    def joined(self) -> bool:
        """True if there is a path."""
        return not isinstance(self.found, Apart)

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        if isinstance(self.found, Apart):
            yield from text.apart(self.kg, self.ends, self.found)
            if self.wider:
                yield text.nearer(self.kg, *self.wider)
            return
        yield from text.paths(self.kg, self.found, self.notes)
        yield from text.evidence(self.notes)

    def values(self) -> dict[str, Any]:
        ends = {"from": self.ends[0], "to": self.ends[1]}
        if isinstance(self.found, Apart):
            wider = [hop.to_dict() for hop in self.wider[1]] if self.wider else None
            return {**ends, "paths": [], "components": [self.found.here, self.found.there], "wider": wider}
        paths = [[hop.to_dict() for hop in way] for way in self.found]
        return {**ends, "paths": paths, "quotations": _quotations((h for way in self.found for h in way), self.notes)}


@dataclass(frozen=True)
class NetworkResult(Result):
    """The measures of the network; or what differs without relations of weak evidence, or without what was withdrawn.
    `top` rows of each list are printed, and are in the JSON; None: 15 of them, and all."""

    kind = "network"
    found: Analysis | NetworkComparison | Removal
    without: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    top: int | None = None

    @property
    def measured(self) -> Analysis:
        """The measures of the network before anything was left out."""
        if isinstance(self.found, Analysis):
            return self.found
        return (self.found.comparison if isinstance(self.found, Removal) else self.found).before

    def lines(self, width: int = WIDTH) -> Lines:
        rows = self.top or text.ROWS
        if isinstance(self.found, Removal):
            return text.removal(self.found, self.withdrawn, self.answers, rows, width)
        if isinstance(self.found, NetworkComparison):
            return text.without(self.found, self.without, rows, width)
        return text.analysis(self.found, rows, width)

    def values(self) -> dict[str, Any]:
        return self.found.to_dict(self.top)

    def table(self) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        """The one list for a sheet, as columns and rows: the entities, or the measures that differ."""
        if isinstance(self.found, Analysis):
            rows = [asdict(place) for place in self.found.places[: self.top]]
            return tuple(field.name for field in fields(NodeMeasures)), rows
        compared = self.found.comparison if isinstance(self.found, Removal) else self.found
        columns = ("iri", "label", "measure", "before", "after", "change")
        return columns, [change.to_dict() for change in compared.changes[: self.top]]


def _quotations(hops: Iterable[Hop], notes: Footnotes) -> list[dict[str, Any]]:
    """What proves the relations: every quotation once, with the claims that it proves."""
    for hop in hops:
        for edge in hop.relations:
            notes.numbers(edge.claims)
    return [{**quotation.to_dict(), "claims": list(keys)} for _, quotation, keys in notes.notes()]
