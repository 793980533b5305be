"""Writing a project of generated documents, and changing, adding and removing one of them.

The files of a project grow document by document and are written as a stream; in memory are the rows of entities, one
for ten claims. What stands in a file of all documents about one of them is a block of lines that begins with its name.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from corpus.articles import page
from corpus.draft import Fault
from corpus.faults import Round, plant
from corpus.issue import SIZE
from corpus.page import COLUMNS, READING_COLUMNS, Entity, Page, Row
from gbkg.core.project import CORE

_SHIPPED = Path(__file__).resolve().parents[2]
_PREFIXES = """\
@prefix clm: <https://w3id.org/gbkg/claim/> .
@prefix cur: <https://w3id.org/gbkg/curation/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix gbkg: <https://w3id.org/gbkg/ontology#> .
@prefix id: <https://w3id.org/gbkg/id/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix psg: <https://w3id.org/gbkg/passage/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix src: <https://w3id.org/gbkg/source/> .
@prefix void: <http://rdfs.org/ns/void#> .
"""
_DATASET = """
<https://w3id.org/gbkg/dataset> a void:Dataset, dcat:Dataset ;
    dcterms:title "Generated documents, seed {seed}"@en ;
    dcterms:description "Invented organizations, parks and numbers, to measure gbkg with."@en ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcterms:conformsTo <https://w3id.org/gbkg/ontology> .
"""
_SOURCE = """
src:{source} a gbkg:Source ;
    dcterms:title "{title}" ;
    gbkg:notStated dcterms:creator, dcterms:publisher, dcterms:issued ;
    gbkg:language "en" ;
    gbkg:length {length} ;
    gbkg:sha256 "{digest}" ;
    skos:note "Generated page with its furniture; no translation. Edition {edition}." .
"""
_BLOCK = "\n# ---- {source}\n\n"
_BEGIN = re.compile(r"^(?:src:|# ---- )(article-\d{6,})", re.M)
_SEED = re.compile(r'dcterms:title "Generated documents, seed (-?\d+)"')


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a project has."""

    documents: int
    entities: int
    claims: int
    statistics: int


@dataclass(frozen=True, slots=True)
class Planted:
    """What a generated project has, and the faults in it with the findings that they lead to."""

    sizes: Sizes
    faults: tuple[Fault, ...] = ()


def generate(folder: Path, documents: int, seed: int = 0, faults: Round | None = None, each: int = 1) -> Planted:
    """Writes a project of so many documents; with `faults`, plants so many of each kind of that round in it.

    Raises what `write` raises.
    """
    sizes = write(folder, documents, seed)
    return Planted(sizes, tuple(plant(folder, faults, each, seed)) if faults else ())


def write(folder: Path, documents: int, seed: int) -> Sizes:
    """Writes `folder`/project and `folder`/documents with so many documents. Raises `FileExistsError` when either is
    there and not empty, and `ValueError` without documents."""
    if documents < 1:
        raise ValueError(f"{documents} documents: a project has at least one")
    data, texts = _data(folder), folder / "documents"
    for taken in (data, texts):
        if taken.exists() and any(taken.iterdir()):
            raise FileExistsError(f"{taken} is not empty; choose a new folder or remove it")
    for new in (data / "claims", data / "readings", texts):
        new.mkdir(parents=True, exist_ok=True)
    _write_ontology(folder / "project" / "ontology")
    entities: dict[str, Entity] = {}
    sizes: Counter[str] = Counter()
    with _new(data / "sources.ttl") as register, _new(data / "curation.ttl") as curation:
        register.write(_PREFIXES)
        curation.write(_PREFIXES)
        for number in range(documents):
            made = page(seed, number)
            _write_page(folder, made)
            register.write(_registered(made, 0))
            curation.write(_curated(made))
            entities |= made.entities
            sizes += _count(made)
    _write_entities(data, entities.values())
    (data / "dataset.ttl").write_text(_PREFIXES + _DATASET.format(seed=seed), encoding="utf-8", newline="\n")
    counted = Sizes(documents, len(entities), sizes["claims"], sizes["statistics"])
    _write_expected(data, counted)
    return counted


def _write_ontology(folder: Path) -> None:
    """The terms of the shipped project, of which the documents use some: unused ones are no fault here."""
    (folder / "checks").mkdir(parents=True, exist_ok=True)
    for name in ("economy.ttl", "indicators.ttl"):
        shutil.copyfile(_SHIPPED / "ontology" / name, folder / name)
    shutil.copyfile(Path(__file__).with_name("shapes.ttl"), folder / "shapes.ttl")
    for name in ("term-unused", "indicator-unused", "unit-unused"):
        title, *rest = (
            (CORE / "checks" / f"{name}-violation.rq").read_text("utf-8").rstrip().removesuffix("}").split("\n")
        )
        lines = [title, "#+ replaces: the documents use some of the shipped project's terms", *rest]
        lines[-1] += "  FILTER NOT EXISTS { ?focus skos:definition ?said }\n}\n"
        (folder / "checks" / f"{name}-violation.rq").write_text("\n".join(lines), encoding="utf-8", newline="\n")


def change(folder: Path, number: int, seed: int) -> None:
    """Puts edition `seed` in the place of a document: it makes the same claims in other words, with other numbers.

    Raises `KeyError` when the project has no such document.
    """
    data, made = _data(folder), page(_seed(folder), number, seed)
    _edit(data / "sources.ttl", made.source, lambda _: _registered(made, seed))
    _edit(data / "curation.ttl", made.source, lambda _: _curated(made), missing="add")
    _write_page(folder, made)


