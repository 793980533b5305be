"""Terms and triples of RDF, as pyoxigraph has them."""

from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode

from gbkg.core.prefixes import PREFIXES

Term = NamedNode | BlankNode | Literal
TripleKey = tuple[Term, NamedNode, Term]
"""Subject, predicate, object."""


@cache
def term(name: str) -> NamedNode:
    """The IRI that prefix:local stands for."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)
