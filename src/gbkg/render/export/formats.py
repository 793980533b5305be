"""Every format that `gbkg export` writes, in one table; and the whole as an RO-Crate, which holds all others with a
description of each that machines read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import chain
from typing import Any

import pyoxigraph as ox

from gbkg.ask.opened import OpenGraph
from gbkg.core import jsonld, turtle
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.jsonld import dumped
from gbkg.core.terms import Graph, term
from gbkg.render.export.links import Format, Input
from gbkg.render.export.networks import cx2, cytoscape, gexf, graphml, sheets
from gbkg.render.export.rdf import Nodes, jsonld_framed, ordered, rdf12, together
from gbkg.render.export.schemaorg import schemaorg

METADATA = "ro-crate-metadata.json"
_PROFILE = "https://w3id.org/ro/crate/1.2"


def rocrate(
    quads: Iterable[ox.Quad], files: Mapping[str, bytes], formats: Mapping[str, Format], published: str = ""
) -> dict[str, bytes]:
    """The files and `ro-crate-metadata.json` (https://www.researchobject.org/ro-crate/specification/1.2/).

    `formats` has the format of each file by its name. The date of publication, which a crate must have, is `published`,
    else dcterms:issued of the dataset, else the latest day on which its identifiers were verified: never today.
    Raises `GbkgError` when there is none of them.
    """
    nodes = Nodes(quads)
    graph = [_descriptor(), _root(nodes, files, published or _published(nodes))]
    graph += [_file(name, files[name], formats[name]) for name in sorted(files)]
    pages = {format.specification: format.title for format in reversed([*formats.values()])}
    graph += [{"@id": page, "@type": "WebPage", "name": name} for page, name in sorted(pages.items())]
    graph += [_source(nodes, iri) for iri in nodes.instances("gbkg:Source")]
    graph += [{"@id": iri, "@type": "CreativeWork", "name": _licence(iri)} for iri in _licences(nodes)]
    graph += [{"@id": "#authors", "@type": "Organization", "name": nodes.value(_dataset(nodes), "dcterms:creator")}]
    return {**files, METADATA: dumped({"@context": f"{_PROFILE}/context", "@graph": graph})}


def _descriptor() -> dict[str, Any]:
    return {"@id": METADATA, "@type": "CreativeWork", "conformsTo": {"@id": _PROFILE}, "about": {"@id": "./"}}


def _root(nodes: Nodes, files: Mapping[str, bytes], published: str) -> dict[str, Any]:
    dataset = _dataset(nodes)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": dataset,
        "name": nodes.value(dataset, "dcterms:title"),
        "description": nodes.value(dataset, "dcterms:description"),
        "version": nodes.value(dataset, "dcterms:hasVersion"),
        "datePublished": published,
        "license": _refer(_licences(nodes)),
        "copyrightNotice": nodes.value(dataset, "dcterms:rights"),
        "author": {"@id": "#authors"},
        "isBasedOn": _refer(nodes.instances("gbkg:Source")),
        "hasPart": _refer(sorted(files)),
    }
    return {name: value for name, value in root.items() if value}


def _file(name: str, content: bytes, format: Format) -> dict[str, Any]:
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "description": f"{format.title}: keeps {format.kept}; loses {format.lost}",
        "encodingFormat": [format.media, {"@id": format.specification}],
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _source(nodes: Nodes, iri: str) -> dict[str, Any]:
    language, digest = nodes.value(iri, "gbkg:language"), nodes.value(iri, "gbkg:sha256")
    name = nodes.value(iri, "dcterms:title")
    return {"@id": iri, "@type": "CreativeWork", "name": name, "inLanguage": language, "sha256": digest}


def _published(nodes: Nodes) -> str:
    issued = nodes.values(_dataset(nodes), "dcterms:issued")
    verified = [date for node in nodes.instances("sssom:Mapping") for date in nodes.values(node, "sssom:mapping_date")]
    if not issued and not verified:
        hint = "give dcterms:issued in data/dataset.ttl, or --published YYYY-MM-DD"
        raise GbkgError("an RO-Crate needs a date of publication, and the graph has none", hint=hint)
    return issued[0] if issued else max(verified)


def _dataset(nodes: Nodes) -> str:
    return next(iter(nodes.instances("dcat:Dataset")), "")


def _licences(nodes: Nodes) -> list[str]:
    return nodes.values(_dataset(nodes), "dcterms:license")


def _licence(iri: str) -> str:
    """What people call the licence."""
    return "Creative Commons Attribution 4.0 International" if "/licenses/by/4.0" in iri else iri


def _refer(iris: list[str]) -> Any:
    links = [{"@id": iri} for iri in iris]
    return links[0] if len(links) == 1 else links


def export(name: str, kg: OpenGraph, quads: Iterable[ox.Quad], **options: Any) -> dict[str, bytes]:
    """The files of a format, content by name. `quads` are those of `kg`
    (`OpenGraph.quads`), in any order; options are the further fields of `Input`.

    Raises `NotFoundError` for an unknown format, `GbkgError` for a date of publication that is none.
    """
    dated(options.get("published", ""))
    return find(name).make(Input(kg, tuple(ordered(quads)), **options))


def dated(published: str) -> str:
    """The date of publication. Raises `GbkgError` if it is neither empty nor a date."""
    try:
        return date.fromisoformat(published).isoformat() if published else ""
    except ValueError as error:
        raise GbkgError(f"--published: not a date: {published!r}; write YYYY-MM-DD") from error


def find(name: str) -> Format:
    """The format with this name. Raises `NotFoundError` with near names or, lacking these, all of them."""
    for format in FORMATS:
        if format.name == name:
            return format
    raise NotFoundError.among("format", name, [format.name for format in FORMATS])


def _jsonld(given: Input) -> bytes:
    groups = ([quad.triple for quad in group] for group in together(given.stated))
    return jsonld.document(groups, _context(given))


def _context(given: Input) -> dict[str, Any]:
    """The context of the graph's terms."""
    described = given.kg.store.quads(None, None, None, term("graph:ontology"))
    return jsonld.context(Graph(quad.triple for quad in described))


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
        lambda given: jsonld_framed(given.stated, _context(given)),
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
