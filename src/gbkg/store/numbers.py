"""Numbers for the terms of one answer, so that a triple is three numbers and a derivation a set of such.

Terms take long to compare, so each is looked up once for a cell of a solution."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from gbkg.core.terms import Term, TripleKey

Ids = tuple[int, ...]
"""Numbers of terms: of a triple, or of the columns of a solution."""


class Numbers(dict[Term | None, int]):
    """The number of each term of an answer, in the order in which they come; what is unbound has 0. `terms` are the
    terms by number."""

    def __init__(self) -> None:
        super().__init__({None: 0})
        self.terms: list[Any] = [None]
        self._texts = _Texts(self.terms)

    def __missing__(self, term: Term) -> int:
        number = self[term] = len(self.terms)
        self.terms.append(term)
        return number

    def forget(self) -> None:
        """Forgets the texts; numbers stay."""
        self._texts.clear()

    def first(self, number: int) -> Numbers:
        """Numbers of the first terms, so many."""
        found = Numbers()
        found.terms.extend(self.terms[1 : number + 1])
        found.update(zip(found.terms, range(number + 1), strict=True))
        return found

    def ids(self, triple: TripleKey) -> Ids:
        """The numbers of a triple."""
        s, p, o = triple
        return self[s], self[p], self[o]

    def triple(self, ids: Ids) -> TripleKey:
        """The terms of a triple."""
        s, p, o = ids
        terms = self.terms
        return terms[s], terms[p], terms[o]

    def text(self, triple: Ids) -> tuple[str, str, str]:
        """The texts of the terms of a triple, each made once; triples have the order of these."""
        s, p, o = triple
        texts = self._texts
        return texts[s], texts[p], texts[o]


class _Texts(dict[int, str]):
    """The texts of terms by number, each made when it is first asked for."""

    def __init__(self, terms: list[Any]) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, number: int) -> str:
        text = self[number] = str(self._terms[number])
        return text


@dataclass(slots=True, eq=False)
class Bare:
    """A derivation before its evidence is looked up: numbers of triples, and remarks. Two are equal that have the same
    triples and remarks.

    The triples are in the order of the query. Those of a group are `gathered` from its members, which come in whatever
    order the engine has: they are put in the order of their text when they are asked for.
    """

    found: tuple[Ids, ...]
    remarks: tuple[str, ...]
    numbers: Numbers = field(repr=False)
    gathered: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bare) and (self.triples, self.remarks) == (other.triples, other.remarks)

    def __hash__(self) -> int:
        return hash((self.triples, self.remarks))

    @property
    def ids(self) -> tuple[Ids, ...]:
        """The numbers of all triples."""
        return self.first(None)

    def first(self, most: int | None) -> tuple[Ids, ...]:
        """The numbers of the first triples; None is all."""
        if not self.gathered:
            return self.found[:most]
        if most is None or len(self.found) <= most:
            return tuple(sorted(self.found, key=self.numbers.text))
        return tuple(nsmallest(most, self.found, key=self.numbers.text))

    @property
    def triples(self) -> tuple[TripleKey, ...]:
        """All triples."""
        return tuple(map(self.numbers.triple, self.ids))
