"""Second readers: what they are given, which hides what others said of it, and their verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.project import Project
from gbkg.core.records import Claim, Verdict
from gbkg.documents.sources import Library
from gbkg.propose import table
from gbkg.review import deciding, decisions, merging
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
class Item:
    """What a second reader is given: a claim, and the digest of what it says (`Judge.digest`). `kind` is that of the
    proposal that it is or was, "" for a claim that nobody proposed."""

    claim: Claim
    about: str
    kind: str

    @property
    def id(self) -> str:
        return self.claim.slug


def queue(judge: Judge, source: str, by: str) -> list[Item]:
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
            found.append(Item(claim, about, first.kind if first else ""))
    return sorted(found, key=lambda one: (one.claim.passages[0].start, one.claim.passages[0].end, one.id))


def _proposed(judge: Judge, source: str, by: str) -> list[Item]:
    found = decisions.proposals(judge.inputs.project, source)
    known = judge.known(found)
    decided = [one for one in found if one.is_claim and one.decision in ("accept", "reject") and one.decided_by != by]
    claims = ((one, judge.claim(source, one, known)[0]) for one in decided)
    return [Item(claim, judge.digest(claim, known), one.kind) for one, claim in claims if claim]


def judged(
    project: Project, source: str, item: Item, verdict: str, by: str, why: str = "", library: Library | None = None
) -> None:
    """Records a verdict. If it is of a claim and supports it, it goes into `data/review.tsv` too, with the first one
    that a second reader gave; a build is not kept from ending by one that does not.

    Raises `GbkgError` for another word or one against the claim without a reason, `DecidedMeanwhile` if the item is not
    as it was or was read already, `OutputError` if nothing can be written.
    """
    if verdict not in VERDICTS:
        raise GbkgError(f"no verdict is called {verdict!r}", hint=" | ".join(VERDICTS))
    remark = deciding.fit(why)
    if verdict != "supported" and not remark:
        raise GbkgError(f"{verdict}: say what is wanting", hint="in a few words, for whoever mends it")
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
            contents |= merging.reviewed(project, {key: (item.about, [*said, verdict][0], made)}, {})
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
            contents |= merging.unreviewed(project, {f"{source}.{name}"}, by)
        decisions.write(contents)
