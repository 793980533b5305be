"""A build after any edit says and writes what one does that begins anew: tables, ontology, shapes, checks and queries
are edited at random, options change from build to build, and builds that fail stand between those that do not."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MINI

from gbkg import build
from gbkg.core.errors import ValidationError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.store import disk

STEPS = 60 if "GBKG_EXAMPLES" in os.environ else 4
CLASSES = "Claim Entity Place District Organization Passage Company City Event Ambiguity StatisticClaim".split()
PROPERTIES = """gbkg:partOf rdf:type rdfs:label rdf:subject rdf:object gbkg:status gbkg:foundedBy skos:altLabel
    prov:wasDerivedFrom gbkg:concerns rdfs:comment gbkg:about gbkg:note gbkg:reading""".split()
CHECKS = [
    "?focus {p} ?x . ?x {q} ?y",
    "?focus {p} ?x MINUS {{ ?x {q} ?y }}",
    "?focus {p} ?x FILTER NOT EXISTS {{ ?x {q} ?y }}",
    "GRAPH ?g {{ ?focus {p} ?x }} GRAPH ?h {{ ?focus {q} ?y }} FILTER (?g != ?h)",
    "?focus {p}/{q} ?x",
    "?focus {p}* id:tea-harbour",
    "?focus {p} ?x OPTIONAL {{ ?x {q} ?y }} FILTER (!BOUND(?y))",
    "GRAPH graph:entities {{ ?focus {p} ?x }} MINUS {{ GRAPH graph:facts {{ ?focus {q} ?x }} }}",
    "{{ SELECT ?focus (COUNT(*) AS ?n) {{ ?focus {p} ?x }} GROUP BY ?focus HAVING (COUNT(*) > 2) }}",
]


def path(rng: random.Random) -> str:
    one, other = rng.choice(PROPERTIES), rng.choice(PROPERTIES)
    every = (one, f"( {one} {other} )", f"[ sh:inversePath {one} ]", f"( [ sh:inversePath {one} ] {other} )")
    return rng.choice([*every, f"[ sh:alternativePath ( {one} {other} ) ]"])


def constraint(rng: random.Random, depth: int = 1) -> str:
    plain = [
        f"sh:minCount {rng.randint(1, 3)}",
        f"sh:maxCount {rng.randint(0, 2)}",
        f"sh:class gbkg:{rng.choice(CLASSES)}",
    ]
    plain += [f"sh:minLength {rng.randint(3, 30)}", f"sh:equals {rng.choice(PROPERTIES)}"]
    if not depth:
        return rng.choice(plain)
    one, other = (f"[ sh:property [ sh:path {path(rng)} ; {constraint(rng, 0)} ] ]" for _ in range(2))
    number = f"sh:qualifiedMinCount {rng.randint(0, 2)}"
    nested = [f"sh:node {one}", f"sh:not {one}", f"sh:or ( {one} {other} )", f"sh:qualifiedValueShape {one} ; {number}"]
    return rng.choice([*plain, *nested])


def shapes(rng: random.Random) -> str:
    text = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    for number in range(rng.randint(1, 3)):
        kinds = [f"sh:targetClass gbkg:{rng.choice(CLASSES)}", f"sh:targetSubjectsOf {rng.choice(PROPERTIES)}"]
        mild = f'sh:severity sh:Warning ; rdfs:comment "why" ; sh:message "own {number}"'
        part = f"[ sh:path {path(rng)} ; {constraint(rng)} ; {mild} ]"
        text += f"gbkg:Own{number}Shape a sh:NodeShape ; {rng.choice(kinds)} ; sh:property {part} .\n"
    return text


def edit_table(project: Path, rng: random.Random) -> None:
    """Takes a row out, writes more in its last column, or gives it a cell of another row."""
    tables = [project / "data/entities.tsv", *sorted((project / "data/claims").iterdir())]
    table = rng.choice([*tables, *sorted((project / "data/readings").iterdir())])
    head, *rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines())
    row, other, column = rng.choice(rows), rng.choice(rows), rng.randrange(len(head))
    match rng.choice("nnnoc"):
        case "n":
            row[-1] = f"{row[-1]} More.".strip()
        case "o":
            rows.remove(row)
        case _:
            row[column] = other[column]
    table.write_text("".join("\t".join(some) + "\n" for some in (head, *rows)), encoding="utf-8")


def edit_curation(project: Path, rng: random.Random) -> None:
    file = project / "data/curation.ttl"
    blocks = file.read_text(encoding="utf-8").split("\n\n")
    number = rng.randrange(1, len(blocks))
    blocks[number] = rng.choice(["", blocks[number].replace('rdfs:comment "', 'rdfs:comment "So ')])
    file.write_text("\n\n".join(blocks), encoding="utf-8")


def edit_ontology(project: Path, rng: random.Random) -> None:
    file = project / "ontology" / rng.choice(["tea.ttl", "indicators.ttl"])
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    number = rng.choice([n for n, line in enumerate(lines) if "subClassOf" in line or "definition" in line])
    known = next((cls for cls in CLASSES if f"gbkg:{cls}" in lines[number]), "")
    lines[number] = lines[number].replace('"', '"Also ', 1).replace(f"gbkg:{known}", f"gbkg:{rng.choice(CLASSES)}")
    file.write_text("".join(lines), encoding="utf-8")


def edit_shapes(project: Path, rng: random.Random) -> None:
    (project / "ontology/own.ttl").write_text(shapes(rng))


def edit_check(project: Path, rng: random.Random) -> None:
    (project / "ontology/checks").mkdir(exist_ok=True)
    body = rng.choice(CHECKS).format(p=rng.choice(PROPERTIES), q=rng.choice(PROPERTIES))
    text = f"#+ own\n#+ scope: own\nSELECT DISTINCT ?focus {{ {body} FILTER (ISIRI(?focus)) }}\n"
    (project / f"ontology/checks/own{rng.randint(1, 2)}-violation.rq").write_text(text)


def edit_query(project: Path, rng: random.Random) -> None:
    file = project / "queries/more.rq"
    file.unlink(missing_ok=True)
    if rng.random() < 0.7:
        file.write_text(f"#+ more\nSELECT ?x {{ ?x {rng.choice([*PROPERTIES, 'gbkg:nothing'])} ?y }}\n")


EDITS: list[Callable[[Path, random.Random], None]] = [
    *(edit_table, edit_table, edit_table, edit_curation, edit_ontology, edit_shapes, edit_check, edit_check, edit_query)
]


def begin(project: Path, rng: random.Random) -> None:
    """A project in which what is found is mostly a warning, so that many builds are good."""
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(MINI, project)
    (project / "data/expected.toml").unlink()
    (project / "data/review.tsv").unlink()
    (project / "gbkg.toml").write_text('unused = "warning"\n')
    edit_shapes(project, rng)


def outcome(project: Path, out: Path, settings: build.Settings) -> tuple[list[str], dict[str, bytes]]:
    """What is found, and what is there afterwards; the report tells how much was looked at and has changed."""
    try:
        said = [*map(str, build.run(Project(project), out, settings).findings)]
    except ValidationError as error:
        said = ["not built", *map(str, error.findings)]
    written = sorted(out.glob("gbkg.*"))
    held = (
        {"store": disk.read(settings.store).manifest.digest.encode()}
        if settings.store and "not built" not in said
        else {}
    )
    return said, {path.name: path.read_bytes() for path in written} | held


@pytest.mark.usefixtures("unlimited")
def test_a_build_after_any_edit_is_that_of_one_anew(tmp_path: Path) -> None:
    rng, good = random.Random(os.environ.get("GBKG_EXAMPLES", "1")), 0
    project, out = tmp_path / "project", tmp_path / "out"
    for step in range(STEPS):
        if step == 0 or rng.random() < 0.4:
            begin(project, rng)
        for edit in rng.sample(EDITS, rng.randint(0, 2)):
            edit(project, rng)
        documents, engine = rng.choice([MINI / "documents", None]), rng.choice(["shacl", "shacl", "pyshacl"])
        formats, shelf = rng.choice([("nq",), ("nq", "jsonld")]), rng.choice(["shelf", ""])
        settings = build.Settings(documents, tmp_path / shelf if shelf else None, formats, engine)
        before = {path.name: path.read_bytes() for path in sorted(out.glob("gbkg.*"))}
        said, written = outcome(project, out, settings)
        anew = build.Settings(documents, tmp_path / f"{step}" / shelf if shelf else None, formats, engine)
        expected, new = outcome(project, tmp_path / f"{step}" / "out", anew)
        assert said == expected
        if said[:1] == ["not built"]:
            assert written == before
        else:
            assert {name: raw for name, raw in written.items() if name in new} == new
            good += 1
        shutil.rmtree(tmp_path / f"{step}", ignore_errors=True)
    assert 0 < good <= STEPS
