"""The network explorer, with what its canvas loads; and why a statement holds, or what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import TripleKey
from gbkg.core.text import counted, listed
from gbkg.evidence.proofs import Step
from gbkg.network.families import FAMILIES
from gbkg.network.projection import Edge
from gbkg.render.draw import layout
from gbkg.render.draw import network as picture
from gbkg.render.draw.painting import paint
from gbkg.render.draw.style import HOW
from gbkg.render.export.networks import sheet
from gbkg.web import exploring, vendor
from gbkg.web.exploring import ExplorerView
from gbkg.web.messages import BadRequest, Request, Response
from gbkg.web.site import Route, Site

SENTENCES = 80
"""Relations up to which the table has its sentences within; of more it has links to them."""
DRAWN = 150
"""Relations up to which there is a picture."""


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation of the table: its edge, how it is known, and what stands behind it if that is in the table."""

    edge: Edge
    how: str
    step: Step | None


def explore(site: Site, request: Request) -> Response:
    """The page: forms, canvas, legend, and the same relations as a table."""
    shown, said = _shown(site, request)
    values = _values(site, shown, said)
    return site.page(request, "explore.html", canvas=vendor.available("explorer"), drawable=_drawable(shown), **values)


def table(site: Site, request: Request) -> Response:
    """The part of the page that changes with its state, as a fragment of HTML."""
    shown, said = _shown(site, request)
    return site.page(request, "explore_parts.html", **_values(site, shown, said))


def data(site: Site, request: Request) -> Response:
    """Nodes and edges as JSON, or with `format=csv` the edges as a sheet."""
    shown, said = _shown(site, request)
    form = request.first("format", "json")
    if form == "csv":
        rows = shown.rows()
        columns = ("subject", "subject_label", "relation", "relation_label", "object", "object_label", "known")
        body = sheet((*columns, "in_doubt", "doubts", "since", "claims"), rows)
        named = (("Content-Disposition", 'attachment; filename="gbkg-network.csv"'),)
        return Response(body, "text/csv; charset=utf-8", headers=named)
    if form != "json":
        raise BadRequest(f"a network comes as json or csv, not as {form[:40]!r}")
    found = {**shown.document(), "summary": _summary(site, shown), "remarks": said}
    return Response.json(found)


def drawing(site: Site, request: Request) -> Response:
    """The picture that `gbkg draw` would make of the same relations, as SVG."""
    shown, _ = _shown(site, request)
    if not _drawable(shown):
        raise BadRequest(
            f"no picture of {counted(len(shown.excerpt.edges), 'relation')}", hint=f"there is one from 1 to {DRAWN}"
        )
    edges = tuple(sorted(shown.excerpt.edges, key=lambda edge: edge.triple))
    scene = picture.place(site.kg, shown.network, edges, _title(site, shown))
    return Response(paint(scene, "svg"), "image/svg+xml")


def evidence(site: Site, request: Request) -> Response:
    """The evidence of one relation, as a fragment of HTML."""
    triple = tuple(ox.NamedNode(iri) for name in "spo" if (iri := full(request.first(name))))
    if len(triple) != 3:
        raise BadRequest("s, p and o are to be prefixed names, such as id:guangzhou")
    found = site.kg.why(*triple).found
    if not isinstance(found, Step):
        raise NotFoundError("relation", " ".join(shorten(part.value) for part in triple))
    return site.page(request, "explore_evidence.html", step=found, doubts=_doubts(found))


def card(site: Site, request: Request) -> Response:
    """What an entity is, and the links to explore from it, as a fragment of HTML."""
    shown, _ = _shown(site, request)
    slug = request.first("card")
    node = next((node for node in shown.excerpt.nodes if node.slug == slug), None)
    if node is None:
        raise NotFoundError("entity of this view", slug)
    about = site.kg.show(node.iri).page
    lines = [line for line in about.statements if line.group in ("Dates", "Statistics", "Said of it")]
    others = sorted((one for one in shown.excerpt.nodes if one is not node), key=lambda one: one.label)
    near = [edge for edge in shown.excerpt.edges if node.iri in (edge.subject, edge.object)]
    values: dict[str, Any] = {
        "shown": shown,
        "state": shown.state,
        "node": node,
        "about": about,
        "begun": picture.RELATIONS,
    }
    return site.page(request, "explore_card.html", lines=lines, others=others, near=near, **values)


def why(site: Site, request: Request) -> Response:
    """A form for subject, predicate and object (`s`, `p`, `o`, as `gbkg why` takes them), and the answer to it."""
    s, p, o = (request.first(name) for name in "spo")
    values: dict[str, Any] = {"s": s, "p": p, "o": o, "found": None, "fault": None}
    if s and p and o:
        try:
            values["found"] = site.kg.why(s, p, o)
        except GbkgError as error:
            if not request.wants_html or request.first("format") == "json":
                raise
            values["fault"] = error
    if values["found"] is not None and request.first("format") == "json":
        return Response.json(values["found"].to_dict())
    return site.page(request, "why.html", status=404 if values["fault"] else 200, **values)


