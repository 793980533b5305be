"""What differs between two networks without some of the evidence: measures without weak relations; and what falls when
claims are withdrawn, facts, inferences, measures, and answers to saved queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.ask import answers
from gbkg.ask.answers import Truth
from gbkg.ask.opened import OpenGraph
from gbkg.core.difference import between
from gbkg.core.errors import GbkgError, ParseError, QueryLimitError
from gbkg.core.limits import Limits
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term, term, to_json
from gbkg.evidence.ledger import Ledger, base_of, proofs, read, strongest
from gbkg.evidence.proofs import Triple
from gbkg.network.centrality import Effort
from gbkg.network.measures import Analysis, NodeMeasures, analyse, plain
from gbkg.network.projection import Edge, Network, Selection, edges, linked, project, sentence
from gbkg.network.structure import Bridge
from gbkg.store.base import Store
from gbkg.store.memory import Memory

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
class NetworkComparison:
    """What is different between two networks of the same nodes, so that the measures have the same denominators.

    `lost` are the edges that only the first has; `alone` the nodes that have edges in the first only; `changes` every
    measure that differs, by measure in the order of `MEASURES`, the largest change first, then by label, an estimate
    only if it differs by more than the errors of both; `joints_lost`
    and `joints_gained` articulation points, `bridges_lost` and `bridges_gained` bridges of one network only.
    """

    before: Analysis
    after: Analysis
    lost: tuple[Edge, ...]
    alone: tuple[NodeMeasures, ...]
    changes: tuple[MeasureChange, ...]
    joints_lost: tuple[NodeMeasures, ...]
    joints_gained: tuple[NodeMeasures, ...]
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


def without(
    kg: OpenGraph, selection: Selection, weak: Collection[str], effort: Effort | None = None
) -> NetworkComparison:
    """The measures with all edges of a selection, and without the weak ones (words of `edges.WEAK`)."""
    ledger = read(kg.store)
    before = linked(project(kg, ledger, selection))
    return compare(before, project(kg, ledger, replace(selection, without=(*selection.without, *weak))), effort)


def compare(before: Network, after: Network, effort: Effort | None = None) -> NetworkComparison:
    """The differences between two networks; of the second only the nodes of the first count."""
    after = _among(after, before)
    first, second = analyse(before, effort), analyse(after, effort)
    kept = {edge.triple for edge in edges(after)}
    old, new = ({place.iri: place for place in analysis.places} for analysis in (first, second))
    held, holding = ({bridge.ends: bridge for bridge in analysis.bridges} for analysis in (first, second))
    return NetworkComparison(
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


def _changes(
    old: dict[str, NodeMeasures], new: dict[str, NodeMeasures], noise: dict[str, float]
) -> tuple[MeasureChange, ...]:
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


SECONDS = 10.0
"""How long a query may take on each graph, unless a caller says otherwise."""

AnswerRow = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """How the answer to a saved query changes. `rows` is their number before; `lost` and `gained` are the rows that
    only the first, or only the second, answer has: pyoxigraph terms by `columns`, None where a column is not bound,
    in the order of their N-Triples. An ASK has one row, `answer`; triples have subject, predicate and object."""

    query: str
    columns: tuple[str, ...]
    rows: int
    lost: tuple[AnswerRow, ...]
    gained: tuple[AnswerRow, ...]

    @property
    def after(self) -> int:
        """The number of rows after the change."""
        return self.rows - len(self.lost) + len(self.gained)

    def to_dict(self) -> dict[str, Any]:
        """Counts, and the rows as bindings of SPARQL 1.1 Query Results JSON (section 3.2.1)."""
        return {
            "query": self.query,
            "columns": list(self.columns),
            "rows": self.rows,
            "rows_after": self.after,
            "lost": len(self.lost),
            "gained": len(self.gained),
            "rows_lost": [self._bindings(row) for row in self.lost],
            "rows_new": [self._bindings(row) for row in self.gained],
        }

    def _bindings(self, row: AnswerRow) -> dict[str, Any]:
        return {name: to_json(cell) for name, cell in zip(self.columns, row, strict=True) if cell is not None}


@dataclass(frozen=True, slots=True)
class Fallen:
    """A triple that no longer holds, the same in words, and the claims (keys) that said it, or from which it was
    inferred: those of its best derivation (`evidence.proofs`)."""

    triple: Triple
    text: str
    claims: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The fields, the triple as `subject`, `relation`, `object`."""
        ends = dict(zip(("subject", "relation", "object"), self.triple, strict=True))
        return {**ends, "text": self.text, "claims": list(self.claims)}


