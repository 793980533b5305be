"""Proofs as footnotes: the marks of a row, and the notes under the table. A claim has the same number throughout.

A step that claims state has only their marks; only the JSON says what else supports it. The JSON alone also has remarks
that a reader does not need: that an OPTIONAL part matched nothing (the cell is empty), and that a path has length zero
from a class to itself, as in `rdfs:subClassOf*`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from gbkg.ask.citation import Citation
from gbkg.core.prefixes import shorten
from gbkg.core.terms import TripleKey
from gbkg.core.text import counted, listed, oneline
from gbkg.evidence.proofs import ClaimEvidence, Derivation, Editorial, Evidence, Inference, Proof, Step

_RANKS: dict[type[Evidence], int] = {ClaimEvidence: 0, Inference: 1, Editorial: 2}
Marks = tuple[tuple[tuple[str, ...], ...], ...]
"""Derivations, of which one is enough; their steps, all needed; marks of a step, of which one is enough."""


@dataclass
class ProofNotes:
    """Footnotes in the order in which a reader meets their marks. Marks: numbers for claims, `r1` for inferences,
    letters for what is editorial, `n1` for remarks. Beside claims and inferences what is editorial is counted and not
    marked; `unfolded`, each of these triples has a letter and a note."""

    unfolded: bool = False
    claims: dict[str, tuple[str, ClaimEvidence]] = field(default_factory=dict)
    inferences: dict[Inference, str] = field(default_factory=dict)
    editorial: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    folded: dict[TripleKey, Editorial] = field(default_factory=dict)

    def marks(self, proof: Proof) -> Marks:
        """The marks of a proof, whose notes are kept for `lines`."""
        return tuple(map(self._derivation, proof.derivations))

    def lines(self, said: Callable[[ClaimEvidence], str] | None = None) -> list[tuple[str, str]]:
        """The footnotes, as mark and words: claims first, then inferences, editorial files, remarks. The last one has
        no mark: it counts the editorial triples that were not marked, and names their files."""
        others = self.others()
        words = said or claim_line
        return [*((number, words(claim)) for number, claim in self.claims.values()), *others]

    def others(self) -> list[tuple[str, str]]:
        """The footnotes but for the claims, to which it adds those among premises."""
        inferred = []
        waiting = list(self.inferences)
        for inference in waiting:  # which grows by the inferences among the premises
            premises = (self._steps(inference.premises),)
            words = f"{inference.summary} ({inference.rule}), from {plain(premises)}"
            inferred.append((self.inferences[inference], words))
            waiting += list(self.inferences)[len(waiting) :]
        found = inferred
        found += [(letter, words) for words, letter in self.editorial.items()]
        found += [(number, remark) for remark, number in self.remarks.items()]
        return [*found, ("", self.folded_line())] if self.folded else found

    def _derivation(self, derivation: Derivation) -> tuple[tuple[str, ...], ...]:
        remarks = [(self._remark(remark),) for remark in derivation.told]
        return self._steps(derivation.steps) + tuple(dict.fromkeys(remarks))

    def _steps(self, steps: Iterable[Step]) -> tuple[tuple[str, ...], ...]:
        """The marks of steps: claims before inferences. Editorial steps are marked only if there are no others."""
        ordered = sorted(steps, key=lambda step: _rank(step))
        if not self.unfolded and any(_rank(step) < _RANKS[Editorial] for step in ordered):
            typed = [step for step in ordered if _rank(step) == _RANKS[Editorial]]
            self.folded |= {step.triple: one for step in typed for one in step.evidence if isinstance(one, Editorial)}
            ordered = [step for step in ordered if step not in typed]
        return tuple(dict.fromkeys(map(self._step, ordered)))

    def _step(self, step: Step) -> tuple[str, ...]:
        found = [self._evidence(step, one) for one in step.evidence if _RANKS[type(one)] == _rank(step)]
        return tuple(dict.fromkeys(found))

    def _evidence(self, step: Step, evidence: Evidence) -> str:
        if isinstance(evidence, ClaimEvidence):
            return self.claims.setdefault(evidence.key, (str(len(self.claims) + 1), evidence))[0]
        if isinstance(evidence, Editorial):
            words = f"{evidence.file} ({evidence.graph})"
            words = f"{_shown(step.triple)}: {words}" if self.unfolded else words
            return self.editorial.setdefault(words, _letters(len(self.editorial)))
        return self.inferences.setdefault(evidence, f"r{len(self.inferences) + 1}")

    def _remark(self, remark: str) -> str:
        return self.remarks.setdefault(remark, f"n{len(self.remarks) + 1}")

    def folded_line(self) -> str:
        """How many editorial triples were not marked, and their files."""
        one, many = "label, type or definition", "labels, types and definitions"
        files = listed(sorted({one.file for one in self.folded.values()}))
        return f"and {counted(len(self.folded), one, many)} of our own, from {files}"


def _shown(triple: TripleKey) -> str:
    """A triple with prefixed names, literals as in N-Triples."""
    return " ".join(shorten(term.value) if isinstance(term, NamedNode) else str(term) for term in triple)


def claim_line(claim: ClaimEvidence) -> str:
    """The quotations of a claim with source and offsets, then its key, and how it stands unless accepted and stated."""
    quotations = "; ".join(f"{q.source} {q.start}–{q.end}: “{oneline(q.exact)}”" for q in claim.quotations)
    return f"{quotations or 'no quotation'}{_standing(claim)}"


def cited_line(citation: Citation) -> str:
    """As `claim_line`, with author, title, date and publisher of the document."""
    return citation.text().strip() + _standing(citation.claim)


def source_lines(citations: Iterable[Citation]) -> list[str]:
    """The documents of citations, each once, after the ids that stand for them in `claim_line`."""
    found = {one.source.id: one.source.text() for one in citations}
    return [f"{slug}: {found[slug]}" for slug in sorted(found)]


def _standing(claim: ClaimEvidence) -> str:
    """What follows the quotations of a claim: its key, how it stands, its note, and what is beside it."""
    said = f"  ({', '.join([claim.key, *claim.how])})"
    beside = f" – {'; '.join(claim.curation)}" if claim.curation else ""
    return said + (f" {claim.note}" if claim.note else "") + beside


def plain(marks: Marks, more: int = 0, before: str = "", after: str = "") -> str:
    """Marks in text: `[1,2]` are needed together, `[1] or [2]` alternatives, `[1 or 2,3]` both at once.

    >>> plain(((("1",), ("2",)), (("3", "4"),)), 2)
    '[1,2] or [3] or [4] (+2 more)'
    >>> plain(((("1", "2"), ("a",)),))
    '[1 or 2,a]'
    """
    shown = []
    for steps in marks:
        if len(steps) == 1:
            shown += [f"[{before}{mark}{after}]" for mark in steps[0]]
        else:
            joint = ",".join(" or ".join(f"{before}{mark}{after}" for mark in step) for step in steps)
            shown.append(f"[{joint}]" if joint else "–")
    return (" or ".join(dict.fromkeys(shown)) or "–") + (f" (+{more} more)" if more else "")


def _rank(step: Step) -> int:
    """Of which kind the best evidence of a step is."""
    return min((_RANKS[type(one)] for one in step.evidence), default=_RANKS[Editorial])


def _letters(number: int) -> str:
    """a, b, … z, aa, ab …; `n` and `r` are passed over, because remarks and rules begin with them."""
    alphabet = "abcdefghijklmopqstuvwxyz"
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(alphabet))
        text = alphabet[rest] + text
    return text
