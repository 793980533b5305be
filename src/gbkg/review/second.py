"""Second readers: what they are given, which hides what others said of it, their verdicts, how far all agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

from gbkg.claims.review import wilson
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.project import Project
from gbkg.core.records import Claim, Verdict
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.documents.sources import Library
from gbkg.propose import table
from gbkg.review import decisions, merging, undoing
from gbkg.review.decisions import FIRST, SECOND, DecidedMeanwhile, Decision
from gbkg.review.judging import Judge

VERDICTS = {
    "supported": "the quotations say all of it",
    "partly": "they say a part of it, or it goes beyond them",
    "not": "they do not say it",
}
"""What a second reader may say, and what it means."""
assert set(VERDICTS) == set(get_args(Verdict))


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What a second reader is given: a claim, and the digest of what it says (`Judge.digest`). `kind` is that of the
    proposal that it is or was, "" for a claim that nobody proposed."""

    claim: Claim
    about: str
    kind: str

    @property
    def id(self) -> str:
        return self.claim.slug


def queue(judge: Judge, source: str, by: str) -> list[SecondReading]:
    """What `by` can read as second reader, as the document runs: proposals that others have accepted or rejected, and
    claims without a verdict that holds. Nobody reads what they decided on, or said a verdict on, themselves.

    Raises `ValidationError` when the table of proposals or the record has faults.
    """
    project = judge.inputs.project
    record = decisions.decisions(project, source)
    done = {(one.id, one.about) for one in record if one.reader == SECOND and one.by == by}
    found = [one for one in _proposed(judge, source, by) if (one.id, one.about) not in done]
    firsts = {one.id: one for one in record if one.reader == FIRST}
    tables = judge.inputs.tables(source)
    read = {one.claim for one in tables.reviews}
    for claim in tables.claims:
        first = firsts.get(claim.slug)
        about = judge.digest(claim, judge.inputs.entities)
        if claim.key not in read and (claim.slug, about) not in done and not (first and first.by == by):
            found.append(SecondReading(claim, about, first.kind if first else ""))
    return sorted(found, key=lambda one: (one.claim.passages[0].start, one.claim.passages[0].end, one.id))


def _proposed(judge: Judge, source: str, by: str) -> list[SecondReading]:
    found = decisions.proposals(judge.inputs.project, source)
    known = judge.known(found)
    decided = [one for one in found if one.is_claim and one.decision in ("accept", "reject") and one.decided_by != by]
    claims = ((one, judge.claim(source, one, known)[0]) for one in decided)
    return [SecondReading(claim, judge.digest(claim, known), one.kind) for one, claim in claims if claim]


def record_verdict(
    project: Project,
    source: str,
    item: SecondReading,
    verdict: str,
    by: str,
    why: str = "",
    library: Library | None = None,
) -> None:
    """Records a verdict. If it is of a claim and supports it, it goes into `data/review.tsv` too, with the first one
    that a second reader gave; a build is not kept from ending by one that does not.

    Raises `GbkgError` for another word or one against the claim without a reason, `DecidedMeanwhile` if the item is not
    as it was or was read already, `OutputError` if nothing can be written.
    """
    if verdict not in VERDICTS:
        raise GbkgError(f"no verdict is called {verdict!r}", hint=" | ".join(VERDICTS))
    remark = decisions.fit(why)
    if verdict != "supported" and not remark:
        raise GbkgError(f"{verdict}: say what is missing", hint="in a few words, for the person who corrects it")
    with table.locked(project):
        now = Judge.of(project, library)
        if item.about not in {one.about for one in queue(now, source, by) if one.id == item.id}:
            raise DecidedMeanwhile(f"{item.id} was changed, or read by you already", hint="go on with the next one")
        record = decisions.decisions(project, source)
        made = Decision(item.id, item.kind, SECOND, verdict, by, item.about, remark)
        contents = decisions.recorded(project, source, [*record, made])
        known = {claim.slug for claim in now.inputs.tables(source).claims}
        if verdict == "supported" and item.id in known:
            said = [one.decision for one in record if one.reader == SECOND and one.id == item.id]
            key = f"{source}.{item.id}"
            contents |= merging.with_verdicts(project, {key: (item.about, [*said, verdict][0], made)}, {})
        decisions.write(contents)


def undo(project: Project, source: str, name: str, by: str) -> None:
    """Takes back the last verdict of a reader on a claim. Raises `NotFoundError` if there is none."""
    with table.locked(project):
        record = decisions.decisions(project, source)
        mine = [one for one in record if (one.reader, one.by, one.id) == (SECOND, by, name)]
        if not mine:
            raise NotFoundError("verdict of yours", name)
        kept = [one for one in record if one is not mine[-1]]
        contents = decisions.recorded(project, source, kept)
        if mine[-1].decision == "supported":
            contents |= undoing.without_verdicts(project, {f"{source}.{name}"}, by)
        decisions.write(contents)


# ---- Agreement: how far readers agree, how many proposals and claims are right, with the interval of each share

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
                how = "edit" if one.decision == "accept" and decisions.is_edited(source, one) else one.decision
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
