"""Where what no source says was typed: the files of a project, looked into, since no graph tells them apart."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core.prefixes import BASE, PREFIXES
from gbkg.core.project import Project
from gbkg.core.terms import TripleKey
from gbkg.store.memory import Store

BUILT = "the counts of gbkg build"
"""What describes the dataset and stands in no file."""
_ENTITY = {PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", PREFIXES["dcterms"] + "description"}
_TURTLE = {"ontology": ("gbkg.ttl", "indicators.ttl"), "metadata": ("dataset.ttl",), "curation": ("curation.ttl",)}
_FILE = "file:"
_DERIVED = ox.NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
_CLAIMS = ox.NamedNode(PREFIXES["graph"] + "claims")
_RULE = ox.NamedNode(PREFIXES["gbkg"] + "rule")


class Typed:
    """The files in which the triples of a store were typed. Without a project only what stands in tables has a file."""

    def __init__(self, store: Store, project: Project | None) -> None:
        self.store, self.project = store, project

    def file(self, triple: TripleKey, graph: str) -> str:
        """The file, relative to the project, in which an editorial triple of a named graph stands."""
        subject, predicate, _ = triple
        if graph == "default":
            return "no named graph says where it is from"
        if graph == "entities":
            return "data/entities.tsv" if predicate.value in _ENTITY else "data/mappings.sssom.tsv"
        if graph == "evidence":
            return self._evidence(subject)
        if graph == "curation" and subject.value.startswith(BASE + "mapping/"):
            return "data/mappings.sssom.tsv"
        if graph == "queries":
            return f"queries/{subject.value.removeprefix(BASE + 'query/').partition('/')[0]}.rq"
        if graph == "inferences" or (graph == "ontology" and subject.value.startswith(BASE + "rule/")):
            return self._rule(subject)
        return self._turtle(triple, graph)

    def _evidence(self, subject: Any) -> str:
        """Of a passage and its selectors the table that quotes it: of claims, or of what is set aside."""
        name = subject.value.removeprefix(PREFIXES["psg"])
        if name == subject.value:
            return "data/sources.ttl"
        passage = ox.NamedNode(subject.value.removesuffix(".quote").removesuffix(".position"))
        quoted = any(True for _ in self.store.quads(None, _DERIVED, passage, _CLAIMS))
        return f"data/{'claims' if quoted else 'readings'}/{name.partition('.')[0]}.tsv"

    def _rule(self, subject: Any) -> str:
        rule = subject.value
        if not rule.startswith(BASE + "rule/"):
            rule = next((quad.object.value for quad in self.store.quads(subject, _RULE)), "")
        name = f"rules/{rule.removeprefix(BASE + 'rule/')}.rq" if rule else "rules"
        return self._ontology(name)

    def _turtle(self, triple: TripleKey, graph: str) -> str:
        if self.project is None or graph not in _TURTLE:
            return graph
        for quad in self._loaded.quads_for_pattern(*triple, None):
            return str(quad.graph_name.value).removeprefix(_FILE).replace("%20", " ")
        return BUILT if graph == "metadata" else "no file that the project has now"

    @cached_property
    def _loaded(self) -> Any:
        """The project's files of Turtle, each as a named graph."""
        assert self.project is not None
        loaded = ox.Store()
        for graph, names in _TURTLE.items():
            for name in names:
                path = self.project.ontology(name) if graph == "ontology" else self.project.data / name
                if path.is_file():
                    shown = self._ontology(name) if graph == "ontology" else f"data/{name}"
                    self._load(loaded, path, shown)
        return loaded

    def _load(self, loaded: Any, path: Path, shown: str) -> None:
        named = ox.NamedNode(_FILE + shown.replace(" ", "%20"))
        assert self.project is not None
        loaded.load(self.project.text(path).encode(), format=ox.RdfFormat.TURTLE, to_graph=named)

    def _ontology(self, name: str) -> str:
        """A file of the ontology, and whose it is where the project takes gbkg's."""
        own = self.project is None or self.project.ontology(name).is_relative_to(self.project.root)
        return f"ontology/{name}" if own else f"ontology/{name} of gbkg"
