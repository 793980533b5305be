"""Schemas of what tools take and give (JSON Schema 2020-12, https://json-schema.org/draft/2020-12)."""

from __future__ import annotations

from typing import Any

from gbkg.mcp.notes import STATUSES
from gbkg.mcp.outcome import MOST, OUTCOMES, ROWS

Schema = dict[str, Any]


def text(description: str = "", **more: Any) -> Schema:
    return _said({"type": "string", **more}, description)


def number(description: str = "", **more: Any) -> Schema:
    return _said({"type": "integer", **more}, description)


def truth(description: str = "", **more: Any) -> Schema:
    return _said({"type": "boolean", **more}, description)


def choice(description: str, among: Any, **more: Any) -> Schema:
    return _said({"type": "string", "enum": list(among), **more}, description)


def several(of: Schema, description: str = "", **more: Any) -> Schema:
    return _said({"type": "array", "items": of, **more}, description)


def record(members: dict[str, Schema], required: Any = None, description: str = "", **more: Any) -> Schema:
    """An object with these members and no others; all of them are required if none are named."""
    wanted = list(members) if required is None else list(required)
    made = {"type": "object", "properties": members, "required": wanted, "additionalProperties": False, **more}
    return _said(made, description)


def _said(schema: Schema, description: str) -> Schema:
    return schema | ({"description": description} if description else {})


NAME = "an IRI, a prefixed name (id:…), an id, a label, an alias, or a part of a name that one entity alone has"
CURSOR = text("where a former answer says that there is more: its cursor", maxLength=40)
LIMIT = number("how many rows at most", minimum=1, maximum=MOST, default=ROWS)
CITED = several(number(), "numbers of `citations`; 1 is the first")
STATUS = choice(
    "stated: a source says it outright; implied: read out of what a source says; inferred: follows by rules; disputed: "
    "no claim of it is accepted and free of doubt; editorial: the curators say it, and no source does",
    STATUSES,
)
THING = record({"id": text(), "label": text()})
ANNOTATION = {
    "type": "object",
    "description": "a W3C Web Annotation: the claim as body, its quotations as targets with source, digest, offsets",
    "properties": {
        "id": text(),
        "type": {"const": "Annotation"},
        "motivation": text(),
        "body": {"type": "object"},
        "target": several({"type": "object", "required": ["id", "source", "selector"]}, minItems=0),
    },
    "required": ["@context", "id", "type", "target"],
}
DISPUTE_MEMBERS: dict[str, Schema] = {
    "name": text("cur:… of the curation"),
    "kind": text(),
    "heading": text(),
    "comment": text(),
    "outcome": text(),
    "printed": text("what a source prints, if it is a misprint"),
    "meant": text(),
    "lost": text("what is lost, if it is a gap"),
    "result": text("what the arithmetic says, if there is any"),
    "url": text(),
    "claims": several(record({"letter": text(), "statement": text(), "remarks": several(text()), "citations": CITED})),
    "moreClaims": number("how many claims of it are not listed"),
}
DISPUTE = record(DISPUTE_MEMBERS)
COMMON: dict[str, Schema] = {
    "version": text("of the graph: 16 hexadecimal digits"),
    "outcome": choice("whether something was found, and if not why", OUTCOMES),
    "message": text("if nothing was found: why, in a sentence"),
    "near": several(text(), "names near to one that is unknown, or all that have it"),
    "remarks": several(text(), "what a reader must know beside the answer"),
    "citations": several(ANNOTATION, "the evidence; rows refer to it by number"),
    "counterEvidence": several(
        record(
            {"bearing": choice("", ("in doubt", "compared")), "concerns": CITED, **DISPUTE_MEMBERS},
        ),
        "what the curators hold against the cited claims, or compare with them",
    ),
    "truncated": truth("whether there is more"),
    "cursor": text("give it back for what comes next; empty if there is no more"),
}


def output(members: dict[str, Schema]) -> Schema:
    """What a tool gives: its own members, which are left out when nothing was found, and those of every answer."""
    return record(members | COMMON, required=COMMON)


def arguments(members: dict[str, Schema], required: Any = ()) -> Schema:
    """What a tool takes."""
    return record(members, required=required)
