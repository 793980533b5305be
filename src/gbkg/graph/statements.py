"""From records to the triples of named graphs (`gbkg.core.nquads`). No triple stands in two of them, and every
node has an IRI.

This module makes those that are stated; `gbkg.graph.inferred` those that are inferred. Triples are pyoxigraph's; a
graph that is too large to be held is lines of N-Quads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import pyoxigraph as ox
from pyoxigraph import NamedNode

from gbkg.claims import dating
from gbkg.core import __version__, nquads, turtle
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import PREFIXES, base, hash_name
from gbkg.core.project import Project
from gbkg.core.records import Claim, Dating, Entity, Mapping, Passage, Quantity, Reading
from gbkg.core.terms import Graph, Term, named, term
from gbkg.core.text import in_digits

_QUOTABLE = ("caption", "lost-content")
_SSSOM_LITERALS = (
    "subject_label",
    "object_label",
    "object_source",
    "object_source_version",
    "mapping_tool",
    "comment",
)
_TYPE = term("rdf:type")


def lines(name: str, triples: Iterable[str]) -> str:
    """The lines of N-Quads of a named graph, each with its line feed, of triples as `str` gives them."""
    end = f" <{PREFIXES['graph']}{name}> .\n"
    return "".join(f"{triple}{end}" for triple in triples)


def passages(claims: Iterable[Claim], readings: Iterable[Reading]) -> set[Passage]:
    """The passages of the graph: those of claims, and lost content and captions that are quoted whole."""
    whole = (r for r in readings if r.reason in _QUOTABLE and r.end - r.start == len(r.quote))
    return {p for claim in claims for p in claim.passages} | {Passage(r.source, r.start, r.end, r.quote) for r in whole}


def describe(
    dataset: NamedNode,
    metadata: Iterable[ox.Triple],
    inputs: str,
    sizes: dict[str, int],
    things: int,
    classes: int,
    properties: int,
) -> list[ox.Triple]:
    """The metadata of a dataset with the digest of what the graph was made from (`inputs`), the version, and VoID
    counts: of each named graph (`sizes`; that of the metadata is computed here), of all together, and of things, their
    classes, and the properties of direct triples."""
    described = list(metadata)
    about = term("void:triples")

    def add(subject: NamedNode, predicate: str, value: Term) -> None:
        described.append(ox.Triple(subject, term(predicate), value))

    add(dataset, "dcterms:hasVersion", ox.Literal(__version__))
    add(dataset, "schema:isBasedOn", NamedNode(hash_name(inputs)))
    add(dataset, "void:entities", integer(things))
    add(dataset, "void:classes", integer(classes))
    add(dataset, "void:properties", integer(properties))
    for name in nquads.GRAPHS:
        add(dataset, "void:subset", term(f"graph:{name}"))
        add(term(f"graph:{name}"), "rdf:type", term("void:Dataset"))
    own = len(set(described)) + len(nquads.GRAPHS) + 1
    known = sizes | {"metadata": own}
    described += [ox.Triple(term(f"graph:{name}"), about, integer(known.get(name, 0))) for name in nquads.GRAPHS]
    described.append(ox.Triple(dataset, about, integer(sum(known.values()))))
    return described


def integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=term("xsd:integer"))


def number(value: Decimal) -> ox.Literal:
    """An xsd:integer where the number is whole, else an xsd:decimal."""
    text = in_digits(value)
    return ox.Literal(text, datatype=term("xsd:decimal" if "." in text else "xsd:integer"))


def date(value: str) -> ox.Literal:
    """A date of the tables in the XML Schema type of its precision."""
    return ox.Literal(value, datatype=term(f"xsd:{dating.datatype(value)}"))


def direct_triple(claim: Claim) -> ox.Triple | None:
    """What an accepted claim states, as a triple; None for statistics, whose date and precision a triple would lose,
    and for claims of any other status."""
    if claim.status != "accepted" or claim.quantity is not None:
        return None
    return ox.Triple(_id(claim.subject), named(claim.predicate), _object(claim))


def entity(one: Entity) -> list[ox.Triple]:
    """The triples of an entity."""
    node = _id(one.slug)
    return [
        ox.Triple(node, _TYPE, named(one.type)),
        ox.Triple(node, term("rdfs:label"), ox.Literal(one.label)),
        ox.Triple(node, term("dcterms:description"), ox.Literal(one.description)),
        *(ox.Triple(node, term("skos:prefLabel"), ox.Literal(label, language=tag)) for tag, label in one.labels),
    ]


def mapping(one: Mapping) -> tuple[ox.Triple, list[ox.Triple]]:
    """The triple of a mapping for the graph of entities, and its record for that of curation."""
    cells = one.cells
    subject, predicate, object_ = one.subject, one.predicate, one.object
    local = f"{cells['subject_id'].removeprefix('id:')}.{cells['object_id'].replace(':', '.')}"
    node = NamedNode(f"{base()}mapping/{local}")
    record: list[tuple[NamedNode, Term]] = [
        (_TYPE, term("sssom:Mapping")),
        (term("sssom:subject_id"), subject),
        (term("sssom:predicate_id"), predicate),
        (term("sssom:object_id"), object_),
        (term("sssom:mapping_justification"), term(cells["mapping_justification"])),
        (term("sssom:mapping_date"), ox.Literal(cells["mapping_date"], datatype=term("xsd:date"))),
        *((term(f"sssom:{c}"), ox.Literal(cells[c])) for c in _SSSOM_LITERALS if cells[c]),
    ]
    return ox.Triple(subject, predicate, object_), [ox.Triple(node, predicate, value) for predicate, value in record]


def claim(one: Claim, verdict: str | None) -> list[ox.Triple]:
    """The triples of a claim; `verdict` is that of its second reader, if it has one."""
    node = NamedNode(PREFIXES["clm"] + one.key)
    return [ox.Triple(node, predicate, value) for predicate, value in _properties(one, verdict)]


def passage(one: Passage) -> list[ox.Triple]:
    """The triples of a passage and its two selectors."""
    name = f"{PREFIXES['psg']}{one.source}.{one.start}-{one.end}"
    node, quote, position = (NamedNode(name + end) for end in ("", ".quote", ".position"))
    source = NamedNode(PREFIXES["src"] + one.source)
    return [
        ox.Triple(node, _TYPE, term("gbkg:Passage")),
        ox.Triple(node, term("oa:hasSource"), source),
        ox.Triple(node, term("prov:wasQuotedFrom"), source),
        ox.Triple(node, term("oa:hasSelector"), quote),
        ox.Triple(node, term("oa:hasSelector"), position),
        ox.Triple(quote, _TYPE, term("oa:TextQuoteSelector")),
        ox.Triple(quote, term("oa:exact"), ox.Literal(one.exact)),
        ox.Triple(position, _TYPE, term("oa:TextPositionSelector")),
        ox.Triple(position, term("oa:start"), integer(one.start)),
        ox.Triple(position, term("oa:end"), integer(one.end)),
    ]


def _id(slug: str) -> NamedNode:
    return NamedNode(PREFIXES["id"] + slug)


def _object(claim: Claim) -> Term:
    if claim.object_kind == "entity":
        return _id(claim.object)
    return date(claim.object) if claim.object_kind == "date" else ox.Literal(claim.object)


def _properties(claim: Claim, verdict: str | None) -> Iterator[tuple[NamedNode, Term]]:
    """Predicates and objects of a claim."""
    yield _TYPE, term("gbkg:Claim")
    if claim.quantity is None:
        yield term("rdf:subject"), _id(claim.subject)
        yield term("rdf:predicate"), named(claim.predicate)
        yield term("rdf:object"), _object(claim)
    else:
        yield _TYPE, term("gbkg:StatisticClaim")
        yield term("gbkg:about"), _id(claim.subject)
        yield term("gbkg:indicator"), named(claim.predicate)
        yield from _measured(claim.quantity)
    if claim.dating:
        yield from _dated(claim.dating)
    for agent in claim.attributed_to:
        yield term("gbkg:attributedTo"), _id(agent)
    if claim.attribution:
        yield term("gbkg:attribution"), term(f"gbkg:{claim.attribution}")
    if claim.criterion:
        yield term("gbkg:countedBy"), _id(claim.criterion)
    for qualifier in claim.qualifiers:
        yield term("gbkg:qualifier"), named(qualifier)
    yield term("prov:hadPrimarySource"), NamedNode(PREFIXES["src"] + claim.source)
    yield term("gbkg:status"), term(f"gbkg:{claim.status}")
    yield term("gbkg:reading"), term(f"gbkg:{claim.reading}")
    if verdict:
        yield term("gbkg:secondReading"), term(f"gbkg:{verdict}")
    if claim.note:
        yield term("skos:note"), ox.Literal(claim.note)
    for one in claim.passages:
        yield term("prov:wasDerivedFrom"), NamedNode(f"{PREFIXES['psg']}{one.source}.{one.start}-{one.end}")


def _measured(quantity: Quantity) -> Iterator[tuple[NamedNode, Term]]:
    yield term("gbkg:valueText"), ox.Literal(quantity.text)
    yield term("gbkg:unit"), named(quantity.unit)
    yield term("gbkg:precision"), named(quantity.precision)
    bounds = (("value", quantity.value), ("lowerBound", quantity.lower), ("upperBound", quantity.upper))
    for name, value in bounds:
        if value is not None:
            yield term(f"gbkg:{name}"), number(value)


def _dated(dating: Dating) -> Iterator[tuple[NamedNode, Term]]:
    yield term("gbkg:dating"), term(f"gbkg:{dating.kind}")
    if dating.value:
        yield term("gbkg:asOf"), date(dating.value)
    if dating.since:
        yield term("gbkg:periodStart"), date(dating.since)
    if dating.text:
        yield term("gbkg:asOfText"), ox.Literal(dating.text)


# ---- What is typed about the dataset


def dataset(project: Project) -> NamedNode:
    """The IRI of the project's dataset."""
    return NamedNode(project.about.dataset)


def about_dataset(project: Project) -> Graph:
    """The triples about the dataset. `data/dataset.ttl` may be absent if `gbkg.toml` gives a title. Raises what
    `turtle.read` raises."""
    path = project.data / "dataset.ttl"
    said = Graph(project.about.triples())
    return said if said and not there(path) else turtle.read(project, path) | said
