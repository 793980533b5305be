"""Every fault of the input is told where it stands, what was found and, where that makes sense, what was expected.

Each case changes the mini project in one place. A run may never end in a traceback (the command line runs inside this
process, so one would fail the test), and outputs of an earlier build stay as they were.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from conftest import MINI

from gbkg import build
from gbkg.core.project import Project

pytestmark = pytest.mark.usefixtures("unlimited")

Run = Callable[..., CompletedProcess[str]]
Change = Callable[[Path], None]
GAZETTE = "data/claims/gazette.tsv"
CURATION = "data/curation.ttl"
SHAPES = """@prefix gbkg: <https://w3id.org/gbkg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

gbkg:NamedShape a sh:NodeShape ; sh:targetClass gbkg:Entity ;
    sh:property [ sh:path rdfs:label ; sh:minCount 1 ; sh:message "an entity has a label" ] .
"""

# ---- Changes


def cells(claim: str, row: int = 0, /, source: str = "gazette", **new: str) -> Change:
    """Other cells in a row of a claim; row 0 is the claim's own, the others add passages."""

    def change(project: Path) -> None:
        path = project / "data" / "claims" / f"{source}.tsv"
        header, *lines = path.read_text(encoding="utf-8").split("\n")
        columns = header.split("\t")
        number = [n for n, line in enumerate(lines) if line.split("\t")[0] == claim][row]
        changed = dict(zip(columns, lines[number].split("\t"), strict=True)) | new
        lines[number] = "\t".join(changed[column] for column in columns)
        path.write_bytes("\n".join([header, *lines]).encode())

    return change


def swap(file: str, old: str, new: str) -> Change:
    """Other characters in a file, which has the old ones once."""

    def change(text: bytes) -> bytes:
        assert text.count(old.encode()) == 1
        return text.replace(old.encode(), new.encode())

    return rewrite(file, change)


def rewrite(file: str, new: Callable[[bytes], bytes]) -> Change:
    def change(project: Path) -> None:
        (project / file).write_bytes(new((project / file).read_bytes()))

    return change


def without_column(file: str, column: str) -> Change:
    def change(text: bytes) -> bytes:
        rows = [line.split("\t") for line in text.decode().split("\n")]
        at = rows[0].index(column)
        return "\n".join("\t".join(row[:at] + row[at + 1 :]) for row in rows).encode()

    return rewrite(file, change)


def without_line(file: str, words: str) -> Change:
    return rewrite(file, lambda text: b"".join(x for x in text.splitlines(True) if words.encode() not in x))


def remove(file: str) -> Change:
    return lambda project: (project / file).unlink()


def shapes(old: str, new: str) -> Change:
    """Shapes of the project's own, with one fault."""
    return create("ontology/shapes.ttl", SHAPES.replace(old, new))


def create(file: str, text: str) -> Change:
    def change(project: Path) -> None:
        (project / file).parent.mkdir(exist_ok=True)
        (project / file).write_text(text, encoding="utf-8")

    return change


def check(query: str) -> Change:
    """A hygiene check of the project's own, beside those of gbkg."""
    return create("ontology/checks/own-violation.rq", query)


def both(*changes: Change) -> Change:
    def change(project: Path) -> None:
        for each in changes:
            each(project)

    return change


# ---- Cases


@dataclass(frozen=True)
class Case:
    """A change, what must be said of it, and how the run ends.

    `says` are pieces of one line, in order; `shapes` tells that gbkg's own shapes are needed: they are half of the time
    of a run, so the other cases have the one of `SHAPES`. `bug` says why a case cannot pass yet.
    """

    name: str
    change: Change
    says: tuple[str, ...]
    code: int = 1
    documents: bool = False
    shapes: bool = False
    bug: str = ""


