"""The table of entities and the table of their identifiers elsewhere (SSSOM)."""

from __future__ import annotations

import re
from datetime import date

from gbkg import names, tables
from gbkg.inputfiles import there
from gbkg.model import Entity, Finding, Mapping
from gbkg.project import Project
from gbkg.vocabulary import Vocabulary, near

COLUMNS = ("id", "type", "label", "description")
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
_SENTENCE = re.compile(r"[.!?。！？؟।]$")
_ABBREVIATED = re.compile(r"\b[A-Z][A-Za-z]{0,3}\.$")
"""A word such as Ltd. at the end of a name."""
_PREDICATES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")


def read(project: Project, vocabulary: Vocabulary) -> tuple[dict[str, Entity], list[Finding]]:
    """The entities by slug, sorted, and the faults of `data/entities.tsv`."""
    rows, findings = tables.read(project, project.data / "entities.tsv", COLUMNS)
    entities: dict[str, Entity] = {}
    labels: dict[tuple[str, str], str] = {}
    last = ""
    for row in rows:
        slug, type_, label = row["id"], row["type"], row["label"]

        def fault(column: str, message: str, expected: str = "", hint: str = "", row: tables.Row = row) -> None:
            findings.append(
                Finding("tables", message, row.place.file, row.place.line, column, row[column], expected, hint)
            )

        if not names.SLUG.fullmatch(slug):
            fault("id", "not an id", "lower-case words joined by hyphens")
        elif slug in entities:
            fault("id", "id is already taken", hint=f"first used in line {entities[slug].place.line}")
        elif slug < last:
            fault("id", "out of order", f"an id after {last!r}")
        last = slug
        if not vocabulary.is_a(type_, "Entity"):
            fault("type", "no such class of entities", hint=near(type_, vocabulary.entity_classes))
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
        if names.SLUG.fullmatch(slug) and type_.isalnum():  # else they make no IRI, and nothing can be put together
            entities.setdefault(slug, Entity(slug, type_, label, row["description"], row.place))
    return entities, findings


def mappings(project: Project, entities: dict[str, Entity]) -> tuple[list[Mapping], list[Finding]]:
    """The rows of `data/mappings.sssom.tsv`, if there is such a file, as IRIs; and its faults."""
    path = project.data / "mappings.sssom.tsv"
    if not there(path):
        return [], []
    rows, findings = tables.read(project, path, MAPPING_COLUMNS)
    found: dict[tuple[str, str], Mapping] = {}
    for row in rows:
        before = len(findings)

        def fault(column: str, message: str, expected: str = "", hint: str = "", row: tables.Row = row) -> None:
            findings.append(
                Finding("tables", message, row.place.file, row.place.line, column, row[column], expected, hint)
            )

        slug = row["subject_id"].removeprefix("id:")
        if slug not in entities:
            fault("subject_id", "no such entity", hint=near(slug, entities))
        elif row["subject_label"] != entities[slug].label:
            fault("subject_label", "not the entity's label", repr(entities[slug].label))
        if row["predicate_id"] not in _PREDICATES:
            fault("predicate_id", "not a mapping property", " | ".join(_PREDICATES))
        target = names.expand(row["object_id"])
        if target is None:
            fault("object_id", "not an identifier", "prefix:code with a prefix of names.PREFIXES")
        if not re.fullmatch(r"semapv:[A-Z][A-Za-z]+", row["mapping_justification"]):
            fault("mapping_justification", "not a justification", "a semapv: term")
        if not _is_date(row["mapping_date"]):
            fault("mapping_date", "not a date", "YYYY-MM-DD")
        if (slug, row["object_id"]) in found:
            fault("object_id", "mapped twice", hint=f"first in line {found[slug, row['object_id']].place.line}")
        if len(findings) == before and target is not None:
            predicate = names.expand(row["predicate_id"])
            assert predicate is not None
            mapping = Mapping(names.entity(slug), predicate, target, row.cells, row.place)
            found[slug, row["object_id"]] = mapping
    return list(found.values()), findings


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False