@dataclass(frozen=True, slots=True)
class Removal:
    """What no longer holds after a withdrawal: `claims` (keys), `facts` (triples that no accepted claim says any more),
    `inferred` (triples of which every derivation has lost a premise), the comparison of the networks, the `answers`
    that are no longer the same, `skipped`, the saved queries that took too long, and how many were `compared`."""

    claims: tuple[str, ...]
    facts: tuple[Fallen, ...]
    inferred: tuple[Fallen, ...]
    comparison: NetworkComparison
    answers: tuple[AnswerChange, ...]
    skipped: tuple[str, ...] = ()
    compared: int = 0

    def to_dict(self, top: int | None = None) -> dict[str, Any]:
        """Plain values for JSON; of the measures that change the first `top`, or all."""
        return {
            "claims": list(self.claims),
            "facts": [record.to_dict() for record in self.facts],
            "inferred": [record.to_dict() for record in self.inferred],
            "comparison": self.comparison.to_dict(top),
            "answers": [answer.to_dict() for answer in self.answers],
            "skipped": list(self.skipped),
        }


def withdraw(
    kg: OpenGraph,
    selection: Selection,
    keys: Collection[str],
    timeout: float | None = SECONDS,
    effort: Effort | None = None,
) -> Removal:
    """What would not hold if the claims with these keys had not been made; `timeout` is in seconds, for each saved
    query and graph, None for no limit.

    With a claim go its own triples, its fact if no other accepted claim says it, and what was inferred from that fact
    and follows from nothing else. Passages and curation stay: the text is still there.
    """
    ledger, gone = read(kg.store), frozenset(keys)
    facts, inferred = fallen(ledger, gone)
    before = linked(project(kg, ledger, selection))
    after = project(kg, ledger, replace(selection, withdrawn=selection.withdrawn | gone))
    rest = store_without(kg.store, gone, {*facts, *inferred})
    said = _claims_behind(ledger, (*facts, *inferred))
    changed, skipped = answers_changed(kg, rest, timeout)
    return Removal(
        claims=tuple(sorted(gone)),
        facts=tuple(Fallen(triple, sentence(kg, triple), said[triple]) for triple in facts),
        inferred=tuple(Fallen(triple, sentence(kg, triple), said[triple]) for triple in inferred),
        comparison=compare(before, after, effort),
        answers=changed,
        skipped=skipped,
        compared=len(kg.project.queries) - len(skipped),
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


def answers_changed(
    kg: OpenGraph, rest: Store, timeout: float | None
) -> tuple[tuple[AnswerChange, ...], tuple[str, ...]]:
    """The saved queries of the project whose answer is another in `rest`, with the parameters that each file has as it
    stands; and the names of those that were skipped, because one of the answers took longer than `timeout` seconds.

    Raises `ParseError` or `GbkgError` with the file at what is not a query, or may not be asked.
    """
    found, skipped = [], []
    for path in kg.project.queries:
        try:
            (columns, before), (_, after) = (_asked(kg, store, path, timeout) for store in (kg.store, rest))
        except QueryLimitError:
            skipped.append(path.stem)
            continue
        lost, gained = (tuple(sorted(rows, key=_ordered)) for rows in between(partial(iter, before), after))
        if lost or gained:
            found.append(AnswerChange(path.stem, columns, len(before), lost, gained))
    return tuple(found), tuple(skipped)


def _asked(kg: OpenGraph, store: Store, path: Path, timeout: float | None) -> tuple[tuple[str, ...], list[AnswerRow]]:
    """Columns and rows of the answer."""
    shown = kg.project.show(path)
    try:
        answer = answers.run(store, kg.project.text(path), limits=Limits.of(timeout, None))
    except QueryLimitError:
        raise
    except GbkgError as error:
        kind = ParseError if isinstance(error, ParseError) else GbkgError
        placed = kind(error.message, file=error.file or shown, line=error.line, column=error.column, hint=error.hint)
        raise placed from error
    if isinstance(answer, Truth):
        return ("answer",), [(ox.Literal(answer.value),)]
    if isinstance(answer, answers.Triples):
        return ("subject", "predicate", "object"), [(t.subject, t.predicate, t.object) for t in answer]
    return answer.columns, list(answer.rows)


def _ordered(row: AnswerRow) -> list[str]:
    return [str(term) for term in row]


def store_without(store: Store, keys: Collection[str], triples: Collection[Triple]) -> Store:
    """The graph as it would be without these claims and triples; records of inference that lost a premise go too."""
    gone = {ox.NamedNode(PREFIXES["clm"] + key) for key in keys} | _inferences(store, triples)
    direct = {term("graph:facts"), term("graph:inferred")}

    def stays(quad: ox.Quad) -> bool:
        return _key(quad) not in triples if quad.graph_name in direct else quad.subject not in gone

    return Memory.of(quad for quad in store if stays(quad))


def _inferences(store: Store, triples: Collection[Triple]) -> set[Term]:
    """The records of inference that have one of the triples as premise or conclusion."""
    said: dict[Term, dict[str, str]] = {}
    for name in ("rdf:subject", "rdf:predicate", "rdf:object"):
        for quad in store.quads(None, term(name), None, term("graph:inferences")):
            said.setdefault(quad.subject, {})[name] = quad.object.value
    lost = {node for node, triple in said.items() if tuple(triple.values()) in triples}
    links = (term("gbkg:premise"), term("gbkg:conclusion"))
    return {quad.subject for link in links for quad in store.quads(None, link) if quad.object in lost}


def _key(quad: Any) -> Triple:
    return quad.subject.value, quad.predicate.value, quad.object.value
