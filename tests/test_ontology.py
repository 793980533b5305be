"""A project's own terms and shapes beside gbkg's: every file is read, and nothing of gbkg's is demanded elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from gbkg import build
from gbkg.claims import ontology
from gbkg.core.errors import ParseError, ValidationError
from gbkg.core.prefixes import PREFIXES, shorten, term_name
from gbkg.core.project import Project, ProjectFile, parsed
from gbkg.intake.start import start
from gbkg.validate import shapes

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
    assert f"<https://w3id.org/gbkg/id/mill-street-library> <{PREFIXES['rdf']}type> <{OWN}Branch>" in graph
    assert f"<{OWN}succeeds> <https://w3id.org/gbkg/id/mill-street-library>" in graph
    assert f"<{PREFIXES['gbkg']}unit> <{OWN}seat>" in graph
    assert '<https://example.org/mine/dataset> <http://purl.org/dc/terms/title> "mine"' in graph
    assert not any("shape" in warning or "unused" in warning for warning in warnings)


def test_a_file_that_is_not_read_is_said(mine: Path) -> None:
    (mine / "ontology" / "terms.owl").write_text("x")
    assert any("ontology/terms.owl: is not read" in warning for warning in built(mine)[0])


def test_a_term_of_ones_own_is_held_to_what_gbkgs_are(mine: Path) -> None:
    add(mine, "own:Shelf a owl:Class ; rdfs:subClassOf gbkg:Entity .")
    said = violations(mine)
    for check in ("term-unused", "definition-missing", "label-missing"):
        assert f"[{check}]" in said and "own:Shelf" in said
    assert "gbkg:" not in said.replace("gbkg:own", "")


def test_a_shape_of_ones_own_needs_a_focus_node_and_stops_the_build(mine: Path) -> None:
    add(mine, "own:S a sh:NodeShape ; sh:targetClass gbkg:Fund ; sh:property [ sh:path gbkg:alias ; sh:minCount 1 ] .")
    assert "own:S" in violations(mine) and "no focus node" in violations(mine)
    add(
        mine, "own:S a sh:NodeShape ; sh:targetClass own:Library ; sh:property [ sh:path gbkg:alias ; sh:minCount 1 ] ."
    )
    assert "id:willow-library" in violations(mine)


PERSON = "reader\tPerson\tA. Reader\tPerson who reads.\n"


def add_person(folder: Path) -> None:
    table = folder / "data" / "entities.tsv"
    head, first, second = table.read_text().splitlines(keepends=True)
    table.write_text(head + first + PERSON + second)
    claims = folder / "data" / "claims" / "example.tsv"
    row = next(line for line in claims.read_text().splitlines() if line.startswith("seats"))
    cells = row.split("\t")
    cells[0], cells[1], cells[2] = "name", "reader", "alias"
    cells[3], cells[4:11] = "Willow Library", [""] * 7
    cells[17], cells[18] = "Willow Library", "15"
    claims.write_text(claims.read_text() + "\t".join(cells) + "\n")


def test_what_gbkgs_domain_wishes_is_a_warning_elsewhere(mine: Path) -> None:
    add_person(mine)
    assert any("id:reader" in warning and "public act" in warning for warning in built(mine)[0])


def test_a_shape_of_gbkg_is_switched_off_by_one_line(mine: Path) -> None:
    add_person(mine)
    add(mine, 'gbkg:PersonShape sh:deactivated true ; rdfs:comment "They only read here." .')
    warnings, _ = built(mine)
    assert not any("id:reader" in warning for warning in warnings)
    assert any("shape is switched off: They only read here." in warning for warning in warnings)
    add(mine, "gbkg:PersonShape sh:deactivated true .")
    assert "say why in an rdfs:comment" in violations(mine)


def test_a_severity_by_name_holds_for_all_parts_of_a_shape(mine: Path) -> None:
    path = mine / "ontology" / "own.ttl"
    path.write_text(path.read_text().replace("sh:class own:Library ; sh:message", "sh:maxCount 0 ; sh:message"))
    assert "a library succeeds libraries" in violations(mine)
    add(mine, 'own:LibraryShape sh:severity sh:Warning ; rdfs:comment "Some do." .')
    assert any("a library succeeds libraries" in warning for warning in built(mine)[0])


def test_the_core_cannot_be_switched_off(mine: Path) -> None:
    add(mine, 'gbkg:EntityShape sh:deactivated true ; rdfs:comment "Never mind." .')
    given, _ = shapes.read(Project.find(mine))
    assert any(shape.value == "urn:gbkg:core:EntityShape" for shape in given.instances("sh:NodeShape"))


def test_the_shipped_project_demands_what_it_did() -> None:
    project = Project.find(Path(__file__).parents[1])
    given, _ = shapes.read(project)
    assert not given.pairs("sh:severity") and not ontology.lent_subjects(project)


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
        ('documents = "../elsewhere"', "leads out of the project"),
        ('licence = "CC BY"', "is no IRI"),
        ("[", "not TOML"),
    ],
)
def test_a_fault_in_the_project_file_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ParseError, match=r"gbkg\.toml") as caught:
        parsed(f"\n{text}")
    assert said in str(caught.value)


def test_an_empty_project_file_says_nothing() -> None:
    assert parsed("") == ProjectFile()
