"""The gates that ask the whole graph in a store: the checks of `ontology/checks`, direct triples against claims, and
which claims may be rivals.

The engine does the work, at a cost in proportion to the graph; Python sees only faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pyoxigraph as ox
from rdflib import Graph, URIRef

from gbkg.answers.faults import explain
from gbkg.answers.safety import check
from gbkg.errors import NotCoveredError, QueryLimitError, SyntaxFault
from gbkg.graph import STATED
from gbkg.limits import Marker, confined, in_proportion
from gbkg.model import Finding, Place
from gbkg.names import CLM, GBKG, GRAPH, PREFIXES, shorten
from gbkg.project import Project
from gbkg.rivals import Limit
from gbkg.spaces import segment
from gbkg.store import Store, quads
from gbkg.vocabulary import Vocabulary

_IRI = re.compile(r"https?://[^\s<>]+")
_NAMES = " ".join(f"graph:{name}" for name in STATED)
_ACCEPTED = "GRAPH graph:claims { ?c gbkg:status gbkg:accepted ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
_UNCLAIMED = f"SELECT ?s ?p ?o {{ GRAPH graph:facts {{ ?s ?p ?o }} MINUS {{ {_ACCEPTED} }} }}"
_UNSTATED = f"SELECT DISTINCT ?s ?p ?o {{ {_ACCEPTED} FILTER NOT EXISTS {{ GRAPH graph:facts {{ ?s ?p ?o }} }} }}"
_TWICE = f"""SELECT ?s ?p ?o ?name {{
  VALUES ?name {{ {_NAMES} }} GRAPH ?name {{ ?s ?p ?o }} GRAPH ?other {{ ?s ?p ?o }} FILTER (?other != ?name)
}}"""
_FIGURE = """GRAPH graph:claims {
    ?c gbkg:status gbkg:accepted ; gbkg:about ?s ; gbkg:indicator ?i ; gbkg:unit ?u ; gbkg:dating ?d .
    OPTIONAL { ?c gbkg:asOf ?date } OPTIONAL { ?c gbkg:periodStart ?start }
    OPTIONAL { ?c gbkg:value ?v } OPTIONAL { ?c gbkg:lowerBound ?l } OPTIONAL { ?c gbkg:upperBound ?h }
    BIND (CONCAT(COALESCE(STR(?start), ""), "/", COALESCE(STR(?date), "")) AS ?when)
    BIND (CONCAT(COALESCE(STR(?v), ""), "/", COALESCE(STR(?l), ""), "/", COALESCE(STR(?h), "")) AS ?figure) }"""
_MEASURED = f"""SELECT DISTINCT ?c {{
  {{ SELECT ?s ?i ?u ?when {{ {_FIGURE} }} GROUP BY ?s ?i ?u ?when HAVING (COUNT(DISTINCT ?figure) > 1) }}
  {_FIGURE} }}"""


def hygiene(project: Project, store: Store, shapes: Graph, places: Mapping[str, Place]) -> list[Finding]:
    """Every row that an `ontology/checks/*-violation.rq` returns, as a finding.

    `store` holds all named graphs. While the checks run it is also lent the shapes, and for every term that a saved
    query mentions a triple `<query file> dcterms:references term`, so it has to be writable. A check selects ?focus
    and, if it likes, ?message. One whose comment says `#+ scope: FILE` runs only where the project brings its own
    `ontology/FILE`: another project need not use every term of ours. Raises `SyntaxFault` for a check that cannot be
    run, and `QueryLimitError`, with its file, for one that takes too long or too much memory.
    """
    findings = []
    running = list(_running(project))
    with _lent(store, quads({"shapes": shapes, "queries": _mentions(project)})):
        found = _found(store, running)
    for one, rows in zip(running, found, strict=True):
        for focus, message in rows:
            place = places.get(focus, Place(one.shown, 0))
            about = f"{shorten(focus)}: {_IRI.sub(lambda match: shorten(match.group()), message)} [{one.name}]"
            findings.append(Finding("hygiene", about, place.file, place.line or None))
    return findings


@dataclass(frozen=True)
class _Check:
    """A file of `ontology/checks`."""

    name: str
    shown: str
    title: str
    text: str


def _running(project: Project) -> Iterator[_Check]:
    """The checks that are for this project."""
    for path in sorted(project.ontology("checks").glob("*-violation.rq")):
        text = project.text(path)
        scope = re.search(r"^#\+ scope: (\S+)", text, re.M)
        if not scope or project.owns(scope[1]):
            title = next((line[2:].strip() for line in text.splitlines() if line.startswith("#+")), path.stem)
            yield _Check(path.stem.removesuffix("-violation"), project.show(path), title, text)


def _found(store: Store, running: Sequence[_Check]) -> list[list[tuple[str, str]]]:
    """What each check finds, all of them in one process with limits of time and memory."""
    marker = Marker()

    def work() -> Iterator[list[tuple[str, str]]]:
        for number, one in enumerate(running):
            marker.set(number)
            yield _rows(store, one.text, one.title, one.shown)

    allowed = in_proportion(len(store), 200, "the check was not done", "join its patterns by more variables")
    try:
        return confined(lambda: list(work()), allowed)
    except QueryLimitError as error:
        raise QueryLimitError(error.message, file=running[marker.number].shown, hint=error.hint) from None


def facts(store: Store) -> list[Finding]:
    """Findings where direct triples and accepted claims do not match, in either direction; and for a triple that
    stands in two named graphs of what is stated, since a union would count it twice."""
    unclaimed, unstated = _triples(store, _UNCLAIMED), _triples(store, _UNSTATED)
    findings = [Finding("facts", f"no accepted claim says {triple}") for triple in unclaimed]
    findings += [Finding("facts", f"an accepted claim says what the graph does not: {triple}") for triple in unstated]
    found: dict[str, set[str]] = {}
    for *triple, name in store.query(_TWICE):
        found.setdefault(_show(triple), set()).add(name.value.removeprefix(str(GRAPH)))
    for shown, names in sorted(found.items()):
        for one, other in pairwise(sorted(names, key=STATED.index)):
            findings.append(Finding("facts", f"{shown} stands in graph {one} and in graph {other}"))
    return findings


def rivals(store: Store, limits: Iterable[Limit], vocabulary: Vocabulary) -> set[str]:
    """The keys of accepted claims of which a limit allows fewer values than there are, and of statistics that give
    several numbers for one thing and time: those that `gbkg.rivals` judges."""
    asked = [_limited(limit, vocabulary) for limit in limits]
    found = {claim.value for query in (*asked, _MEASURED) for (claim,) in store.query(query)}
    return {claim.removeprefix(str(CLM)) for claim in found}


def _limited(limit: Limit, vocabulary: Vocabulary) -> str:
    def below(cls: str) -> str:
        return " ".join(f"gbkg:{name}" for name in sorted(vocabulary.superclasses) if vocabulary.is_a(name, cls))

    counted = f"GRAPH graph:entities {{ ?o a ?t }} VALUES ?t {{ {below(limit.target)} }}" if limit.target else ""
    said = f"?c gbkg:status gbkg:accepted ; rdf:predicate gbkg:{limit.property} ; rdf:subject ?s ; rdf:object ?o"
    return f"""SELECT DISTINCT ?c {{
      {{ SELECT ?s {{ GRAPH graph:claims {{ {said} }} GRAPH graph:entities {{ ?s a ?k }}
                      VALUES ?k {{ {below(limit.owner)} }} {counted} }}
         GROUP BY ?s HAVING (COUNT(DISTINCT ?o) > {limit.most}) }}
      GRAPH graph:claims {{ {said} }} }}"""


@contextmanager
def _lent(store: Store, more: Iterable[Any]) -> Iterator[None]:
    """The store with more quads, for as long as this lasts."""
    given = [quad for quad in more if quad not in store.engine]
    store.engine.extend(given)
    try:
        yield
    finally:
        for quad in given:
            store.engine.remove(quad)


def _rows(store: Store, text: str, title: str, shown: str) -> list[tuple[str, str]]:
    """Focus and message of what a check finds, sorted; the text is guarded as queries are."""
    try:
        check(text)
        found = store.query(text)
        if not isinstance(found, ox.QuerySolutions) or "focus" not in {column.value for column in found.variables}:
            raise SyntaxFault("a check must SELECT ?focus", file=shown)
        rows = [(row["focus"], _bound(row, "message")) for row in found]
    except NotCoveredError as error:
        message = f"a check may not use {error.construct}"
        raise SyntaxFault(message, file=shown, line=error.line, column=error.column) from error
    except SyntaxError as error:
        fault = explain(text, error)
        raise SyntaxFault(fault.message, file=shown, line=fault.line, column=fault.column, hint=fault.hint) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise SyntaxFault(f"the engine cannot run the check: {error}", file=shown) from error
    if any(focus is None for focus, _ in rows):
        raise SyntaxFault("a check must give ?focus a value in every row", file=shown)
    return sorted((focus.value, title if message is None else message.value) for focus, message in rows)


def _bound(row: Any, name: str) -> Any:
    """The term of a column, None where the query has no such column or the row no value in it."""
    try:
        return row[name]
    except KeyError:
        return None


def _mentions(project: Project) -> Graph:
    graph = Graph(bind_namespaces="none")
    for path in project.queries:
        for name in set(re.findall(r"\bgbkg:(\w+)", project.text(path))):
            graph.add(
                (URIRef(f"urn:gbkg:query:{segment(path.stem)}"), URIRef(PREFIXES["dcterms"] + "references"), GBKG[name])
            )
    return graph


def _triples(store: Store, query: str) -> list[str]:
    """The triples that a query selects, as messages show them, sorted."""
    return sorted(map(_show, store.query(query)))


def _show(triple: Iterable[Any]) -> str:
    return " ".join(shorten(term.value) if isinstance(term, ox.NamedNode) else repr(term.value) for term in triple)
