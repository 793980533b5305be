"""Whole graphs for tests that look at triples one by one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from rdflib import Graph

from gbkg import build
from gbkg.core import namedgraphs, turtle
from gbkg.core.project import Project


@cache
def quads(root: Path) -> tuple[Any, ...]:
    """All quads of a project, in the order of a build."""
    return tuple(build.quads(Project(root)))


@cache
def named(root: Path) -> dict[str, Graph]:
    """The named graphs of a project; not to be changed."""
    found = {name: turtle.new_graph() for name in namedgraphs.NAMES}
    for quad in quads(root):
        terms = tuple(map(turtle.from_ox, (quad.subject, quad.predicate, quad.object)))
        found[quad.graph_name.value.rpartition("/")[2]].add(terms)  # type: ignore[arg-type]
    return found


def stated(root: Path) -> dict[str, Graph]:
    """Those of them that are not inferred; not to be changed."""
    return {name: named(root)[name] for name in namedgraphs.STATED}


def merged(graphs: Iterable[Graph]) -> Graph:
    """A copy of all their triples in one."""
    found = turtle.new_graph()
    for one in graphs:
        for triple in one:
            found.add(triple)
    return found
