"""The records of a graph: entities, sources, claims with their passages, and curation, as the tables have them.

Whatever is read is read from the store that is asked, be it in memory, on disk or on a server; nodes are looked up
together, so that a server gets few requests. Claims come in the order of the documents: by source, then by what they
quote. A graph may lack what a build always has; then the field is empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from pyoxigraph import Literal, NamedNode

from gbkg.ask.labels import Labels
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.records import Claim, Dating, Entity, Passage, Place, Quantity, Source
from gbkg.core.terms import Term, term
from gbkg.store.memory import Store

_NOWHERE = Place("", 0)
_GBKG, _ID, _CLM, _SRC = (PREFIXES[name] for name in ("gbkg", "id", "clm", "src"))
_NAMES_CLAIMS = ("gbkg:concerns", "gbkg:corrects")


class Described:
    """What a named graph says of one node: values by predicate."""

    def __init__(self, node: NamedNode) -> None:
        self.node = node
        self._values: dict[NamedNode, list[Term]] = defaultdict(list)

    def add(self, predicate: NamedNode, value: Term) -> None:
        self._values[predicate].append(value)

    def facts(self) -> Iterator[tuple[NamedNode, Term]]:
        """Its predicates and objects."""
        return ((predicate, value) for predicate, values in self._values.items() for value in values)

    def values(self, name: str) -> list[Term]:
        """The values of a property, given as prefix:name, sorted."""
        return sorted(self._values.get(term(name), ()), key=lambda value: str(value.value))

    def text(self, name: str) -> str:
        """The text or IRI of the first value; the empty string when there is none."""
        return next((str(value.value) for value in self.values(name)), "")

    def local(self, name: str) -> str:
        """The first value without its namespace."""
        return self.text(name).rpartition("#")[2]

    def slugs(self, name: str, space: str) -> tuple[str, ...]:
        """The values in a namespace, without it."""
        found = (value.value for value in self.values(name) if isinstance(value, NamedNode))
        return tuple(iri.removeprefix(space) for iri in found if iri.startswith(space))


class GraphRecords:
    """The records of one graph. `labels` are those of the graph."""

    def __init__(self, store: Store, labels: Labels) -> None:
        self.store, self._labels = store, labels
        self._claims: dict[NamedNode, Claim] = {}

    def word(self, name: str) -> str:
        """The label of a term of the ontology, given by its local name."""
        return self._label(_GBKG + name)

    def definition(self, name: str) -> str:
        """The definition of a term of the ontology, given by its local name; empty when it has none."""
        return self._described([NamedNode(_GBKG + name)], "ontology")[0].text("skos:definition")

    def entity(self, slug: str) -> Entity:
        """The entity of this name."""
        return self.entities([slug])[slug]

    def entities(self, slugs: Iterable[str]) -> dict[str, Entity]:
        """The entities of these names."""
        nodes = [NamedNode(_ID + slug) for slug in dict.fromkeys(slugs)]
        self._labels.learn(nodes)
        return {
            slug: Entity(slug, said.local("rdf:type"), self.called(slug), said.text("dcterms:description"), _NOWHERE)
            for said in self._described(nodes, "entities")
            for slug in [said.node.value.removeprefix(_ID)]
        }

    def called(self, slug: str) -> str:
        """The label of an entity."""
        return self._label(_ID + slug)

    def sources(self, slugs: Iterable[str]) -> dict[str, Source]:
        """The sources of these names, in the order of the names."""
        nodes = [NamedNode(_SRC + slug) for slug in sorted(set(slugs))]
        found = {}
        for said in self._described(nodes, "evidence"):
            slug = said.node.value.removeprefix(_SRC)
            title, length = said.text("dcterms:title") or slug, said.text("gbkg:length")
            digest, language = said.text("gbkg:sha256"), said.text("gbkg:language")
            found[slug] = Source(slug, title, digest, int(length) if length.isdecimal() else 0, language)
        return found

    def claims_on(self, slugs: Iterable[str]) -> list[Claim]:
        """The claims that have one of the entities as subject, object, speaker or criterion."""
        nodes, found = [NamedNode(_ID + slug) for slug in slugs], set[NamedNode]()
        for name in ("rdf:subject", "rdf:object", "gbkg:about", "gbkg:attributedTo", "gbkg:countedBy"):
            found |= {quad.subject for quad in self.store.quads_to(nodes, term(name), term("graph:claims"))}
        return self.claims(found)

    def claims(self, nodes: Iterable[NamedNode]) -> list[Claim]:
        """Those of the nodes that are claims."""
        wanted = set(nodes)
        self._read(wanted - self._claims.keys())
        return sorted((self._claims[node] for node in wanted if node in self._claims), key=place)

    def passages(self, nodes: Collection[NamedNode]) -> dict[NamedNode, Passage]:
        """Those of the nodes that are passages."""
        said = self._described(nodes, "evidence")
        selectors = [cast(NamedNode, one) for node in said for one in node.values("oa:hasSelector")]
        parts = {part.node: part for part in self._described(selectors, "evidence")}
        found = {}
        for node in said:
            texts = {
                name: text
                for selector in node.values("oa:hasSelector")
                for name in ("oa:exact", "oa:start", "oa:end")
                if (text := parts[cast(NamedNode, selector)].text(name))
            }
            source = node.text("oa:hasSource").removeprefix(_SRC)
            offsets = [texts.get(name, "") for name in ("oa:start", "oa:end")]
            if source and "oa:exact" in texts and all(map(str.isdecimal, offsets)):
                found[node.node] = Passage(source, int(offsets[0]), int(offsets[1]), texts["oa:exact"])
        return found

    def curation(self, nodes: Collection[NamedNode]) -> list[Described]:
        """What the curators say of these nodes of curation, in the order of their IRIs."""
        return sorted(self._described(nodes, "curation"), key=lambda said: said.node.value)

    def naming(self, things: Collection[NamedNode]) -> dict[NamedNode, set[NamedNode]]:
        """The nodes of curation that name one of these claims or entities, each with those that it names."""
        found: dict[NamedNode, set[NamedNode]] = {}
        for name in _NAMES_CLAIMS:
            for quad in self.store.quads_to(things, term(name), term("graph:curation")):
                found.setdefault(quad.subject, set()).add(quad.object)
        return found

    def _described(self, nodes: Collection[NamedNode], graph: str) -> list[Described]:
        found = {node: Described(node) for node in nodes}
        for quad in self.store.quads_of(found, None, term(f"graph:{graph}")) if found else ():
            found[quad.subject].add(quad.predicate, quad.object)
        return list(found.values())

    def _read(self, nodes: Collection[NamedNode]) -> None:
        read = [said for said in self._described(nodes, "claims") if said.text("gbkg:status")]
        quoted = {cast(NamedNode, one) for said in read for one in said.values("prov:wasDerivedFrom")}
        passages = self.passages(quoted)
        for said in read:
            found = (passages.get(cast(NamedNode, one)) for one in said.values("prov:wasDerivedFrom"))
            self._claims[said.node] = _claim(said, tuple(sorted(filter(None, found))))
        slugs = {slug for said in read for slug in mentioned(self._claims[said.node])}
        self._labels.learn([NamedNode(_ID + slug) for slug in slugs])

    def _label(self, iri: str) -> str:
        return self._labels.get(iri) or shorten(iri)


def mentioned(claim: Claim) -> set[str]:
    """The entities that a claim names: subject, object, speakers and criterion."""
    target = claim.object if claim.object_kind == "entity" else ""
    return {claim.subject, *claim.attributed_to, claim.criterion, target} - {""}


def place(claim: Claim) -> tuple[str, int, int, int, str]:
    """What claims are sorted by: source, first and last character quoted, where the quoted number or text begins, and
    key."""
    starts, ends = [one.start for one in claim.passages], [one.end for one in claim.passages]
    words = claim.quantity.text if claim.quantity else claim.object
    at = [one.start + one.exact.index(words) for one in claim.passages if words in one.exact]
    return claim.source, min(starts, default=0), max(ends, default=0), min(at, default=0), claim.key


def _claim(said: Described, passages: tuple[Passage, ...]) -> Claim:
    source, _, slug = said.node.value.removeprefix(_CLM).partition(".")
    subjects = said.slugs("rdf:subject", _ID) + said.slugs("gbkg:about", _ID)
    kind, value = _object(next(iter(said.values("rdf:object")), None))
    return Claim(
        slug=slug,
        source=source,
        subject=next(iter(subjects), ""),
        predicate=said.local("rdf:predicate") or said.local("gbkg:indicator"),
        object=value,
        object_kind=kind,
        quantity=_quantity(said),
        dating=_dating(said),
        attributed_to=said.slugs("gbkg:attributedTo", _ID),
        criterion=next(iter(said.slugs("gbkg:countedBy", _ID)), ""),
        reading=said.local("gbkg:reading"),
        status=said.local("gbkg:status"),
        note=said.text("skos:note"),
        passages=passages,
        place=_NOWHERE,
        attribution=said.local("gbkg:attribution"),  # type: ignore[arg-type]
        qualifiers=said.slugs("gbkg:qualifier", _GBKG),
    )


def _object(value: Term | None) -> tuple[Any, str]:
    if isinstance(value, NamedNode):
        return "entity", value.value.removeprefix(_ID)
    if isinstance(value, Literal):
        return ("text" if value.datatype == term("xsd:string") else "date"), value.value
    return "", ""


def _quantity(said: Described) -> Quantity | None:
    if not said.text("gbkg:indicator"):
        return None
    value, lower, upper = (_number(said.text(name)) for name in ("gbkg:value", "gbkg:lowerBound", "gbkg:upperBound"))
    unit, precision = said.local("gbkg:unit"), said.local("gbkg:precision")
    return Quantity(value, said.text("gbkg:valueText"), unit, precision, lower, upper)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _dating(said: Described) -> Dating | None:
    kind = said.local("gbkg:dating")
    if not kind:
        return None
    since, value, text = (said.text(name) for name in ("gbkg:periodStart", "gbkg:asOf", "gbkg:asOfText"))
    return Dating(kind, value, since, text)  # type: ignore[arg-type]
