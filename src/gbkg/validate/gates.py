"""The gates of a build in their order, and its counts."""

from __future__ import annotations

import json
import re
import reprlib
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from hashlib import sha256

from gbkg.claims import curation, entities, rows, vocabulary
from gbkg.claims.inputs import Inputs
from gbkg.core import Progress, nquads, tables
from gbkg.core.errors import Examined, Finding, ParseError, meant
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.project import SHAPES, TERMS, Project
from gbkg.core.records import Place
from gbkg.core.terms import term
from gbkg.core.workers import Spread, spread
from gbkg.documents.sources import Library
from gbkg.graph import statements
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import code
from gbkg.graph.parts import Parts
from gbkg.store.memory import Memory
from gbkg.validate import checks, disputed, permitted, shapes
from gbkg.validate.known import Known
from gbkg.validate.recalled import Recalled

_TYPED = {
    "ontology": "ontology",
    "curation": "data/curation.ttl",
    "metadata": "data/dataset.ttl",
    "queries": "queries",
}
"""The named graphs of what is typed as Turtle, and where."""


def absent(project: Project) -> list[Finding]:
    """Warnings for optional files that a project lacks: the gates that need them do nothing."""
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


def curated(made: Assembly) -> list[Finding]:
    """The gate of curation: arithmetic, and references to what there is."""
    places, curated = Places(made.inputs), made.curation
    found = curation.check(curated, places, made.summary.figures, made.inputs.vocabulary)
    return found + curation.references(curated, places, _known(made))


def dated(made: Assembly) -> list[Finding]:
    """The gate of dates and licences: the dataset has the licence of the mapping set, and no mapping or source is later
    than the date on which the dataset was last modified."""
    inputs = made.inputs
    given = statements.about_dataset(inputs.project)
    about = "data/dataset.ttl" if there(inputs.project.data / "dataset.ttl") else "gbkg.toml"
    said = {
        name: min((value.value for _, value in given.pairs(f"dcterms:{name}")), default="")
        for name in ("license", "modified")
    }
    findings = []
    own = entities.licence(inputs.project)
    if own and own != said["license"]:
        message = "dataset and mapping set have different licences"
        findings.append(Finding("tables", message, f"data/{entities.METADATA}", found=own, expected=said["license"]))
    last, issued = said["modified"], term("dcterms:issued")
    dates = [(one.cells["mapping_date"], one.place.file, one.place.line) for one in inputs.mappings]
    for slug in inputs.sources:
        lines = (f"{t} ." for t in inputs.registry.described(slug) if f" {issued} " in t)
        found = (q.object.value for q in nquads.triples(lines) if q.predicate == issued)
        dates += [(date, "data/sources.ttl", 0) for date in found]
    hint = f"or the dataset was modified since: bring dcterms:modified of {about} up to date"
    for date, file, line in dates:
        if last and date > last:
            message = "is later than the dataset"
            findings.append(Finding("tables", message, file, line or None, None, date, f"{last} or before", hint))
    return findings


def legible(made: Assembly) -> list[Finding]:
    """The gate of characters for Turtle files and saved queries; tables have their own. What had no fault at the last
    build is not read again."""
    places, registry = Places(made.inputs), made.inputs.registry
    blocks = [(shown, made.texts[name]) for name, shown in _TYPED.items()]
    blocks += (("data/sources.ttl", "".join(f"{t} .\n" for t in registry.described(slug))) for slug in registry.texts)
    about = f"{code()} {made.inputs.project.about!r}"
    known = set(json.loads(made.cache.get("characters", "clean", about) or "[]"))
    clean, findings = list[str](), list[Finding]()
    for shown, text in blocks:
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        found = [] if digest in known else list(tables.check_characters(nquads.each([text]), places, shown))
        clean += [] if found else [digest]
        findings += found
    made.cache.put("characters", "clean", about, json.dumps(clean))
    return findings


def on_tables(made: Assembly, counted: Mapping[str, int]) -> list[Finding]:
    """The gates on what is typed that see all sources together: curation, dates, characters, expected counts."""
    return curated(made) + dated(made) + legible(made) + expected(made.inputs.project, counted, made.inputs.sources)


