"""Which shapes can be used: those of SHACL Core of 2017 (https://www.w3.org/TR/shacl/) that all engines read alike. The
reference engine validates the others. tests/test_shacl_engines.py compares the engines on each construct that passes
here.

Known differences that have mattered to nobody: IRIs under sh:lessThan (pyshacl compares them as text, `shacl` reports
them); times of which one has a time zone (pyshacl never compares them); xsd:long and xsd:int have no bounds for
pyshacl; 24:00:00 is not a time for it; `shacl` stops with an error at a year of twenty digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Graph, Term

_SHACL = PREFIXES["sh"]

_TARGETS = "targetClass targetNode targetSubjectsOf targetObjectsOf"
_PATHS = "path inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath"
_CONSTRAINTS = """class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive
    minLength maxLength pattern flags languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone
    node property qualifiedValueShape qualifiedValueShapesDisjoint qualifiedMinCount qualifiedMaxCount closed
    ignoredProperties hasValue in deactivated"""
_WORDS = "severity message name description order group defaultValue"
_THINGS = """NodeShape PropertyShape PropertyGroup Shape Violation Warning Info
    BlankNode IRI Literal BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral"""
_OTHER_TERMS = """annotationProperty annotationValue annotationVarName condition conforms declare detail entailment
    filterShape focusNode intersection jsLibraryURL labelTemplate namespace nodes object optional parameter
    predicate prefix prefixes result resultAnnotation resultMessage resultPath resultSeverity returnType
    shapesGraph shapesGraphWellFormed sourceConstraint sourceConstraintComponent sourceShape subject
    suggestedShapesGraph target union value AbstractResult ConstraintComponent Function JSExecutable JSFunction
    JSLibrary JSTargetType NodeKind Parameter Parameterizable PrefixDeclaration ResultAnnotation Rule
    SPARQLAskExecutable SPARQLConstructExecutable SPARQLExecutable SPARQLSelectExecutable SPARQLTargetType
    SPARQLUpdateExecutable Severity Target TargetType TripleRule ValidationReport ValidationResult Validator
    this AndConstraintComponent ClassConstraintComponent ClosedConstraintComponent DatatypeConstraintComponent
    DisjointConstraintComponent EqualsConstraintComponent ExpressionConstraintComponent
    HasValueConstraintComponent InConstraintComponent JSConstraintComponent LanguageInConstraintComponent
    LessThanConstraintComponent LessThanOrEqualsConstraintComponent MaxCountConstraintComponent
    MaxExclusiveConstraintComponent MaxInclusiveConstraintComponent MaxLengthConstraintComponent
    MinCountConstraintComponent MinExclusiveConstraintComponent MinInclusiveConstraintComponent
    MinLengthConstraintComponent NodeConstraintComponent NodeKindConstraintComponent NotConstraintComponent
    OrConstraintComponent PatternConstraintComponent PropertyConstraintComponent
    QualifiedMaxCountConstraintComponent QualifiedMinCountConstraintComponent SPARQLConstraintComponent
    UniqueLangConstraintComponent XoneConstraintComponent"""
CORE = frozenset(_SHACL + name for name in f"{_TARGETS} {_PATHS} {_CONSTRAINTS} {_WORDS} {_THINGS}".split())
"""The terms of SHACL Core, by IRI."""
RUNS = frozenset(
    _SHACL + name
    for name in """sparql select ask construct update SPARQLConstraint SPARQLTarget SPARQLRule SPARQLFunction
    SPARQLAskValidator SPARQLSelectValidator validator nodeValidator propertyValidator rule expression js jsFunctionName
    jsLibrary JSConstraint JSRule JSTarget JSValidator""".split()
)
"""Terms by which shapes bring SPARQL or JavaScript of their own, by IRI."""
TERMS = CORE | RUNS | {_SHACL + name for name in _OTHER_TERMS.split()}
"""All terms of SHACL and its extensions, by IRI."""

_WHOLE = "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger".split()
_OTHERS = """decimal double float boolean string date dateTime time duration
    gYear gYearMonth gMonth gMonthDay gDay anyURI language token""".split()
CHECKED = frozenset(PREFIXES["xsd"] + name for name in (*_WHOLE, *_OTHERS))
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
_TRUTHS = ("sh:uniqueLang", "sh:closed", "sh:deactivated", "sh:qualifiedValueShapesDisjoint")


def running_term(shapes: Graph) -> str:
    """The first SHACL term by name that brings SPARQL or JavaScript; "" if there is none. The reference engine would
    run the SPARQL without a guard: SERVICE and FROM would reach the network and files."""
    return min(map(shorten, _used(shapes) & RUNS), default="")


def _used(shapes: Graph) -> set[str]:
    """All IRIs, blank nodes and texts in the shapes."""
    return {one.value for triple in shapes for one in triple}


def circular_list(shapes: Graph) -> str:
    """A node of a list that never ends, "" if there is none."""
    for start in shapes.subjects("rdf:rest"):
        seen, node = set[Term](), shapes.value(start, "rdf:rest")
        while node is not None and node not in seen:
            seen.add(node)
            node = shapes.value(node, "rdf:rest")
        if node is not None:
            return shorten(start.value)
    return ""


def foreign(shapes: Graph) -> list[str]:
    """The SHACL terms that are not of SHACL Core, such as sh:sparql, by IRI, sorted."""
    return sorted(iri for iri in _used(shapes) - CORE if iri.startswith(_SHACL))


def foreign_term(shapes: Graph) -> str:
    """The first of `foreign` by name; "" if there is none."""
    return next(map(shorten, foreign(shapes)), "")


def refused(shapes: Graph) -> list[str]:
    """What no engine may be asked to judge, sorted: terms that are not of SHACL Core; the inverse of a path with a
    sequence in it, where pyshacl reports false violations; regular expressions that Python does not have, or reads
    otherwise; truth values that are not written `true` or `false` (pyshacl takes "1" for true, the recommendation wants
    `true`: test uniqueLang-002 of the W3C)."""
    # Another gate finds what a misspelt term should be.
    found = {f"{shorten(iri)} is not of SHACL Core" for iri in foreign(shapes) if iri in TERMS}
    for path in shapes.values("sh:inversePath"):
        if _sequence(shapes, path):
            found.add("sh:inversePath of a sequence: write the sequence of the inverses, the last one first")
    for pattern in (value.value for value in shapes.values("sh:pattern")):
        if unread := _FOREIGN.search(pattern):
            found.add(f"sh:pattern {pattern!r}: {unread[1]} is not read by every engine")
        else:
            try:
                re.compile(pattern)
            except (re.error, OverflowError, RecursionError) as error:
                found.add(f"sh:pattern {pattern!r} is not a regular expression: {error}")
    for predicate in _TRUTHS:
        for value in shapes.values(predicate):
            if value.value not in ("true", "false"):
                found.add(f"{predicate} {value.value!r}: write true or false")
    return sorted(found)


def _sequence(shapes: Graph, path: Term) -> bool:
    """True if a path is a sequence, or has one in it."""
    if shapes.objects(path, "rdf:first"):
        return True
    inner = {one for predicate in _REPEATED for one in shapes.objects(path, predicate)}
    inner |= {part for option in shapes.objects(path, "sh:alternativePath") for part in shapes.items(option)}
    return any(_sequence(shapes, one) for one in inner)


_REPEATED = ("sh:inversePath", "sh:zeroOrMorePath", "sh:oneOrMorePath", "sh:zeroOrOnePath")


def doubtful(shapes: Graph) -> str:
    """The first thing in the shapes on which engines might differ; "" if there is none."""
    if name := foreign_term(shapes):
        return f"the shapes use {name}"
    return min((*_patterns(shapes), *_datatypes(shapes)), default="")


def _patterns(shapes: Graph) -> Iterator[str]:
    for pattern in shapes.values("sh:pattern"):
        if not _PLAIN.fullmatch(pattern.value):
            yield f"sh:pattern {pattern.value!r} may mean different things"
    for flags in shapes.values("sh:flags"):
        if flags.value not in ("", "i"):
            yield f"sh:flags {flags.value!r} may mean different things"


def _datatypes(shapes: Graph) -> Iterator[str]:
    for datatype in {value.value for value in shapes.values("sh:datatype")}:
        if datatype.startswith(PREFIXES["xsd"]) and datatype not in CHECKED:
            yield f"sh:datatype {shorten(datatype)} is checked differently"
