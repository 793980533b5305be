"""Whole graphs for tests that look at triples one by one, as rdflib has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Triple, parse
from rdflib import Graph, Namespace

from gbkg import build
from gbkg.ask.labels import Labels
from gbkg.ask.records import GraphRecords
from gbkg.core import nquads, rdflibterms, terms, turtle
from gbkg.core.nquads import ordered
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import SHAPES, TERMS, Project
from gbkg.core.terms import minted
from gbkg.graph.inferred import Inferred, iri
from gbkg.store.memory import Memory

ROOT = Path(__file__).resolve().parents[1]
TERM_FILES = (TERMS, ROOT / "ontology" / "economy.ttl", ROOT / "ontology" / "indicators.ttl")
SHAPE_FILES = (SHAPES, ROOT / "ontology" / "shapes.ttl")
"""The terms and shapes of the shipped project: those of the core, and its own."""
GBKG, ID, SRC, PSG, CLM, CUR, GRAPH, INF, TRP, RULE, OA = (
    Namespace(PREFIXES[name]) for name in "gbkg id src psg clm cur graph inf trp rule oa".split()
)


@cache
def quads(root: Path) -> tuple[Quad, ...]:
    """All quads of a project, in the order of a build."""
    return tuple(build.quads(Project(root)))


@cache
def named(root: Path) -> dict[str, Graph]:
    """The named graphs of a project; not to be changed."""
    found: dict[str, list[Triple]] = {name: [] for name in nquads.GRAPHS}
    for quad in quads(root):
        found[quad.graph_name.value.rpartition("/")[2]].append(quad.triple)  # type: ignore[union-attr]
    return {name: rdflibterms.new_graph(given) for name, given in found.items()}


@cache
def records(root: Path) -> GraphRecords:
    """The records of a project's graph."""
    store = Memory.of(quads(root))
    return GraphRecords(store, Labels(store))


def stated(root: Path) -> dict[str, Graph]:
    """Those of them that are not inferred; not to be changed."""
    return {name: named(root)[name] for name in nquads.STATED}


def merged(graphs: Iterable[Graph]) -> Graph:
    """A copy of all their triples in one."""
    found = rdflibterms.new_graph()
    for one in graphs:
        for triple in one:
            found.add(triple)
    return found


def labelled(graphs: Mapping[str, Iterable[Triple] | Graph]) -> list[Quad]:
    """The graphs as quads: in the order given, and within as a build orders them."""
    found = []
    for name, graph in graphs.items():
        given = rdflibterms.triples(graph) if isinstance(graph, Graph) else graph
        found += [Quad(s, p, o, minted("graph", name)) for s, p, o in ordered(given)]
    return found


def core(graph: Graph) -> terms.Graph:
    """The graph as gbkg has it."""
    return terms.Graph(rdflibterms.triples(graph))


def read_rdflib(*paths: Path) -> Graph:
    """The graph of Turtle files."""
    return merged(parse_rdflib(path.read_text(encoding="utf-8")) for path in paths)


def parse_rdflib(text: str) -> Graph:
    """The graph of a Turtle text."""
    return rdflibterms.new_graph(turtle.parse(text))


@dataclass(frozen=True)
class RuleUse:
    """One use of a rule: the premises give the conclusion."""

    rule: str
    conclusion: Triple
    premises: tuple[Triple, ...]

    @property
    def iri(self) -> str:
        return iri((self.rule, str(self.conclusion), tuple(map(str, self.premises))))


def triples_of(found: Inferred) -> tuple[Triple, ...]:
    """The inferred triples that are not stated."""
    return tuple(map(_parsed, found.new))


@cache
def uses_of(found: Inferred) -> tuple[RuleUse, ...]:
    """All uses of rules."""
    return tuple(RuleUse(rule, _parsed(told), tuple(map(_parsed, given))) for rule, told, given in found.uses)


@cache
def _parsed(text: str) -> Triple:
    (quad,) = parse(f"{text} .", format=RdfFormat.N_TRIPLES)
    return quad.triple
