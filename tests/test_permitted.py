"""Nothing stands in a graph that is published but what its file may state; each forgery is named where it is stated."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from conftest import SHIPPED

from gbkg import build
from gbkg.claims import inputs
from gbkg.core.errors import ValidationError
from gbkg.core.prefixes import PREFIXES, full
from gbkg.core.project import Project
from gbkg.documents.sources import Library, collect
from gbkg.graph import rules
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import Cache
from gbkg.graph.parts import Parts
from gbkg.validate import permitted

pytestmark = pytest.mark.usefixtures("unlimited")

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "mini"
FILES = ["data/curation.ttl", "data/dataset.ttl", "data/sources.ttl", "ontology/indicators.ttl"]
HEAD = "".join(f"@prefix {name}: <{iri}> . " for name, iri in PREFIXES.items()) + "@prefix ex: <urn:ex:> ."
FORGED = """
id:lantern-yard gbkg:locatedIn id:reed-bank .
id:lantern-yard rdfs:label "another name" .
id:lantern-yard owl:sameAs id:reed-bank .
id:nowhere a gbkg:City .
clm:gazette.forged a gbkg:Claim .
clm:gazette.forged rdf:subject id:lantern-yard .
clm:gazette.tea-houses gbkg:status gbkg:rejected .
psg:gazette.1-9 a gbkg:Passage .
inf:forged a gbkg:Inference ; gbkg:rule rule:inverse ; gbkg:premise trp:a ; gbkg:conclusion trp:b .
trp:b rdf:subject id:lantern-yard .
rule:forged a gbkg:Rule .
query:forged a sh:SPARQLExecutable .
ex:acme a gbkg:Company .
ex:acme gbkg:locatedIn id:reed-bank .
cur:forged gbkg:locatedIn id:reed-bank .
cur:forged a gbkg:Company .
cur:forged skos:exactMatch id:reed-bank .
src:gazette gbkg:locatedIn id:reed-bank .
src:gazette gbkg:value 3 .
gbkg:Tea a gbkg:Company .
gbkg:Tea gbkg:locatedIn id:reed-bank .
gbkg:Company rdfs:seeAlso id:lantern-yard .
graph:facts gbkg:concerns id:lantern-yard .
<https://w3id.org/gbkg/mapping/forged> a sssom:Mapping .
<https://w3id.org/gbkg/dataset> gbkg:locatedIn id:reed-bank .
<https://w3id.org/gbkg/new/thing> dcterms:title "of no kind" .
""".strip().splitlines()


@cache
def typed(root: Path) -> inputs.Inputs:
    return inputs.read(Project(root))


def found(path: Path, library: Library | None = None, root: Path = MINI) -> list[str]:
    return list(map(str, permitted.Gate(typed(root), library).findings(path)))


@pytest.fixture(scope="module")
def made(mini_build: Path) -> Iterator[Assembly]:
    """The mini graph put together, with a cache that knows it to be right."""
    with Cache() as cache:
        stated = build.assemble(typed(MINI), None, cache, build.Settings(formats=()), {}, lambda *_: None)
        made = stated.infer(rules.read(Project(MINI)), Project(MINI).digest)
        assert permitted.Gate(typed(MINI)).of_build(Parts.of(mini_build / "gbkg.nq", made.pieces()), made) == []
        yield made


def test_what_is_known_to_be_right_is_not_read_again(
    made: Assembly, mini_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = permitted.Gate(typed(MINI)), permitted.Gate(typed(MINI))
    first.findings(mini_build / "gbkg.nq")
    monkeypatch.setattr(inputs.Inputs, "tables", None)
    assert again.of_build(Parts.of(mini_build / "gbkg.nq", made.pieces()), made) == []
    assert again.looked == first.looked


def test_the_real_graph_is_permitted(real_build: Path) -> None:
    gate = permitted.Gate(typed(SHIPPED))
    assert gate.findings(real_build / "gbkg.nq") == []
    assert sum(gate.looked.values()) == (real_build / "gbkg.nq").read_bytes().count(b"\n")
    assert all(gate.looked.values())


def test_the_mini_graph_is_permitted(mini_build: Path) -> None:
    library = collect(MINI / "documents", typed(MINI).sources)
    assert found(mini_build / "gbkg.nq", library) == []


@pytest.mark.parametrize("file", FILES)
def test_what_a_file_may_not_state_is_refused_at_its_line(mini: Path, tmp_path: Path, file: str) -> None:
    path = mini / file
    stated = [one for one in FORGED if file != "data/sources.ttl" or not one.startswith(("clm:", "psg:"))]
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}{HEAD}\n" + "\n".join(stated) + "\n", encoding="utf-8")
    with pytest.raises(ValidationError) as stop:
        build.run(Project(mini), tmp_path / "out")
    said = [finding for finding in stop.value.findings if finding.gate == "permitted"]
    first = before.count("\n") + 2
    assert {finding.line for finding in said if finding.file == file} == set(range(first, first + len(stated)))
    assert not (tmp_path / "out" / "gbkg.nq").exists()


@pytest.mark.parametrize("statement", [one for one in FORGED if one.startswith(("clm:", "psg:"))])
def test_a_register_of_sources_has_no_claims_and_passages(mini: Path, tmp_path: Path, statement: str) -> None:
    with (mini / "data/sources.ttl").open("a", encoding="utf-8") as file:
        file.write(f"{HEAD}\n{statement}\n")
    with pytest.raises(ValidationError, match="violation") as stop:
        build.run(Project(mini), tmp_path / "out")
    assert "passages and claims come from tables" in str(stop.value.findings[0])


# ---- The graph itself, changed on its way

Change = Callable[[str], str]


def line(text: str, name: str) -> str:
    """A line of N-Quads, of prefixed names and literals."""
    terms = re.findall(r'"[^"]*"(?:\^\^\S+)?|\S+', text)
    written = (re.sub(r"\^\^(\S+)", lambda m: f"^^<{full(m[1])}>", t) if t[0] == '"' else f"<{full(t)}>" for t in terms)
    return f"{' '.join(written)} <{PREFIXES['graph']}{name}> .\n"


def adding(text: str, name: str) -> Change:
    return lambda graph: graph.replace(at := last(graph, name), at + line(text, name))


def last(graph: str, name: str) -> str:
    """The last line of a graph; of all, if there is no such graph."""
    lines = graph.splitlines(keepends=True)
    return next((one for one in reversed(lines) if one.endswith(f"/graph/{name}> .\n")), lines[-1])


def replacing(pattern: str, by: str) -> Change:
    def change(graph: str) -> str:
        changed, count = re.subn(pattern, by, graph, count=1)
        assert count
        return changed

    return change


CLM = re.escape(PREFIXES["clm"])
CHANGES: list[tuple[str, Change, str]] = [
    ("claim forged", adding("clm:gazette.forged rdf:type gbkg:Claim", "claims"), "clm:gazette.forged is in no table"),
    ("claim of no source", adding("clm:other.forged rdf:type gbkg:Claim", "claims"), "is of no source"),
    (
        "claim gone",
        replacing(rf"(?:<{CLM}gazette\.tea-houses> .*\n)+", ""),
        "tea-houses is in the tables, and not in the graph",
    ),
    ("all claims gone", replacing(rf"(?:<{CLM}almanac\..*\n)+", ""), "is in the tables, and not in the graph"),
    ("status", replacing("status> <([^>]*)accepted>", r"status> <\1rejected>"), "another gbkg:status in graph claims"),
    ("number", replacing(r'(ontology#value> ")\d+"', r'\g<1>7"'), "another gbkg:value in graph claims"),
    ("bound", adding('clm:gazette.tea-houses gbkg:upperBound "9"^^xsd:integer', "claims"), "another gbkg:upperBound"),
    ("date", replacing(r'(asOf> ")\d{4}', r"\g<1>1999"), "another gbkg:asOf in graph"),
    ("note", adding('clm:gazette.tea-houses skos:note "as we like it"', "claims"), "another skos:note"),
    ("subject", replacing(r"(#subject> <\S*/id/)[^>]*", r"\g<1>lantern-yard"), "another rdf:subject in graph"),
    (
        "speaker",
        adding("clm:gazette.tea-houses gbkg:attributedTo id:lantern-yard", "claims"),
        "another gbkg:attributedTo",
    ),
    ("passage of a claim", replacing(r"(wasDerivedFrom> <\S*)\d>", r"\g<1>99>"), "another prov:wasDerivedFrom"),
    ("quotation", replacing(r'(oa#exact> ")', r"\1Not "), "another oa:exact in graph evidence"),
    ("offset", replacing(r'(oa#start> ")\d+', r"\g<1>5"), "another oa:start in graph evidence"),
    ("passage forged", adding("psg:gazette.1-9 rdf:type gbkg:Passage", "evidence"), "psg:gazette.1-9 is in no table"),
    ("passage of no source", adding("psg:other.1-9 rdf:type gbkg:Passage", "evidence"), "is of no source"),
    (
        "passage gone",
        replacing(r"(?m)^(?:<[^>]*/passage/almanac\..*\n)+", ""),
        "is in the tables, and not in the graph",
    ),
    ("label", replacing(r'(rdf-schema#label> ")([^"]*" <\S*entities>)', r"\1The \2"), "is in no row of its table"),
    ("class", replacing(r"#City> (<\S*entities>)", r"#Company> \1"), "is in no row of its table"),
    ("entity forged", adding("id:forged rdf:type gbkg:City", "entities"), "is not in data/entities.tsv"),
    ("identity", adding("id:lantern-yard skos:exactMatch wikidata:Q1", "entities"), "is in no row of its table"),
    (
        "fact by no property",
        adding("id:lantern-yard dcterms:spatial id:reed-bank", "facts"),
        "may not be stated in graph",
    ),
    (
        "fact by an inverse",
        adding("id:lantern-yard gbkg:hasPart id:reed-bank", "facts"),
        "no property that a claim may",
    ),
    ("fact of nobody", adding("id:forged gbkg:locatedIn id:reed-bank", "facts"), "is not in data/entities.tsv"),
    ("fact to nobody", adding("id:lantern-yard gbkg:locatedIn id:forged", "facts"), "names an entity that is not in"),
    (
        "fact among claims",
        adding("id:lantern-yard gbkg:locatedIn id:reed-bank", "claims"),
        "may not stand in graph claims",
    ),
    (
        "claim among facts",
        adding("clm:gazette.tea-houses gbkg:status gbkg:accepted", "facts"),
        "may not stand in graph",
    ),
    ("mapping", replacing(r"(sssom/object_label> )\"", r'\1"The '), "is in no row of its table"),
    ("count", replacing(r'(void#triples> ")', r"\g<1>9"), "has another void:triples than triples"),
    (
        "graph of another name",
        adding("id:lantern-yard gbkg:locatedIn id:reed-bank", "facts2"),
        "there is no named graph",
    ),
    ("no graph", lambda graph: graph + "<urn:s> <urn:p> <urn:o> .\n", "there is no named graph '(default)'"),
    ("ill-typed", adding('https://w3id.org/gbkg/dataset dcterms:issued "18"^^xsd:gYear', "metadata"), "not written as"),
    ("no datatype", adding('https://w3id.org/gbkg/dataset dcterms:issued "18"^^xsd:year', "metadata"), "no datatype"),
    ("inferred of nobody", adding("id:forged gbkg:partOf id:reed-bank", "inferred"), "is not in data/entities.tsv"),
    ("term", adding("cur:check-growth gbkg:unheardOf id:reed-bank", "curation"), "may not be stated in graph curation"),
]


@pytest.mark.parametrize(("change", "message"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_a_graph_that_was_changed_is_refused(
    made: Assembly, mini_build: Path, tmp_path: Path, change: Change, message: str
) -> None:
    before = (mini_build / "gbkg.nq").read_text(encoding="utf-8")
    path = tmp_path / "gbkg.nq"
    path.write_text(change(before), encoding="utf-8")
    said = found(path)
    assert any(message in one for one in said), said
    assert list(map(str, permitted.Gate(typed(MINI)).of_build(Parts.of(path, made.pieces()), made))) == said


def test_a_passage_is_compared_with_its_document(mini_build: Path, tmp_path: Path) -> None:
    document = tmp_path / "other.txt"
    document.write_text("x" * 1403, encoding="utf-8")
    said = found(mini_build / "gbkg.nq", Library({"gazette": document}))
    assert said
    assert all("is not in" in one for one in said)
    assert all(re.match(r"data/(claims|readings)/gazette\.tsv:\d+:quote: ", one) for one in said)


def test_what_is_kept_from_the_last_build_is_not_believed(mini: Path, mini_build: Path, tmp_path: Path) -> None:
    out = shutil.copytree(mini_build, tmp_path / "out", symlinks=True)
    settings = build.Settings(mini / "documents")
    build.run(Project(mini), out, settings)
    with sqlite3.connect(out / build.CACHE) as db:
        query = "SELECT inputs FROM entry WHERE kind = 'claims' AND name = 'gazette'"
        (inputs,) = db.execute(query).fetchone()
    db.close()
    with Cache(out / build.CACHE) as cache:
        lines = cache.read("claims", "gazette")
        forged = lines.replace('"1240"', '"9999"')
        assert forged != lines
        cache.put("claims", "gazette", inputs, forged)
        cache.commit()
    with (mini / "data" / "dataset.ttl").open("a") as file:
        file.write("\n")  # so that a graph is made
    with pytest.raises(ValidationError) as stop:
        build.run(Project(mini), out, settings)
    assert any("another gbkg:value in graph claims" in str(one) for one in stop.value.findings)
    assert (out / "gbkg.nq").read_bytes() == (mini_build / "gbkg.nq").read_bytes()


def test_an_entity_that_is_gone_is_missed_where_it_is_named(made: Assembly, mini_build: Path) -> None:
    known = typed(MINI)
    for gone in ("tea-trade", "kettle-works"):
        without = replace(known, entities={slug: one for slug, one in known.entities.items() if slug != gone})
        said = permitted.Gate(without).of_build(Parts.of(mini_build / "gbkg.nq", made.pieces()), made)
        assert any(f"id:{gone}" in str(one) and "not in data/entities.tsv" in str(one) for one in said)
