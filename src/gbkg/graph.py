"""From records to named graphs. No triple stands in two of them, and every node has an IRI.

ontology   classes, properties, indicators, units and the other closed lists
entities   type, preferred label and description of each entity, and its identifiers elsewhere
facts      direct triples: `s p o` stands here if and only if an accepted claim says it
claims     one node a claim
evidence   sources and passages
curation   corrections, recalculations, comparisons, identity judgements, ambiguities, gaps; mappings
queries    the saved queries, described
metadata   the dataset about itself (DCAT, VoID)
inferred   triples that follow from facts by the rules, and that nobody states
inferences the rules, and for each use of one its premises and conclusion

This module makes those that are stated; `rules` gives the last two.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, SKOS, VOID, XSD

from gbkg import __version__, names, quantities
from gbkg.claims import date_datatype
from gbkg.model import Claim, Dating, Entity, Mapping, Passage, Quantity, Reading, Review
from gbkg.names import BASE, GBKG, GRAPH, ID, OA, SEMAPV, SSSOM
from gbkg.turtle import new_graph

STATED = ("ontology", "entities", "facts", "claims", "evidence", "curation", "queries", "metadata")
NAMES = (*STATED, "inferred", "inferences")
DATASET = URIRef(BASE + "dataset")
_QUOTABLE = ("caption", "lost-content")
_SSSOM_LITERALS = (
    "subject_label",
    "object_label",
    "object_source",
    "object_source_version",
    "mapping_tool",
    "comment",
)


def assemble(
    *,
    ontology: Graph,
    sources: Graph,
    curation: Graph,
    dataset: Graph,
    queries: Graph,
    entities: Iterable[Entity],
    mappings: Iterable[Mapping],
    claims: Iterable[Claim],
    reviews: Iterable[Review],
    readings: Iterable[Reading],
) -> dict[str, Graph]:
    """The stated graphs by local name, in the order of `STATED`."""
    graphs = {name: new_graph() for name in STATED}
    claims = list(claims)
    verdicts = {review.claim: review.verdict for review in reviews}
    for name, given in (
        ("ontology", ontology),
        ("evidence", sources),
        ("curation", curation),
        ("metadata", dataset),
        ("queries", queries),
    ):
        for triple in given:
            graphs[name].add(triple)
    for entity in entities:
        _add_entity(graphs["entities"], entity)
    for mapping in mappings:
        _add_mapping(graphs["entities"], graphs["curation"], mapping)
    for claim in claims:
        _add_claim(graphs["claims"], claim, verdicts.get(claim.key))
        if fact := direct_triple(claim):
            graphs["facts"].add(fact)
    passages = {p for claim in claims for p in claim.passages}
    whole = (r for r in readings if r.reason in _QUOTABLE and r.end - r.start == len(r.quote))
    passages |= {Passage(r.source, r.start, r.end, r.quote) for r in whole}
    for passage in sorted(passages):
        _add_passage(graphs["evidence"], passage)
    describe(graphs)
    return graphs


def merge(graphs: dict[str, Graph]) -> Graph:
    """All of these graphs as one plain graph."""
    merged = new_graph()
    for graph in graphs.values():
        for triple in graph:
            merged.add(triple)
    return merged


def describe(graphs: dict[str, Graph], inferred: int = 0, inferences: int = 0) -> None:
    """Puts VoID counts into the metadata: of every named graph, those of the two that are inferred given as numbers,
    and of all of them together, this description included. To be called again when a number has changed."""
    metadata = graphs["metadata"]
    metadata.set((DATASET, DCTERMS.hasVersion, Literal(__version__)))

    def integer(value: int) -> Literal:
        return Literal(str(value), datatype=XSD.integer)

    for name in NAMES:
        metadata.add((DATASET, VOID.subset, GRAPH[name]))
        metadata.add((GRAPH[name], RDF.type, VOID.Dataset))
        metadata.set((GRAPH[name], VOID.triples, integer(0)))
    metadata.set((DATASET, VOID.entities, integer(len(set(graphs["entities"].subjects(RDF.type))))))
    metadata.set((DATASET, VOID.classes, integer(len(set(graphs["entities"].objects(None, RDF.type))))))
    metadata.set((DATASET, VOID.properties, integer(len(set(graphs["facts"].predicates())))))
    metadata.set((DATASET, VOID.triples, integer(0)))
    sizes = {name: len(graph) for name, graph in graphs.items()} | {"inferred": inferred, "inferences": inferences}
    for name, size in sizes.items():
        metadata.set((GRAPH[name], VOID.triples, integer(size)))
    metadata.set((DATASET, VOID.triples, integer(sum(sizes.values()))))


def direct_triple(claim: Claim) -> tuple[URIRef, URIRef, URIRef | Literal] | None:
    """What an accepted claim states, as a triple; None for statistics, whose date and precision a triple would lose,
    and for claims of any other status."""
    if claim.status != "accepted" or claim.quantity is not None:
        return None
    return ID[claim.subject], GBKG[claim.predicate], _object(claim)


def number(value: Decimal) -> Literal:
    """An xsd:integer where the number is whole, else an xsd:decimal."""
    text = quantities.plain(value)
    return Literal(text, datatype=XSD.decimal if "." in text else XSD.integer)


def date(value: str) -> Literal:
    """A date of the tables in the XML Schema type of its precision."""
    return Literal(value, datatype=XSD[date_datatype(value)])


def _object(claim: Claim) -> URIRef | Literal:
    if claim.object_kind == "entity":
        return ID[claim.object]
    return date(claim.object) if claim.object_kind == "date" else Literal(claim.object)


def _add_entity(graph: Graph, entity: Entity) -> None:
    graph.add((entity.iri, RDF.type, GBKG[entity.type]))
    graph.add((entity.iri, RDFS.label, Literal(entity.label)))
    graph.add((entity.iri, DCTERMS.description, Literal(entity.description)))


def _add_mapping(entities: Graph, curation: Graph, mapping: Mapping) -> None:
    entities.add((mapping.subject, mapping.predicate, mapping.object))
    cells = mapping.cells
    node = URIRef(f"{BASE}mapping/{cells['subject_id'].removeprefix('id:')}.{cells['object_id'].replace(':', '.')}")
    curation.add((node, RDF.type, SSSOM.Mapping))
    curation.add((node, SSSOM.subject_id, mapping.subject))
    curation.add((node, SSSOM.predicate_id, mapping.predicate))
    curation.add((node, SSSOM.object_id, mapping.object))
    justification = cells["mapping_justification"].partition(":")[2]
    curation.add((node, SSSOM.mapping_justification, SEMAPV[justification]))
    curation.add((node, SSSOM.mapping_date, Literal(cells["mapping_date"], datatype=XSD.date)))
    for column in _SSSOM_LITERALS:
        if cells[column]:
            curation.add((node, SSSOM[column], Literal(cells[column])))


def _add_claim(graph: Graph, claim: Claim, verdict: str | None) -> None:
    node = claim.iri
    graph.add((node, RDF.type, GBKG.Claim))
    if claim.quantity is None:
        graph.add((node, RDF.subject, ID[claim.subject]))
        graph.add((node, RDF.predicate, GBKG[claim.predicate]))
        graph.add((node, RDF.object, _object(claim)))
    else:
        graph.add((node, RDF.type, GBKG.StatisticClaim))
        graph.add((node, GBKG.about, ID[claim.subject]))
        graph.add((node, GBKG.indicator, GBKG[claim.predicate]))
        _add_quantity(graph, node, claim.quantity)
    if claim.dating:
        _add_dating(graph, node, claim.dating)
    for agent in claim.attributed_to:
        graph.add((node, GBKG.attributedTo, ID[agent]))
    if claim.criterion:
        graph.add((node, GBKG.countedBy, ID[claim.criterion]))
    graph.add((node, PROV.hadPrimarySource, names.source(claim.source)))
    graph.add((node, GBKG.status, GBKG[claim.status]))
    graph.add((node, GBKG.reading, GBKG[claim.reading]))
    if verdict:
        graph.add((node, GBKG.secondReading, GBKG[verdict]))
    if claim.note:
        graph.add((node, SKOS.note, Literal(claim.note)))
    for passage in claim.passages:
        graph.add((node, PROV.wasDerivedFrom, passage.iri))


def _add_quantity(graph: Graph, node: URIRef, quantity: Quantity) -> None:
    graph.add((node, GBKG.valueText, Literal(quantity.text)))
    graph.add((node, GBKG.unit, GBKG[quantity.unit]))
    graph.add((node, GBKG.precision, GBKG[quantity.precision]))
    for term, value in (
        (GBKG.value, quantity.value),
        (GBKG.lowerBound, quantity.lower),
        (GBKG.upperBound, quantity.upper),
    ):
        if value is not None:
            graph.add((node, term, number(value)))


def _add_dating(graph: Graph, node: URIRef, dating: Dating) -> None:
    graph.add((node, GBKG.dating, GBKG[dating.kind]))
    if dating.value:
        graph.add((node, GBKG.asOf, date(dating.value)))
    if dating.since:
        graph.add((node, GBKG.periodStart, date(dating.since)))
    if dating.text:
        graph.add((node, GBKG.asOfText, Literal(dating.text)))


def _add_passage(graph: Graph, passage: Passage) -> None:
    node = passage.iri
    source = names.source(passage.source)
    quote, position = URIRef(f"{node}.quote"), URIRef(f"{node}.position")
    graph.add((node, RDF.type, GBKG.Passage))
    graph.add((node, OA.hasSource, source))
    graph.add((node, PROV.wasQuotedFrom, source))
    graph.add((node, OA.hasSelector, quote))
    graph.add((node, OA.hasSelector, position))
    graph.add((quote, RDF.type, OA.TextQuoteSelector))
    graph.add((quote, OA.exact, Literal(passage.exact)))
    graph.add((position, RDF.type, OA.TextPositionSelector))
    graph.add((position, OA.start, Literal(str(passage.start), datatype=XSD.integer)))
    graph.add((position, OA.end, Literal(str(passage.end), datatype=XSD.integer)))
