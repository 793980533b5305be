"""Proofs as footnotes: which mark a row has, and what stands under the table. One claim has one number throughout.

A step that claims state is marked with them alone; what is also inferred or editorial stands in the JSON, as do remarks
that say nothing more to a reader: that an OPTIONAL part matched nothing (the cell is empty), and that a path has length
zero from a class to itself, as in `rdfs:subClassOf*`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gbkg.evidence import proofs as records
from gbkg.evidence.proofs import ClaimEvidence, Derivation, Editorial, Inference, Proof, Step

Marks = tuple[tuple[tuple[str, ...], ...], ...]
"""Derivations, of which one is enough; their steps, all needed; marks of a step, of which one is enough."""

_QUIET = re.compile(
    "a path of length zero: gbkg:[A-Z][A-Za-z0-9]* is both ends|nothing matched the OPTIONAL part .*", re.S
)


@dataclass
class Notes:
    """Footnotes in the order in which rows need them. Marks: numbers for claims, `r1` for inferences, letters for what
    is editorial, `n1` for remarks."""

    claims: dict[str, tuple[str, ClaimEvidence]] = field(default_factory=dict)
    inferences: dict[Inference, tuple[str, Marks]] = field(default_factory=dict)
    editorial: dict[Editorial, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def marks(self, proof: Proof) -> Marks:
        """The marks of a proof; what they stand for is noted."""
        return tuple(map(self._derivation, proof.derivations))

    def _derivation(self, derivation: Derivation) -> tuple[tuple[str, ...], ...]:
        steps = [self._step(step) for step in derivation.steps]
        steps += [(self._remark(remark),) for remark in derivation.remarks if not _QUIET.fullmatch(remark)]
        return tuple(sorted(dict.fromkeys(steps), key=_rank))

    def _step(self, step: Step) -> tuple[str, ...]:
        best = next((type(evidence) for evidence in step.evidence), None)
        found = [self._evidence(evidence) for evidence in step.evidence if type(evidence) is best]
        return tuple(dict.fromkeys(found))

    def _evidence(self, evidence: records.Evidence) -> str:
        if isinstance(evidence, ClaimEvidence):
            return self.claims.setdefault(evidence.key, (str(len(self.claims) + 1), evidence))[0]
        if isinstance(evidence, Editorial):
            return self.editorial.setdefault(evidence, _letters(len(self.editorial)))
        if evidence not in self.inferences:
            # The number is given before the premises are looked at, so that rules count from the conclusion down.
            self.inferences[evidence] = (f"r{len(self.inferences) + 1}", ())
            premises = (tuple(dict.fromkeys(map(self._step, evidence.premises))),)
            self.inferences[evidence] = (self.inferences[evidence][0], premises)
        return self.inferences[evidence][0]

    def _remark(self, remark: str) -> str:
        return self.remarks.setdefault(remark, f"n{len(self.remarks) + 1}")

    def lines(self) -> list[tuple[str, str]]:
        """The footnotes: mark and words; claims first, then inferences, what is editorial, remarks."""
        found = [(number, claim_line(claim)) for number, claim in self.claims.values()]
        for inference, (number, premises) in self.inferences.items():
            found.append((number, f"{inference.summary} ({inference.rule}), from {plain(premises)}"))
        found += [(letter, f"{note.file} ({note.graph})") for note, letter in self.editorial.items()]
        return found + [(number, remark) for remark, number in self.remarks.items()]


def claim_line(claim: ClaimEvidence) -> str:
    """The quotations of a claim with source and offsets, then its key, and how it stands unless accepted and stated."""
    quotations = "; ".join(
        f"{q.source} {q.start}–{q.end}: “{' '.join(q.exact.splitlines())}”" for q in claim.quotations
    )
    said = f"  ({', '.join([claim.key, *claim.how])})"
    beside = f" – {'; '.join(claim.curation)}" if claim.curation else ""
    return f"{quotations or 'no quotation'}{said}" + (f" {claim.note}" if claim.note else "") + beside


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


def _rank(step: tuple[str, ...]) -> int:
    """Claims before inferences before what is editorial before remarks."""
    kinds = (("0123456789", 0), ("r", 1), ("n", 3))
    return next((rank for signs, rank in kinds if step and step[0][0] in signs), 2)


def _letters(number: int) -> str:
    """a, b, … z, aa, ab …; `n` and `r` are passed over, because remarks and rules begin with them."""
    alphabet = "abcdefghijklmopqstuvwxyz"
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(alphabet))
        text = alphabet[rest] + text
    return text
