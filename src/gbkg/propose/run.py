"""One run over a document: what is known is read, proposals are made and written beside former decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from gbkg.claims import rivals
from gbkg.claims.inputs import Inputs
from gbkg.claims.ontology import merged, shapes
from gbkg.core import files
from gbkg.core.errors import ParseError
from gbkg.core.project import Project
from gbkg.documents.sources import works
from gbkg.propose import rules, table
from gbkg.propose.rules import Known, Outcome
from gbkg.propose.table import Proposal

Method = Callable[[Known, Outcome], Outcome]
"""What makes more of the proposals that the rules made."""


@dataclass(frozen=True)
class Run:
    """What a run wrote: all proposals of the table, how many of them are decided on, and the outcome of the methods."""

    proposals: list[Proposal]
    outcome: Outcome

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


def known(project: Project, inputs: Inputs) -> Known:
    """What a project knows. Raises what reading its files raises."""
    limits = rivals.limits(merged(shapes(project).values()), inputs.vocabulary)
    return Known(inputs.ontology, inputs.vocabulary, inputs.entities, inputs.claims, limits, works(inputs.sources))


def run(project: Project, inputs: Inputs, source: str, text: str, method: Method | None = None) -> Run:
    """Fill `data/proposed/SOURCE.tsv`. Lines that somebody decided on or edited stay as they are.

    Raises `ParseError` when the table has faults, so that nothing of it is lost, and `OutputError` when it cannot be
    written.
    """
    former = _former(project, source)
    given = known(project, inputs)
    asked = [(one.start, one.end) for one in former if not one.decision]
    refused = {one["label"] for one in former if one.kind == "entity" and one.decision == "reject"}
    readings = [one for one in inputs.readings if one.source == source]
    outcome = rules.propose(given, inputs.sources[source], text, readings, asked, refused)
    if method:
        outcome = method(given, outcome)
    where = table.path(project, source)
    with table.locked(project):  # somebody may have decided meanwhile
        kept = table.renewed(source, _former(project, source), outcome.proposals)
        where.parent.mkdir(exist_ok=True)
        files.write(where, table.text(kept).encode())
    return Run(kept, outcome)


def _former(project: Project, source: str) -> list[Proposal]:
    former, faults = table.read(project, source)
    if faults:
        first = faults[0]
        hint = f"mend it first: {len(faults)} faults" if len(faults) > 1 else "mend it first"
        raise ParseError(first.message, file=first.file, line=first.line, column=first.column, hint=hint)
    return former
