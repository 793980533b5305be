"""The form of a saved query: a field for each parameter, and what is wrong with what was typed into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gbkg.ask import queries
from gbkg.ask.headers import LITERALS
from gbkg.ask.names import Candidate, classes
from gbkg.ask.queries import Parameter, SavedQuery
from gbkg.core.errors import AmbiguousNameError, GbkgError, NotFoundError
from gbkg.core.prefixes import full, shorten
from gbkg.core.terms import term
from gbkg.knowledge import KnowledgeGraph

FEW = 9
"""Up to how many entities of a class a form lists them all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be ticked: the value of the field, and what it is called."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field. `kind` is `date`, `number`, `text` or `entity`; `values` are what was typed; `choices` all that there
    are if they are few, else empty; `default` is what is taken when nothing is given, in words."""

    name: str
    kind: str
    type: str
    description: str
    values: tuple[str, ...]
    choices: tuple[Choice, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that cannot be taken: the field, what was typed, why, and what may be meant."""

    field: str
    typed: str
    error: GbkgError
    candidates: tuple[Candidate, ...]


def fields(kg: KnowledgeGraph, query: SavedQuery, values: Mapping[str, Sequence[str]]) -> tuple[Field, ...]:
    """The fields of a query with these values."""
    return tuple(_field(kg, one, values.get(one.name, ())) for one in query.parameters)


def problem(kg: KnowledgeGraph, query: SavedQuery, values: Mapping[str, Sequence[str]]) -> Problem | None:
    """The first value that cannot be taken."""
    for name, given in values.items():
        kind = query.parameter(name).type
        for typed in given:
            try:
                queries.bind(query, {name: [typed]}, kg.labels, lambda _: None)
            except GbkgError as error:
                named = isinstance(error, NotFoundError | AmbiguousNameError) and kind not in LITERALS
                near = kg.find(typed, kind).candidates if named else ()
                return Problem(name, typed, error, near)
    return None


def _field(kg: KnowledgeGraph, parameter: Parameter, given: Sequence[str]) -> Field:
    kind = parameter.type if parameter.type in LITERALS else "entity"
    default = ", ".join(_called(kg, parameter, one) for one in parameter.default)
    known = list(parameter.choices) or (_members(kg, parameter.type) if kind == "entity" else [])
    chosen = {_same(kg, parameter, one) for one in given}
    choices = [Choice(one, _called(kg, parameter, one), _same(kg, parameter, one) in chosen) for one in known]
    if not parameter.choices:
        choices.sort(key=lambda choice: choice.label.casefold())
    if given and not any(choice.chosen for choice in choices):
        choices = []  # what was typed is shown, so that it can be mended
    return Field(parameter.name, kind, parameter.type, parameter.description, tuple(given), tuple(choices), default)


def _members(kg: KnowledgeGraph, cls: str) -> list[str]:
    """The entities of a class, as they can be typed, if they are few; else none."""
    top = full(cls)
    if top is None:
        return []
    found: set[str] = set()
    for one in sorted(classes(kg.store, term(cls)), key=str):
        for quad in kg.store.quads(None, term("rdf:type"), one):
            found.add(shorten(quad.subject.value))
            if len(found) > FEW:
                return []
    return sorted(found)


def _called(kg: KnowledgeGraph, parameter: Parameter, typed: str) -> str:
    """What a value is called: the label of a node, else as it was typed."""
    iri = full(typed) if parameter.type not in LITERALS and ":" in typed else None
    return kg.labels.get(iri, typed) if iri else typed


def _same(kg: KnowledgeGraph, parameter: Parameter, typed: str) -> str:
    """What tells a value from others, however it was typed."""
    return _called(kg, parameter, typed).casefold()
