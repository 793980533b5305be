"""Proposals by rule: what the sentences say that neither claims nor readings stand behind; set beside what is known.

What a claim says already is left out; what a claim of another source says as well is a corroboration, and where it says
something else a comparison.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gbkg.claims.rivals import Limit
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core.prefixes import PREFIXES, term_name
from gbkg.core.records import Claim, Entity, Reading, Source
from gbkg.core.terms import Graph
from gbkg.core.text import in_digits
from gbkg.documents.passages import fold
from gbkg.propose import cues, new_names, reading, relations, set_aside, statistics
from gbkg.propose.cues import Cues
from gbkg.propose.drafting import Context, proposal
from gbkg.propose.indicators import Indicators
from gbkg.propose.names import Lexicon
from gbkg.propose.table import Proposal, ordered


@dataclass(frozen=True)
class Background:
    """What is known before a document is read: the ontology, entities, all claims, those of other sources too, and
    which properties shapes give few values."""

    ontology: Graph
    vocabulary: Vocabulary
    entities: dict[str, Entity]
    claims: Sequence[Claim]
    limits: Sequence[Limit] = ()
    works: Mapping[str, str] = field(default_factory=dict)
    """The work that each source is an edition of, as `gbkg.documents.sources.works` names it."""


@dataclass(frozen=True)
class Outcome:
    """The proposals for a document, in its order. `open` counts its sentences that nothing stands behind, `answered`
    those of them for which something is proposed, `said` the proposals left out since claims say them; `dropped` the
    rows that would not pass, by fault."""

    proposals: list[Proposal]
    open: int
    answered: int
    said: int
    dropped: dict[str, int]
    context: Context


def propose(
    given: Background,
    source: Source,
    text: str,
    readings: Iterable[Reading],
    asked: Sequence[tuple[int, int]] = (),
    refused: Collection[str] = (),
) -> Outcome:
    """What the document says, by rule. `readings` are those of this source, `asked` spans of sentences that are read
    although claims stand behind them, `refused` names of which somebody said that they are no entities.

    Names that nobody has described are proposed as entities; where their words show a class, statistics and
    relations are proposed of them too.
    """
    known_cues = cues.read(given.ontology, given.vocabulary, source.language)
    aside = list(readings)
    first = read(given, source, text, aside, known_cues, given.entities, asked)
    found = new_names.find(list(first.sentences), first.lexicon, known_cues.words, source.title)
    found = [one for one in found if fold(one.name) not in refused]
    fresh = new_names.entities(found, source, given.entities, given.vocabulary.labels)
    typed = {slug: entity for slug, (entity, one) in fresh.items() if one.type}
    context = read(given, source, text, aside, known_cues, given.entities | typed, asked) if typed else first
    made = list(statistics.propose(context, Indicators(given.vocabulary, known_cues, _kinds(given.ontology))))
    made += relations.propose(context, known_cues.properties)
    made = [_fresh(one, typed) for one in made]
    spoken = {one[column] for one in made for column in ("subject", "object")}
    made += _new_names(context, first.lexicon, fresh, spoken)
    made += set_aside.propose(context, made)
    compared = compare(context, made, given.claims, given.limits, given.works)
    return outcome(context, compared.proposals, compared.said)


def read(
    given: Background,
    source: Source,
    text: str,
    readings: Sequence[Reading],
    known_cues: Cues,
    entities: dict[str, Entity],
    asked: Sequence[tuple[int, int]] = (),
) -> Context:
    """The document with its sentences, names and numbers; `entities` may have more than those that are known."""
    own = [claim for claim in given.claims if claim.source == source.slug]
    words = {name: known_cues.words.get(name, ()) for name in given.vocabulary.superclasses}
    classes = {name: [one for one in some if not one.startswith("...")] for name, some in words.items()}
    lexicon = Lexicon(entities, given.claims, given.vocabulary, classes)
    lexicon.itself = _itself(source, lexicon)
    named = lexicon.mentions(fold(source.title))
    lexicon.around = tuple(one.slug for one in named if lexicon.is_a(one.slug, "Place"))
    sentences = reading.read(source, text, own, readings, lexicon, asked)
    return Context(source, text, tuple(sentences), lexicon, entities, given.vocabulary, lexicon.itself)


def outcome(context: Context, made: Iterable[Proposal], said: int = 0) -> Outcome:
    """The proposals, each once, with the counts of sentences."""
    once = {one.id: one for one in ordered(made)}
    unread = [one for one in context.sentences if one.is_open]
    answered = sum(any(each.start < one.end and one.start < each.end for each in once.values()) for one in unread)
    dropped = dict(sorted(context.dropped.faults.items()))
    return Outcome(list(once.values()), len(unread), answered, said, dropped, context)


def _new_names(
    context: Context, lexicon: Lexicon, fresh: Mapping[str, tuple[Entity, new_names.NewName]], spoken: set[str]
) -> Iterator[Proposal]:
    """The new entities, and for those with a name near a known one its alias. `lexicon` has the known names alone,
    `spoken` the entities that proposals are about: no project keeps one that nothing is said of."""
    for one in new_names.propose(fresh, context.source, context.text, list(context.sentences), lexicon):
        idle = one.doubt or ("" if one["subject"] in spoken else "nothing-said")
        yield replace(one, doubt=idle)
        if one.doubt == "near-name" and "alias" in context.vocabulary.properties:
            near = one.candidates[0]
            cells = {"subject": near.slug, "predicate": "alias", "object": one["quote"]}
            cells |= {"quote": one["quote"], "start": one["start"], "reading": "implied"}
            cells["note"] = f"The name is read as that of {context.entities[near.slug].label}"
            because = (
                f"rule names: alike by {near.score} of 100 ({near.reason}); accept this or the new entity, not both"
            )
            alias = proposal(context, "relation", [cells], "near-name", because, one.candidates)
            yield from [alias] if alias else []


def _fresh(one: Proposal, typed: Mapping[str, Entity]) -> Proposal:
    """The proposal, in doubt if it is about an entity that is only proposed."""
    if one["subject"] in typed or one["object"] in typed:
        return replace(one, doubt=one.doubt or "new-entity")
    return one


def _kinds(ontology: Graph) -> dict[str, str]:
    return {term_name(one.value): term_name(value.value) for one, value in ontology.pairs("gbkg:indicatorKind")}


def _itself(source: Source, lexicon: Lexicon) -> str:
    """The document among the entities: the one that the register names, else one whose name is in the title, or has the
    title in it."""
    named = (iri.removeprefix(PREFIXES["id"]) for iri in source.works)
    if known := next((slug for slug in named if slug in lexicon.entities), ""):
        return known
    title = fold(source.title).lower()
    for slug, names in lexicon.by_slug.items():
        kind = lexicon.is_a(slug, "Document") or lexicon.is_a(slug, "Policy")
        if kind and any(n.lower() in title or title in n.lower() for n in names if n):
            return slug
    return ""


# ---- Beside what is known

_QUOTED = 200
"""Characters of the other claim's quotation that are shown."""


