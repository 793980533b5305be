"""An answer as a table for readers: as text, as Markdown (GitHub Flavored Markdown, section 4.10,
https://github.github.com/gfm/#tables-extension-) and as HTML, with footnotes under it when it is cited.

A claim has the same number throughout. A step that claims state has only their marks; only the JSON says what else
supports it. The JSON alone also has remarks that a reader does not need: that an OPTIONAL part matched nothing (the
cell is empty), and that a path has length zero from a class to itself, as in `rdfs:subClassOf*`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from gbkg.ask.cells import Answered, columns, texts
from gbkg.ask.rows import proof_column
from gbkg.core.prefixes import shorten
from gbkg.core.terms import Term, TripleKey
from gbkg.core.text import counted, listed, oneline, safe, table, wrapped
from gbkg.core.text import markdown as escaped

if TYPE_CHECKING:
    from gbkg.ask.citation import Citation
    from gbkg.evidence.proofs import ClaimEvidence, Derivation, Editorial, Evidence, Inference, Proof, Step

_RANKS = {"ClaimEvidence": 0, "Inference": 1, "Editorial": 2}
"""By the names of their classes, which are imported for cited answers alone."""
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
        remarks = [(self._remark(remark),) for remark in derivation.remarks_shown]
        return self._steps(derivation.steps) + tuple(dict.fromkeys(remarks))

    def _steps(self, steps: Iterable[Step]) -> tuple[tuple[str, ...], ...]:
        """The marks of steps in the order of their notes: claims before inferences. Editorial steps are marked only if
        there are no others."""
        from gbkg.evidence.proofs import Editorial

        ordered, last = sorted(steps, key=lambda step: _rank(step)), _RANKS["Editorial"]
        if not self.unfolded and any(_rank(step) < last for step in ordered):
            typed = [step for step in ordered if _rank(step) == last]
            self.folded |= {step.triple: one for step in typed for one in step.evidence if isinstance(one, Editorial)}
            ordered = [step for step in ordered if step not in typed]
        return tuple(sorted(dict.fromkeys(map(self._step, ordered)), key=lambda marks: list(map(_place, marks))))

    def _step(self, step: Step) -> tuple[str, ...]:
        found = [self._evidence(step, one) for one in step.evidence if _kind(one) == _rank(step)]
        return tuple(sorted(dict.fromkeys(found), key=_place))

    def _evidence(self, step: Step, evidence: Evidence) -> str:
        from gbkg.evidence.proofs import ClaimEvidence, Editorial

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
    """The kind of the best evidence of a step."""
    return min(map(_kind, step.evidence), default=_RANKS["Editorial"])


def _kind(evidence: Evidence) -> int:
    return _RANKS[type(evidence).__name__]


def _place(mark: str) -> tuple[int, int, str]:
    """Where the note of a mark stands: those of claims first, then of inferences, then of files."""
    kind, number = ("", mark) if mark.isdigit() else (mark[0], mark[1:])
    if number.isdigit():
        return (0 if not kind else 1, int(number), "")
    return (2, len(mark), mark)


def _letters(number: int) -> str:
    """a, b, … z, aa, ab …; `n` and `r` are skipped, because remarks and rules begin with them."""
    alphabet = "abcdefghijklmopqstuvwxyz"
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(alphabet))
        text = alphabet[rest] + text
    return text


_SHOWN = 200
"""Rows of an HTML table."""
_FOOTNOTE = 16
"""Cells that a footnote has at least, however narrow the terminal is."""


def text(answer: Answered, width: int | None = None, *, editorial: bool = False) -> str:
    """Headings, a rule, and the rows with columns two spaces apart, numbers to the right.

    `width` is that of the terminal in cells: columns share it, and where they cannot, each row is a block. Without it a
    row is one line, and the rule shows where columns begin and end. `editorial`: what is editorial has footnotes, too.
    """
    shown, notes = columns(answer), ProofNotes(editorial)
    headings = [column.heading for column in shown]
    right = [column.numeric for column in shown]
    cells = [[safe(oneline(cell), "") for cell in column.cells] for column in shown]
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
        right.append(False)
        cells.append([plain(notes.marks(proof), proof.more) for proof in answer.proofs])
    made = table(headings, [[column[at] for column in cells] for at in range(len(answer.rows))], right, width)
    return made if answer.proofs is None else f"{made}\n{_footnotes(answer, notes, width)}"


def markdown(answer: Answered, *, editorial: bool = False) -> str:
    """The table, and footnotes `[^1]` under it; `editorial` as of `text`."""
    shown, notes = columns(answer), ProofNotes(editorial)
    headings = [column.heading for column in shown]
    cells = [[escaped(cell) for cell in column.cells] for column in shown]
    rules = ["---:" if column.numeric else "---" for column in shown]
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
        cells.append([_marked(notes.marks(proof), proof.more) for proof in answer.proofs])
        rules.append("---")
    lines = [_row(list(map(escaped, headings))), _row(rules)]
    lines += [_row([column[at] for column in cells]) for at in range(len(answer.rows))]
    if answer.proofs is not None:
        lines += [""] + [
            f"[^{mark}]: {escaped(said)}" if mark else f"\n{escaped(said)}"
            for mark, said in notes.lines(_cited(answer))
        ]
    return "\n".join(lines) + "\n"


def html(answer: Answered) -> str:
    """The table for Jupyter: IRIs by their labels, with the IRI as title. Everything is escaped.

    At most 200 rows are drawn; that there are more is said.
    """
    from html import escape  # here: it takes a millisecond, and few answers go to Jupyter

    notes, headings, rows = ProofNotes(), list(answer.columns), answer.rows[:_SHOWN]
    by_column = [texts(name, [row[at] for row in rows], answer.label) for at, name in enumerate(headings)]
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
    head = "".join(f"<th>{escape(name)}</th>" for name in headings)
    body = []
    for at, row in enumerate(rows):
        cells = [_cell(term, column[at]) for term, column in zip(row, by_column, strict=True)]
        if answer.proofs is not None:
            proof = answer.proofs[at]
            cells.append(f"<td>{escape(plain(notes.marks(proof), proof.more))}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>", *body, "</tbody></table>", f"<p>{_count(answer)}</p>"]
    if answer.proofs is not None:
        items = (
            f"<li>{escape(f'[{mark}] {said}' if mark else said)}</li>" for mark, said in notes.lines(_cited(answer))
        )
        lines.append(f'<ul style="list-style: none">{"".join(items)}</ul>')
    return "\n".join(lines)


def _footnotes(answer: Answered, notes: ProofNotes, width: int | None) -> str:
    """The notes, and the documents that they name by ids."""
    lines = []
    for mark, said in notes.lines():
        head, words = f"[{mark}] " if mark else "", safe(oneline(said), "")
        blank = " " * len(head)
        lines += wrapped(words, max(width, len(head) + _FOOTNOTE), head, blank) if width else [head + words]
    sources = source_lines(answer.cited(claim) for _, claim in notes.claims.values())
    for said in map(safe, sources):
        lines += wrapped(said, max(width, _FOOTNOTE), "", "  ") if width else [said]
    return "".join(f"{line}\n" for line in lines)


def _cited(answer: Answered) -> Callable[[ClaimEvidence], str]:
    return lambda claim: cited_line(answer.cited(claim))


def _marked(marks: Marks, more: int = 0) -> str:
    """Marks as footnotes: commas join, `or` chooses.

    >>> _marked(((("1",), ("2",)), (("3",),)), 1)
    '[^1], [^2] or [^3] (+1 more)'
    """
    shown = []
    for steps in marks:
        parts = [[f"[^{mark}]" for mark in step] for step in steps]
        if len(parts) == 1:
            shown += parts[0]
        else:
            joint = (part[0] if len(part) == 1 else f"({' or '.join(part)})" for part in parts)
            shown.append(", ".join(joint) or "–")
    return (" or ".join(dict.fromkeys(shown)) or "–") + (f" (+{more} more)" if more else "")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(term: Term | None, words: str) -> str:
    from html import escape

    title = f' title="{escape(term.value)}"' if isinstance(term, NamedNode) else ""
    return f"<td{title}>{escape(words)}</td>"


def _count(answer: Answered) -> str:
    count = counted(len(answer.rows), "row")
    if not answer.complete:
        count = f"the first {count}; there are more"
    return f"{count}, {_SHOWN} of them shown" if len(answer.rows) > _SHOWN else count
