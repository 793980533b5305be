"""The table of entities, and the set of their identifiers elsewhere.

Identifiers are a mapping set of SSSOM (https://mapping-commons.github.io/sssom/spec-intro/). The table is
`data/mappings.sssom.tsv`. Its metadata (licence, prefixes) are in `data/mappings.sssom.yml`, in SSSOM's external
metadata mode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import yaml
from pyoxigraph import NamedNode

from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import tables
from gbkg.core.errors import Finding, ParseError, meant
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import PREFIXES, full, is_slug
from gbkg.core.project import Project
from gbkg.core.records import Entity, Mapping
from gbkg.core.terms import term

COLUMNS = ("id", "type", "label", "description")
_TONGUE = re.compile(r"label@[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_SENTENCE = re.compile(r"[.!?。！？؟।]$")
_ABBREVIATED = re.compile(r"\b[A-Z][A-Za-z]{0,3}\.$")
"""An abbreviation such as Ltd. at the end of a name."""


def is_label(column: str) -> bool:
    """Whether a column has labels in another language, such as `label@zh`."""
    return _TONGUE.fullmatch(column) is not None


def read(project: Project, vocabulary: Vocabulary) -> tuple[dict[str, Entity], list[Finding]]:
    """Read `data/entities.tsv`: the entities by slug, sorted, and the faults of the table. Columns such as `label@zh`
    have labels in other languages; a cell of theirs may be empty."""
    path = project.data / "entities.tsv"
    tongues = [name for name in project.text(path).partition("\n")[0].split("\t") if is_label(name)]
    rows, findings = tables.read(project, path, (*COLUMNS, *tongues))
    entities, faults = of_rows(rows, tongues, vocabulary)
    return entities, findings + faults


def of_rows(
    rows: Iterable[tables.TableRow], tongues: Iterable[str], vocabulary: Vocabulary
) -> tuple[dict[str, Entity], list[Finding]]:
    """The entities of rows, by slug, and their faults; `tongues` are the columns of labels in other languages."""
    findings: list[Finding] = []
    entities: dict[str, Entity] = {}
    labels: dict[tuple[str, str], str] = {}
    last = ""
    for row in rows:
        slug, type_, label = row["id"], row["type"], row["label"]

        def fault(column: str, message: str, expected: str = "", hint: str = "", row: tables.TableRow = row) -> None:
            findings.append(row.finding(column, message, expected, hint))

        if not is_slug(slug):
            fault("id", "not an id", "lower-case words joined by hyphens")
        elif slug in entities:
            fault("id", "id is already taken", hint=f"first used in line {entities[slug].place.line}")
        elif slug < last:
            fault("id", "out of order", f"an id after {last!r}")
        last = slug
        if not vocabulary.is_a(type_, "Entity"):
            fault("type", "no such class of entities", hint=meant(type_, vocabulary.entity_classes))
        if not label:
            fault("label", "no label", "a name")
        elif (label, type_) in labels:
            fault("label", "two entities of one class have this label", hint=f"the other is {labels[label, type_]}")
        if not row["description"] or row["description"].rstrip(".").lower() == label.lower():
            fault("description", "says nothing beyond the label", "what tells it from others")
        elif not _SENTENCE.search(row["description"]):
            fault("description", "not a sentence", "what tells it from others, with a full stop")
        if label != " ".join(label.split()):
            fault("label", "blanks at an end, or two together", repr(" ".join(label.split())))
        if _SENTENCE.search(label) and not _ABBREVIATED.search(label):
            fault("label", "a sentence, not a name", "a name", "label and description may have been exchanged")
        labels[label, type_] = slug
        others = tuple((name.partition("@")[2], row[name]) for name in sorted(tongues) if row[name])
        for tag, other in others:
            if other != " ".join(other.split()):
                fault(f"label@{tag}", "blanks at an end, or two together", repr(" ".join(other.split())))
            if (other, f"{type_}@{tag}") in labels:
                first = labels[other, f"{type_}@{tag}"]
                fault(f"label@{tag}", "two entities of one class have this label", hint=f"the other is {first}")
            labels[other, f"{type_}@{tag}"] = slug
        if is_slug(slug) and type_.replace(":", "", 1).isalnum():  # else they make no IRI
            entities.setdefault(slug, Entity(slug, type_, label, row["description"], row.place, others))
    return entities, findings


MAPPING_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "object_source",
    "object_source_version",
    "mapping_tool",
    "mapping_date",
    "comment",
)
RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
"""Relations between an entity and what an identifier stands for: properties of SKOS."""
_PREDICATES = tuple(f"skos:{name}" for name in RELATIONS)
METADATA = "mappings.sssom.yml"
_DEMANDED = ("mapping_set_id", "license", "curie_map")
_CURIES = ("subject_id", "predicate_id", "object_id", "mapping_justification", "object_source")
"""The columns that SSSOM calls entity references."""


def read_mappings(project: Project, entities: dict[str, Entity]) -> tuple[list[Mapping], list[Finding]]:
    """Read the mapping set: the mappings, and the faults of table and metadata. There may be no table.

    Raises `ParseError` when the metadata are not YAML.
    """
    path = project.data / "mappings.sssom.tsv"
    if not there(path):
        return [], []
    rows, findings = tables.read(project, path, MAPPING_COLUMNS)
    prefixes, faults = _prefixes(project)
    findings += faults
    found: dict[tuple[str, str], Mapping] = {}
    exact: dict[str, str] = {}
    for row in rows:
        before = len(findings)

        def fault(column: str, message: str, expected: str = "", hint: str = "", row: tables.TableRow = row) -> None:
            findings.append(row.finding(column, message, expected, hint))

        slug = row["subject_id"].removeprefix("id:")
        if slug not in entities:
            fault("subject_id", "no such entity", hint=meant(slug, entities))
        elif row["subject_label"] != entities[slug].label:
            fault("subject_label", "not the entity's label", repr(entities[slug].label))
        if row["predicate_id"] not in _PREDICATES:
            fault("predicate_id", "not a mapping property", " | ".join(_PREDICATES))
        target = full(row["object_id"])
        if target is None:
            hint = meant(row["object_id"].partition(":")[0], PREFIXES)
            fault("object_id", "not an identifier", "prefix:code with a prefix that gbkg knows", hint)
        if not re.fullmatch(r"semapv:[A-Z][A-Za-z]+", row["mapping_justification"]):
            fault("mapping_justification", "not a justification", "a semapv: term")
        if not _is_date(row["mapping_date"]):
            fault("mapping_date", "not a date", "YYYY-MM-DD")
        if prefixes is not None:
            for column in _CURIES:
                prefix, colon, code = row[column].partition(":")
                if not (colon and code) or prefix not in prefixes or re.search(r"\s", code):
                    expected = "prefix:code with a prefix of the curie_map"
                    fault(column, "not an identifier", expected, meant(prefix, prefixes))
        if row["predicate_id"] == "skos:exactMatch" and exact.setdefault(row["object_id"], slug) != slug:
            hint = "one identifier cannot be exactly two entities; say closeMatch or broadMatch of one"
            fault("object_id", f"is already the exact match of {exact[row['object_id']]}", hint=hint)
        if (slug, row["object_id"]) in found:
            fault("object_id", "mapped twice", hint=f"first in line {found[slug, row['object_id']].place.line}")
        if len(findings) == before and target is not None:
            predicate = term(row["predicate_id"])
            mapping = Mapping(entities[slug].iri, predicate, NamedNode(target), row.cells, row.place)
            found[slug, row["object_id"]] = mapping
    return list(found.values()), findings


def licence(project: Project) -> str:
    """The licence of the mapping set; "" if there is none."""
    return str(_metadata(project).get("license", ""))


def _prefixes(project: Project) -> tuple[dict[str, str] | None, list[Finding]]:
    """The prefixes that the metadata declare, None if they cannot be read_mappings; and the faults of the metadata."""
    shown = f"data/{METADATA}"
    given = _metadata(project)
    lacking = [key for key in _DEMANDED if not given.get(key)]
    if lacking:
        message = "the mapping set lacks metadata that SSSOM demands"
        return None, [Finding("tables", message, shown, found=", ".join(lacking), expected=", ".join(_DEMANDED))]
    prefixes = given["curie_map"]
    if not isinstance(prefixes, dict) or not all(isinstance(iri, str) for iri in prefixes.values()):
        return None, [Finding("tables", "curie_map is not a map of prefixes to IRIs", shown, found=str(prefixes))]
    other = [name for name, iri in prefixes.items() if PREFIXES.get(name, iri) != iri]
    message = "a prefix stands for something else elsewhere in gbkg"
    return prefixes, [
        Finding("tables", message, shown, found=f"{n}: {prefixes[n]}", expected=PREFIXES[n]) for n in other
    ]


def _metadata(project: Project) -> dict[str, Any]:
    path = project.data / METADATA
    if not there(path):
        return {}
    try:
        given = yaml.safe_load(project.text(path))
    except (yaml.YAMLError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        line = place.line + 1 if place else None
        raise ParseError("not YAML", file=f"data/{METADATA}", line=line) from error
    return given if isinstance(given, dict) else {}


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False
