"""What the tests of exports share: the files of a format, made once for each build, and readers that fetch nothing."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox
from conftest import SHIPPED
from graphs import GRAPH
from pyld import jsonld

from gbkg import knowledge as kg
from gbkg.core.prefixes import full
from gbkg.render.export import formats, rdf
from gbkg.store import outputs

ROOT = Path(__file__).resolve().parents[1]


@cache
def opened(out: Path) -> kg.KnowledgeGraph:
    return kg.open(SHIPPED, out / "gbkg.nq")


@cache
def quads(out: Path) -> tuple[ox.Quad, ...]:
    return tuple(outputs.parsed(out / "gbkg.nq"))


@cache
def files(out: Path, name: str, inferred: bool = False) -> dict[str, bytes]:
    return formats.export(name, opened(out), quads(out), inferred=inferred)


def content(out: Path, name: str, inferred: bool = False) -> bytes:
    (only,) = files(out, name, inferred).values()
    return only


def document(out: Path, name: str, inferred: bool = False) -> Any:
    return json.loads(content(out, name, inferred))


def triples(out: Path, *graphs: str) -> set[ox.Triple]:
    """The triples of the named graphs; without names those of all that hold what is stated."""
    wanted = {str(GRAPH[name]) for name in graphs}
    return {
        quad.triple
        for quad in quads(out)
        if (quad.graph_name.value in wanted if wanted else quad.graph_name not in rdf.INFERRED)
    }


def expanded(document: Any, loader: Any = None) -> set[ox.Triple]:
    """The triples of a JSON-LD document, by PyLD, which may fetch nothing."""
    options = {"format": "application/n-quads", "documentLoader": loader or refuse}
    text = str(jsonld.to_rdf(document, options))
    return {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS)}


def refuse(url: str, _options: object = None) -> NoReturn:
    raise AssertionError(f"a reader was made to fetch {url}")


def iri(curie: str) -> str:
    found = full(curie)
    assert found is not None
    return str(found)