@dataclass(frozen=True)
class Compared:
    """The proposals that are left, and how many were left out since claims of the same source say them."""

    proposals: list[Proposal]
    said: int


def compare(
    context: Context,
    made: Iterable[Proposal],
    claims: Sequence[Claim],
    limits: Iterable[Limit],
    works: Mapping[str, str],
) -> Compared:
    """Set proposals beside all claims. `limits` say which properties have few values of one subject, `works` which
    sources are editions of one work: these may differ, but none corroborates the other."""
    mine = works.get(context.source.slug, context.source.slug)
    editions = {slug for slug, work in works.items() if work == mine}
    by_key: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if claim.status != "rejected":
            by_key.setdefault((claim.subject, claim.predicate), []).append(claim)
    single = {limit.property for limit in limits if limit.most == 1}
    single |= {name for name, kind in context.vocabulary.properties.items() if kind == "date"}
    left, said = [], 0
    for one in made:
        others = by_key.get((one["subject"], one["predicate"]), []) if one.is_claim else []
        own = [claim for claim in others if claim.source == context.source.slug]
        if any(_same(one, claim) for claim in own):
            said += 1
            continue
        left.append(_beside(one, [c for c in others if c.source != context.source.slug], single, editions))
    return Compared(left, said)


def _beside(one: Proposal, others: list[Claim], single: set[str], editions: set[str]) -> Proposal:
    same = [claim for claim in others if _same(one, claim)]
    differing = [] if same else list(_rivals(one, others, single))
    if not same and not differing:
        return one
    apart = [claim for claim in same if claim.source not in editions]
    kind = "corroboration" if apart else one.kind if same else "comparison"
    shown = apart or same or differing
    shown_claims = "; ".join(f"{claim.key}: “{_quotation(claim)}”" for claim in shown[:2])
    word = "says as much" if same else f"says {_figure(shown[0])}"
    word += ", in another edition of this work" if shown[0].source in editions else ""
    because = f"{one.because}; {shown_claims} {word}"
    return replace(one, kind=kind, because=because, against=tuple(claim.key for claim in shown))


def _same(one: Proposal, claim: Claim) -> bool:
    """Whether a claim says what is proposed: the same object, or the same figure for the same time."""
    if claim.quantity is None:
        if claim.object_kind == "text":
            return fold(claim.object).lower() == fold(one["object"]).lower()
        return claim.object == one["object"]
    figures = tuple(
        "" if n is None else in_digits(n) for n in (claim.quantity.value, claim.quantity.lower, claim.quantity.upper)
    )
    equal = figures == (one["value"], one["lower"], one["upper"]) and claim.quantity.unit == one["unit"]
    return equal and _times(one, claim)


def _rivals(one: Proposal, others: list[Claim], single: set[str]) -> Iterator[Claim]:
    """The claims that give another figure for the same time, or another value where there is one alone."""
    for claim in others:
        if claim.quantity is not None:
            if claim.quantity.unit == one["unit"] and _times(one, claim):
                yield claim
        elif one["predicate"] in single and claim.object_kind != "text":
            yield claim


def _times(one: Proposal, claim: Claim) -> bool:
    """Whether both can be about one time: the dates agree in all parts that both have, or one is not dated."""
    ours = one["as_of"].removeprefix("~").rpartition("/")[2]
    theirs = claim.dating.value if claim.dating else ""
    if ours in ("", "none") or not theirs:
        return True
    a, b = re.split(r"-+", ours.strip("-")), re.split(r"-+", theirs.strip("-"))
    return all(x == y for x, y in zip(a, b, strict=False)) if ours[0] != "-" and theirs[0] != "-" else ours == theirs


def _figure(claim: Claim) -> str:
    return f"“{fold(claim.quantity.text)}”" if claim.quantity else claim.object


def _quotation(claim: Claim) -> str:
    said = fold(" … ".join(passage.exact for passage in claim.passages))
    return said if len(said) <= _QUOTED else f"{said[:_QUOTED].rstrip()} …"
