"""What a format is, and what an export is made of: quads, and for spreadsheets and network tools the network of a
graph as plain records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from gbkg.ask.opened import OpenGraph
from gbkg.core.literals import first_day, last_day
from gbkg.core.prefixes import PREFIXES
from gbkg.network.families import BEGINS
from gbkg.network.projection import KINDS, Edge, Selection, edges, network
from gbkg.render.export.rdf import Nodes, compact, stated

Value = str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """An entity. `id` is prefix:name; `start` and `end` are days, YYYY-MM-DD, between which it was there: the first day
    that its latest date of beginning can mean, and for events the last; empty when the graph gives no year."""

    id: str
    iri: str
    label: str
    type: str
    kind: str
    description: str
    aliases: tuple[str, ...]
    same_as: tuple[str, ...]
    since: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two nodes. `id` is SOURCE.RELATION.TARGET; `claims` are prefix:name; `quotations` are the
    passages of these claims, line breaks as spaces; the other fields are those of `gbkg.network.projection.Edge`."""

    id: str
    source: str
    target: str
    relation: str
    label: str
    status: str
    reading: str
    disputed: bool
    inferred: bool
    rules: tuple[str, ...]
    since: str
    dates: tuple[str, ...]
    start: str
    end: str
    claims: tuple[str, ...]
    sources: tuple[str, ...]
    quotations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """A network: its title and licence, nodes by id, links by id."""

    title: str
    description: str
    licence: str
    nodes: tuple[NetworkNode, ...]
    links: tuple[Link, ...]


def links(kg: OpenGraph, quads: Iterable[ox.Quad], inferred: bool = False) -> Links:
    """The entities of every kind and the direct triples between them, with the inferred ones if wanted.

    `quads` are those of the graph that `kg` has open.
    """

    nodes = Nodes(quads)
    graph = network(kg, Selection(kinds=tuple(KINDS), inferred=inferred, restated=True))
    found = {iri: _node(nodes, iri, attributes) for iri, attributes in graph.nodes(data=True)}
    dataset = next(iter(nodes.instances("dcat:Dataset")), "")
    return Links(
        title=nodes.value(dataset, "dcterms:title"),
        description=nodes.value(dataset, "dcterms:description"),
        licence=nodes.value(dataset, "dcterms:license"),
        nodes=tuple(sorted(found.values(), key=lambda node: node.id)),
        links=tuple(sorted((_link(nodes, edge, found) for edge in edges(graph)), key=lambda link: link.id)),
    )


def flat(value: Value, between: str = "\n") -> str:
    """A field as one text: several values joined, truth values as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return between.join(value) if isinstance(value, tuple) else value


def _node(nodes: Nodes, iri: str, attributes: dict[str, str]) -> NetworkNode:
    begins = [date for name in BEGINS for date in nodes.values(iri, f"gbkg:{name}") if first_day(date)]
    since = max(begins, key=first_day, default="")
    ends = since and attributes["kind"] == "event"
    return NetworkNode(
        id=compact(iri),
        iri=iri,
        label=attributes["label"],
        type=attributes["type"],
        kind=attributes["kind"],
        description=nodes.value(iri, "dcterms:description"),
        aliases=tuple(nodes.values(iri, "gbkg:alias")),
        same_as=tuple(compact(other) for other in nodes.values(iri, "skos:exactMatch")),
        since=since,
        start=first_day(since),
        end=last_day(since) if ends else "",
    )


def _link(nodes: Nodes, edge: Edge, ends: dict[str, NetworkNode]) -> Link:
    source, target, relation = ends[edge.subject], ends[edge.object], compact(edge.relation)
    start = first_day(edge.since)
    end = min((node.end for node in (source, target) if node.end), default="")
    claims = tuple(PREFIXES["clm"] + key for key in edge.claims)
    return Link(
        id=f"{_slug(source)}.{relation}.{_slug(target)}",
        source=source.id,
        target=target.id,
        relation=relation,
        start=start,
        end=end if end >= start else "",
        claims=tuple(map(compact, claims)),
        **{name: getattr(edge, name) for name in _SAME},
        quotations=tuple(dict.fromkeys(quote for claim in claims for quote in _quotations(nodes, claim))),
    )


_SAME = ("label", "status", "reading", "disputed", "inferred", "rules", "since", "dates", "sources")
"""What a link has of its edge."""


def _quotations(nodes: Nodes, claim: str) -> list[str]:
    passages = nodes.values(claim, "prov:wasDerivedFrom")
    selectors = [selector for passage in passages for selector in nodes.values(passage, "oa:hasSelector")]
    return [" ".join(text.split("\n")) for selector in selectors for text in nodes.values(selector, "oa:exact")]


def _slug(node: NetworkNode) -> str:
    return node.id.partition(":")[2]


@dataclass(frozen=True)
class Input:
    """What an export is made of: quads as `selection.ordered` gives them, of the graph that `kg` has open.

    `inferred` asks formats without named graphs for what rules add; `published` is the date of an RO-Crate.
    """

    kg: OpenGraph
    quads: tuple[ox.Quad, ...]
    inferred: bool = False
    published: str = ""

    @property
    def stated(self) -> list[ox.Quad]:
        """The quads for a format without named graphs."""
        return stated(self.quads, self.inferred)

    @cached_property
    def links(self) -> Links:
        """The network, for the formats that hold one."""
        return links(self.kg, self.quads, self.inferred)


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its files by name, media type and specification, and what of the graph it keeps and loses."""

    name: str
    title: str
    files: tuple[str, ...]
    media: str
    specification: str
    kept: str
    lost: str
    make: Callable[[Input], dict[str, bytes]]

    @property
    def in_folder(self) -> bool:
        """Whether it is several files, which need a folder or an archive."""
        return len(self.files) > 1 or self.name == "rocrate"
