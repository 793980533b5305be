"""What SHACL finds in pieces of a graph is what it finds in the whole."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from conftest import SHIPPED
from graphs import parse_rdflib, quads, read_rdflib
from rdflib import Graph

from gbkg.core import namedgraphs, nquads
from gbkg.core.errors import OutputError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.graph.cache import GRAPHS, Part, Spool, Told
from gbkg.validate import pieces, shacl
from gbkg.validate.pieces import Stated

ROOT = Path(__file__).resolve().parents[1]
ENGINE = next((engine for engine in shacl.ENGINES[1:] if shacl.available(engine)), shacl.ENGINES[0])
OF_SOURCE = tuple(PREFIXES[name] for name in ("clm", "psg", "src"))


@cache
def shapes() -> Graph:
    return read_rdflib(SHIPPED / "ontology" / "shapes.ttl")


@cache
def ontology() -> Graph:
    project = Project(SHIPPED)
    return read_rdflib(*(project.ontology(name) for name in ("gbkg.ttl", "indicators.ttl")))


@cache
def stated() -> tuple[str, ...]:
    return tuple(
        f"{quad} ." for quad in quads(SHIPPED) if quad.graph_name.value.rpartition("/")[2] in namedgraphs.STATED
    )


def cut(given: list[str], spool: Spool) -> Stated:
    """The lines as a build has them: those of sources in the spool, the rest by graph."""
    texts = dict.fromkeys(namedgraphs.STATED, "")
    of_source: dict[str, dict[str, str]] = {}
    for line in given:
        name = line.rpartition(" <")[0] and line.rsplit("/", 1)[1].removesuffix("> .")
        about = nquads.subject(line)
        space = next((space for space in OF_SOURCE if about.startswith(space)), "")
        if name in namedgraphs.BY_SOURCE and space:
            source = about.removeprefix(space).partition(".")[0]
            of_source.setdefault(source, dict.fromkeys(GRAPHS, ""))[name] += f"{line}\n"
        else:
            texts[name] += f"{line}\n"
    spool.keep(of_source)
    for source, own in of_source.items():
        spool.put(Part(source, Told(), own, ""), "")
    return Stated(
        terms=texts["ontology"] + texts["queries"],
        curation=texts["curation"],
        metadata=texts["metadata"],
        evidence=texts["evidence"] + texts["claims"],
        entities=texts["entities"],
        facts=texts["facts"],
        spool=spool,
    )


def in_pieces(given: list[str], spool: Spool) -> list[shacl.Result]:
    return pieces.validate(cut(given, spool), shapes(), ontology(), ENGINE, "scope", lambda *_: None)


def whole(given: list[str]) -> list[shacl.Result]:
    return shacl.validate([f"{line}\n".encode() for line in given], shapes(), ENGINE)


def damaged(rng: random.Random, faults: int) -> list[str]:
    """The real graph without some lines, and with the ends of others exchanged within a graph."""
    given = list(stated())
    typed = [n for n, line in enumerate(given) if "/graph/ontology>" not in line and "/graph/queries>" not in line]
    for number in rng.sample(typed, faults):
        if rng.random() < 0.5:
            given[number] = ""
        else:
            name = given[number].rsplit(" ", 2)[1]
            other = given[rng.choice([n for n in typed if given[n].endswith(f"{name} .")])]
            subject, predicate, _ = given[number].split(" ", 2)
            given[number] = " ".join((subject, predicate, other.split(" ", 2)[2]))
    return [line for line in dict.fromkeys(given) if line]


@pytest.mark.parametrize("seed", range(4))
def test_pieces_find_what_the_whole_graph_has(seed: int) -> None:
    given = damaged(random.Random(seed), 60)
    with Spool() as spool:
        found = in_pieces(given, spool)
    assert found == whole(given)
    assert len(found) > 10


def test_pieces_validated_before_and_new_ones_find_together_what_the_whole_graph_has() -> None:
    # One spool sees a graph that changes: what it remembers must never stand for something else.
    with Spool() as spool:
        for seed in range(3):
            given = damaged(random.Random(seed), 25)
            assert in_pieces(given, spool) == whole(given)
        assert in_pieces(list(stated()), spool) == []


def test_a_validated_piece_is_not_validated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given = list(stated())
    with Spool() as spool:
        assert in_pieces(given, spool) == []
        monkeypatch.setattr(shacl.Validator, "results", lambda *_: pytest.fail("validated again"))
        assert in_pieces(given, spool) == []


def test_small_groups_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_MANY", 1500)
    monkeypatch.setattr(pieces, "_AT_ONCE", {})
    given = damaged(random.Random(9), 40)
    with Spool() as spool:
        assert in_pieces(given, spool) == whole(given)


@pytest.mark.parametrize(
    "more",
    [
        ("cur:odd rdf:type gbkg:Gap ontology", "cur:odd rdfs:label gbkg:Gap curation"),
        ("cur:Odd rdfs:subClassOf gbkg:Gap curation", "cur:odd rdf:type cur:Odd curation"),
        ("cur:odd rdf:type gbkg:Gap curation", "cur:odd gbkg:concerns clm:nobody.nothing curation"),
    ],
)
def test_a_node_is_validated_whatever_graph_gives_it_its_class(more: tuple[str, ...]) -> None:
    given = list(stated())
    for triple in more:
        *terms, name = triple.split()
        expanded = (f"<{PREFIXES[prefix]}{local}>" for prefix, local in (term.split(":") for term in terms))
        given.append(f"{' '.join(expanded)} <{PREFIXES['graph']}{name}> .")
    with Spool() as spool:
        found = in_pieces(given, spool)
        assert in_pieces(given, spool) == found
    assert found == whole(given)
    assert any(result.focus == f"{PREFIXES['cur']}odd" for result in found)


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pieces, "TemporaryFile", refuse)
    with Spool() as spool, pytest.raises(OutputError, match="cannot be written: No space left on device"):
        in_pieces(list(stated()), spool)


def test_shapes_that_cannot_be_cut_see_the_whole_graph() -> None:
    more = parse_rdflib(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix gbkg: <https://w3id.org/gbkg/ontology#> ."
        "gbkg:Long a sh:NodeShape ; sh:targetClass gbkg:City ;"
        " sh:property [ sh:path [ sh:zeroOrMorePath gbkg:partOf ] ; sh:minCount 99 ; sh:message 'long' ] ."
    )
    assert shacl.separable(shapes() + more, ontology())
    with Spool() as spool:
        found = pieces.validate(cut(list(stated()), spool), shapes() + more, ontology(), ENGINE, "", lambda *_: None)
    assert {result.message for result in found} == {"long"}
