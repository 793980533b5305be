"""From what people type to the node they mean.

A name may be an IRI, a prefixed name, an id, a label, an alias, a part of a name, or a misspelled name; upper and lower
case do not matter. What is exact and unique is taken. An alias, or a part of a name that one node alone has, is taken
with a remark. The rest is refused, with the likeliest candidates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from pyoxigraph import Literal, NamedNode

from gbkg.ask.headers import LITERALS, expected, literal
from gbkg.ask.labels import Labels
from gbkg.ask.names import MOST, Candidate, Names, readable
from gbkg.core.errors import AmbiguousNameError, GbkgError, NotFoundError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term, TripleKey, term

Remark = Callable[[str], None]
"""Called with what a name was taken for, where that is not certain."""

_SHORTEST = 3
"""Characters of a part of a name that may be taken for the whole."""


def resolve(
    labels: Labels, typed: str, kind: str = "entity", remark: Remark | None = None, what: str = ""
) -> NamedNode:
    """The node that is meant; of the kind entity, source, claim, class, property, indicator, rule, or of a class given
    by prefixed name or IRI, or any ("node").

    `remark` is called when the name is an alias or a part of a name; without it no part of a name is taken. `what` is
    named at its beginning. Raises `AmbiguousNameError` when several nodes have the name, `NotFoundError` with the best
    candidates when none has it.
    """
    typed = typed.strip()
    names = Names(labels, kind)
    found = names.exact(typed)
    if len(found) > 1:
        raise AmbiguousNameError(names.word, typed, list(map(str, found)))
    if not found:
        found = names.alike(typed)
        parts = [one for one in found if one.match == "part"]
        elsewhere = names.elsewhere(typed)
        if remark is None or len(parts) != 1 or len(typed) < _SHORTEST or elsewhere:
            raise names.refusal(typed, found, elsewhere)
        found = parts
    (meant,) = found
    if not meant.certain and remark:
        remark(f"{what}{' ' if what else ''}{typed!r} is taken for {meant}: {meant.reason}")
    return meant.term


def candidates(labels: Labels, typed: str, kind: str = "entity") -> list[Candidate]:
    """The nodes of this kind that may be meant, the likeliest first, at most ten."""
    names = Names(labels, kind)
    typed = typed.strip()
    exact = names.exact(typed)
    known = {one.term for one in exact}
    return [*exact, *(one for one in names.alike(typed) if one.term not in known)][:MOST]


def claims(labels: Labels, typed: str, remark: Remark | None = None) -> frozenset[str]:
    """The keys (SOURCE.ID) of the claims of a source, or of one claim. Raises as `resolve` does."""
    node = resolve(labels, typed, "source or claim", remark)
    named = {node}
    if node.value.startswith(PREFIXES["src"]):
        named = {quad.subject for quad in labels.store.quads(None, term("prov:hadPrimarySource"), node)}
    return frozenset(one.value.removeprefix(PREFIXES["clm"]) for one in named if one.value.startswith(PREFIXES["clm"]))


def properties(labels: Labels, typed: str) -> list[NamedNode]:
    """The properties of this IRI, prefixed name, local name or label, ours first; several may share a label. "a" is
    rdf:type, and hyphens may stand for blanks. Raises `NotFoundError` with the best candidates."""
    names = Names(labels, "property")
    # People join words as addresses and files do: located-in.
    spellings = ["rdf:type"] if typed == "a" else [typed.strip(), re.sub("[-_]", " ", typed).strip()]
    found = next(filter(None, ([one.term for one in names.exact(name)] for name in spellings)), [])
    if found:
        return sorted(found, key=lambda node: (not node.value.startswith(PREFIXES["gbkg"]), node.value))
    if Names(labels, "indicator").exact(typed):
        hint = "it is an indicator, and statistics are claims, not triples: gbkg show lists those of an entity"
        raise NotFoundError("property", typed, hint=hint)
    raise names.refusal(typed, names.alike(typed), None)


def value(labels: Labels, name: str, kind: str, typed: str, remark: Remark | None = None) -> Term:
    """The term that is meant by the value typed for the parameter `name`: a date, number or text, or a node of a class,
    given by prefixed name.

    Raises `GbkgError` when the value is not a date or number; else as `resolve`.
    """
    if any("\ud800" <= character <= "\udfff" for character in typed):
        raise GbkgError(f"the value of {name} is not UTF-8")
    if kind not in LITERALS:
        return resolve(labels, typed, kind, remark, name)
    found = literal(kind, typed)
    if found is None:
        raise GbkgError(f"{name} is {typed!r}, expected {expected(kind)}")
    return found


def triple(labels: Labels, subject: str, predicate: str, object: str, remark: Remark | None = None) -> TripleKey:
    """The triple meant by names of subject, property and object; where a name can be read in several ways, the reading
    that makes the triple hold comes first. Raises `NotFoundError` or `AmbiguousNameError` as `resolve` does."""
    store, s = labels.store, node(labels, subject, remark)
    readings, objects = properties(labels, predicate), _objects(labels, object, remark)
    for p in readings:
        for o in objects:
            if any(True for _ in store.quads(s, p, o)):
                return s, p, o
    p = readings[0]
    spoken = [quad.object for quad in store.quads(s, p) if quad.object.value.casefold() == object.casefold()]
    return s, p, (spoken or objects)[0]


def node(labels: Labels, typed: str, remark: Remark | None = None) -> NamedNode:
    """The node of any kind that is meant; an entity where several kinds have the name."""
    exact = Names(labels, "node").exact(typed.strip())
    if len(exact) == 1 and exact[0].certain:
        return exact[0].term
    return resolve(labels, typed, "entity", remark)


def _objects(labels: Labels, typed: str, remark: Remark | None) -> list[Term]:
    """What an object may be: a node, a date, a number, a text. Raises as `node` does if it can be none of them."""
    readable(typed)
    found: list[Term] = [one for kind in ("date", "number") if (one := literal(kind, typed)) is not None]
    if any(True for _ in labels.store.quads(None, None, Literal(typed))):
        found.append(Literal(typed))
    if not found:
        return [node(labels, typed, remark)]
    with suppress(NotFoundError, AmbiguousNameError):
        found.insert(0, node(labels, typed))  # what is a literal too is taken for a node by a whole name only
    return found
