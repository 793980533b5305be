"""Every format that `gbkg export` writes, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from itertools import chain
from typing import Any

import pyoxigraph as ox

from gbkg.ask.opened import OpenGraph
from gbkg.core import jsonld, turtle
from gbkg.core.errors import NotFoundError
from gbkg.render.export.links import Format, Input
from gbkg.render.export.networks import cx2, cytoscape, gexf, graphml, sheets
from gbkg.render.export.rdf import jsonld_framed, rdf12
from gbkg.render.export.rocrate import rocrate
from gbkg.render.export.schemaorg import schemaorg
from gbkg.render.export.selection import ordered, together


def export(name: str, kg: OpenGraph, quads: Iterable[ox.Quad], **options: Any) -> dict[str, bytes]:
    """The files of a format, content by name. `quads` are those of `kg`
    (`OpenGraph.quads`), in any order; options are the further fields of `Input`.

    Raises `NotFoundError` for an unknown format.
    """
    return find(name).make(Input(kg, tuple(ordered(quads)), **options))


def find(name: str) -> Format:
    """The format with this name. Raises `NotFoundError` with near names or, lacking these, all of them."""
    for format in FORMATS:
        if format.name == name:
            return format
    known = [format.name for format in FORMATS]
    near = get_close_matches(name, known, 3)
    raise NotFoundError("format", name, near, () if near else known)


def _jsonld(given: Input) -> bytes:
    groups = ([quad.triple for quad in group] for group in together(given.stated))
    return jsonld.document(groups, jsonld.read_context(given.kg.project))


def _rocrate(given: Input) -> dict[str, bytes]:
    others = [format for format in FORMATS if format.name != "rocrate"]
    files = {name: content for format in others for name, content in format.make(given).items()}
    formats = {name: format for format in others for name in format.files}
    return rocrate(given.quads, files, formats, given.published)


def _one(
    name: str,
    title: str,
    file: str,
    media: str,
    specification: str,
    make: Callable[[Input], bytes],
    kept: str,
    lost: str,
) -> Format:
    """A format of a single file."""
    return Format(name, title, (file,), media, specification, kept, lost, lambda given: {file: make(given)})


_NETWORK = "every entity, and every relation between two of them with claims, quotations, dates and status"
_NO_NUMBERS = "statistics, passages as nodes, curation, ontology; texts and dates that are no relation"
_MERGED = "names of graphs; what rules infer, unless asked for"

FORMATS = (
    _one(
        "turtle",
        "Turtle",
        "gbkg.ttl",
        "text/turtle",
        "https://www.w3.org/TR/turtle/",
        lambda given: turtle.as_turtle(chain.from_iterable(together(given.stated))),
        kept="every triple",
        lost=_MERGED,
    ),
    _one(
        "trig",
        "TriG",
        "gbkg.trig",
        "application/trig",
        "https://www.w3.org/TR/trig/",
        lambda given: turtle.as_trig(given.quads),
        kept="everything, in named graphs",
        lost="nothing",
    ),
    _one(
        "nquads",
        "N-Quads",
        "gbkg.nq",
        "application/n-quads",
        "https://www.w3.org/TR/n-quads/",
        lambda given: turtle.as_nquads(given.quads),
        kept="everything, in named graphs, one line a triple",
        lost="nothing; there are no prefixes",
    ),
    _one(
        "ntriples",
        "N-Triples",
        "gbkg.nt",
        "application/n-triples",
        "https://www.w3.org/TR/n-triples/",
        lambda given: turtle.as_ntriples(chain.from_iterable(together(given.stated))),
        kept="every triple, one a line",
        lost=_MERGED,
    ),
    _one(
        "jsonld",
        "JSON-LD 1.1",
        "gbkg.jsonld",
        "application/ld+json",
        "https://www.w3.org/TR/json-ld11/",
        _jsonld,
        kept="every triple, compacted with the context that it carries",
        lost=_MERGED,
    ),
    _one(
        "jsonld-framed",
        "JSON-LD 1.1, framed",
        "gbkg-framed.jsonld",
        "application/ld+json",
        "https://www.w3.org/TR/json-ld11/",
        lambda given: jsonld_framed(given.stated, jsonld.read_context(given.kg.project)),
        kept="every entity as one tree: relations, statistics, claims, quotations",
        lost="ontology, curation, metadata; sources but for their titles",
    ),
    _one(
        "rdf12",
        "RDF 1.2 Turtle",
        "gbkg-rdf12.ttl",
        "text/turtle; version=1.2",
        "https://www.w3.org/TR/rdf12-turtle/",
        lambda given: rdf12(given.stated),
        kept="every triple; a claim annotates the triple that it states",
        lost="names of graphs; rdf:reifies takes the place of rdf:subject, rdf:predicate, rdf:object",
    ),
    _one(
        "schemaorg",
        "schema.org JSON-LD",
        "gbkg-schemaorg.jsonld",
        "application/ld+json",
        "https://schema.org/docs/schemas.html",
        lambda given: schemaorg(given.stated),
        kept="the dataset, its sources, every entity with the properties that schema.org has",
        lost="statistics, claims, quotations, curation; properties without a counterpart",
    ),
    Format(
        "csv",
        "CSV",
        ("nodes.csv", "edges.csv"),
        "text/csv",
        "https://www.rfc-editor.org/rfc/rfc4180",
        kept=_NETWORK,
        lost=_NO_NUMBERS + "; cells that begin like a formula get an apostrophe",
        make=lambda given: sheets(given.links),
    ),
    _one(
        "graphml",
        "GraphML",
        "gbkg.graphml",
        "application/graphml+xml",
        "http://graphml.graphdrawing.org/specification.html",
        lambda given: graphml(given.links),
        kept=_NETWORK,
        lost=_NO_NUMBERS,
    ),
    _one(
        "gexf",
        "GEXF 1.3",
        "gbkg.gexf",
        "application/gexf+xml",
        "https://gexf.net/",
        lambda given: gexf(given.links),
        kept=_NETWORK + "; since when each is there",
        lost=_NO_NUMBERS,
    ),
    _one(
        "cx2",
        "Cytoscape Exchange 2",
        "gbkg.cx2",
        "application/json",
        "https://cytoscape.org/cx/cx2/specification/cytoscape-exchange-format-specification-(version-2)/",
        lambda given: cx2(given.links),
        kept=_NETWORK,
        lost=_NO_NUMBERS,
    ),
    _one(
        "cytoscape",
        "Cytoscape.js JSON",
        "gbkg.cyjs",
        "application/json",
        "https://js.cytoscape.org/#notation/elements-json",
        lambda given: cytoscape(given.links),
        kept=_NETWORK,
        lost=_NO_NUMBERS,
    ),
    Format(
        "rocrate",
        "RO-Crate 1.2",
        ("ro-crate-metadata.json",),
        "application/ld+json",
        "https://www.researchobject.org/ro-crate/specification/1.2/",
        kept="all of the files above, each with size, digest, media type and licence",
        lost="nothing",
        make=_rocrate,
    ),
)
"""In the order of the documentation."""
