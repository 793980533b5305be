"""What follows from the facts by named rules, each conclusion with its rule and premises.

The form of a rule is that of `rulefile`; it can only add, so the order in which rules run does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pyoxigraph as ox

from gbkg import names
from gbkg.errors import SyntaxFault
from gbkg.project import Project, read_text
from gbkg.rulefile import Pattern, Rule, parse

BASIS = ("ontology", "entities", "facts")
"""The named graphs that rules reason from. The others tell of claims, passages and judgements, not of the world."""

_RDF, _RDFS, _SH = (names.PREFIXES[prefix] for prefix in ("rdf", "rdfs", "sh"))
_TYPE, _SUBCLASS = ox.NamedNode(_RDF + "type"), ox.NamedNode(_RDFS + "subClassOf")
_INFERENCE, _RULE, _USES, _PREMISE, _CONCLUSION = (
    ox.NamedNode(str(names.GBKG[name])) for name in ("Inference", "Rule", "rule", "premise", "conclusion")
)
_STATEMENT, *_PARTS = (ox.NamedNode(_RDF + name) for name in ("Statement", "subject", "predicate", "object"))
_INFERRED, _INFERENCES = (ox.NamedNode(str(names.GRAPH[name])) for name in ("inferred", "inferences"))


@dataclass(frozen=True)
class Inference:
    """One use of a rule: `premises`, triples of pyoxigraph sorted by their N-Triples, give the conclusion."""

    rule: str
    conclusion: Any
    premises: tuple[Any, ...]

    @cached_property
    def iri(self) -> str:
        return str(names.inference(self.rule, line(self.conclusion), map(line, self.premises)))


@dataclass(frozen=True)
class Inferred:
    """The closure: triples that are not stated, sorted by their N-Triples; and every inference, sorted by rule,
    conclusion and premises, those of stated conclusions too."""

    triples: tuple[Any, ...]
    inferences: tuple[Inference, ...]


def line(triple: Any) -> str:
    """A triple of pyoxigraph as its line of N-Triples, without the line feed."""
    return f"{triple} ."


def read(project: Project) -> list[Rule]:
    """The rules of a project by name. Raises `SyntaxFault` (file, line) for one that is not of the form."""
    files = sorted(project.ontology("rules").glob("*.rq"))
    return [parse(file.stem, read_text(file, project.show(file)), project.show(file)) for file in files]


def infer(quads: Iterable[Any], rules: Sequence[Rule]) -> Inferred:
    """What follows from the quads, whatever graphs they stand in, by running the rules until nothing new comes.

    The engine joins and inserts; Python sees only the inferences of the finished closure. An inference whose
    conclusion is among its own premises is left out. Raises `SyntaxFault` when a rule concludes a type or subclass.
    """
    engine = ox.Store()
    engine.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    _close(engine, rules)
    classes = _Classes(engine)
    lines: dict[Any, str] = {}

    def written(triple: Any) -> str:
        if triple not in lines:
            lines[triple] = line(triple)
        return lines[triple]

    found = {use for rule in rules for use in _uses(engine, rule, classes, written)}
    for use in found:
        if use.conclusion.predicate in (_TYPE, _SUBCLASS):
            (file,) = (rule.file for rule in rules if rule.name == use.rule)
            raise SyntaxFault(f"the rule concludes what types rest on: {use.conclusion}", file=file)
    ordered = sorted(found, key=lambda u: (u.rule, written(u.conclusion), [written(p) for p in u.premises]))
    new = (quad.triple for quad in engine.quads_for_pattern(None, None, None, _INFERRED))
    return Inferred(tuple(sorted(new, key=str)), tuple(ordered))


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


# ---- Running


def _close(engine: Any, rules: Sequence[Rule]) -> None:
    """Adds what follows to the default graph and, marked as new, to the graph of inferred triples. A rule runs again
    only when triples have come since it last ran."""
    updates = [_update(rule) for rule in rules]
    ran_at = [-1] * len(rules)
    size = len(engine)
    while any(at != size for at in ran_at):
        for number, update in enumerate(updates):
            if ran_at[number] != size:
                ran_at[number] = size
                engine.update(update)
                size = len(engine)


def _update(rule: Rule) -> str:
    head = " ".join(map(str, rule.head.terms))
    inserted = f"{head} . GRAPH {_INFERRED} {{ {head} }}"
    return f"{rule.prologue}INSERT {{ {inserted} }} WHERE {{ {rule.where}\nFILTER NOT EXISTS {{ {head} }} }}"


def _uses(engine: Any, rule: Rule, classes: _Classes, written: Any) -> Iterator[Inference]:
    """The uses of one rule in a closed graph; one may come twice."""
    for solution in engine.query(f"{rule.prologue}SELECT * WHERE {{ {rule.where}\n}}"):
        conclusion = _filled(rule.head, solution)
        if conclusion is None:
            continue
        premises: set[Any] = set()
        for pattern in rule.body:
            if pattern.predicate is None:
                below, above = (_value(term, solution) for term in (pattern.subject, pattern.object))
                premises.update(classes.path(below, above) if pattern.typed else classes.above(below, above))
            else:
                premises.add(_filled(pattern, solution))
        if conclusion not in premises:
            yield Inference(rule.name, conclusion, tuple(sorted(premises, key=written)))


def _filled(pattern: Pattern, solution: Any) -> Any:
    """The triple of a pattern in a solution; None where it would have a literal as subject."""
    subject, predicate, value = (_value(term, solution) for term in pattern.terms)
    return None if isinstance(subject, ox.Literal) else ox.Triple(subject, predicate, value)


def _value(term: Any, solution: Any) -> Any:
    return solution[term.value] if isinstance(term, ox.Variable) else term


class _Classes:
    """Shortest chains of `rdf:type` and `rdfs:subClassOf` in one store; of two as short, the first by IRI."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.parents: dict[Any, list[Any]] = {}
        for quad in engine.quads_for_pattern(None, _SUBCLASS, None, ox.DefaultGraph()):
            self.parents.setdefault(quad.subject, []).append(quad.object)
        self.chains: dict[tuple[Any, Any], tuple[Any, ...] | None] = {}
        self.types: dict[Any, list[Any]] = {}

    def path(self, node: Any, cls: Any) -> tuple[Any, ...]:
        """The triples that make `node` an instance of `cls`."""
        if node not in self.types:
            found = self.engine.quads_for_pattern(node, _TYPE, None, ox.DefaultGraph())
            self.types[node] = [quad.object for quad in found]
        chains = [(c, chain) for c in self.types[node] if (chain := self._chain(c, cls)) is not None]
        narrow, chain = min(chains, key=lambda found: (len(found[1]), str(found[0]), list(map(str, found[1]))))
        return (ox.Triple(node, _TYPE, narrow), *chain)

    def above(self, narrow: Any, cls: Any) -> tuple[Any, ...]:
        """The triples that put the class `narrow` below `cls`; none when they are the same."""
        chain = self._chain(narrow, cls)
        assert chain is not None
        return chain

    def _chain(self, narrow: Any, cls: Any) -> tuple[Any, ...] | None:
        if (narrow, cls) not in self.chains:
            self.chains[narrow, cls] = self._search(narrow, cls)
        return self.chains[narrow, cls]

    def _search(self, narrow: Any, cls: Any) -> tuple[Any, ...] | None:
        level: list[tuple[Any, ...]] = [(narrow,)]
        seen = {narrow}
        while level:
            for chain in level:
                if chain[-1] == cls:
                    return tuple(ox.Triple(a, _SUBCLASS, b) for a, b in pairwise(chain))
            longer: list[tuple[Any, ...]] = []
            for chain in level:  # in order of IRIs, so the first chain to reach a class is the one to keep
                for parent in sorted(self.parents.get(chain[-1], ()), key=str):
                    if parent not in seen:
                        seen.add(parent)
                        longer.append((*chain, parent))
            level = longer
        return None


# ---- Writing


def _terms(triple: Any) -> tuple[Any, Any, Any]:
    return triple.subject, triple.predicate, triple.object


def _rule_quads(rule: Rule) -> list[Any]:
    label, description = _RDFS + "label", names.PREFIXES["dcterms"] + "description"
    words = ((label, rule.summary), (description, rule.description), (_SH + "construct", rule.text))
    node = ox.NamedNode(str(names.rule(rule.name)))
    told = [ox.Quad(node, ox.NamedNode(predicate), ox.Literal(text), _INFERENCES) for predicate, text in words]
    return [ox.Quad(node, _TYPE, _RULE, _INFERENCES), *told]
