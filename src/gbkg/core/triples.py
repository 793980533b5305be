"""A small RDF graph in memory: triples looked up by subject, predicate and object.

Literals keep their form, unlike in pyoxigraph's store ("1.50" becomes "1.5" there).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from pyoxigraph import NamedNode, Triple

from gbkg.core.terms import Term, term


class Graph:
    """A set of triples in the given order. Predicates are prefixed names, such as "rdfs:label"."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        self._triples = dict.fromkeys(triples)

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._triples)

    def __len__(self) -> int:
        return len(self._triples)

    def __or__(self, other: Graph) -> Graph:
        return Graph((*self, *other))

    def about(self, subject: Term) -> list[Triple]:
        """The triples of a subject, in order."""
        return self._by_subject.get(subject, [])

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """The objects of a subject and predicate, in order."""
        return list(self._by_both.get((subject, term(predicate)), ()))

    def value(self, subject: Term, predicate: str) -> Term | None:
        """The first of these objects; None if there is none."""
        return next(iter(self.objects(subject, predicate)), None)

    def text(self, subject: Term, predicate: str) -> str:
        """The text of this object: lexical form or IRI; "" if there is none."""
        found = self.value(subject, predicate)
        return "" if found is None else found.value

    def pairs(self, predicate: str) -> list[tuple[Term, Term]]:
        """The subject and object of each triple with a predicate, in order."""
        return self._by_predicate.get(term(predicate), [])

    def subjects(self, predicate: str, value: Term | None = None) -> list[Term]:
        """The subjects that have a predicate (with this value, if given), sorted by IRI."""
        found = {subject for subject, other in self.pairs(predicate) if value is None or other == value}
        return sorted(found, key=lambda subject: subject.value)

    def instances(self, cls: str) -> list[Term]:
        """The instances of a class, a prefixed name, sorted by IRI."""
        return self.subjects("rdf:type", term(cls))

    def values(self, predicate: str) -> list[Term]:
        """The objects of all triples with a predicate, in order."""
        return [value for _, value in self.pairs(predicate)]

    def naming(self, value: Term) -> list[Term]:
        """The subjects of triples with this object, sorted by IRI."""
        return sorted({subject for subject, _, other in self if other == value}, key=lambda subject: subject.value)

    def above(self, start: Term, relation: str) -> list[Term]:
        """The start and everything that the relation leads to from it, in any number of steps."""
        found = [start]
        for one in found:  # which grows
            found += [other for other in self.objects(one, relation) if other not in found]
        return found

    def below(self, start: Term, relation: str) -> list[Term]:
        """The start and everything from which the relation leads to it, in any number of steps."""
        found = [start]
        for one in found:  # which grows
            found += [other for other in self.subjects(relation, one) if other not in found]
        return found

    def items(self, start: Term) -> list[Term]:
        """The items of an RDF list; one that runs in a circle ends where it began."""
        found: list[Term] = []
        seen: list[Term | None] = []
        node: Term | None = start
        while node is not None and node not in seen:
            seen.append(node)
            found += self.objects(node, "rdf:first")
            node = self.value(node, "rdf:rest")
        return found

    @cached_property
    def _by_subject(self) -> dict[Term, list[Triple]]:
        found: dict[Term, list[Triple]] = {}
        for one in self:
            found.setdefault(one.subject, []).append(one)  # type: ignore[arg-type]
        return found

    @cached_property
    def _by_both(self) -> dict[tuple[Term, NamedNode], list[Term]]:
        found: dict[tuple[Term, NamedNode], list[Term]] = {}
        for subject, predicate, value in self:
            found.setdefault((subject, predicate), []).append(value)
        return found

    @cached_property
    def _by_predicate(self) -> dict[NamedNode, list[tuple[Term, Term]]]:
        found: dict[NamedNode, list[tuple[Term, Term]]] = {}
        for subject, predicate, value in self:
            found.setdefault(predicate, []).append((subject, value))
        return found
