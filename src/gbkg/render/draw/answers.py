"""The picture of an answer, as the header of its saved query says (`gbkg.ask.views`)."""

from __future__ import annotations

from pyoxigraph import NamedNode

from gbkg.ask.answers import Answer
from gbkg.ask.opened import OpenGraph
from gbkg.ask.views import View
from gbkg.core.errors import GbkgError
from gbkg.network.edges import Selection
from gbkg.network.families import ALL
from gbkg.network.projection import edges
from gbkg.network.projection import network as projection
from gbkg.render.draw import charts, dates, network, timeline
from gbkg.render.draw.scene import Scene

DRAWN = ("bar", "timeline", "network")
"""Kinds of views that are pictures; a list is text."""


def place(kg: OpenGraph, answer: Answer, view: View, title: str) -> Scene:
    """The picture of an answer of this graph. Raises `GbkgError` when there is nothing in it to draw."""
    if view.kind == "bar":
        return charts.place(answer, view, title)
    if view.kind == "timeline":
        return _timeline(kg, answer, view, title)
    if view.kind == "network":
        return _network(kg, answer, view, title)
    raise GbkgError(f"a view of the kind {view.kind} is no picture")


def _timeline(kg: OpenGraph, answer: Answer, view: View, title: str) -> Scene:
    """What accepted and disputed claims date, of the claims of the answer, else of its entities on its dates."""
    every = dates.read(kg, statistics=True)
    if view.one("claim"):
        claims = {one for (one,) in _iris(answer, view.one("claim"))}
        found = [dated for dated in every if claims & set(dated.claims)]
    else:
        on, about = answer.columns.index(view.one("date")), answer.columns.index(view.one("label"))
        pairs = {
            (row[about].value, row[on].value) for row in answer.rows if row[about] is not None and row[on] is not None
        }
        found = [dated for dated in every if (dated.about, dated.on) in pairs]
    if not found:
        raise GbkgError("nothing to draw: no row of the answer has a date")
    return timeline.place(kg, found, title)


def _network(kg: OpenGraph, answer: Answer, view: View, title: str) -> Scene:
    """The relations between what stands in one row."""
    pairs = set(_iris(answer, view.one("from"), view.one("to")))
    graph = projection(kg, Selection(relations=view.every("relations") or (ALL,)))
    drawn = [e for e in edges(graph) if (e.subject, e.object) in pairs or (e.object, e.subject) in pairs]
    if not drawn:
        raise GbkgError("nothing to draw: no relation joins what stands in a row")
    return network.place(kg, graph, tuple(sorted(drawn, key=lambda edge: edge.triple)), title)


def _iris(answer: Answer, *columns: str) -> list[tuple[str, ...]]:
    """The IRIs of these columns in each row that has them all."""
    at = [answer.columns.index(name) for name in columns]
    rows = ([row[n] for n in at] for row in answer.rows)
    return [tuple(one.value for one in row) for row in rows if all(isinstance(one, NamedNode) for one in row)]
