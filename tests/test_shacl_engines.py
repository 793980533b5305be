"""Every engine finds what the reference finds: on the graphs of both projects, on hundreds of mutations of the real
graph, and on tables of literals, comparisons, patterns and constraints; test_shapes.py, on the graphs of each shape."""

from __future__ import annotations

import importlib.util
import pickle
import random
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from multiprocessing import get_all_start_methods
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import SHIPPED
from graphs import GBKG, SHAPE_FILES, TERM_FILES, parse_rdflib, read_rdflib
from rdflib import Graph
from rdflib.namespace import RDF, RDFS, SH

from gbkg import build
from gbkg.core import rdflibterms, terms, turtle
from gbkg.core.errors import Finding, GbkgError, OutputError, ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.records import Place
from gbkg.validate import shacl
from gbkg.validate import shapes as gate
from gbkg.validate.shacl import ValidationResult, Validator
from gbkg.validate.shacl.fitness import CHECKED
from gbkg.validate.shapes import suitable

pytestmark = pytest.mark.usefixtures("unlimited")

ROOT = Path(__file__).resolve().parents[1]
OTHERS = shacl.ENGINES[1:]
INSTALLED = [engine for engine in OTHERS if shacl.available(engine)]
INFERRED = (b"/graph/inferred> .\n", b"/graph/inferences> .\n")
XSD = PREFIXES["xsd"]
HEAD = f"@prefix sh: <{SH}> . @prefix xsd: <{XSD}> . @prefix e: <urn:e:> ."


@cache
def shapes() -> terms.Graph:
    return gate.typed(Project(SHIPPED))


@cache
def ontology() -> Graph:
    return read_rdflib(*TERM_FILES)


@cache
def all_shapes() -> Graph:
    return read_rdflib(*SHAPE_FILES)


@cache
def classes() -> bytes:
    """What the ontology says of classes: which terms are some, and what is below what."""
    graph = Graph()
    for one in (RDF.type, RDFS.subClassOf):
        for triple in ontology().triples((None, one, None)):
            graph.add(triple)
    return ntriples(graph)


@cache
def validator(engine: str) -> Validator:
    return Validator(shapes(), engine)


def stated(built: Path) -> list[bytes]:
    """The lines of a build's N-Quads that its shapes are for."""
    lines = (built / "gbkg.nq").read_bytes().splitlines(keepends=True)
    return [line for line in lines if not line.endswith(INFERRED)]


def ntriples(graph: Graph) -> bytes:
    return ox.serialize(rdflibterms.triples(graph), format=ox.RdfFormat.N_TRIPLES) or b""


def prepared(given: terms.Graph) -> list[Validator]:
    """Every engine with these shapes, the reference first; none of them leaves the work to it."""
    made = [Validator(given, engine) for engine in (shacl.ENGINES[0], *INSTALLED)]
    assert [one.remark for one in made] == [""] * len(made)
    return made


def alike(lines: Iterable[bytes], given: terms.Graph | list[Validator]) -> list[ValidationResult]:
    """What the reference finds, once every engine has found the same."""
    data = b"".join(lines)
    reference, *others = prepared(given) if isinstance(given, terms.Graph) else given
    expected = reference.results(data)
    for one in others:
        assert one.results(data) == expected
    return expected


def one_shape(body: str) -> terms.Graph:
    return turtle.parse(f"{HEAD} e:S a sh:NodeShape ; sh:targetSubjectsOf e:a ; {body} .")


def test_every_engine_is_installed_for_development() -> None:
    assert shacl.ENGINES[0] == "pyshacl"
    assert all(map(shacl.available, shacl.ENGINES))


@pytest.mark.parametrize("engine", shacl.ENGINES)
def test_the_real_graph_conforms(real_build: Path, engine: str) -> None:
    assert validator(engine).results(stated(real_build)) == []


@pytest.mark.parametrize("engine", shacl.ENGINES)
def test_the_mini_graph_conforms(mini_build: Path, engine: str) -> None:
    assert validator(engine).results(stated(mini_build)) == []


# ---- Mutations of the real graph

