"""Cues: the words by which a text says what a term of the ontology means, as `gbkg:cue` lists them.

A cue of a property is words between its subject and object ("was founded by"), or has places for the two:
`{object}'s {subject}`, `由{object}发起`, with a class where only entities of that class are meant: `{subject:City}`. An
ellipsis lets words stand between: `{object} ... including {subject}`. `{subject {object}}` is a name that has the other
one in it; `{object the first}` an object that begins so, `{object ... is growing}` a clause that has these words.
A cue of a class or unit is a word for its members, with an ellipsis before it one that only ends their names; one of an
indicator is a name for what it measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from pyoxigraph import Literal

from gbkg.claims.vocabulary import Vocabulary
from gbkg.core.errors import Finding
from gbkg.core.prefixes import is_term, term_name
from gbkg.core.terms import Graph
from gbkg.documents.passages import fold
from gbkg.documents.tokens import base

Role = OneOf["subject", "object"]
_PLACE = re.compile(r"\{(subject|object)(?::([\w:]+))?(?: ([^{}]+))?\}")
_INSIDE = re.compile(r"\{(subject|object)(?::([\w:]+))? \{(subject|object)(?::([\w:]+))?\}\}")


@dataclass(frozen=True, slots=True)
class Words:
    """Fixed words of a cue, in lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a cue for its subject or object. A `near` one stands right beside the words; `begins` are words of the
    object itself."""

    role: Role
    cls: str
    near: bool = True
    begins: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue of a property: its parts in order, or, if `inside`, the classes of a name and of a name in it."""

    term: str
    parts: tuple[Words | Slot, ...]
    inside: bool = False

    @property
    def anchor(self) -> int:
        """The index of the part that is looked for first: the longest words."""
        lengths = [len(part.text) if isinstance(part, Words) else len(part.begins) for part in self.parts]
        return lengths.index(max(lengths))

    @property
    def clausal(self) -> bool:
        """Whether the object is the whole clause that has the words."""
        found = self.parts[self.anchor]
        return isinstance(found, Slot) and found.begins.startswith("...")

    def __str__(self) -> str:
        if self.inside:
            return "one name within the other"
        shown = [p.text if isinstance(p, Words) else f"[{p.role} {p.begins}".strip() + "]" for p in self.parts]
        return " ".join(shown)


@dataclass(frozen=True)
class Cues:
    """The cues of an ontology for one language: those of properties, and by name of each class, unit and indicator its
    words, labels included, in lower case."""

    properties: tuple[Cue, ...]
    words: dict[str, tuple[str, ...]]


def read(ontology: Graph, vocabulary: Vocabulary, language: str) -> Cues:
    """The cues of a language, and those without one; all of them where the language is not known."""
    properties: list[Cue] = []
    words: dict[str, list[str]] = {}
    for kind in ("gbkg:cue", "rdfs:label"):
        for subject, value in ontology.pairs(kind):
            if not is_term(subject.value) or not isinstance(value, Literal):
                continue
            spoken = base(language) not in ("", "und")
            if value.language and spoken and base(value.language) != base(language):
                continue
            name = term_name(subject.value)
            if name not in vocabulary.properties:
                said = re.sub(r" \(unit\)$", "", fold(value.value)).lower()
                words.setdefault(name, []).append(said)
            elif kind == "gbkg:cue":
                properties += _parsed(name, value.value, vocabulary)
    return Cues(
        tuple(sorted(properties, key=str)), {name: tuple(dict.fromkeys(some)) for name, some in sorted(words.items())}
    )


def faults(ontology: Graph, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What is wrong with the cues of properties, as warnings: text that is not a cue, or names a class that does not
    exist. Such cues find nothing."""
    for subject, value in ontology.pairs("gbkg:cue"):
        name = term_name(subject.value)
        if name in vocabulary.properties and not list(_parsed(name, value.value, vocabulary)):
            hint = "docs/curating.md says how cues are written"
            yield Finding("cues", f"cue of {name} cannot be read", found=value.value, hint=hint, severity="warning")


def _parsed(name: str, text: str, vocabulary: Vocabulary) -> Iterator[Cue]:
    domain, kind = vocabulary.domains[name], vocabulary.properties[name]
    target = vocabulary.ranges.get(name, "") if kind == "entity" else ""
    known = {"", *vocabulary.superclasses}
    inside = _INSIDE.fullmatch(text)
    if inside and inside[1] != inside[3]:
        both = ((inside[1], inside[2]), (inside[3], inside[4]))
        slots = [Slot(_role(role), cls or (domain if role == "subject" else target)) for role, cls in both]
        yield from [Cue(name, tuple(slots), True)] if {slot.cls for slot in slots} <= known else []
        return
    parts: list[Words | Slot] = []
    at = 0
    for match in _PLACE.finditer(text):
        said = text[at : match.start()]
        parts += _fixed(said, parts)
        cls = match[2] or (domain if match[1] == "subject" else target)
        near = not said.rstrip().endswith("...")
        parts.append(Slot(_role(match[1]), cls, near, (match[3] or "").lower()))
        at = match.end()
    parts += _fixed(text[at:], parts)
    given = [part.role for part in parts if isinstance(part, Slot)]
    if "subject" not in given:
        parts.insert(0, Slot("subject", domain, False))
    if "object" not in given:
        last = isinstance(parts[-1], Slot) and parts[-1].role == "subject"
        parts.insert(0 if last and given else len(parts), Slot("object", target, False))
    described = all(part.cls in known for part in parts if isinstance(part, Slot))
    worded = any(isinstance(part, Words) or part.begins for part in parts)
    if (
        described
        and worded
        and len(set(given)) == len(given)
        and not re.search(r"[{}]", "".join(map(str, _texts(parts))))
    ):
        yield Cue(name, tuple(parts))


def _role(name: str) -> Role:
    return "subject" if name == "subject" else "object"


def _fixed(text: str, parts: list[Words | Slot]) -> list[Words | Slot]:
    """The words between two places; an ellipsis before them lets the place in `parts` before it stand farther off."""
    said = fold(text).strip().lower()
    if said.startswith("...") and parts and isinstance(parts[-1], Slot):
        parts[-1] = replace(parts[-1], near=False)
    said = said.strip(". ")
    return [Words(said)] if said else []


def _texts(parts: list[Words | Slot]) -> list[str]:
    return [part.text if isinstance(part, Words) else part.begins for part in parts]