def _shown(site: Site, request: Request) -> tuple[ExplorerView, list[str]]:
    """The requested view, and remarks on how names were understood."""
    said: list[str] = []
    state = exploring.state(site.kg, request, said.append)
    unknown = [name for name in state.hide if name not in FAMILIES]
    if unknown:
        raise NotFoundError("family of relations", unknown[0], known=tuple(FAMILIES))
    return exploring.show(site.kg, state), said


def _values(site: Site, shown: ExplorerView, said: list[str]) -> dict[str, Any]:
    """What the templates get."""
    found, state = shown.excerpt, shown.state
    steps: dict[Edge, Step] = {}
    if len(found.edges) <= SENTENCES:
        triples = {edge: _terms(edge) for edge in found.edges}
        site.kg.evidence.load(triples.values())
        steps = {edge: site.kg.evidence.step(triple) for edge, triple in triples.items()}
    rows = [RelationRow(edge, layout.how(edge), steps.get(edge)) for edge in found.edges]
    return {
        "shown": shown,
        "state": state,
        "rows": rows,
        "said": said,
        "title": _title(site, shown),
        "summary": _summary(site, shown),
        "families": _families(shown),
        "legend": _legend(shown),
    }


def _terms(edge: Edge) -> TripleKey:
    subject, relation, value = map(ox.NamedNode, edge.triple)
    return subject, relation, value


def _families(shown: ExplorerView) -> list[tuple[str, int, bool, str]]:
    """The families of the view: name, number of relations, whether they are shown, and the address to change that."""
    state, counts = shown.state, shown.excerpt.families
    names = [name for name in FAMILIES if counts.get(name) or name in state.hide]
    return [(name, counts.get(name, 0), name not in state.hide, state.toggled("hide", name)) for name in names]


def _legend(shown: ExplorerView) -> dict[str, Any]:
    """What is in the view: relations with their strokes, figures of entities, and how relations are known."""
    labels = {edge.relation: edge.label for edge in shown.excerpt.edges}
    strokes = {labels[iri]: stroke for iri, stroke in shown.strokes.items()}
    ways = {layout.how(edge) for edge in shown.excerpt.edges}
    return {
        "strokes": sorted(strokes.items()),
        "figures": sorted({figure.word: figure for figure in shown.figures.values()}.items()),
        "ways": [(way, words) for way, (_, words) in HOW.items() if way in ways],
        "doubt": any(edge.disputed for edge in shown.excerpt.edges),
    }


def _title(site: Site, shown: ExplorerView) -> str:
    """What the view is about."""
    state = shown.state
    if state.whole and not (state.entity or state.path):
        return picture.titled(site.kg, state.relation or picture.RELATIONS)
    name = site.kg.labels
    around = [f"around {name[PREFIXES['id'] + slug]}" for slug in state.entity]
    between = [f"from {name[PREFIXES['id'] + one]} to {name[PREFIXES['id'] + other]}" for one, other in state.path]
    network = ["the network"] if state.whole else []
    words = listed([*around, *between, *network])
    return words[0].upper() + words[1:]


def _summary(site: Site, shown: ExplorerView) -> str:
    """How many entities and relations there are, what is left out, and a remark on dates, in sentences."""
    found, state = shown.excerpt, shown.state
    entities, relations = counted(len(found.nodes), "entity", "entities"), counted(len(found.edges), "relation")
    said = [f"{entities}, {relations}"]
    if found.total > len(found.nodes):
        said = [f"{len(found.nodes)} of {counted(found.total, 'entity', 'entities')} are drawn, {relations}"]
    said += [f"no path joins {site.kg.labels[one]} and {site.kg.labels[other]}" for one, other in found.apart]
    if state.as_of:
        said.append(f"as of {state.as_of}: {found.undated} of the relations have no date with a year")
    return ". ".join(one[0].upper() + one[1:] for one in said) + "."


def _drawable(shown: ExplorerView) -> bool:
    return 1 <= len(shown.excerpt.edges) <= DRAWN


def _doubts(step: Step) -> bool:
    """Whether something puts the relation in doubt."""
    return any(words.startswith("in doubt") for claim in step.claims for words in claim.curation)


ROUTES = (
    Route("/explore", explore),
    Route("/explore/table", table),
    Route("/explore/data", data),
    Route("/explore/picture", drawing, seconds=20.0),
    Route("/explore/evidence", evidence),
    Route("/explore/card", card),
    Route("/why", why),
)
