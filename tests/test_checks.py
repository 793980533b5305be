"""Every check of ontology/checks returns nothing for the real graphs, and finds the one fault that is planted for it.

A plant changes one small thing in a copy of the graphs, as little as makes one check speak and leaves all others
silent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from graphs import CLM, CUR, GBKG, ID, INF, RULE, TRP, labelled, merged, named
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS
from rdflib.term import Node

from gbkg.core import terms
from gbkg.core.errors import Finding
from gbkg.core.project import CORE, Project
from gbkg.core.rdflibterms import to_ox
from gbkg.core.records import Place
from gbkg.core.terms import minted
from gbkg.store.base import Store
from gbkg.store.copied import Copy
from gbkg.store.memory import Memory
from gbkg.validate import checks
from gbkg.validate import shapes as gate

pytestmark = pytest.mark.usefixtures("unlimited")

ROOT = Path(__file__).resolve().parents[1]
CHECKS = sorted(path.stem for path in (CORE / "checks").glob("*.rq"))
Plant = Callable[[dict[str, Graph]], None]
REPORT = "guangzhou-report"
ALLIANCE = ID["gba-blockchain-alliance"]
ELSEWHERE = URIRef("https://example.org/elsewhere")


@cache
def graphs() -> dict[str, Graph]:
    return named(SHIPPED)


@cache
def shapes() -> terms.Graph:
    project = Project(SHIPPED)
    return gate.typed(project)


class Planted(dict[str, Graph]):
    # The graphs by name; each is copied when it is first asked for, so that the real ones never change.

    def __getitem__(self, name: str) -> Graph:
        if super().__getitem__(name) is graphs()[name]:
            self[name] = merged([graphs()[name]])
        return super().__getitem__(name)


@cache
def unchanged(name: str) -> list[Any]:
    return labelled({name: graphs()[name]})


def held(copy: dict[str, Graph]) -> Store:
    # Graphs that are still the real ones are turned into quads once.
    parts = (unchanged(n) if g is graphs().get(n) else labelled({n: g}) for n, g in copy.items())
    return Memory.of(quad for part in parts for quad in part)


class Logged(Graph):
    # A copy of a graph that keeps what was changed in it, so that it can be as it was again.

    def __init__(self, triples: Iterable[Any]) -> None:
        super().__init__(bind_namespaces="none")
        self.had: dict[Any, bool] = {}
        for triple in triples:
            super().add(triple)

    def add(self, triple: Any) -> Any:
        self.had.setdefault(triple, triple in self)
        return super().add(triple)

    def remove(self, triple: Any) -> Any:
        self.had |= {one: True for one in self.triples(triple) if one not in self.had}
        return super().remove(triple)

    def changed(self) -> list[tuple[Any, bool]]:
        # The triples that were removed (True) or added (False).
        return [(triple, had) for triple, had in self.had.items() if (triple in self) != had]

    def undo(self) -> None:
        for triple, had in self.changed():
            super().add(triple) if had else super().remove(triple)
        self.had.clear()


@cache
def copies() -> dict[str, Graph]:
    return {name: Logged(graph) for name, graph in graphs().items()}


@cache
def whole() -> Memory:
    return Memory.of(quad for name in graphs() for quad in unchanged(name))


def findings(plant: Plant, project: Path = SHIPPED) -> list[Finding]:
    # What the checks find in the real graphs once a fault is planted, which is taken out again.
    given, engine = copies(), whole().engine
    quads = []
    try:
        plant(given)
        for name, graph in given.items():
            assert isinstance(graph, Logged)
            for (s, p, o), had in graph.changed():
                parts: Any = (to_ox(s), to_ox(p), to_ox(o), minted("graph", name))
                quads.append((ox.Quad(*parts), had))
        assert quads
        for quad, had in quads:
            engine.remove(quad) if had else engine.add(quad)
        return checks.hygiene(Project(project), Memory(engine), shapes(), {})
    finally:
        for quad, had in quads:
            engine.add(quad) if had else engine.remove(quad)
        for graph in given.values():
            graph.undo()  # type: ignore[attr-defined]


def add(name: str, *triple: Node) -> Plant:
    def plant(copy: dict[str, Graph]) -> None:
        copy[name].add(triple)  # type: ignore[arg-type]

    return plant


def remove(name: str, subject: Node | None, predicate: Node | None, value: Node | None = None) -> Plant:
    def plant(copy: dict[str, Graph]) -> None:
        copy[name].remove((subject, predicate, value))

    return plant


def put(name: str, subject: Node, predicate: Node, value: Node) -> Plant:
    # Replaces whatever the subject has of the predicate.

    def plant(copy: dict[str, Graph]) -> None:
        copy[name].remove((subject, predicate, None))
        copy[name].add((subject, predicate, value))

    return plant


def all_of(*plants: Plant) -> Plant:
    def plant(copy: dict[str, Graph]) -> None:
        for part in plants:
            part(copy)

    return plant


def term(local_name: str, kind: URIRef) -> Plant:
    # A new term of the ontology, complete with label and definition.
    new = GBKG[local_name]
    return all_of(
        add("ontology", new, RDF.type, kind),
        add("ontology", new, RDFS.label, Literal(f"planted {local_name}", lang="en")),
        add("ontology", new, SKOS.definition, english(f"Something called {local_name} that nobody has ever needed.")),
    )


def without_statistics_of(indicator: str) -> Plant:
    def plant(copy: dict[str, Graph]) -> None:
        copy["claims"].remove((None, GBKG.indicator, GBKG[indicator]))

    return plant


def same(local_name: str, other: str, predicate: URIRef) -> Plant:
    # Gives one term the label or definition of another.

    def plant(copy: dict[str, Graph]) -> None:
        value = copy["ontology"].value(GBKG[other], predicate)
        assert value is not None
        put("ontology", GBKG[local_name], predicate, value)(copy)

    return plant


def said_again(slug: str, again: str) -> Plant:
    # A second claim with the same source, subject, predicate and object.

    def plant(copy: dict[str, Graph]) -> None:
        for part in (PROV.hadPrimarySource, RDF.subject, RDF.predicate, RDF.object):
            value = copy["claims"].value(CLM[slug], part)
            assert value is not None
            copy["claims"].add((CLM[again], part, value))

    return plant


def of_one_use(predicate: URIRef, *values: Node) -> Plant:
    # Gives one inference these values of the predicate and no others; of conclusions, one that others have too, so that
    # nothing inferred loses its record.

    def plant(copy: dict[str, Graph]) -> None:
        given = copy["inferences"]
        often = Counter(given.objects(None, GBKG.conclusion))
        use = min(s for s, o in given.subject_objects(GBKG.conclusion) if often[o] > 1)
        given.remove((use, predicate, None))
        for value in values:
            given.add((use, predicate, value))

    return plant


def concluded(*triple: Node) -> Plant:
    # An inferred triple with a record that is complete.

    def plant(copy: dict[str, Graph]) -> None:
        given = copy["inferences"]
        copy["inferred"].add(triple)  # type: ignore[arg-type]
        given.add((INF.planted, RDF.type, GBKG.Inference))
        given.add((INF.planted, GBKG.rule, RULE.inverse))
        given.add((INF.planted, GBKG.premise, min(graphs()["inferences"].objects(None, GBKG.premise))))
        given.add((INF.planted, GBKG.conclusion, TRP.planted))
        for part, value in zip((RDF.subject, RDF.predicate, RDF.object), triple, strict=True):
            given.add((TRP.planted, part, value))

    return plant


def english(text: str) -> Literal:
    return Literal(text, lang="en")


PLANTS: list[tuple[str, str, str, Plant]] = [
    (
        "blank-node-violation",
        "subject",
        "graph:metadata",
        add("metadata", BNode("b"), DCTERMS.title, Literal("planted")),
    ),
    ("blank-node-violation", "object", "graph:curation", add("curation", ID.guangzhou, DCTERMS.relation, BNode("b"))),
    (
        "claim-twice-violation",
        "relation",
        "clm:guangzhou-report.alliance-founder-macau",
        said_again(f"{REPORT}.alliance-founder-macau", f"{REPORT}.planted"),
    ),
    (
        "class-unsatisfiable-violation",
        "class",
        "gbkg:Alliance",
        add("ontology", GBKG.Alliance, RDFS.subClassOf, GBKG.Company),
    ),
    ("concept-unlisted-violation", "no list", "gbkg:nearly", remove("ontology", GBKG.nearly, SKOS.inScheme)),
    ("concept-unlisted-violation", "no scheme", "gbkg:nearly", put("ontology", GBKG.nearly, SKOS.inScheme, ELSEWHERE)),
    (
        "concept-unlisted-violation",
        "other list",
        "gbkg:dated gbkg:inferred gbkg:nearly gbkg:undated",
        put("ontology", GBKG.nearly, SKOS.inScheme, GBKG.datings),
    ),
    (
        "definition-circular-violation",
        "class",
        "gbkg:Alliance",
        put("ontology", GBKG.Alliance, SKOS.definition, english("An alliance that organizations set up together.")),
    ),
    (
        "definition-is-label-violation",
        "label",
        "gbkg:startedLaterThan",
        put("ontology", GBKG.startedLaterThan, SKOS.definition, english("Started later than.")),
    ),
    (
        "definition-is-label-violation",
        "three words",
        "gbkg:basedIn",
        put("ontology", GBKG.basedIn, SKOS.definition, english("Lives there permanently.")),
    ),
    ("definition-missing-violation", "none", "gbkg:basedIn", remove("ontology", GBKG.basedIn, SKOS.definition)),
    (
        "definition-missing-violation",
        "two",
        "gbkg:basedIn",
        add("ontology", GBKG.basedIn, SKOS.definition, english("Has its home there, whatever it does elsewhere.")),
    ),
    ("definition-twice-violation", "definition", "gbkg:activity", same("trend", "activity", SKOS.definition)),
    (
        "deprecated-without-replacement-violation",
        "flag",
        "gbkg:basedIn",
        add("ontology", GBKG.basedIn, OWL.deprecated, Literal(True)),
    ),
    (
        "domain-violation",
        "subject",
        "id:blockchain-inclusion-2016",
        add("facts", ID["blockchain-inclusion-2016"], GBKG.headquarteredIn, ID.guangzhou),
    ),
    (
        "fact-undeclared-violation",
        "property",
        "dcterms:relation",
        add("facts", ID.guangzhou, DCTERMS.relation, ID.shenzhen),
    ),
    (
        "header-incomplete-violation",
        "version",
        "<https://w3id.org/gbkg/ontology>",
        remove("ontology", URIRef("https://w3id.org/gbkg/ontology"), OWL.versionInfo),
    ),
    (
        "indicator-domain-violation",
        "subject",
        "clm:guangzhou-report.guangzhou-gdp",
        put("claims", CLM[f"{REPORT}.guangzhou-gdp"], GBKG.about, ID.blockchain),
    ),
    ("indicator-unused-violation", "indicator", "gbkg:sessionNumber", without_statistics_of("sessionNumber")),
    (
        "inverse-mirrored-violation",
        "domain",
        "gbkg:locatedIn",
        put("ontology", GBKG.locationOf, RDFS.domain, GBKG.Entity),
    ),
    ("inverse-mirrored-violation", "range", "gbkg:operatedBy", put("ontology", GBKG.operates, RDFS.range, GBKG.Site)),
    ("label-missing-violation", "none", "gbkg:settledIn", remove("ontology", GBKG.settledIn, RDFS.label)),
    (
        "label-missing-violation",
        "two",
        "gbkg:trend",
        add("ontology", GBKG.trend, RDFS.label, english("development over time")),
    ),
    (
        "label-missing-violation",
        "no English",
        "gbkg:trend",
        put("ontology", GBKG.trend, RDFS.label, Literal("Trend", lang="de")),
    ),
    ("label-twice-violation", "label", "gbkg:activity", same("trend", "activity", RDFS.label)),
    (
        "outside-rl-violation",
        "equivalence",
        "gbkg:Fund",
        add("ontology", GBKG.Fund, OWL.equivalentClass, SDO.InvestmentFund),
    ),
    (
        "outside-rl-violation",
        "restriction",
        "<https://example.org/elsewhere>",
        add("ontology", ELSEWHERE, RDF.type, OWL.Restriction),
    ),
    (
        "range-violation",
        "entity",
        "id:gba-blockchain-alliance",
        add("facts", ID["gba-blockchain-alliance"], GBKG.headquarteredIn, ID.blockchain),
    ),
    (
        "range-violation",
        "untyped",
        "id:gba-blockchain-alliance",
        add("facts", ID["gba-blockchain-alliance"], GBKG.headquarteredIn, ID.nowhere),
    ),
    ("range-violation", "literal", "id:guangzhou", add("facts", ID.guangzhou, GBKG.trend, Literal(1))),
    (
        "subclass-circular-violation",
        "class",
        "gbkg:Building gbkg:Site",
        add("ontology", GBKG.Site, RDFS.subClassOf, GBKG.Building),
    ),
    (
        "subclass-circular-violation",
        "property",
        "gbkg:locatedIn gbkg:settledIn",
        add("ontology", GBKG.locatedIn, RDFS.subPropertyOf, GBKG.settledIn),
    ),
    (
        "subproperty-narrower-violation",
        "range",
        "gbkg:foundedBy",
        add("ontology", GBKG.foundedBy, RDFS.subPropertyOf, GBKG.locatedIn),
    ),
    (
        "subproperty-narrower-violation",
        "domain",
        "gbkg:reliesOn",
        add("ontology", GBKG.reliesOn, RDFS.subPropertyOf, GBKG.controlledBy),
    ),
    (
        "term-undeclared-violation",
        "property",
        "gbkg:statusOf",
        add("claims", CLM.planted, GBKG.statusOf, Literal("planted")),
    ),
    (
        "term-undeclared-violation",
        "value",
        "gbkg:sure",
        put("claims", CLM[f"{REPORT}.alliance-topic"], GBKG.status, GBKG.sure),
    ),
    (
        "misprint-unquoted-violation",
        "quotation",
        "cur:correction-chongchuang",
        put("curation", CUR["correction-chongchuang"], GBKG.printedText, Literal("Chongchuang Room")),
    ),
    ("term-unused-violation", "class", "gbkg:Unicorn", term("Unicorn", OWL.Class)),
    ("term-unused-violation", "property", "gbkg:dreamsOf", term("dreamsOf", OWL.DatatypeProperty)),
    ("inference-incomplete-violation", "no rule", "inf:002bc14e7164d15c", of_one_use(GBKG.rule)),
    (
        "inference-incomplete-violation",
        "two rules",
        "inf:002bc14e7164d15c",
        of_one_use(GBKG.rule, RULE.inverse, RULE.transitive),
    ),
    ("inference-incomplete-violation", "no conclusion", "inf:002bc14e7164d15c", of_one_use(GBKG.conclusion)),
    ("inference-incomplete-violation", "no premise", "inf:002bc14e7164d15c", of_one_use(GBKG.premise)),
    (
        "inference-unfounded-violation",
        "premise",
        "inf:2732de82d9d502bb inf:4519e23b42e25e06 inf:9b69c21479670f58",
        remove("facts", ALLIANCE, GBKG.foundedBy, ID["university-of-macau"]),
    ),
    ("inference-unfounded-violation", "not described", "inf:002bc14e7164d15c", of_one_use(GBKG.premise, ELSEWHERE)),
    (
        "inferred-stated-violation",
        "fact",
        "id:university-of-macau",
        add("facts", ID["university-of-macau"], GBKG.founded, ALLIANCE),
    ),
    ("inferred-unrecorded-violation", "membership", "id:patek", add("inferred", ID.patek, ORG.memberOf, ALLIANCE)),
    ("domain-violation", "inferred", "id:blockchain", concluded(ID.blockchain, GBKG.operates, ID["gbiic-building-a"])),
    ("range-violation", "inferred", "id:patek", concluded(ID.patek, GBKG.founded, ID.blockchain)),
    ("rule-unused-violation", "rule", "rule:idle", add("inferences", RULE.idle, RDF.type, GBKG.Rule)),
    ("two-kinds-violation", "two properties", "gbkg:trend", add("ontology", GBKG.trend, RDF.type, OWL.ObjectProperty)),
    (
        "two-kinds-violation",
        "class and property",
        "gbkg:Fund",
        add("ontology", GBKG.Fund, RDF.type, OWL.ObjectProperty),
    ),
    (
        "unit-mismatch-violation",
        "unit",
        "clm:guangzhou-report.china-parks",
        put("claims", CLM[f"{REPORT}.china-parks"], GBKG.unit, GBKG.company),
    ),
    (
        "unit-unused-violation",
        "unit",
        "gbkg:parsec",
        all_of(
            term("parsec", GBKG.Unit),
            add("ontology", GBKG.parsec, SKOS.inScheme, GBKG.units),
            add("ontology", GBKG.parsec, SKOS.broader, GBKG.measuredUnit),
        ),
    ),
]


def test_the_real_graphs_have_none_of_these_faults() -> None:
    assert [str(finding) for finding in checks.hygiene(Project(SHIPPED), held(graphs()), shapes(), {})] == []


def rounds() -> list[list[tuple[str, str, str, Plant]]]:
    # Plants that stay out of each other's way: one of each check at a time.
    found: list[list[tuple[str, str, str, Plant]]] = []
    times: Counter[str] = Counter()
    for plant in PLANTS:
        turn = times[plant[0]]
        found += [[]] if turn == len(found) else []
        found[turn].append(plant)
        times[plant[0]] += 1
    return found


@pytest.mark.parametrize("plants", rounds(), ids=lambda plants: f"{len(plants)} plants")
def test_a_planted_fault_is_found_by_its_check_alone(plants: list[tuple[str, str, str, Plant]]) -> None:
    found = findings(all_of(*(plant for *_, plant in plants)))
    told = Counter((Path(finding.file).stem, finding.message.partition(": ")[0]) for finding in found)
    for check, words, focuses, _ in plants:
        for focus in focuses.split():
            assert told.pop((check, focus), 0) == 1, (check, words)
    assert not told, "what nobody planted"
    assert all(
        finding.message.endswith(f" [{Path(finding.file).stem.removesuffix('-violation')}]") for finding in found
    )


def test_every_check_has_a_planted_fault() -> None:
    assert sorted({check for check, *_ in PLANTS}) == CHECKS


def test_every_file_of_the_folder_is_a_check() -> None:
    assert len(CHECKS) == len(list((CORE / "checks").iterdir()))
    assert all(check.endswith("-violation") for check in CHECKS)


def test_every_check_says_in_its_first_line_what_is_wrong() -> None:
    for path in (CORE / "checks").iterdir():
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("#+ ")
        assert first.endswith(".")


def test_a_finding_names_the_fault_and_its_file() -> None:
    planted = add("facts", ID["gba-blockchain-alliance"], GBKG.headquarteredIn, ID.blockchain)
    assert [str(finding) for finding in findings(planted)] == [
        "gbkg/schema/checks/range-violation.rq: id:gba-blockchain-alliance: "
        "has an object outside the range of gbkg:headquarteredIn [range]"
    ]


def test_a_finding_stands_where_its_focus_was_typed() -> None:
    alliance = ID["gba-blockchain-alliance"]
    copy = Planted(graphs())
    add("facts", alliance, GBKG.headquarteredIn, ID.blockchain)(copy)
    places = {str(alliance): Place("data/entities.tsv", 7)}
    assert [str(f) for f in checks.hygiene(Project(SHIPPED), held(copy), shapes(), places)] == [
        "data/entities.tsv:7: id:gba-blockchain-alliance: "
        "has an object outside the range of gbkg:headquarteredIn [range]"
    ]


@pytest.mark.parametrize("kind", [OWL.FunctionalProperty, OWL.SymmetricProperty])
def test_what_else_a_property_is_makes_it_no_second_kind(kind: URIRef) -> None:
    assert findings(add("ontology", GBKG.controlledBy, RDF.type, kind)) == []


def test_sources_that_say_the_same_say_nothing_twice() -> None:
    again = all_of(
        said_again(f"{REPORT}.alliance-founder-macau", "other.planted"),
        put("claims", CLM["other.planted"], PROV.hadPrimarySource, ELSEWHERE),
    )
    assert findings(again) == []


# ---- The store that is asked


def broken(folder: Path) -> Project:
    (folder / "ontology" / "checks").mkdir(parents=True)
    (folder / "ontology" / "checks" / "no-focus-violation.rq").write_text("#+ None.\nSELECT ?s { ?s ?p ?o }\n")
    return Project(folder)


def test_a_check_without_focus_is_refused_and_the_store_left_as_it_was(tmp_path: Path) -> None:
    asked = Memory.of(labelled({"metadata": graphs()["metadata"]}))
    before = set(asked)
    said = map(str, checks.hygiene(broken(tmp_path), asked, shapes(), {}))
    assert "ontology/checks/no-focus-violation.rq: a check must SELECT ?focus" in list(said)
    assert set(asked) == before


def test_what_the_store_has_of_the_shapes_it_keeps() -> None:
    asked = Memory.of(labelled(graphs() | {"shapes": shapes()}))
    before = set(asked)
    assert checks.hygiene(Project(SHIPPED), asked, shapes(), {}) == []
    assert set(asked) == before


def test_a_store_on_disk_answers_as_one_in_memory(tmp_path: Path) -> None:
    copy = Planted(graphs())
    add("facts", ALLIANCE, GBKG.headquarteredIn, ID.blockchain)(copy)
    engine = ox.Store(str(tmp_path / "disk"))
    engine.bulk_extend(labelled(copy))
    engine.flush()
    del engine
    disk = Copy(tmp_path / "disk")
    found = checks.hygiene(Project(SHIPPED), disk, shapes(), {}), checks.facts(disk)
    assert found == (checks.hygiene(Project(SHIPPED), held(copy), shapes(), {}), checks.facts(held(copy)))
    assert [len(part) for part in found] == [1, 1]


# ---- Direct triples and accepted claims


FOUNDED = (ALLIANCE, GBKG.foundedBy, ID["university-of-macau"])
SHOWN = "id:gba-blockchain-alliance gbkg:foundedBy id:university-of-macau"
DIRECT: list[tuple[Plant, list[str]]] = [
    (all_of(), []),
    (
        add("facts", ID.patek, GBKG.founded, ALLIANCE),
        ["no accepted claim says id:patek gbkg:founded id:gba-blockchain-alliance"],
    ),
    (add("facts", ID.patek, GBKG.motto, Literal("x'y")), ['no accepted claim says id:patek gbkg:motto "x\'y"']),
    (remove("facts", *FOUNDED), [f"an accepted claim says what the graph does not: {SHOWN}"]),
    (
        put("claims", CLM[f"{REPORT}.alliance-founder-macau"], GBKG.status, GBKG.disputed),
        [f"no accepted claim says {SHOWN}"],
    ),
    (add("entities", *FOUNDED), [f"{SHOWN} stands in graph entities and in graph facts"]),
    (
        all_of(add("metadata", *FOUNDED), add("ontology", *FOUNDED)),
        [
            f"{SHOWN} stands in graph ontology and in graph facts",
            f"{SHOWN} stands in graph facts and in graph metadata",
        ],
    ),
    (add("inferred", *FOUNDED), []),  # which a check finds
]


@pytest.mark.parametrize(("plant", "expected"), DIRECT)
def test_direct_triples_are_what_accepted_claims_say(plant: Plant, expected: list[str]) -> None:
    copy = Planted(graphs())
    plant(copy)
    assert [finding.message for finding in checks.facts(held(copy))] == expected
