"""The graph in the syntaxes of RDF 1.1: TriG, N-Quads, Turtle, N-Triples, JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from textwrap import indent
from typing import IO, Any

import pyoxigraph as ox
from rdflib import Graph
from rdflib.namespace import OWL, RDF
from rdflib.plugins.serializers.jsonld import from_rdf
from rdflib.plugins.shared.jsonld.context import Context

from gbkg.core.errors import ParseError
from gbkg.core.namespaces import GBKG, PREFIXES
from gbkg.core.project import Project
from gbkg.core.turtle import from_ox, new_graph

_DEFINING = frozenset({"@id", "@type", "@container", "@language"})
"""What the definition of a term in a context may have."""


def trig(quads: Iterable[Any]) -> bytes:
    """The quads of `store.quads` as TriG (https://www.w3.org/TR/trig/)."""
    return _serialize(quads, ox.RdfFormat.TRIG)


def nquads(quads: Iterable[Any]) -> bytes:
    """The quads of `store.quads` as N-Quads, one line a triple."""
    return _serialize(quads, ox.RdfFormat.N_QUADS)


def turtle(quads: Iterable[Any]) -> bytes:
    """The quads, those of a subject together, as one Turtle document without graph names, in their order."""
    return _serialize([quad.triple for quad in quads], ox.RdfFormat.TURTLE)


def ntriples(quads: Iterable[Any]) -> bytes:
    """The quads as N-Triples without graph names, in their order."""
    return _serialize([quad.triple for quad in quads], ox.RdfFormat.N_TRIPLES)


def jsonld(groups: Iterable[Iterable[Any]], context: Mapping[str, Any]) -> bytes:
    """Triples of pyoxigraph, in groups that have no subject in common, as JSON-LD 1.1, compacted with the context and
    carrying it inside, so that no reader has to fetch anything; the nodes of a group sorted by @id, several values of a
    property by their own JSON."""
    compaction = Compaction(context)
    return b"".join(compaction.document(compaction.nodes(map(str, group)) for group in groups))


class Compaction:
    """JSON-LD by one context (that of `read_context`): nodes apart, so that a document can be put together of pieces
    that have no subject in common."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._given = context["@context"]
        self._context = Context(self._given)

    @property
    def digest(self) -> str:
        """That of the context."""
        return sha256(json.dumps(self._given).encode()).hexdigest()

    def nodes(self, triples: Iterable[str]) -> str:
        """The nodes of triples as `str` of pyoxigraph's gives them, in the form that `document` takes."""
        merged = new_graph()
        text = "".join(f"{triple} .\n" for triple in triples)
        for triple in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES):
            merged.add((from_ox(triple.subject), from_ox(triple.predicate), from_ox(triple.object)))
        return ",\n".join(self.written(merged))

    def written(self, merged: Graph) -> Iterator[str]:
        """The JSON of each node as it stands in a document, by @id."""
        read = from_rdf(merged, self._context, auto_compact=True)  # type: ignore[no-untyped-call]
        nodes = read["@graph"] if "@graph" in read else [{k: v for k, v in read.items() if k != "@context"}]
        for node in sorted(nodes, key=lambda node: node.get("@id", "")):
            tidy = {
                key: sorted(value, key=lambda v: json.dumps(v, sort_keys=True)) if isinstance(value, list) else value
                for key, value in sorted(node.items())
            }
            if tidy:
                yield indent(json.dumps(tidy, ensure_ascii=False, indent=1, sort_keys=True), "  ")

    def document(self, nodes: Iterable[str]) -> Iterator[bytes]:
        """A document in pieces: the context, then all nodes, given as `nodes` gives them."""
        head = json.dumps({"@context": self._given}, ensure_ascii=False, indent=1)
        yield head.removesuffix("\n}").encode() + b',\n "@graph": ['
        between = "\n"
        for text in nodes:
            if text:
                yield f"{between}{text}".encode()
                between = ",\n"
        yield b"\n ]\n}\n" if between == ",\n" else b"]\n}\n"


def dumped(document: Any) -> bytes:
    """The JSON text of a document: UTF-8, one value a line, keys in the order given."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def context(ontology: Graph) -> dict[str, Any]:
    """The JSON-LD context that the ontology implies: every prefix, and each property of ours by its local name,
    object properties with IRIs for values. `ontology/context.jsonld` is this, written down."""
    terms: dict[str, Any] = dict(PREFIXES)
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in ontology.subjects(RDF.type, kind):
            name = str(term).removeprefix(str(GBKG))
            coercion = {"@type": "@id"} if kind == OWL.ObjectProperty else {}
            if name.isalnum():
                terms[name] = {"@id": f"gbkg:{name}", **coercion}
    return {"@context": {"@version": 1.1, **dict(sorted(terms.items()))}}


def read_context(project: Project) -> dict[str, Any]:
    """The context of `ontology/context.jsonld`.

    Raises `ParseError` when it is not JSON, or not one object of terms that says everything itself: a context named by
    its address, in a list, below a term or by `@import` would have to be fetched, and nothing is ever fetched.
    """
    path = project.ontology("context.jsonld")
    shown = project.show(path)
    try:
        found = json.loads(project.text(path))
    except json.JSONDecodeError as error:
        raise ParseError(f"not JSON: {error.msg}", file=shown, line=error.lineno, column=error.colno) from error
    except (RecursionError, ValueError) as error:
        raise ParseError("not JSON of a context: too deep, or a number too long", file=shown) from error
    if not isinstance(found, dict) or not isinstance(found.get("@context"), dict):
        hint = "a context elsewhere is not fetched: write its terms here"
        raise ParseError('expected {"@context": {term: …}}, one object of terms', file=shown, hint=hint)
    for term, meaning in found["@context"].items():
        if not _self_contained(term, meaning):
            hint = "an IRI, or an object of @id, @type, @container and @language; nothing is fetched"
            raise ParseError(f"the term {term!r} is not defined by itself", file=shown, hint=hint)
    return found


def _self_contained(term: str, meaning: Any) -> bool:
    """Whether a line of a context is text that needs no other document to be read."""
    if any("\ud800" <= character <= "\udfff" for character in term + json.dumps(meaning, ensure_ascii=False)):
        return False
    if term == "@version":
        return bool(meaning == 1.1)
    if term.startswith("@"):
        return term in ("@vocab", "@base", "@language") and isinstance(meaning, str)
    parts = meaning if isinstance(meaning, dict) else {"@id": meaning}
    return parts.keys() <= _DEFINING and all(isinstance(part, str) for part in parts.values())


def stream(statements: Iterable[Any], format: Any, file: IO[bytes]) -> None:
    """Writes quads or triples of pyoxigraph in an RDF syntax, one after the other."""
    ox.serialize(statements, output=file, format=format, prefixes=PREFIXES)


def _serialize(statements: Iterable[Any], format: Any) -> bytes:
    lines = format in (ox.RdfFormat.N_QUADS, ox.RdfFormat.N_TRIPLES)
    written = ox.serialize(statements, format=format, prefixes=None if lines else PREFIXES)
    assert isinstance(written, bytes)
    return written
