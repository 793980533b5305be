"""The table of entities."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gbkg.claims.vocabulary import Vocabulary, near
from gbkg.core import tables
from gbkg.core.errors import Finding
from gbkg.core.prefixes import is_slug
from gbkg.core.project import Project
from gbkg.core.records import Entity

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
    rows: Iterable[tables.Row], tongues: Iterable[str], vocabulary: Vocabulary
) -> tuple[dict[str, Entity], list[Finding]]:
    """The entities of rows, by slug, and their faults; `tongues` are the columns of labels in other languages."""
    findings: list[Finding] = []
    entities: dict[str, Entity] = {}
    labels: dict[tuple[str, str], str] = {}
    last = ""
    for row in rows:
        slug, type_, label = row["id"], row["type"], row["label"]

        def fault(column: str, message: str, expected: str = "", hint: str = "", row: tables.Row = row) -> None:
            findings.append(row.finding(column, message, expected, hint))

        if not is_slug(slug):
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
