"""How good proposals are: those for documents whose claims are known, made as if they were not.

`python benchmarks/propose.py --sources DIR [--project DIR] [--misses]` hides the claims and readings of one document
after the other, lets the rules propose, and compares with what curators accepted. Nothing is random, no clock is asked.

What counts as right:

- a statistic: subject, indicator, number or bounds, unit and precision are those of an accepted claim of the document;
- a relation: so are subject, property and the entity or date;
- words (a relation whose object is text): subject and property are, and the longest run of characters that both objects
  share is at least half of the longer one;
- a reading: the reason is, and the spans overlap by at least half of the longer one;
- an entity: its name is the label or an alias of an entity that was hidden.

The place of the quotation does not count, since a document says a thing more than once; the last column says how many
of those that are right quote words that a claim or reading quotes too. A proposal that no curator made counts as wrong,
even if the document says it. Several proposals may meet one claim: precision counts proposals, recall claims.

Names are known in the first table: labels of entities, and the aliases that documents give them, so aliases are not
measured there. In the second the entities that no other document speaks of are unknown, and so are all aliases from
this one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path

from gbkg import build
from gbkg.claims.inputs import Inputs
from gbkg.core.project import Project
from gbkg.core.records import JOINED, UNREAD, Claim, Reading
from gbkg.core.text import in_digits
from gbkg.documents import quantities
from gbkg.documents.passages import fold, is_quotation
from gbkg.documents.sources import collect
from gbkg.propose import rules
from gbkg.propose.rules import Background, Outcome
from gbkg.propose.run import known
from gbkg.propose.table import Proposal

KINDS = ("statistic", "relation", "words", "entity", "reading")
HIDDEN = "(hidden)"
"""The source of aliases that are known although their document is not."""


@dataclass
class Score:
    """Of one kind: proposals, those that are right, those of them that quote the same words, claims, and those met."""

    proposed: int = 0
    right: int = 0
    placed: int = 0
    gold: int = 0
    met: set[str] = field(default_factory=set)

    def row(self, kind: str) -> str:
        precision, recall = _share(self.right, self.proposed), _share(len(self.met), self.gold)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        figures = f"{self.proposed:>9}{self.right:>7}{self.gold:>8}{len(self.met):>6}"
        return f"{kind:<10}{figures}{precision:>11.1%}{recall:>9.1%}{f1:>8.3f}{_share(self.placed, self.right):>9.1%}"


@dataclass
class Soundness:
    """Of all proposals: exact quotations, and arguments that are in no list and no quotation."""

    proposals: int = 0
    exact: int = 0
    invented: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Trial:
    """One document whose claims are hidden: what is known, and what is to be found."""

    source: str
    text: str
    given: Background
    claims: list[Claim]
    readings: list[Reading]
    names: dict[str, str]
    """The hidden entities by name, folded and in small letters."""


def trials(project: Project, inputs: Inputs, texts: dict[str, str], *, strangers: bool) -> Iterator[Trial]:
    """A trial for each document. With `strangers` the entities that only it speaks of are hidden, and its aliases."""
    for slug in sorted(texts):
        own = [claim for claim in inputs.claims if claim.source == slug and claim.status == "accepted"]
        others = [claim for claim in inputs.claims if claim.source != slug]
        aliases = [claim for claim in own if claim.predicate == "alias"]
        spoken = {name for claim in others for name in (claim.subject, claim.object, *claim.attributed_to)}
        hidden = set(inputs.entities) - spoken if strangers else set()
        entities = {name: entity for name, entity in inputs.entities.items() if name not in hidden}
        said = [] if strangers else [replace(claim, source=HIDDEN) for claim in aliases]
        names = {fold(inputs.entities[name].label).lower(): name for name in sorted(hidden)}
        names |= {fold(claim.object).lower(): claim.subject for claim in aliases if claim.subject in hidden}
        given = replace(known(project, inputs), entities=entities, claims=[*others, *said])
        wanted = own if strangers else [claim for claim in own if claim.predicate != "alias"]
        aside = [one for one in inputs.readings if one.source == slug and one.reason not in (UNREAD, JOINED)]
        yield Trial(slug, texts[slug], given, wanted, aside, names)


def judge(trial: Trial, out: Outcome, scores: dict[str, Score], sound: Soundness) -> Iterator[str]:
    """Counts the proposals of a trial; what is wrong or was missed, a line each."""
    kinds = trial.given.vocabulary.properties
    renamed = {one["subject"]: trial.names.get(fold(one["label"]).lower(), "") for one in out.proposals if one["label"]}
    for claim in trial.claims:
        scores[_kind_of(claim)].gold += 1
    scores["reading"].gold += len(trial.readings)
    scores["entity"].gold += len(set(trial.names.values()))
    for one in out.proposals:
        _check(trial, one, out, sound)
        kind = "words" if one.is_claim and kinds.get(one["predicate"]) == "text" else one.kind
        kind = ("statistic" if one["value_text"] else "relation") if one.is_claim and kind != "words" else kind
        if one["predicate"] == "alias" and not trial.names:
            continue
        score, met = scores[kind], list(_met(trial, one, kind, renamed))
        score.proposed += 1
        score.right += bool(met)
        score.placed += any(place for _, place in met)
        score.met |= {f"{trial.source}.{name}" for name, _ in met}
        if not met:
            yield f"wrong  {kind} {trial.source} {_words(one)}: {one.because}: “{fold(one['quote'])[:120]}”"
    for claim in trial.claims:
        if f"{trial.source}.{claim.slug}" not in scores[_kind_of(claim)].met:
            said = fold(claim.passages[0].exact)[:120]
            yield f"missed {_kind_of(claim)} {claim.key} {claim.subject} {claim.predicate} {claim.object}: “{said}”"


def _met(trial: Trial, one: Proposal, kind: str, renamed: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """The claims, readings or entities that a proposal meets, and whether it quotes the same words."""
    subject, target = (renamed.get(one[column]) or one[column] for column in ("subject", "object"))
    if kind == "entity":
        yield from [(renamed[one["subject"]], True)] if renamed.get(one["subject"]) else []
    elif kind == "reading":
        for number, reading in enumerate(trial.readings):
            shared = min(one.end, reading.end) - max(one.start, reading.start)
            if reading.reason == one["reason"] and shared >= max(one.end - one.start, reading.end - reading.start) / 2:
                yield f"reading {number}", True
    else:
        for claim in trial.claims:
            if (claim.subject, claim.predicate) == (subject, one["predicate"]) and _equal(claim, one, target):
                place = any(p.start < one.end and one.start < p.end for p in claim.passages)
                yield claim.slug, place


def _equal(claim: Claim, one: Proposal, target: str) -> bool:
    if claim.quantity is None:
        return _alike(claim.object, target) if claim.object_kind == "text" else claim.object == target
    held = claim.quantity
    figures = ["" if number is None else in_digits(number) for number in (held.value, held.lower, held.upper)]
    given = [one[name] for name in ("value", "lower", "upper", "unit", "precision")]
    return [*figures, held.unit, held.precision] == given


def _alike(one: str, other: str) -> bool:
    a, b = fold(one), fold(other)
    return SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size * 2 >= max(len(a), len(b))


def _check(trial: Trial, one: Proposal, out: Outcome, sound: Soundness) -> None:
    """Counts whether the quotation is exact, and what of the row is in no list and no quotation."""
    sound.proposals += 1
    sound.exact += is_quotation(trial.text, one["quote"], one.start, one.end)
    vocabulary, quote = trial.given.vocabulary, fold(one["quote"])
    if not one.is_claim:
        return
    proposed = {each["subject"] for each in out.proposals if each.kind == "entity"}
    named = set(trial.given.entities) | proposed
    kind = vocabulary.properties.get(one["predicate"], "")
    faults = []
    if one["predicate"] not in vocabulary.properties and one["predicate"] not in vocabulary.indicators:
        faults.append("predicate")
    faults += [name for name in ("subject", *(["object"] if kind == "entity" else [])) if one[name] not in named]
    if kind == "text" and fold(one["object"]) not in quote:
        faults.append("object")
    if one["value_text"] and not _printed(one, quote):
        faults.append("value")
    faults += [name for name in ("as_of_text",) if one[name] and fold(one[name]) not in quote]
    faults += [name for name in one["attributed_to"].split() if name not in named]
    sound.invented += [f"{trial.source} {one.id}: {fault}" for fault in faults]


def _printed(one: Proposal, quote: str) -> bool:
    """Whether the quotation prints the number, as the one reader of quantities reads it."""
    if fold(one["value_text"]) not in quote:
        return False
    wanted = {one[name] for name in ("value", "lower", "upper") if one[name]}
    language = "en" if re.search(r"[a-z]", quote) else "zh"
    found = [reading.value for each in quantities.find_all(quote, language) for reading in each.readings]
    return wanted <= {in_digits(round(value, 3) if value % 1 else value) for value in found}


def _kind_of(claim: Claim) -> str:
    return "statistic" if claim.quantity else "words" if claim.object_kind == "text" else "relation"


def _words(one: Proposal) -> str:
    return " ".join(filter(None, (one["subject"], one["predicate"], one["object"], one["value"], one["reason"])))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def table(title: str, scores: dict[str, Score], sound: Soundness, outs: Iterable[Outcome]) -> Iterator[str]:
    """The lines of a table."""
    yield title
    yield "kind       proposed  right  claims   met  precision   recall      F1    place"
    yield from (score.row(kind) for kind, score in scores.items() if score.proposed or score.gold)
    yield f"exact quotations {_share(sound.exact, sound.proposals):.1%} of {sound.proposals}"
    yield f"invented arguments {len(sound.invented)}" + "".join(f"\n  {one}" for one in sound.invented)
    outs = list(outs)
    dropped = sum(sum(out.dropped.values()) for out in outs)
    total, left = sum(out.open for out in outs), sum(out.open - out.answered for out in outs)
    yield f"sentences {total}, without a proposal {left}; rows dropped that would not pass {dropped}"


def measure(project: Project, folder: Path, *, misses: bool) -> Iterator[str]:
    """All lines of the benchmark."""
    inputs = build.read(project)
    texts = collect(folder, inputs.sources).texts
    for strangers, title in ((False, "names of entities known"), (True, "entities of the document alone unknown")):
        scores, sound, outs = {kind: Score() for kind in KINDS}, Soundness(), list[Outcome]()
        told: list[str] = []
        for trial in trials(project, inputs, texts, strangers=strangers):
            out = rules.propose(trial.given, inputs.sources[trial.source], trial.text, [])
            told += judge(trial, out, scores, sound)
            outs.append(out)
        yield from table(f"{title}, by rules", scores, sound, outs)
        yield from told if misses else ()
        yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True, help="the folder with the documents")
    parser.add_argument("--project", type=Path, help="the project [default: the one that gbkg came with]")
    parser.add_argument("--misses", action="store_true", help="also what is wrong or was missed, a line each")
    asked = parser.parse_args()
    for line in measure(Project.find(asked.project), asked.sources, misses=asked.misses):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
