"""Why a query has no rows: the first part of its pattern that nothing fits, and names that are near."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import pyoxigraph as ox

from gbkg import spaces
from gbkg.errors import GbkgError
from gbkg.spaces import PREFIXES
from gbkg.sparql import parse, write
from gbkg.sparql.tree import Bind, Constant, Element, Filter, Group, Path, Select, SubSelect, Triple, Values, Variable
from gbkg.store import Store

_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_CLASS = ox.NamedNode(PREFIXES["owl"] + "Class")
_PROPERTIES = [ox.NamedNode(PREFIXES["owl"] + f"{kind}Property") for kind in ("Object", "Datatype", "Annotation")]
_FEW = 3
_LONGEST = 120
"""Characters of a pattern that are said; the beginning is enough to find it again."""
_IRI = re.compile(r'"(?:[^"\\]|\\.)*"|<([^<>"{}|^`\\\x00-\x20]*)>')


def explain_empty(store: Store, text: str) -> str | None:
    """What was without a match in a SELECT that gave no rows, in a sentence or two; None when it cannot be said.

    The elements of the WHERE group are put together one after another, conditions after all patterns, until nothing is
    left. Runs a handful of queries of the cost of the given one.
    """
    try:
        return _select(store, parse.select(text))
    except (GbkgError, SyntaxError, RuntimeError, ValueError, OSError):
        # Whatever a rewritten part runs into, the empty answer stands; there is only nothing to add to it.
        return None


def _select(store: Store, query: Select) -> str | None:
    if query.limit == 0:
        return "LIMIT is 0"
    elements = sorted(query.where.elements, key=lambda element: isinstance(element, Filter))
    if query.values:
        elements.insert(0, query.values)
    for at, element in enumerate(elements):
        if not _holds(store, elements[: at + 1]):
            return _blame(store, elements[:at], element)
    if query.having:
        return f"no group passes HAVING {_short(' '.join(map(write.expression, query.having)))}"
    if query.offset:
        return f"OFFSET {query.offset:,} is beyond the last row"
    return None


def _blame(store: Store, before: list[Element], element: Element) -> str | None:
    if isinstance(element, SubSelect) and not _holds(store, [element]):
        inner = _select(store, replace(element.select, values=element.select.values))
        return f"in the sub-SELECT, {inner}" if inner else "the sub-SELECT has no rows"
    if isinstance(element, Group) and not _holds(store, [element]):
        return _select(store, Select("", (), element))
    said = _cut(_short(write.element(element)).removesuffix(" ."))
    data: list[Element] = [earlier for earlier in before if isinstance(earlier, Values)]
    if isinstance(element, Filter):
        return _stopped(store, before, data, element)
    if isinstance(element, Triple) and not _holds(store, [element]):
        return f"nothing fits the pattern {said}" + _about(store, [element])
    alone = "alone it has matches, but none together with what stands before it"
    return f"nothing fits {said}{_given(store, data)} ({alone})" + _about(store, data)


def _stopped(store: Store, before: list[Element], data: list[Element], condition: Filter) -> str:
    """What a condition lets nothing pass; values that were given and contradict one another by themselves are named."""
    asked = {part for part in condition.expression.parts if isinstance(part, Variable)}
    own: list[Element] = [values for values in data if isinstance(values, Values) and asked & {*values.variables}]
    bound = {variable for values in own if isinstance(values, Values) for variable in values.variables}
    if asked and asked <= bound and not _holds(store, [*own, condition]):
        return f"nothing can be found{_given(store, own)}: they exclude each other" + _about(store, [*own, condition])
    said = _cut(_short(write.element(condition)))
    return f"nothing passes {said}{_given(store, data)}" + _about(store, [*before, condition])


def _given(store: Store, data: list[Element]) -> str:
    """What stands in blocks of inline data for one variable, by label; nothing for those that leave it open."""
    said = []
    for values in data:
        if isinstance(values, Values) and len(values.variables) == 1:
            cells = [row[0] for row in values.rows]
            if cells and None not in cells:
                words = [_named(store, cell.term) for cell in cells if cell]
                more = [f"{len(words) - _FEW} more"] if len(words) > _FEW else []
                said.append(f"{values.variables[0].name} = {' or '.join(words[:_FEW] + more)}")
    return f" with {', '.join(said)}" if said else ""


def _named(store: Store, term: Any) -> str:
    if isinstance(term, ox.Literal):
        return str(term.value)
    return min((quad.object.value for quad in store.quads(term, _LABEL)), default=_short(str(term)))


def _holds(store: Store, elements: list[Element]) -> bool:
    group = Group(tuple(elements))
    for _ in store.query(write.select(Select("", (), group, limit=1))):
        return True
    # A pattern without variables has a solution without bindings, which ASK sees.
    return bool(store.query(f"ASK {write.group(group)}"))


def _about(store: Store, elements: list[Element]) -> str:
    """What is to be said of the constants in elements: that one occurs nowhere, and which are near it."""
    found = []
    for kind, term, predicate in _constants(elements):
        said = _literal(store, term, predicate) if isinstance(term, ox.Literal) else _iri(store, kind, term)
        if said and said not in found:
            found.append(said)
    return "".join(f"; {said}" for said in found)


def _constants(elements: list[Element]) -> Iterator[tuple[str, Any, Any]]:
    """Each constant with what it is, property, class or node, and for an object the property before it."""
    for element in elements:
        if isinstance(element, Values):
            yield from (("node", cell.term, None) for row in element.rows for cell in row if cell)
        elif isinstance(element, Bind | Filter):
            yield from (("node", part.term, None) for part in element.expression.parts if isinstance(part, Constant))
        elif isinstance(element, Triple):
            alone = element.predicate.term if isinstance(element.predicate, Constant) else None
            if not isinstance(element.predicate, Variable):
                yield from (("property", term, None) for term in _leaves(element.predicate))
            for end, predicate in ((element.subject, None), (element.object, alone)):
                if isinstance(end, Constant):
                    yield "class" if predicate == _TYPE else "node", end.term, predicate


def _leaves(path: Path | Constant) -> Iterator[Any]:
    if isinstance(path, Constant):
        yield path.term
    else:
        for part in path.parts:
            yield from _leaves(part)


def _iri(store: Store, kind: str, term: Any) -> str:
    """That an IRI stands nowhere in the graph, with names near to it; for one that stands there, nothing."""
    places = [(None, term, None)] if kind == "property" else [(term, None, None), (None, None, term)]
    if any(True for place in places for _ in store.quads(*place)) or term.value.startswith(PREFIXES["xsd"]):
        return ""
    if kind == "property":
        known = {quad.subject for one in _PROPERTIES for quad in store.quads(None, _TYPE, one)} | set(_used(store))
    elif kind == "class":
        known = {quad.subject for quad in store.quads(None, _TYPE, _CLASS)}
    else:
        known = {quad.subject for quad in store.quads(None, _LABEL)}
    near = _near(spaces.shorten(term.value), {spaces.shorten(one.value) for one in known})
    said = f"{spaces.shorten(term.value)} {'is used nowhere' if kind == 'property' else 'occurs nowhere in the graph'}"
    return said + (f", near are {', '.join(near)}" if near else "")


def _near(name: str, known: set[str]) -> list[str]:
    """Names that are spelled nearly so, then those that have the word in them."""
    spelled = {one.casefold(): one for one in sorted(known)}
    found = get_close_matches(name.casefold(), sorted(spelled), 3, 0.8)
    word = name.rpartition(":")[2].casefold()
    found += [one for one in sorted(spelled) if len(word) > 2 and word in one and one not in found]
    return [spelled[one] for one in found][:3]


def _used(store: Store) -> list[Any]:
    return [row[0] for row in store.query("SELECT DISTINCT ?p { ?s ?p ?o }")]


def _literal(store: Store, term: Any, predicate: Any) -> str:
    """That no object of the property is this literal, with those near to it: other words, language or datatype."""
    if predicate is None or any(True for _ in store.quads(None, predicate, term)):
        return ""
    known = {quad.object for quad in store.quads(None, predicate) if isinstance(quad.object, ox.Literal)}
    same = sorted(_short(str(other)) for other in known if other.value == term.value)
    if same:
        return f"the graph has {', '.join(same[:3])}"
    words = {other.value.casefold(): other for other in sorted(known, key=str, reverse=True)}
    near = get_close_matches(term.value.casefold(), sorted(words), 3, 0.6)
    return f"near are {', '.join(_short(str(words[word])) for word in near)}" if near else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _short(text: str) -> str:
    """The text with prefixes for its IRIs, those within strings left alone."""
    return _IRI.sub(lambda match: spaces.shorten(match[1]) if match[1] is not None else match[0], text)
