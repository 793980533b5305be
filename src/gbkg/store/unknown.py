"""Terms of a query that the graph does not have: what they match is nothing, whatever the world is like.

A misspelt property in NOT EXISTS, OPTIONAL or a count makes an answer that looks sound and says nothing. So each term
of a query is looked up, wherever it stands, and what is found is said beside the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, likely, near
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Term, term
from gbkg.sparql import parse
from gbkg.sparql.scan import Place, constants
from gbkg.sparql.tree import Constant, Element, Path, Triple
from gbkg.store.base import ONTOLOGY, Store

_TYPE = term("rdf:type")
_PROPERTIES = [term(f"owl:{kind}Property") for kind in ("Object", "Datatype", "Annotation")]
_OF_ONTOLOGY = tuple(PREFIXES[name] for name in ("rdfs", "owl", "skos", "sh"))
_FEW = 3

Kind = Literal["property", "class", "graph", "node"]


@dataclass(frozen=True, slots=True)
class UsedTerm:
    """A term of a query as what it is used there; of an object the property before it. `direct` when it stands in a
    triple pattern without a path."""

    kind: Kind
    term: Term
    predicate: Term | None = None
    direct: bool = False


def remarks(store: Store, text: str) -> tuple[str, ...]:
    """Remarks on the terms of a query, each a sentence without a full stop: which occur nowhere in the graph,
    with names near to them, and which only the ontology has."""
    return said(store, used(text))


@lru_cache(maxsize=512)
def used(text: str) -> tuple[UsedTerm, ...]:
    """The terms of a query as what they are used there, each once; none where the text is not SPARQL."""
    try:
        return tuple(dict.fromkeys(mentions((parse.pattern(text).where,))))
    except GbkgError:
        return ()


def said(store: Store, found: Iterable[UsedTerm]) -> tuple[str, ...]:
    """The remarks on these terms, each once."""
    several = list(dict.fromkeys(found))
    uses = store.uses({mention.term for mention in several if isinstance(mention.term, ox.NamedNode)})
    return tuple(dict.fromkeys(filter(None, (_said(store, mention, uses) for mention in several))))


def remarkable(store: Store, found: Iterable[UsedTerm]) -> bool:
    """Whether there are remarks on these terms; without the names near to them, for which the graph is read."""
    several = list(dict.fromkeys(found))
    uses = store.uses({mention.term for mention in several if isinstance(mention.term, ox.NamedNode)})
    return any(
        _unmatched(store, mention.term, mention.predicate)
        if isinstance(mention.term, ox.Literal)
        else _absent(mention, uses[mention.term]) or _said(store, mention, uses)
        for mention in several
    )


def absent(store: Store, found: Iterable[UsedTerm]) -> list[str]:
    """The IRIs among these terms that occur nowhere in the graph, as prefix:name."""
    found = [mention for mention in found if isinstance(mention.term, ox.NamedNode)]
    uses = store.uses({mention.term for mention in found})
    return list(dict.fromkeys(shorten(m.term.value) for m in found if _absent(m, uses[m.term])))


def mentions(elements: Iterable[Element]) -> Iterator[UsedTerm]:
    """The terms in elements, however deep, as what they are used there."""
    for element in elements:
        for place in constants(element):
            yield from _mention(*place)


def _mention(place: Place, value: Term, pattern: Triple | None) -> Iterator[UsedTerm]:
    if isinstance(value, ox.NamedNode) and value.value.startswith(PREFIXES["xsd"]):
        return
    path = pattern.predicate if pattern else None
    predicate = path.term if isinstance(path, Constant) else None
    if place == "object" and (isinstance(value, ox.NamedNode) or predicate is not None):
        kind: Kind = "class" if predicate == _TYPE else "node"
        yield UsedTerm(kind, value, predicate, predicate is not None)
    elif place != "object" and isinstance(value, ox.NamedNode):
        kind = "property" if place == "predicate" else "graph" if place == "graph" else "node"
        yield UsedTerm(kind, value, direct=place == "predicate" and not isinstance(path, Path))


def _said(store: Store, mention: UsedTerm, uses: dict[Term, frozenset[str]]) -> str:
    if isinstance(mention.term, ox.Literal):
        return _literal(store, mention.term, mention.predicate)
    name, known = shorten(mention.term.value), uses[mention.term]
    if _absent(mention, known):
        where = {"property": "is used nowhere", "graph": "is not a graph here"}.get(
            mention.kind, "occurs nowhere in the graph"
        )
        close = _near(name, {shorten(one.value) for one in _known(store, mention.kind)})
        return f"{name} {where}" + (f", near are {', '.join(close)}" if close else "")
    if not mention.direct or mention.kind == "graph":
        return ""
    if mention.kind == "property" and "property" not in known:
        return f"{name} is declared in the ontology, but no triple has it"
    if mention.kind == "class" and "class" not in known:
        return f"{name} is declared in the ontology, but it has no direct instance"
    asks_ontology = mention.predicate is not None and mention.predicate.value.startswith(_OF_ONTOLOGY)
    if mention.kind == "node" and not asks_ontology and known == {"ontology"}:
        return f"{name} is declared in the ontology, but nothing else mentions it"
    return ""


def _absent(mention: UsedTerm, known: frozenset[str]) -> bool:
    """Whether the graph does not have the term; a property or class may be declared without being used."""
    return "graph" not in known if mention.kind == "graph" else not known


def _known(store: Store, kind: Kind) -> set[ox.NamedNode]:
    """The terms among which a near name is looked for; of a large graph only those of its ontology."""
    if kind == "graph":
        return {row[0] for row in store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}
    if kind == "property":
        declared = {quad.subject for one in _PROPERTIES for quad in store.quads(None, _TYPE, one)}
        used = store.select("SELECT DISTINCT ?p { ?s ?p ?o }") if store.small else ()
        return declared | {row[0] for row in used}
    if kind == "class":
        return {quad.subject for quad in store.quads(None, _TYPE, term("owl:Class"))}
    return {quad.subject for quad in store.quads(None, term("rdfs:label"), None, None if store.small else ONTOLOGY)}


def _near(name: str, known: set[str]) -> list[str]:
    """Names whose part after the prefix is spelled nearly so, then those that have the word in them."""
    spelled: dict[str, list[str]] = {}
    for one in sorted(known):
        spelled.setdefault(_word(one), []).append(one)
    return [one for word in likely(_word(name), spelled, _FEW, 0.75) for one in spelled[word]][:_FEW]


def _word(name: str) -> str:
    return name.rpartition(":")[2].casefold()


def _literal(store: Store, literal: ox.Literal, predicate: Term | None) -> str:
    """Says that no object of the property is this literal, with those near to it: other words, language or datatype."""
    if predicate is None or not _unmatched(store, literal, predicate):
        return ""
    known = {quad.object for quad in store.quads(None, predicate) if isinstance(quad.object, ox.Literal)}
    no = f"no {shorten(predicate.value)} is {_literal_text(literal)}"
    same = sorted(_literal_text(other) for other in known if other.value == literal.value)
    if same:
        return f"{no}, the graph has {', '.join(same[:_FEW])}"
    words = {other.value: other for other in sorted(known, key=str, reverse=True)}
    close = near(literal.value, words, _FEW)
    return f"{no}, near are {', '.join(_literal_text(words[word]) for word in close)}" if close else no


def _unmatched(store: Store, literal: ox.Literal, predicate: Term | None) -> bool:
    """Whether no object of a property is this literal, in a graph of which that is remarked."""
    return predicate is not None and store.small and not any(store.quads(None, predicate, literal))


def _literal_text(literal: ox.Literal) -> str:
    """A literal as N-Triples has it, with a prefix for its datatype."""
    text, mark, datatype = str(literal).rpartition("^^<")
    return f"{text}^^{shorten(datatype[:-1])}" if mark and literal.language is None else str(literal)
