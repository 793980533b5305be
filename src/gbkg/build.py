"""The stages in order. This module alone knows the order, and joins what one stage gives to what the next one takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rdflib import Graph, URIRef
from rdflib.namespace import RDF

from gbkg import (
    claims,
    coverage,
    curation,
    entities,
    export,
    graph,
    passages,
    queries,
    report,
    review,
    rules,
    sources,
    store,
    turtle,
    validate,
    vocabulary,
)
from gbkg.errors import Nonconforming
from gbkg.model import Claim, Entity, Finding, Mapping, Place, Reading, Review, Source
from gbkg.names import BASE, GBKG
from gbkg.project import Project, read_text
from gbkg.vocabulary import Vocabulary

Progress = Callable[[str], None]


@dataclass
class Inputs:
    """Everything that is typed, read; `findings` are the faults of the tables."""

    project: Project
    ontology: Graph
    vocabulary: Vocabulary
    source_graph: Graph
    sources: dict[str, Source]
    entities: dict[str, Entity]
    mappings: list[Mapping]
    claims: list[Claim]
    readings: list[Reading]
    reviews: list[Review] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read(project: Project) -> Inputs:
    """The project's tables and Turtle files as records. Raises `GbkgError` when a file is missing or broken;
    faulty rows become findings."""
    ontology = turtle.read(project, project.ontology("gbkg.ttl"))
    ontology += turtle.read(project, project.ontology("indicators.ttl"))
    terms = vocabulary.read(ontology)
    source_graph = turtle.read(project, project.data / "sources.ttl")
    registered, source_faults = sources.register(source_graph, "data/sources.ttl")
    found_entities, entity_faults = entities.read(project, terms)
    found_mappings, mapping_faults = entities.mappings(project, found_entities)
    found_claims, claim_faults = claims.read(project, registered, found_entities, terms)
    set_aside, reading_faults = coverage.readings(project, registered)
    faulty = frozenset(Path(fault.file).stem for fault in claim_faults)
    reviews, review_faults = review.read(project, found_claims, faulty)
    faults = source_faults + entity_faults + mapping_faults + claim_faults + reading_faults + review_faults
    return Inputs(
        project,
        ontology,
        terms,
        source_graph,
        registered,
        found_entities,
        found_mappings,
        found_claims,
        set_aside,
        reviews,
        faults,
    )


def verify(inputs: Inputs, folder: Path | None) -> tuple[list[Finding], dict[str, list[coverage.Sentence]]]:
    """The gates of quotations and coverage: quotations agree with one another and, when `folder` has the documents,
    with them; and every sentence is accounted for. Returns the findings, and the sentences of each document at hand."""
    findings = []
    typed = {p: place for claim in inputs.claims for p, place in zip(claim.passages, claim.passage_places, strict=True)}
    for a, b in passages.disagreements(typed):
        where, other = typed[b], typed[a]
        message = f"quotation overlaps that of {other.file}:{other.line} and differs from it"
        findings.append(Finding("quotations", message, where.file, where.line, "quote", b.exact, repr(a.exact)))
    if folder is None:
        return findings, {}
    library = sources.collect(folder, inputs.sources)
    findings += sources.check(library, inputs.sources)
    for claim in inputs.claims:
        findings += coverage.misquotations(claim, library.texts.get(claim.source))
    accounted = {}
    for slug, text in library.texts.items():
        aside = [r for r in inputs.readings if r.source == slug]
        findings += [fault for r in aside if (fault := coverage.check_reading(r, text))]
        accounted[slug] = coverage.sentences(text, [c for c in inputs.claims if c.source == slug], aside)
        findings += coverage.check(slug, text, accounted[slug])
    return findings, accounted


def assemble(inputs: Inputs, curated: Graph) -> dict[str, Graph]:
    """The named graphs of what is stated."""
    return graph.assemble(
        ontology=inputs.ontology,
        sources=inputs.source_graph,
        curation=curated,
        dataset=turtle.read(inputs.project, inputs.project.data / "dataset.ttl"),
        queries=queries.describe(queries.library(inputs.project).values()),
        entities=inputs.entities.values(),
        mappings=inputs.mappings,
        claims=inputs.claims,
        reviews=inputs.reviews,
        readings=inputs.readings,
    )


def infer(project: Project, graphs: dict[str, Graph]) -> list[Any]:
    """The quads of all named graphs: what the project's rules conclude from the graphs comes after what these state.
    Puts the final counts into the metadata. Raises `SyntaxFault` when a rule is broken."""
    known = rules.read(project)
    quads = {name: store.quads({name: given}) for name, given in graphs.items()}
    found = rules.infer([quad for name in rules.BASIS for quad in quads[name]], known)
    more = rules.quads(found, known)
    graph.describe(graphs, len(found.triples), len(more) - len(found.triples))
    quads["metadata"] = store.quads({"metadata": graphs["metadata"]})
    return [quad for name in graphs for quad in quads[name]] + export.ordered(more)


def check(inputs: Inputs, graphs: dict[str, Graph], merged: Graph, quads: list[Any]) -> list[Finding]:
    """The gates on the graph: curation, ontology hygiene, SHACL, direct triples, expected counts. `merged` is what is
    stated, `quads` everything."""
    project, typed = inputs.project, places(inputs)
    shapes_path = project.ontology("shapes.ttl")
    shapes = turtle.read(project, shapes_path)
    known = {s for s in merged.subjects() if isinstance(s, URIRef) and s.startswith(BASE)}
    findings = curation.check(graphs["curation"], typed, inputs.claims, inputs.vocabulary)
    findings += curation.references(graphs["curation"], typed, known)
    findings += validate.hygiene(project, quads, shapes, typed)
    findings += validate.shapes_sound(
        shapes, graphs["ontology"], merged, typed, project.show(shapes_path), focused=project.owns("shapes.ttl")
    )
    findings += validate.shacl(merged, shapes, typed)
    findings += validate.facts(graphs, inputs.claims)
    return findings + validate.expected(
        project.data / "expected.toml", "data/expected.toml", counts(inputs, graphs, quads)
    )


def places(inputs: Inputs) -> dict[str, Place]:
    """Where each claim, entity, source, curation node and term of ours was typed, by IRI."""
    project = inputs.project
    files = [project.ontology(name) for name in ("gbkg.ttl", "indicators.ttl", "shapes.ttl")]
    files += [project.data / name for name in ("sources.ttl", "curation.ttl")]
    found: dict[str, Place] = {}
    for path in files:
        if path.exists():
            found |= validate.described(read_text(path, project.show(path)), project.show(path))
    found |= {str(entity.iri): entity.place for entity in inputs.entities.values()}
    return found | {str(claim.iri): claim.place for claim in inputs.claims}


def sizes(graphs: dict[str, Graph], quads: list[Any]) -> dict[str, int]:
    """How many triples each named graph has, those of what is inferred last."""
    stated = {name: len(given) for name, given in graphs.items()}
    more = Counter(quad.graph_name.value.rpartition("/")[2] for quad in quads[sum(stated.values()) :])
    return stated | dict(more)


def counts(inputs: Inputs, graphs: dict[str, Graph], quads: list[Any]) -> dict[str, int]:
    """How many there are of all that `data/expected.toml` may bound: kinds of records, and instances of each class."""
    conclusion = str(GBKG.conclusion)
    kinds = {
        "sources": len(inputs.sources),
        "entities": len(inputs.entities),
        "claims": len(inputs.claims),
        "statistics": sum(claim.quantity is not None for claim in inputs.claims),
        "passages": len({p.iri for claim in inputs.claims for p in claim.passages}),
        "mappings": len(inputs.mappings),
        "facts": len(graphs["facts"]),
        "inferred": sizes(graphs, quads).get("inferred", 0),
        "inferences": sum(quad.predicate.value == conclusion for quad in quads[sum(map(len, graphs.values())) :]),
        "triples": len(quads),
    }
    typed = graphs["entities"] + graphs["curation"]
    types = Counter(str(t).removeprefix(str(GBKG)) for t in typed.objects(None, RDF.type))
    return kinds | {name: types[name] for name in inputs.vocabulary.superclasses}


def _absent(project: Project) -> list[Finding]:
    """Warnings for files that a project may lack, since a gate is passed over without them."""
    lacking = {
        "curation.ttl": "nothing is corrected, compared or worked out again",
        "review.tsv": "no claim has been read a second time",
        "expected.toml": "no count is bounded",
    }
    return [
        Finding("project", f"there is no such file: {what}", f"data/{name}", severity="warning")
        for name, what in lacking.items()
        if not (project.data / name).exists()
    ]


def stated(inputs: Inputs) -> dict[str, Graph]:
    """The named graphs of what is stated, those of `assemble`, with the curation if the project has one."""
    curated = inputs.project.data / "curation.ttl"
    return assemble(inputs, turtle.read(inputs.project, curated) if curated.exists() else Graph())


def quads(project: Project) -> list[Any]:
    """The quads of a project as it is, without the gates on the graph and without writing anything.

    Raises `Nonconforming` when the tables or their quotations have faults.
    """
    inputs = read(project)
    faults = inputs.findings + verify(inputs, None)[0]
    if any(fault.severity == "violation" for fault in faults):
        raise Nonconforming(faults, "the graph cannot be put together")
    return infer(project, stated(inputs))


def run(
    project: Project, out: Path, documents: Path | None = None, progress: Progress = lambda _: None
) -> report.Report:
    """All stages and gates; writes the outputs to `out` and returns what is in them.

    Raises `Nonconforming` with every finding when there is a violation, `GbkgError` when a file is broken or cannot
    be written; former outputs then stay as they were.
    """
    progress("reading tables")
    inputs = read(project)
    progress("checking quotations")
    faults, accounted = verify(inputs, documents)
    faults = inputs.findings + faults + _absent(project)
    if any(fault.gate == "tables" for fault in faults):
        raise Nonconforming(faults)
    progress("assembling the graph")
    graphs = stated(inputs)
    progress("inferring")
    quads = infer(project, graphs)
    merged = graph.merge(graphs)
    progress("validating")
    faults += check(inputs, graphs, merged, quads)
    if any(fault.severity == "violation" for fault in faults):
        raise Nonconforming(faults)
    progress("writing")
    made = report.Report(
        inputs=project.digest,
        counts=counts(inputs, graphs, quads),
        graphs=sizes(graphs, quads),
        accuracy=review.accuracy(inputs.claims, inputs.reviews),
        coverage={slug: report.covered(found) for slug, found in accounted.items()},
        warnings=tuple(str(fault) for fault in faults),
    )
    files = {
        "gbkg.trig": export.trig(quads),
        "gbkg.nq": export.nquads(quads),
        "gbkg.ttl": export.turtle(quads[: sum(map(len, graphs.values()))]),
        "gbkg.jsonld": export.jsonld(merged, export.read_context(project)),
        "report.json": made.json(),
        "report.md": made.markdown(),
    }
    export.write(out, files)
    return made
