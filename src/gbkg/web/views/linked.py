"""Linked Data: the address of a thing leads to the documents about it, each in one format, by what the client accepts
(Cool URIs for the Semantic Web, https://www.w3.org/TR/cooluris/, section 4.2: 303 URIs).

`/id/SLUG` is the entity, `/id/SLUG.html` the page, `/id/SLUG.ttl` the data; claims, passages, sources, curation, saved
queries, rules and inferences likewise. The paths are those of the IRIs, so that one redirection of the whole namespace
to a server makes every IRI resolve. The SPARQL endpoint (SPARQL 1.1 Service Description,
https://www.w3.org/TR/sparql11-service-description/) and the dataset (VoID, DCAT) are described in RDF, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from pyoxigraph import NamedNode, Triple

from gbkg.ask.opened import dataset_node
from gbkg.core.errors import NotFoundError
from gbkg.core.nquads import GRAPHS
from gbkg.core.prefixes import BASE, OWN, PREFIXES, full
from gbkg.core.terms import minted, term
from gbkg.evidence.described import described
from gbkg.store.base import Store
from gbkg.web.messages import NotAcceptable, Refused, Request, Response, choose
from gbkg.web.protocol import TRIPLES, document, serialized
from gbkg.web.site import Route, Site, routes

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
_FORMATS = (
    "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV Turtle N-Triples JSON-LD RDF_XML"
)
_TYPE, _TRIPLES = term("rdf:type"), ox.NamedNode(PREFIXES["void"] + "triples")


def service_described(store: Store, endpoint: str) -> Iterator[ox.Triple]:
    """The description of the endpoint at this address. Every node has an IRI: of the service it is the address, of the
    graphs their names."""
    node, default = ox.NamedNode(endpoint), ox.NamedNode(endpoint + "#default-graph")
    described = ox.NamedNode(endpoint + "#graphs")
    yield ox.Triple(node, _TYPE, _sd("Service"))
    yield ox.Triple(node, _sd("endpoint"), node)
    yield ox.Triple(node, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield ox.Triple(node, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _FORMATS.split():
        yield ox.Triple(node, _sd("resultFormat"), ox.NamedNode(FORMATS + name))
    yield ox.Triple(node, _sd("defaultDataset"), described)
    yield ox.Triple(node, _sd("availableGraphs"), described)
    yield ox.Triple(described, _TYPE, _sd("Dataset"))
    yield ox.Triple(described, _TYPE, _sd("GraphCollection"))
    yield ox.Triple(described, _sd("defaultGraph"), default)
    yield ox.Triple(default, _TYPE, _sd("Graph"))
    yield ox.Triple(default, _TRIPLES, ox.Literal(len(store)))
    for name in GRAPHS:
        yield from _named_graph(store, described, minted("graph", name))


def _named_graph(store: Store, dataset: ox.NamedNode, name: ox.NamedNode) -> Iterator[ox.Triple]:
    """A named graph and, if the graph says so itself, how many triples it has."""
    node = ox.NamedNode(f"{dataset.value.removesuffix('#graphs')}#{name.value.rpartition('/')[2]}")
    yield ox.Triple(dataset, _sd("namedGraph"), node)
    yield ox.Triple(node, _TYPE, _sd("NamedGraph"))
    yield ox.Triple(node, _sd("name"), name)
    yield ox.Triple(node, _sd("graph"), name)
    yield ox.Triple(name, _TYPE, _sd("Graph"))
    for quad in store.quads(name, _TRIPLES):
        yield quad.triple


def dataset_described(store: Store, base: str) -> Iterator[ox.Triple]:
    """What the graph says of itself as a dataset, with the addresses of this server: where to ask it, and that this
    document describes it (https://www.w3.org/TR/void/, sections 3.2 and 6)."""
    described = dataset_node(store)
    document = ox.NamedNode(f"{base}/.well-known/void")
    yield ox.Triple(document, _TYPE, ox.NamedNode(PREFIXES["void"] + "DatasetDescription"))
    yield ox.Triple(document, ox.NamedNode("http://xmlns.com/foaf/0.1/topic"), described)
    for quad in sorted(store.quads(None, None, None, minted("graph", "metadata")), key=str):
        yield quad.triple
    yield ox.Triple(described, ox.NamedNode(PREFIXES["void"] + "sparqlEndpoint"), ox.NamedNode(f"{base}/sparql"))
    served = ox.NamedNode(f"{base}/sparql#service")
    yield ox.Triple(served, _TYPE, term("dcat:DataService"))
    yield ox.Triple(served, term("dcat:endpointURL"), ox.NamedNode(f"{base}/sparql"))
    yield ox.Triple(served, term("dcat:endpointDescription"), ox.NamedNode(f"{base}/api/openapi.json"))
    yield ox.Triple(served, term("dcat:servesDataset"), described)


def graph_title(store: Store) -> str:
    """What the graph calls itself."""
    return min((quad.object.value for quad in store.quads(dataset_node(store), term("dcterms:title"))), default="gbkg")


def example_entity(store: Store) -> ox.NamedNode | None:
    """The entity that the graph gives as an example of what is in it."""
    found = (
        quad.object for quad in store.quads(dataset_node(store), ox.NamedNode(PREFIXES["void"] + "exampleResource"))
    )
    return min((node for node in found if isinstance(node, ox.NamedNode)), key=str, default=None)


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)


