"""What was inferred as N-Quads: the triples, and a record of each rule and each of its uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from gbkg.core import terms
from gbkg.core.terms import minted, term
from gbkg.graph.rules.file import Rule
from gbkg.graph.rules.infer import Inferred, iri, line

_TYPE, _STATEMENT, _SUBJECT, _PREDICATE, _OBJECT = (
    str(term(f"rdf:{name}")) for name in ("type", "Statement", "subject", "predicate", "object")
)
_INFERENCE, _RULE, _USES, _PREMISE, _CONCLUSION = (
    str(term(f"gbkg:{name}")) for name in ("Inference", "Rule", "rule", "premise", "conclusion")
)
_INFERRED, _INFERENCES = (f"{term(name)} ." for name in ("graph:inferred", "graph:inferences"))
_OF_RULE, _OF_STATEMENT = 4, 4
"""Triples of each record of a rule, and of a triple; that of an inference has three and its premises."""


def lines(inferred: Inferred, rules: Sequence[Rule]) -> Iterator[str]:
    """The lines of N-Quads, without line feeds, of the graphs `inferred` and `inferences`, in the order of a build: by
    graph, then by subject (type first), predicate, object."""
    yield from (f"{triple} {_INFERRED}" for triple in inferred.new)
    nodes = {triple: str(terms.triple(line(triple))) for triple in inferred.statements}
    # The names of records begin with inference/, rule/ and triple/.
    for node, (name, conclusion, premises) in sorted((f"<{iri(use)}>", use) for use in inferred.uses):
        yield f"{node} {_TYPE} {_INFERENCE} {_INFERENCES}"
        yield f"{node} {_CONCLUSION} {nodes[conclusion]} {_INFERENCES}"
        for premise in sorted(map(nodes.__getitem__, premises)):
            yield f"{node} {_PREMISE} {premise} {_INFERENCES}"
        yield f"{node} {_USES} {minted('rule', name)} {_INFERENCES}"
    for rule in sorted(rules, key=lambda rule: rule.name):
        yield from _rule(rule)
    for node, triple in sorted((node, triple) for triple, node in nodes.items()):
        subject, predicate, value = triple.split(" ", 2)
        yield f"{node} {_TYPE} {_STATEMENT} {_INFERENCES}"
        yield f"{node} {_OBJECT} {value} {_INFERENCES}"
        yield f"{node} {_PREDICATE} {predicate} {_INFERENCES}"
        yield f"{node} {_SUBJECT} {subject} {_INFERENCES}"


def sizes(inferred: Inferred, rules: Sequence[Rule]) -> dict[str, int]:
    """How many lines each of the two graphs has, by its local name."""
    records = sum(3 + len(premises) for _, _, premises in inferred.uses)
    records += _OF_RULE * len(rules) + _OF_STATEMENT * len(inferred.statements)
    return {"inferred": len(inferred.new), "inferences": records}


def quads(inferred: Inferred, rules: Sequence[Rule]) -> list[Any]:
    """The same as quads of pyoxigraph."""
    return list(ox.parse("\n".join(lines(inferred, rules)), format=ox.RdfFormat.N_QUADS))


def _rule(rule: Rule) -> Iterator[str]:
    node = minted("rule", rule.name)
    yield f"{node} {_TYPE} {_RULE} {_INFERENCES}"
    for predicate, text in (
        ("dcterms:description", rule.description),
        ("rdfs:label", rule.summary),
        ("sh:construct", rule.text),
    ):
        yield f"{node} {term(predicate)} {ox.Literal(text)} {_INFERENCES}"