def tables() -> list[Case]:
    """The form of tables."""
    review, readings = "data/review.tsv", "data/readings/gazette.tsv"
    return [
        Case("column-missing", without_column(GAZETTE, "quote"), (f"{GAZETTE}:1: column 'quote' is missing; found",)),
        Case(
            "column-misspelt",
            swap(GAZETTE, "precision", "presicion"),
            (f"{GAZETTE}:1: column 'presicion' is unknown", "is 'precision' meant?"),
        ),
        Case(
            "column-unknown",
            swap(GAZETTE, "start\tnote\n", "start\tnote\tremark\n"),
            (f"{GAZETTE}:1: column 'remark' is unknown", "expected id subject"),
        ),
        Case(
            "column-of-entities",
            swap("data/entities.tsv", "label\t", "name\t"),
            ("data/entities.tsv:1: column 'label' is missing", "found"),
        ),
        Case("column-of-reviews", swap(review, "\tdigest\t", "\thash\t"), (f"{review}:1: column 'digest' is missing",)),
        Case(
            "too-many-fields",
            swap(GAZETTE, "The Leaf Ledger, a platform for the tea trade\t1238", "The Leaf Ledger\t, a platform\t1238"),
            (f"{GAZETTE}:25: ", "wrong number of fields", "found '20'", "expected 19"),
        ),
        Case("escape", cells("tea-houses", note=r"a \q"), (f"{GAZETTE}:7:note: ", r"found '\\q'", r"expected \t, \n")),
        Case("carriage-returns", rewrite(GAZETTE, lambda t: t.replace(b"\n", b"\r\n")), (f"{GAZETTE}:1: ", "LF")),
        Case(
            "one-carriage-return",
            swap(GAZETTE, "Reed Bank is the other district of Tea Harbour\t290\t\n", "Reed Bank\t290\t\r\n"),
            (f"{GAZETTE}:6: has carriage returns", "LF"),
        ),
        Case("byte-order-mark", rewrite(GAZETTE, lambda t: b"\xef\xbb\xbf" + t), (f"{GAZETTE}:1: ", "without BOM")),
        Case("no-last-newline", rewrite(GAZETTE, lambda t: t[:-1]), (f"{GAZETTE}:27: ", "newline", "cut off")),
        Case(
            "not-utf-8",
            rewrite(GAZETTE, lambda t: t.replace("’".encode(), b"\x92", 1)),
            (f"{GAZETTE}:10:165: not UTF-8: byte 0x92", "save the file as UTF-8"),
            code=2,
        ),
        Case("no-entities", remove("data/entities.tsv"), ("data/entities.tsv: cannot be read: No such file",), code=2),
        Case("no-claims", remove("data/claims/almanac.tsv"), ("data/claims/almanac.tsv: cannot be read",), code=2),
        Case("no-dataset", remove("data/dataset.ttl"), ("data/dataset.ttl: cannot be read: No such file",), code=2),
        Case(
            "claims-of-no-source",
            create("data/claims/gazete.tsv", ""),
            ("data/claims/gazete.tsv: belongs to no source", "did you mean gazette?"),
        ),
        Case(
            "reason-unknown",
            swap(readings, "opinion\t", "opinoin\t"),
            (f"{readings}:8:reason: ", "found 'opinoin'", "expected furniture |", "did you mean opinion?"),
        ),
        Case("span-backwards", swap(readings, "697\t737", "737\t697"), (f"{readings}:6:start: ", "found '737-697'")),
    ]


