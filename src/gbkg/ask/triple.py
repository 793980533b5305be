"""The triple that a reader means by three names."""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.ask.parameters import literal, resolve
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import TripleKey

if TYPE_CHECKING:
    from gbkg.ask.opened import KnowledgeGraph


_TYPE, _PREDICATE = (ox.NamedNode(PREFIXES["rdf"] + name) for name in ("type", "predicate"))
_INDICATOR = ox.NamedNode(PREFIXES["gbkg"] + "Indicator")
_DECLARED = tuple(ox.NamedNode(PREFIXES["owl"] + name) for name in ("ObjectProperty", "DatatypeProperty"))


def triple(kg: KnowledgeGraph, subject: str, predicate: str, object: str) -> TripleKey:
    """The triple meant by names of subject, property and object; where a name can be read in several ways, the one that
    makes the triple hold comes first.

    Raises `NotFoundError` with near names when nothing has a name.
    """
    s, properties = node(kg, subject), properties_(kg, predicate)
    objects = readings(kg, object) or [node(kg, object)]
    for p in properties:
        for o in objects:
            if any(True for _ in kg.store.quads(s, p, o)):
                return s, p, o
    p = properties[0]
    spoken = [q.object for q in kg.store.quads(s, p) if q.object.value.casefold() == object.casefold()]
    return s, p, (spoken or objects)[0]


def node(kg: KnowledgeGraph, name: str) -> Any:
    """Any node of the graph by IRI or prefixed name, an entity also by id, label or alias."""
    found = _iri(name) if ":" in name else None
    if found is not None and any(True for place in ((found,), (None, None, found)) for _ in kg.store.quads(*place)):
        return found
    labelled = [iri for iri, label in kg.labels.items() if label.casefold() == name.casefold()]
    if len(labelled) == 1:
        return ox.NamedNode(labelled[0])
    return resolve("entity", "gbkg:Entity", name, kg)


def properties_(kg: KnowledgeGraph, name: str) -> list[Any]:
    """The properties that are used, declared or claimed and have this IRI, prefixed name, local name or label; ours
    first."""
    known = {row[0] for row in kg.store.query("SELECT DISTINCT ?p { ?s ?p ?o }")} | {
        quad.object for quad in kg.store.quads(None, _PREDICATE)
    }
    known |= {quad.subject for kind in _DECLARED for quad in kg.store.quads(None, _TYPE, kind)}
    exact = _TYPE if name == "a" else _iri(name) if ":" in name else None
    if exact is not None and exact in known:
        return [exact]
    spoken: dict[str, list[Any]] = {}
    for term in sorted(known, key=lambda term: (not term.value.startswith(PREFIXES["gbkg"]), term.value)):
        short = shorten(term.value)
        for word in {kg.labels.get(term.value, ""), short.partition(":")[2], short} - {""}:
            spoken.setdefault(word.casefold(), []).append(term)
    if name.casefold() in spoken:
        return spoken[name.casefold()]
    measured = [q.subject for q in kg.store.quads(None, _TYPE, _INDICATOR)]
    if any(
        name.casefold() in (kg.label(i).casefold(), shorten(i.value).partition(":")[2].casefold()) for i in measured
    ):
        hint = "it is an indicator, and statistics are claims, not triples: gbkg show lists those of an entity"
        raise NotFoundError("property", name, hint=hint)
    near = get_close_matches(name.casefold(), sorted(spoken), 6, 0.5)
    raise NotFoundError("property", name, list(dict.fromkeys(shorten(spoken[word][0].value) for word in near))[:3])


def readings(kg: KnowledgeGraph, text: str) -> list[Any]:
    """What an object may be: a node, a date, a number, a text."""
    found = []
    with suppress(NotFoundError):
        found.append(node(kg, text))
    found += [term for kind in ("date", "number") if (term := literal(kind, text)) is not None]
    known = ox.Literal(text)
    if any(True for _ in kg.store.quads(None, None, known)):
        found.append(known)
    return found


def _iri(name: str) -> Any | None:
    """The IRI of a name, None when it is none that the engine takes."""
    iri = full(name)
    try:
        return None if iri is None else ox.NamedNode(iri)
    except ValueError:
        return None
