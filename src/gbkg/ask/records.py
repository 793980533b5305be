"""The records of a graph: entities, sources, claims with their passages, and curation, as the tables have them; and
claims in words.

The store may be in memory, on disk or on a server; nodes are looked up together, so that a server gets few requests.
Claims come in the order of the documents: by source, then by what they quote. What a graph lacks is an empty field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from pyoxigraph import Literal, NamedNode

from gbkg.ask.labels import Labels
from gbkg.core.prefixes import PREFIXES, shorten, term_name
from gbkg.core.records import Claim, Dating, Entity, Passage, Place, Quantity, Source
from gbkg.core.terms import Graph, Term, minted, named, term
from gbkg.core.text import grouped, in_digits, plural
from gbkg.evidence.claims import Claims, claims_on
from gbkg.store.base import Store

_NOWHERE = Place("", 0)


class GraphRecords:
    """The records of one graph. `labels` are those of the graph."""

    def __init__(self, store: Store, labels: Labels) -> None:
        self.store, self._labels = store, labels
        self._quoted = Claims(store)
        self._claims: dict[NamedNode, Claim] = {}
        self._terms: dict[str, tuple[str, Term | None]] = {}

    @property
    def kept(self) -> int:
        """The number of claims and passages that were read."""
        return len(self._claims) + len(self._quoted)

    def word(self, name: str) -> str:
        """The label of a term of the ontology, given by its local name."""
        return self._label(named(name))

    def entity(self, slug: str) -> Entity:
        """The entity of this name."""
        return self.entities([slug])[slug]

    def entities(self, slugs: Iterable[str]) -> dict[str, Entity]:
        """The entities of these names."""
        nodes = {slug: minted("id", slug) for slug in slugs}
        self._labels.learn(nodes.values())
        said = self.described(nodes.values(), "entities")
        return {
            slug: Entity(slug, local(said, node, "rdf:type"), self._label(node),
                         said.text(node, "dcterms:description"), _NOWHERE)
            for slug, node in nodes.items()
        }  # fmt: skip

    def called(self, slug: str) -> str:
        """The label of an entity."""
        return self._label(minted("id", slug))

    def sources(self, slugs: Iterable[str]) -> dict[str, Source]:
        """The sources of these names, in the order of the names."""
        nodes = {slug: minted("src", slug) for slug in sorted(set(slugs))}
        said = self.described(nodes.values(), "evidence")
        found = {}
        for slug, node in nodes.items():
            title, length = said.text(node, "dcterms:title") or slug, said.text(node, "gbkg:length")
            digest, language = said.text(node, "gbkg:sha256"), said.text(node, "gbkg:language")
            found[slug] = Source(slug, title, digest, int(length) if length.isdecimal() else 0, language)
        return found

    def claims_on(self, slugs: Iterable[str]) -> list[Claim]:
        """The claims that have one of the entities as subject, object, speaker or criterion."""
        return self.claims(claims_on(self.store, [minted("id", slug) for slug in slugs]))

    def claims(self, nodes: Iterable[NamedNode]) -> list[Claim]:
        """Those of the nodes that are claims."""
        wanted = set(nodes)
        new = wanted - self._claims.keys()
        said = self.described(new, "claims")
        self._quoted.load_quotations({value for _, value in said.pairs("prov:wasDerivedFrom")})
        for node in new & {node for node, _ in said.pairs("gbkg:status")}:
            quoted = said.objects(node, "prov:wasDerivedFrom")
            claim = self._claims[node] = _claim(said, node, tuple(sorted(map(self._passage, quoted))))
            predicate = said.text(node, "rdf:predicate") or said.text(node, "gbkg:indicator")
            self._terms[claim.key] = predicate, said.value(node, "rdf:object")
        found = sorted((self._claims[node] for node in wanted if node in self._claims), key=place)
        self._labels.learn({minted("id", slug) for claim in found for slug in mentioned(claim)})
        self._labels.learn({named(word) for claim in found for word in _words(claim)})
        return found

    def terms(self, claim: Claim) -> tuple[str, Term | None]:
        """The IRI of the property or indicator of a claim that was read, and its object, None for a statistic."""
        return self._terms[claim.key]

    def passages(self, nodes: Sequence[Term]) -> list[Passage]:
        """The passages of these nodes."""
        self._quoted.load_quotations(nodes)
        return [self._passage(node) for node in nodes]

    def described(self, nodes: Iterable[Term], graph: str) -> Graph:
        """What a named graph says of these nodes."""
        wanted = list(dict.fromkeys(nodes))
        quads = self.store.quads_of(wanted, None, term(f"graph:{graph}")) if wanted else ()
        return Graph(sorted((quad.triple for quad in quads), key=str))

    def curation(self, things: Collection[Term]) -> Graph:
        """What the curators say where they name one of these claims or entities."""
        names = (term("gbkg:concerns"), term("gbkg:corrects"))
        quads = (quad for name in names for quad in self.store.quads_to(things, name, term("graph:curation")))
        return self.described(sorted({quad.subject for quad in quads}, key=str), "curation")

    def _passage(self, node: Term) -> Passage:
        quotation = self._quoted.quotation(node)
        return Passage(quotation.source, quotation.start, quotation.end, quotation.exact)

    def learn(self, terms: Iterable[Term]) -> None:
        """Looks up the labels of many terms together."""
        self._labels.learn(terms)

    def label(self, term: Term) -> str:
        """How a reader is shown a term."""
        return self._labels.label(term)

    def _label(self, node: NamedNode) -> str:
        return self._labels.get(node.value) or shorten(node.value)


def local(said: Graph, node: Term, predicate: str) -> str:
    """The local name of the first value of a property; empty if there is none."""
    return term_name(said.text(node, predicate))


def names(said: Graph, node: Term, predicate: str, prefix: str) -> tuple[str, ...]:
    """The values of a property in the namespace of a prefix, without it, sorted."""
    iris = sorted(value.value for value in said.objects(node, predicate) if isinstance(value, NamedNode))
    return tuple(iri.removeprefix(PREFIXES[prefix]) for iri in iris if iri.startswith(PREFIXES[prefix]))


def mentioned(claim: Claim) -> set[str]:
    """The entities that a claim names: subject, object, speakers and criterion."""
    target = claim.object if claim.object_kind == "entity" else ""
    return {claim.subject, *claim.attributed_to, claim.criterion, target} - {""}


def _words(claim: Claim) -> tuple[str, ...]:
    """The terms of the ontology that the words for a claim name."""
    measured = (claim.quantity.unit, claim.quantity.precision) if claim.quantity else ()
    return (claim.predicate, *measured, *claim.qualifiers)


def place(claim: Claim) -> tuple[str, int, int, int, str]:
    """The sort key of claims: source, first and last character quoted, where the quoted number or text begins, and
    key."""
    starts, ends = [one.start for one in claim.passages], [one.end for one in claim.passages]
    words = claim.quantity.text if claim.quantity else claim.object
    at = [one.start + one.exact.index(words) for one in claim.passages if words in one.exact]
    return claim.source, min(starts, default=0), max(ends, default=0), min(at, default=0), claim.key


def _claim(said: Graph, node: NamedNode, passages: tuple[Passage, ...]) -> Claim:
    source, _, slug = node.value.removeprefix(PREFIXES["clm"]).partition(".")
    kind, value = _object(said.value(node, "rdf:object"))
    return Claim(
        slug=slug,
        source=source,
        subject=_first(names(said, node, "rdf:subject", "id") + names(said, node, "gbkg:about", "id")),
        predicate=local(said, node, "rdf:predicate") or local(said, node, "gbkg:indicator"),
        object=value,
        object_kind=kind,
        quantity=_quantity(said, node),
        dating=_dating(said, node),
        attributed_to=names(said, node, "gbkg:attributedTo", "id"),
        criterion=_first(names(said, node, "gbkg:countedBy", "id")),
        reading=local(said, node, "gbkg:reading"),
        status=local(said, node, "gbkg:status"),
        note=said.text(node, "skos:note"),
        passages=passages,
        place=_NOWHERE,
        attribution=local(said, node, "gbkg:attribution"),  # type: ignore[arg-type]
        qualifiers=names(said, node, "gbkg:qualifier", "gbkg"),
    )


def _first(found: tuple[str, ...]) -> str:
    return found[0] if found else ""


def _object(value: Term | None) -> tuple[Any, str]:
    if isinstance(value, NamedNode):
        return "entity", value.value.removeprefix(PREFIXES["id"])
    if isinstance(value, Literal):
        return ("text" if value.datatype == term("xsd:string") else "date"), value.value
    return "", ""


def _quantity(said: Graph, node: NamedNode) -> Quantity | None:
    if not said.text(node, "gbkg:indicator"):
        return None
    value, lower, upper = (_number(said.text(node, f"gbkg:{name}")) for name in ("value", "lowerBound", "upperBound"))
    unit, precision = local(said, node, "gbkg:unit"), local(said, node, "gbkg:precision")
    return Quantity(value, said.text(node, "gbkg:valueText"), unit, precision, lower, upper)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _dating(said: Graph, node: NamedNode) -> Dating | None:
    kind = local(said, node, "gbkg:dating")
    if not kind:
        return None
    value, since, text = (said.text(node, f"gbkg:{name}") for name in ("asOf", "periodStart", "asOfText"))
    return Dating(kind, value, since, text)  # type: ignore[arg-type]


_SCALES = {"trillion": 12, "billion": 9, "million": 6}


def in_words(claim: Claim, records: GraphRecords) -> str:
    """The claim: subject, predicate, and object or number with its date."""
    return f"{records.called(claim.subject)} – {without_subject(claim, records)}"


def without_subject(claim: Claim, records: GraphRecords) -> str:
    """The claim without its subject."""
    predicate = records.word(claim.predicate)
    if claim.quantity:
        return f"{predicate}: {amount_in_words(claim.quantity, records)}; {date_in_words(claim.dating)}"
    if claim.object_kind == "entity":
        return f"{predicate} → {records.called(claim.object)}"
    return f"{predicate}: {claim.object}"


def qualifications(claim: Claim, records: GraphRecords, implied: str, doubts: Sequence[str] = ()) -> list[str]:
    """What qualifies the claim, in this order: its status, `implied` if it is read so, the nodes of curation that put
    it in doubt, the source's own limits, who said it, by what it was counted, and the curators' note."""
    # That a number is unreadable stands in its place, or in the note.
    plain = claim.status == "accepted" or (claim.status == "unreadable" and claim.quantity is not None)
    found = [] if plain else [claim.status]
    found += [implied] if claim.reading == "implied" else []
    found += [f"in doubt, see {', '.join(doubts)}"] if doubts else []
    found += [records.word(qualifier) for qualifier in claim.qualifiers]
    if claim.attributed_to:
        agents = " and ".join(map(records.called, claim.attributed_to))
        found.append(f"according to {agents}{' (implied)' if claim.attribution == 'implied' else ''}")
    if claim.criterion:
        found.append(f"counted by: {records.called(claim.criterion)} (id:{claim.criterion})")
    return [*found, claim.note] if claim.note else found


def amount_in_words(quantity: Quantity, records: GraphRecords) -> str:
    """A statistic's number: precision, digits and unit."""
    unit = records.word(quantity.unit).removesuffix(" (unit)")
    if quantity.precision == "between" and quantity.lower is not None and quantity.upper is not None:
        low, high = grouped(in_digits(quantity.lower)), grouped(in_digits(quantity.upper))
        return f"between {low} and {high} {_plural(unit, quantity.upper)}"
    if quantity.value is None:
        return f"unreadable, printed {quantity.text!r}"
    words = "" if quantity.precision == "exact" else records.word(quantity.precision) + " "
    if quantity.unit in ("rankUnit", "seriesPlace"):
        return f"number {in_digits(quantity.value)}"
    if quantity.unit == "percent":
        return f"{words}{in_digits(quantity.value)}%"
    return f"{words}{_scaled(quantity.value, quantity.text)} {_plural(unit, quantity.value)}"


def date_in_words(dating: Dating | None) -> str:
    """A date: as given, and in the source's words when it gives no calendar date."""
    if dating is None:
        return ""
    if dating.kind == "undated":
        return f"no date, {dating.text!r}" if dating.text else "no date"
    span = f"{dating.since} to {dating.value}" if dating.since else dating.value
    if span.startswith("--"):
        span += " (no year)"
    return f"{span} (inferred)" if dating.kind == "inferred" else span


def _scaled(value: Decimal, printed: str) -> str:
    """The digits, scaled by the word that the source uses, if any."""
    for word, power in _SCALES.items():
        if word in printed:
            return f"{grouped(in_digits(value / 10**power))} {word}"
    return grouped(in_digits(value))


def _plural(unit: str, value: Decimal) -> str:
    if value == 1 or unit in ("yuan",):
        return unit
    return "people" if unit == "person" else plural(unit)
