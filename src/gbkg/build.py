"""The stages in order. This module alone knows the order; it holds no logic of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import Graph
from rdflib.namespace import RDF

from gbkg import (
    claims,
    coverage,
    curation,
    entities,
    export,
    graph,
    passages,
    report,
    review,
    sources,
    turtle,
    validate,
    vocabulary,
)
from gbkg.errors import Nonconforming
from gbkg.model import Claim, Entity, Finding, Mapping, Reading, Review, Source
from gbkg.names import GBKG, SRC
from gbkg.project import Project
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
    reviews, review_faults = review.read(project, found_claims)
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
    """Gates 2 and 3: quotations agree with one another and, when `folder` has the documents, with them; and every
    sentence is accounted for. Returns the findings, and the sentences of each document at hand."""
    findings = []
    for a, b in passages.disagreements(p for claim in inputs.claims for p in claim.passages):
        message = f"quotations of {a.source} at {a.start} and {b.start} overlap and differ"
        findings.append(Finding("quotations", message, found=b.exact, expected=repr(a.exact)))
    if folder is None:
        return findings, {}
    library = sources.collect(folder, inputs.sources)
    findings += sources.check(library, inputs.sources)
    for claim in inputs.claims:
        findings += report.misquotations(claim, library.texts.get(claim.source))
    accounted = {}
    for slug, text in library.texts.items():
        aside = [r for r in inputs.readings if r.source == slug]
        findings += [fault for r in aside if (fault := coverage.check_reading(r, text))]
        accounted[slug] = coverage.sentences(text, [c for c in inputs.claims if c.source == slug], aside)
        findings += coverage.check(slug, text, accounted[slug])
    return findings, accounted


def assemble(inputs: Inputs, curated: Graph) -> dict[str, Graph]:
    """The named graphs."""
    return graph.assemble(
        ontology=inputs.ontology,
        sources=inputs.source_graph,
        curation=curated,
        dataset=turtle.read(inputs.project, inputs.project.data / "dataset.ttl"),
        entities=inputs.entities.values(),
        mappings=inputs.mappings,
        claims=inputs.claims,
        reviews=inputs.reviews,
        readings=inputs.readings,
    )


def check(inputs: Inputs, graphs: dict[str, Graph], merged: Graph) -> list[Finding]:
    """Gates 4 to 7, and the arithmetic of the curation."""
    project, path = inputs.project, inputs.project.data / "curation.ttl"
    shown, shapes_path = project.show(path), project.ontology("shapes.ttl")
    places = {str(c.iri): c.place for c in inputs.claims} | {str(e.iri): e.place for e in inputs.entities.values()}
    if path.exists():
        places |= validate.curation_places(path.read_text(encoding="utf-8"), shown)
    shapes = turtle.read(project, shapes_path)
    known = {s for s in merged.subjects() if str(s).startswith(str(SRC).removesuffix("source/"))}
    findings = curation.check(graphs["curation"], shown, inputs.claims, inputs.vocabulary)
    findings += curation.references(graphs["curation"], shown, known)  # type: ignore[arg-type]
    findings += validate.hygiene(project, graphs, shapes)
    findings += validate.shapes_sound(
        shapes, graphs["ontology"], merged, project.show(shapes_path), focused=project.owns("shapes.ttl")
    )
    findings += validate.shacl(merged, shapes, places)
    findings += validate.facts(graphs, inputs.claims)
    return findings + validate.expected(project.data / "expected.toml", "data/expected.toml", counts(inputs, graphs))


def counts(inputs: Inputs, graphs: dict[str, Graph]) -> dict[str, int]:
    """How many there are of all that `data/expected.toml` may bound: kinds of records, and instances of each class."""
    kinds = {
        "sources": len(inputs.sources),
        "entities": len(inputs.entities),
        "claims": len(inputs.claims),
        "statistics": sum(claim.quantity is not None for claim in inputs.claims),
        "passages": len({p.iri for claim in inputs.claims for p in claim.passages}),
        "mappings": len(inputs.mappings),
        "facts": len(graphs["facts"]),
        "triples": sum(map(len, graphs.values())),
    }
    typed = graphs["entities"] + graphs["curation"]
    types = Counter(str(t).removeprefix(str(GBKG)) for t in typed.objects(None, RDF.type))
    return kinds | {name: types[name] for name in inputs.vocabulary.superclasses if types[name]}


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
    faults = inputs.findings + faults
    if any(fault.gate == "tables" for fault in faults):
        raise Nonconforming(faults)
    progress("assembling the graph")
    curated = project.data / "curation.ttl"
    graphs = assemble(inputs, turtle.read(project, curated) if curated.exists() else Graph())
    merged = graph.merge(graphs)
    progress("validating")
    faults += check(inputs, graphs, merged)
    if any(fault.severity == "violation" for fault in faults):
        raise Nonconforming(faults)
    progress("writing")
    made = report.Report(
        counts=counts(inputs, graphs),
        graphs={name: len(g) for name, g in graphs.items()},
        accuracy=review.accuracy(inputs.claims, inputs.reviews),
        coverage={slug: report.covered(found) for slug, found in accounted.items()},
        warnings=tuple(str(fault) for fault in faults),
    )
    files = {
        "gbkg.trig": export.trig(graphs),
        "gbkg.nq": export.nquads(graphs),
        "gbkg.ttl": export.turtle(merged),
        "gbkg.jsonld": export.jsonld(merged, export.read_context(project)),
        "report.json": made.json(),
        "report.md": made.markdown(),
    }
    export.write(out, files)
    return made