KINDS = {
    "id": "entity",
    "source": "source",
    "claim": "claim",
    "passage": "passage",
    "curation": "node of curation",
    "query": "saved query",
    "rule": "rule",
    "inference": "inference",
}
"""The first segment of a thing's path, and what the thing is called."""
_PAGES = {
    "id": "/id/{}.html",
    "source": "/source/{}.html",
    "claim": "/claim/{}.html",
    "curation": "/disputes/{}",
    "query": "/questions/{}",
    "ontology": "/ontology.html",
}
"""Where the page about a thing is, if there is one."""
_DATA = {form.name: form for form in TRIPLES[:4]}
_PASSAGE = re.compile(r"(?P<source>[\w-]+)\.(?P<start>\d+)-(?P<end>\d+)")
_ONTOLOGY = "ontology"


def thing(site: Site, request: Request) -> Response:
    """`/KIND/NAME`: 303 to the document that the client likes best. Raises `NotFoundError`, `NotAcceptable`."""
    kind, name = _named(request)
    if not _exists(site, _node(kind, name)):
        raise _missing(site, kind, name)
    return _redirect(request, {**_page(kind, name), **_data(f"/{kind}/{quote(name)}")})


def data(site: Site, request: Request) -> Response:
    """`/KIND/NAME.ttl` and the like: what the graph says of a thing."""
    kind, name = _named(request)
    name, _, ending = name.rpartition(".")
    if kind == "claim" and "." not in name:  # a claim of this name, since every claim's has a point in it
        return thing(site, request)
    node = _node(kind, name)
    found = described(site.kg.store, node) if node else ()
    if not found or node is None:
        raise _missing(site, kind, name)
    form = _DATA[ending]
    links = _links({**_page(kind, name), **_data(f"/{kind}/{quote(name)}")}, besides=form.type)
    about = f'<{node.value}>; rel="describes"'
    return Response(serialized(found, form), form.content_type, headers=(("Link", f"{about}, {links}"),))


def ontology(site: Site, request: Request) -> Response:  # noqa: ARG001
    """`/ontology`, which all terms share: 303 to the page or the data."""
    return _redirect(request, {**_page(_ONTOLOGY, ""), **_data(f"/{_ONTOLOGY}")})


def ontology_data(site: Site, request: Request) -> Response:
    """`/ontology.ttl` and the like: classes, properties, indicators and closed lists."""
    form = _DATA[request.path.rpartition(".")[2]]
    quads = site.kg.store.quads(None, None, None, term("graph:ontology"))
    triples = sorted((quad.triple for quad in quads), key=_types_first)
    return Response(serialized(triples, form), form.content_type)


def dataset(site: Site, request: Request) -> Response:  # noqa: ARG001
    """`/dataset`, the graph as a whole: 303 to what it says of itself."""
    return Response.redirect("/.well-known/void")