TYPE = f"<{RDF.type}>".encode()
LITERALS = [
    *('"x"', '""', '" "', '"3"', '"x"@en', '"X"@en-GB', r'"a\nb\t\"\\"', '"广州"'),
    *(f'"{form}"^^<{XSD}integer>' for form in ("-1", "007", "+7", " 5 ", "abc", "1.0", "99999999999999999999")),
    *(f'"{form}"^^<{XSD}decimal>' for form in ("1.5", "1.50", "1e3", "NaN")),
    *(f'"{form}"^^<{XSD}double>' for form in ("1e400", "NaN", "-INF")),
    *(f'"{form}"^^<{XSD}date>' for form in ("2019-02-03", "2019-02-30", "2019", "2019-02-03Z")),
    *(f'"{form}"^^<{XSD}gYear>' for form in ("2019", "2019-01", "x")),
    *(f'"{form}"^^<{XSD}boolean>' for form in ("maybe", "TRUE", "1")),
    f'"5"^^<{XSD}nonNegativeInteger>',
    '"x"^^<urn:datatype>',
]
DATATYPES = ["", "@en", *(f"^^<{XSD}{name}>" for name in ("integer", "decimal", "date", "gYear", "string", "boolean"))]


def parts(line: bytes) -> list[bytes]:
    """Subject, predicate, object and graph of a line of N-Quads."""
    found = re.fullmatch(rb"(\S+) (\S+) (.*) (<[^<>]*>) \.\n", line)
    assert found
    return list(found.groups())


def mutated(lines: list[bytes], times: int, seed: int) -> list[bytes]:
    """The lines after so many faults: a triple gone, or doubled with another's value; another datatype, class, end."""
    chance, made = random.Random(seed), list(lines)
    typed = [n for n, line in enumerate(lines) if TYPE in line]
    classes = sorted({parts(lines[n])[2] for n in typed})
    subjects = sorted({line.split(b" ", 1)[0] for line in lines})
    gone = set()
    for _ in range(times):
        kind = chance.choice(["remove", "double", "datatype", "class", "end", "literal"])
        at = chance.choice(typed) if kind == "class" else chance.randrange(len(lines))
        subject, predicate, value, graph = parts(made[at])
        if kind == "remove":
            gone.add(at)
        elif kind == "double":
            value = parts(chance.choice(lines))[2]
            made.append(b" ".join((subject, predicate, value, graph)) + b" .\n")
        else:
            value = {
                "datatype": re.sub(rb'"(?:\^\^\S+|@\S+)?$', b'"' + chance.choice(DATATYPES).encode(), value),
                "class": chance.choice(classes),
                "end": chance.choice(subjects),
                "literal": chance.choice(LITERALS).encode(),
            }[kind]
            made[at] = b" ".join((subject, predicate, value, graph)) + b" .\n"
    return [line for n, line in enumerate(made) if n not in gone]


@pytest.mark.parametrize("seed", range(4))
def test_mutations_of_the_real_graph(real_build: Path, seed: int) -> None:
    lines = [line for line in stated(real_build) if b"/graph/queries>" not in line]
    data = b"".join(mutated(lines, 150, seed))
    expected = validator("pyshacl").results(data)
    assert len(expected) > 100
    for engine in INSTALLED:
        assert validator(engine).results(data) == expected


@pytest.mark.parametrize("engine", INSTALLED)
def test_ten_thousand_faults_are_all_reported(engine: str) -> None:
    def topics(count: int) -> bytes:
        return b"".join(f"<urn:t:{n}> <{RDF.type}> <{GBKG.Topic}> .\n".encode() for n in range(count)) + classes

    classes = ntriples(ontology())
    few = [result for result in validator("pyshacl").results(topics(20)) if result.focus.startswith("urn:t:")]
    many = [result for result in validator(engine).results(topics(2_500)) if result.focus.startswith("urn:t:")]
    assert len(few) == 20 * 4
    assert len(many) == 2_500 * 4
    assert set(few) <= set(many)


# ---- Tables: what each construct means

VALUES = re.split(
    r"\||\n",
    """5|-5|+5|05| 5 |5.0|5.|1e3|.5|NaN|INF|abc||true|TRUE|1|0|2019|2019-01|2019-01-02|2019-02-30|2019-13|2019-01-02Z
2019-01-02T00:00:00|2019-01-02T00:00:00Z|-0001|0000|12019|99999999999999999999|P1Y|12:00:00|http://a b|--12|--12-01
---31""",
)


