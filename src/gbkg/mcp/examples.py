"""Two worked examples for each tool, made from the graph that is served.

They stand in the descriptions of the tools, so no words of a document are in them: only names, which curators typed,
and terms of the ontology.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pyoxigraph import NamedNode

from gbkg.ask.catalogue import example
from gbkg.core.prefixes import shorten
from gbkg.mcp.catalogue import TOOLS, call
from gbkg.mcp.notes import shown
from gbkg.mcp.outcome import FOUND, ToolOutcome
from gbkg.web.site import Site

Arguments = dict[str, Any]
_LONGEST = 200
"""Characters of an outcome in an example."""
_TRIED = 40
"""Names, or facts, that are tried until one serves as an example."""
_MOST = """SELECT ?x ?name (COUNT(?claim) AS ?n) {
  GRAPH graph:entities { ?x rdfs:label ?name }
  GRAPH graph:claims { { ?claim rdf:subject ?x } UNION { ?claim gbkg:about ?x } }
} GROUP BY ?x ?name ORDER BY DESC(?n) ?name LIMIT 40"""
_FACTS = "SELECT ?s ?p ?o { GRAPH graph:facts { ?s ?p ?o } FILTER(ISIRI(?o)) } ORDER BY ?s ?p ?o LIMIT 400"
_QUOTED = "ASK { ?q oa:exact ?text FILTER(CONTAINS(?text, %s)) }"


@dataclass(frozen=True, slots=True)
class Example:
    """A call of a tool, and the first line of what it gives."""

    arguments: Mapping[str, Any]
    gives: str

    def __str__(self) -> str:
        return f"{json.dumps(self.arguments, ensure_ascii=False)} gives: {self.gives}"


def examples(site: Site) -> dict[str, tuple[Example, ...]]:
    """At most two examples for each tool, by its name: one that finds something, and another one."""
    return {name: tuple(_of(site, name)) for name in TOOLS}


def described(site: Site) -> dict[str, str]:
    """The description of each tool with its examples."""
    found = {}
    for name, some in examples(site).items():
        lines = [f"Example {number}: {one}" for number, one in enumerate(some, start=1)]
        found[name] = "\n".join([TOOLS[name].description, *lines])
    return found


def _of(site: Site, tool: str) -> Iterator[Example]:
    given = 0
    for arguments in _GIVEN[tool](_Known.of(site)):
        outcome = call(site, tool, arguments)
        if not outcome.failed and (given or outcome.values["outcome"] == FOUND):
            given += 1
            yield Example(arguments, _line(outcome))
        if given == 2:
            return


def _line(outcome: ToolOutcome) -> str:
    return shown(outcome.summary, _LONGEST)


@dataclass(frozen=True)
class _Known:
    """What examples are made of: a site, its entities by the number of claims, with labels, and some facts."""

    site: Site
    names: tuple[str, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()

    @staticmethod
    @lru_cache(maxsize=2)
    def of(site: Site) -> _Known:
        kg = site.kg
        names = tuple(row[1].value for row in kg.store.select(_MOST))
        label = kg.label
        facts = tuple(
            (label(s), shorten(p.value), label(o))
            for s, p, o in kg.store.select(_FACTS)
            if isinstance(p, NamedNode) and label(s) in names
        )
        return replace(_Known(site), names=names[:_TRIED], facts=facts[:_TRIED])

    def word(self) -> str:
        """The longest word of the first name."""
        return max(self.names[0].split(), key=len) if self.names else "a"


def _search(known: _Known) -> Iterator[Arguments]:
    yield from ({"query": name} for name in known.names[:1])
    yield {"query": known.word(), "kinds": ["passage"], "limit": 5}


def _fetch(known: _Known) -> Iterator[Arguments]:
    yield from ({"id": f"src:{one.id}"} for one in known.site.kg.sources().sources[:1])
    yield from ({"id": f"query:{name}"} for name in list(known.site.kg.queries)[:1])


def _entity(known: _Known) -> Iterator[Arguments]:
    yield from ({"name": name} for name in known.names[:1])
    yield from ({"name": name, "groups": ["Statistics"]} for name in known.names)


def _relations(known: _Known) -> Iterator[Arguments]:
    yield from ({"name": name, "limit": 5} for name in known.names)
    yield from ({"name": name, "hops": 2, "limit": 5} for name in known.names)


def _path(known: _Known) -> Iterator[Arguments]:
    for start, goal in zip(known.names, known.names[1:], strict=False):
        yield {"start": start, "goal": goal}
    for start, goal in zip(known.names, known.names[2:], strict=False):
        yield {"start": start, "goal": goal, "k": 2}


def _ask_saved(known: _Known) -> Iterator[Arguments]:
    for name, query in known.site.kg.queries.items():
        if query.parameters:
            given = example(query, known.site.kg)
            if len(given) == len(query.parameters):
                yield {"action": "run", "name": name, "parameters": given}
                yield {"action": "describe", "name": name}


def _sparql(known: _Known) -> Iterator[Arguments]:
    for one in known.site.kg.schema().properties[:1]:
        yield {"query": f"SELECT ?x ?y {{ ?x {one.id} ?y }}", "limit": 5}
        yield {"query": f"SELECT ?x ?y {{ ?x {one.id[:-1]} ?y }}"}


def _schema(known: _Known) -> Iterator[Arguments]:  # noqa: ARG001
    yield {"kinds": ["properties"]}
    yield {"kinds": ["indicators"]}
    yield {"kinds": ["classes"]}


def _why(known: _Known) -> Iterator[Arguments]:
    for subject, predicate, object in known.facts:
        yield {"subject": subject, "predicate": predicate, "object": object}
        yield {"subject": object, "predicate": predicate, "object": subject}


def _disputes(known: _Known) -> Iterator[Arguments]:
    yield {"kinds": ["inconsistency", "correction"], "limit": 5}
    yield from ({"name": name, "limit": 5} for name in known.names)


def _verify_quote(known: _Known) -> Iterator[Arguments]:
    store = known.site.kg.store
    for name in known.names:
        quoted = json.dumps(name, ensure_ascii=False)
        if " " in name and bool(store.query(_QUOTED % quoted)):
            yield {"quote": name, "limit": 1}
            yield {"quote": f"{name} Ltd of 1900"}


def _coverage(known: _Known) -> Iterator[Arguments]:
    yield {}
    yield from ({"source": one.id} for one in known.site.kg.sources().sources)


_GIVEN: dict[str, Callable[[_Known], Iterator[Arguments]]] = {
    function.__name__.removeprefix("_"): function
    for function in (
        *(_search, _fetch, _entity, _relations, _path, _ask_saved, _sparql, _schema, _why, _disputes, _verify_quote),
        _coverage,
    )
}
"""What makes the arguments of examples, by tool."""
