"""The saved queries of a project: listed, or one of them explained, with values for its parameters such that it has an
answer."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.ask import answers
from gbkg.ask.names import members
from gbkg.ask.queries import bind, examine
from gbkg.ask.saved import Parameter, SavedQuery
from gbkg.core import prefixes
from gbkg.core.errors import Finding, GbkgError, NotFoundError, likely
from gbkg.core.limits import GIGABYTE, Limits
from gbkg.core.project import Project
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.terms import Term
from gbkg.core.text import counted, escape

if TYPE_CHECKING:
    from gbkg.ask.opened import OpenGraph

_TRIES = 12
_ROWS = 100
_LIMITS = Limits(5, GIGABYTE)
_SIMPLE = {"date": "2019-10", "number": "100", "text": "blockchain"}
_KINDS = {
    "date": ("gYear", "gYearMonth", "date"),
    "number": ("integer", "decimal"),
    "text": ("string", ""),
}


@dataclass(frozen=True)
class Queries(Result):
    """Saved queries, `tags` of all, and those that cannot be used; one that was asked for by its name has an `example`,
    a value for each parameter."""

    kind = "queries"
    queries: tuple[SavedQuery, ...]
    tags: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    example: dict[str, str] | None = None
    tagged: bool = False
    """Whether only those with one tag were asked for."""

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        if self.example is not None:
            yield from map(escape, _explained(self.queries[0], self.example))
            return
        for query in self.queries:
            yield escape(f"{query.name}  {query.summary}")
            yield from (escape(f"    -p {_signature(parameter)}") for parameter in query.parameters)
        for fault in self.findings:
            yield escape(f"{Path(fault.file).stem}  cannot be used: {fault}")

    @property
    def summary(self) -> str:
        if self.example is not None:
            return ""
        tags = f"; tags: {', '.join(self.tags)}" if self.tags and not self.tagged else ""
        return counted(len(self.queries), "query", "queries") + tags

    def values(self) -> dict[str, Any]:
        more = {} if self.example is None else {"example": self.example}
        listed = [query.to_dict() | more for query in self.queries]
        return {"queries": listed, "tags": list(self.tags), "findings": [one.to_dict() for one in self.findings]}


def listed(project: Project, name: str, kg: Callable[[], OpenGraph]) -> Queries:
    """The saved queries of a project: all, those with a tag, or the one of this name; `kg` opens the graph for an
    example. Raises `NotFoundError` for any other name, and the error of the query that has it but cannot be used."""
    library, faults = examine(project)
    if name in library:
        query = library[name]
        return Queries((query,), query.tags, (), example(query, kg()) if query.parameters else {})
    for fault in faults:
        if name and Path(fault.file or "").stem == name:
            raise fault
    tags = sorted({tag for query in library.values() for tag in query.tags})
    if name and name not in tags:
        nearest = likely(name, [*tags, *library])
        raise NotFoundError("tag or saved query", name, nearest, () if nearest else tags)
    shown = tuple(query for query in library.values() if not name or name in query.tags)
    return Queries(shown, tuple(tags), tuple(Finding.of("queries", fault) for fault in faults), tagged=bool(name))


def _signature(parameter: Parameter) -> str:
    default = f", by default {', '.join(parameter.default)}" if parameter.default else ""
    return f"{parameter.name}=…  ({parameter.type}{default})"


def _explained(query: SavedQuery, given: dict[str, str]) -> Lines:
    yield f"{query.name}  {query.summary}"
    caution = f"Caution: {query.caution}" if query.caution else ""
    row = f"One row: {', '.join(query.row)}" if query.row else ""
    drawn = f"Drawn as: {query.view.kind}" if query.view else ""
    tags = f"Tags: {', '.join(query.tags)}" if query.tags else ""
    for paragraph in filter(None, (query.description, caution, row, drawn, tags)):
        yield f"\n{paragraph}"
    if query.parameters:
        yield "\nParameters"
    for parameter in query.parameters:
        yield f"  -p {_signature(parameter)}  {parameter.description}".rstrip()
        if parameter.choices:
            yield f"     one of {', '.join(parameter.choices)}"
    typed = "".join(f" -p {shlex.quote(f'{name}={value}')}" for name, value in given.items())
    yield f"\n  gbkg query {query.name}{typed}"


def example(query: SavedQuery, kg: OpenGraph) -> dict[str, str]:
    """A value for each parameter, as a reader may type it, such that the query with all of them has rows.

    Values are taken from the answer where it has some, and differ from one another. A parameter for which none fits
    is left out. When there are no rows in any case, each value is the first of its kind.
    """
    found: dict[str, str] = {}
    rows = _rows(query, found, kg)
    for parameter in query.parameters:
        for value in _candidates(parameter, rows, kg):
            more = _rows(query, found | {parameter.name: value}, kg) if rows and value not in found.values() else []
            if more or not rows:
                found[parameter.name], rows = value, more
                break
    return found


def _rows(query: SavedQuery, values: dict[str, str], kg: OpenGraph) -> list[dict[str, Any]]:
    """The first rows with these values; none when the query gives no rows, or not in time."""
    try:
        answer = answers.run(kg.store, bind(query, values, kg.labels), limits=_LIMITS, limit=_ROWS)
    except GbkgError:
        return []
    return [dict(row) for row in answer] if isinstance(answer, answers.Answer) else []


def _candidates(parameter: Parameter, rows: list[dict[str, Any]], kg: OpenGraph) -> list[str]:
    """Values to try, the likeliest first: those in the parameter's own column, choices, the default, others of its type
    in the rows, others of its type."""
    iri = None if parameter.type in _SIMPLE else prefixes.full(parameter.type)
    of_class = members(kg.store, ox.NamedNode(iri)) if iri is not None else set()
    own = [row[parameter.name] for row in rows if row.get(parameter.name) is not None]
    cells = [term for row in rows for term in row.values()]
    known = [_typed(term) for term in own]
    known += [*parameter.choices, *parameter.default]
    known += [_typed(term) for term in cells if term in of_class or _fits(term, parameter.type)]
    known += [_SIMPLE[parameter.type]] if parameter.type in _SIMPLE else sorted(map(_typed, of_class))
    allowed = [value for value in known if not parameter.choices or value in parameter.choices]
    return list(dict.fromkeys(allowed))[:_TRIES]


def _fits(term: Term | None, kind: str) -> bool:
    """Whether a literal is of the type date, number or text."""
    if not isinstance(term, ox.Literal):
        return False
    name = term.datatype.value.rpartition("#")[2]
    return name in _KINDS.get(kind, ()) or (kind == "text" and bool(term.language))


def _typed(term: Term) -> str:
    return prefixes.shorten(term.value) if isinstance(term, ox.NamedNode) else str(term.value)
