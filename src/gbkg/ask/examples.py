"""Example values for the parameters of a saved query: such that it has an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.ask import answers
from gbkg.ask.names import members
from gbkg.ask.queries import Parameter, SavedQuery, bind
from gbkg.core import prefixes
from gbkg.core.errors import GbkgError
from gbkg.core.limits import GIGABYTE, Limits

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


def _fits(term: Any, kind: str) -> bool:
    """Whether a literal is of the type date, number or text."""
    if not isinstance(term, ox.Literal):
        return False
    name = term.datatype.value.rpartition("#")[2]
    return name in _KINDS.get(kind, ()) or (kind == "text" and bool(term.language))


def _typed(term: Any) -> str:
    return prefixes.shorten(term.value) if isinstance(term, ox.NamedNode) else str(term.value)
