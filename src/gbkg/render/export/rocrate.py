"""The whole as an RO-Crate: every other export, with a description of each that machines read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from gbkg.core.errors import GbkgError
from gbkg.core.jsonld import dumped
from gbkg.render.export.links import Format
from gbkg.render.export.selection import Nodes

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
