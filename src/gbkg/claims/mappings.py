"""The mapping set: identifiers of entities elsewhere, as SSSOM (https://mapping-commons.github.io/sssom/spec-intro/).

The table is `data/mappings.sssom.tsv`. Its metadata (licence, prefixes) are in `data/mappings.sssom.yml`, in SSSOM's
external metadata mode.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import yaml
from pyoxigraph import NamedNode

from gbkg.claims.vocabulary import near
from gbkg.core import tables
from gbkg.core.errors import Finding, ParseError
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import PREFIXES, full
from gbkg.core.project import Project
from gbkg.core.records import Entity, Mapping
from gbkg.core.terms import term

COLUMNS = (
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


def read(project: Project, entities: dict[str, Entity]) -> tuple[list[Mapping], list[Finding]]:
    """Read the mapping set: the mappings, and the faults of table and metadata. There may be no table.

    Raises `ParseError` when the metadata are not YAML.
    """
    path = project.data / "mappings.sssom.tsv"
    if not there(path):
        return [], []
    rows, findings = tables.read(project, path, COLUMNS)
    prefixes, faults = _prefixes(project)
    findings += faults
    found: dict[tuple[str, str], Mapping] = {}
    exact: dict[str, str] = {}
    for row in rows:
        before = len(findings)

        def fault(column: str, message: str, expected: str = "", hint: str = "", row: tables.Row = row) -> None:
            findings.append(row.finding(column, message, expected, hint))

        slug = row["subject_id"].removeprefix("id:")
        if slug not in entities:
            fault("subject_id", "no such entity", hint=near(slug, entities))
        elif row["subject_label"] != entities[slug].label:
            fault("subject_label", "not the entity's label", repr(entities[slug].label))
        if row["predicate_id"] not in _PREDICATES:
            fault("predicate_id", "not a mapping property", " | ".join(_PREDICATES))
        target = full(row["object_id"])
        if target is None:
            hint = near(row["object_id"].partition(":")[0], PREFIXES)
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
                    fault(column, "not an identifier", expected, near(prefix, prefixes))
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
    """The prefixes that the metadata declare, None if they cannot be read; and the faults of the metadata."""
    shown = f"data/{METADATA}"
    given = _metadata(project)
    lacking = [key for key in _DEMANDED if not given.get(key)]
    if lacking:
        message = "the mapping set lacks metadata that SSSOM demands"
        return None, [Finding("tables", message, shown, found=", ".join(lacking), expected=", ".join(_DEMANDED))]
    prefixes = given["curie_map"]
    if not isinstance(prefixes, dict) or not all(isinstance(iri, str) for iri in prefixes.values()):
        return None, [Finding("tables", "curie_map is no map of prefixes to IRIs", shown, found=str(prefixes))]
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
