"""One run over a document: what is known is read, proposals are made and written beside former decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gbkg.claims import inputs, rivals
from gbkg.claims.inputs import Inputs
from gbkg.claims.vocabulary import merged, shapes
from gbkg.core import files
from gbkg.core.errors import Finding, GbkgError, ParseError
from gbkg.core.project import Project
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import counted, escape
from gbkg.documents import sources
from gbkg.propose import cues, model, rules, table
from gbkg.propose.rules import Background, Outcome
from gbkg.propose.table import Proposal

Method = Callable[[Background, Outcome], Outcome]
"""What makes more of the proposals that the rules made."""


@dataclass(frozen=True)
class Proposed(Result):
    """What a run wrote for a source: all proposals of the table, which is this file; the outcome of the methods; and
    the faults that the project's own tables and cues have."""

    kind = "propose"
    source: str
    file: str
    proposals: tuple[Proposal, ...]
    outcome: Outcome
    faults: tuple[Finding, ...] = ()

    @property
    def kinds(self) -> dict[str, int]:
        """How many undecided proposals there are of each kind, in the order of `table.KINDS`."""
        counts = Counter(one.kind for one in self.proposals if not one.decision)
        return {kind: counts[kind] for kind in table.KINDS if counts[kind]}

    @property
    def decided(self) -> int:
        return sum(1 for one in self.proposals if one.decision)

    @property
    def doubts(self) -> dict[str, int]:
        """How many undecided proposals have each doubt, most first."""
        counts = Counter(one.doubt for one in self.proposals if one.doubt and not one.decision)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        out = self.outcome
        yield escape(f"{self.source}: {counted(sum(self.kinds.values()), 'proposal')} to decide on, in {self.file}")
        yield from (f"  {count:>5}  {kind}" for kind, count in self.kinds.items())
        if self.doubts:
            yield escape(f"in doubt: {', '.join(f'{count} {doubt}' for doubt, count in self.doubts.items())}")
        left = out.open - out.answered
        yield f"sentences that nothing stands behind: {out.open:,}; {left:,} of them without a proposal"
        for count, what in ((self.decided, "already decided on"), (out.said, "left out: claims say them")):
            if count:
                yield f"{count:,} {what}"

    @property
    def summary(self) -> str:
        said = [f"warning: {fault}" for fault in self.faults]
        for fault, count in self.outcome.dropped.items():
            said.append(f"{counted(count, 'row')} dropped that would not pass: {fault}")
        if self.kinds:
            how = "decide in the browser (gbkg serve --review) or in column decision"
            said.append(f"{how}; then gbkg merge {self.source}")
        return "\n".join(said)

    def values(self) -> dict[str, Any]:
        out = self.outcome
        counts = {"open": out.open, "answered": out.answered, "said": out.said, "dropped": out.dropped}
        own = {"source": self.source, "file": self.file, "kinds": self.kinds, "doubts": self.doubts}
        return own | {"decided": self.decided} | counts


def known(project: Project, inputs: Inputs) -> Background:
    """What a project knows. Raises what reading its files raises."""
    limits = rivals.limits(merged(shapes(project).values()), inputs.vocabulary)
    editions = sources.works(inputs.sources)
    return Background(inputs.ontology, inputs.vocabulary, inputs.entities, inputs.claims, limits, editions)


def method(by: str) -> Method | None:
    """What finds more than the rules: `model`, the one that the environment names, or `rules`, nothing. Raises
    `GbkgError` when there is no such method, or the environment names no model."""
    if by not in ("rules", "model"):
        raise GbkgError(f"--with {by!r} is not a method: rules or model")
    if by == "rules":
        return None
    settings = model.ModelSettings.found()
    return model.method(model.client(settings), settings.model)


def propose(project: Project, documents: Path | None, source: str, method: Method | None = None) -> Proposed:
    """Fill `data/proposed/SOURCE.tsv` for a source whose document is in this folder. Lines that somebody decided on or
    edited stay as they are.

    Raises `ParseError` when the table has faults, so that nothing of it is lost, `OutputError` when it cannot be
    written, and as `gbkg.documents.sources.document`.
    """
    text = sources.document(project, documents, source)
    typed = inputs.read(project)
    former = _former(project, source)
    given = known(project, typed)
    asked = [(one.start, one.end) for one in former if not one.decision]
    refused = {one["label"] for one in former if one.kind == "entity" and one.decision == "reject"}
    readings = [one for one in typed.readings if one.source == source]
    outcome = rules.propose(given, typed.sources[source], text, readings, asked, refused)
    if method:
        outcome = method(given, outcome)
    where = table.path(project, source)
    with table.locked(project):  # somebody may have decided meanwhile
        kept = table.renewed(source, _former(project, source), outcome.proposals)
        where.parent.mkdir(exist_ok=True)
        files.write(where, table.text(kept).encode())
    violations = [fault for fault in typed.faults if fault.severity == "violation"]
    faults = (*violations, *cues.faults(given.ontology, given.vocabulary))
    return Proposed(source, project.show(where), tuple(kept), outcome, faults)


def _former(project: Project, source: str) -> list[Proposal]:
    former, faults = table.read(project, source)
    if faults:
        first = faults[0]
        hint = f"mend it first: {len(faults)} faults" if len(faults) > 1 else "mend it first"
        raise ParseError(first.message, file=first.file, line=first.line, column=first.column, hint=hint)
    return former
