"""How far readers agree, and how many proposals and claims are right, with the interval of each share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gbkg.claims.review import wilson
from gbkg.core.errors import NotFoundError
from gbkg.core.project import Project
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.review import deciding, decisions
from gbkg.review.decisions import FIRST, SECOND, Decision

KEPT = ("accept", "edit")


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, and the 95% Wilson interval of the share (0 to 1)."""

    part: int
    whole: int
    low: float
    high: float

    @classmethod
    def of(cls, part: int, whole: int) -> Share:
        return cls(part, whole, *wilson(part, whole))


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two readers said of the same claims: counts by whether the first accepted and the second found support; the
    shares of agreement that were observed and would be expected by chance, and Cohen's kappa; None without pairs, and
    kappa also where chance alone would agree always."""

    both: int
    first_only: int
    second_only: int
    neither: int
    observed: float | None
    expected: float | None
    kappa: float | None

    @property
    def pairs(self) -> int:
        return self.both + self.first_only + self.second_only + self.neither

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it (docs/records.md)."""
        return asdict(self) | {"pairs": self.pairs}


@dataclass(frozen=True)
class Figures(Result):
    """Of some sources: how readers agree; by kind how many of the proposals that were decided on were accepted as they
    were proposed, and accepted at all; how many of the accepted ones second readers found supported at first."""

    kind = "agreement"
    sources: tuple[str, ...]
    agreement: Agreement
    unchanged: Mapping[str, Share]
    accepted: Mapping[str, Share]
    supported: Share
    undecided: int

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for kind, share in self.accepted.items():
            yield f"{kind}: {words(share)} accepted, {words(self.unchanged[kind])} as proposed"
        yield f"not decided on: {self.undecided}"
        yield f"supported by a second reader at first: {words(self.supported)} of what was accepted"
        found = self.agreement
        accepted = f"accepted and supported {found.both}, accepted and not supported {found.first_only}"
        rejected = f"rejected and supported {found.second_only}, rejected and not supported {found.neither}"
        yield f"read twice: {found.pairs}; {accepted}, {rejected}"
        if found.kappa is not None and found.observed is not None and found.expected is not None:
            shares = f"{found.observed:.0%} agreed, {found.expected:.0%} expected by chance"
            yield f"Cohen's kappa {found.kappa:.2f}: {shares}"
        else:
            yield "Cohen's kappa: none, since both readers must have said yes and no"


def cohen(both: int, first_only: int, second_only: int, neither: int) -> Agreement:
    """Cohen's kappa of two readers who each say yes or no of the same things.

    kappa = (p_o - p_e) / (1 - p_e), where p_o is the share of things on which both say the same, and p_e the share
    that is expected by chance: the sum over yes and no of the product of both readers' shares of it.

    Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960), 37-46.

    >>> cohen(20, 5, 10, 15).kappa
    0.4
    >>> cohen(9, 0, 0, 0).kappa is None
    True
    """
    total = both + first_only + second_only + neither
    if not total:
        return Agreement(0, 0, 0, 0, None, None, None)
    observed = (both + neither) / total
    yes = (both + first_only) * (both + second_only)
    no = (second_only + neither) * (first_only + neither)
    expected = (yes + no) / total**2
    kappa = None if yes + no == total**2 else round((observed - expected) / (1 - expected), 12)
    return Agreement(both, first_only, second_only, neither, observed, expected, kappa)


def figures(project: Project, sources: Iterable[str] | None = None) -> Figures:
    """The figures of some sources together, by default of all that have proposals. Raises `NotFoundError` for one that
    has none, `ValidationError` when proposals or the record have faults."""
    known = decisions.sources(project)
    sources = tuple(known if sources is None else sources)
    for source in sources:
        if source not in known:
            raise NotFoundError("source with proposals", source, known=known)
    firsts: list[Decision] = []
    seconds: dict[tuple[str, str], str] = {}
    pairs: list[tuple[bool, bool]] = []
    undecided = 0
    for source in sources:
        found = decisions.proposals(project, source)
        record = decisions.decisions(project, source)
        undecided += sum(one.decision in ("", "skip") for one in found)
        mine = [one for one in record if one.reader == FIRST]
        for one in found:
            if one.decision in ("accept", "reject"):
                how = "edit" if one.decision == "accept" and deciding.is_edited(source, one) else one.decision
                mine.append(Decision(one.id, one.kind, FIRST, how, one.decided_by))
        for verdict in record:
            if verdict.reader == SECOND:
                seconds.setdefault((source, verdict.id), verdict.decision)
        pairs += [
            (one.decision in KEPT, seconds[source, one.id] == "supported")
            for one in mine
            if (source, one.id) in seconds
        ]
        firsts += mine
    counts = [
        sum(pair == one for pair in pairs) for one in ((True, True), (True, False), (False, True), (False, False))
    ]
    kinds = sorted({one.kind for one in firsts})
    return Figures(
        sources,
        cohen(*counts),
        {kind: _share(firsts, kind, ("accept",)) for kind in kinds},
        {kind: _share(firsts, kind, KEPT) for kind in kinds},
        Share.of(counts[0], counts[0] + counts[1]),
        undecided,
    )


def words(share: Share) -> str:
    """A share with its interval."""
    if not share.whole:
        return "none of 0"
    return f"{share.part} of {share.whole} ({share.part / share.whole:.0%}, 95% {share.low:.0%}–{share.high:.0%})"


def _share(firsts: Iterable[Decision], kind: str, wanted: tuple[str, ...]) -> Share:
    decided = [one.decision for one in firsts if one.kind == kind]
    return Share.of(sum(one in wanted for one in decided), len(decided))