def rows() -> list[Case]:
    """What a row of claims says."""
    return [
        Case(
            "id-twice",
            swap(GAZETTE, "\ntea-trade-growth\t", "\ntea-trade\t"),
            (f"{GAZETTE}:11:id: id is already taken; found 'tea-trade'", "first used in line 10"),
        ),
        Case(
            "passage-of-no-claim",
            cells("alliance-by-association", 1, id="alliance-by-asociation"),
            (f"{GAZETTE}:18:id: ", "found 'alliance-by-asociation'", "did you mean alliance-by-association?"),
        ),
        Case(
            "id-in-capitals", cells("tea-houses", id="Tea_Houses"), (f"{GAZETTE}:7:id: ", "expected lower-case words")
        ),
        Case(
            "subject-unknown",
            cells("tea-houses", subject="tea-harbor"),
            (f"{GAZETTE}:7:subject: no such entity; found 'tea-harbor'", "did you mean tea-harbour"),
        ),
        Case(
            "object-unknown",
            cells("yard-operator", object="kettle-work"),
            (f"{GAZETTE}:24:object: no such entity; found 'kettle-work'", "did you mean kettle-works?"),
        ),
        Case("entity-far-off", cells("tea-houses", subject="zzz"), (f"{GAZETTE}:7:subject: ", "data/entities.tsv")),
        Case(
            "property-unknown",
            cells("yard-operator", predicate="operatedby"),
            (f"{GAZETTE}:24:predicate: no such property or indicator; found 'operatedby'", "did you mean operatedBy"),
        ),
        Case(
            "indicator-unknown",
            cells("tea-houses", predicate="teaHouse"),
            (f"{GAZETTE}:7:predicate: no such property or indicator; found 'teaHouse'", "did you mean teaHouses"),
        ),
        Case(
            "unit-unknown",
            cells("tea-houses", unit="compny"),
            (f"{GAZETTE}:7:unit: ", "found 'compny', expected company", "did you mean company?"),
        ),
        Case(
            "precision-unknown",
            cells("tea-houses", precision="exactly"),
            (f"{GAZETTE}:7:precision: ", "found 'exactly', expected approximately | atLeast", "did you mean exact"),
        ),
        Case(
            "status-unknown",
            cells("tea-houses", status="acepted"),
            (f"{GAZETTE}:7:status: ", "found 'acepted'", "did you mean accepted?"),
        ),
        Case(
            "object-of-another-class",
            cells("yard-in-quarter", object="kettle-works"),
            (f"{GAZETTE}:22:object: a Company; found 'kettle-works', expected an entity of class Place",),
        ),
        Case(
            "subject-of-another-class",
            cells("association-founded-on", subject="tea-harbour"),
            (f"{GAZETTE}:15:subject: a City; found 'tea-harbour', expected an entity of class Organization",),
        ),
        Case(
            "implied-without-note", cells("fair-by-association", note=""), (f"{GAZETTE}:20:note: ", "how it was read")
        ),
        Case("month-13", cells("tea-houses", as_of="2018-13"), (f"{GAZETTE}:7:as_of: ", "'2018-13'", "01 to 12")),
        Case(
            "february-30", cells("tea-houses", as_of="2018-02-30"), (f"{GAZETTE}:7:as_of: ", "'2018-02-30'", "01 to 28")
        ),
        Case(
            "date-by-a-spreadsheet",
            cells("tea-houses", as_of="Sep-19"),
            (f"{GAZETTE}:7:as_of: not a date", "'Sep-19'", "expected 2018, 2018-09", "a spreadsheet"),
        ),
        Case(
            "date-as-a-number-of-days",
            cells("tea-houses", as_of="43709"),
            (f"{GAZETTE}:7:as_of: not a date", "'43709'", "expected 2018, 2018-09", "a spreadsheet"),
        ),
        Case(
            "date-of-an-event", cells("fair-on", object="43709"), (f"{GAZETTE}:21:object: not a date", "a spreadsheet")
        ),
        Case("no-date", cells("masters", as_of="", as_of_text=""), (f"{GAZETTE}:13:as_of: no date", "none where")),
        Case(
            "date-not-quoted",
            cells("tea-houses", as_of="2019-10"),
            (f"{GAZETTE}:7:as_of: not a date that the words print; found '2019-10', expected 2018-10", "~"),
        ),
        Case(
            "value-malformed",
            cells("tea-houses", value="6,1307.3"),
            (f"{GAZETTE}:7:value: not a plain number; found '6,1307.3'", "without separators"),
        ),
        Case(
            "value-not-the-one-printed",
            cells("tea-houses", value="1204"),
            (f"{GAZETTE}:7:value: ", "found '1204', expected 1240"),
        ),
        Case(
            "printed-number-unreadable",
            cells("yard-floor-area", value="61307.3", status="accepted"),
            (f"{GAZETTE}:23:value_text: not one readable number; found '6,1307.3 square metres'", "status unreadable"),
        ),
        Case(
            "precision-without-its-word",
            cells("tea-houses", precision="nearly", upper="1240"),
            (
                f"{GAZETTE}:7:precision: no word of this kind",
                "found 'nearly', expected almost | close to | nearly",
                "(gbkg:nearly skos:hiddenLabel in ontology/ adds a word)",
            ),
        ),
        Case(
            "word-of-another-precision",
            cells("masters", precision="exact", lower=""),
            (f"{GAZETTE}:13:precision: value_text has a word of another kind; found 'exact', expected moreThan",),
        ),
        Case(
            "bound-missing", cells("masters", lower=""), (f"{GAZETTE}:13:lower: moreThan entails a bound", "expected")
        ),
        Case(
            "text-not-quoted",
            cells("quarter-oldest", object="the oldest district of all"),
            (f"{GAZETTE}:5:object: ", "found 'the oldest district of all'", "the source's own words"),
        ),
        Case(
            "attribution-without-its-words",
            cells("tea-trade", attributed_to="kettle-works"),
            (f"{GAZETTE}:10:attributed_to: ", "found 'kettle-works'", "expected the words 'Kettle Works"),
        ),
        Case(
            "one-of-two-attributions-without-its-words",
            cells("tea-trade", attributed_to="harbour-office kettle-works"),
            (f"{GAZETTE}:10:attributed_to: ", "found 'kettle-works'", "expected the words 'Kettle Works"),
        ),
        Case(
            "one-of-two-agents-unknown",
            cells("tea-trade", attributed_to="harbour-office kettle-work"),
            (f"{GAZETTE}:10:attributed_to: no such entity", "kettle-work", "did you mean kettle-works?"),
        ),
        Case(
            "agent-of-another-class",
            cells("tea-trade", attributed_to="tea-trade"),
            (f"{GAZETTE}:10:attributed_to: a ", "found 'tea-trade', expected an entity of class Agent"),
        ),
        Case(
            "criterion-of-another-class",
            cells("tea-houses", criterion="tea-trade"),
            (f"{GAZETTE}:7:criterion: a ", "found 'tea-trade', expected an entity of class CountingCriterion"),
        ),
        Case(
            "statistic-of-another-class",
            cells("tea-houses", subject="kettle-works"),
            (f"{GAZETTE}:7:subject: a Company; found 'kettle-works', expected an entity of class ", "teaHouses is for"),
        ),
        Case(
            "range-with-a-value",
            cells("tea-houses", precision="between", lower="1240", upper="1250"),
            (f"{GAZETTE}:7:value: a range has no single value; found '1240', expected an empty field",),
        ),
        Case("no-quotation", cells("quarter-oldest", quote=""), (f"{GAZETTE}:5:quote: ", "expected a quotation")),
        Case("no-offset", cells("yard-operator", start=""), (f"{GAZETTE}:24:start: no offset", "gbkg lock")),
        Case("offset-negative", cells("yard-operator", start="-5"), (f"{GAZETTE}:24:start: ", "found '-5'")),
    ]


