"""The names that nodes of a graph have, and which of them match what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pyoxigraph import Literal as Text
from pyoxigraph import NamedNode

from gbkg.ask.labels import Labels
from gbkg.core.errors import GbkgError, NotFoundError, near
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import Quad, reachable, term
from gbkg.store.base import Store

Match = Literal["id", "label", "alias", "part", "near"]
"""Why a node may be meant, the best reason first: its IRI or id is what was typed, or its label, or an alias; what was
typed is a part of a name; or a name is spelled nearly so."""
_BY_CLASS = {
    "source": ("gbkg:Source",),
    "claim": ("gbkg:Claim",),
    "source or claim": ("gbkg:Source", "gbkg:Claim"),
    "indicator": ("gbkg:Indicator",),
    "rule": ("gbkg:Rule",),
}
"""The classes of those kinds that are classes."""
_SPACES = {
    "entity": ("id",),
    "node": ("id", "gbkg", "src", "clm"),
    "source": ("src",),
    "claim": ("clm",),
    "source or claim": ("src", "clm"),
    "indicator": ("gbkg",),
    "rule": ("rule",),
    "class": ("gbkg",),
    "property": (),
}
"""The prefixes that may be left out, by kind."""
_LABELS = tuple(map(term, ("rdfs:label", "skos:prefLabel", "dcterms:title")))
_ALIASES = tuple(map(term, ("gbkg:alias", "skos:altLabel")))
_TYPE, _SUBCLASS, _ENTITIES = term("rdf:type"), term("rdfs:subClassOf"), term("graph:entities")
_DECLARED = tuple(map(term, ("owl:ObjectProperty", "owl:DatatypeProperty")))
_Name = tuple[NamedNode, Match, str]
"""A node, and one of its names as it is spelled."""
SUGGESTED, MOST = 3, 10
"""How many candidates an error names, and how many there are at most."""
_FEW = 12
"""Up to how many nodes of a kind an error names them all."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node that may be meant. `kind` is the label of its class, or what is wanted; `name` is the id, label or alias
    that matched; `score` is 1, or the similarity of a near miss; `claim` is the key of the claim that states the alias,
    if one does."""

    term: NamedNode
    kind: str
    label: str
    match: Match
    name: str
    score: float = 1.0
    claim: str = ""

    @property
    def short(self) -> str:
        """A text that names this node and no other."""
        iri = self.term.value
        own = next((PREFIXES[p] for p in ("src", "clm") if iri.startswith(PREFIXES[p])), None)
        return iri.removeprefix(own) if own else shorten(iri)

    @property
    def reason(self) -> str:
        """Why it may be meant."""
        return {
            "id": "the id",
            "label": "the label",
            "alias": f"the alias {self.name!r}" + (f", by the claim {self.claim}" if self.claim else ""),
            "part": f"part of {self.name!r}",
            "near": f"similar to {self.name!r} ({self.score:.2f})",
        }[self.match]

    @property
    def certain(self) -> bool:
        return self.match in ("id", "label")

    def __str__(self) -> str:
        return f"{self.label} ({self.short}, {self.kind})" if self.label and self.kind else self.short

    def to_dict(self) -> dict[str, Any]:
        """IRI, id, kind, label, and why it may be meant."""
        found = {"iri": self.term.value, "id": self.short, "kind": self.kind, "label": self.label}
        return found | {"match": self.match, "name": self.name, "score": round(self.score, 3), "claim": self.claim}


def classes(store: Store, top: NamedNode) -> set[NamedNode]:
    """The class and its subclasses at every depth."""
    return set(reachable([top], lambda one: (quad.subject for quad in store.quads(None, _SUBCLASS, one))))


def members(store: Store, top: NamedNode) -> set[NamedNode]:
    """The instances of the class and of its subclasses."""
    return {quad.subject for one in classes(store, top) for quad in store.quads(None, _TYPE, one)}


class Names:
    """The nodes of a kind by their names."""

    def __init__(self, labels: Labels, kind: str) -> None:
        self.labels, self.store, self.kind, self.word = labels, labels.store, kind, kind
        if kind not in _SPACES and ":" not in kind:
            raise GbkgError(f"no kind of node is called {kind!r}", hint=f"there are {', '.join(_SPACES)}, and classes")
        self.tops = [term(name) for name in _BY_CLASS.get(kind, ())]
        if ":" in kind:
            self.tops = [self._known_class(kind)]
            self.word = labels.label(self.tops[0]).lower()

    def exact(self, typed: str) -> list[Candidate]:
        """The node with this id; else all that have this label or alias."""
        readable(typed)
        for node in self._identified(typed):
            if self.has(node):
                return [self.candidate(node, "id", typed)]
        labelled = self._looked_up(typed, _LABELS)
        if len(labelled) == 1 and self._looked_up(typed, _ALIASES) <= labelled:
            return [self.candidate(labelled.pop(), "label", typed)]
        best: dict[NamedNode, _Name] = {}
        for name in self._by_name.get(typed.casefold(), ()):
            best.setdefault(name[0], name)
        ids = [name for name in best.values() if name[1] == "id"]
        chosen = ids if len(ids) == 1 and self.kind != "property" else best.values()
        return [self.candidate(*name) for name in sorted(chosen, key=str) if name[1] != "part"]

    def alike(self, typed: str) -> list[Candidate]:
        """The nodes with a name that begins with what was typed, has it or all of its words in it, or is spelled nearly
        so; in this order, shorter names first."""
        part = re.sub(r"^(id|src|clm|gbkg):", "", typed).casefold()
        known = sorted(self._by_name, key=lambda name: (len(name), name)) if part else []
        parts = [name for name in known if name.startswith(part)]
        parts += [name for name in known if _within(part, name)]
        parts += [name for name in known if all(_within(word, name) for word in part.split())]
        close = [name for name in known if part in name] + near(part, known, SUGGESTED * 2)
        found: dict[NamedNode, Candidate] = {}
        for name in dict.fromkeys([*parts, *close]):
            score = 1.0 if name in parts else likeness(part, name)
            for node, match, spelled in self._by_name[name]:
                # An id is made up by us: a part of one is not a part of a name.
                how: Match = "part" if name in parts and (match != "id" or self.kind in _BY_CLASS) else "near"
                if node not in found or (how == "part" and found[node].match == "near"):
                    found[node] = self.candidate(node, how, spelled, score)
            if len(found) > MOST:
                break
        return list(found.values())

    def elsewhere(self, typed: str) -> Candidate | None:
        """The one node of another kind that has exactly this name, classes and properties left out."""
        found = [] if self.kind == "node" else Names(self.labels, "node").exact(typed)
        others = [one for one in found if not self.has(one.term) and not self._of_vocabulary(one.term)]
        return others[0] if len(others) == 1 else None

    def refusal(self, typed: str, found: list[Candidate], elsewhere: Candidate | None) -> NotFoundError:
        """The error that nothing has the name, with what may help."""
        parts = [one for one in found if one.match == "part"]
        close = [str(one) for one in (parts or found)[:SUGGESTED]]
        known = [] if close else [self.candidate(node, "id", "") for node in sorted(self._members, key=str)]
        hint = ""
        if elsewhere and elsewhere.kind:
            hint = f"{elsewhere.short} is {'an' if elsewhere.kind[0] in 'aeiou' else 'a'} {elsewhere.kind}"
        elif len(known) > _FEW and self.kind not in ("entity", "node"):
            hint = f"for instance {', '.join(one.short for one in known[:SUGGESTED])}"
        elif not close and len(known) > _FEW:
            hint = "gbkg search WORDS looks for words in names"
        return NotFoundError(self.word, typed, close, list(map(str, known)) if len(known) <= _FEW else [], hint=hint)

    def has(self, node: Any) -> bool:
        """True if the node is of the kind."""
        if self.kind == "entity":
            return any(True for _ in self.store.quads(node, _TYPE, None, _ENTITIES))
        if self.kind == "node":
            return any(True for place in ((node,), (None, None, node)) for _ in self.store.quads(*place))
        if self.tops:
            return any(quad.object in self._classes for quad in self.store.quads(node, _TYPE))
        return node in self._members

    def _of_vocabulary(self, node: NamedNode) -> bool:
        kinds = (*_DECLARED, term("owl:Class"))
        return any(True for kind in kinds for _ in self.store.quads(node, _TYPE, kind))

    def _known_class(self, kind: str) -> NamedNode:
        top = NamedNode(str(full(kind)))
        if any(True for place in ((top,), (None, _TYPE, top)) for _ in self.store.quads(*place)):
            return top
        used = {quad.object for quad in self.store.quads(None, _TYPE)} | classes(self.store, term("gbkg:Entity"))
        raise NotFoundError("class", kind, near(kind, (shorten(one.value) for one in used)))

    def _identified(self, typed: str) -> Iterator[NamedNode]:
        """The nodes of which this would be the IRI, the prefixed name or the id."""
        spaces = [PREFIXES[prefix] for prefix in _SPACES.get(self.kind, ("id", "gbkg"))]
        for iri in [full(typed)] if ":" in typed else [full(f"<{space}{typed}>") for space in spaces if typed]:
            with suppress(ValueError):  # for characters that the engine takes in no IRI
                if iri is not None:
                    yield NamedNode(iri)

    def _looked_up(self, typed: str, predicates: Iterable[NamedNode]) -> set[NamedNode]:
        """The nodes with this very name, found by the index, which is fast however large the graph is."""
        texts = (Text(typed), Text(typed, language="en"))
        found = {q.subject for one in predicates for text in texts for q in self.store.quads(None, one, text)}
        return {node for node in found if self.has(node)}

    @cached_property
    def _classes(self) -> set[NamedNode]:
        return {one for top in self.tops for one in classes(self.store, top)}

    @cached_property
    def _members(self) -> set[NamedNode]:
        if self.kind == "entity":
            found = {quad.subject for quad in self.store.quads(None, _TYPE, None, _ENTITIES)}
            return {node for node in found if node.value.startswith(PREFIXES["id"])}
        if self.kind == "property":
            used = {row[0] for row in self.store.select("SELECT DISTINCT ?p { ?s ?p ?o }")}
            used |= {quad.object for quad in self.store.quads(None, term("rdf:predicate"))}
            return used | {quad.subject for kind in _DECLARED for quad in self.store.quads(None, _TYPE, kind)}
        if self.kind == "class":
            declared = {quad.subject for quad in self.store.quads(None, _TYPE, term("owl:Class"))}
            return declared | self._types()
        return {quad.subject for one in self._classes for quad in self.store.quads(None, _TYPE, one)}

    @cached_property
    def _by_name(self) -> dict[str, list[_Name]]:
        """Every name in lower case; of one node labels come before aliases, and these before ids."""
        found: dict[str, list[_Name]] = {}
        kinds: tuple[tuple[Match, tuple[NamedNode, ...]], ...] = (("label", _LABELS), ("alias", _ALIASES))
        for match, predicates in kinds:
            for quad in (quad for one in predicates for quad in self._named(one)):
                found.setdefault(quad.object.value.casefold(), []).append((quad.subject, match, quad.object.value))
        for node in self._members if self.kind != "node" else ():
            short = shorten(node.value).strip("<>")
            key = short.partition(":")[2]
            for name in {short, key, re.split(r"[/#]", node.value)[-1]}:
                found.setdefault(name.casefold(), []).append((node, "id", name))
            if short.startswith("clm:"):  # people remember a claim by its own id, without that of its source
                found.setdefault(key.partition(".")[2].casefold(), []).append((node, "part", key))
        return found

    def _named(self, predicate: NamedNode) -> Iterator[Quad]:
        if self.kind == "node":
            return self.store.quads(None, predicate)
        return self.store.quads_of(self._members, predicate)

    @property
    def nodes(self) -> set[NamedNode]:
        """All nodes of the kind."""
        return self._members

    def known(self) -> Iterator[_Name]:
        """Every name as it is spelled; of one node labels come before aliases, and these before ids."""
        return (name for names in self._by_name.values() for name in names)

    def candidate(self, node: NamedNode, match: Match, name: str, score: float = 1.0) -> Candidate:
        """A node that may be meant, for this reason."""
        claim = self._alias_claim(node, name) if match == "alias" else ""
        return Candidate(node, self.kind_of(node), self.labels.get(node.value, ""), match, name, score, claim)

    def kind_of(self, node: NamedNode) -> str:
        """The label of a node's class; of what is not an entity, what is wanted."""
        if self.kind in _SPACES and self.kind not in ("entity", "node"):
            return self.kind
        types = self._types(node, _ENTITIES) or self._types(node)
        ours = sorted(types, key=lambda one: (not one.value.startswith(PREFIXES["gbkg"]), self.labels.label(one)))
        return self.labels.label(ours[0]) if ours else ""

    def _types(self, node: NamedNode | None = None, graph: NamedNode | None = None) -> set[NamedNode]:
        found = (quad.object for quad in self.store.quads(node, _TYPE, None, graph))
        return {one for one in found if isinstance(one, NamedNode)}

    def _alias_claim(self, node: NamedNode, alias: str) -> str:
        """The key of the first claim that states an alias; empty if none does."""
        stating = {quad.subject for quad in self.store.quads(None, term("rdf:object"), Text(alias))}
        of_node = (one for one in stating if any(True for _ in self.store.quads(one, term("rdf:subject"), node)))
        return min((one.value.removeprefix(PREFIXES["clm"]) for one in of_node), default="")


def likeness(typed: str, name: str) -> float:
    """The likeness of a name to what was typed, from 0 to 1."""
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(typed, name)


def readable(typed: str) -> None:
    """Raises `GbkgError` when a name that was typed is not text."""
    if any("\ud800" <= character <= "\udfff" for character in typed):
        raise GbkgError(f"the name {typed!r} is not UTF-8")


def _within(part: str, name: str) -> bool:
    """True if the part stands in the name as whole words."""
    return part in name and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", name) is not None
