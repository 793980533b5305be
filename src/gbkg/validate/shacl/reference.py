"""pyshacl, the reference engine of SHACL. Only this module and `compared` work with rdflib's graphs."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from pyoxigraph import Literal, Triple
from rdflib import URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from gbkg.core.errors import GbkgError, ParseError
from gbkg.core.limits import confined, in_proportion
from gbkg.core.rdflibterms import from_ox, new_graph, to_ox
from gbkg.core.terms import term
from gbkg.core.triples import Graph
from gbkg.validate.shacl.compared import literal
from gbkg.validate.shacl.results import Raw

_SLOW = "look for a pattern of sh:pattern that can be matched in many ways, such as (a+)+"


def engine(shapes: Graph) -> Callable[[Iterator[bytes]], Iterator[Raw]]:
    """pyshacl made ready for some shapes: a function from lines of N-Quads to results."""
    strict = _ending(shapes)

    def run(lines: Iterator[bytes]) -> Iterator[Raw]:
        content = b"".join(lines)
        allowed = in_proportion(content.count(b"\n"), 2_000, "the shapes were not checked", _SLOW)
        yield from confined(lambda: list(found([content])), allowed)

    def found(lines: Iterable[bytes]) -> Iterator[Raw]:
        data = rdflib.Graph(bind_namespaces="none")
        with _quiet():
            for quad in _parsed(lines):
                data.add((from_ox(quad.subject), from_ox(quad.predicate), literal(quad.object)))
            report = _report(data, strict)
        for result in report.objects(None, SH.result):
            focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
            assert focus is not None
            path = report.value(result, SH.resultPath)
            yield Raw(
                ntriples(focus),
                "" if value is None else ntriples(value),
                str(report.value(result, SH.sourceShape)),
                str(report.value(result, SH.sourceConstraintComponent)),
                str(path) if isinstance(path, URIRef) else "",
                str(report.value(result, SH.resultMessage)),
            )

    return run


def _report(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """The report of pyshacl. Raises `GbkgError` for shapes that it cannot use."""
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True, inference="none", advanced=False)
    except Exception as error:  # of many kinds, those of `re` among them
        raise GbkgError(f"pyshacl cannot use the shapes: {error}") from error
    finally:
        rdflib.NORMALIZE_LITERALS = False  # pyshacl leaves it True, and rdflib would rewrite what it reads next
    if not isinstance(report, rdflib.Graph):
        raise GbkgError(f"pyshacl cannot use the shapes: {text}")
    return report


def _ending(shapes: Graph) -> rdflib.Graph:
    """The shapes for pyshacl. In patterns "$" becomes the very end, as in SPARQL: in Python a line feed may follow."""

    def strict(triple: Triple) -> Triple:
        subject, predicate, value = triple
        ends = predicate == term("sh:pattern") and re.search(r"(?<!\\)(\\\\)*\$$", value.value)
        if not ends or shapes.objects(subject, "sh:flags"):
            return triple
        return Triple(subject, predicate, Literal(f"{value.value[:-1]}\\Z"))

    return new_graph(map(strict, shapes))


def ntriples(term: Node) -> str:
    """A term of rdflib as N-Triples writes it."""
    return str(to_ox(term))


def _parsed(lines: Iterable[bytes]) -> Iterator[Any]:
    try:
        yield from ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise ParseError(f"not N-Quads: {error.msg}", line=error.lineno) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences rdflib's log of every ill-formed literal: SHACL reports those that matter."""
    logger = logging.getLogger("rdflib.term")
    former, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = former
