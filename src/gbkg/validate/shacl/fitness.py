"""Which shapes can be used: those of SHACL Core of 2017 (https://www.w3.org/TR/shacl/) that all engines read alike. The
reference engine validates the others. tests/test_shacl_engines.py compares the engines on each construct that passes
here.

Known differences that have mattered to nobody: IRIs under sh:lessThan (pyshacl compares them as text, `shacl` reports
them); times of which one has a time zone (pyshacl never compares them); xsd:long and xsd:int have no bounds for
pyshacl; 24:00:00 is no time for it; `shacl` stops with an error at a year of twenty digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rdflib import Graph
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, XSD
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

_WHOLE = "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger".split()
_OTHERS = """decimal double float boolean string date dateTime time duration
    gYear gYearMonth gMonth gMonthDay gDay anyURI language token""".split()
CHECKED = frozenset(XSD[name] for name in (*_WHOLE, *_OTHERS))
"""Datatypes of XML Schema of which every engine knows what is well formed."""

_PLAIN = re.compile(
    r"""\^?(?: [^\\^$.|?*+(){}\[\]&~-] | [-.&~|()] (?![?]) | \\[-SsDdWw.\\|()*+?{}\[\]^$/]   # characters and groups
         | \[\^? (?: [^\\^\[\]&~] | \\[-SsDdWw.\\\]\[^$/] )+ \]                             # sets without sets in them
         | [*+?] (?![*+?]) | \{[0-9]+(?:,[0-9]*)?\} (?![*+?]) )*\$?""",
    re.VERBOSE,
)
"""Regular expressions that mean the same in Python and in Rust; $ only at the end."""


_FOREIGN = re.compile(r"(?<!\\)(?:\\\\)*(\\[pPiIcC]|-\[)")
"""What only the regular expressions of XPath have: classes of Unicode and XML, and sets without a set."""
_KNOWN = frozenset(SH.__annotations__)
"""The terms of SHACL; one that is none of them is misspelt, and another gate finds what is meant."""
_TRUTHS = (SH.uniqueLang, SH.closed, SH.deactivated, SH.qualifiedValueShapesDisjoint)


def running_term(shapes: Graph) -> str:
    """The first SHACL term by name that brings SPARQL or JavaScript; "" if there is none. The reference engine would
    run the SPARQL without a guard: SERVICE and FROM would reach the network and files."""
    used = {term for triple in shapes for term in triple}
    return next(iter(sorted(shorten(str(term)) for term in used & RUNS)), "")


def circular_list(shapes: Graph) -> str:
    """A node of a list that never ends, "" if there is none."""
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


def refused(shapes: Graph) -> list[str]:
    """What no engine may be asked to judge, sorted: terms that are not of SHACL Core; the inverse of a path with a
    sequence in it, where pyshacl reports false violations; regular expressions that Python does not have, or reads
    otherwise; truth values that are not written `true` or `false` (pyshacl takes "1" for true, the recommendation wants
    `true`: test uniqueLang-002 of the W3C)."""
    found = {
        f"{shorten(term)} is not of SHACL Core" for term in foreign(shapes) if term.removeprefix(str(SH)) in _KNOWN
    }
    for path in shapes.objects(None, SH.inversePath):
        if _sequence(shapes, path):
            found.add("sh:inversePath of a sequence: write the sequence of the inverses, the last one first")
    for pattern in map(str, shapes.objects(None, SH.pattern)):
        if unread := _FOREIGN.search(pattern):
            found.add(f"sh:pattern {pattern!r}: {unread[1]} is not read by every engine")
        else:
            try:
                re.compile(pattern)
            except (re.error, OverflowError, RecursionError) as error:
                found.add(f"sh:pattern {pattern!r} is no regular expression: {error}")
    for predicate in _TRUTHS:
        for value in shapes.objects(None, predicate):
            if str(value) not in ("true", "false"):
                found.add(f"{shorten(str(predicate))} {str(value)!r}: write true or false")
    return sorted(found)


def _sequence(shapes: Graph, path: Node) -> bool:
    """True if a path is a sequence, or has one in it."""
    options = set(shapes.objects(path, SH.alternativePath))
    if (path, RDF.first, None) in shapes:
        return True
    inner = {o for p in _REPEATED for o in shapes.objects(path, p)}
    inner |= {part for option in options for part in Collection(shapes, option)}
    return any(_sequence(shapes, one) for one in inner)


_REPEATED = (SH.inversePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)


def doubtful(shapes: Graph) -> str:
    """The first thing in the shapes on which engines might differ; "" if there is none."""
    term = foreign_term(shapes)
    if term:
        return f"the shapes use {term}"
    return min((*_patterns(shapes), *_datatypes(shapes)), default="")


def _patterns(shapes: Graph) -> Iterator[str]:
    for pattern in shapes.objects(None, SH.pattern):
        if not _PLAIN.fullmatch(str(pattern)):
            yield f"sh:pattern {str(pattern)!r} may mean different things"
    for flags in shapes.objects(None, SH.flags):
        if str(flags) not in ("", "i"):
            yield f"sh:flags {str(flags)!r} may mean different things"


def _datatypes(shapes: Graph) -> Iterator[str]:
    for datatype in set(shapes.objects(None, SH.datatype)):
        if str(datatype).startswith(str(XSD)) and datatype not in CHECKED:
            yield f"sh:datatype {shorten(str(datatype))} is checked differently"
