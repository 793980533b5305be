"""A dispute as a record, and in one line: something that the curators hold against the documents, or have still to
settle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from gbkg.ask.disputes.arithmetic import Working, spoken
from gbkg.ask.records import mentioned
from gbkg.claims.formulas import Interval
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import full, shorten
from gbkg.core.records import Claim, Entity, Passage
from gbkg.core.text import listed, oneline
from gbkg.documents import passages

CLASSES = {
    "inconsistency": "Inconsistency",
    "correction": "Correction",
    "comparison": "Comparison",
    "check": "PassedCheck",
    "ambiguity": "Ambiguity",
    "identity": "IdentityJudgement",
    "gap": "Gap",
}
"""The name of each kind of curation on the command line, and its class."""
PROPOSED = "proposal"
"""The kind of a comparison that nobody has made yet."""
KINDS = (PROPOSED, *CLASSES)
"""All kinds, in the order in which they are listed."""
PLURALS = {kind: f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s" for kind in KINDS}
"""More than one of each kind."""
USUAL = (PROPOSED, "inconsistency", "correction", "comparison")
"""The kinds that are listed when none is asked for."""

_TITLES = {"check": "Passed check", "identity": "Identity judgement"}


@dataclass(frozen=True, slots=True)
class DisputedClaim:
    """A claim that a dispute names.

    `letter` names it within the dispute and its formula; `subject` is the label of what it is about, `statement` the
    claim in words; `remarks` qualify it; `qualifier` is what the source says around its number ("about"). `allowed` is
    what its printed digits stand for in a formula, `range` the same in words; `corrected` is the text that takes the
    place of an unreadable number there.
    """

    letter: str
    claim: Claim
    subject: str
    statement: str
    remarks: tuple[str, ...]
    qualifier: str = ""
    allowed: Interval | None = None
    range: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One node of the curation, or one that is proposed. `claims` are in the order of the formula, else of the
    documents; `named` is False if the node does not name them itself (those of an identity judgement are looked for).
    `related` are other nodes on the same claims or entities; `fault` says why a formula could not be worked out;
    `settling` is what a proposal would add to the curation, as Turtle."""

    iri: str
    kind: str
    comment: str
    claims: tuple[DisputedClaim, ...]
    named: bool = True
    entities: tuple[Entity, ...] = ()
    outcome: str = ""
    definition: str = ""
    printed: str = ""
    corrected: str = ""
    corrected_value: str = ""
    lost: str = ""
    source: str = ""
    passages: tuple[Passage, ...] = ()
    working: Working | None = None
    fault: str = ""
    settling: str = ""
    related: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The node as prefix:name."""
        return shorten(self.iri)

    def touches(self, slug: str) -> bool:
        """True if it names the entity, or a claim with it as subject, object, speaker or criterion."""
        claims = [disputed.claim for disputed in self.claims] if self.named else []
        return any(entity.slug == slug for entity in self.entities) or any(slug in mentioned(one) for one in claims)


def kinds(asked: Iterable[str]) -> tuple[str, ...]:
    """The kinds of these names, in the order of `KINDS`. Raises `NotFoundError` with near names.

    >>> kinds(["gap", "Check"])
    ('check', 'gap')
    """
    wanted = set()
    for word in asked:
        if word.casefold() not in KINDS:
            raise NotFoundError("kind of dispute", word, get_close_matches(word.casefold(), KINDS, 3, 0.5), list(KINDS))
        wanted.add(word.casefold())
    return tuple(kind for kind in KINDS if kind in wanted)


def pick(name: str, found: Sequence[Dispute]) -> Dispute:
    """The dispute of this prefixed name or IRI. Raises `NotFoundError` with near names."""
    known = {dispute.name: dispute for dispute in found}
    wanted = shorten(full(name) or name)
    if wanted not in known:
        raise NotFoundError("dispute", name, get_close_matches(wanted, known, 3, 0.6))
    return known[wanted]


def misprints(dispute: Dispute, passage: Passage) -> tuple[tuple[int, int], ...]:
    """Where the printed text of a correction stands in a passage: offsets into its quotation, half-open."""
    return tuple(passages.find(passage.exact, dispute.printed))


def heading(dispute: Dispute) -> str:
    """What is disputed, in one line, with the node's name."""
    title = _TITLES.get(dispute.kind, dispute.kind.capitalize())
    spoken = dict.fromkeys(disputed.subject for disputed in dispute.claims if dispute.named)
    about = " / ".join([entity.label for entity in dispute.entities] or _few(list(spoken)))
    return f"{title}{f' on {about}' if about else ''}: {_gist(dispute)}  [{dispute.name}]"


def caution(dispute: Dispute) -> str:
    """What of the printed figures the arithmetic replaces, or leaves out without a word in its result; the empty string
    when that is nothing."""
    used = [one for one in dispute.claims if one.allowed is not None and one.claim.quantity is not None]
    said = [
        f"“{oneline(one.claim.quantity.text)}”, the number of {one.letter}, was put in as corrected, “{one.corrected}”"
        for one in used
        if one.corrected and one.claim.quantity
    ]
    covering = {letter for _, letter in dispute.working.hedges} if dispute.working else set()
    vague = [
        (one.qualifier, one.letter)
        for one in used
        if one.qualifier and not one.corrected and one.letter not in covering
    ]
    if vague:
        said.append(f"only the digits were put in: that the source says {spoken(vague)} is left out")
    return "; ".join(said)


def _gist(dispute: Dispute) -> str:
    if dispute.printed:
        return f"“{oneline(dispute.printed)}” means “{oneline(dispute.corrected)}”"
    if dispute.working:
        words = dict.fromkeys(f"“{word}”" for word, _ in dispute.working.hedges)
        hedged = f"; the source's {listed(list(words))} may cover it" if words else ""
        return f"{dispute.working.printed} {dispute.working.verdict}{hedged}"
    figures = [one.claim.quantity.text for one in dispute.claims if one.claim.quantity]
    if dispute.outcome and dispute.named and len(figures) == len(dispute.claims):
        return f"{oneline(' / '.join(figures))} – {dispute.outcome}"
    return dispute.outcome or dispute.lost or dispute.fault or "can be read in more than one way"


def _few(words: list[str]) -> list[str]:
    return words if len(words) <= 3 else [*words[:2], f"{len(words) - 2} more"]
