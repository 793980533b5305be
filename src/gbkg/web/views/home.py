"""The graph as a whole: the front page, what it is and whose, its terms, what is not known, and how much of the
documents is covered; whether the server answers; and the graph and its SPARQL endpoint in RDF (VoID, DCAT; SPARQL 1.1
Service Description, https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode, Triple

from gbkg.ask import contents
from gbkg.ask.answers import Answer
from gbkg.ask.citation import Reference
from gbkg.ask.contents import SourceItem, TermCount, dataset
from gbkg.ask.opened import dataset_node
from gbkg.ask.saved import SavedQuery
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.nquads import GRAPHS
from gbkg.core.records import REASONS
from gbkg.core.terms import Term, minted, term
from gbkg.evidence.proofs import Step
from gbkg.knowledge import KnowledgeGraph
from gbkg.render.draw import painting, small
from gbkg.store.base import Store
from gbkg.web.messages import Request, Response
from gbkg.web.site import Route, Site, href

GOOD = (
    "alliance-founders who-established-what money-in-policies company-counts sites-per-district inconsistencies "
    "applications-by-field growth"
).split()
"""Questions for the front page, by name. A project that has none of them, but those of the core, begins with one
question of each of its own subjects."""
QUESTIONS, KINDS = 6, 14
"""The most questions, and the most kinds of entities, on the page."""


_CURATED = (("contradictions", "gbkg:Inconsistency"), ("misprints", "gbkg:Correction"), ("gaps", "gbkg:Gap"))


@dataclass(frozen=True, slots=True)
class Front:
    """What the page shows of a graph: its title and description; how many claims, misprints, contradictions and gaps
    there are; kinds of entities; documents; questions with the number of their rows (0: not counted); the network, and
    one relation of it with what stands behind it."""

    title: str
    about: str
    counts: dict[str, int]
    kinds: tuple[TermCount, ...]
    documents: tuple[tuple[SourceItem, Reference], ...]
    questions: tuple[tuple[SavedQuery, int], ...]
    network: Markup
    example: Step | None


_KNOWN: WeakKeyDictionary[KnowledgeGraph, Front] = WeakKeyDictionary()
"""The page of each graph that this process has open, which does not change."""


def home(site: Site, request: Request) -> Response:
    """The front page."""
    prepare(site)
    return site.page(request, "home.html", front=_KNOWN[site.kg], shown=KINDS)


def prepare(site: Site) -> None:
    """Makes what the page shows, once for each graph."""
    if site.kg not in _KNOWN:
        _KNOWN[site.kg] = _front(site)


def _front(site: Site) -> Front:
    kg = site.kg
    kinds, documents = kg.schema().classes, kg.sources().sources
    network, example = _network(kg)
    return Front(
        title=_said(kg.store, "dcterms:title").removeprefix("gbkg: "),
        about=_said(kg.store, "dcterms:description"),
        counts={
            "entities": sum(one.count for one in kinds),
            "claims": sum(one.claims for one in documents),
            **{name: sum(1 for _ in kg.store.quads(None, term("rdf:type"), term(kind))) for name, kind in _CURATED},
        },
        kinds=kinds,
        documents=tuple((one, site.source(one.id)) for one in documents),
        questions=tuple(_questions(kg)),
        network=network,
        example=example,
    )


def _said(store: Store, name: str) -> str:
    """What the graph says of itself."""
    return min((quad.object.value for quad in store.quads(dataset_node(store), term(name))), default="")


def _questions(kg: KnowledgeGraph) -> Iterator[tuple[SavedQuery, int]]:
    """Questions that have an answer, with its number of rows; in a large graph the questions are not run."""
    known = kg.queries
    own = [query for query in known.values() if query.path.is_relative_to(kg.project.root)]
    first = {tag: query.name for query in reversed(own) for tag in query.tags}
    good = [name for name in GOOD if name in known]
    names = good if {*good} & {query.name for query in own} else [*sorted(set(first.values())), *good]
    if not kg.store.small:
        yield from ((known[name], 0) for name in names[:QUESTIONS])
        return
    left = QUESTIONS
    for name in names:
        with suppress(GbkgError):
            found = kg.ask_saved(name, limit=1000)
            if left and isinstance(found, Answer) and found.rows:
                left -= 1
                yield known[name], len(found.rows)


def _network(kg: KnowledgeGraph) -> tuple[Markup, Step | None]:
    """The picture, and the evidence of one of its relations; nothing for a large graph."""
    placed = small.network_in_small(kg) if kg.store.small else None
    if placed is None:
        return Markup(""), None
    scene, edge = placed
    subject, relation, other = map(NamedNode, edge.triple)
    found = kg.why(subject, relation, other).found
    return Markup(painting.svg(scene, scene.title, href)), found if isinstance(found, Step) else None


def about(site: Site, request: Request) -> Response:
    """The dataset about itself, with its accuracy and its documents."""
    values: dict[str, Any] = {
        "dataset": dataset(site.kg.labels),
        "report": site.kg.report,
        "sources": site.kg.sources().sources,
    }
    return site.page(request, "about.html", **values)


def health(site: Site, request: Request) -> Response:  # noqa: ARG001
    """The version of the graph that is served, and its size in triples."""
    return Response.json({"version": site.version, "triples": len(site.kg.store)})


def ontology(site: Site, request: Request) -> Response:
    """All terms by kind; with `format=json` those that occur, as `gbkg schema` has them."""
    if request.first("format") == "json":
        return Response.json(site.kg.schema().to_dict())
    groups: dict[str, list[contents.TermPage]] = {}
    for one in contents.terms(site.kg.labels):
        groups.setdefault(one.kind, []).append(one)
    values: dict[str, Any] = {"groups": groups}
    return site.page(request, "ontology.html", **values)


UNSTATED = "not-stated-by-sources"
"""The saved query for what documents do not state about themselves, in projects that have it."""


def gaps(site: Site, request: Request) -> Response:
    """What is lost, not read yet, or not stated."""
    lost = site.kg.disputes(kinds=["gap"])
    if request.first("format") == "json":
        return Response.json(lost.to_dict())
    values: dict[str, Any] = {
        "lost": lost.found,
        "unstated": _unstated(site),
        "coverage": site.coverage,
        "questions": [one for one in site.kg.queries.values() if "not-stated" in one.tags],
    }
    return site.page(request, "gaps.html", **values)


def coverage(site: Site, request: Request) -> Response:
    """How much of each document is behind claims."""
    if request.first("format") == "json":
        return Response.json(site.kg.coverage().to_dict())
    values: dict[str, Any] = {"coverage": site.coverage, "reasons": REASONS}
    return site.page(request, "coverage.html", **values)


def _unstated(site: Site) -> dict[str, list[Term]]:
    """Id of a document to what it does not say of itself."""
    try:
        found = site.kg.ask_saved(UNSTATED)
    except NotFoundError:
        return {}
    assert isinstance(found, Answer)
    source, missing = found.columns.index("source"), found.columns.index("missing")
    said: dict[str, list[Term]] = {}
    for row in found.rows:
        if (what := row[missing]) is not None and (whose := row[source]) is not None:
            said.setdefault(whose.value.rpartition("/")[2], []).append(what)
    return said


# ---- In RDF


SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
_FORMATS = (
    "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV Turtle N-Triples JSON-LD RDF_XML"
)
_TYPE, _TRIPLES = term("rdf:type"), minted("void", "triples")


def service_described(store: Store, endpoint: str) -> Iterator[Triple]:
    """The description of the endpoint at this address. Every node has an IRI: of the service it is the address, of the
    graphs their names."""
    node, default = NamedNode(endpoint), NamedNode(endpoint + "#default-graph")
    described = NamedNode(endpoint + "#graphs")
    yield Triple(node, _TYPE, _sd("Service"))
    yield Triple(node, _sd("endpoint"), node)
    yield Triple(node, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(node, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _FORMATS.split():
        yield Triple(node, _sd("resultFormat"), NamedNode(FORMATS + name))
    yield Triple(node, _sd("defaultDataset"), described)
    yield Triple(node, _sd("availableGraphs"), described)
    yield Triple(described, _TYPE, _sd("Dataset"))
    yield Triple(described, _TYPE, _sd("GraphCollection"))
    yield Triple(described, _sd("defaultGraph"), default)
    yield Triple(default, _TYPE, _sd("Graph"))
    yield Triple(default, _TRIPLES, Literal(len(store)))
    for name in GRAPHS:
        yield from _named_graph(store, described, minted("graph", name))


def _named_graph(store: Store, dataset: NamedNode, name: NamedNode) -> Iterator[Triple]:
    """A named graph and, if the graph says so itself, how many triples it has."""
    node = NamedNode(f"{dataset.value.removesuffix('#graphs')}#{name.value.rpartition('/')[2]}")
    yield Triple(dataset, _sd("namedGraph"), node)
    yield Triple(node, _TYPE, _sd("NamedGraph"))
    yield Triple(node, _sd("name"), name)
    yield Triple(node, _sd("graph"), name)
    yield Triple(name, _TYPE, _sd("Graph"))
    for quad in store.quads(name, _TRIPLES):
        yield quad.triple


def dataset_described(store: Store, base: str) -> Iterator[Triple]:
    """What the graph says of itself as a dataset, with the addresses of this server: where to ask it, and that this
    document describes it (https://www.w3.org/TR/void/, sections 3.2 and 6)."""
    described = dataset_node(store)
    document = NamedNode(f"{base}/.well-known/void")
    yield Triple(document, _TYPE, minted("void", "DatasetDescription"))
    yield Triple(document, NamedNode("http://xmlns.com/foaf/0.1/topic"), described)
    for quad in sorted(store.quads(None, None, None, minted("graph", "metadata")), key=str):
        yield quad.triple
    yield Triple(described, minted("void", "sparqlEndpoint"), NamedNode(f"{base}/sparql"))
    served = NamedNode(f"{base}/sparql#service")
    yield Triple(served, _TYPE, term("dcat:DataService"))
    yield Triple(served, term("dcat:endpointURL"), NamedNode(f"{base}/sparql"))
    yield Triple(served, term("dcat:endpointDescription"), NamedNode(f"{base}/api/openapi.json"))
    yield Triple(served, term("dcat:servesDataset"), described)


def graph_title(store: Store) -> str:
    """What the graph calls itself."""
    return _said(store, "dcterms:title") or "gbkg"


def example_entity(store: Store) -> NamedNode | None:
    """The entity that the graph gives as an example of what is in it."""
    found = (quad.object for quad in store.quads(dataset_node(store), minted("void", "exampleResource")))
    return min((node for node in found if isinstance(node, NamedNode)), key=str, default=None)


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


ROUTES = (
    Route("/", home),
    Route("/about", about),
    Route("/health", health),
    Route("/ontology", ontology, seconds=30),
    Route("/gaps", gaps, seconds=30),
    Route("/coverage", coverage),
)