def add(folder: Path, seed: int) -> int:
    """Adds a document after the last one, in edition `seed`; returns its number."""
    data, register = _data(folder), (_data(folder) / "sources.ttl").read_text(encoding="utf-8")
    number = max(int(name.rpartition("-")[2]) for name in _BEGIN.findall(register)) + 1
    made = page(_seed(folder), number, seed)
    for name, block in (("sources.ttl", _registered(made, seed)), ("curation.ttl", _curated(made))):
        with (data / name).open("a", encoding="utf-8", newline="\n") as file:
            file.write(block)
    _write_page(folder, made)
    entities = {entity.slug: entity for entity in _read_entities(data)}
    before = len(entities)
    entities |= made.entities
    _write_entities(data, entities.values())
    _grow(data, made, len(entities) - before, 1)
    return number


def remove(folder: Path, number: int) -> None:
    """Removes a notice, its claims, readings and entities, and what the curators say of it.

    Raises `ValueError` for a survey, whose entities other documents speak of, and `KeyError` when the project has no
    such document.
    """
    if number % SIZE == 0:
        raise ValueError(f"document {number} is a survey: others lean on it; remove one that is no multiple of {SIZE}")
    data, made = _data(folder), page(_seed(folder), number)
    _edit(data / "sources.ttl", made.source, lambda _: "")
    _edit(data / "curation.ttl", made.source, lambda _: "", missing="skip")
    for path in (*_tables(data, made.source), folder / "documents" / f"{made.source}.txt"):
        path.unlink()
    _write_entities(data, (entity for entity in _read_entities(data) if entity.slug not in made.entities))
    _grow(data, made, -len(made.entities), -1)


def _write_page(folder: Path, made: Page) -> None:
    claims, readings = _tables(_data(folder), made.source)
    _write(folder / "documents" / f"{made.source}.txt", made.text)
    _write(claims, _table(COLUMNS, made.claims))
    _write(readings, _table(READING_COLUMNS, made.readings))


def _tables(data: Path, name: str) -> tuple[Path, Path]:
    return data / "claims" / f"{name}.tsv", data / "readings" / f"{name}.tsv"


def _table(columns: tuple[str, ...], rows: Iterable[Row]) -> str:
    """A table as text; no cell of a generated document has a tab, a line feed or a backslash to be escaped."""
    lines = ["\t".join(columns), *("\t".join([row.get(column, "") for column in columns]) for row in rows)]
    return "\n".join(lines) + "\n"


def _registered(made: Page, edition: int) -> str:
    text = made.text
    digest = sha256(text.encode()).hexdigest()
    return _SOURCE.format(source=made.source, title=made.title, length=len(text), digest=digest, edition=edition)


def _curated(made: Page) -> str:
    return _BLOCK.format(source=made.source) + "\n".join(made.curation) if made.curation else ""


def _edit(path: Path, name: str, put: Callable[[str], str], missing: str = "fail") -> None:
    """Puts another block in the place of the one about a document; without one `missing` says what to do."""
    text = path.read_text(encoding="utf-8")
    starts = [(match.start(), match[1]) for match in _BEGIN.finditer(text)] + [(len(text) + 1, "")]
    for (start, found), (end, _) in pairwise(starts):
        if found == name:
            _write(path, text[: start - 1] + put(text[start - 1 : end - 1]) + text[end - 1 :])
            return
    if missing == "fail":
        raise KeyError(f"{path}: no document is called {name}")
    if missing == "add":
        _write(path, text + put(""))


def _read_entities(data: Path) -> list[Entity]:
    lines = (data / "entities.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [Entity(*line.split("\t")) for line in lines]


def _write_entities(data: Path, entities: Iterable[Entity]) -> None:
    rows = (asdict(entity) for entity in sorted(entities, key=lambda entity: entity.slug))
    table = _table(("slug", "type", "label", "description"), rows)
    _write(data / "entities.tsv", "id" + table.removeprefix("slug"))


def _count(made: Page) -> Counter[str]:
    return Counter(claims=sum("predicate" in row for row in made.claims), statistics=made.statistics)


def _write_expected(data: Path, sizes: Sizes) -> None:
    bounds = {"sources": sizes.documents, "entities": sizes.entities, "claims": sizes.claims}
    bounds["statistics"] = sizes.statistics
    _write(data / "expected.toml", "".join(f"{name} = [{n}, {n}]\n" for name, n in bounds.items()))


def _grow(data: Path, made: Page, entities: int, sign: int) -> None:
    """Puts the counts after one document more or less into the expected ones."""
    numbers = [int(n) for n in re.findall(r"\[(\d+),", (data / "expected.toml").read_text(encoding="utf-8"))]
    counted = _count(made)
    _write_expected(
        data,
        Sizes(
            numbers[0] + sign,
            numbers[1] + entities,
            numbers[2] + sign * counted["claims"],
            numbers[3] + sign * counted["statistics"],
        ),
    )


def _seed(folder: Path) -> int:
    found = _SEED.search((_data(folder) / "dataset.ttl").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{folder}: data/dataset.ttl names no seed, so this is no generated project")
    return int(found[1])


def _data(folder: Path) -> Path:
    return folder / "project" / "data"


def _new(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
