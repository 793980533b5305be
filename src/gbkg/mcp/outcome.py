"""The answer of a tool, as text for a reader and as values; and how each tool makes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from gbkg.ask.disputes import Dispute, heading
from gbkg.core.errors import GbkgError
from gbkg.core.terms import minted
from gbkg.core.text import counted
from gbkg.evidence.proofs import DOUBT, ClaimEvidence
from gbkg.mcp.notes import Notes, marks, shown
from gbkg.web.site import Site

SIZE = 40_000
"""Characters of an answer, text and values together, beyond which it is cut and goes on at its cursor."""
LARGEST = 1_000_000
"""Characters of an answer's values that are given at all."""
AGAINST, BESIDE = 20, 6
"""Disputes that are listed beside an answer, and claims of each."""
CLAIMS = 12
"""Claims that one row cites at most."""
FOUND, NOT_STATED, UNKNOWN, AMBIGUOUS, OUTSIDE, REFUSED = (
    "found",
    "not stated",
    "unknown name",
    "ambiguous name",
    "outside the sources",
    "refused",
)
OUTCOMES = (FOUND, NOT_STATED, UNKNOWN, AMBIGUOUS, OUTSIDE, REFUSED)
"""Whether something was found, and if not why; `refused`: the request cannot be answered as it is."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """The answer of a tool: `text` for a reader, its first line in short; `values` as the tool's output schema has
    them; `failed` if it was refused."""

    text: str
    values: Mapping[str, Any]
    failed: bool = False

    @property
    def summary(self) -> str:
        """The first line of the text."""
        return self.text.partition("\n")[0]


class StaleCursor(GbkgError):
    """A cursor of another version of the graph, or none at all."""


class Reply:
    """Builds the answer of a tool."""

    def __init__(self, site: Site, arguments: Mapping[str, Any], base: str = "") -> None:
        self.site, self.kg, self.arguments = site, site.kg, arguments
        self.notes = Notes(site, base)
        self.lines: list[str] = []
        self.values: dict[str, Any] = {}
        self.remarks: list[str] = []
        self.near: list[str] = []
        self.outcome, self.message = FOUND, ""
        self._cursor = ""
        self._written = 0
        self.listed: set[str] = set()
        """Disputes that the answer itself lists."""

    # ---- What was asked

    def given(self, name: str, default: Any = "") -> Any:
        """An argument; a text without blanks at its ends."""
        found = self.arguments.get(name, default)
        return found.strip() if isinstance(found, str) else found

    @property
    def rows(self) -> int:
        """How many rows are wanted."""
        return int(self.given("limit"))

    @property
    def start(self) -> int:
        """At which row the answer begins. Raises `StaleCursor`."""
        cursor = self.given("cursor", "")
        if not cursor:
            return 0
        version, _, number = cursor.partition(".")
        if version != self.site.version[:8] or not (number.isascii() and number.isdecimal() and len(number) < 9):
            raise StaleCursor("the cursor is not of this version of the graph", hint="ask again without a cursor")
        return int(number)

    # ---- What is answered

    def say(self, *lines: str) -> None:
        """Lines of the text; what comes from outside has been through `shown` or `quotation`."""
        self.lines += lines

    def nothing(self, outcome: str, message: str, near: Iterable[str] = ()) -> None:
        """Says that nothing was found, and why."""
        self.outcome, self.message = outcome, message
        self.near = list(dict.fromkeys(shown(one) for one in near))

    def page(
        self, name: str, items: Sequence[_T], made: Callable[[_T], tuple[list[str], dict[str, Any]]], more: bool = False
    ) -> None:
        """A page of items from the cursor on, under this name; `made` gives the lines of one and its values. `more`
        says that there are others behind them."""
        start, found = self.start, list[dict[str, Any]]()
        for item in items[start : start + self.rows]:
            if found and self.size > SIZE:
                break
            lines, values = made(item)
            self.lines += lines
            found.append(values)
            self._written += len(json.dumps(values, ensure_ascii=False)) + sum(map(len, lines))
        self.values[name] = found
        if start + len(found) < len(items) or (more and start + len(found) >= len(items)):
            self.cut(start + len(found))

    def cut(self, at: int) -> None:
        """Cuts the answer here; its cursor leads on from this place."""
        self._cursor = f"{self.site.version[:8]}.{at}"

    @property
    def size(self) -> int:
        """Characters so far, nearly."""
        return self._written + self.notes.size

    def cite(self, claims: Iterable[ClaimEvidence]) -> list[int]:
        """The numbers of claims; of many the first."""
        return self.notes.claim(*list(dict.fromkeys(claims))[:CLAIMS])

    def done(self) -> ToolOutcome:
        """The whole answer."""
        against = self._against()
        text = [shown(self.message)] if self.message else []
        text += [f"near: {one}" for one in self.near]
        text += [*self.lines, *self._against_lines(against)]
        text += [f"remark: {shown(one)}" for one in self.remarks]
        if self._cursor:
            text.append(f"There is more: call again with cursor {self._cursor!r}.")
        if len(self.notes):
            text += ["", "Evidence", *self.notes.lines()]
        text.append(f"Version of the graph: {self.site.version}")
        common: dict[str, Any] = {
            "version": self.site.version,
            "outcome": self.outcome,
            "message": self.message,
            "near": self.near,
            "remarks": [shown(one) for one in self.remarks],
            "citations": self.notes.annotations(),
            "counterEvidence": against,
            "truncated": bool(self._cursor),
            "cursor": self._cursor,
        }
        values = self.values | common
        if len(json.dumps(values, ensure_ascii=False)) > LARGEST:
            return refusal(self.site, f"the answer has more than {LARGEST:,} characters", "ask for fewer rows")
        return ToolOutcome("\n".join(text) + "\n", values, self.outcome == REFUSED)

    # ---- What stands against it

    def _against(self) -> list[dict[str, Any]]:
        """What the curators hold against the cited claims, or compare with them, with the claims on the other side."""
        named: dict[str, set[int]] = {}
        bearing: dict[str, str] = {}
        for claim in self.notes.claims:
            for name, words in ((words.rpartition(" ")[2], words) for words in claim.curation):
                if name in self.listed:
                    continue
                named.setdefault(name, set()).update(self.notes.claim(claim))
                bearing[name] = "in doubt" if words.startswith(DOUBT) else bearing.get(name, "compared")
        found = []
        for name in sorted(named, key=lambda one: (bearing[one] != "in doubt", one))[:AGAINST]:
            (dispute,) = self.kg.disputes(name).found
            concerns = {"bearing": bearing[name], "concerns": sorted(named[name])}
            found.append(concerns | self.dispute(dispute)[1])
        if len(named) > AGAINST:
            self.remarks.append(
                f"{len(named) - AGAINST} more disputes touch these claims: the tool disputes lists them"
            )
        return found

    def dispute(self, found: Dispute) -> tuple[list[str], dict[str, Any]]:
        """A dispute as lines and as values, its claims cited."""
        keys = [one.claim.key for one in found.claims[:BESIDE]]
        known = self.kg.evidence.claims(minted("clm", key) for key in keys)
        claims = [
            {
                "letter": one.letter,
                "statement": shown(one.statement),
                "remarks": [shown(said) for said in one.remarks],
                "citations": self.cite([known[one.claim.key]] if one.claim.key in known else []),
            }
            for one in found.claims[:BESIDE]
        ]
        values = {
            "name": found.name,
            "kind": found.kind,
            "heading": shown(heading(found).rpartition("  [")[0]),
            "comment": shown(found.comment, 2_000),
            "outcome": found.outcome,
            "printed": shown(found.printed),
            "meant": shown(found.corrected),
            "lost": shown(found.lost),
            "result": shown(found.working.reason) if found.working else "",
            "url": self.notes.link("dispute", found.name.partition(":")[2]),
            "claims": claims,
            "moreClaims": len(found.claims) - len(claims),
        }
        return _dispute_lines(values), values

    def _against_lines(self, against: list[dict[str, Any]]) -> list[str]:
        if not against:
            return []
        made = ["", "Counter-evidence (what the curators hold against these claims, or compare with them)"]
        for one in against:
            made += [f"  {one['bearing']}{marks(one['concerns'])}: {_dispute_lines(one)[0]}"]
            made += [f"  {line}" for line in _dispute_lines(one)[1:]]
        return made


def _dispute_lines(values: Mapping[str, Any]) -> list[str]:
    more = [f"{name}: {values[name]}" for name in ("printed", "meant", "lost", "outcome", "result") if values[name]]
    made = [f"{values['heading']}  [{values['name']}]  {values['url']}"]
    made += [f"  {values['comment']}"] * bool(values["comment"]) + [f"  {line}" for line in more]
    for one in values["claims"]:
        made.append(f"  {one['letter']}  {one['statement']}{marks(one['citations'])}")
        made += [f"     – {said}" for said in one["remarks"]]
    return made + [f"  and {counted(values['moreClaims'], 'more claim')}"] * bool(values["moreClaims"])


def refusal(site: Site, message: str, hint: str = "", near: Iterable[str] = ()) -> ToolOutcome:
    """The answer to a request that cannot be answered as it is."""
    reply = Reply(site, {})
    reply.nothing(REFUSED, message + (f" ({hint})" if hint else ""), near)
    return reply.done()