def quotations() -> list[Case]:
    """Quotations, offsets and documents."""
    sources, words = "data/sources.ttl", "Kettle Works Co., Ltd. runs Lantern Yard"
    return [
        Case(
            "quotation-not-in-the-document",
            cells("yard-operator", quote="Nobody has ever run this yard"),
            (f"{GAZETTE}:24:quote: ", "is not in gazette at 1196; found 'Nobody", "nothing like it"),
            documents=True,
        ),
        Case(
            "quotation-with-one-other-character",
            cells("yard-operator", quote=words.replace("Yard", "Yaxd")),
            (f"{GAZETTE}:24:quote: ", "the document goes on 'rd.", "the quotation goes on 'xd'", "offset 1234"),
            documents=True,
        ),
        Case(
            "offset-wrong",
            cells("yard-operator", start="1197"),
            (f"{GAZETTE}:24:quote: ", "at 1197; found 'Kettle Works", "it stands at 1196", "gbkg lock"),
            documents=True,
        ),
        Case(
            "quotations-that-disagree",
            cells("upper-reed-in-reedland", quote="the province of Upper Read in Reedland"),
            (
                f"{GAZETTE}:4:quote: quotation overlaps that of {GAZETTE}:2 and differs from it",
                "found 'the province of Upper Read",
                "expected 'Tea Harbour is a city of the province of Upper Reed'",
            ),
        ),
        Case(
            "span-set-aside-elsewhere",
            swap("data/readings/gazette.tsv", "1328\t1374", "1329\t1374"),
            ("data/readings/gazette.tsv:8:quote: ", "found 'Nothing warms", "expected 'othing warms"),
            documents=True,
        ),
        Case(
            "document-changed",
            rewrite("documents/the-leaf-comes-home.txt", lambda text: text + b"\n"),
            (sources, "document gazette was not found", "SHA-256", "other files there: the-leaf-comes-home.txt"),
            documents=True,
        ),
        Case(
            "document-missing",
            remove("documents/茶港年鉴.txt"),
            (sources, "document almanac was not found; expected a file with SHA-256 "),
            documents=True,
        ),
        Case(
            "every-document-missing",
            both(remove("documents/茶港年鉴.txt"), remove("documents/the-leaf-comes-home.txt")),
            ("documents: no registered document here; found nothing", "expected SHA-256 of almanac (", "gazette ("),
            code=2,
            documents=True,
        ),
        Case(
            "no-folder-of-documents",
            lambda project: shutil.rmtree(project / "documents"),
            ("documents: cannot be read: No such file",),
            code=2,
            documents=True,
        ),
        Case(
            "length-wrong",
            swap(sources, "gbkg:length 172", "gbkg:length 170"),
            (sources, "length of almanac; found '172', expected 170"),
            documents=True,
        ),
        Case(
            "digest-malformed",
            swap(sources, 'gbkg:sha256 "0', 'gbkg:sha256 "'),
            (sources, "source gazette is not identified; expected gbkg:sha256 with 64 hex digits"),
        ),
        Case(
            "sentence-unaccounted-for",
            without_line("data/readings/gazette.tsv", "Nothing warms"),
            ("sentence at 1328-1374 of gazette", "found 'Nothing warms", "data/readings/gazette.tsv"),
            documents=True,
        ),
    ]


