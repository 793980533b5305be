"""When relations can hold: the dates that the graph gives for them and for their two ends."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable

from gbkg.ask.opened import KnowledgeGraph
from gbkg.core import namespaces
from gbkg.core.errors import GbkgError
from gbkg.network import families

_BEGINS = ("foundedOn", "launchedOn", "issuedOn", "announcedOn", "occurredOn")
"""The date properties before which an entity was not there."""
_DATED: dict[str, tuple[str, ...]] = {
    "establishedBy": ("foundedOn",),
    "settledIn": ("settledOn",),
    "launchedBy": ("launchedOn",),
    "launchedIn": ("launchedOn",),
    "pilotedIn": ("pilotStartedOn",),
    "issuedBy": ("issuedOn", "announcedOn"),
    "addressedTo": ("issuedOn", "announcedOn"),
    "conductedBy": ("occurredOn",),
    "involves": ("occurredOn",),
}
"""Relation to the dates of its subject that are dates of the relation too."""
_DATES = frozenset(_BEGINS).union(*_DATED.values())

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


class Calendar:
    """The dates among the triples that are given: subject, property, lexical form."""

    def __init__(self, kg: KnowledgeGraph, triples: Iterable[tuple[str, str, str]]) -> None:
        self._kg = kg
        self._dates: dict[tuple[str, str], list[str]] = {}
        self._dated: dict[str, tuple[str, ...]] = {}
        dates = {str(namespaces.GBKG[name]): name for name in _DATES}
        for subject, relation, value in triples:
            name = dates.get(relation)
            if name:
                self._dates.setdefault((subject, name), []).append(value)

    def of(self, triple: tuple[str, str, str]) -> list[str]:
        """The dates on which the relation itself came about, as the graph has them; a date may lack its year."""
        subject, relation, _ = triple
        if relation not in self._dated:
            general = {iri.rpartition("#")[2] for iri in families.above(self._kg.store, relation)}
            self._dated[relation] = tuple(sorted({name for word in general for name in _DATED.get(word, ())}))
        return sorted(date for name in self._dated[relation] for date in self._dates.get((subject, name), []))

    def begins(self, entity: str) -> list[str]:
        """The dates before which the entity was not there."""
        return sorted(date for name in _BEGINS for date in self._dates.get((entity, name), []))

    def since(self, triple: tuple[str, str, str]) -> str:
        """The latest date with a year before which the relation cannot have held: its own, or the beginning of an
        end; the empty string when none is known."""
        known = [*self.of(triple), *self.begins(triple[0]), *self.begins(triple[2])]
        return max((date for date in known if first_day(date)), key=first_day, default="")


def first_day(date: str) -> str:
    """The first day that a date can mean, YYYY-MM-DD; the empty string, which sorts first, when it has no year.

    >>> first_day("2018"), first_day("2018-11"), first_day("--05")
    ('2018-01-01', '2018-11-01', '')
    """
    found = _DAY.fullmatch(date)
    return f"{found[1]}-{found[2] or '01'}-{found[3] or '01'}" if found else ""


def last_day(date: str) -> str:
    """The last day that a date can mean, YYYY-MM-DD.

    Raises `GbkgError` when it is not YYYY, YYYY-MM or YYYY-MM-DD, or no day of the calendar.

    >>> last_day("2018"), last_day("2016-02")
    ('2018-12-31', '2016-02-29')
    """
    found = _DAY.fullmatch(date)
    if found and found[1] != "0000" and 1 <= int(found[2] or 12) <= 12:
        days = monthrange(int(found[1]), int(found[2] or 12))[1]
        if 1 <= int(found[3] or days) <= days:
            return f"{found[1]}-{found[2] or '12'}-{found[3] or days}"
    raise GbkgError(f"not a date: {date!r}", hint="write YYYY, YYYY-MM or YYYY-MM-DD, such as 2018-11")
