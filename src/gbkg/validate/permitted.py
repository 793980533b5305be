"""The last gate: what each named graph may hold, and so what each file may state, on the N-Quads to be published.

The other gates look at tables and records, or ask a store for faults that somebody has thought of. This one goes the
other way: whatever is not of a kind that is listed here stands in no graph that is published. A triple about an entity
is a row of `data/entities.tsv` or `data/mappings.sssom.tsv`, a fact (of which `checks.facts` wants an accepted claim)
or an inference (of which checks want the record); a claim or passage is one of a table (`verbatim`).
docs/model.md has the list in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from gbkg.claims.inputs import Inputs
from gbkg.core import literals, namedgraphs, turtle
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import BASE, PREFIXES, full, shorten
from gbkg.core.records import Place
from gbkg.documents.sources import Library
from gbkg.graph import statements
from gbkg.validate.verbatim import Comparison

Triple = tuple[str, str, str]
"""Subject and predicate as IRIs, object as N-Quads has it."""


_OURS, _ID, _GRAPH = (PREFIXES[name] for name in ("gbkg", "id", "graph"))
_IRI = re.compile('<([^<>"]*)>$')
_TYPE, _TRIPLES = PREFIXES["rdf"] + "type", PREFIXES["void"] + "triples"


@dataclass(frozen=True)
class Kind:
    """What may be said of the nodes of one space: `predicates` as prefix:name, a * for all of a namespace, and terms of
    ours whose domain is of `family`, which is also what class of ours a node may have, or that have none. An entity may
    be the object of `naming` alone."""

    predicates: str
    family: str = ""
    naming: str = ""

    def allows(self, predicate: str) -> bool:
        return predicate.startswith(_OURS) or _among(predicate, self.predicates)

    def names(self, predicate: str) -> bool:
        return _among(predicate, self.naming)


@cache
def _among(predicate: str, names: str) -> bool:
    pairs = ((full(name.rstrip("*")) or "", name.endswith("*")) for name in names.split())
    return any(predicate.startswith(iri) if all_of else predicate == iri for iri, all_of in pairs)


_TERMS = Kind("rdf:type rdfs:* owl:* skos:* dcterms:* vann:* schema:domainIncludes schema:rangeIncludes")
_ABOUT = "rdf:type rdfs:label rdfs:comment rdfs:seeAlso"
_DATASET = Kind(f"{_ABOUT} dcterms:* dcat:* void:* schema:* prov:* foaf:*", "", "dcterms:* void:exampleResource")
KINDS: dict[str, dict[str, Kind]] = {
    "ontology": {"ontology": _TERMS, "": _TERMS},
    "entities": {
        "id": Kind("rdf:type rdfs:label dcterms:description skos:*", "Entity"),
    },
    "facts": {"id": Kind("", "Entity", "gbkg:*")},
    "claims": {
        "claim": Kind(
            "rdf:* skos:note prov:wasDerivedFrom prov:hadPrimarySource",
            "Claim",
            "rdf:subject rdf:object gbkg:about gbkg:attributedTo gbkg:countedBy",
        )
    },
    "evidence": {
        "passage": Kind("rdf:type oa:* prov:wasQuotedFrom", "Passage"),
        "source": Kind(f"{_ABOUT} dcterms:* schema:* skos:* dcat:* foaf:page", "Source", "dcterms:* schema:*"),
    },
    "curation": {
        "curation": Kind(f"{_ABOUT} skos:* dcterms:* prov:*", "Curation", "gbkg:concerns"),
        "mapping": Kind("rdf:type sssom:*", "", "sssom:subject_id"),
    },
    "queries": {
        "query": Kind(f"{_ABOUT} rdf:* dcterms:* schema:* sh:* skos:*", "", "sh:defaultValue rdf:first"),
    },
    "metadata": {"dataset": _DATASET, "graph": _DATASET, "": _DATASET},
    "inferred": {"id": Kind("org:*", "Entity", "gbkg:* org:*")},
    "inferences": {
        "inference": Kind("rdf:type", "Inference"),
        "rule": Kind("rdf:type rdfs:label dcterms:description sh:construct", "Rule"),
        "triple": Kind("rdf:*", "", "rdf:subject rdf:object"),
    },
}
"""Named graph to space to kind. A space is the first word of an IRI behind `BASE`, "" for IRIs of elsewhere."""
FILES = {
    "ontology": (("ontology", "gbkg.ttl"), ("ontology", "indicators.ttl")),
    "evidence": (("data", "sources.ttl"),),
    "curation": (("data", "curation.ttl"),),
    "metadata": (("data", "dataset.ttl"),),
}
"""Named graph to the files that state its triples one by one."""
HOMES = {
    "id": "an entity is described in data/entities.tsv and data/mappings.sssom.tsv; all else is said of it by claims",
    "claim": "a claim comes from data/claims/, with its quotation",
    "passage": "a passage comes from data/claims/ and data/readings/",
    "source": "a source is described in data/sources.ttl",
    "curation": "curation stands in data/curation.ttl",
    "mapping": "a mapping comes from data/mappings.sssom.tsv",
    "query": "a query is described by its file in queries/",
    "dataset": "the dataset is described in data/dataset.ttl",
    "graph": "the graphs are described by the build",
    "inference": "an inference comes from ontology/rules/",
    "rule": "a rule comes from ontology/rules/",
    "triple": "premises and conclusions come from ontology/rules/",
    "ontology": "terms are described in ontology/gbkg.ttl and ontology/indicators.ttl",
    "": "only data/dataset.ttl and the ontology may speak of nodes that have IRIs of elsewhere",
}
"""Space to where its nodes are stated."""
FAMILIES = ("Entity", "Claim", "Passage", "Source", "Curation", "Inference", "Rule")
"""Classes whose instances have graphs of their own."""
_EXACT = ("entities", "facts", "inferred", "metadata", "curation")


@dataclass(frozen=True)
class _Verdict:
    """Why nodes of a space may not have a predicate, "" if they may; and whether an entity may then be the object."""

    reason: str
    names: bool = False


class Gate:
    """What may be published of what is typed; `library` has the documents that are at hand."""

    def __init__(self, inputs: Inputs, library: Library | None = None) -> None:
        self.inputs, self._library = inputs, library
        self.looked = dict.fromkeys(KINDS, 0)
        """How many triples of each named graph were looked at."""
        self._found: list[Finding] = []
        self._counts: dict[str, set[str]] = {}
        self._families: dict[str, str] = {}
        self._places = _Stated(inputs)
        self._mapped = set[str]()
        for one in inputs.mappings:
            direct, record = statements.mapping(one)
            self._mapped |= {str(direct), *map(str, record)}

    def findings(self, path: Path) -> list[Finding]:
        """What stands in a file of N-Quads and may not, and what of the tables does not, each with the file and line
        that states it where there is one. The file has named graphs, and in them sources, one after another."""
        compared = Comparison(self.inputs, self._library)
        with path.open(encoding="utf-8", newline="\n") as file:
            for name, lines in groupby(file, _graph_of):
                permitted = self._permitted(name, lines)
                if name in namedgraphs.BY_SOURCE:
                    for source, some in groupby(permitted, _source_of):
                        if source in self.inputs.sources:
                            self._found += compared.of_source(name, source, some)
                        else:
                            self._strangers(some)
                else:
                    for _ in permitted:
                        pass
        self._found += compared.left()
        self._count()
        return self._found

    def _strangers(self, lines: Iterable[str]) -> None:
        """Refuses what speaks of claims and passages of no source."""
        for node in dict.fromkeys(line[1 : line.index(">")] for line in lines):
            space = _space(node)
            if space in ("claim", "passage"):
                self._fault(f"{shorten(node)} is of no source", hint=HOMES[space])

    def _permitted(self, name: str, lines: Iterable[str]) -> Iterator[str]:
        """The lines of a graph, once it is known of each whether it may stand there."""
        end, to_entity = len(f" <{_GRAPH}{name}> .\n"), f"<{_ID}"
        entities, looked = self.inputs.entities, 0
        verdicts: dict[tuple[str, str], _Verdict] = {}
        for line in lines:
            looked += 1
            cut = line.index(" ")
            next_cut = line.index(" ", cut + 1)
            subject, predicate, value = line[1 : cut - 1], line[cut + 2 : next_cut - 1], line[next_cut + 1 : -end]
            triple = subject, predicate, value
            at = subject.find("/", len(BASE))
            known = verdicts.get((subject[:at] if at > 0 else subject, predicate))
            if known is None:
                space = _space(subject)
                known = verdicts[subject[:at] if at > 0 else subject, predicate] = self._verdict(name, space, predicate)
            if known.reason:
                self._refuse(name, triple, known.reason)
            elif value.startswith(to_entity):
                if not known.names:
                    self._refuse(name, triple, "may not name an entity in this way")
                elif value[len(_ID) + 1 : -1] not in entities:
                    self._refuse(name, triple, "names an entity that is not in data/entities.tsv")
            elif value.startswith('"') and value.endswith(">"):
                lexical, _, datatype = value[1:-1].rpartition('"^^<')
                wrong = literals.fault(lexical, datatype)
                if wrong:
                    self._refuse(name, triple, wrong)
            if not known.reason and (predicate == _TYPE or name in _EXACT):
                self._check(name, _space(subject), triple)
            yield line
        if name in self.looked:
            self.looked[name] += looked
        elif looked:
            self._fault(f"there is no named graph {name!r}", hint=f"there are {', '.join(KINDS)}")

    def _verdict(self, name: str, space: str, predicate: str) -> _Verdict:
        """Whether a node of a space may have a predicate in a graph."""
        kind = KINDS.get(name, {}).get(space)
        if kind is None:
            return _Verdict(f"may not stand in graph {name}")
        own = predicate.startswith(_OURS)
        if not kind.allows(predicate) or (own and self._domain(predicate) not in ("", kind.family)):
            return _Verdict(f"may not be stated in graph {name}")
        return _Verdict("", kind.names(predicate))

    def _check(self, name: str, space: str, triple: Triple) -> None:
        """What must be exactly as it is typed, and the classes of all else."""
        subject, predicate, value = triple
        slug = subject[len(_ID) :]
        if space == "id" and slug not in self.inputs.entities:
            self._refuse(name, triple, "is of an entity that is not in data/entities.tsv")
        elif name == "entities" or space == "mapping":
            text = f"<{subject}> <{predicate}> {value}"
            if text not in self._mapped and not (space == "id" and text in _described(self.inputs, slug)):
                self._refuse(name, triple, "is in no row of its table")
        elif name == "facts" and predicate.removeprefix(_OURS) not in self.inputs.vocabulary.properties:
            self._refuse(name, triple, "has no property that a claim may use")
        elif predicate == _TYPE and self._family(value[1:-1]) not in ("", KINDS[name][space].family):
            self._refuse(name, triple, f"may not stand in graph {name}")
        elif predicate == _TRIPLES:
            self._counts.setdefault(subject, set()).add(value)

    def _count(self) -> None:
        """Compares the counts that the graph states with the triples that were looked at."""
        wanted = {_GRAPH + name: size for name, size in self.looked.items()}
        wanted[statements.DATASET.value] = sum(self.looked.values())
        for node, size in wanted.items():
            stated, expected = self._counts.get(node, set()), str(statements.integer(size))
            if stated != {expected}:
                shown = ", ".join(sorted(stated)) or "nothing"
                self._fault(f"{shorten(node)} has another void:triples than triples", found=shown, expected=expected)

    def _family(self, cls: str) -> str:
        """Which of the families a class belongs to, "" for none."""
        if cls not in self._families:
            above = {one.value for one in self.inputs.ontology.above(ox.NamedNode(cls), "rdfs:subClassOf")}
            self._families[cls] = next((name for name in FAMILIES if _OURS + name in above), "")
        return self._families[cls]

    def _domain(self, predicate: str) -> str:
        """The family of what a term of ours is said of, "" for any; "?" if it is no term."""
        term = ox.NamedNode(predicate)
        if not self.inputs.ontology.about(term):
            return "?"
        families = {self._family(cls.value) for cls in self.inputs.ontology.objects(term, "rdfs:domain")}
        return min(families, default="")

    def _refuse(self, name: str, triple: Triple, reason: str) -> None:
        subject, predicate, value = triple
        shown = " ".join((shorten(subject), shorten(predicate), _IRI.sub(lambda one: shorten(one[1]), value)))
        place = self._places.of(name, triple)
        self._fault(f"{reason}: {shown}", place, hint=HOMES.get(_space(subject), ""))

    def _fault(
        self, message: str, place: Place | None = None, found: str | None = None, expected: str = "", hint: str = ""
    ) -> None:
        file, line = (place.file, place.line) if place else ("", None)
        self._found.append(Finding("permitted", message, file, line, None, found, expected, hint))


class _Stated:
    """Where the triples are stated that files of Turtle state, and the entities."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs, self._read = inputs, dict[str, dict[str, Place]]()

    def of(self, name: str, triple: Triple) -> Place | None:
        """The place of a triple of a named graph, None where nothing states it one by one."""
        if name == "entities" and triple[0].removeprefix(_ID) in self._inputs.entities:
            return self._inputs.entities[triple[0].removeprefix(_ID)].place
        if name not in self._read:
            self._read[name] = self._placed(name)
        return self._read[name].get(f"<{triple[0]}> <{triple[1]}> {triple[2]}")

    def _placed(self, name: str) -> dict[str, Place]:
        project = self._inputs.project
        found: dict[str, Place] = {}
        for folder, file in FILES.get(name, ()):
            path = project.ontology(file) if folder == "ontology" else project.data / file
            shown = project.show(path)
            if there(path):
                for line, triple in turtle.placed(project.text(path), shown):
                    found.setdefault(str(triple), Place(shown, line))
        return found


def _described(inputs: Inputs, slug: str) -> set[str]:
    return set(map(str, statements.entity(inputs.entities[slug])))


def _space(subject: str) -> str:
    """The first word of an IRI behind `BASE`, "" for an IRI of elsewhere or a blank node."""
    if not subject.startswith(BASE):
        return ""
    return subject[len(BASE) :].partition("/")[0].partition("#")[0]


def _graph_of(line: str) -> str:
    return line[line.rindex("<") + 1 : -4].removeprefix(_GRAPH)


def _source_of(line: str) -> str:
    """The source of a claim, a passage or a source that a line is about."""
    return line[1 : line.index(">")].rpartition("/")[2].partition(".")[0]
