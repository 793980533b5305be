"""Judging a table alone: what is wrong in each of its rows, before anything is moved or built."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from gbkg.claims import entities, inputs, review, rows
from gbkg.claims.inputs import Inputs
from gbkg.core import tables
from gbkg.core.errors import Finding
from gbkg.core.project import Project
from gbkg.core.records import Claim, Entity, Reading
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.tables import TableRow
from gbkg.core.text import counted, escape
from gbkg.documents import coverage
from gbkg.documents.sources import Library, at_hand
from gbkg.propose import table
from gbkg.propose.table import Proposal
from gbkg.review import decisions, order

OPEN = ("", "skip")
"""The text for a proposal that is not decided on."""


@dataclass(frozen=True)
class Judge:
    """What proposals are judged by: all that is typed in the project, and the documents if they are at hand."""

    inputs: Inputs
    library: Library | None = None

    @classmethod
    def of(cls, project: Project, library: Library | None = None) -> Judge:
        """Raises what `gbkg.claims.inputs.read` raises."""
        return cls(inputs.read(project), library)

    def text(self, source: str) -> str | None:
        """The document of a source, None if it is not available."""
        return self.library.text(source) if self.library else None

    def taken(self, source: str) -> Collection[str]:
        """The ids of the claims that a source has."""
        return rows.places(self.inputs.project, source)

    def known(self, given: Iterable[Proposal]) -> dict[str, Entity]:
        """The entities of the project and those that proposals would add."""
        return {one["subject"]: one.entity() for one in given if one.kind == "entity"} | self.inputs.entities

    def claim(self, source: str, one: Proposal, known: Mapping[str, Entity]) -> tuple[Claim | None, list[Finding]]:
        """The claim that a proposal becomes, and what is wrong with it; `known` are the entities that it may name."""
        vocabulary, language = self.inputs.vocabulary, self.inputs.sources[source].language
        found, faults = rows.of_rows([one.claim()], source, language, dict(known), vocabulary)
        text = self.text(source)
        for claim in found:
            faults += coverage.misquotations(claim, text)
            faults += [] if faults or text is None else coverage.cuts(claim, language, text)
        unnamed = rows.unattributed(found, dict(known))
        faults += [one.finding for one in unnamed if not one.named(self.aliases)]
        return (found[0] if found else None), faults

    def digest(self, claim: Claim, known: Mapping[str, Entity]) -> str:
        """What ties a verdict to a claim and to what its words mean (docs/curating.md)."""
        return f"{claim.digest}-{review.meaning(claim, known, self.inputs.vocabulary)}"

    def faults(self, source: str, one: Proposal, known: Mapping[str, Entity], taken: Collection[str]) -> list[Finding]:
        """What is wrong with a proposal. `taken` are the ids of the claims that the source has."""
        if not decisions.readable(one):
            row = TableRow(one.place, {"was": one["was"]})
            return [row.finding("was", "not what an edit writes", "a JSON object of the cells as proposed", "empty it")]
        if odd := [*_unfit(one)]:
            return odd
        if one.kind == "entity":
            return self._entity(one)
        if one.kind == "reading":
            text = self.text(source)
            span = Reading(source, one["reason"], one.start, one.end, one["quote"], one["note"], one.place)
            fault = coverage.check_reading(span, text) if text is not None else None
            return [fault] if fault else []
        _, faults = self.claim(source, one, known)
        if one.id in taken:
            hint = f"look at data/claims/{source}.tsv; reject this one if it says the same"
            faults.append(one.claim().finding("id", "a claim has this id already", hint=hint))
        return faults

    def table(self, source: str) -> list[Finding]:
        """What is wrong with the proposals of a source: violations where they are accepted, warnings where nobody has
        decided yet. What is rejected is not judged."""
        found, faults = table.read(self.inputs.project, source)
        if source not in self.inputs.sources:
            message = "belongs to no source of data/sources.ttl"
            return [*faults, Finding("tables", message, self._shown(table.path(self.inputs.project, source)))]
        taken = self.taken(source)
        agreed = self.known(one for one in found if one.decision == "accept")
        possible = self.known(one for one in found if one.decision != "reject")
        for one in found:
            if one.decision == "accept":
                faults += self.faults(source, one, agreed, taken)
            elif one.decision in OPEN:
                faults += [_doubt(fault) for fault in self.faults(source, one, possible, taken)]
        return faults

    @cached_property
    def aliases(self) -> set[tuple[str, str]]:
        """All names that claims give."""
        return {alias for tables in self.inputs.all.values() for alias in tables.aliases}

    def _entity(self, one: Proposal) -> list[Finding]:
        vocabulary = self.inputs.vocabulary
        own = TableRow(
            one.place, {"id": one["subject"], "type": one["type"], "label": one["label"], "description": one["note"]}
        )
        if not one["type"]:
            hint = "choose the narrowest that fits, or reject this one"
            return [_named(own.finding("type", "its class is not given", hint=hint))]
        if one["subject"] in self.inputs.entities:
            hint = "reject this one, or give it another id"
            return [_named(own.finding("id", "an entity has this id already", hint=hint))]
        given = [TableRow(e.place, {"id": e.slug, "type": e.type, "label": e.label, "description": e.description})
                 for e in self.inputs.entities.values()]  # fmt: skip
        lines = sorted([*given, own], key=lambda row: row["id"])
        found = entities.of_rows(lines, (), vocabulary)[1]
        return [_named(f) for f in found if (f.file, f.line) == (one.place.file, one.place.line)]

    def _shown(self, path: Path) -> str:
        return self.inputs.project.show(path)


@dataclass(frozen=True)
class Checked(Result):
    """Tables that were judged, and what was found in each."""

    kind = "check"
    tables: Mapping[str, Sequence[Finding]]

    @property
    def findings(self) -> list[Finding]:
        return [one for found in self.tables.values() for one in found]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for name, found in self.tables.items():
            wrong = sum(one.severity == "violation" for one in found)
            yield escape(f"{name}: {counted(wrong, 'violation')}, {counted(len(found) - wrong, 'warning')}")

    def values(self) -> dict[str, Any]:
        return {"tables": list(self.tables), "findings": [one.to_dict() for one in self.findings]}


def check_all(project: Project, paths: Iterable[Path], documents: Path | None = None) -> Checked:
    """What is wrong in tables of the project, by the documents if there is a folder with them. Raises as `order.locate`
    and `check`."""
    found = [order.locate(project, path) for path in paths]
    library = at_hand(project, documents)
    return Checked({project.show(path): check(project, path, library) for path in found})


def check(project: Project, path: Path, library: Library | None = None) -> list[Finding]:
    """What is wrong in a table of the project, row by row, in its order. Raises `NotFoundError` for another file."""
    kind, shown = order.kind(project, path), project.show(path)
    judge, source = Judge.of(project, library), path.stem
    if kind.name == "proposed":
        return judge.table(source)
    if kind.name == "decisions":
        return decisions.faults(project, path)
    found = [*judge.inputs.faults]
    if kind.name in ("claims", "readings") and source in judge.inputs.sources:
        found += _of_source(judge, source)
    elif kind.name == "review":
        found += [one for tables in judge.inputs.all.values() for one in tables.findings]
    return sorted((one for one in found if one.file == shown), key=lambda one: one.line or 0)


def _of_source(judge: Judge, source: str) -> Iterator[Finding]:
    tables = judge.inputs.tables(source)
    yield from tables.findings
    yield from (one.finding for one in tables.unattributed if not one.named(judge.aliases))
    yield from coverage.disagreements(tables.claims)
    text = judge.text(source)
    if text is not None:
        registered = judge.inputs.sources[source]
        yield from coverage.prove(registered, text, tables.claims, tables.readings, tables.pending)[0]


def _unfit(one: Proposal) -> Iterator[Finding]:
    """Findings for characters that a proposal may have, and the table that it is moved to may not."""
    for column in decisions.editable(one.kind):
        if column not in tables.VERBATIM and (why := tables.unfit(one[column])):
            yield TableRow(one.place, {column: ascii(one[column])[1:-1]}).finding(column, why, hint="type it anew")


def _doubt(fault: Finding) -> Finding:
    return replace(fault, severity="warning")


def _named(fault: Finding) -> Finding:
    """A finding of the table of entities, with the columns of proposals."""
    columns = {"id": "subject", "description": "note"}
    return replace(fault, column=columns.get(str(fault.column), fault.column))
