"""What rules have concluded: the closure in numbers, and the N-Quads of its triples and of every use of a rule."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar, overload

import pyoxigraph as ox

from gbkg.core import terms
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import minted, term
from gbkg.graph.rules import Rule

Use = tuple[str, str, tuple[str, ...]]
"""One use of a rule: its name, the conclusion and the sorted premises, triples as N-Triples without the full stop."""

_T = TypeVar("_T")


class MadeSequence(Sequence[_T]):
    """A sequence whose items are made when they are asked for."""

    def __init__(self, size: int, item: Callable[[int], _T]) -> None:
        self._size, self._item = size, item

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> _T: ...
    @overload
    def __getitem__(self, at: slice) -> list[_T]: ...
    def __getitem__(self, at: int | slice) -> _T | list[_T]:
        if isinstance(at, slice):
            return list(map(self._item, range(self._size)[at]))
        return self._item(range(self._size)[at])


@dataclass(frozen=True)
class Inferred:
    """The closure, in numbers of four bytes, since as text it would take a hundred times the memory.

    `terms` are N-Triples, sorted, and `triples` three numbers of terms for each triple, sorted, so that the order of
    numbers is that of the texts. The other fields have numbers of triples: `added` those inferred and not stated,
    `used` the conclusion and the premises of each use of a rule, before which stand the number of its name in `names`
    and how many triples follow.
    """

    terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    triples: bytes = b""
    added: bytes = b""
    used: bytes = b""

    def json(self) -> str:
        """As text for the cache."""
        packed = [base64.b85encode(one).decode() for one in (self.triples, self.added, self.used)]
        return json.dumps([self.terms, self.names, *packed], ensure_ascii=False)

    @staticmethod
    def of_json(text: str) -> Inferred:
        """What `json` wrote."""
        known, names, *packed = json.loads(text)
        return Inferred(tuple(known), tuple(names), *map(base64.b85decode, packed))

    @property
    def new(self) -> Sequence[str]:
        """The inferred triples that are not stated, by subject, predicate and object; N-Triples without full stops."""
        added, triple = numbers(self.added), self._triple()
        return MadeSequence(len(added), lambda at: triple(added[at]))

    @property
    def uses(self) -> Sequence[Use]:
        """All uses of rules, sorted, those with stated conclusions too."""
        used, triple, starts = numbers(self.used), self._triple(), self._starts

        def use(at: int) -> Use:
            name, size = used[starts[at]], used[starts[at] + 1]
            conclusion, *premises = used[starts[at] + 2 : starts[at] + 2 + size]
            return self.names[name], triple(conclusion), tuple(map(triple, premises))

        return MadeSequence(len(starts), use)

    @cached_property
    def hashes(self) -> array[int]:
        """The number in the IRI of each premise and conclusion, by the number of the triple; 0 for another triple."""
        used, triple = numbers(self.used), self._triple()
        found = array("Q", bytes(8 * (len(numbers(self.triples)) // 3)))
        for start in self._starts:
            for number in used[start + 2 : start + 2 + used[start + 1]]:
                found[number] = found[number] or _hash(terms.triple(line(triple(number))).value)
        return found

    @property
    def order(self) -> Iterator[tuple[int, int]]:
        """The number in the IRI of each use, sorted, and where the use stands in `used`."""
        return zip(self._order[::2], self._order[1::2], strict=True)

    @cached_property
    def _order(self) -> array[int]:
        found = sorted((_hash(iri(use)), start) for use, start in zip(self.uses, self._starts, strict=True))
        return array("Q", chain.from_iterable(found))

    def _triple(self) -> Callable[[int], str]:
        """The text of a triple by its number."""
        ids, texts = numbers(self.triples), self.terms
        return lambda at: f"{texts[ids[3 * at]]} {texts[ids[3 * at + 1]]} {texts[ids[3 * at + 2]]}"

    @cached_property
    def _starts(self) -> array[int]:
        """Where each use begins in `used`."""
        used, starts, at = numbers(self.used), array("Q"), 0
        while at < len(used):
            starts.append(at)
            at += 2 + used[at + 1]
        return starts


def numbers(packed: bytes) -> memoryview[int]:
    """The numbers in packed bytes."""
    return memoryview(packed).cast("I")


def _hash(iri: str) -> int:
    """The hexadecimal digits with which the IRI of a record ends, as a number, which has the order of such IRIs."""
    return int(iri[-16:], 16)


def line(triple: str) -> str:
    """A triple as a line of N-Triples without line feed."""
    return f"{triple} ."


def iri(use: Use) -> str:
    """The IRI of an inference."""
    rule, conclusion, premises = use
    return terms.inference(rule, line(conclusion), map(line, premises)).value


# ---- As N-Quads: the triples, and a record of each rule and each of its uses

_A, _STATEMENT, _SUBJECT, _PREDICATE, _OBJECT = (
    str(term(f"rdf:{name}")) for name in ("type", "Statement", "subject", "predicate", "object")
)
_INFERENCE, _RULE, _USES, _PREMISE, _CONCLUSION = (
    str(term(f"gbkg:{name}")) for name in ("Inference", "Rule", "rule", "premise", "conclusion")
)
_IN_INFERRED, _IN_INFERENCES = (f"{term(name)} ." for name in ("graph:inferred", "graph:inferences"))
_OF_RULE, _OF_STATEMENT = 4, 4
"""Triples of each record of a rule, and of a triple; that of an inference has three and its premises."""


def lines(inferred: Inferred, rules: Sequence[Rule]) -> Iterator[str]:
    """The lines of N-Quads, without line feeds, of the graphs `inferred` and `inferences`, in the order of a build: by
    graph, then by subject (type first), predicate, object."""
    yield from (f"{triple} {_IN_INFERRED}" for triple in inferred.new)
    inferences, triples = PREFIXES["inf"], PREFIXES["trp"]
    used, hashes = numbers(inferred.used), inferred.hashes
    # The names of records begin with inference/, rule/ and triple/.
    for number, at in inferred.order:
        node = f"<{inferences}{number:016x}>"
        conclusion, *premises = (hashes[triple] for triple in used[at + 2 : at + 2 + used[at + 1]])
        yield f"{node} {_A} {_INFERENCE} {_IN_INFERENCES}"
        yield f"{node} {_CONCLUSION} <{triples}{conclusion:016x}> {_IN_INFERENCES}"
        for premise in sorted(premises):
            yield f"{node} {_PREMISE} <{triples}{premise:016x}> {_IN_INFERENCES}"
        yield f"{node} {_USES} {minted('rule', inferred.names[used[at]])} {_IN_INFERENCES}"
    for rule in sorted(rules, key=lambda rule: rule.name):
        yield from _rule(rule)
    ids, texts = numbers(inferred.triples), inferred.terms
    for triple in sorted(filter(hashes.__getitem__, range(len(hashes))), key=hashes.__getitem__):
        subject, predicate, value = (texts[number] for number in ids[3 * triple : 3 * triple + 3])
        node = f"<{triples}{hashes[triple]:016x}>"
        yield f"{node} {_A} {_STATEMENT} {_IN_INFERENCES}"
        yield f"{node} {_OBJECT} {value} {_IN_INFERENCES}"
        yield f"{node} {_PREDICATE} {predicate} {_IN_INFERENCES}"
        yield f"{node} {_SUBJECT} {subject} {_IN_INFERENCES}"


def sizes(inferred: Inferred, rules: Sequence[Rule]) -> dict[str, int]:
    """How many lines each of the two graphs has, by its local name."""
    used = numbers(inferred.used)
    records = sum(2 + used[at + 1] for _, at in inferred.order)
    records += _OF_RULE * len(rules) + _OF_STATEMENT * sum(map(bool, inferred.hashes))
    return {"inferred": len(inferred.new), "inferences": records}


def _rule(rule: Rule) -> Iterator[str]:
    node = minted("rule", rule.name)
    yield f"{node} {_A} {_RULE} {_IN_INFERENCES}"
    for predicate, text in (
        ("dcterms:description", rule.description),
        ("rdfs:label", rule.summary),
        ("sh:construct", rule.text),
    ):
        yield f"{node} {term(predicate)} {ox.Literal(text)} {_IN_INFERENCES}"