def literals(datatype: str) -> bytes:
    """Without the number of twenty digits where engines are known to differ: rdflib has no bounds for xsd:long, and
    `shacl` breaks off at such a year."""
    given = [form for form in VALUES if len(form) < 20 or datatype == "integer"]
    return "".join(f'<urn:n:{n}> <urn:e:a> "{form}"^^<{XSD}{datatype}> .\n' for n, form in enumerate(given)).encode()


UNCHECKED = {"string", "anyURI", "token", "language", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"}
"""Datatypes that allow any text, or that SPARQL does not have; of the latter no engine tells what is well formed."""


@pytest.mark.parametrize("datatype", sorted(CHECKED))
def test_what_is_well_formed(datatype: str) -> None:
    name = datatype.removeprefix(XSD)
    found = alike([literals(name)], one_shape(f"sh:property [ sh:path e:a ; sh:datatype xsd:{name} ]"))
    assert any(" 5 " in result.value for result in found) or name in UNCHECKED


BOUNDS = ("minInclusive 1", "minExclusive 5.0", "maxInclusive 5", 'maxExclusive "2019-01-03"^^xsd:date')


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("datatype", ["integer", "decimal", "double", "date", "string", "boolean", "gYear", "dateTime"])
def test_what_is_within_bounds(bound: str, datatype: str) -> None:
    assert alike([literals(datatype)], one_shape(f"sh:property [ sh:path e:a ; sh:{bound} ]"))


def test_what_is_less() -> None:
    terms = {
        **{"integer": ("5", "-7", " 5 ", "abc"), "decimal": ("5.0", "5.5"), "double": ("5.0", "NaN"), "long": ("6",)},
        **{"date": ("2019-01-02", "2019-01-05", "2019-02-30"), "gYear": ("2019", "2020"), "boolean": ("true", "false")},
        **{"dateTime": ("2019-01-02T00:00:00", "2019-01-03T00:00:00"), "string": ("5", "abc", "5 ")},
    }
    values = [f'"{form}"^^<{XSD}{datatype}>' for datatype, forms in terms.items() for form in forms]
    values += ['"5"@en', '"6"@en']
    pairs = list(product(values, values))
    lines = [
        f"<urn:n:{n}> <urn:e:{p}> {v} .\n" for n, pair in enumerate(pairs) for p, v in zip("ab", pair, strict=True)
    ]
    given = one_shape(
        'sh:property [ sh:path e:a ; sh:lessThan e:b ; sh:message "lt" ] ;'
        'sh:property [ sh:path e:a ; sh:lessThanOrEquals e:b ; sh:message "le" ]'
    )
    found = {(r.focus, r.message) for r in alike(["".join(lines).encode()], given)}
    at = {pair: f"urn:n:{n}" for n, pair in enumerate(pairs)}
    five, day = f'"5"^^<{XSD}integer>', f'"2019-01-02"^^<{XSD}date>'
    assert {m for f, m in found if f == at[five, f'"5.5"^^<{XSD}decimal>']} == set()
    assert {m for f, m in found if f == at[five, f'"5.0"^^<{XSD}decimal>']} == {"lt"}
    assert {m for f, m in found if f == at[five, day]} == {"lt", "le"}


TEXTS = ["abc", "ABC", "a\\nc", "12", "12\\n", "١٢", "广州", "", "a b", "é", "STRASSE", "fooaa.bar", "$", "a-b"]
PATTERNS = [
    r"^[0-9]+$",
    r"\\d",
    r"\\w+",
    r"^\\S+$",
    "a.c",
    "^.{2}$",
    "^$",
    "$",
    r"\\$$",
    "(a|b)c?",
    "[^a-z]",
    "a{2,}",
    r"\\.",
]


@pytest.mark.parametrize(("pattern", "flags"), [*((p, "") for p in PATTERNS), ("abc", "i"), ("strasse", "i")])
def test_what_a_pattern_matches(pattern: str, flags: str) -> None:
    lines = [f'<urn:n:{n}> <urn:e:a> "{text}" .\n'.encode() for n, text in enumerate(TEXTS)]
    words = f'sh:pattern "{pattern}"' + (f' ; sh:flags "{flags}"' if flags else "")
    found = alike(lines, one_shape(f"sh:property [ sh:path e:a ; {words} ]"))
    assert len(found) < len(TEXTS)


GRAPH = """<urn:1> <urn:e:a> "x"@en, "x"@de, "y"@en, <urn:2>, _:b ; <urn:e:b> "x"@en, 5 ; a <urn:C> .
<urn:2> <urn:e:a> <urn:1>, <urn:3>, 5, 5.0, "5" ; <urn:e:b> <urn:3> . <urn:3> a <urn:D> ; <urn:e:b> <urn:2> .
_:b <urn:e:a> "z" . <urn:D> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <urn:C> ."""
CONSTRAINTS = """sh:class <urn:C>|sh:nodeKind sh:IRI|sh:nodeKind sh:BlankNodeOrLiteral|sh:minCount 3|sh:maxCount 3
sh:minLength 2|sh:maxLength 1|sh:languageIn ("de" "fr")|sh:uniqueLang true|sh:equals e:b|sh:disjoint e:b|sh:hasValue 5
sh:in (5 <urn:3> "x"@en)|sh:not [ sh:class <urn:C> ]|sh:and ([ sh:nodeKind sh:IRI ] [ sh:class <urn:D> ])
sh:or ([ sh:class <urn:D> ] [ sh:datatype xsd:integer ])|sh:xone ([ sh:nodeKind sh:IRI ] [ sh:class <urn:D> ])
sh:node [ sh:property [ sh:path e:b ; sh:minCount 1 ] ]
sh:property [ sh:path e:b ; sh:minCount 1 ; sh:message "m", "l" ]
sh:qualifiedValueShape [ sh:class <urn:C> ] ; sh:qualifiedMinCount 2 ; sh:qualifiedMaxCount 2
sh:severity sh:Warning ; sh:maxCount 0|sh:severity sh:Info ; sh:minCount 9|sh:deactivated true ; sh:maxCount 0"""
PATHS = """e:a|[ sh:inversePath e:a ]|( e:a e:b )|[ sh:alternativePath ( e:b [ sh:inversePath e:a ] ) ]
[ sh:zeroOrMorePath e:a ]|[ sh:oneOrMorePath ( e:a e:b ) ]|[ sh:zeroOrOnePath e:b ]|( [ sh:inversePath e:a ] e:b )"""


@pytest.mark.parametrize("path", re.split(r"\||\n", PATHS))
def test_what_each_constraint_means_on_each_path(path: str) -> None:
    # In one shape: the message of each result has its constraint, so that none can stand for another.
    each = [f"sh:property [ sh:path {path} ; {constraint} ]" for constraint in re.split(r"\||\n", CONSTRAINTS)]
    found = alike([ntriples(parse_rdflib(GRAPH))], one_shape(" ; ".join(each)))
    assert {result.severity for result in found} == {"violation", "warning"}


def test_what_constraints_mean_on_the_node_itself() -> None:
    lines = [ntriples(parse_rdflib(GRAPH))]
    assert {result.path for result in alike(lines, one_shape("sh:class <urn:C> ; sh:nodeKind sh:IRI"))} == {""}
    closed = one_shape(f"sh:closed true ; sh:ignoredProperties ( <{RDF.type}> ) ; sh:property [ sh:path e:a ]")
    assert {(r.path, r.message) for r in alike(lines, closed)} == {("urn:e:b", "sh:closed true is not met")}


# ---- Words, places, faults of use


def test_a_result_has_the_words_of_its_shape() -> None:
    given = one_shape(
        'sh:property [ sh:path e:a ; sh:datatype xsd:integer ; sh:message "b", "a" ] ;'
        "sh:property [ sh:path ( e:a [ sh:inversePath e:b ] ) ; sh:minCount 2 ; sh:severity sh:Warning ] ;"
        "sh:class <urn:C>"
    )
    assert alike([b'<urn:n> <urn:e:a> "x\\n" <urn:graph> .\n'], given) == [
        ValidationResult("urn:n", "", "<urn:n>", "violation", "sh:class <urn:C> is not met"),
        ValidationResult("urn:n", "(<urn:e:a>/^<urn:e:b>)", "", "warning", "sh:minCount 2 is not met"),
        ValidationResult("urn:n", "urn:e:a", '"x\\n"', "violation", "a; b"),
    ]


def test_findings_stand_where_the_focus_was_typed() -> None:
    entity, label = "https://w3id.org/gbkg/id/x", str(RDFS.label)
    results = [
        ValidationResult(entity, "(<urn:a>/<urn:b>)", "", "warning", "w"),
        ValidationResult(entity, label, f'"1\\n"^^<{XSD}integer>', "violation", "m"),
        ValidationResult("urn:n", "", "<https://w3id.org/gbkg/id/y>", "violation", "m"),
    ]
    assert shacl.findings(results, {entity: Place("data/entities.tsv", 7)}) == [
        Finding("shapes", "<urn:n>: m", "", None, found="id:y"),
        Finding("shapes", "id:x rdfs:label: m", "data/entities.tsv", 7, found="1\n"),
        Finding("shapes", "id:x: w", "data/entities.tsv", 7, severity="warning"),
    ]


@pytest.mark.parametrize("engine", shacl.ENGINES)
def test_triples_come_in_pieces_and_in_several_graphs(engine: str) -> None:
    line = b'<urn:n> <urn:e:a> "x" <urn:g:1> .\n<urn:n> <urn:e:a> "x" <urn:g:2> .\n<urn:n> <urn:e:a> "y" .\n'
    given = one_shape("sh:property [ sh:path e:a ; sh:maxCount 1 ]")
    assert len(shacl.validate([line[:25], line[25:]], given, engine)) == 1
    assert shacl.validate(line.splitlines(keepends=True)[:2], given, engine) == []


@pytest.mark.parametrize("engine", shacl.ENGINES)
def test_what_is_no_nquads_is_a_syntax_fault(engine: str) -> None:
    with pytest.raises(ParseError, match=r"^(2: )?not N-Quads: .*object"):
        shacl.validate(b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> .\n", shapes(), engine)


def test_there_is_no_other_engine() -> None:
    assert not shacl.available("jena")
    with pytest.raises(GbkgError, match=r"no SHACL engine called 'jena' .there are pyshacl, shacl"):
        Validator(shapes(), "jena")


def test_an_engine_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(GbkgError, match=r"engine shacl is not installed .pip install 'gbkg\[shacl\]'"):
        Validator(shapes(), "shacl")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ('sh:property [ sh:path e:a ; sh:pattern "a(?=b)" ]', "sh:pattern"),
        ('sh:property [ sh:path e:a ; sh:pattern "a$b" ]', "sh:pattern"),
        ('sh:property [ sh:path e:a ; sh:pattern "a b" ; sh:flags "x" ]', "sh:flags 'x'"),
        ("sh:property [ sh:path e:a ; sh:datatype xsd:base64Binary ]", "xsd:base64Binary"),
    ],
)
def test_the_reference_stands_in_where_engines_differ(words: str, why: str) -> None:
    given, line = one_shape(words), f'<urn:n> <urn:e:a> "1"^^<{XSD}integer> .\n'.encode()
    for engine in INSTALLED:
        one = Validator(given, engine)
        assert f"validating with pyshacl, not {engine}: " in one.remark
        assert why in one.remark
        assert one.results(line) == shacl.validate(line, given) != []


