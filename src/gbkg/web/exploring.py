"""The state of the explorer, as its address has it, and the part of the network that it shows on the canvas, in the
table and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.evidence import ledger
from gbkg.knowledge import KnowledgeGraph
from gbkg.network.paths import MOST, Excerpt, ExcerptNode, ExcerptRequest, excerpt, family_of
from gbkg.network.projection import DEFAULT_KINDS, KINDS, Edge, Network, Selection, project
from gbkg.render.draw import layout, style
from gbkg.render.draw.fonts import block
from gbkg.render.draw.network import RELATIONS
from gbkg.web.messages import BadRequest, Request

_SIZE, _WIDEST = 10.0, 118.0
"""Font size and greatest width of the words in a node, in pixels at zoom 1."""
_KEPT = 4
"""Networks of a graph that a process caches: one for each choice of date and inferred relations."""
_JOINT = "~"
"""Stands between the two ends of a path in an address; no id has it."""


@dataclass(frozen=True, slots=True)
class ExplorerState:
    """A view of the network, as its address has it; entities are ids (the part of the IRI after `…/id/`)."""

    entity: tuple[str, ...] = ()
    path: tuple[tuple[str, str], ...] = ()
    relation: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    as_of: str = ""
    inferred: bool = False
    topics: bool = False
    among: bool = False

    @property
    def whole(self) -> bool:
        """Whether it begins with a network, not with entities alone."""
        return bool(self.relation) or not (self.entity or self.path)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The parameters of its address, in a fixed order; what is as usual is left out."""
        found = [("entity", one) for one in self.entity]
        found += [("path", _JOINT.join(pair)) for pair in self.path]
        for name in ("relation", "open", "shut", "hide"):
            found += [(name, one) for one in getattr(self, name)]
        found += [("as_of", self.as_of)] * bool(self.as_of)
        found += [("inferred", "1")] * self.inferred + [("topics", "1")] * self.topics
        return found + [("among", str(int(self.among)))] * (self.among is self.whole)

    def address(self, path: str = "/explore", **changed: Any) -> str:
        """The address of this view, or of one that differs in these fields."""
        query = urlencode(replace(self, **changed).fields, safe=_JOINT, quote_via=quote)
        return f"{path}?{query}" if query else path

    def toggled(self, field: str, name: str) -> str:
        """The address of the view with this name put into a field, or taken out of it."""
        had: tuple[str, ...] = getattr(self, field)
        changed: dict[str, Any] = {field: tuple(one for one in had if one != name) if name in had else (*had, name)}
        return self.address(**changed)

    def opening(self, node: ExcerptNode) -> str:
        """The address of the view with the neighbours of a node, or without them."""
        if node.slug in self.entity and len(self.entity) > 1:
            return self.address(entity=tuple(one for one in self.entity if one != node.slug))
        return self.toggled("open", node.slug)

    def excerpt_request(self) -> ExcerptRequest:
        """The request for the excerpt."""
        selection = Selection(
            kinds=tuple(KINDS) if self.topics else DEFAULT_KINDS, inferred=self.inferred, as_of=self.as_of
        )
        return ExcerptRequest(
            starts=tuple(map(_iri, self.entity)),
            pairs=tuple((_iri(one), _iri(other)) for one, other in self.path),
            relations=self.relation or (RELATIONS if self.whole else ()),
            opened=tuple(map(_iri, self.open)),
            shut=frozenset(map(_iri, self.shut)),
            hidden=frozenset(self.hide),
            among=self.among,
            selection=selection,
        )


def state(kg: KnowledgeGraph, request: Request, remark: Any) -> ExplorerState:
    """The state that an address asks for; names of entities may be any that people type. `to` and the only `entity`,
    and `path_from` and `path_to`, are the ends of a path. Raises `BadRequest` for a path without two ends, and what
    `kg.entity` raises."""

    def slugs(names: Iterable[str]) -> tuple[str, ...]:
        found = (kg.entity(name, remark).removeprefix(PREFIXES["id"]) for name in names)
        return tuple(dict.fromkeys(found))

    def pairs() -> Iterator[tuple[str, str]]:
        for given in request.every("path"):
            ends = given.split(_JOINT)
            if len(ends) != 2:
                raise BadRequest(f"a path is two ids with {_JOINT!r} between them, found {given[:60]!r}")
            yield _pair(slugs(ends))
        if request.first("path_to"):
            yield _pair(slugs((request.first("path_from"), request.first("path_to"))))

    entity, path = slugs(request.every("entity")), (*dict.fromkeys(pairs()),)
    if request.first("to"):
        if len(entity) != 1:
            raise BadRequest("a path needs two ends", hint="say from which entity it starts")
        path = (*path, _pair(slugs((*entity, request.first("to")))))
        entity = ()
    relation, among = request.every("relation"), request.every("among")
    return ExplorerState(
        entity=entity,
        path=path,
        relation=relation,
        open=slugs(request.every("open")),
        shut=slugs(request.every("shut")),
        hide=tuple(dict.fromkeys(request.every("hide"))),
        as_of=request.first("as_of"),
        inferred="1" in request.every("inferred"),
        topics="1" in request.every("topics"),
        among="1" in among if among else not (relation or not (entity or path)),
    )


