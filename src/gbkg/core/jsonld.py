"""Writes JSON-LD 1.1 with a context inside the document. rdflib does the compaction; no context is ever fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from textwrap import indent
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
        quads = ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
        return list(self._written(quad.triple for quad in quads))

    def _written(self, triples: Iterable[Triple]) -> Iterator[tuple[str, str]]:
        """The @id and the JSON of each node, by @id."""
        # Here, since a build whose nodes are all known, or that writes no JSON-LD, needs no rdflib (a quarter second).
        from rdflib.plugins.serializers.jsonld import from_rdf
        from rdflib.plugins.shared.jsonld.context import Context

        from gbkg.core.rdflibterms import new_graph

        read = from_rdf(new_graph(triples), Context(self._given), auto_compact=True)  # type: ignore[no-untyped-call]
        nodes = read["@graph"] if "@graph" in read else [{k: v for k, v in read.items() if k != "@context"}]
        for node in sorted(nodes, key=lambda node: node.get("@id", "")):
            tidy = {
                key: sorted(value, key=lambda v: json.dumps(v, sort_keys=True)) if isinstance(value, list) else value
                for key, value in sorted(node.items())
            }
            if tidy:
                text = indent(json.dumps(tidy, ensure_ascii=False, indent=1, sort_keys=True), "  ")
                yield str(node.get("@id", "")), text

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