@pytest.mark.parametrize("engine", INSTALLED)
@pytest.mark.parametrize(
    ("words", "term"),
    [
        ('sh:sparql [ sh:select "SELECT $this WHERE { $this <urn:e:a> 1 }" ]', "sh:select"),
        ('sh:rule [ a sh:SPARQLRule ; sh:construct "CONSTRUCT {} {}" ]', "sh:SPARQLRule"),
        ('sh:js [ sh:jsFunctionName "f" ]', "sh:js"),
    ],
)
def test_shapes_that_bring_programs_are_refused(words: str, term: str, engine: str) -> None:
    with pytest.raises(GbkgError, match=f"the shapes use {term}: no shape runs SPARQL or JavaScript"):
        Validator(one_shape(words), engine)


def test_shapes_that_cannot_be_used_are_an_error() -> None:
    given = one_shape('sh:property [ sh:path e:a ; sh:pattern "(" ]')
    with pytest.raises(GbkgError, match="pyshacl cannot use the shapes: "):
        shacl.validate(b'<urn:n> <urn:e:a> "(" .\n', given)


def test_validation_leaves_rdflib_as_it_was() -> None:
    shacl.validate(b"", shapes())
    assert rdflib.NORMALIZE_LITERALS is False


@pytest.mark.skipif("fork" not in get_all_start_methods(), reason="processes cannot be forked here")
@pytest.mark.parametrize("engine", INSTALLED)
def test_an_engine_can_be_used_before_and_after_a_fork(engine: str, tmp_path: Path) -> None:
    """There are so many focus nodes that the engine starts threads of its own. The program runs once: it need not be
    made for other processes to import it."""
    given = one_shape("sh:property [ sh:path e:b ; sh:maxCount 0 ]")
    lines = [f"<urn:n:{n}> <urn:e:a> <urn:n> .\n".encode() for n in range(60_000)]
    data = b"".join([*lines, b"<urn:n:0> <urn:e:b> <urn:n> .\n"])
    script = (
        "import os, sys, pickle; from gbkg.validate import shacl; data, given = pickle.load(sys.stdin.buffer);"
        f"here = shacl.validate(data, given, {engine!r}); child = os.fork();"
        f"child or os._exit(shacl.validate(data, given, {engine!r}) != here or len(here) != 1);"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    (tmp_path / "program.py").write_text(f"print('begun', flush=True); {script}")
    command = [sys.executable, str(tmp_path / "program.py")]
    ended = subprocess.run(command, input=pickle.dumps((data, given)), stdout=subprocess.PIPE, timeout=240)
    assert (ended.returncode, ended.stdout) == (0, b"begun\n")


def test_a_full_disk_is_said() -> None:
    def lines() -> Iterator[bytes]:
        raise OSError(28, "No space left on device")
        yield b""

    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        shacl.validate(lines(), shapes(), "shacl")


def test_the_faster_engine_validates_if_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert suitable() == OTHERS[0]
    monkeypatch.setattr(shacl, "available", lambda engine: engine == "pyshacl")
    assert suitable() == "pyshacl"


# ---- What no engine is asked to judge

REFUSED = [
    ("sh:property [ sh:path [ sh:inversePath ( e:a e:b ) ] ; sh:minCount 1 ]", "sh:inversePath of a sequence: write"),
    (
        "sh:property [ sh:path [ sh:inversePath [ sh:zeroOrMorePath ( e:a e:b ) ] ] ; sh:minCount 1 ]",
        "sh:inversePath of",
    ),
    (
        "sh:property [ sh:path [ sh:inversePath [ sh:alternativePath ( e:a ( e:a e:b ) ) ] ] ; sh:minCount 1 ]",
        "sh:inversePath of a sequence",
    ),
    (r'sh:property [ sh:path e:a ; sh:pattern "\\p{L}" ]', r"sh:pattern '\\p{L}': \p is not read by every engine"),
    (r'sh:property [ sh:path e:a ; sh:pattern "[a-z-[aeiou]]" ]', "-[ is not read by every engine"),
    ('sh:property [ sh:path e:a ; sh:pattern "(" ]', "is not a regular expression: missing )"),
    ('sh:property [ sh:path e:a ; sh:uniqueLang "1"^^xsd:boolean ]', "sh:uniqueLang '1': write true or false"),
    ("sh:closed 1", "sh:closed '1': write true or false"),
    ("sh:property [ sh:path e:a ; sh:union e:b ]", "sh:union is not of SHACL Core"),
]


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_what_the_engines_judge_differently_is_refused_by_name(body: str, message: str) -> None:
    (said,) = shacl.refused(one_shape(body))
    assert message in said


def test_the_engines_do_differ_on_the_inverse_of_a_sequence() -> None:
    given = one_shape("sh:property [ sh:path [ sh:inversePath ( e:b e:a ) ] ; sh:maxCount 0 ]")
    data = b"<urn:e:x> <urn:e:a> <urn:e:y> .\n<urn:e:y> <urn:e:b> <urn:e:x> .\n"
    assert shacl.validate(data, given) != shacl.validate(data, given, "shacl")


def test_nothing_of_the_real_shapes_is_refused() -> None:
    assert shacl.refused(shapes()) == []


def test_a_build_refuses_shapes_before_it_validates(mini: Path, tmp_path: Path) -> None:
    (mini / "ontology" / "shapes.ttl").write_text(
        f"{HEAD} e:S a sh:NodeShape ; sh:targetSubjectsOf e:a ; {REFUSED[0][0]}, {REFUSED[3][0][12:]} .", "utf-8"
    )
    with pytest.raises(ParseError) as stop:
        build.run(Project(mini), tmp_path / "out")
    assert str(stop.value).startswith("ontology/shapes.ttl: no engine is asked to judge sh:inversePath of a sequence")
    assert "; sh:pattern" in str(stop.value)
