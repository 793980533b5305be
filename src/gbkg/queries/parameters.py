"""What a reader types for a parameter, as a term of the graph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg import spaces
from gbkg.errors import GbkgError, NotFoundError
from gbkg.spaces import PREFIXES
from gbkg.sparql import parse
from gbkg.sparql.tree import Values
from gbkg.store import Store

if TYPE_CHECKING:
    from gbkg.kg import KnowledgeGraph

_XSD, _RDFS, _SKOS = PREFIXES["xsd"], PREFIXES["rdfs"], PREFIXES["skos"]
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_SUBCLASS = ox.NamedNode(_RDFS + "subClassOf")
_LABEL = ox.NamedNode(_RDFS + "label")
_SPOKEN = (
    _LABEL,
    ox.NamedNode(PREFIXES["gbkg"] + "alias"),
    ox.NamedNode(_SKOS + "prefLabel"),
    ox.NamedNode(_SKOS + "altLabel"),
)
_ENTITY = ox.NamedNode(PREFIXES["gbkg"] + "Entity")
_DATES = (
    (re.compile(r"\d{4}"), "gYear", "{}-01-01"),
    (re.compile(r"\d{4}-\d{2}"), "gYearMonth", "{}-01"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "date", "{}"),
    (re.compile(r"--\d{2}"), "gMonth", "2000{}-01"),
    (re.compile(r"--\d{2}-\d{2}"), "gMonthDay", "2000{}"),
)
_FEW = 12


def is_type(kind: str) -> bool:
    """Whether a parameter may be of this type: date, number, text, or the prefixed name of a class."""
    return kind in ("date", "number", "text") or (":" in kind and spaces.full(kind) is not None)


def expected(kind: str) -> str:
    """What has to be typed for a type, with examples where they are the same for every graph."""
    return {
        "date": "a date such as 2019, 2019-10, 2019-10-31 or --09",
        "number": "a number such as 300 or 2.5",
        "text": "a text",
    }.get(kind, f"a {kind}")


def resolve(name: str, kind: str, typed: str, kg: KnowledgeGraph) -> Any:
    """The term that was meant by what was typed for the parameter `name` of type `kind`.

    For a class: the IRI of one of its members, found by IRI, prefixed name, local name, label or alias, in upper or
    lower case. Raises `NotFoundError` with near names of that class when nothing in it has the name or several have,
    `GbkgError` when the text is no date or number.
    """
    if any("\ud800" <= character <= "\udfff" for character in typed):
        raise GbkgError(f"the value of {name} is not UTF-8")
    if kind not in ("date", "number", "text"):
        return _member(kind, typed.strip(), kg)
    found = literal(kind, typed)
    if found is None:
        raise GbkgError(f"{name} is {typed!r}, expected {expected(kind)}")
    return found


def literal(kind: str, typed: str) -> Any | None:
    """The literal of a date, number or text; None when it is none."""
    if kind == "text":
        return ox.Literal(typed)
    typed = typed.strip()
    if kind == "number":
        if re.fullmatch(r"[+-]?[0-9]+", typed):
            return _typed(str(int(typed)), "integer")
        return _typed(typed, "decimal") if re.fullmatch(r"[+-]?[0-9]*\.[0-9]+", typed) else None
    for pattern, datatype, day in _DATES:
        if pattern.fullmatch(typed) and typed.isascii():
            return _typed(typed, datatype) if _exists(day.format(typed.removeprefix("-"))) else None
    return None


def literal_or_iri(kind: str, typed: str) -> Any | None:
    """As `literal`; for a class the IRI, a bare name being one of an entity; None when it is neither."""
    if kind in ("date", "number", "text"):
        return literal(kind, typed)
    iri = (
        spaces.full(typed) if ":" in typed else spaces.PREFIXES["id"] + typed if spaces.SLUG.fullmatch(typed) else None
    )
    return ox.NamedNode(str(iri)) if iri else None


def data(text: str, block: str) -> list[Any] | None:
    """The terms between the braces of a VALUES block of the query `text`; None when they cannot be read."""
    prologue = re.findall(r"(?im)^\s*PREFIX\s+[^\s:]*:\s*<[^>]*>", text)
    try:
        query = parse.select(f"{' '.join(prologue)} SELECT * {{ VALUES ?x {{ {block} }} }}")
    except GbkgError:
        return None
    (values,) = query.where.elements
    assert isinstance(values, Values)
    return [row[0].term if row[0] else None for row in values.rows]


def classes(store: Store, top: Any) -> set[Any]:
    """The class and its subclasses at every depth."""
    found, waiting = {top}, [top]
    while waiting:
        for quad in store.quads(None, _SUBCLASS, waiting.pop()):
            if quad.subject not in found:
                found.add(quad.subject)
                waiting.append(quad.subject)
    return found


def members(store: Store, top: Any) -> set[Any]:
    """What is of the class or of a subclass."""
    return {quad.subject for one in classes(store, top) for quad in store.quads(None, _TYPE, one)}


def examples(kind: str, store: Store, count: int) -> list[str]:
    """The first members of a class by their prefixed names; none of a class that is not there."""
    iri = spaces.full(kind)
    found = members(store, ox.NamedNode(str(iri))) if iri is not None else set()
    return sorted(spaces.shorten(one.value) for one in found)[:count]


def _member(kind: str, typed: str, kg: KnowledgeGraph) -> Any:
    top = _class(kind, kg)
    of_class = members(kg.store, top)
    iri = spaces.full(typed) if ":" in typed else None
    if iri is not None and ox.NamedNode(str(iri)) in of_class:
        return ox.NamedNode(str(iri))
    spoken = _spoken(kg.store, of_class)
    exact = spoken.get(typed.casefold(), set())
    said = kg.label(top).lower()
    if len(exact) == 1:
        return next(iter(exact))
    if exact:
        raise NotFoundError(f"single {said}", typed, sorted(spaces.shorten(found.value) for found in exact))
    near = _near(typed.casefold(), spoken)
    known = sorted(spaces.shorten(found.value) for found in of_class)
    raise NotFoundError(said, typed, near, known if len(known) <= _FEW else (), hint=_elsewhere(typed, top, kg, near))


def _class(kind: str, kg: KnowledgeGraph) -> Any:
    top = ox.NamedNode(str(spaces.full(kind)))
    if any(True for _ in kg.store.quads(top, None, None)) or any(True for _ in kg.store.quads(None, _TYPE, top)):
        return top
    typed = {quad.object for quad in kg.store.quads(None, _TYPE)} | classes(kg.store, _ENTITY)
    near = get_close_matches(kind, sorted(spaces.shorten(one.value) for one in typed), 3, 0.6)
    raise NotFoundError("class", kind, near)


def _spoken(store: Store, found: Iterable[Any]) -> dict[str, set[Any]]:
    """Every name of these, in lower case: local name, prefixed name, labels and aliases."""
    spoken: dict[str, set[Any]] = {}
    for one in found:
        short = spaces.shorten(one.value).strip("<>")
        words = {short, short.rpartition(":")[2], re.split(r"[/#]", one.value)[-1]}
        words |= {quad.object.value for kind in _SPOKEN for quad in store.quads(one, kind)}
        for word in words:
            spoken.setdefault(word.casefold(), set()).add(one)
    return spoken


def _near(typed: str, spoken: dict[str, set[Any]]) -> list[str]:
    words = get_close_matches(typed, sorted(spoken), 6, 0.6)
    words += [word for word in sorted(spoken) if typed and typed in word]
    found = [min(spaces.shorten(one.value) for one in spoken[word]) for word in words]
    return list(dict.fromkeys(found))[:3]


def _elsewhere(typed: str, top: Any, kg: KnowledgeGraph, near: list[str]) -> str:
    """What the name is if it is not of the class; examples of the class if nothing is near."""
    others = _spoken(kg.store, members(kg.store, _ENTITY)).get(typed.casefold().removeprefix("id:"), set())
    if len(others) == 1:
        other = next(iter(others))
        kinds = sorted(kg.label(quad.object) for quad in kg.store.quads(other, _TYPE))
        return f"{spaces.shorten(other.value)} is {_a(kinds[0])}" if kinds else ""
    of_class = sorted(spaces.shorten(one.value) for one in members(kg.store, top))
    return f"for instance {', '.join(of_class[:3])}" if len(of_class) > _FEW and not near else ""


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _typed(lexical: str, datatype: str) -> Any:
    return ox.Literal(lexical, datatype=ox.NamedNode(_XSD + datatype))
