"""A project's own terms and shapes beside gbkg's: every file is read, and nothing of gbkg's is demanded elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import gbkg
from gbkg import build
from gbkg.core.errors import ParseError, ValidationError
from gbkg.core.prefixes import PREFIXES, shorten, term_name
from gbkg.core.project import Project, ProjectFile, parse_settings
from gbkg.intake.start import start
from gbkg.validate import shapes

pytestmark = pytest.mark.usefixtures("unlimited")

OWN = "https://example.org/mine#"
HEAD = f"""@prefix own: <{OWN}> .
@prefix gbkg: <https://w3id.org/gbkg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    start(tmp_path / "mine")
    return tmp_path / "mine"


def built(folder: Path) -> tuple[set[str], str]:
    """The warnings of a build and the graph that it wrote."""
    project = Project.find(folder)
    made = build.run(project, folder / "build", build.Settings(folder / "documents"))
    return {str(one) for one in made.findings}, (folder / "build" / "gbkg.nq").read_text("utf-8")


def violations(folder: Path) -> str:
    with pytest.raises(ValidationError) as caught:
        built(folder)
    return "\n".join(str(one) for one in caught.value.findings if one.severity == "violation")


def add(folder: Path, turtle: str, name: str = "more.ttl") -> None:
    (folder / "ontology" / name).write_text(HEAD + turtle, encoding="utf-8")


def test_terms_of_every_file_are_in_the_graph_in_their_own_namespace(mine: Path) -> None:
    said = 'rdfs:label "branch"@en ; skos:definition "A house that a library keeps."@en'
    add(mine, f"own:Branch a owl:Class ; rdfs:subClassOf own:Library ; {said} .")
    table = mine / "data" / "entities.tsv"
    table.write_text(table.read_text().replace("mill-street-library\town:Library", "mill-street-library\town:Branch"))
    warnings, graph = built(mine)
    assert f"<https://example.org/mine/id/mill-street-library> <{PREFIXES['rdf']}type> <{OWN}Branch>" in graph
    assert f"<{OWN}succeeds> <https://example.org/mine/id/mill-street-library>" in graph
    assert f"<{PREFIXES['gbkg']}unit> <{OWN}seat>" in graph
    assert '<https://example.org/mine/dataset> <http://purl.org/dc/terms/title> "mine"' in graph
    assert not any("shape" in warning or "unused" in warning for warning in warnings)


def test_a_file_that_is_not_read_is_said(mine: Path) -> None:
    (mine / "ontology" / "terms.owl").write_text("x")
    assert any("ontology/terms.owl: is not read" in warning for warning in built(mine)[0])


def strict(folder: Path) -> None:
    """Without the word that makes warnings of what a new project does not use yet."""
    file = folder / "gbkg.toml"
    file.write_text(file.read_text().replace('unused = "warning"\n', ""))


def test_a_new_project_may_have_terms_and_shapes_before_claims_use_them(mine: Path) -> None:
    said = 'rdfs:label "shelf"@en ; skos:definition "A board for books."@en'
    shape = "own:S a sh:NodeShape ; sh:targetClass own:Shelf ; sh:property [ sh:path gbkg:alias ; sh:minCount 1 ] ."
    add(
        mine,
        f"own:Shelf a owl:Class ; rdfs:subClassOf gbkg:Entity ; {said} . own:leans a owl:DatatypeProperty ; "
        'rdfs:label "leans"@en ; skos:definition "The side to which it leans."@en ; rdfs:domain own:Shelf ; '
        "rdfs:range <http://www.w3.org/2001/XMLSchema#string> . "
        f"{shape}",
    )
    warnings, _ = built(mine)
    assert any("own:leans" in warning and "[term-unused]" in warning for warning in warnings)
    assert any("no focus node" in warning and "own:S" in warning for warning in warnings)
    strict(mine)
    assert "[term-unused]" in violations(mine) and "no focus node" in violations(mine)


def test_a_term_of_ones_own_is_held_to_what_gbkgs_are(mine: Path) -> None:
    strict(mine)
    add(mine, "own:Shelf a owl:Class ; rdfs:subClassOf gbkg:Entity .")
    said = violations(mine)
    for check in ("term-unused", "definition-missing", "label-missing"):
        assert f"[{check}]" in said and "own:Shelf" in said
    assert "gbkg:" not in said.replace("gbkg:own", "")


def test_a_shape_of_ones_own_needs_a_focus_node_and_stops_the_build(mine: Path) -> None:
    strict(mine)
    add(mine, "own:S a sh:NodeShape ; sh:targetClass gbkg:Fund ; sh:property [ sh:path gbkg:alias ; sh:minCount 1 ] .")
    assert "own:S" in violations(mine) and "no focus node" in violations(mine)
    add(
        mine, "own:S a sh:NodeShape ; sh:targetClass own:Library ; sh:property [ sh:path gbkg:alias ; sh:minCount 1 ] ."
    )
    assert "id:willow-library" in violations(mine)


def unnamed(folder: Path) -> None:
    """An entity that no claim speaks of."""
    table = folder / "data" / "entities.tsv"
    table.write_text(table.read_text() + "zoo\tPlace\tReed Zoo\tNo document names it.\n")


def test_a_shape_of_gbkg_is_relaxed_by_one_line(mine: Path) -> None:
    unnamed(mine)
    assert "an entity is there because a claim speaks of it" in violations(mine)
    add(mine, 'gbkg:EntityShape sh:severity sh:Warning ; rdfs:comment "The list came first." .')
    warnings, _ = built(mine)
    assert any("id:zoo" in warning and "an entity is there because" in warning for warning in warnings)
    assert any("shape has the severity sh:Warning: The list came first." in warning for warning in warnings)
    add(mine, 'gbkg:EntityShape sh:deactivated true ; rdfs:comment "The list came first." .')
    warnings, _ = built(mine)
    assert not any("id:zoo" in warning for warning in warnings)
    assert any("shape is switched off: The list came first." in warning for warning in warnings)
    add(mine, "gbkg:EntityShape sh:deactivated true .")
    assert "say why in an rdfs:comment" in violations(mine)


