"""The graph as a whole: the front page, what it is and whose, the terms that it is written with, and what is not
known, with how much of the documents is covered; and whether the server answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from markupsafe import Markup
from pyoxigraph import NamedNode

from gbkg.ask import contents
from gbkg.ask.answers import Answer
from gbkg.ask.citation import Reference
from gbkg.ask.contents import SourceItem, TermCount, dataset
from gbkg.ask.opened import dataset_node
from gbkg.ask.queries import SavedQuery
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.records import REASONS
from gbkg.core.terms import Term, term
from gbkg.evidence.proofs import Step
from gbkg.knowledge import KnowledgeGraph
from gbkg.render.draw import inline, small
from gbkg.web.messages import Request, Response
from gbkg.web.site import Route, Site, href

GOOD = (
    "alliance-founders who-established-what money-in-policies company-counts sites-per-district inconsistencies "
    "applications-by-field growth"
).split()
"""Questions for the front page, by name; a project with none of them but the core's begins with one of each of its own
subjects."""
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
        title=_said(kg, "dcterms:title").removeprefix("gbkg: "),
        about=_said(kg, "dcterms:description"),
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


def _said(kg: KnowledgeGraph, name: str) -> str:
    """What the graph says of itself."""
    return min((quad.object.value for quad in kg.store.quads(dataset_node(kg.store), term(name))), default="")


def _questions(kg: KnowledgeGraph) -> Iterator[tuple[SavedQuery, int]]:
    """Questions that have an answer, with its number of rows; in a large graph nothing is asked."""
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
    """The picture, and what stands behind one of its relations; nothing if it is not small."""
    placed = small.network_in_small(kg) if kg.store.small else None
    if placed is None:
        return Markup(""), None
    scene, edge = placed
    subject, relation, other = map(NamedNode, edge.triple)
    found = kg.why(subject, relation, other).found
    return Markup(inline.svg(scene, scene.title, href)), found if isinstance(found, Step) else None


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
"""The saved query for what documents do not say of themselves, in projects that have it."""
TAGS = frozenset(("not-stated", "curation"))
"""The subjects of questions on what is not known."""


def gaps(site: Site, request: Request) -> Response:
    """What is lost, unread, not stated."""
    lost = site.kg.disputes(kinds=["gap"])
    if request.first("format") == "json":
        return Response.json(lost.to_dict())
    values: dict[str, Any] = {
        "lost": lost.found,
        "unstated": _unstated(site),
        "coverage": covered(site),
        "questions": [one for one in site.kg.queries.values() if "not-stated" in one.tags],
    }
    return site.page(request, "gaps.html", **values)


def coverage(site: Site, request: Request) -> Response:
    """Document by document, how much of it stands behind claims."""
    if request.first("format") == "json":
        return Response.json(site.kg.coverage().to_dict())
    values: dict[str, Any] = {"coverage": covered(site), "reasons": REASONS}
    return site.page(request, "coverage.html", **values)


def covered(site: Site) -> Mapping[str, Mapping[str, Any]]:
    """The coverage by document; empty if no build here had the documents."""
    try:
        return site.kg.coverage().sources
    except GbkgError:
        return {}


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


ROUTES = (
    Route("/", home),
    Route("/about", about),
    Route("/health", health),
    Route("/ontology", ontology, seconds=30),
    Route("/gaps", gaps, seconds=30),
    Route("/coverage", coverage),
)
