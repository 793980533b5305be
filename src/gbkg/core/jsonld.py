"""Writes JSON-LD 1.1 with a context inside the document. rdflib does the compaction; no context is ever fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from json.encoder import encode_basestring as _string
from typing import Any

import pyoxigraph as ox
from pyoxigraph import Triple

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Graph


def document(groups: Iterable[Iterable[Triple]], context: Mapping[str, Any]) -> bytes:
    """A JSON-LD document of groups of triples that share no subject.

    It is compacted with the context and carries it inside, so that readers fetch nothing. The nodes of a group are
    sorted by @id, several values of a property by their JSON.
    """
    compaction = Compaction(context)
    return b"".join(compaction.document(compaction.nodes(map(str, group)) for group in groups))


class Compaction:
    """JSON-LD with one context, as `context` gives it. Nodes are written separately, so that those of a source can
    be cached."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._given = context["@context"]
        plain = {name: iri for name, iri in self._given.items() if isinstance(iri, str) and name[0] != "@"}
        terms = {name: definition for name, definition in self._given.items() if isinstance(definition, dict)}
        self._prefixes = {iri: name for name, iri in plain.items() if iri[-1] in "#/:"}
        self._terms, self._naming = {iri: name for name, iri in plain.items()}, dict[str, str]()
        for name, definition in terms.items():
            prefix, _, local = definition["@id"].partition(":")
            (self._naming if "@type" in definition else self._terms)[plain[prefix] + local] = name
        self._known = dict[str, str]()

    @property
    def digest(self) -> str:
        """The SHA-256 of the context."""
        return sha256(json.dumps(self._given).encode()).hexdigest()

    def nodes(self, triples: Iterable[str]) -> str:
        """The JSON of the nodes of some triples (N-Triples without full stops), as `document` takes it."""
        return ",\n".join(text for _, text in self.apart(triples))

    def apart(self, triples: Iterable[str]) -> list[tuple[str, str]]:
        """The same, each node by itself with its @id, in their order. Groups of triples that have no subject in common,
        and no blank node, give the nodes that they give together."""
        text = "".join(f"{triple} .\n" for triple in triples)
        quads = [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)]
        try:
            nodes = self._plain(quads)
        except _NotPlainError:
            nodes = self._by_rdflib(quads)
        return [(str(node.get("@id", "")), _text(node)) for node in sorted(nodes, key=lambda node: node.get("@id", ""))]

    def _plain(self, triples: Iterable[Triple]) -> list[dict[str, Any]]:
        """The nodes of triples without blank nodes, as rdflib has them, in a fifth of the time. Raises
        `_NotPlainError` for others, and for what rdflib writes otherwise than it was given."""
        nodes: dict[str, dict[str, Any]] = {}
        for subject, predicate, value in triples:
            if isinstance(subject, ox.BlankNode):
                raise _NotPlainError
            name = self._short(str(subject.value))
            key, one = self._pair(predicate.value, value)
            node = nodes.setdefault(name, {"@id": name})
            if key not in node:
                node[key] = one
            elif isinstance(node[key], list):
                node[key].append(one)
            else:
                node[key] = [node[key], one]
        return list(nodes.values())

    def _pair(self, predicate: str, value: Any) -> tuple[str, Any]:
        """The key of a property and one of its values."""
        if isinstance(value, ox.NamedNode):
            iri = value.value
            if predicate in self._naming:
                return self._naming[predicate], self._short(iri)
            if predicate == _TYPE:
                return "@type", self._symbol(iri)
            return self._symbol(predicate), {"@list": []} if iri == _NIL else {"@id": self._short(iri)}
        if not isinstance(value, ox.Literal):
            raise _NotPlainError
        key = "@type" if predicate == _TYPE else self._symbol(predicate)
        if value.language:
            if not value.language.islower():
                raise _NotPlainError
            return key, {"@language": value.language, "@value": value.value}
        datatype = value.datatype.value
        if datatype == _XSD + "string":
            return key, value.value
        if datatype in _NATIVE:
            return key, _native(value.value, datatype)
        return key, {"@type": self._symbol(datatype), "@value": value.value}

    def _symbol(self, iri: str) -> str:
        """A property, class or datatype by its term, else as other IRIs."""
        return self._terms.get(iri) or self._short(iri)

    def _short(self, iri: str) -> str:
        """An IRI with a prefix, if its namespace has one: what ends with its last #, without one with its last slash,
        else with its last colon."""
        found = self._known.get(iri)
        if found is None:
            end = next((at for mark in "#/:" if (at := iri.rfind(mark)) > -1), -1) + 1
            prefix = self._prefixes.get(iri[:end])
            found = self._known[iri] = f"{prefix}:{iri[end:]}" if prefix else iri
        return found

    def _by_rdflib(self, triples: Iterable[Triple]) -> list[dict[str, Any]]:
        # Here, since most builds need no rdflib, which takes a quarter second to start.
        from rdflib.plugins.serializers.jsonld import from_rdf
        from rdflib.plugins.shared.jsonld.context import Context

        from gbkg.core.rdflibterms import new_graph

        read = from_rdf(new_graph(triples), Context(self._given), auto_compact=True)  # type: ignore[no-untyped-call]
        return list(read["@graph"] if "@graph" in read else [{k: v for k, v in read.items() if k != "@context"}])

    def document(self, nodes: Iterable[str]) -> Iterator[bytes]:
        """A document: the context, then all nodes, each text as from `nodes`."""
        head = json.dumps({"@context": self._given}, ensure_ascii=False, indent=1)
        yield head.removesuffix("\n}").encode() + b',\n "@graph": ['
        between = "\n"
        for text in nodes:
            if text:
                yield f"{between}{text}".encode()
                between = ",\n"
        yield b"\n ]\n}\n" if between == ",\n" else b"]\n}\n"


