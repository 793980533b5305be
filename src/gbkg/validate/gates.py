"""The gates on the assembled graph, in their order, and what a build counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple
from hashlib import sha256

from gbkg.claims import curation, mappings, rivals, rows
from gbkg.claims.inputs import Inputs
from gbkg.claims.rivals import Limit
from gbkg.core import characters, nquads, rdflibterms, turtle
from gbkg.core.errors import Examined, Finding, ParseError
from gbkg.core.inputfiles import there
from gbkg.core.limits import confined, in_proportion
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project
from gbkg.core.records import Place
from gbkg.core.terms import term
from gbkg.core.triples import Graph
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import Spool, code
from gbkg.store.memory import Store
from gbkg.validate import checks, shacl
from gbkg.validate import expected as validate

Progress = Callable[[str, int, int], None]
_CLAIM, _ENTITY, _PASSAGE, _SOURCE = (PREFIXES[name] for name in ("clm", "id", "psg", "src"))
_TYPED = {
    "ontology": "ontology/gbkg.ttl",
    "curation": "data/curation.ttl",
    "metadata": "data/dataset.ttl",
    "queries": "queries",
}
"""The named graphs of what is typed as Turtle, and where."""
LARGE = 50_000
"""Lines from which the faster engine validates, if it is installed: the reference takes some ten seconds for them."""


def absent(project: Project) -> list[Finding]:
    """Warnings for files that a project may lack, since a gate is passed over without them."""
    lacking = {
        "curation.ttl": "nothing is corrected, compared or worked out again",
        "review.tsv": "no claim has been read a second time",
        "expected.toml": "no count is bounded",
    }
    return [
        Finding("project", f"there is no such file: {what}", f"data/{name}", severity="warning")
        for name, what in lacking.items()
        if not there(project.data / name)
    ]


def suitable(size: int) -> str:
    """The SHACL engine for a graph of so many lines: the reference, or a faster one if the graph is large and the
    engine is installed."""
    fast = next((engine for engine in shacl.ENGINES[1:] if shacl.available(engine)), "")
    return fast if fast and size > LARGE else shacl.ENGINES[0]


def usable(engine: str | None) -> None:
    """Raises `GbkgError` for an engine that is not known or not installed."""
    if engine:
        shacl.Validator(rdflibterms.new_graph(), engine)


def chosen(project: Project, wanted: str | None, size: int) -> tuple[str, list[Finding]]:
    """The engine that validates a graph of so many lines: the one that is wanted, "" being none, or the one that suits;
    but the reference, with a warning, where the shapes have what another engine sees otherwise. Raises `ParseError`
    when they bring SPARQL or JavaScript."""
    engine = suitable(size) if wanted is None else wanted
    path = project.ontology("shapes.ttl")
    shapes = rdflibterms.new_graph(validate.read_shapes(project)[0] if engine else ())
    if term := shacl.running_term(shapes):
        raise ParseError(
            f"uses {term}: no shape runs SPARQL or JavaScript", file=project.show(path), hint=shacl.INSTEAD
        )
    if node := shacl.circular_list(shapes):
        raise ParseError(f"the list at {node} runs in a circle", file=project.show(path))
    if found := shacl.refused(shapes):
        raise ParseError(f"no engine is asked to judge {'; '.join(found)}", file=project.show(path))
    reason = shacl.unfit(shapes, engine) if engine else ""
    if not reason:
        return engine, []
    message = f"{shacl.ENGINES[0]} validates in place of {engine}: {reason}"
    return shacl.ENGINES[0], [Finding("shapes", message, project.show(path), severity="warning")]


def curated(made: Assembly) -> list[Finding]:
    """The gate of curation: arithmetic, and references to what there is."""
    places, curated = Places(made.inputs), made.curation
    found = curation.check(curated, places, made.told.figures, made.inputs.vocabulary)
    return found + curation.references(curated, places, _known(made))


def dated(made: Assembly) -> list[Finding]:
    """The gate of what the dataset says of itself: one licence with the mapping set, and no date of a mapping or a
    source after the one on which the dataset was last modified, if it says so."""
    inputs, about = made.inputs, "data/dataset.ttl"
    given = turtle.read(inputs.project, inputs.project.data / "dataset.ttl")
    said = {
        name: min((value.value for _, value in given.pairs(f"dcterms:{name}")), default="")
        for name in ("license", "modified")
    }
    findings = []
    own = mappings.licence(inputs.project)
    if own and own != said["license"]:
        message = "dataset and mapping set have different licences"
        findings.append(Finding("tables", message, f"data/{mappings.METADATA}", found=own, expected=said["license"]))
    last = said["modified"]
    dates = [(one.cells["mapping_date"], one.place.file, one.place.line) for one in inputs.mappings]
    for slug in inputs.sources:
        found = (q.object.value for q in nquads.triples([f"{t} ." for t in inputs.registry.described(slug)])
                 if q.predicate == term("dcterms:issued"))  # fmt: skip
        dates += [(date, "data/sources.ttl", 0) for date in found]
    hint = f"or the dataset was modified since: bring dcterms:modified of {about} up to date"
    for date, file, line in dates:
        if last and date > last:
            message = "is later than the dataset"
            findings.append(Finding("tables", message, file, line or None, None, date, f"{last} or before", hint))
    return findings


def legible(made: Assembly) -> list[Finding]:
    """The gate of characters, for all that is typed as Turtle and for saved queries; tables have their own."""
    places, registry = Places(made.inputs), made.inputs.registry
    findings: list[Finding] = []
    for name, shown in _TYPED.items():
        findings += characters.check(nquads.each([made.texts[name]]), places, shown)
    described = (f"{triple} ." for slug in registry.texts for triple in registry.described(slug))
    return findings + list(characters.check(described, places, "data/sources.ttl"))


def on_graph(
    made: Assembly, store: Store, engine: str, triples: int, progress: Progress
) -> tuple[list[Finding], list[Examined]]:
    """The gates that see the whole graph, which `store` holds and which has so many triples: ontology hygiene, shapes
    that find nothing, SHACL by `engine`, direct triples against claims, claims against one another. Returns the
    findings, and what was looked at."""
    project, typed = made.inputs.project, Places(made.inputs)
    path = project.ontology("shapes.ttl")
    shown = project.show(path)
    shapes, lacking = validate.read_shapes(project)
    progress("checking the graph", 0, 0)
    findings = lacking + checks.hygiene(project, store, shapes, typed)
    focus = validate.focused(shapes, made.inputs.ontology, store)
    owned = focus if project.owns("shapes.ttl") else {}
    findings += validate.shapes_sound(shapes, made.inputs.ontology, owned, typed, shown)
    findings += validate.relaxed(shapes, typed, shown)
    scope = sha256(project.content(path) + project.content(project.core("shapes.ttl"))).hexdigest()
    findings += validate.unable(_silent(made.spool, shapes, engine, scope), typed, shown)
    progress("validating", 0, 0)
    judged = rivals.unlimited(shapes, made.inputs.vocabulary)
    results = _validated(made, judged, engine, scope)
    findings += shacl.findings(results, typed) + checks.facts(store)
    findings += disputed(made, store, rivals.limits(shapes, made.inputs.vocabulary))
    looked = [Examined("hygiene", check.name, triples, "triples") for check in checks.read(project)[0]]
    looked += [Examined("shapes", shorten(shape), nodes, "nodes") for shape, nodes in focus.items()]
    return findings, [*looked, Examined("facts", "", made.size("facts"), "facts")]


def looked_at(made: Assembly, numbers: Mapping[str, int]) -> list[Examined]:
    """The gates on what is typed, and how much each of them looked at."""
    told = made.told
    sentences = sum(cover.sentences for cover in told.coverage.values())
    curated = len(set(map(nquads.subject, nquads.each([made.texts["curation"]]))))
    return [
        Examined("tables", "", numbers["claims"] + numbers["entities"] + numbers["mappings"], "records"),
        Examined(
            "quotations", "with documents" if told.coverage else "without documents", numbers["passages"], "passages"
        ),
        *([Examined("coverage", "", sentences, "sentences")] if told.coverage else []),
        Examined("curation", "", curated, "nodes"),
        Examined("expected", "", validate.bounds(made.inputs.project), "bounds"),
    ]


def _silent(spool: Spool, shapes: Graph, engine: str, scope: str) -> list[tuple[str, str]]:
    """As `shacl.silent`, which takes as long as a small graph: remembered for shapes, engine and code."""
    key = sha256(f"silent {engine} {code()} {scope}".encode()).hexdigest()
    known = spool.recall(key)
    if known is None:
        allowed = in_proportion(
            len(shapes), 1_000, "the shapes were not tried", "make the patterns of sh:pattern simpler"
        )
        known = json.dumps(
            confined(lambda: shacl.silent(shacl.Validator(rdflibterms.new_graph(shapes), engine)), allowed)
        )
        spool.remember(key, known)
    return [(shape, part) for shape, part in json.loads(known)]


def _validated(made: Assembly, shapes: Graph, engine: str, scope: str) -> list[shacl.Result]:
    """What the engine finds in everything that is stated; cached for the same graph, shapes, engine and code."""
    key = sha256(f"validated {engine} {code()} {scope}".encode())
    for text in made.everything():
        key.update(text.encode())
    known = made.spool.recall(key.hexdigest())
    if known is not None:
        return [shacl.Result(*row) for row in json.loads(known)]
    texts = (text.encode() for text in made.everything())
    found = shacl.validate(texts, rdflibterms.new_graph(shapes), engine)
    made.spool.remember(key.hexdigest(), json.dumps([astuple(one) for one in found], ensure_ascii=False))
    return found


def disputed(made: Assembly, store: Store, limits: list[Limit]) -> list[Finding]:
    """The gate of claims that differ where only one can hold: the store tells which may, their tables what they say."""
    inputs = made.inputs
    keys = checks.rivals(store, limits, inputs.vocabulary)
    if not keys:
        return []
    sources = sorted({key.partition(".")[0] for key in keys})
    said = [claim for source in sources for claim in inputs.tables(source).claims if claim.key in keys]
    return rivals.findings(rivals.find(said, limits, inputs.entities, inputs.vocabulary, made.curation))


def expected(made: Assembly, numbers: Mapping[str, int]) -> list[Finding]:
    """The gate of expected counts."""
    return validate.expected(made.inputs.project, numbers)


def counts(made: Assembly, inferred: Mapping[str, int], inferences: int) -> dict[str, int]:
    """How many there are of all that `data/expected.toml` may bound: kinds of records, and instances of each class.
    `inferred` are the lines of the graphs of what rules add, `inferences` the uses of rules."""
    inputs, told = made.inputs, made.told.counts
    kinds = {
        "sources": len(inputs.sources),
        "entities": len(inputs.entities),
        **{name: told[name] for name in ("claims", "statistics", "passages")},
        "mappings": len(inputs.mappings),
        **dict.fromkeys(mappings.RELATIONS, 0),
        **Counter(one.cells["predicate_id"].removeprefix("skos:") for one in inputs.mappings),
        **{name: told[name] for name in ("judged", "supported")},
        "facts": made.size("facts"),
        "inferred": inferred["inferred"],
        "inferences": inferences,
        "triples": sum(map(made.size, made.texts)) + sum(inferred.values()),
    }
    types = Counter(entity.type for entity in inputs.entities.values())
    types.update(kind.value.removeprefix(PREFIXES["gbkg"]) for _, kind in made.curation.pairs("rdf:type"))
    return kinds | {name: types[name] for name in inputs.vocabulary.superclasses}


class Places(Mapping[str, Place]):
    """Where each claim, entity, source, curation node and term of ours was typed, by IRI. Claims are looked up in their
    tables when they are asked for."""

    def __init__(self, inputs: Inputs) -> None:
        project = self._project = inputs.project
        self._entities = inputs.entities
        self._found: dict[str, Place] = {}
        self._of_source: dict[str, dict[str, Place]] = {}
        files = [project.ontology(name) for name in ("gbkg.ttl", "indicators.ttl", "shapes.ttl")]
        files += [project.data / name for name in ("sources.ttl", "curation.ttl")]
        for path in files:
            if there(path):
                self._found |= validate.described(project.text(path), project.show(path))

    def __getitem__(self, iri: str) -> Place:
        if iri in self._found:
            return self._found[iri]
        if iri.startswith(_ENTITY):
            return self._entities[iri.removeprefix(_ENTITY)].place
        source, dot, slug = iri.removeprefix(_CLAIM).partition(".")
        if not dot or not iri.startswith(_CLAIM):
            raise KeyError(iri)
        return self._claims(source)[slug]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._found, *(_ENTITY + slug for slug in self._entities)])

    def __len__(self) -> int:
        return len(self._found) + len(self._entities)

    def _claims(self, source: str) -> dict[str, Place]:
        if source not in self._of_source:
            self._of_source[source] = rows.places(self._project, source)
        return self._of_source[source]


def _known(made: Assembly) -> set[str]:
    """The IRIs of all that the curation may speak of: entities, sources, and the claims and passages of the sources
    that it names."""
    inputs, curated = made.inputs, made.curation
    known = {_ENTITY + slug for slug in inputs.entities} | {_SOURCE + slug for slug in inputs.sources}
    known |= {_CLAIM + key for key in made.told.figures}
    known |= {node.value for node, _, _ in curated}
    for passage in {thing.value for _, _, thing in curated if thing.value.startswith(_PASSAGE)}:
        source = passage.removeprefix(_PASSAGE).partition(".")[0]
        if any(f"<{passage}> " in evidence for evidence in made.spool.lines("evidence", source)):
            known.add(passage)
    return known
