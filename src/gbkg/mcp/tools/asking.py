"""Saved queries and SPARQL, each row with how it stands and its evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gbkg.ask import empty
from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.ask.headers import expected
from gbkg.ask.queries import find
from gbkg.ask.saved import SavedQuery
from gbkg.core.errors import GbkgError, NotCoveredError
from gbkg.core.prefixes import shorten
from gbkg.core.text import counted
from gbkg.mcp.names import report_unstated
from gbkg.mcp.notes import marks, of_proof, shown
from gbkg.mcp.outcome import NOT_STATED, UNKNOWN, Reply

_NOWHERE = (" occurs nowhere in the graph", " is used nowhere", " is not a graph here")


def ask_saved(reply: Reply) -> None:
    """Lists saved queries, describes one, or runs it."""
    {"list": _list, "describe": _describe, "run": _run}[reply.given("action")](reply)


def _list(reply: Reply) -> None:
    words = reply.given("words")
    every = list(reply.kg.queries.values())
    if words:
        names = [hit.id for hit in reply.kg.search(words, ("query",), len(every) or 1).hits]
        every = [reply.kg.queries[name] for name in names]
    if not every:
        report_unstated(reply, words, f"no saved query asks about {shown(words, 100)!r}")
        return
    reply.say(counted(len(every), "saved query", "saved queries"))
    reply.page("queries", every, lambda one: _listed(reply, one))


def _listed(reply: Reply, one: SavedQuery) -> tuple[list[str], dict[str, Any]]:
    names = f" ({', '.join(parameter.name for parameter in one.parameters)})" if one.parameters else ""
    return [f"{one.name}{names}: {shown(one.summary)}"], _described(reply, one)


def _described(reply: Reply, one: SavedQuery) -> dict[str, Any]:
    return {
        "name": one.name,
        "summary": shown(one.summary),
        "description": shown(one.description, 2_000),
        "caution": shown(one.caution),
        "row": list(one.row),
        "url": reply.notes.link("query", one.name),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "expected": expected(parameter.type),
                "description": shown(parameter.description),
                "choices": [shown(choice) for choice in parameter.choices],
            }
            for parameter in one.parameters
        ],
    }


def _describe(reply: Reply) -> None:
    one = find(reply.kg.project, reply.given("name"))
    values = _described(reply, one)
    reply.values |= {"queries": [values]}
    reply.say(f"{one.name}: {shown(one.summary)}", values["url"], values["description"])
    for parameter in values["parameters"]:
        choices = f"; one of {', '.join(parameter['choices'])}" if parameter["choices"] else ""
        reply.say(f"  {parameter['name']}: {parameter['expected']}{choices}; {parameter['description']}")
    reply.say(*[f"caution: {values['caution']}"] * bool(values["caution"]))


def _run(reply: Reply) -> None:
    name, given = reply.given("name"), reply.given("parameters", None) or {}
    one, most = find(reply.kg.project, name), reply.start + reply.rows
    try:
        found = reply.kg.ask_saved(name, given, cite=True, derivations=1, limit=most)
    except NotCoveredError as error:
        found = _uncited(reply, error, lambda: reply.kg.ask_saved(name, given, limit=most))
    reply.values |= {"queries": [_described(reply, one)]}
    _answered(reply, found, f"{name}: {shown(one.summary)}")


def sparql(reply: Reply) -> None:
    """The answer to a SPARQL text."""
    text, most = reply.given("query"), reply.start + reply.rows
    if reply.given("cite"):
        try:
            found = reply.kg.answer(text, cite=True, derivations=1, limit=most)
        except NotCoveredError as error:
            found = _uncited(reply, error, lambda: reply.kg.answer(text, limit=most))
    else:
        found = reply.kg.answer(text, limit=most)
    if isinstance(found, Answer) and not len(found):
        try:
            why = empty.explain(reply.kg.store, text)
        except GbkgError:
            why = None
        found = replace(found, remarks=(*found.remarks, *([f"no rows: {why}"] if why else [])))
    _answered(reply, found, "SPARQL")


def _uncited(reply: Reply, error: NotCoveredError, again: Any) -> Answer | Truth | Triples:
    """The answer without citations, if it is for want of them that it was refused."""
    found: Answer | Truth | Triples = again()
    reply.remarks.append(f"without citations: {error.message}")
    return found


def _answered(reply: Reply, found: Answer | Truth | Triples, title: str) -> None:
    reply.remarks += found.remarks
    if isinstance(found, Truth):
        reply.say(f"{title}: {found.text().strip()}")
        reply.values |= {"form": "truth", "truth": found.value, "columns": [], "rows": []}
    elif isinstance(found, Triples):
        reply.say(f"{title}: {_many(len(found), 'triple', found.complete)}")
        reply.values |= {"form": "triples", "columns": ["subject", "predicate", "object"]}
        rows = [tuple(triple) for triple in found.triples]
        reply.page("rows", rows, lambda row: _row(reply, found, row, None), not found.complete)
    else:
        reply.say(f"{title}: {_many(len(found), 'row', found.complete)}")
        reply.values |= {"form": "rows", "columns": list(found.columns)}
        proofs = found.proofs or (None,) * len(found)
        both = list(zip(found.rows, proofs, strict=True))
        reply.page("rows", both, lambda one: _row(reply, found, *one), not found.complete)
    if not isinstance(found, Truth) and not len(found):
        _empty(reply, found, title)


def _many(number: int, what: str, complete: bool) -> str:
    return counted(number, what) if complete else f"the first {counted(number, what)}"


def _empty(reply: Reply, found: Answer | Triples, title: str) -> None:
    """Why there are no rows: a term that the graph does not have, or nothing that is stated."""
    unknown = [remark for remark in found.remarks if any(words in remark for words in _NOWHERE)]
    names = [one for remark in unknown for one in remark.partition("near are ")[2].split("; ")[0].split(", ") if one]
    if unknown:
        reply.nothing(UNKNOWN, f"the graph does not have a term of this query: {unknown[0]}", names)
    else:
        reply.nothing(NOT_STATED, f"not stated in the sources: {title} has no rows")


def _row(reply: Reply, found: Any, row: Any, proof: Any) -> tuple[list[str], dict[str, Any]]:
    names = found.columns if isinstance(found, Answer) else ("subject", "predicate", "object")
    cells = {name: _cell(reply, term) for name, term in zip(names, row, strict=True) if term is not None}
    numbers = reply.cite(proof.claims) if proof else []
    status = of_proof(proof) if proof else ""
    line = " | ".join(
        f"{name}: {cell['label'] or cell['value']}"
        for name, cell in cells.items()
        if not (name.endswith("Name") and name.removesuffix("Name") in cells)
    )
    values = {"cells": cells, "status": status, "citations": numbers}
    return [f"{line}{marks(numbers)}{f' – {status}' if status else ''}"], values


def _cell(reply: Reply, term: Any) -> dict[str, str]:
    """A term: as prefixed name or printed form, and as a reader is shown it."""
    iri = type(term).__name__ == "NamedNode"
    value = shorten(term.value) if iri else getattr(term, "value", str(term))
    label = shown(reply.kg.label(term))
    made = {"value": shown(value), "label": label if label != value else ""}
    if not iri and getattr(term, "datatype", None) is not None:
        made["datatype"] = shorten(term.datatype.value)
    return made