def on_graph(
    made: Assembly,
    store: Memory,
    parts: Parts,
    library: Library | None,
    engine: str,
    recalled: Recalled,
    progress: Progress,
    spread: Spread = spread,
) -> tuple[list[Finding], list[Examined]]:
    """The gates on the whole graph, which `store` holds and `parts` of a file: ontology hygiene, shapes that find
    nothing, SHACL by `engine`, direct triples against claims, rival claims, and what may be stated. `recalled` is what
    queries found at the last build. Returns the findings, and how much each gate looked at."""
    project, places = made.inputs.project, Places(made.inputs)
    known = made.inputs.ontology
    shown = project.show(SHAPES)
    given, lacking = shapes.read(project)
    progress("checking the graph", 0, 0)
    remembered = Known(made.cache, parts, shapes.dependencies(made, engine), recalled)
    findings = lacking + checks.hygiene(project, store, given, places, remembered.beside, recalled.of, spread)
    focus = shapes.focused(given, known, store, recalled.of)
    own = vocabulary.own_subjects(project)
    looked_for = {shape: nodes for shape, nodes in focus.items() if shape in own}
    findings += shapes.shapes_sound(vocabulary.shapes(project), known, looked_for, places, project.about.unused)
    findings += shapes.relaxed(shapes.typed(project), places, shown)
    findings += shapes.unable(shapes.silent(made, shapes.read(project, relaxing=False)[0], engine), places, shown)
    progress("validating", 0, 0)
    findings += shapes.validate(made, parts, store, given, engine, places, recalled, spread)
    findings += checks.facts(store, remembered.apart(store), recalled.of)
    remembered.keep()
    findings += disputed.disputed(made, store, given, recalled, spread)
    progress("reading the graph", 0, 0)
    gate = permitted.Gate(made.inputs, library, spread)
    findings += gate.of_build(parts, made)
    sizes = made.sizes
    triples = sum(sizes.values())
    looked = [Examined("hygiene", check.name, triples, "triples") for check in checks.read(project)[0]]
    looked += [Examined("shapes", shorten(shape), nodes, "nodes") for shape, nodes in focus.items()]
    looked.append(Examined("facts", "", sizes["facts"], "facts"))
    return findings, [*looked, Examined("permitted", "", sum(gate.looked.values()), "triples")]


def looked_at(made: Assembly, numbers: Mapping[str, int]) -> list[Examined]:
    """The number of things that each gate on tables checked."""
    covered = made.summary.coverage
    sentences = sum(cover.sentences for cover in covered.values())
    curated = len(set(map(nquads.subject, nquads.each([made.texts["curation"]]))))
    proved = "with documents" if covered else "without documents"
    return [
        Examined("tables", "", numbers["claims"] + numbers["entities"] + numbers["mappings"], "records"),
        Examined("quotations", proved, numbers["passages"], "passages"),
        *([Examined("coverage", "", sentences, "sentences")] if covered else []),
        Examined("curation", "", curated, "nodes"),
        Examined("expected", "", bounds(made.inputs.project), "bounds"),
    ]


def counts(made: Assembly) -> dict[str, int]:
    """All numbers that `data/expected.toml` may bound: of records by kind, and of instances by class."""
    inputs, counted, sizes = made.inputs, made.summary.counts, made.sizes
    kinds = {
        "sources": len(inputs.sources),
        "entities": len(inputs.entities),
        **{name: counted[name] for name in ("claims", "statistics", "passages")},
        "mappings": len(inputs.mappings),
        **dict.fromkeys(entities.RELATIONS, 0),
        **Counter(one.cells["predicate_id"].removeprefix("skos:") for one in inputs.mappings),
        **{name: counted[name] for name in ("judged", "supported")},
        "facts": sizes["facts"],
        "inferred": sizes["inferred"],
        "inferences": len(made.inferred.uses),
        "triples": sum(sizes.values()),
    }
    types = Counter(entity.type for entity in inputs.entities.values())
    types.update(kind.value.removeprefix(PREFIXES["gbkg"]) for _, kind in made.curation.pairs("rdf:type"))
    return kinds | {name: types[name] for name in inputs.vocabulary.superclasses}


