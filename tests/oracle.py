"""What a proof claims, put to the test: a derivation alone yields its row, has no triple too many, and without any
derivation the row is gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from gbkg.evidence.cited import Proved
from gbkg.sparql import parse, write
from gbkg.sparql.rewrite import rewrite
from gbkg.sparql.scan import elements
from gbkg.sparql.traces import Conditional, Members, PathMatch, Trace
from gbkg.sparql.tree import Bind, Constant, Exists, Filter, Group, Item, Minus, Path, Triple, Variable, groups
from gbkg.store.base import Store
from gbkg.store.memory import Memory

GRAPH = ox.NamedNode("urn:graph")
Row = tuple[Any, ...]
Key = tuple[Any, Any, Any]


def patterns(group: Group) -> Iterator[Triple]:
    """Every triple pattern in a group, however deep."""
    return (element for element in elements(group) if isinstance(element, Triple))


def negated(group: Group) -> Iterator[Triple]:
    """The triple patterns in negative position: those within NOT EXISTS and MINUS, wherever these stand."""
    for element in group.elements:
        parts = element.expression.parts if isinstance(element, Filter | Bind) else ()
        absent = {id(part.group) for part in parts if isinstance(part, Exists) and part.negated}
        for inner in groups(element):
            yield from patterns(inner) if isinstance(element, Minus) or id(inner) in absent else negated(inner)


def turtle(text: str) -> list[Key]:
    """The triples of a Turtle text without its last full stop, in which `:name` is `urn:name`."""
    found = ox.parse(f"@prefix : <urn:> . {text} .", format=ox.RdfFormat.TURTLE)
    return [(quad.subject, quad.predicate, quad.object) for quad in found]


def store(triples: Iterable[Key]) -> Store:
    """A store with these triples in one named graph."""
    return Memory.of(ox.Quad(*triple, GRAPH) for triple in triples)


def answered(triples: Iterable[Key], text: str) -> list[Row]:
    """The rows of a query over these triples alone."""
    return [tuple(solution) for solution in store(triples).query(text)]


def comparable(rows: Iterable[Row], text: str) -> list[Row]:
    """Rows as they are compared: of equal numbers of two datatypes MIN and MAX may take either
    (https://www.w3.org/TR/sparql11-query/#defn_aggMin), and take that which is read first."""
    if not re.search(r"\b(MIN|MAX)\(", text):
        return list(rows)
    return [tuple(Decimal(term.value) if _number(term) else term for term in row) for row in rows]


def _number(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value.rpartition("#")[2] in ("integer", "decimal")


def absence(whole: Store, text: str) -> set[Key]:
    """The triples that what is negated in the query may match: absence is tested against all of them."""
    found: set[Key] = set()
    for pattern in negated(parse.select(text).where):
        predicate = None if isinstance(pattern.predicate, Path) else pattern.predicate
        terms = [t.term if isinstance(t, Constant) else None for t in (pattern.subject, predicate, pattern.object)]
        found |= {(quad.subject, quad.predicate, quad.object) for quad in whole.quads(*terms)}
    return found


def monotone(text: str) -> bool:
    """Whether more triples never take a row away, and no triple of a derivation can be spared: no aggregates, no path
    with * + or ?, no negation, no variable of an OPTIONAL part in an expression."""
    query = parse.select(text)
    traced = rewrite(query)
    # What a LIMIT within the query left out moves up when other rows go.
    plain = not traced.grouped and not traced.loose and "LIMIT" not in write.select(replace(query, limit=None))
    return plain and not any(negated(query.where)) and not _indirect(traced.traces)


def check_sufficient(found: Proved, whole: Store, text: str) -> None:
    """Each derivation, with the triples that absence was tested against, yields its row. LIMIT and OFFSET at the top
    choose among rows and are left aside: of fewer rows they choose others."""
    absent = absence(whole, text)
    text = _unlimited(text, found.columns)
    for row, ways in zip(found.rows, found.derivations, strict=True):
        assert ways
        for way in ways:
            again = answered({*way.triples} | absent, text)
            assert comparable([row], text)[0] in comparable(again, text), (row, way)


def check_necessary(found: Proved, text: str) -> None:
    """No derivation yields its row when a triple is left out."""
    unlimited = _unlimited(text, found.columns)
    for row, ways in zip(found.rows, found.derivations, strict=True):
        if "OPTIONAL" in unlimited and None in row:
            continue  # unbound may also come of an OPTIONAL part that matches nothing
        for way in ways:
            for triple in way.triples:
                assert row not in answered(set(way.triples) - {triple}, unlimited), (row, way, triple)


def check_complete(found: Proved, whole: Store, text: str) -> None:
    """A row is gone when the triples of all its derivations are. Changes the store and restores it."""
    unlimited = _unlimited(text, found.columns)
    for row, ways in zip(found.rows, found.derivations, strict=True):
        behind = {triple for way in ways for triple in way.triples}
        if not behind or ("OPTIONAL" in unlimited and None in row):
            continue  # unbound may come back when what an OPTIONAL part matched is gone
        taken = [quad for triple in behind for quad in whole.quads(*triple)]
        for quad in taken:
            whole.engine.remove(quad)
        left = [tuple(solution) for solution in whole.query(unlimited)]
        whole.engine.extend(taken)
        assert row not in left, (row, ways)


def _unlimited(text: str, columns: tuple[str, ...]) -> str:
    """The query without order and limit; what * stands for is written out, as blank nodes become variables."""
    query = parse.select(text)
    items = query.items or tuple(Item(Variable(name)) for name in columns)
    return write.select(replace(query, items=items, limit=None, offset=None, order=()))


def _indirect(traces: Iterable[Trace]) -> bool:
    """Whether there are walks or members of groups among the traces."""
    return any(
        isinstance(t, PathMatch | Members) or (isinstance(t, Conditional) and _indirect(t.traces)) for t in traces
    )
