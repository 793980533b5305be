"""What a server answers, as pyoxigraph has it: the reading of results, and what some servers write otherwise.

SPARQL 1.1 Query Results JSON Format, https://www.w3.org/TR/sparql11-results-json/
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from gbkg.core.digest import stored
from gbkg.store.rename import Names

JSON, TRIPLES = "application/sparql-results+json", "application/n-triples"
_TRUE, _FALSE = (True, 1, "1", "true"), (False, 0, "0", "false")


def solutions(content: bytes, columns: Sequence[str], names: Names, plain: bool) -> Any:
    """The solutions of a SELECT as `pyoxigraph.QuerySolutions`, its columns in this order.

    A `plain` answer needs only to be read; of another one literals become what our own engine would give
    (`digest.stored`) and graphs get their names here. Raises `ValueError` or `SyntaxError` when it is no such answer,
    at its very end too: rows are not handed out before all of them have been read.
    """
    if plain and names.same:
        found = _parsed(content)
        if [variable.value for variable in found.variables] == list(columns):
            return found
    return _parsed(json.dumps(_mended(json.loads(content), columns, names)).encode())


def truth(content: bytes) -> Any:
    """The answer to an ASK as `pyoxigraph.QueryBoolean`. Virtuoso gives a table: a row with 1, or no row.

    Raises `ValueError` when it is neither.
    """
    found = json.loads(content)
    value = _truth(found) if isinstance(found, dict) else None
    if value not in _TRUE + _FALSE:
        raise ValueError("neither true nor false")
    return ox.parse_query_results(
        json.dumps({"head": {}, "boolean": value in _TRUE}), format=ox.QueryResultsFormat.JSON
    )


def _truth(found: dict[str, Any]) -> Any:
    if "boolean" in found:
        return found["boolean"]
    if [name.casefold() for name in found["head"]["vars"]] != ["__ask_retval"]:
        return None
    cells = [cell["value"] for row in found["results"]["bindings"] for cell in row.values()]
    return cells[0] if cells else False


def triples(content: bytes, media_type: str, names: Names) -> Any:
    """The triples of a CONSTRUCT or DESCRIBE as `pyoxigraph.QueryTriples`. Raises `SyntaxError`, `ValueError`."""
    form = ox.RdfFormat.from_media_type(media_type) or ox.RdfFormat.N_TRIPLES
    store = ox.Store()
    store.extend(ox.Quad(*terms(quad, names)) for quad in ox.parse(content, format=form))
    return store.query("CONSTRUCT WHERE { ?s ?p ?o }")


def terms(quad: Any, names: Names) -> tuple[Any, Any, Any]:
    """Subject, predicate and object as our own engine would give them, graphs with their names here."""
    return names.got(quad.subject), names.got(quad.predicate), names.got(stored(quad.object))


def _parsed(content: bytes) -> Any:
    # Twice, because what is broken must be found before its first row is used.
    _read_through(content)
    return ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)


def _read_through(content: bytes) -> None:
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    try:
        if not isinstance(found, ox.QuerySolutions):
            raise ValueError("no table")
        for _ in found:
            pass
    finally:
        # Solutions must not die in another thread than theirs, where an error that keeps them may be collected.
        del found


def _mended(found: Any, columns: Sequence[str], names: Names) -> dict[str, Any]:
    try:
        rows = [{name: _cell(cell, names) for name, cell in row.items()} for row in found["results"]["bindings"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no table") from error
    return {"head": {"vars": list(columns)}, "results": {"bindings": rows}}


def _cell(cell: dict[str, Any], names: Names) -> dict[str, Any]:
    if cell["type"] == "uri":
        return cell if names.same else {**cell, "value": names.got(ox.NamedNode(cell["value"])).value}
    if cell["type"] not in ("literal", "typed-literal"):
        return cell
    if language := cell.get("xml:lang"):
        return {"type": "literal", "value": cell["value"], "xml:lang": language.lower()}
    if "datatype" not in cell:
        return {"type": "literal", "value": cell["value"]}
    term = stored(ox.Literal(cell["value"], datatype=ox.NamedNode(cell["datatype"])))
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
