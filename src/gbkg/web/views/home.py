"""The front page: a search box, what is here, good questions, the network in small, and how to read the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from markupsafe import Markup
from pyoxigraph import NamedNode

from gbkg.ask.answers import Answer
from gbkg.ask.citation import Reference
from gbkg.ask.contents import SourceItem, TermCount
from gbkg.ask.queries import SavedQuery
from gbkg.core.errors import GbkgError
from gbkg.core.prefixes import BASE
from gbkg.core.terms import term
from gbkg.evidence.proofs import Step
from gbkg.knowledge import KnowledgeGraph
from gbkg.render.draw import inline, small
from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site
from gbkg.web.templates import href

GOOD = (
    "alliance-founders who-established-what money-in-policies company-counts sites-per-district inconsistencies "
    "applications-by-field growth"
).split()
"""Questions for the front page, by name; a project that has none of them shows one of each subject."""
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
    return min((quad.object.value for quad in kg.store.quads(NamedNode(BASE + "dataset"), term(name))), default="")


def _questions(kg: KnowledgeGraph) -> Iterator[tuple[SavedQuery, int]]:
    """Questions that have an answer, with its number of rows; in a large graph nothing is asked."""
    known = kg.queries
    first = {tag: query.name for query in reversed(list(known.values())) for tag in query.tags}
    names = [name for name in GOOD if name in known] or sorted(set(first.values()))
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
    placed = small.place(kg) if kg.store.small else None
    if placed is None:
        return Markup(""), None
    scene, edge = placed
    subject, relation, other = map(NamedNode, edge.triple)
    found = kg.why(subject, relation, other).found
    return Markup(inline.svg(scene, scene.title, href)), found if isinstance(found, Step) else None


ROUTES = (Route("/", home),)
