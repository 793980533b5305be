"""What a reader should know beside a network, a neighbourhood or paths, a sentence each."""

from __future__ import annotations

from gbkg.ask.opened import OpenGraph
from gbkg.core.text import counted
from gbkg.network.paths import Apart, Paths
from gbkg.network.projection import Network, stated
from gbkg.network.withdraw import Removal


def alone(network: Network) -> list[str]:
    """That some entities have no relation."""
    found = [attributes["label"] for node, attributes in network.nodes(data=True) if not network.degree(node)]
    few = "; ".join(found[:5]) + (" …" if len(found) > 5 else "")
    every = counted(len(network), "entity", "entities")
    return [f"{len(found)} of {every} have no relation here: {few}"] if found else []


def left_out(kg: OpenGraph, network: Network, start: str) -> list[str]:
    """How many stated relations of an entity the network does not have."""
    every = stated(kg, start)
    near = [edge for ends in (network.in_edges, network.out_edges) for *_, edge in ends(start, data=True)]
    shown = sum(not edge["inferred"] for edge in near)
    said = f"{shown} of {counted(every, 'relation')} of {kg.labels[start]} shown"
    return [f"{said}: the others are of kinds left out (-r all)"] if shown < every else []


def fewer(found: Paths | Apart, k: int) -> list[str]:
    """That there are fewer paths than were asked for, or that not all were looked at."""
    if isinstance(found, Apart):
        return []
    said = []
    if len(found) < k:
        said.append(f"there {'is' if len(found) == 1 else 'are'} no more than {counted(len(found), 'path')}")
    if not found.complete:
        said.append("the search for longer paths stopped: others as long as the last may come before it by name")
    return said


def undated(network: Network, as_of: str) -> list[str]:
    """How many relations may have begun later, since they have no date with a year."""
    number, edges = network.graph["undated"], network.number_of_edges()
    return [f"as of {as_of}: {number} of {counted(edges, 'relation')} kept have no date with a year"] if as_of else []


def skipped(found: Removal, timeout: float | None) -> list[str]:
    """The saved queries that took too long to be compared."""
    said = f"took longer than {timeout:g} s and was not compared (--timeout)" if timeout else ""
    return [f"{said}: {', '.join(found.skipped)}"] if found.skipped else []
