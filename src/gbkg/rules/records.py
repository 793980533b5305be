"""What was inferred as quads: the triples, and a record of each rule and each of its uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from gbkg import names
from gbkg.rules.file import Rule
from gbkg.rules.infer import Inferred, line

_RDF, _RDFS, _SH = (names.PREFIXES[prefix] for prefix in ("rdf", "rdfs", "sh"))
_TYPE = ox.NamedNode(_RDF + "type")
_INFERENCE, _RULE, _USES, _PREMISE, _CONCLUSION = (
    ox.NamedNode(str(names.GBKG[name])) for name in ("Inference", "Rule", "rule", "premise", "conclusion")
)
_STATEMENT, *_PARTS = (ox.NamedNode(_RDF + name) for name in ("Statement", "subject", "predicate", "object"))
_INFERRED, _INFERENCES = (ox.NamedNode(str(names.GRAPH[name])) for name in ("inferred", "inferences"))


def quads(inferred: Inferred, rules: Sequence[Rule]) -> list[Any]:
    """The quads of the graphs `inferred` and `inferences`, in an order of their own: the triples, then the rules, the
    inferences by IRI, and the triples that these name by IRI."""
    found = [ox.Quad(*_terms(triple), _INFERRED) for triple in inferred.triples]
    for rule in rules:
        found += _rule_quads(rule)
    iris: dict[Any, Any] = {}
    for use in inferred.inferences:
        for triple in (use.conclusion, *use.premises):
            if triple not in iris:
                iris[triple] = ox.NamedNode(str(names.triple(line(triple))))
    for use in sorted(inferred.inferences, key=lambda use: use.iri):
        node = ox.NamedNode(use.iri)
        premises = sorted((iris[p] for p in use.premises), key=lambda iri: iri.value)
        about = [(_TYPE, _INFERENCE), (_USES, ox.NamedNode(str(names.rule(use.rule))))]
        about += [(_CONCLUSION, iris[use.conclusion]), *((_PREMISE, p) for p in premises)]
        found += [ox.Quad(node, predicate, value, _INFERENCES) for predicate, value in about]
    for triple, iri in sorted(iris.items(), key=lambda item: item[1].value):
        found.append(ox.Quad(iri, _TYPE, _STATEMENT, _INFERENCES))
        found += [ox.Quad(iri, part, term, _INFERENCES) for part, term in zip(_PARTS, _terms(triple), strict=True)]
    return found


def _terms(triple: Any) -> tuple[Any, Any, Any]:
    return triple.subject, triple.predicate, triple.object


def _rule_quads(rule: Rule) -> list[Any]:
    label, description = _RDFS + "label", names.PREFIXES["dcterms"] + "description"
    words = ((label, rule.summary), (description, rule.description), (_SH + "construct", rule.text))
    node = ox.NamedNode(str(names.rule(rule.name)))
    told = [ox.Quad(node, ox.NamedNode(predicate), ox.Literal(text), _INFERENCES) for predicate, text in words]
    return [ox.Quad(node, _TYPE, _RULE, _INFERENCES), *told]
