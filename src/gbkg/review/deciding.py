"""Decisions on a proposal: accepted as it is or edited, rejected, skipped, and taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from gbkg.claims import rows
from gbkg.core import tables
from gbkg.core.errors import GbkgError
from gbkg.documents import passages
from gbkg.propose import table
from gbkg.propose.table import Proposal

_DIGEST = re.compile(r"-[0-9a-f]{8}$")
CLAIM = tuple(name for name in rows.COLUMNS if name != "id")
EDITABLE = {
    "reading": ("reason", "quote", "start", "end", "note"),
    "entity": ("subject", "type", "label", "language", "note"),
}
"""What can be edited of a proposal, by kind; of one that becomes a claim all of the claim's columns but its id."""


def editable(kind: str) -> tuple[str, ...]:
    """The columns that can be edited of a proposal of this kind, in the order of its table."""
    return EDITABLE.get(kind, CLAIM)


def edited(one: Proposal, cells: Mapping[str, str], text: str | None = None) -> Proposal:
    """The proposal with other cells; what they were before the first edit is kept with it. With the document's `text`,
    words that were quoted anew are found in it, those nearest to where the proposal was. Raises `GbkgError` for
    characters that no table may have."""
    changed = {
        name: cells[name].strip() for name in editable(one.kind) if name in cells and cells[name].strip() != one[name]
    }
    if "quote" in changed and text is not None and "start" not in changed:
        changed |= _found(one, changed["quote"], text)
    if not changed:
        return one
    for name, value in changed.items():
        if name not in tables.VERBATIM:
            _fit(value, f"{name}: ")
    was = former(one)
    was |= {name: one[name] for name in changed if name not in was}
    now = {**one.cells, **changed}
    was = {name: value for name, value in was.items() if now.get(name, "") != value}
    return replace(one, cells=_with(now, was))


def accepted(one: Proposal, by: str, why: str = "") -> Proposal:
    """The proposal, accepted. Raises `GbkgError` if the remark cannot stand in a table, as all decisions do."""
    return replace(one, decision="accept", decided_by=by, why=fit(why))


def rejected(one: Proposal, by: str, why: str) -> Proposal:
    """The proposal, rejected. Raises `GbkgError` without a reason, which the next reader will want to know."""
    if not why.strip():
        raise GbkgError("a proposal is rejected with a reason", hint="say why, in a few words")
    return replace(one, decision="reject", decided_by=by, why=fit(why))


def skipped(one: Proposal, by: str, why: str = "") -> Proposal:
    """The proposal, left for later or for somebody else."""
    return replace(one, decision="skip", decided_by=by, why=fit(why))


def undone(one: Proposal) -> Proposal:
    """The proposal as it was proposed, with no decision."""
    was = former(one)
    return replace(one, cells=_with({**one.cells, **was}, {}), decision="", decided_by="", why="")


def former(one: Proposal) -> dict[str, str]:
    """The cells that an edit has changed, as they were proposed; none if column `was` is not as an edit writes it."""
    return _was(one) or {}


def is_edited(source: str, one: Proposal) -> bool:
    """Whether a proposal says something else than what was proposed; its id tells of edits in an editor, too."""
    named = _DIGEST.search(one.id) is not None and table.identity(source, one.kind, one.cells) != one.id
    return bool(former(one)) or named


def readable(one: Proposal) -> bool:
    """Whether column `was` is as an edit writes it."""
    return _was(one) is not None


def fit(why: str) -> str:
    """A remark without blanks at its ends. Raises `GbkgError` for characters that no table may have."""
    _fit(why.strip(), "")
    return why.strip()


def _fit(text: str, where: str) -> None:
    if fault := tables.unfit(text):
        raise GbkgError(f"{where}{fault}", hint="type it anew")


def _was(one: Proposal) -> dict[str, str] | None:
    try:
        said = json.loads(one["was"]) if one["was"] else {}
    except (ValueError, RecursionError):
        return None
    known = editable(one.kind)
    fits = isinstance(said, dict) and all(name in known and isinstance(value, str) for name, value in said.items())
    return said if fits else None


def _with(cells: Mapping[str, str], was: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in cells.items() if value and name != "was"}
    return kept | ({"was": json.dumps(was, ensure_ascii=False, sort_keys=True)} if was else {})


def _found(one: Proposal, quote: str, text: str) -> dict[str, str]:
    """The quotation in the document's own characters, with its offsets; as it was typed if it is not there."""
    spans = (passages.find_span if one.kind == "reading" else passages.find)(text, quote)
    if not spans:
        return {"quote": quote}
    span = min(spans, key=lambda span: abs(span[0] - one.start))
    more = {"end": str(span[1])} if one.kind == "reading" else {}
    return {"quote": passages.shorten(text, quote, span), "start": str(span[0])} | more
