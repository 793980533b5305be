"""An entity in the order of its page: relations by kind, main facts, figures, what happened when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from gbkg.ask.show import EntityPage
from gbkg.ask.statements import Curated, Statement
from gbkg.evidence.proofs import Quotation
from gbkg.knowledge import KnowledgeGraph
from gbkg.network.families import FAMILIES, ranks
from gbkg.render.draw import dates

MAIN = 7
"""Kinds of relation of which the card of main facts has some."""
FEW = 3
"""Things at the other end, and figures, that it has of each."""
_PRIMARY = frozenset(place for place, name in enumerate(FAMILIES) if name not in ("topic", "other"))
"""The places of the families of relations that a card of main facts has."""


@dataclass(frozen=True, slots=True)
class Item:
    """What stands at the other end of a kind of relation, with the statements that say so."""

    other: str
    end: str
    statements: tuple[Statement, ...]

    @property
    def inferred(self) -> bool:
        """Whether it only follows by rules."""
        return all(one.proof for one in self.statements)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of relation in one direction; `back` if the entity is its object. `rank` is that of its family."""

    predicate: str
    label: str
    back: bool
    rank: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Profile:
    """`page` in the order of the page of HTML."""

    page: EntityPage
    _rank: Callable[[str], int] = field(repr=False)

    def of(self, group: str) -> tuple[Statement, ...]:
        """The statements of a group."""
        return tuple(one for one in self.page.statements if one.group == group)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Relations both ways by kind, in the order of `network.families.FAMILIES`; those from the entity first."""
        found: dict[tuple[bool, str], list[Statement]] = {}
        for one in (*self.page.statements, *self.page.inferred):
            if one.group.startswith("Relations"):
                found.setdefault((one.group == "Relations to it", one.predicate), []).append(one)
        kinds = [
            Kind(predicate, some[0].label, back, self._rank(predicate), _items(some))
            for (back, predicate), some in found.items()
        ]
        return tuple(sorted(kinds, key=lambda kind: (kind.back, kind.rank, kind.label)))

    @cached_property
    def main(self) -> tuple[Kind, ...]:
        """The kinds of relation that say most of what the entity is."""
        return tuple([kind for kind in self.kinds if not kind.back and kind.rank in _PRIMARY][:MAIN])

    @cached_property
    def said(self) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
        """What is said of the entity, by what it is: label and statements."""
        found: dict[str, list[Statement]] = {}
        for one in self.of("Said of it"):
            found.setdefault(one.label, []).append(one)
        return tuple((label, tuple(some)) for label, some in found.items())

    @cached_property
    def dated(self) -> tuple[Statement, ...]:
        """What has a date, in order of time, what has no year last."""
        found = [one for one in self.page.statements if one.group in ("Dates", "Statistics") and date(one)]
        return tuple(sorted(found, key=moment))

    @cached_property
    def entity(self) -> tuple[Curated, ...]:
        """What the curators say of the entity itself, or of claims that have no place here."""
        shown = {node.name for one in self.page.statements for node in one.curation}
        return tuple(node for node in self.page.curation if node.name not in shown)

    @cached_property
    def sentences(self) -> tuple[Quotation, ...]:
        """The quotations behind all statements, those of the claims of the page first, numbered from 1."""
        found = {passage.iri.value: passage for passage, _ in self.page.passages}
        made = [Quotation(iri, one.source, one.start, one.end, one.exact) for iri, one in found.items()]
        more = {q.passage: q for one in self.page.inferred for claim in one.evidence for q in claim.quotations}
        return (*made, *(quotation for iri, quotation in more.items() if iri not in found))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """IRI of a passage to its number on the page."""
        return {quotation.passage: number for number, quotation in enumerate(self.sentences, start=1)}


def profile(kg: KnowledgeGraph, page: EntityPage) -> Profile:
    """The entity of a page in order."""
    return Profile(page, ranks(kg.store))


def moment(one: Statement) -> tuple[bool, float, float, str]:
    """What statements are sorted by in time: those without a year last."""
    span = dates.span(date(one))
    return span is None, span.start if span else 0.0, span.end if span else 0.0, date(one)


def date(one: Statement) -> str:
    """The date of a statement as XML Schema has it; empty if it has none."""
    if one.group == "Dates":
        return one.end
    return one.claim.dating.value if one.claim and one.claim.dating else ""


def _items(found: Iterable[Statement]) -> tuple[Item, ...]:
    """By the other end, sorted by its label; what is stated comes before what is inferred."""
    ends: dict[tuple[str, str], list[Statement]] = {}
    for one in found:
        ends.setdefault((one.other, one.end), []).append(one)
    items = [Item(other, end, tuple(some)) for (other, end), some in ends.items()]
    return tuple(sorted(items, key=lambda item: (item.inferred, item.end, item.other)))
