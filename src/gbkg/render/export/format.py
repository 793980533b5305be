"""What one export format is, and what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from gbkg.ask.opened import OpenGraph
from gbkg.render.export.links import Links, links
from gbkg.render.export.selection import stated


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
