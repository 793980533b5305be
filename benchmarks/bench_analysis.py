"""Seconds and memory of the analysis on connected graphs with hubs; each size in a process of its own.

The graph is made here from a seed: entities, claims with passages, and facts, in the shape of a built graph. Each new
entity is related to ones before it, the better connected the likelier (A.-L. Barabási, R. Albert, Emergence of scaling
in random networks, Science 286 (1999) 509-512), a few to one that is drawn evenly; one in twenty has a single relation.
Columns: CPU seconds of this process, its greatest resident memory so far,
and the ratio to another way of doing the same, timed in the same process. docs/analysis.md, Large graphs, has results.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pyoxigraph as ox

from gbkg.core.prefixes import BASE, PREFIXES

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)
"""Relations; a quarter as many entities."""
COMPARED = 30_000_000
"""Nodes times links up to which NetworkX takes the exact centralities for comparison."""
RELATIONS = ("settledIn", "operatedBy", "controlledBy", "partOf", "foundedBy")


def links(nodes: int, edges: int, seed: int) -> Iterator[tuple[int, int]]:
    """So many different ordered pairs of numbers below `nodes`."""
    dice, ends, known = random.Random(seed), [0], set[tuple[int, int]]()
    each = max(1, edges // nodes)
    for new in range(1, nodes):
        for _ in range(1 if dice.random() < 0.05 else each):
            old = dice.choice(ends) if dice.random() < 0.9 else dice.randrange(new)
            if old != new and (new, old) not in known:
                known.add((new, old))
                ends += (old, new)
                yield new, old
    while len(known) < edges:
        pair = dice.choice(ends), dice.choice(ends)
        if pair[0] != pair[1] and pair not in known:
            known.add(pair)
            yield pair


def quads(nodes: int, edges: int, seed: int = 1) -> Iterator[Any]:
    """A graph of so many entities and relations; every relation is one claim with one passage."""
    rdf, gbkg = PREFIXES["rdf"], PREFIXES["gbkg"]
    graphs = {name: ox.NamedNode(PREFIXES["graph"] + name) for name in ("ontology", "entities", "claims", "facts")}
    label, kind = ox.NamedNode(PREFIXES["rdfs"] + "label"), ox.NamedNode(rdf + "type")
    relations = [ox.NamedNode(gbkg + name) for name in RELATIONS]
    for relation, name in zip(relations, RELATIONS, strict=True):
        yield ox.Quad(relation, kind, ox.NamedNode(PREFIXES["owl"] + "ObjectProperty"), graphs["ontology"])
        yield ox.Quad(relation, label, ox.Literal(name), graphs["ontology"])
    organization, company = ox.NamedNode(gbkg + "Organization"), ox.NamedNode(gbkg + "Company")
    yield ox.Quad(company, ox.NamedNode(PREFIXES["rdfs"] + "subClassOf"), organization, graphs["ontology"])
    entities = [ox.NamedNode(f"{PREFIXES['id']}company-{number}") for number in range(nodes)]
    for number, entity in enumerate(entities):
        yield ox.Quad(entity, kind, company, graphs["entities"])
        yield ox.Quad(entity, label, ox.Literal(f"Company {number}"), graphs["entities"])
    accepted, stated = ox.NamedNode(gbkg + "accepted"), ox.NamedNode(gbkg + "stated")
    dice = random.Random(seed)
    for number, (one, other) in enumerate(links(nodes, edges, seed)):
        name = f"paper-{number // 50}"
        claim = ox.NamedNode(f"{BASE}claim/{name}.c{number}")
        triple = entities[one], dice.choice(relations), entities[other]
        said = {
            rdf + "subject": triple[0],
            rdf + "predicate": triple[1],
            rdf + "object": triple[2],
            gbkg + "status": accepted,
            gbkg + "reading": stated,
            PREFIXES["prov"] + "wasDerivedFrom": ox.NamedNode(f"{BASE}passage/{name}.{number}-{number + 40}"),
        }
        for predicate, value in said.items():
            yield ox.Quad(claim, ox.NamedNode(predicate), value, graphs["claims"])
        yield ox.Quad(*triple, graphs["facts"])


class Clock:
    """Prints CPU seconds of each piece of work, and the ratio to another."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[[], Any], to: str = "") -> Any:
        start = time.process_time()
        found = work()
        self.spent[name] = time.process_time() - start
        ratio = f"{self.spent[name] / max(self.spent[to], 1e-4):10.3f} x {to}" if to else ""
        print(f"  {name:44}{self.spent[name]:9.2f} s {peak():7,} MB{ratio}", flush=True)
        return found


def peak() -> int:
    """The greatest resident memory of this process so far, in MB of 2^20 bytes."""
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024


def measure(edges: int) -> None:
    """One size, in this process."""
    from gbkg.core.project import Project
    from gbkg.evidence import ledger as evidence
    from gbkg.knowledge import KnowledgeGraph
    from gbkg.network import centrality, paths, projection, structure
    from gbkg.network.centrality import Effort
    from gbkg.network.measures import partners, reciprocity, undirected
    from gbkg.network.projection import Selection
    from gbkg.store.memory import Memory

    clock = Clock()
    kg = clock("making the graph", lambda: KnowledgeGraph(Memory.of(quads(edges // 4, edges)), Project.find(ROOT)))
    ledger = clock("reading the evidence", lambda: evidence.read(kg.store))
    graph = clock("projection", lambda: projection.project(kg, ledger, Selection()))
    simple = clock("simple graph", lambda: undirected(graph))
    work = len(simple) * simple.number_of_edges()
    compared = work <= COMPARED
    clock("bridges and articulation points", lambda: structure.find_cuts(graph, simple))
    clock("reciprocity and partners", lambda: (reciprocity(graph), partners(graph)))
    nodes = list(simple)
    ends = nodes[0], nodes[-1]
    clock("five shortest paths", lambda: paths.shortest(graph, *ends, 5))
    clock("neighbours, 2 steps, 100 printed of each", lambda: paths.neighbours(graph, ends[0], 2, 100))
    _, method = clock("communities", lambda: structure.communities(simple, Effort()))
    print(f"    {method.how}")
    if compared:
        clock("betweenness, networkx", lambda: nx.betweenness_centrality(simple))
        clock("closeness, networkx", lambda: nx.closeness_centrality(simple))
    if work <= centrality.FEASIBLE["rustworkx"]:
        to = "betweenness, networkx" if compared else ""
        clock("betweenness, rustworkx", lambda: centrality.by_rustworkx(simple), to)
    said = [clock("betweenness, sampled", lambda: centrality.sampled_betweenness(simple, centrality.PATHS))[1]]
    if work <= centrality.NEAR:
        clock("closeness, exact", lambda: centrality.from_distances(simple), "closeness, networkx" if compared else "")
    said.append(clock("closeness, sampled", lambda: centrality.from_distances(simple, centrality.NODES))[1])
    for method in said:
        print(f"    {method.remark or f'{method.measure} is exact: there are no more nodes than samples'}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the analysis of graphs of several sizes.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="relations of each graph")
    parser.add_argument("--here", action="store_true", help="measure in this process, without one for each size")
    options = parser.parse_args()
    for edges in options.sizes:
        if options.here:
            measure(edges)
        else:
            print(f"\n{edges // 4:,} entities, {edges:,} relations", flush=True)
            subprocess.run([sys.executable, __file__, "--here", "--sizes", str(edges)], check=True)


if __name__ == "__main__":
    main()