@pytest.mark.parametrize("name", ["gbkg.ttl", "indicators.ttl", "shapes.ttl", "more.ttl"])
def test_a_file_of_any_name_adds_to_gbkgs_terms_and_shapes(mine: Path, name: str) -> None:
    add(mine, 'gbkg:Organization rdfs:label "组织"@zh ; owl:disjointWith own:Shelf . own:Shelf a owl:Class ; '
        'rdfs:subClassOf gbkg:Entity ; rdfs:label "shelf"@en ; skos:definition "What books stand on."@en ; '
        'gbkg:competencyQuestion "Which shelves are there?"@en .', name)  # fmt: skip
    _, graph = built(mine)
    assert f'<{PREFIXES["gbkg"]}Organization> <{PREFIXES["rdfs"]}label> "组织"@zh' in graph
    assert f"<{OWN}Shelf> <{PREFIXES['rdf']}type>" in graph


@pytest.mark.parametrize(
    ("turtle", "found"),
    [
        ("gbkg:Place a owl:Class .", "gbkg:Place rdf:type"),
        ("gbkg:partOf rdfs:domain own:Library .", "gbkg:partOf rdfs:domain"),
        ('gbkg:alias rdfs:label "name"@en .', "gbkg:alias rdfs:label"),
        ("gbkg:yuan skos:broader gbkg:countedUnit .", "gbkg:yuan skos:broader"),
        ("gbkg:ClaimShape sh:targetClass own:Library .", "gbkg:ClaimShape sh:targetClass"),
        ("gbkg:ClaimShape sh:property [ sh:path gbkg:alias ; sh:maxCount 1 ] .", "gbkg:ClaimShape sh:property"),
    ],
)
def test_what_gbkg_describes_is_not_described_anew(mine: Path, turtle: str, found: str) -> None:
    add(mine, f"\n{turtle}\n", "gbkg.ttl")
    (said,) = [line for line in violations(mine).splitlines() if "anew" in line]
    assert said.startswith("ontology/gbkg.ttl:8: a ") and f"found '{found}'" in said


def test_a_severity_by_name_holds_for_all_parts_of_a_shape(mine: Path) -> None:
    path = mine / "ontology" / "own.ttl"
    path.write_text(path.read_text().replace("sh:class own:Library ; sh:message", "sh:maxCount 0 ; sh:message"))
    assert "a library succeeds libraries" in violations(mine)
    add(mine, 'own:LibraryShape sh:severity sh:Warning ; rdfs:comment "Some do." .')
    assert any("a library succeeds libraries" in warning for warning in built(mine)[0])


def test_the_shipped_project_demands_what_it_did() -> None:
    project = Project.find(Path(__file__).parents[1])
    given, _ = shapes.read(project)
    assert not given.pairs("sh:severity") and not given.pairs("sh:deactivated")


def test_names_of_terms_follow_the_project(mine: Path) -> None:
    Project.find(mine)
    assert shorten(f"{OWN}seats") == term_name(f"{OWN}seats") == "own:seats"
    Project.find(Path(__file__).parents[1])
    assert shorten(f"{OWN}seats") == f"<{OWN}seats>"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 3", "title: expected text"),
        ('titel = "x"', "no such key: titel"),
        ('prefix = "own"', "prefix and namespace go together"),
        ('prefix = "gbkg"\nnamespace = "https://example.org/x#"', "cannot be a prefix"),
        ('prefix = "own"\nnamespace = "https://w3id.org/gbkg/id/"', "namespace of others"),
        ('prefix = "own"\nnamespace = "https://example.org/x"', "has no end"),
        ('base = "https://example.org/x"', "it ends with /"),
        ('documents = "../elsewhere"', "leads out of the project"),
        ('licence = "CC BY"', "is not an IRI"),
        ('unused = "no"', "'no' is not a severity"),
        ("[", "not TOML"),
    ],
)
def test_a_fault_in_the_project_file_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ParseError, match=r"gbkg\.toml") as caught:
        parse_settings(f"\n{text}")
    assert said in str(caught.value)


def test_an_empty_project_file_says_nothing() -> None:
    assert parse_settings("") == ProjectFile()


def test_graphs_of_two_projects_in_one_process_keep_their_names(mine: Path) -> None:
    one, other = gbkg.open(mine), gbkg.open(Path(__file__).parent / "mini")
    assert other.entity("tea-harbour") == "https://w3id.org/gbkg/id/tea-harbour"
    assert one.entity("willow-library") == "https://example.org/mine/id/willow-library"
    assert "own:seats" in str(one.schema()) and "own:seats" not in str(other.schema())
    assert one.claim("example.founded").to_dict()["iri"] == "https://example.org/mine/claim/example.founded"


def test_a_graph_says_where_its_entities_are(mine: Path, tmp_path: Path) -> None:
    build.run(Project.find(mine), mine / "build", build.Settings(mine / "documents"))
    Project.find(Path(__file__).parent / "mini")
    alone = shutil.copy(mine / "build" / "gbkg.nq", tmp_path / "alone.nq")
    opened = gbkg.open(Path(__file__).parent / "mini", graph=alone)
    assert opened.entity("Willow Library") == "https://example.org/mine/id/willow-library"
