"""What was asked, for files that are read without gbkg at hand: question, values, graph, and the query itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gbkg.core import __version__
from gbkg.core.text import counted

if TYPE_CHECKING:
    from gbkg.ask.formats.cells import Answered
    from gbkg.ask.opened import OpenGraph
    from gbkg.ask.queries import SavedQuery

_LICENCE = "Data: CC BY 4.0. Quotations remain their publishers'."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: `title` in words, `name` of the saved query ("" if it is none), the values of its parameters as they
    were typed, the SPARQL that ran, the digest of the graph, and what is to be said beside the answer."""

    title: str = ""
    name: str = ""
    values: Mapping[str, Sequence[str]] | None = None
    text: str = ""
    graph: str = ""
    remarks: tuple[str, ...] = ()

    def lines(self, answer: Answered) -> Iterator[tuple[str, str]]:
        """What stands about the answer on a page of its own, as name and words."""
        more = "" if answer.complete else "; there are more"
        yield "Question", self.title or "a query that is not saved"
        if self.name:
            yield "Saved query", self.name
        for name, given in (self.values or {}).items():
            yield f"With {name}", " or ".join([given] if isinstance(given, str) else given)
        yield "Rows", counted(len(answer.rows), "row") + more
        yield from (("Remark", said) for said in self.remarks)
        if self.graph:
            yield "Graph (SHA-256)", self.graph
        yield "Made with", f"gbkg {__version__}"
        yield "Licence", _LICENCE
        if self.text:
            yield "SPARQL", self.text


NOTHING = Asked()
"""The question that is not known."""


def of_question(
    kg: OpenGraph, query: SavedQuery, values: Mapping[str, Sequence[str]], text: str, remarks: Iterable[str]
) -> Asked:
    """The question that a query with these values is; `text` is what ran."""
    name = query.name if query.path in kg.project.queries else ""
    return Asked(query.summary, name, values, text, kg.digest, tuple(remarks))
