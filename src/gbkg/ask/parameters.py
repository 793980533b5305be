"""What a reader types for a parameter, as a term of the graph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.ask.spoken import Remark, by_part, called, near
from gbkg.core import prefixes
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql import parse
from gbkg.sparql.tree import Values
from gbkg.store.memory import Store

if TYPE_CHECKING:
    from gbkg.ask.opened import KnowledgeGraph

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
    return kind in ("date", "number", "text") or (":" in kind and prefixes.full(kind) is not None)


def expected(kind: str) -> str:
    """What has to be typed for a type, with examples where they are the same for every graph."""
    return {
        "date": "a date such as 2019, 2019-10, 2019-10-31 or --09",
        "number": "a number such as 300 or 2.5",
        "text": "a text",
    }.get(kind, f"a {kind}")


def resolve(name: str, kind: str, typed: str, kg: KnowledgeGraph, remark: Remark | None = None) -> Any:
    """The term that was meant by what was typed for the parameter `name` of type `kind`.

    For a class: the IRI of one of its members, found by IRI, prefixed name, local name, label or alias, in upper or
    lower case. With `remark`, also by the beginning of a label or alias or by whole words in it, if one member alone
    has them; `remark` is then told what the text was taken for.

    Raises `NotFoundError` with near names of that class when nothing in it has the name or several have, `GbkgError`
    when the text is no date or number.
    """
    if any("\ud800" <= character <= "\udfff" for character in typed):
        raise GbkgError(f"the value of {name} is not UTF-8")
    if kind not in ("date", "number", "text"):
        return _member(name, kind, typed.strip(), kg, remark)
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
            # Not int(): Python reads no more than 4,300 digits.
            digits = typed.lstrip("+-").lstrip("0") or "0"
            return _typed(f"-{digits}" if typed[0] == "-" and digits != "0" else digits, "integer")
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
        prefixes.full(typed)
        if ":" in typed
        else prefixes.PREFIXES["id"] + typed
        if prefixes.SLUG.fullmatch(typed)
        else None
    )
    try:
        return ox.NamedNode(str(iri)) if iri else None
    except ValueError:
        return None


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


def _member(name: str, kind: str, typed: str, kg: KnowledgeGraph, remark: Remark | None) -> Any:
    top = _class(kind, kg)
    of_class = members(kg.store, top)
    iri = prefixes.full(typed) if ":" in typed else None
    meant = next((one for one in of_class if one.value == iri), None)
    if meant is not None:
        return meant
    spoken = _spoken(kg.store, of_class)
    exact = spoken.get(typed.casefold(), set())
    said = kg.label(top).lower()
    if len(exact) == 1:
        return next(iter(exact))
    if exact:
        raise NotFoundError(f"single {said}", typed, [_called(kg, found) for found in sorted(exact, key=str)])
    taken = by_part(typed, _labelled(kg.store, of_class)) if remark else set()
    if remark and len(taken) == 1:
        found = next(iter(taken))
        remark(f"{name} {typed!r} is taken for {_called(kg, found)}")
        return found
    close = near(typed.removeprefix("id:"), spoken, str)
    known = [_called(kg, found) for found in sorted(of_class, key=str)] if len(of_class) <= _FEW else []
    hint = _elsewhere(typed, top, kg, bool(close))
    raise NotFoundError(said, typed, [_called(kg, found) for found in close], known, hint=hint)


def _called(kg: KnowledgeGraph, term: Any) -> str:
    return called(kg.labels.get(term.value, ""), prefixes.shorten(term.value))


def _class(kind: str, kg: KnowledgeGraph) -> Any:
    top = ox.NamedNode(str(prefixes.full(kind)))
    if any(True for _ in kg.store.quads(top, None, None)) or any(True for _ in kg.store.quads(None, _TYPE, top)):
        return top
    typed = {quad.object for quad in kg.store.quads(None, _TYPE)} | classes(kg.store, _ENTITY)
    close = get_close_matches(kind, sorted(prefixes.shorten(one.value) for one in typed), 3, 0.6)
    raise NotFoundError("class", kind, close)


def _spoken(store: Store, found: Iterable[Any]) -> dict[str, set[Any]]:
    """Every name of these, in lower case: local name, prefixed name, labels and aliases."""
    found = list(found)
    spoken = _labelled(store, found)
    for one in found:
        short = prefixes.shorten(one.value).strip("<>")
        for word in {short, short.rpartition(":")[2], re.split(r"[/#]", one.value)[-1]}:
            spoken.setdefault(word.casefold(), set()).add(one)
    return spoken


def _labelled(store: Store, found: Iterable[Any]) -> dict[str, set[Any]]:
    """The labels and aliases of these, in lower case."""
    found = list(found)
    spoken: dict[str, set[Any]] = {}
    for kind in _SPOKEN:
        for quad in store.quads_of(found, kind):
            spoken.setdefault(quad.object.value.casefold(), set()).add(quad.subject)
    return spoken


def _elsewhere(typed: str, top: Any, kg: KnowledgeGraph, close: bool) -> str:
    """What the name is if it is not of the class; examples of the class if nothing is near."""
    others = _spoken(kg.store, members(kg.store, _ENTITY)).get(typed.casefold().removeprefix("id:"), set())
    if len(others) == 1:
        other = next(iter(others))
        kinds = sorted(kg.label(quad.object) for quad in kg.store.quads(other, _TYPE))
        return f"{prefixes.shorten(other.value)} is {_a(kinds[0])}" if kinds else ""
    of_class = sorted(prefixes.shorten(one.value) for one in members(kg.store, top))
    return f"for instance {', '.join(of_class[:3])}" if len(of_class) > _FEW and not close else ""


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