def expected(project: Project, counts: Mapping[str, int], sources: Collection[str] = ()) -> list[Finding]:
    """Findings for counts outside the bounds of `data/expected.toml`, if there is such a file.

    A line `claims = [350, 600]` gives least and most; a name in it that is never counted is a fault. A line `of =
    ["one", "other"]` names the sources that the bounds were written for: one that is missing is a fault, and where
    there are more of them no most holds, which is a warning.
    """
    path = project.data / "expected.toml"
    if not there(path):
        return []
    text, shown = project.text(path), project.show(path)
    lines = text.splitlines()
    try:
        bounds = tomllib.loads(text)
    except RecursionError as error:
        raise ParseError("not TOML of bounds: nested too deeply", file=shown) from error
    except ValueError as error:  # a number of thousands of digits is one too
        raise ParseError(f"not TOML: {error}", file=shown) from error
    findings = []
    named = bounds.pop("of", None)
    if named is not None and not (isinstance(named, list) and all(isinstance(one, str) for one in named)):
        message = "of names the sources that the bounds are for"
        return [Finding("expected", message, shown, found=reprlib.repr(named), expected='["SOURCE", …]')]
    if lacking := sorted(set(named or ()) - set(sources)):
        findings.append(Finding("expected", "a source is missing", shown, found="", expected=", ".join(lacking)))
    more = sorted(set(sources) - set(named)) if named is not None else []
    if more:
        message = "no most is looked at: there are more sources than the bounds were written for"
        findings.append(Finding("expected", message, shown, found=", ".join(more), severity="warning"))
    for name, pair in bounds.items():
        line = next((n for n, typed in enumerate(lines, start=1) if re.match(rf"{re.escape(name)}\s*=", typed)), None)

        def fault(message: str, found: str, wanted: str = "", hint: str = "", line: int | None = line) -> None:
            findings.append(Finding("expected", message, shown, line, None, found, wanted, hint))

        if name not in counts:
            fault("nothing of this name is counted", name, hint=meant(name, counts))
        elif not (isinstance(pair, list) and len(pair) == 2 and all(type(n) is int for n in pair)):
            fault(f"{name} has no bounds", reprlib.repr(pair), "[least, most]")
        elif not pair[0] <= counts[name] <= (counts[name] if more else pair[1]):
            fault(f"number of {name}", str(counts[name]), f"{pair[0]} to {pair[1]}")
    return findings


def bounds(project: Project) -> int:
    """How many counts `data/expected.toml`, which can be read, bounds; 0 without it."""
    path = project.data / "expected.toml"
    return len(tomllib.loads(project.text(path)).keys() - {"of"}) if there(path) else 0


# ---- Places


class Places(Mapping[str, Place]):
    """Where each claim, entity, source, curation node and term of ours was typed, by IRI. Tables of claims are read
    when first needed."""

    def __init__(self, inputs: Inputs) -> None:
        self._project = inputs.project
        self._entities = inputs.entities
        self._of_source: dict[str, dict[str, Place]] = {}

    @cached_property
    def _found(self) -> dict[str, Place]:
        """Those in Turtle files, which are read when something is looked for."""
        project, found = self._project, dict[str, Place]()
        files = [TERMS, SHAPES, *project.turtle]
        files += [project.data / name for name in ("sources.ttl", "curation.ttl")]
        for path in files:
            if there(path):
                found |= _described(project.text(path), project.show(path), project.about.prefix)
        return found

    def __getitem__(self, iri: str) -> Place:
        if iri in self._found:
            return self._found[iri]
        if iri.startswith(PREFIXES["id"]):
            return self._entities[iri.removeprefix(PREFIXES["id"])].place
        source, dot, slug = iri.removeprefix(PREFIXES["clm"]).partition(".")
        if not dot or not iri.startswith(PREFIXES["clm"]):
            raise KeyError(iri)
        return self._claims(source)[slug]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._found, *(PREFIXES["id"] + slug for slug in self._entities)])

    def __len__(self) -> int:
        return len(self._found) + len(self._entities)

    def _claims(self, source: str) -> dict[str, Place]:
        if source not in self._of_source:
            self._of_source[source] = rows.places(self._project, source)
        return self._of_source[source]


def _described(text: str, shown: str, own: str) -> dict[str, Place]:
    """Maps each of our nodes in a Turtle file to the line where its description starts."""
    places: dict[str, Place] = {}
    line, counted = 1, 0
    names = "|".join(filter(None, ("cur", "src", "gbkg", own)))
    for match in re.finditer(rf"^(?:{names}):[\w-]+", text, re.M):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        places.setdefault(full(match.group()) or "", Place(shown, line))
    return places


def _known(made: Assembly) -> set[str]:
    """The IRIs of all that curation may name: entities, sources, and the claims and passages of the sources that it
    computes from."""
    inputs, curated = made.inputs, made.curation
    known = {PREFIXES["id"] + slug for slug in inputs.entities} | {PREFIXES["src"] + slug for slug in inputs.sources}
    known |= {PREFIXES["clm"] + key for key in made.summary.figures}
    known |= {node.value for node, _, _ in curated}
    for passage in {thing.value for _, _, thing in curated if thing.value.startswith(PREFIXES["psg"])}:
        source = passage.removeprefix(PREFIXES["psg"]).partition(".")[0]
        if f"<{passage}> " in made.cache.read("evidence", source):
            known.add(passage)
    return known
