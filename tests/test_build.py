"""A build conforms, says the same each time, and its numbers are those of the graph."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess

import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from graphs import GBKG, GRAPH, ID, labelled

from gbkg import build
from gbkg.core import nquads, turtle
from gbkg.core.errors import ValidationError
from gbkg.core.prefixes import full, shorten
from gbkg.core.project import Project
from gbkg.graph import statements
from gbkg.store.memory import Memory
from gbkg.validate import checks

ROOT = Path(__file__).resolve().parents[1]
MINI = Project(ROOT / "tests" / "mini")
OUTPUTS = ["SHA256SUMS", "gbkg.jsonld", "gbkg.nq", "gbkg.trig", "gbkg.ttl", "report.json", "report.md"]
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
OWL_CLASS = "http://www.w3.org/2002/07/owl#Class"
DATASET = ox.NamedNode("https://w3id.org/gbkg/dataset")
TRIPLES = ox.NamedNode("http://rdfs.org/ns/void#triples")
XSD = "http://www.w3.org/2001/XMLSchema#"
Door = Callable[..., CompletedProcess[str]]


@cache
def quads(out: Path) -> tuple[ox.Quad, ...]:
    return tuple(ox.parse(path=out / "gbkg.nq", format=ox.RdfFormat.N_QUADS))


def sizes(out: Path) -> Counter[str]:
    """Triples of each named graph, counted afresh."""
    return Counter(quad.graph_name.value.removeprefix(str(GRAPH)) for quad in quads(out))


def contents(out: Path) -> dict[str, bytes]:
    # What the outputs say; the file of parts is not one of them.
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if not path.name.startswith(".")}


def facts(out: Path) -> set[tuple[str, str, str]]:
    there = [quad for quad in quads(out) if quad.graph_name.value == str(GRAPH.facts)]
    return {tuple(shorten(t.value) for t in quad.triple)[:3] for quad in there}  # type: ignore[misc]


def triple(out: Path, subject: str, predicate: str) -> list[ox.Literal | ox.NamedNode]:
    s, p = full(subject), full(predicate)
    return [q.object for q in quads(out) if q.subject.value == str(s) and q.predicate.value == str(p)]


def figures(out: Path) -> dict[str, dict[str, int]]:
    return dict(json.loads((out / "report.json").read_text(encoding="utf-8")))


@pytest.fixture(params=["mini", "real"])
def out(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(f"{request.param}_build"))


# ---- Outputs


def test_every_output_is_written_and_nothing_else(out: Path) -> None:
    assert [path.name for path in sorted(out.iterdir())] == [".gbkg", build.CACHE, *OUTPUTS]
    assert all(path.stat().st_size for path in out.iterdir())


def test_outputs_are_utf_8_with_line_feeds(out: Path) -> None:
    for name, content in contents(out).items():
        assert b"\r" not in content, name
        assert content.decode("utf-8").endswith("\n"), name


def test_a_second_build_into_the_same_folder_replaces_the_first(mini_build: Path, tmp_path: Path) -> None:
    again = shutil.copytree(mini_build, tmp_path / "out", symlinks=True)
    (again / "gbkg.ttl").write_text("old")
    build.run(MINI, again, build.Settings(MINI.root / "documents"))
    assert contents(again) == contents(mini_build)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_mini_builds_are_byte_identical_whatever_the_hash_seed(seed: str, mini_build: Path, tmp_path: Path) -> None:
    assert build_elsewhere(MINI.root, tmp_path / "out", seed, MINI.root / "documents") == contents(mini_build)


def test_real_builds_are_byte_identical_whatever_the_hash_seed(real_build: Path, tmp_path: Path) -> None:
    assert build_elsewhere(SHIPPED, tmp_path / "out", "7") == contents(real_build)


def build_elsewhere(project: Path, out: Path, seed: str, documents: Path | None = None) -> dict[str, bytes]:
    """The outputs of a build by another process with another hash seed."""
    command = [sys.executable, "-m", "gbkg", "--project", str(project), "build", "--out", str(out)]
    environment = {name: value for name, value in os.environ.items() if name != "GBKG_SOURCES"}
    if documents:
        environment["GBKG_SOURCES"] = str(documents)
    subprocess.run(command, check=True, capture_output=True, env=environment | {"PYTHONHASHSEED": seed})
    return contents(out)


def test_documents_are_known_by_digest_not_by_name(documents: Path) -> None:
    for number, path in enumerate(sorted(documents.iterdir())):
        path.rename(documents / f"{number}.bin")
    findings, accounted = build.verify(build.read(MINI), documents)
    assert (findings, sorted(accounted)) == ([], ["almanac", "gazette"])


# ---- Named graphs and counts


def test_no_triple_stands_in_two_named_graphs(out: Path) -> None:
    twice = [t for t, n in Counter(str(quad.triple) for quad in quads(out)).items() if n > 1]
    assert twice == []


def test_every_named_graph_has_triples(out: Path) -> None:
    assert set(sizes(out)) == set(nquads.GRAPHS)


def test_no_node_is_blank(out: Path) -> None:
    assert not [q for q in quads(out) if isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode)]


def test_void_counts_the_triples_of_each_named_graph(out: Path) -> None:
    counted = {name: triple(out, str(GRAPH[name]), str(TRIPLES.value)) for name in nquads.GRAPHS}
    assert {name: [int(n.value) for n in found] for name, found in counted.items()} == {
        name: [size] for name, size in sizes(out).items()
    }


def test_void_counts_the_triples_of_all_graphs_together(out: Path) -> None:
    (total,) = triple(out, str(DATASET), str(TRIPLES.value))
    assert int(total.value) == len(quads(out))


def test_the_merged_graph_is_without_what_is_inferred(out: Path) -> None:
    merged = list(ox.parse(path=out / "gbkg.ttl", format=ox.RdfFormat.TURTLE))
    assert len(merged) == sum(sizes(out)[name] for name in nquads.STATED)
    assert len(quads(out)) - len(merged) == sizes(out)["inferred"] + sizes(out)["inferences"]


def test_void_counts_entities_classes_and_properties(out: Path) -> None:
    typed = [q for q in quads(out) if q.graph_name.value == str(GRAPH.entities) and q.predicate == RDF_TYPE]
    used = {q.predicate for q in quads(out) if q.graph_name.value == str(GRAPH.facts)}
    expected = {"entities": len(typed), "classes": len({q.object for q in typed}), "properties": len(used)}
    described = {name: triple(out, str(DATASET), f"void:{name}") for name in expected}
    assert {name: [int(n.value) for n in found] for name, found in described.items()} == {
        name: [n] for name, n in expected.items()
    }


def test_report_counts_the_triples(out: Path) -> None:
    assert figures(out)["graphs"] == dict(sizes(out))
    assert figures(out)["counts"]["triples"] == len(quads(out))
    assert figures(out)["counts"]["facts"] == sizes(out)["facts"]
    assert figures(out)["counts"]["inferred"] == sizes(out)["inferred"]
    assert figures(out)["counts"]["inferences"] == sum(q.predicate.value == str(GBKG.conclusion) for q in quads(out))


def test_report_counts_instances_of_every_class(out: Path) -> None:
    inside = {str(GRAPH.entities), str(GRAPH.curation)}
    typed = [q.object.value for q in quads(out) if q.predicate == RDF_TYPE and q.graph_name.value in inside]
    counted = Counter(iri.removeprefix(str(GBKG)) for iri in typed if iri.startswith(str(GBKG)))
    declared = {q.subject.value for q in quads(out) if (q.predicate, q.object.value) == (RDF_TYPE, OWL_CLASS)}
    classes = {iri.removeprefix(str(GBKG)) for iri in declared if iri.startswith(str(GBKG))}
    told = {name: n for name, n in figures(out)["counts"].items() if name[0].isupper()}
    assert set(counted) < classes
    assert told == {name: counted[name] for name in classes}


def test_report_for_readers_has_the_classes_with_instances(out: Path) -> None:
    classes = (out / "report.md").read_text(encoding="utf-8").partition("| class | instances |\n|---|---:|\n")[2]
    listed = [line.strip("| ").split(" | ") for line in classes.splitlines() if line.startswith("|")]
    told = {name: n for name, n in figures(out)["counts"].items() if name[0].isupper() and n}
    assert {name: int(n.replace(",", "")) for name, n in listed} == told
    assert len(listed) == len(told)


def test_report_counts_the_rows_of_the_tables(mini_build: Path) -> None:
    ids = {
        (path.stem, line.split("\t")[0])
        for path in (MINI.data / "claims").iterdir()
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    }
    entities = (MINI.data / "entities.tsv").read_text(encoding="utf-8").splitlines()[1:]
    counts = figures(mini_build)["counts"]
    assert (counts["sources"], counts["mappings"]) == (2, 1)
    assert counts["claims"] == len(ids)
    assert counts["entities"] == len(entities)


def test_report_counts_statistics_and_passages(out: Path) -> None:
    there = Counter(q.object.value for q in quads(out) if q.predicate == RDF_TYPE)
    derived = {
        q.object
        for q in quads(out)
        if q.predicate.value.endswith("#wasDerivedFrom") and q.graph_name.value == str(GRAPH.claims)
    }
    assert figures(out)["counts"]["statistics"] == there[str(GBKG.StatisticClaim)]
    assert figures(out)["counts"]["claims"] == there[str(GBKG.Claim)]
    assert figures(out)["counts"]["passages"] == len(derived)


def test_report_tells_coverage_and_accuracy(mini_build: Path) -> None:
    told = figures(mini_build)
    assert told["coverage"] == {
        "almanac": {
            "sentences": 9,
            "claimed": 5,
            "set_aside": {"furniture": 1, "heading": 1, "lost-content": 1, "opinion": 1},
            "unread": 0,
            "joined": 0,
            "quoted": 57 / 65,
        },
        "gazette": {
            "sentences": 22,
            "claimed": 13,
            "set_aside": {"caption": 1, "furniture": 4, "heading": 3, "opinion": 1},
            "unread": 0,
            "joined": 0,
            "quoted": 1020 / 1081,
        },
    }
    judged = {name: told["accuracy"][name] for name in ("claims", "judged", "first", "resolved")}
    assert judged == {"claims": 35, "judged": 13, "first": 12, "resolved": 13}
    assert told["warnings"] == []


def test_report_for_readers_has_the_same_numbers(out: Path) -> None:
    text = (out / "report.md").read_text(encoding="utf-8")
    for name in ("entities", "claims", "statistics", "facts", "triples"):
        assert f"| {name} | {figures(out)['counts'][name]:,} |" in text


# ---- Claims and facts


def test_an_accepted_relation_is_a_direct_triple(mini_build: Path) -> None:
    assert ("id:lantern-yard", "gbkg:operatedBy", "id:kettle-works") in facts(mini_build)


def test_a_disputed_relation_is_no_direct_triple(mini_build: Path) -> None:
    assert ("id:leaf-ledger", "gbkg:launchedBy", "id:kettle-works") not in facts(mini_build)
    assert triple(mini_build, "clm:gazette.ledger-launched-by", "rdf:object")


def test_two_sources_that_say_the_same_are_two_claims_and_one_direct_triple(mini_build: Path) -> None:
    for source in ("gazette", "almanac"):
        assert triple(mini_build, f"clm:{source}.harbour-in-upper-reed", "rdf:object")
    assert sum(fact[:2] == ("id:tea-harbour", "gbkg:partOf") for fact in facts(mini_build)) == 1


@pytest.mark.parametrize("status", ["disputed", "rejected", "unreadable"])
def test_a_direct_triple_goes_with_the_status_of_its_claim(status: str) -> None:
    (claim,) = [c for c in build.read(MINI).claims if c.slug == "fair-on"]
    assert statements.direct_triple(claim) is not None
    assert statements.direct_triple(replace(claim, status=status)) is None


def test_a_changed_status_reaches_the_outputs(mini: Path, run_here: Door, tmp_path: Path) -> None:
    table = mini / "data" / "claims" / "gazette.tsv"
    lines = table.read_text(encoding="utf-8").split("\n")
    changed = [x.replace("\taccepted\t", "\tdisputed\t") if x.startswith("fair-on\t") else x for x in lines]
    table.write_text("\n".join(changed), encoding="utf-8")
    assert run_here("--project", mini, "build", "--out", tmp_path / "out").returncode == 0
    assert not triple(tmp_path / "out", "id:first-flush-fair", "gbkg:occurredOn")
    assert triple(tmp_path / "out", "clm:gazette.fair-on", "rdf:object")


def test_a_direct_triple_that_no_claim_says_is_found() -> None:
    more = labelled({"facts": turtle.parse(f"<{ID['reed-bank']}> <{GBKG.partOf}> <{ID.reedland}> .")})
    found = [str(fault) for fault in checks.facts(Memory.of([*build.quads(MINI), *more]))]
    assert found == ["no accepted claim says id:reed-bank gbkg:partOf id:reedland"]


def test_an_accepted_claim_without_a_direct_triple_is_found() -> None:
    fair = (str(ID["first-flush-fair"]), str(GBKG.occurredOn))
    facts = str(GRAPH.facts)
    left = (q for q in build.quads(MINI) if (q.subject.value, q.predicate.value) != fair or q.graph_name.value != facts)
    found = [str(fault) for fault in checks.facts(Memory.of(left))]
    assert found == ["an accepted claim says what the graph does not: id:first-flush-fair gbkg:occurredOn '--04-30'"]


def test_statistics_are_never_direct_triples(out: Path) -> None:
    kind = ox.NamedNode(str(GBKG.Indicator))
    indicators = {q.subject.value for q in quads(out) if (q.predicate, q.object) == (RDF_TYPE, kind)}
    assert indicators
    assert not {q.predicate.value for q in quads(out)} & indicators


# ---- Literals


@pytest.mark.parametrize("name", ["gbkg.nq", "gbkg.trig", "gbkg.ttl", "gbkg.jsonld"])
def test_decimals_keep_the_form_in_which_they_were_written(name: str, mini_build: Path) -> None:
    text = (mini_build / name).read_text(encoding="utf-8")
    assert "61307.30" in text
    assert "7.50%" in text


def test_values_are_integers_or_decimals_as_they_are_printed(mini_build: Path) -> None:
    def value(claim: str) -> tuple[str, str]:
        (found,) = triple(mini_build, f"clm:{claim}", "gbkg:value")
        assert isinstance(found, ox.Literal)
        return found.value, found.datatype.value.removeprefix(XSD)

    assert value("gazette.tea-houses") == ("1240", "integer")
    assert value("gazette.tea-trade") == ("15800000", "integer")
    assert value("gazette.tea-trade-growth") == ("7.5", "decimal")
    assert value("almanac.tasters") == ("30000", "integer")
    assert value("almanac.fund-size") == ("150000000", "integer")


def test_an_unreadable_number_has_its_characters_and_no_value(mini_build: Path) -> None:
    (printed,) = triple(mini_build, "clm:gazette.yard-floor-area", "gbkg:valueText")
    assert printed.value == "6,1307.3 square metres"
    assert not triple(mini_build, "clm:gazette.yard-floor-area", "gbkg:value")


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "datatype"),
    [
        ("clm:gazette.tea-trade", "gbkg:asOf", "2018", "gYear"),
        ("clm:gazette.tea-houses", "gbkg:asOf", "2018-10", "gYearMonth"),
        ("clm:gazette.masters", "gbkg:periodStart", "2015", "gYear"),
        ("id:harbour-tea-association", "gbkg:foundedOn", "2016-03-12", "date"),
        ("id:leaf-ledger", "gbkg:launchedOn", "--09", "gMonth"),
        ("id:first-flush-fair", "gbkg:occurredOn", "--04-30", "gMonthDay"),
    ],
)
def test_dates_are_typed_by_their_precision(
    subject: str, predicate: str, value: str, datatype: str, mini_build: Path
) -> None:
    assert triple(mini_build, subject, predicate) == [ox.Literal(value, datatype=ox.NamedNode(XSD + datatype))]


def test_an_undated_claim_says_so_and_has_no_date(mini_build: Path) -> None:
    assert triple(mini_build, "clm:gazette.tasters", "gbkg:dating") == [ox.NamedNode(str(GBKG.undated))]
    assert not triple(mini_build, "clm:gazette.tasters", "gbkg:asOf")


# ---- The real project


def test_the_real_project_conforms_without_documents(real_build: Path) -> None:
    assert figures(real_build)["coverage"] == {}


def test_every_sentence_of_the_real_documents_is_accounted_for(sources_dir: Path) -> None:
    findings, accounted = build.verify(build.read(Project(SHIPPED)), sources_dir)
    assert [str(finding) for finding in findings] == []
    assert len(accounted) == 2
    assert all(sentence.accounted for sentences in accounted.values() for sentence in sentences)


def test_a_build_with_violations_raises_with_all_of_them(mini: Path, tmp_path: Path) -> None:
    bounds = mini / "data" / "expected.toml"
    bounds.write_text("City = [2, 2]\nDistrict = [3, 3]\n", encoding="utf-8")
    with pytest.raises(ValidationError) as caught:
        build.run(Project(mini), tmp_path / "out")
    assert len(caught.value.findings) == 2
    assert contents(tmp_path / "out") == {}