def graphs() -> list[Case]:
    """Turtle, shapes, curation, reviews, mappings and expected counts."""
    review, bounds, own = "data/review.tsv", "data/expected.toml", "ontology/shapes.ttl"
    district = "cur:inconsistency-districts"
    return [
        Case(
            "syntax-of-curation",
            swap(CURATION, "cur:check-growth a gbkg:PassedCheck ;", "cur:check-growth a gbkg:PassedCheck ; x"),
            (f"{CURATION}:25:39: not Turtle: ", "x"),
            code=2,
        ),
        Case(
            "triple-within-a-triple",
            swap(
                CURATION,
                "cur:check-growth a gbkg:PassedCheck ;",
                "cur:odd rdfs:seeAlso <<( cur:a gbkg:concerns cur:b )>> .\ncur:check-growth a gbkg:PassedCheck ;",
            ),
            (f"{CURATION}: a triple within a triple (RDF 1.2)", "name the claim"),
            code=2,
        ),
        Case(
            "text-for-a-class",
            swap(
                CURATION, "cur:check-growth a gbkg:PassedCheck ;", 'cur:check-growth a "a check" , gbkg:PassedCheck ;'
            ),
            (f"{CURATION}:25: rdf:type is followed by text", "without quotes"),
            code=2,
        ),
        Case(
            "text-for-a-target",
            shapes("sh:targetClass gbkg:Entity ;", 'sh:targetSubjectsOf "every entity" ;'),
            (f"{own}:", "sh:targetSubjectsOf is followed by text"),
            code=2,
        ),
        Case(
            "syntax-of-sources",
            swap("data/sources.ttl", 'gbkg:language "en" ;', 'gbkg:language "en ;'),
            ("data/sources.ttl:12:24: not Turtle: ",),
            code=2,
        ),
        Case(
            "syntax-of-indicators",
            swap("ontology/indicators.ttl", "@prefix skos:", "@prefix sko:"),
            ("ontology/indicators.ttl:7:", "not Turtle: ", "skos"),
            code=2,
        ),
        Case(
            "constraint-misspelt",
            shapes("minCount", "minCuont"),
            (f"{own}: no such SHACL term; found 'sh:minCuont'", "did you mean sh:minCount"),
        ),
        Case(
            "shape-of-an-undeclared-class",
            shapes("gbkg:Entity ;", "gbkg:Entitty ;"),
            (f"{own}: shape uses an undeclared term; found 'gbkg:Entitty'", "did you mean gbkg:Entity"),
        ),
        Case(
            "shape-without-focus",
            shapes("gbkg:Entity ;", "gbkg:Person ;"),
            (f"{own}:5: shape has no focus node", "found 'gbkg:NamedShape'"),
        ),
        Case(
            "shape-without-target",
            shapes("sh:targetClass gbkg:Entity ;", ""),
            (f"{own}:5: shape has no target", "found 'gbkg:NamedShape'"),
        ),
        Case(
            "formula-with-another-outcome",
            swap(CURATION, "a gbkg:Inconsistency", "a gbkg:PassedCheck"),
            (CURATION, district, "found 'gbkg:PassedCheck', expected gbkg:Inconsistency", "left 1250.0, right 1240.0"),
        ),
        Case(
            "formula-with-another-value",
            swap(CURATION, "1250.0", "1249.0"),
            (CURATION, district, "gbkg:computedValue", "found '1249.0', expected 1250.0"),
        ),
        Case(
            "formula-of-an-unknown-claim",
            swap(CURATION, "{gazette.reed-bank-tea-houses}", "{gazette.reed-bank-tea-house}"),
            (CURATION, district, "found 'gazette.reed-bank-tea-house'", "did you mean gazette.reed-bank-tea-houses"),
        ),
        Case(
            "formula-that-divides-by-zero",
            swap(CURATION, "{gazette.yard-floor-area} >", "{gazette.yard-floor-area} / 0 >"),
            (CURATION, "cur:check-floor-area", "divides by zero", "found '{gazette.yard-floor-area} / 0 > 60000'"),
        ),
        Case(
            "formula-of-a-relation",
            swap(CURATION, "{gazette.yard-floor-area} >", "{gazette.yard-operator} >"),
            (CURATION, "cur:check-floor-area", "a claim that has none", "found '{gazette.yard-operator} > 60000'"),
        ),
        Case(
            "formula-about-other-claims",
            swap(CURATION, "gbkg:concerns clm:gazette.yard-floor-area", "gbkg:concerns clm:gazette.masters"),
            (CURATION, "cur:check-floor-area", "found 'gazette.masters, gazette.yard-floor-area'"),
        ),
        Case(
            "curation-of-an-unknown-entity",
            swap(CURATION, "id:lantern-quarter, id:reed-bank", "id:lantern-quarter, id:reed-bnk"),
            (CURATION, "found 'id:reed-bnk'", "did you mean id:reed-bank"),
        ),
        Case(
            "curation-of-an-unknown-claim",
            swap(CURATION, "clm:gazette.fair-by-association", "clm:gazette.fare-by-association"),
            (CURATION, "found 'clm:gazette.fare-by-association'", "did you mean clm:gazette.fair-by-association"),
        ),
        Case(
            "curation-without-a-reason",
            swap(CURATION, "The gazette calls the one the other district.", "So."),
            (f"{CURATION}:45: cur:identity-quarter-and-reed-bank rdfs:comment: ", "found 'So.'"),
            shapes=True,
        ),
        Case(
            "entity-that-no-claim-speaks-of",
            swap("data/entities.tsv", "tea-harbour\t", "tea-anchor\tCity\tTea Anchor\tNobody names it.\ntea-harbour\t"),
            ("data/entities.tsv:13: id:tea-anchor: ",),
            shapes=True,
        ),
        Case(
            "class-unknown",
            swap("data/entities.tsv", "\tUniversity\t", "\tUniverstiy\t"),
            ("data/entities.tsv:14:type: ", "found 'Universtiy'", "did you mean University?"),
        ),
        Case(
            "mapping-of-an-unknown-entity",
            swap("data/mappings.sssom.tsv", "id:tea-harbour", "id:tea-harbor"),
            ("data/mappings.sssom.tsv:2:subject_id: no such entity; found 'id:tea-harbor'", "did you mean tea-harbour"),
        ),
        Case(
            "verdict-partly",
            swap(review, "e0fc96be9c2d-5bdd05\tsupported\tsupported", "e0fc96be9c2d-5bdd05\tsupported\tpartly"),
            (f"{review}:2:verdict: ", "found 'partly', expected supported"),
        ),
        Case(
            "review-of-an-unknown-claim",
            swap(review, "almanac.harbour-name\t", "almanac.harbour-nam\t"),
            (f"{review}:3:claim: no such claim; found 'almanac.harbour-nam'", "did you mean almanac.harbour-name"),
        ),
        Case(
            "count-out-of-bounds",
            swap(bounds, "City = [1, 1]", "City = [2, 3]"),
            (bounds, "number of City; found '1', expected 2 to 3"),
        ),
        Case(
            "bounds-not-a-pair", swap(bounds, "City = [1, 1]", "City = 1"), (bounds, "City", "expected [least, most]")
        ),
        Case("bounds-of-nothing", swap(bounds, "City =", "Citty ="), (bounds, "found 'Citty'", "did you mean City?")),
        Case(
            "bounds-not-toml",
            swap(bounds, "City = [1, 1]", "City = [1, 1"),
            (f"{bounds}: not TOML: ", "line 10, column 1"),
            code=2,
        ),
    ]