def void(site: Site, request: Request) -> Response:
    """`/.well-known/void`: the dataset about itself (https://www.w3.org/TR/void/, section 7.2)."""
    return document(dataset_described(site.kg.store, request.base), request)


def _named(request: Request) -> tuple[str, str]:
    """Kind and name of the thing, from the path."""
    _, kind, name = request.path.split("/", 2)
    return kind, name


def _node(kind: str, name: str) -> NamedNode | None:
    """The IRI of a thing; None for a name that no IRI can have."""
    own = next((prefix for prefix, part in OWN.items() if part == f"{kind}/"), "")
    iri = full(f"<{PREFIXES[own] if own else f'{BASE}{kind}/'}{name}>")
    try:
        return NamedNode(iri) if iri else None
    except ValueError:
        return None


def _exists(site: Site, node: NamedNode | None) -> bool:
    return node is not None and any(True for _ in site.kg.store.quads(node))


def _missing(site: Site, kind: str, name: str) -> NotFoundError:
    near: list[str] = []
    if kind in ("id", "source", "claim"):
        found = site.kg.find(name.replace("-", " ") if kind == "id" else name, KINDS[kind])
        near = [candidate.short for candidate in found.candidates[:3]]
    return NotFoundError(KINDS[kind], name[:200], near, hint="" if near else "search finds names and words")


def _page(kind: str, name: str) -> dict[str, str]:
    """The page about a thing, by media type; of a passage it is that of its source, at the passage."""
    if kind == "passage":
        found = _PASSAGE.match(name)
        if found is None or "source" not in _pages():
            return {}
        return {"text/html": "/source/{source}.html?span={start}-{end}#{start}-{end}".format(**found.groupdict())}
    if kind not in _pages():
        return {}
    return {"text/html": _PAGES[kind].format(quote(name.partition("/")[0]))}  # of a query's parameter that of the query


@cache
def _pages() -> frozenset[str]:
    """The kinds of things that there are pages about."""
    patterns = {kind: re.compile(re.escape(page).replace(r"\{\}", r"\{\w+\}")) for kind, page in _PAGES.items()}
    paths = [route.path for route in routes()]
    return frozenset(kind for kind, pattern in patterns.items() if any(map(pattern.fullmatch, paths)))


def _data(path: str) -> dict[str, str]:
    """The documents of data, by media type."""
    return {form.type: f"{path}.{name}" for name, form in _DATA.items()}


def _redirect(request: Request, documents: dict[str, str]) -> Response:
    alternates = (("Link", _links(documents)),)
    try:
        best = choose(request.accept, list(documents))
    except NotAcceptable as none:
        listed = ", ".join(f"{address} ({type})" for type, address in documents.items())
        raise Refused(406, none.message, hint=f"there is {listed}", headers=alternates) from None
    asked = (
        f"?{urlencode(request.query)}" if request.query and best == "text/html" and "?" not in documents[best] else ""
    )
    return Response.redirect(documents[best] + asked, headers=alternates)


def _links(documents: dict[str, str], besides: str = "") -> str:
    """The documents as alternates (RFC 8288)."""
    return ", ".join(
        f'<{address}>; rel="alternate"; type="{type}"' for type, address in documents.items() if type != besides
    )


def _types_first(triple: Triple) -> tuple[str, bool, str]:
    return str(triple.subject), triple.predicate.value != PREFIXES["rdf"] + "type", str(triple)


def _routes() -> Iterator[Route]:
    views: tuple[tuple[str, Callable[[Site, Request], Response]], ...] = tuple((f".{name}", data) for name in _DATA)
    for kind in KINDS:
        for ending, view in (*views, ("", thing)):
            yield Route(f"/{kind}/{{name{':path' if kind == 'query' else ''}}}{ending}", view)
    for name in _DATA:
        yield Route(f"/{_ONTOLOGY}.{name}", ontology_data)
    yield Route(f"/{_ONTOLOGY}", ontology)
    yield Route("/dataset", dataset)
    yield Route("/.well-known/void", void)


ROUTES = tuple(_routes())
