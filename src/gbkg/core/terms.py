"""RDF terms, which are pyoxigraph's, the IRIs that gbkg mints, and a small graph to look triples up in."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cache, cached_property, lru_cache
from itertools import groupby
from typing import Any, Protocol, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from gbkg.core.prefixes import BASE, BUILT_IN, OWN, PREFIXES, base

Term = NamedNode | BlankNode | Literal
TripleKey = tuple[Term, NamedNode, Term]
"""Subject, predicate, object."""
_T = TypeVar("_T", bound=Hashable)


class Quad(Protocol):
    """A `pyoxigraph.Quad` as our graphs have it: in a named graph, of a node with an IRI (the gates of a build refuse
    blank nodes), without the triples that RDF 1.2 allows as terms."""

    @property
    def subject(self) -> NamedNode: ...
    @property
    def predicate(self) -> NamedNode: ...
    @property
    def object(self) -> Term: ...
    @property
    def graph_name(self) -> NamedNode: ...
    @property
    def triple(self) -> Triple: ...
    def __iter__(self) -> Iterator[Any]: ...


@cache
def term(name: str) -> NamedNode:
    """The IRI of a prefixed name such as gbkg:Claim."""
    return minted(*name.split(":", 1))


def minted(prefix: str, local: str) -> NamedNode:
    """The IRI of a local name in the namespace of a prefix."""
    return NamedNode(PREFIXES[prefix] + local)


def node(iri: str | None) -> NamedNode | None:
    """The term of an IRI; None for a text that is none.

    >>> print(node("https://example.org/tea"), node("of tea"))
    <https://example.org/tea> None
    """
    try:
        return NamedNode(iri) if iri else None
    except ValueError:
        return None


def adopt(prefix: str, namespace: str, address: str = BASE) -> None:
    """Gives a prefix to the namespace of the project's own terms, "" for none, and puts its entities, sources, claims
    and curation below an address; in this process, instead of what was said by a project that was read before."""
    wanted = _wanted(prefix, namespace, address)
    if wanted != PREFIXES:
        PREFIXES.clear()
        PREFIXES.update(wanted)
        term.cache_clear()


@lru_cache(maxsize=16)
def _wanted(prefix: str, namespace: str, address: str) -> dict[str, str]:
    return BUILT_IN | {name: address + part for name, part in OWN.items()} | ({prefix: namespace} if prefix else {})


def named(name: str) -> NamedNode:
    """The term that tables call by this name (`gbkg.core.prefixes.term_name`).

    >>> print(named("partOf"))
    <https://w3id.org/gbkg/ontology#partOf>
    """
    return term(name if ":" in name else f"gbkg:{name}")


def adopted() -> tuple[str, str, str]:
    """What was given to `adopt` last: prefix and namespace of the project's own terms, and the address."""
    prefix, namespace = next(((name, PREFIXES[name]) for name in PREFIXES.keys() - BUILT_IN), ("", ""))
    return prefix, namespace, base()


def triple(line: str) -> NamedNode:
    """The IRI of a triple, `…/triple/HASH`. `line` is its line of N-Triples, `<s> <p> <o> .`, without line feed.

    HASH is the first 16 hexadecimal digits of the SHA-256 of the line in UTF-8.

    >>> print(triple("<urn:s> <urn:p> <urn:o> ."))
    <https://w3id.org/gbkg/triple/0fdd68de3d6dff65>
    """
    return minted("trp", _digest(line))


def inference(rule: str, conclusion: str, premises: Iterable[str]) -> NamedNode:
    """The IRI of one use of a rule, `…/inference/HASH`. Triples are given as for `triple`, premises in any order.

    HASH is that of the rule's name, the conclusion and the sorted premises, joined by line feeds.
    """
    return minted("inf", _digest("\n".join((rule, conclusion, *sorted(premises)))))


def to_json(found: Term | Triple) -> dict[str, Any]:
    """A term as SPARQL 1.1 Query Results JSON has it (https://www.w3.org/TR/sparql11-results-json/, section 3.2.2).

    >>> to_json(Literal("city", language="en"))
    {'type': 'literal', 'value': 'city', 'xml:lang': 'en'}
    """
    if isinstance(found, NamedNode):
        return {"type": "uri", "value": found.value}
    if isinstance(found, BlankNode):
        return {"type": "bnode", "value": found.value}
    if isinstance(found, Literal):
        literal = {"type": "literal", "value": found.value}
        if found.language:
            literal["xml:lang"] = found.language
        elif found.datatype != term("xsd:string"):
            literal["datatype"] = found.datatype.value
        return literal
    parts = zip(("subject", "predicate", "object"), found, strict=True)
    return {"type": "triple", "value": {name: to_json(part) for name, part in parts}}


def _digest(text: str) -> str:
    return str(_sha256()(text.encode()).hexdigest())[:16]


@cache
def _sha256() -> Any:
    from hashlib import sha256  # here: it takes two milliseconds, which no command needs that only asks

    return sha256


def reachable(starts: Iterable[_T], near: Callable[[_T], Iterable[_T]]) -> list[_T]:
    """All that is reached from `starts`, themselves included, each once, the nearest first; `near` gives the neighbours
    of each.

    >>> reachable([1], lambda number: [2 * number, 1] if number < 8 else [])
    [1, 2, 4, 8]
    """
    found = dict.fromkeys(starts)
    waiting = list(found)
    for one in waiting:  # which grows
        new = dict.fromkeys(other for other in near(one) if other not in found)
        found |= new
        waiting += new
    return waiting


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
        return reachable([start], lambda one: self.objects(one, relation))

    def below(self, start: Term, relation: str) -> list[Term]:
        """The start and everything from which the relation leads to it, in any number of steps."""
        return reachable([start], lambda one: self.subjects(relation, one))

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


class Packed(Graph):
    """A graph of many nodes that keeps their triples as text, in a sixth of the memory; for look-ups by subject."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        self._runs: list[bytes] = []
        self._places: dict[Term, list[int]] = {}
        self._size = 0
        self._last: tuple[Term | None, list[Triple]] = None, []
        for subject, some in groupby(dict.fromkeys(triples), lambda triple: triple.subject):
            run = [f"{triple} .\n" for triple in some]
            self._places.setdefault(subject, []).append(len(self._runs))
            self._runs.append("".join(run).encode())
            self._size += len(run)

    def __iter__(self) -> Iterator[Triple]:
        for run in self._runs:
            yield from _parsed(run)

    def __len__(self) -> int:
        return self._size

    def about(self, subject: Term) -> list[Triple]:
        if self._last[0] != subject:
            self._last = subject, [one for at in self._places.get(subject, ()) for one in _parsed(self._runs[at])]
        return self._last[1]

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        wanted = term(predicate)
        return [value for _, found, value in self.about(subject) if found == wanted]

    def pairs(self, predicate: str) -> list[tuple[Term, Term]]:
        wanted, name = term(predicate), f" {term(predicate)} ".encode()
        runs = (run for run in self._runs if name in run)
        return [(subject, value) for run in runs for subject, found, value in _parsed(run) if found == wanted]


def _parsed(run: bytes) -> Iterator[Triple]:
    return (quad.triple for quad in parse(run, format=RdfFormat.N_TRIPLES))
