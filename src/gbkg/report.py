"""What a build says of itself, for programs and for readers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from gbkg import __version__
from gbkg.coverage import Sentence
from gbkg.names import spaced
from gbkg.review import Accuracy

_ROWS = (
    ("sources", "documents registered"),
    ("entities", "things that claims are about"),
    ("claims", "statements by a source"),
    ("statistics", "of them with a number, a unit and a precision"),
    ("passages", "different quotations behind the claims"),
    ("facts", "direct triples, each said by an accepted claim"),
    ("inferred", "triples that follow from facts by rules, each with its premises"),
    ("mappings", "identifiers elsewhere"),
)
_MANY = 10
"""Documents up to which a report has a row for each."""
_CURATION = ("Correction", "Inconsistency", "PassedCheck", "Comparison", "IdentityJudgement", "Ambiguity", "Gap")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Sentences of one document: how many there are, how many are behind a claim, how many are set aside; and `quoted`,
    the share (0 to 1) of the characters of those behind claims that stands inside a quotation."""

    sentences: int
    claimed: int
    set_aside: int
    quoted: float

    def __str__(self) -> str:
        behind = f"{self.claimed} of {self.sentences} sentences behind claims"
        return f"{behind} ({100 * self.quoted:.0f} % of their text quoted), {self.set_aside} set aside"

    @property
    def percent(self) -> float:
        return 100 * (self.claimed + self.set_aside) / self.sentences if self.sentences else 100.0


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one build; `inputs` is the digest of what it was made from (`Project.digest`), `engine` the SHACL
    engine that validated it, empty if none did."""

    inputs: str
    engine: str
    counts: dict[str, int]
    graphs: dict[str, int]
    accuracy: Accuracy
    coverage: dict[str, Coverage]
    warnings: tuple[str, ...]

    def rows(self) -> list[tuple[str, str, str]]:
        """The short table: what, how many, and what that means."""
        rows = [(name, f"{self.counts[name]:,}", meaning) for name, meaning in _ROWS]
        curated = [(c, self.counts.get(c, 0)) for c in _CURATION]
        meaning = ", ".join(f"{n} {_words(c, n)}" for c, n in curated if n) or "none"
        rows.append(("curation", f"{sum(n for _, n in curated):,}", meaning))
        rows.append(("triples", f"{self.counts['triples']:,}", f"in {len(self.graphs)} named graphs"))
        rows += [("coverage", f"{cover.percent:.1f} %", f"of {of}: {cover}") for of, cover in self._covers()]
        if not self.coverage:
            rows.append(("coverage", "–", "documents not at hand; with --sources DIR every quotation is proved"))
        a = self.accuracy
        if a.judged:
            share = f"{100 * a.first / a.judged:.1f} %"
            interval = f"95 % Wilson interval {100 * a.low:.1f}–{100 * a.high:.1f} %"
            meaning = f"{a.first} of {a.judged} claims supported when first read again ({interval}); {a.resolved} now"
            rows.append(("accuracy", share, meaning))
            if a.judged < a.claims:
                rows.append(
                    ("unread", f"{a.claims - a.judged:,}", "claims that no second reader has judged as they now stand")
                )
        return rows

    def _covers(self) -> list[tuple[str, Coverage]]:
        """What is covered of each document; of many documents in one."""
        if len(self.coverage) <= _MANY:
            return list(self.coverage.items())
        each = self.coverage.values()
        behind = sum(cover.claimed for cover in each)
        quoted = sum(cover.quoted * cover.claimed for cover in each) / behind if behind else 1.0
        sentences, aside = (sum(numbers) for numbers in zip(*((c.sentences, c.set_aside) for c in each), strict=True))
        return [(f"{len(self.coverage):,} documents", Coverage(sentences, behind, aside, quoted))]

    def json(self) -> bytes:
        """The figures as JSON; `accuracy` and `coverage` as in their classes, shares 0 to 1."""
        figures = {"version": __version__, **asdict(self)}
        return (json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    def markdown(self) -> bytes:
        """The figures as Markdown, with the number of instances of every class."""
        lines = [f"# gbkg {__version__}: what is in this build", "", "| | | |", "|---|---:|---|"]
        lines += [f"| {name} | {number} | {meaning} |" for name, number, meaning in self.rows()]
        lines += ["", "| graph | triples |", "|---|---:|"]
        lines += [f"| {name} | {size:,} |" for name, size in self.graphs.items()]
        classes = {name: n for name, n in self.counts.items() if name[0].isupper() and n}
        lines += ["", "| class | instances |", "|---|---:|"]
        lines += [f"| {name} | {n:,} |" for name, n in sorted(classes.items())]
        lines += ["", *(f"- warning: {warning}" for warning in self.warnings)]
        return ("\n".join(lines).rstrip() + "\n").encode()


def covered(accounted: list[Sentence]) -> Coverage:
    """The figures of one document's sentences."""
    behind = [s for s in accounted if s.claims]
    length = sum(s.end - s.start for s in behind)
    quoted = sum(len(_quoted(s)) for s in behind) / length if length else 1.0
    return Coverage(len(accounted), len(behind), sum(bool(s.readings) and not s.claims for s in accounted), quoted)


def _quoted(sentence: Sentence) -> set[int]:
    """The offsets within a sentence that stand inside a quotation of one of its claims."""
    spans = {(p.start, p.end) for claim in sentence.claims for p in claim.passages}
    return {i for start, end in spans for i in range(max(start, sentence.start), min(end, sentence.end))}


def _words(name: str, count: int) -> str:
    words = spaced(name)
    plural = f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
    return words if count == 1 else plural