def _pair(ends: tuple[str, ...]) -> tuple[str, str]:
    if len(ends) != 2:
        raise BadRequest("both ends of the path are the same entity", hint="choose another one")
    return ends[0], ends[1]


@dataclass(frozen=True, slots=True)
class ExplorerView:
    """A state with its excerpt, and the looks of its nodes and edges."""

    state: ExplorerState
    excerpt: Excerpt
    network: Network
    figures: dict[str, style.NodeStyle]
    strokes: dict[str, style.Stroke]
    families: dict[str, str]
    """Property to family."""

    def name(self, iri: str) -> str:
        """The label of a node."""
        return str(self.network.nodes[iri]["label"])

    def link(self, edge: Edge) -> str:
        """The parameters of an address that name a relation."""
        named = (("s", shorten(edge.subject)), ("p", shorten(edge.relation)), ("o", shorten(edge.object)))
        return urlencode(named, quote_via=quote, safe=":")

    def document(self) -> dict[str, Any]:
        """What the canvas draws, as JSON has it: lengths in pixels at zoom 1, addresses of steps from here."""
        found = self.excerpt
        return {
            "schema": "gbkg/1",
            "kind": "excerpt",
            "address": self.state.address(),
            "total": found.total,
            "nodes": [self._node(node) for node in found.nodes],
            "edges": [self._edge(edge) for edge in found.edges],
        }

    def _node(self, node: ExcerptNode) -> dict[str, Any]:
        figure = self.figures[node.iri]
        words = block(node.label, 0, 0, _WIDEST, _SIZE, even=True, align="centre")
        return {
            "id": node.slug,
            "label": node.label,
            "lines": list(words.lines),
            "width": round(words.box.width + 18 if len(words.lines) < 2 else _WIDEST + 14),
            "height": round(words.box.height + 14),
            "type": node.type_label or node.type,
            "shape": figure.shape,
            "fill": figure.fill,
            "outline": figure.outline,
            "border": figure.width,
            "dash": list(figure.dash),
            "near": node.near,
            "more": node.more,
            "open": node.open,
            "step": self.state.opening(node),
        }

    def _edge(self, edge: Edge) -> dict[str, Any]:
        stroke = self.strokes[edge.relation]
        return {
            "id": self.link(edge),
            "source": edge.subject.removeprefix(PREFIXES["id"]),
            "target": edge.object.removeprefix(PREFIXES["id"]),
            "relation": shorten(edge.relation),
            "label": edge.label,
            "family": self.families[edge.relation],
            "how": layout.how(edge),
            "disputed": edge.disputed,
            "doubts": list(edge.doubts),
            "since": edge.since,
            "claims": list(edge.claims),
            "passages": edge.passages,
            "way": edge.triple in self.excerpt.ways,
            "colour": stroke.colour,
            "head": stroke.head,
            "width": stroke.width,
        }

    def rows(self) -> list[dict[str, str]]:
        """The relations for a sheet."""
        return [
            {
                "subject": shorten(edge.subject),
                "subject_label": self.name(edge.subject),
                "relation": shorten(edge.relation),
                "relation_label": edge.label,
                "object": shorten(edge.object),
                "object_label": self.name(edge.object),
                "known": layout.how(edge),
                "in_doubt": "yes" if edge.disputed else "",
                "doubts": " ".join(edge.doubts),
                "since": edge.since,
                "claims": " ".join(edge.claims),
            }
            for edge in self.excerpt.edges
        ]


def show(kg: KnowledgeGraph, state: ExplorerState, most: int = MOST) -> ExplorerView:
    """The view of a graph in a state."""
    request = state.excerpt_request()
    found_in = _network(kg, request)
    found = excerpt(kg, found_in, request, most)
    family = family_of(kg)
    figures = style.figures(kg, {node.iri: node.type for node in found.nodes})
    strokes = style.strokes({edge.relation for edge in found.edges})
    return ExplorerView(
        state, found, found_in, figures, strokes, {edge.relation: family(edge.relation) for edge in found.edges}
    )


_networks: WeakKeyDictionary[KnowledgeGraph, dict[Any, Network]] = WeakKeyDictionary()


def _network(kg: KnowledgeGraph, request: ExcerptRequest) -> Network:
    """The network of a request, with topics if one of its entities is a topic; a click asks for the same one again."""
    ends = {*request.starts, *request.opened, *(end for pair in request.pairs for end in pair)}
    found = _selected(kg, request.selection)
    return found if ends <= found.nodes.keys() else _selected(kg, replace(request.selection, kinds=tuple(KINDS)))


def _selected(kg: KnowledgeGraph, selection: Selection) -> Network:
    known = _networks.setdefault(kg, {})
    if selection not in known:
        while len(known) >= _KEPT:
            known.pop(next(iter(known)))
        known[selection] = project(kg, ledger.read(kg.store), selection)
    return known[selection]


def _iri(slug: str) -> str:
    return PREFIXES["id"] + slug
