"""RDF terms, which are pyoxigraph's, and the IRIs that gbkg mints."""

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from typing import Any, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from gbkg.core.prefixes import BUILT_IN, PREFIXES

Term = NamedNode | BlankNode | Literal
TripleKey = tuple[Term, NamedNode, Term]
"""Subject, predicate, object."""


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


def adopt(prefix: str, namespace: str) -> None:
    """Gives a prefix to the namespace of the project's own terms, in this process, instead of that of a project that
    was read before; "" for none."""
    if {prefix: namespace} == {p: PREFIXES[p] for p in PREFIXES.keys() - BUILT_IN}:
        return
    for former in PREFIXES.keys() - BUILT_IN:
        del PREFIXES[former]
    if prefix:
        PREFIXES[prefix] = namespace
    term.cache_clear()


def named(name: str) -> NamedNode:
    """The term that tables call by this name (`gbkg.core.prefixes.term_name`).

    >>> print(named("partOf"))
    <https://w3id.org/gbkg/ontology#partOf>
    """
    return term(name if ":" in name else f"gbkg:{name}")


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
    return sha256(text.encode()).hexdigest()[:16]
