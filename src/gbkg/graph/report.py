"""What a build says of itself, for programs and for readers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from gbkg.claims.review import Accuracy
from gbkg.core.errors import Examined
from gbkg.core.prefixes import spaced
from gbkg.core.version import __version__
from gbkg.documents.coverage import Coverage, together

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
class Report:
    """The figures of one build; `inputs` is the digest of what it was made from (`Project.digest`), `engine` the SHACL
    engine that validated it, empty if none did; `gates` are those that ran, each check and each shape by itself."""

    inputs: str
    engine: str
    counts: dict[str, int]
    graphs: dict[str, int]
    accuracy: Accuracy
    coverage: dict[str, Coverage]
    gates: tuple[Examined, ...]
    warnings: tuple[str, ...]
    changes: tuple[str, ...] = ()
    """What is otherwise than in the last build (`changed`); for the curator who builds, not part of what is written."""

    def rows(self) -> list[tuple[str, str, str]]:
        """The short table: what, how many, and what that means."""
        rows = [(name, f"{self.counts[name]:,}", meaning) for name, meaning in _ROWS]
        curated = [(c, self.counts.get(c, 0)) for c in _CURATION]
        meaning = ", ".join(f"{n} {_words(c, n)}" for c, n in curated if n) or "none"
        rows.append(("curation", f"{sum(n for _, n in curated):,}", meaning))
        rows.append(("triples", f"{self.counts['triples']:,}", f"in {len(self.graphs)} named graphs"))
        rows += [("coverage", cover.percent, f"of {of} {cover.meaning}") for of, cover in self._covers()]
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
        return [(f"{len(self.coverage):,} documents", together(self.coverage.values()))]

    def json(self) -> bytes:
        """The figures as JSON; `accuracy` and `coverage` as in their classes, shares 0 to 1."""
        figures = {"version": __version__, **asdict(self)}
        del figures["changes"]
        return (json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    def markdown(self) -> bytes:
        """The figures as Markdown, with the number of instances of every class, and of what each gate looked at."""
        lines = [f"# gbkg {__version__}: what is in this build", "", "| | | |", "|---|---:|---|"]
        lines += [f"| {name} | {number} | {meaning} |" for name, number, meaning in self.rows()]
        lines += ["", "| graph | triples |", "|---|---:|"]
        lines += [f"| {name} | {size:,} |" for name, size in self.graphs.items()]
        lines += ["", "| gate | of | looked at |", "|---|---|---:|"]
        lines += [f"| {one.gate} | {one.name} | {one.count:,} {one.unit} |" for one in self.gates]
        if not self.engine:
            lines += ["", "The gates on the graph were passed over (`--unchecked`)."]
        classes = {name: n for name, n in self.counts.items() if name[0].isupper() and n}
        lines += ["", "| class | instances |", "|---|---:|"]
        lines += [f"| {name} | {n:,} |" for name, n in sorted(classes.items())]
        lines += ["", *(f"- warning: {warning}" for warning in self.warnings)]
        return ("\n".join(lines).rstrip() + "\n").encode()


def _words(name: str, count: int) -> str:
    words = spaced(name)
    plural = f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
    return words if count == 1 else plural
