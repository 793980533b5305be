"""One claim, one passage: what the graph has on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode
from rich.markup import escape

from gbkg.ask.citation import Citation
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Term, to_json
from gbkg.core.text import oneline
from gbkg.evidence.proofs import ClaimEvidence, Quotation
from gbkg.render.result import WIDTH, Lines, Result

Said = tuple[NamedNode, Term]
"""A property and its value."""


@dataclass(frozen=True)
class ClaimResult(Result):
    """A claim: what its node says, property by property, and how a report cites it. `label` gives names of terms."""

    kind = "claim"
    node: NamedNode
    said: tuple[Said, ...]
    citation: Citation
    label: Callable[[Any], str]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        yield f"[bold]{escape(shorten(self.node.value))}[/bold]"
        for predicate, value in self.said:
            yield escape(f"  {self.label(predicate)}: {oneline(self.label(value))}")
        yield escape(self.citation.text().rstrip())

    def values(self) -> dict[str, Any]:
        listed = [
            {"property": shorten(predicate.value), "label": self.label(predicate), "value": to_json(value),
             "text": self.label(value)}
            for predicate, value in self.said
        ]  # fmt: skip
        cited = {name: value for name, value in self.citation.to_dict().items() if name not in _FRAME}
        return {"iri": self.node.value, "id": shorten(self.node.value), "properties": listed, "citation": cited}


@dataclass(frozen=True)
class PassageResult(Result):
    """A passage: its words, and the claims that they prove, in the order of their IRIs."""

    kind = "passage"
    passage: Quotation
    claims: tuple[ClaimEvidence, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        one = self.passage
        yield f"[bold]{escape(one.source)}[/bold] {one.start}–{one.end}"
        yield escape(f"“{oneline(one.exact)}”")
        for claim in self.claims:
            yield escape(f"  clm:{claim.key}  {', '.join(claim.how)}".rstrip())

    def values(self) -> dict[str, Any]:
        one = self.passage
        return {
            "iri": one.passage,
            "id": "psg:" + one.passage.removeprefix(PREFIXES["psg"]),
            "source": one.source,
            "start": one.start,
            "end": one.end,
            "exact": one.exact,
            "claims": [claim.to_dict() for claim in self.claims],
        }


_FRAME = ("schema", "kind", "remarks")
"""What a record has as a document of its own."""
