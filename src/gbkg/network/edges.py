"""The edges of a network: relations that claims state, relations that follow from them, and which are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, partial
from itertools import chain
from typing import Any

from gbkg.ask import hierarchy
from gbkg.ask.opened import OpenGraph
from gbkg.core.literals import first_day, last_day
from gbkg.core.prefixes import spaced
from gbkg.evidence.ledger import Ledger, base_of, proofs, strongest
from gbkg.evidence.proofs import ClaimStanding, Triple
from gbkg.network.families import Calendar

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
    mirrors = hierarchy.mirrors(kg.store)
    said: dict[tuple[str, str], list[str]] = {}
    for edge in found:
        said.setdefault((edge.subject, edge.object), []).append(edge.relation)

    @cache
    def broader(relation: str) -> frozenset[str]:
        return hierarchy.above(kg.store, relation) - {relation}

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
