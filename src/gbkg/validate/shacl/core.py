"""The terms of SHACL that may be used here: SHACL Core of 2017 (https://www.w3.org/TR/shacl/)."""

from __future__ import annotations

from rdflib import Graph
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from gbkg.core.prefixes import shorten

_TARGETS = "targetClass targetNode targetSubjectsOf targetObjectsOf"
_PATHS = "path inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath"
_CONSTRAINTS = """class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive
    minLength maxLength pattern flags languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone
    node property qualifiedValueShape qualifiedValueShapesDisjoint qualifiedMinCount qualifiedMaxCount closed
    ignoredProperties hasValue in deactivated"""
_WORDS = "severity message name description order group defaultValue"
_THINGS = """NodeShape PropertyShape PropertyGroup Shape Violation Warning Info
    BlankNode IRI Literal BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral"""
# rdflib cannot list the terms that are Python keywords as attributes.
TERMS = frozenset(str(SH[name]) for name in (*SH.__annotations__, "and", "class", "in", "not", "or"))
"""All terms that SHACL has, by IRI."""
CORE = frozenset(SH[name] for name in f"{_TARGETS} {_PATHS} {_CONSTRAINTS} {_WORDS} {_THINGS}".split())


RUNS = frozenset(
    SH[name]
    for name in """sparql select ask construct update SPARQLConstraint SPARQLTarget SPARQLRule SPARQLFunction
    SPARQLAskValidator SPARQLSelectValidator validator nodeValidator propertyValidator rule expression js jsFunctionName
    jsLibrary JSConstraint JSRule JSTarget JSValidator""".split()
)
"""Terms by which shapes bring SPARQL or JavaScript of their own."""


def running_term(shapes: Graph) -> str:
    """The first SHACL term by name that brings SPARQL or JavaScript; "" if there is none. The reference engine would
    run the SPARQL without a guard: SERVICE and FROM would reach the network and files."""
    used = {term for triple in shapes for term in triple}
    return next(iter(sorted(shorten(str(term)) for term in used & RUNS)), "")


def circular_list(shapes: Graph) -> str:
    """A node of a list that never ends, which nobody can read; "" if there is none."""
    for start in set(shapes.subjects(RDF.rest)):
        seen, node = set[Node | None](), shapes.value(start, RDF.rest)
        while node is not None and node not in seen:
            seen.add(node)
            node = shapes.value(node, RDF.rest)
        if node is not None:
            return shorten(str(start))
    return ""


def foreign(shapes: Graph) -> list[str]:
    """The SHACL terms that are not of SHACL Core, such as sh:sparql, by IRI, sorted."""
    used = {term for triple in shapes for term in triple if str(term).startswith(str(SH))}
    return sorted(map(str, used - CORE))


def foreign_term(shapes: Graph) -> str:
    """The first of `foreign` by name; "" if there is none."""
    return next((shorten(term) for term in foreign(shapes)), "")