def lines() -> list[Case]:
    """Faults that are found in one place and stand in another."""
    return [
        Case(
            "place-of-a-second-passage",
            cells("alliance-by-association", 1, quote="it has joined hands in the Delta Tea Alliances"),
            (f"{GAZETTE}:18:quote: claim alliance-by-association",),
            documents=True,
        ),
        Case(
            "place-of-a-formula",
            swap(CURATION, "1250.0", "1249.0"),
            (f"{CURATION}:19: cur:inconsistency-districts: ",),
        ),
        Case(
            "place-of-a-curation-of-nobody",
            swap(CURATION, "id:lantern-quarter, id:reed-bank", "id:lantern-quarter, id:reed-bnk"),
            (f"{CURATION}:45: cur:identity-quarter-and-reed-bank", "found 'id:reed-bnk'"),
        ),
        Case(
            "place-of-bounds",
            swap("data/expected.toml", "City = [1, 1]", "City = [2, 3]"),
            ("data/expected.toml:9: number of City",),
        ),
        Case(
            "place-of-a-source",
            swap("data/sources.ttl", '    dcterms:title "茶港年鉴（2018年）" ;\n', ""),
            ("data/sources.ttl", "src:almanac dcterms:title: "),
            shapes=True,
        ),
        Case(
            "place-of-a-claim-made-twice",
            cells(
                "fund-topic",
                source="almanac",
                subject="tea-harbour",
                predicate="alias",
                object="叶港",
                quote="茶港市属上苇省，又称“叶港”",
                start="22",
            ),
            ("data/claims/almanac.tsv:11: clm:almanac.fund-topic", "clm:almanac.harbour-name"),
        ),
    ]


def unforeseen() -> list[Case]:
    """Faults that might end in a traceback or not be seen at all."""
    return [
        Case(
            "formula-with-a-huge-result",
            swap(CURATION, "{gazette.yard-floor-area} >", "{gazette.yard-floor-area} * 10000000000000000000000000 >"),
            (CURATION, "cur:check-floor-area"),
        ),
        Case(
            "offset-of-5000-digits",
            cells("yard-operator", start="9" * 5000),
            (f"{GAZETTE}:24:start: ",),
        ),
        Case(
            "check-that-selects-no-focus",
            check("SELECT ?s WHERE { ?s a ?class }"),
            ("ontology/checks/own-violation.rq: ", "?focus"),
        ),
        Case(
            "check-that-selects-nothing",
            check("ASK { ?s a ?class }"),
            ("ontology/checks/own-violation.rq: ", "SELECT"),
        ),
        Case(
            "period-backwards",
            cells("masters", as_of="2018/2015"),
            (f"{GAZETTE}:13:as_of: ", "found '2018/2015'"),
        ),
        Case(
            "period-to-a-month-of-no-year",
            cells("masters", as_of="2015/--05"),
            (f"{GAZETTE}:13:as_of: ", "found '2015/--05'"),
        ),
        Case(
            "bounds-not-numbers",
            swap("data/expected.toml", "City = [1, 1]", "City = [true, true]"),
            ("data/expected.toml", "City", "expected [least, most]"),
        ),
        Case(
            "day-of-a-mapping",
            swap("data/mappings.sssom.tsv", "2018-12-31", "2018-13-45"),
            ("data/mappings.sssom.tsv:2:mapping_date: ", "found '2018-13-45'"),
        ),
    ]


CASES = [*tables(), *rows(), *quotations(), *graphs(), *lines(), *unforeseen()]


def parameter(case: Case) -> object:
    marks = [pytest.mark.xfail(strict=True, reason=case.bug)] if case.bug else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.fixture(scope="module")