class _NotPlainError(Exception):
    """The triples have something for which rdflib is asked."""


_RDF, _XSD = PREFIXES["rdf"], PREFIXES["xsd"]
_TYPE, _NIL = f"{_RDF}type", f"{_RDF}nil"
_NATIVE = {f"{_XSD}{name}" for name in ("boolean", "integer", "double")}
_INTEGER = re.compile(r"-?[1-9][0-9]*|0")


def _native(text: str, datatype: str) -> int | bool:
    """A number or truth value as JSON has it, where it is written there in the same way."""
    if datatype == _XSD + "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if datatype == _XSD + "boolean" and text in ("true", "false"):
        return text == "true"
    raise _NotPlainError


def _text(node: Mapping[str, Any]) -> str:
    """The JSON of a node, as it stands in a document: several values of a property by their JSON."""
    tidy = {
        key: sorted(value, key=lambda one: json.dumps(one, sort_keys=True)) if isinstance(value, list) else value
        for key, value in node.items()
    }
    return "  " + _json(tidy, "\n  ")


def _json(value: Any, line: str) -> str:
    """As `json.dumps` with an indent of one and sorted keys, in a third of the time; `line` begins each line."""
    deeper = f"{line} "
    if isinstance(value, dict) and value:
        pairs = (f"{_string(key)}: {_json(one, deeper)}" for key, one in sorted(value.items()))
        return f"{{{deeper}{f',{deeper}'.join(pairs)}{line}}}"
    if isinstance(value, list) and value:
        return f"[{deeper}{f',{deeper}'.join(_json(one, deeper) for one in value)}{line}]"
    return _string(value) if isinstance(value, str) else json.dumps(value)


def dumped(document: Any) -> bytes:
    """A JSON document as bytes: UTF-8, one value a line, keys in the given order."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def context(ontology: Graph) -> dict[str, Any]:
    """The context of a project with these terms: every prefix, and each property of gbkg's namespace by its local name,
    object properties with IRIs for values. It is written out, so that readers fetch nothing."""
    terms: dict[str, Any] = dict(PREFIXES)
    for kind, coercion in (("owl:ObjectProperty", {"@type": "@id"}), ("owl:DatatypeProperty", {})):
        for one in ontology.instances(kind):
            prefix, _, name = shorten(one.value).partition(":")
            if prefix == "gbkg" and name.isalnum():
                terms[name] = {"@id": f"gbkg:{name}", **coercion}
    return {"@context": {"@version": 1.1, **dict(sorted(terms.items()))}}
