"""The files in which editorial triples, which no source states, were typed; the graph does not record them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from gbkg.core.prefixes import BASE, PREFIXES, base
from gbkg.core.project import CORE, FILE, TERMS, Project
from gbkg.core.terms import Term, TripleKey, term
from gbkg.store.base import Store

BUILT = "the counts of gbkg build"
"""Named where a triple describes the dataset and no file has it."""
_ENTITY = {term(name).value for name in ("rdf:type", "rdfs:label", "skos:prefLabel", "dcterms:description")}
_TURTLE = {"ontology", "metadata", "curation"}
_FILE = "file:"


class EditorialFiles:
    """The files in which the triples of a store were typed. Without a project only what stands in tables has a file.

    The project's Turtle files are read once, when first needed, and kept, and so is what they say of a subject.
    """

    def __init__(self, store: Store, project: Project | None) -> None:
        self.store, self.project = store, project
        self._typed: dict[Term, dict[tuple[Any, ...], str]] = {}

    def file(self, triple: TripleKey, graph: str) -> str:
        """The file, relative to the project, in which an editorial triple of a named graph stands."""
        subject, predicate, object = triple
        if graph in _TURTLE and (known := self._typed.get(subject)) and (file := known.get((predicate, object))):
            return file
        if graph == "default":
            return "no named graph says where it is from"
        if graph == "entities":
            return "data/entities.tsv" if predicate.value in _ENTITY else "data/mappings.sssom.tsv"
        if graph == "evidence":
            return self._evidence(subject)
        if graph == "curation" and subject.value.startswith(base() + "mapping/"):
            return "data/mappings.sssom.tsv"
        if graph == "queries":
            return _typed("queries", f"{subject.value.removeprefix(BASE + 'query/').partition('/')[0]}.rq", "queries")
        if graph == "inferences" or (graph == "ontology" and subject.value.startswith(BASE + "rule/")):
            return self._rule(subject)
        return self._turtle(triple, graph)

    def _evidence(self, subject: Term) -> str:
        """The table that quotes a passage: of claims, or of readings, which set passages aside."""
        name = subject.value.removeprefix(PREFIXES["psg"])
        if name == subject.value:
            return "data/sources.ttl"
        passage = NamedNode(subject.value.removesuffix(".quote").removesuffix(".position"))
        quoted = any(True for _ in self.store.quads(None, term("prov:wasDerivedFrom"), passage, term("graph:claims")))
        return f"data/{'claims' if quoted else 'readings'}/{name.partition('.')[0]}.tsv"

    def _rule(self, subject: Term) -> str:
        rule = subject.value
        if not rule.startswith(BASE + "rule/"):
            rule = next((quad.object.value for quad in self.store.quads(subject, term("gbkg:rule"))), "")
        name = f"{rule.removeprefix(BASE + 'rule/')}.rq"
        return _typed("rules", name, "ontology/rules") if rule else "gbkg/schema/rules"

    def _turtle(self, triple: TripleKey, graph: str) -> str:
        if self.project is None or graph not in _TURTLE:
            return graph
        typed = self._typed.get(triple[0])
        if typed is None and not isinstance(triple[0], Literal):
            quads = self._turtle_files.quads_for_pattern(triple[0], None, None, None)
            typed = self._typed[triple[0]] = {
                (quad.predicate, quad.object): str(quad.graph_name).strip("<>").removeprefix(_FILE).replace("%20", " ")
                for quad in quads
            }
        if typed and (file := typed.get(triple[1:])):
            return file
        return BUILT if graph == "metadata" else "no file that the project has now"

    @cached_property
    def _turtle_files(self) -> ox.Store:
        """The project's Turtle files, each as a named graph."""
        assert self.project is not None
        loaded = ox.Store()
        data = [self.project.data / name for name in ("dataset.ttl", "curation.ttl")]
        for path in [TERMS, *self.project.turtle, *(path for path in data if path.is_file())]:
            named = NamedNode(_FILE + self.project.show(path).replace(" ", "%20"))
            loaded.load(self.project.text(path).encode(), format=ox.RdfFormat.TURTLE, to_graph=named)
        named = NamedNode(_FILE + FILE)
        loaded.extend(ox.Quad(s, p, o, named) for s, p, o in self.project.about.triples())
        return loaded


def _typed(folder: str, name: str, own: str) -> str:
    """The file of a rule or a saved query: the core's if it has one of this name, else the project's."""
    return f"gbkg/schema/{folder}/{name}" if (CORE / folder / name).is_file() else f"{own}/{name}"
