"""What the SPARQL endpoint says of itself (SPARQL 1.1 Service Description,
https://www.w3.org/TR/sparql11-service-description/), and the data of itself (VoID, DCAT)."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from gbkg.core.nquads import GRAPHS
from gbkg.core.prefixes import BASE, PREFIXES
from gbkg.core.terms import minted, term
from gbkg.store.base import Store

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
_FORMATS = (
    "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV Turtle N-Triples JSON-LD RDF_XML"
)
_DATASET = ox.NamedNode(BASE + "dataset")
_TYPE, _TRIPLES = term("rdf:type"), ox.NamedNode(PREFIXES["void"] + "triples")


def service(store: Store, endpoint: str) -> Iterator[ox.Triple]:
    """The description of the endpoint at this address. Every node has an IRI: of the service it is the address, of the
    graphs their names."""
    node, default = ox.NamedNode(endpoint), ox.NamedNode(endpoint + "#default-graph")
    described = ox.NamedNode(endpoint + "#graphs")
    yield ox.Triple(node, _TYPE, _sd("Service"))
    yield ox.Triple(node, _sd("endpoint"), node)
    yield ox.Triple(node, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield ox.Triple(node, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _FORMATS.split():
        yield ox.Triple(node, _sd("resultFormat"), ox.NamedNode(FORMATS + name))
    yield ox.Triple(node, _sd("defaultDataset"), described)
    yield ox.Triple(node, _sd("availableGraphs"), described)
    yield ox.Triple(described, _TYPE, _sd("Dataset"))
    yield ox.Triple(described, _TYPE, _sd("GraphCollection"))
    yield ox.Triple(described, _sd("defaultGraph"), default)
    yield ox.Triple(default, _TYPE, _sd("Graph"))
    yield ox.Triple(default, _TRIPLES, ox.Literal(len(store)))
    for name in GRAPHS:
        yield from _named(store, described, minted("graph", name))


def _named(store: Store, dataset: ox.NamedNode, name: ox.NamedNode) -> Iterator[ox.Triple]:
    """A named graph and, if the graph says so itself, how many triples it has."""
    node = ox.NamedNode(f"{dataset.value.removesuffix('#graphs')}#{name.value.rpartition('/')[2]}")
    yield ox.Triple(dataset, _sd("namedGraph"), node)
    yield ox.Triple(node, _TYPE, _sd("NamedGraph"))
    yield ox.Triple(node, _sd("name"), name)
    yield ox.Triple(node, _sd("graph"), name)
    yield ox.Triple(name, _TYPE, _sd("Graph"))
    for quad in store.quads(name, _TRIPLES):
        yield quad.triple


def dataset(store: Store, base: str) -> Iterator[ox.Triple]:
    """What the graph says of itself as a dataset, with the addresses of this server: where to ask it, and that this
    document describes it (https://www.w3.org/TR/void/, sections 3.2 and 6)."""
    document = ox.NamedNode(f"{base}/.well-known/void")
    yield ox.Triple(document, _TYPE, ox.NamedNode(PREFIXES["void"] + "DatasetDescription"))
    yield ox.Triple(document, ox.NamedNode("http://xmlns.com/foaf/0.1/topic"), _DATASET)
    for quad in sorted(store.quads(None, None, None, minted("graph", "metadata")), key=str):
        yield quad.triple
    yield ox.Triple(_DATASET, ox.NamedNode(PREFIXES["void"] + "sparqlEndpoint"), ox.NamedNode(f"{base}/sparql"))
    served = ox.NamedNode(f"{base}/sparql#service")
    yield ox.Triple(served, _TYPE, term("dcat:DataService"))
    yield ox.Triple(served, term("dcat:endpointURL"), ox.NamedNode(f"{base}/sparql"))
    yield ox.Triple(served, term("dcat:endpointDescription"), ox.NamedNode(f"{base}/api/openapi.json"))
    yield ox.Triple(served, term("dcat:servesDataset"), _DATASET)


def title(store: Store) -> str:
    """What the graph calls itself."""
    return min((quad.object.value for quad in store.quads(_DATASET, term("dcterms:title"))), default="gbkg")


def example(store: Store) -> ox.NamedNode | None:
    """The entity that the graph gives as an example of what is in it."""
    found = (quad.object for quad in store.quads(_DATASET, ox.NamedNode(PREFIXES["void"] + "exampleResource")))
    return min((node for node in found if isinstance(node, ox.NamedNode)), key=str, default=None)


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)
