"""Rules and the gates on the graph cost in proportion to it, also where very many facts meet at one place.

The engine finds a triple in memory by going through those of one of its nodes, so whatever looks something up at a
node once for each of its triples is quadratic: eight times the facts then cost 64 times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import process_time

import pyoxigraph as ox
import pytest
from graphs import labelled

from gbkg.claims.vocabulary import terms
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.graph import inference, rules
from gbkg.graph.inferred import Inferred
from gbkg.graph.inferred import lines as lines_of
from gbkg.graph.inferred import sizes as sizes_of
from gbkg.store.base import Store
from gbkg.store.memory import Memory
from gbkg.validate import checks

pytestmark = pytest.mark.usefixtures("unlimited")

PROJECT = Project(Path(__file__).resolve().parents[1])
FEW, MANY = 300, 2400
LINEAR = 20
"""Eight, and more for noise and for what does not fit into the processor's cache."""


def line(subject: str, predicate: str, value: str, graph: str) -> str:
    """Of N-Quads, from names with prefixes."""

    def iri(name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"<{PREFIXES[prefix]}{local}>" if prefix in PREFIXES else f"<{name}>"

    return f"{iri(subject)} {iri(predicate)} {iri(value)} {iri(f'graph:{graph}')} ."


def claimed(name: str, source: str, triple: tuple[str, str, str]) -> list[str]:
    node = f"clm:{source}.{name}"
    parts = zip(("rdf:subject", "rdf:predicate", "rdf:object"), triple, strict=True)
    about = [("prov:hadPrimarySource", f"src:{source}"), ("gbkg:status", "gbkg:accepted"), *parts]
    return [line(node, predicate, value, "claims") for predicate, value in about]


def corrected(number: int) -> list[str]:
    """A correction of a claim, and the quotation that has the misprint."""
    correction, passage = f"cur:corrected-{number}", f"psg:paper-{number}.0-9"
    claim, words = f"clm:paper-{number}.settled", line(f"{passage}.quote", "oa:exact", "urn:words", "evidence")
    return [
        line(correction, "gbkg:corrects", claim, "curation"),
        line(correction, "gbkg:printedText", "urn:words", "curation").replace("<urn:words>", '"misprint"'),
        line(claim, "prov:wasDerivedFrom", passage, "claims"),
        line(passage, "oa:hasSelector", f"{passage}.quote", "evidence"),
        words.replace("<urn:words>", '"a misprint"'),
    ]


@cache
def ontology() -> tuple[str, ...]:
    quads = labelled({"ontology": terms(PROJECT)})
    return tuple(ox.serialize(quads, format=ox.RdfFormat.N_QUADS).decode().splitlines())  # type: ignore[union-attr]


@cache
def stated(size: int) -> tuple[str, ...]:
    """The lines of a city in which so many companies are; as many documents say of what it is part."""
    lines = list(ontology())
    kinds = {"quarter": "District", "city": "City", "delta": "Region"}
    lines += [line(f"id:{name}", "rdf:type", f"gbkg:{kind}", "entities") for name, kind in kinds.items()]
    whole = [(f"id:{a}", "gbkg:partOf", f"id:{b}") for a, b in (("quarter", "city"), ("city", "delta"))]
    lines += [line(*triple, "facts") for triple in whole]
    for number in range(size):
        company = f"id:works-{number}"
        lines.append(line(company, "rdf:type", "gbkg:Company", "entities"))
        lines.append(line(company, "gbkg:settledIn", "id:quarter", "facts"))
        lines += claimed("settled", f"paper-{number}", (company, "gbkg:settledIn", "id:quarter"))
        lines += [text for n, triple in enumerate(whole) for text in claimed(f"whole-{n}", f"paper-{number}", triple)]
        lines += corrected(number)
    return tuple(lines)


@cache
def inferred(size: int) -> Inferred:
    basis = [text for text in stated(size) if any(f"/graph/{name}> ." in text for name in inference.BASIS)]
    return inference.infer("\n".join(basis).encode(), rules.read(PROJECT))


@cache
def whole(size: int) -> Store:
    lines = [*stated(size), *lines_of(inferred(size), rules.read(PROJECT))]
    return Memory.of(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))


def cost(work: Callable[[], object]) -> float:
    """Seconds of the processor, the better of two runs."""
    times = []
    for _ in range(2):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


def test_rules_cost_in_proportion_to_what_follows() -> None:
    known = rules.read(PROJECT)

    def run(size: int) -> None:
        inferred.cache_clear()
        assert sum(1 for _ in lines_of(inferred(size), known)) == sum(sizes_of(inferred(size), known).values())

    stated(FEW), stated(MANY)
    assert cost(lambda: run(MANY)) < LINEAR * cost(lambda: run(FEW))
    # locatedIn the quarter, the city and the delta, each of them with locationOf, and hosts; the whole and its inverse
    assert len(inferred(MANY).new) == 7 * MANY + len(inferred(MANY).new) % MANY


CHECKS = [path for files in PROJECT.folder("checks") for path in files if path.suffix == ".rq"]


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_a_check_costs_in_proportion_to_the_graph(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    few, many = (cost(lambda size=size: list(whole(size).query(text))) for size in (FEW, MANY))  # type: ignore[misc]
    assert many < LINEAR * max(few, 0.005)


def test_the_gate_of_facts_costs_in_proportion_to_the_graph() -> None:
    assert checks.facts(whole(MANY)) == []
    assert cost(lambda: checks.facts(whole(MANY))) < LINEAR * cost(lambda: checks.facts(whole(FEW)))


def test_the_text_of_a_graph_gives_what_its_quads_give() -> None:
    quads = list(ox.parse("\n".join(stated(10)), format=ox.RdfFormat.N_QUADS))
    basis = [quad for quad in quads if quad.graph_name.value.rpartition("/")[2] in inference.BASIS]
    assert inference.infer(basis, rules.read(PROJECT)) == inferred(10)