def plain_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of the mini project with a single shape of its own; not to be changed."""
    folder = tmp_path_factory.mktemp("plain")
    project = shutil.copytree(MINI, folder / "mini")
    shapes("", "")(project)
    build.run(Project(project), folder / "out", build.Settings(project / "documents"))
    return folder / "out"


@pytest.mark.parametrize("case", [parameter(case) for case in CASES])
def test_fault(case: Case, mini: Path, mini_build: Path, plain_build: Path, tmp_path: Path, run_here: Run) -> None:
    if not case.shapes:
        shapes("", "")(mini)
    case.change(mini)
    former = mini_build if case.shapes else plain_build
    out = shutil.copytree(former, tmp_path / "out", symlinks=True)
    ended = run_here("build", "--out", out, *(["--sources", "documents"] if case.documents else []), cwd=mini)
    assert ended.returncode == case.code, ended.stderr
    assert ended.stdout == ""
    assert any(in_order(line, case.says) for line in ended.stderr.splitlines()), ended.stderr
    assert contents(out) == contents(former)


def in_order(line: str, pieces: tuple[str, ...]) -> bool:
    """Whether the line has all pieces, one after the other."""
    at = 0
    for piece in pieces:
        at = line.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if not path.name.startswith(".")}


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 80


@pytest.fixture
def plain(mini: Path) -> Path:
    """The mini project with a single shape, which is quick."""
    shapes("", "")(mini)
    return mini


# ---- Nothing but the fault


def test_a_faulty_claim_is_not_called_unknown_by_its_review(plain: Path, run_here: Run) -> None:
    cells("tea-houses", source="almanac", unit="compny")(plain)
    assert "data/review.tsv" not in run_here("build", cwd=plain).stderr


def test_a_wrong_date_is_printed_once(plain: Path, run_here: Run) -> None:
    cells("tea-houses", as_of="Sep-19")(plain)
    assert run_here("build", cwd=plain).stderr.count("Sep-19") == 1


def test_a_forbidden_operation_is_told_in_the_words_of_the_formula(plain: Path, run_here: Run) -> None:
    swap(CURATION, "{gazette.yard-floor-area} >", "{gazette.yard-floor-area} ** 2 >")(plain)
    assert "_0" not in run_here("build", cwd=plain).stderr


def test_there_may_be_none_of_a_class(plain: Path, run_here: Run) -> None:
    swap("data/expected.toml", "City = [1, 1]", "Person = [0, 2]")(plain)
    assert run_here("build", cwd=plain).returncode == 0


def test_an_empty_table_is_one_fault(plain: Path, run_here: Run) -> None:
    (plain / "data" / "readings" / "gazette.tsv").write_text("")
    assert run_here("build", cwd=plain).stderr.count("data/readings/gazette.tsv") == 1


# ---- Several faults, warnings, and other commands


def test_two_faults_of_tables_come_out_in_one_run(plain: Path, run_here: Run) -> None:
    cells("tea-houses", as_of="2018-13")(plain)
    swap("data/readings/gazette.tsv", "opinion\t", "opinoin\t")(plain)
    ended = run_here("build", cwd=plain)
    assert f"{GAZETTE}:7:as_of: " in ended.stderr
    assert "data/readings/gazette.tsv:8:reason: " in ended.stderr
    assert ended.stderr.endswith("gbkg: 2 violations; outputs left as they were\n")


def test_two_faults_of_one_row_come_out_in_one_run(plain: Path, run_here: Run) -> None:
    cells("tea-houses", as_of="2018-13", unit="compny")(plain)
    ended = run_here("build", cwd=plain)
    assert f"{GAZETTE}:7:as_of: " in ended.stderr
    assert f"{GAZETTE}:7:unit: " in ended.stderr


def test_faults_of_different_gates_come_out_in_one_run(plain: Path, run_here: Run) -> None:
    cells("yard-operator", start="1197")(plain)
    swap(CURATION, "1250.0", "1249.0")(plain)
    swap("data/expected.toml", "City = [1, 1]", "City = [2, 3]")(plain)
    ended = run_here("build", "--sources", "documents", cwd=plain)
    for words in (f"{GAZETTE}:24:quote: ", "gbkg:computedValue", "number of City"):
        assert words in ended.stderr


def test_shapes_of_ones_own_conform_when_nothing_is_wrong_with_them(plain: Path, run_here: Run) -> None:
    assert run_here("build", cwd=plain).returncode == 0


def test_a_changed_claim_makes_its_review_a_warning(plain: Path, run_here: Run) -> None:
    swap("data/review.tsv", "e0fc96be9c2d", "000000000000")(plain)
    ended = run_here("build", cwd=plain)
    assert ended.returncode == 0
    assert "warning: data/review.tsv:2:digest: the claim has changed" in ended.stderr
    assert "data/review.tsv:2:digest" in (plain / "build" / "report.json").read_text(encoding="utf-8")


def test_a_folder_that_is_no_project(tmp_path: Path, run_here: Run) -> None:
    ended = run_here("--project", tmp_path, "build", "--out", tmp_path / "out")
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"gbkg: {tmp_path}: not a gbkg project (a project has data/sources.ttl")
    assert not (tmp_path / "out").exists()


def test_verify_finds_a_misquotation(mini: Path, run_here: Run) -> None:
    cells("yard-operator", quote="Kettle Works Co., Ltd. runs Lantern Yaxd")(mini)
    ended = run_here("verify", "--sources", "documents", cwd=mini)
    assert ended.returncode == 1
    assert f"{GAZETTE}:24:quote: " in ended.stderr


def test_lock_asks_which_of_several_places_is_meant(mini: Path, run_here: Run) -> None:
    cells("quarter-oldest", quote="the Lantern Quarter", start="")(mini)
    ended = run_here("lock", "--sources", "documents", cwd=mini)
    assert ended.returncode == 1
    assert f"{GAZETTE}:5:quote: quotation stands 3 times" in ended.stderr
    assert "it stands at 246, 396, 1131" in ended.stderr


def test_lock_tells_where_a_quotation_leaves_the_document(mini: Path, run_here: Run) -> None:
    cells("quarter-oldest", quote="the Lantern Kwarter", start="")(mini)
    ended = run_here("lock", "--sources", "documents", cwd=mini)
    assert ended.returncode == 1
    assert f"{GAZETTE}:5:quote: quotation is not in the document" in ended.stderr
    assert "the document goes on 'Quarter" in ended.stderr
    assert "offset 258" in ended.stderr


def test_lock_puts_a_wrong_offset_right(mini: Path, run_here: Run) -> None:
    before = (mini / GAZETTE).read_bytes()
    cells("yard-operator", start="1")(mini)
    ended = run_here("lock", "--sources", "documents", cwd=mini)
    assert (ended.returncode, ended.stdout) == (0, f"changed {GAZETTE}\n")
    assert (mini / GAZETTE).read_bytes() == before


def test_lock_puts_quotations_into_the_characters_of_the_document(mini: Path, run_here: Run) -> None:
    before = (mini / GAZETTE).read_bytes()
    plain = before.decode().replace("“", '"').replace("”", '"').replace("’", "'").replace("\u00a0", " ")
    (mini / GAZETTE).write_bytes(plain.encode())
    assert run_here("lock", "--sources", "documents", cwd=mini).returncode == 0
    locked = (mini / GAZETTE).read_text(encoding="utf-8")
    for words in ("also called “the Leaf Circle”", "the city’s tea trade came to 15.8\u00a0million yuan"):
        assert words in locked


# ---- Where quotations stand


def appended(folder: Path, words: str) -> int:
    """Words at the end of a document, which is registered anew and set aside there as unread; their offset."""
    path, registry = folder / "documents" / "the-leaf-comes-home.txt", folder / "data" / "sources.ttl"
    former = path.read_bytes()
    before = former.decode("utf-8").rstrip() + "\n"
    after = f"{before}{words}\n".encode()
    path.write_bytes(after)
    text = registry.read_text(encoding="utf-8")
    text = text.replace(sha256(former).hexdigest(), sha256(after).hexdigest())
    registry.write_text(text.replace(f" {len(former.decode())} ", f" {len(after.decode())} "), encoding="utf-8")
    with (folder / "data" / "readings" / "gazette.tsv").open("a", encoding="utf-8") as table:
        table.write(f"unread\t{len(before)}\t{len(before) + len(words)}\t{words}\t\n")
    return len(before)


def further_passage(folder: Path, quote: str, start: int) -> None:
    """Another passage of a claim."""
    table = folder / GAZETTE
    lines = table.read_text(encoding="utf-8").split("\n")
    columns = lines[0].split("\t")
    row = ["yard-operator", *("" for _ in columns[1:])]
    row[columns.index("quote")], row[columns.index("start")] = quote, str(start)
    at = next(number for number, line in enumerate(lines) if line.startswith("yard-operator\t")) + 1
    table.write_text("\n".join([*lines[:at], "\t".join(row), *lines[at:]]), encoding="utf-8")


def test_a_quotation_that_cuts_a_character_is_refused_everywhere(mini: Path, run_here: Run) -> None:
    at = appended(mini, "The Cafe\u0301 grew.")
    assert run_here("verify", "--sources", "documents", cwd=mini).returncode == 0
    further_passage(mini, "The Cafe", at)
    for command in ("build", "verify"):
        ended = run_here(command, "--sources", "documents", cwd=mini)
        assert ended.returncode == 1
        assert "quotation has only a part of the character 'e\u0301' of gazette; found 'The Cafe'" in ended.stderr
        assert ended.stderr.count("violation: ") == 1
    ended = run_here("lock", "--sources", "documents", cwd=mini)
    assert ended.returncode == 1
    assert "quotation is not in the document; found 'The Cafe'" in ended.stderr
    assert run_here("find-quote", "gazette", "The Cafe", "--sources", "documents", cwd=mini).returncode == 1
    ended = run_here("find-quote", "gazette", "The Café", "--sources", "documents", cwd=mini)
    assert ended.stdout.startswith(f"{at}\t{at + 9}\tThe Cafe\u0301\t")


def test_a_quotation_that_begins_inside_a_character_is_refused_without_the_document(mini: Path, run_here: Run) -> None:
    further_passage(mini, "\u0301 grew", 5)
    ended = run_here("build", cwd=mini)
    assert ended.returncode == 1
    assert ended.stderr.count("violation: ") == 1
    assert "quote: begins inside a character" in ended.stderr


def test_lock_refuses_what_a_build_refuses(mini: Path, run_here: Run) -> None:
    at = appended(mini, "The quay grew by much.")
    further_passage(mini, "The quay … much.", at)
    for command in ("build", "lock"):
        ended = run_here(command, "--sources", "documents", cwd=mini)
        assert ended.returncode == 1
        assert ended.stderr.count("violation: ") == 1
        assert "(a claim's quotation leaves nothing out; make two passages of it)" in ended.stderr


def test_lock_finds_words_however_they_are_printed_and_stores_them_so(mini: Path, run_here: Run) -> None:
    printed = "The ‘ﬁrst’ quay\u00a0–\u2009block\u00adchain’s  Ｔｅａ Cafe\u0301 – grew."
    at = appended(mini, printed)
    further_passage(mini, "The 'first' quay - blockchain's Tea Café - grew.", 1)
    assert run_here("lock", "--sources", "documents", cwd=mini).returncode == 0
    assert f"\t{printed}\t{at}\t" in (mini / GAZETTE).read_text(encoding="utf-8")
    assert run_here("build", "--sources", "documents", cwd=mini).returncode == 0


@pytest.mark.parametrize("start", ["", "x"])
def test_a_claim_without_offset_is_one_finding(start: str, mini: Path, run_here: Run) -> None:
    cells("tea-trade", start=start)(mini)
    for command in ("build", "verify"):
        ended = run_here(command, "--sources", "documents", cwd=mini)
        assert ended.returncode == 1
        assert [line.partition("; ")[0] for line in ended.stderr.splitlines() if "violation: " in line] == [
            f"violation: {GAZETTE}:10:start: {'not an offset' if start else 'no offset'}"
        ]
