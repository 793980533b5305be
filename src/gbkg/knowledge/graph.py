"""An open graph and all that can be asked of it: the one interface of the command line and of programs.

What a query does not need is imported where it is used: it must not wait until what draws and measures networks is
loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, Quad

from gbkg.ask import queries
from gbkg.ask.opened import OpenGraph, in_its_names
from gbkg.ask.queries import SavedQuery, find
from gbkg.ask.resolve import candidates, claims, resolve, triple
from gbkg.core.errors import GbkgError, NotFoundError, above_zero, at_least, texts
from gbkg.core.prefixes import PREFIXES, full
from gbkg.core.project import Project
from gbkg.core.terms import Term, TripleKey, term
from gbkg.store.base import Store

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer, Triples, Truth
    from gbkg.ask.citation import Citation
    from gbkg.ask.disputes import Dispute
    from gbkg.ask.search import Search
    from gbkg.documents.sources import Library
    from gbkg.evidence.proofs import ClaimEvidence
    from gbkg.network.projection import Selection
    from gbkg.render.lists import Candidates, CoverageResult, Exported, Schema, SearchResult, Sources
    from gbkg.render.relations import NeighboursResult, NetworkResult, PathsResult
    from gbkg.render.show import ClaimResult, DisputesResult, DocumentResult, EntityResult, PassageResult
    from gbkg.render.why import Why
    from gbkg.store.outputs import Build

Values = Mapping[str, str | Sequence[str]]
"""The values of a saved query's parameters, as people type them."""
_PLACES = {"Memory": "in memory", "Disk": "on disk", "Kept": "on disk", "Remote": "on a server"}


@in_its_names
class KnowledgeGraph(OpenGraph):
    """One built graph, read only.

    Wherever a name is asked for it may be an IRI, a prefixed name, an id, a label, an alias, or a part of a name that
    one entity alone has; `remarks` of the result say what was understood. Raises `NotFoundError` or
    `AmbiguousNameError` when a name is nobody's or several have it. Results have `to_dict()` (docs/records.md), and
    `str()` gives them in words.
    """

    def __init__(
        self,
        store: Store,
        project: Project,
        remark: str = "",
        digest: str = "",
        quads: Callable[[], Iterable[Quad]] | None = None,
        build: Callable[[], Build | None] = lambda: None,
    ) -> None:
        super().__init__(store, project, remark, digest, quads)
        self._build = build

    def __repr__(self) -> str:
        """
        >>> kg
        KnowledgeGraph(3,085 triples of mini, in memory)
        """
        kind = {"Memory": "in memory", "Disk": "on disk", "Kept": "on disk", "Remote": "on a server"}.get(
            type(self.store).__name__, ""
        )
        return f"KnowledgeGraph({len(self.store):,} triples of {self.project.root.resolve().name}, {kind})"

    # ---- Questions

    @cached_property
    def queries(self) -> dict[str, SavedQuery]:
        """The project's saved queries by name."""

        return queries.library(self.project)

    def query(
        self,
        question: str,
        parameters: Values | None = None,
        *,
        cite: bool = False,
        derivations: int = 3,
        timeout: float | None = None,
        memory: float | None = None,
        limit: int | None = None,
    ) -> Answer | Truth | Triples:
        """The answer to a SPARQL text, or to a saved query, by name; options as of `answer`.

        >>> len(kg.query("SELECT ?x { ?x gbkg:foundedBy ?y }"))
        2
        """
        texts(question=question)
        if "{" not in question and len(question.split()) < 2:
            options: dict[str, Any] = {"cite": cite, "derivations": derivations, "timeout": timeout}
            return self.ask_saved(question, parameters, **options, memory=memory, limit=limit)
        if parameters:
            raise GbkgError("a text has no parameters", hint="save it with #+ params, or write the values into it")
        return self.answer(question, cite=cite, derivations=derivations, timeout=timeout, memory=memory, limit=limit)

    def ask_saved(
        self, name: str | SavedQuery, parameters: Values | None = None, **options: Any
    ) -> Answer | Truth | Triples:
        """The answer to a saved query, by its name, or to one from elsewhere (`gbkg.ask.queries.plain`) with these
        values; options as of `answer`. An error has what the values were taken for as notes.

        >>> print(kg.ask_saved("founders", {"alliance": "Delta Tea Alliance"}))
        alliance            founder
        ------------------  -----------------------
        Delta Tea Alliance  Harbour Tea Association
        Delta Tea Alliance  Tea Harbour University
        <BLANKLINE>
        """
        from gbkg.ask import remarks

        said: list[str] = []
        asked = self._saved(name)
        text = self.text(asked, parameters, said.append)
        try:
            found = self.answer(text, **options)
        except GbkgError as error:
            for one in said:
                error.add_note(one)
            raise
        return replace(found, remarks=(*said, *remarks.of_saved(asked, text, self.store, found)))

    def text(
        self, name: str | SavedQuery, parameters: Values | None = None, remark: Callable[[str], None] | None = None
    ) -> str:
        """The SPARQL of a saved query with these values; `remark` is called with what they are taken for.

        >>> kg.text("founders").splitlines()[0]
        '#+ summary: Founders of an alliance'
        """

        if not isinstance(parameters, Mapping | None):
            hint = 'write {"place": "Guangzhou"}'
            raise GbkgError(f"parameters are values by name, found {parameters!r}", hint=hint)
        return queries.bind(self._saved(name), parameters or {}, self.labels, remark)

    def _saved(self, name: str | SavedQuery) -> SavedQuery:

        if isinstance(name, queries.SavedQuery):
            return name
        texts(name=name)
        return queries.find(self.project, name)

    def search(
        self, words: str, kinds: Iterable[str] = ("entity", "passage", "query"), limit: int = 20, *, of: str = ""
    ) -> SearchResult:
        """Entities by any spelling, passages by their words, saved queries by what they ask, in one ranked list. Of
        entities only those of a class, if `of` names one (prefix:name); without words all of them.

        >>> kg.search("tea harbour", limit=1).hits[0].id
        'id:tea-harbour'
        """
        from gbkg.ask.search import KINDS
        from gbkg.render.lists import SearchResult

        texts(words=words, of=of)
        at_least(1, limit=limit)
        kinds = _several(kinds=kinds)
        if unknown := [kind for kind in kinds if kind not in KINDS]:
            raise GbkgError(f"no kind of hit is called {unknown[0]!r}", hint=f"there are {', '.join(KINDS)}")
        found = self._search.find(words, kinds, limit, of)
        said = (f"{typed!r} stands nowhere and is taken for {meant!r}" for typed, meant in found.meant)
        return SearchResult(words, found.hits, found.counts, remarks=tuple(said))

    @cached_property
    def _search(self) -> Search:
        from gbkg.ask.search import Search

        return Search(self.labels, lambda: self.queries)

    def find(self, name: str, kind: str = "entity") -> Candidates:
        """The nodes that may be meant by a name, with reasons; `kind` as of `gbkg.ask.resolve.resolve`.

        >>> print(kg.find("Tea Harbuor").candidates[0])
        Tea Harbour (id:tea-harbour, city)
        """
        from gbkg.render.lists import Candidates

        texts(name=name, kind=kind)
        return Candidates(name, tuple(candidates(self.labels, name, kind)))

    # ---- One entity, one fact

    def show(self, name: str, most: int | None = None) -> EntityResult:
        """Everything that claims say of an entity, each statement with its quotations, and what follows by rules;
        `most` bounds how many claims are read, and how many relations that follow.

        >>> print(kg.show("Leaf Ledger").page.type)
        platform
        """
        from gbkg.ask.show import page
        from gbkg.render.show import EntityResult

        said: list[str] = []
        slug = self.entity(name, said.append).removeprefix(PREFIXES["id"])
        found = page(self.records, slug, self.evidence, most)
        return EntityResult(found, remarks=tuple(said))

    def why(self, subject: str | Term, predicate: str | Term, object: str | Term, derivations: int = 1) -> Why:
        """The proof of a triple, down to the sentences, or what it lacks. What is a term already is taken as it is.

        >>> kg.why("tea-harbour", "part of", "Upper Reed").holds
        True
        """
        from gbkg.evidence.why import why
        from gbkg.graph import rules
        from gbkg.render.why import Why

        at_least(1, derivations=derivations)
        said: list[str] = []
        triple = self._triple((subject, predicate, object), said.append)
        found = why(self.evidence, rules.read(self.project), triple)
        return Why(found, self.labels, derivations, remarks=tuple(said))

    def citation(self, claim: str | ClaimEvidence) -> Citation:
        """A claim as a report cites it, as words, BibTeX, CSL-JSON and Web Annotation; given by key, by IRI, or as a
        proof has it.

        >>> kg.citation("gazette.harbour-in-upper-reed").quoted()
        '“Tea Harbour is a city of the province of Upper Reed”, characters 177–228'
        """

        if not isinstance(claim, str):
            return self.cited(claim)
        said: list[str] = []
        found = self.evidence.claim(resolve(self.labels, claim, "claim", said.append))
        return replace(self.cited(found), remarks=tuple(said))

    def claim(self, name: str) -> ClaimResult:
        """What a claim's node says, and its citation.

        >>> kg.claim("gazette.harbour-in-upper-reed").citation.claim.reading
        'stated'
        """
        from gbkg.render.show import ClaimResult

        said: list[str] = []
        node = resolve(self.labels, name, "claim", said.append)
        found = sorted(((quad.predicate, quad.object) for quad in self.store.quads(node)), key=str)
        self.labels.learn(term for pair in found for term in pair)
        cited = self.cited(self.evidence.claim(node))
        return ClaimResult(node, tuple(found), cited, self.label, remarks=tuple(said))

    def passage(self, name: str) -> PassageResult:
        """The words of a passage, given by id (SOURCE.START-END) or IRI, with the claims that they prove. Raises
        `NotFoundError`.

        >>> kg.passage("gazette.177-228").passage.exact
        'Tea Harbour is a city of the province of Upper Reed'
        """
        from gbkg.render.show import PassageResult

        node = _passage(name)
        if node is None or not any(True for _ in self.store.quads(node, term("oa:hasSource"))):
            raise NotFoundError("passage", name, hint="a passage is named as SOURCE.START-END")
        (found,) = self.evidence.quotations([node.value])
        proved = sorted((quad.subject for quad in self.store.quads(None, term("prov:wasDerivedFrom"), node)), key=str)
        return PassageResult(found, tuple(self.evidence.claim(one) for one in proved if isinstance(one, NamedNode)))

    def entity(self, name: str, remark: Callable[[str], None] | None = None) -> str:
        """The IRI of the entity that is meant; `remark` is called with what was understood, if that is not certain.

        >>> kg.entity("Tea Harbour")
        'https://w3id.org/gbkg/id/tea-harbour'
        """

        texts(name=name)
        return resolve(self.labels, name, "entity", remark).value

    def _triple(self, given: tuple[str | Term, str | Term, str | Term], remark: Callable[[str], None]) -> TripleKey:

        s, p, o = given
        if isinstance(s, str) and isinstance(p, str) and isinstance(o, str):
            return triple(self.labels, s, p, o, remark)
        if not isinstance(s, Term) or not isinstance(p, NamedNode) or not isinstance(o, Term):
            raise GbkgError("a triple is of three names, or of three terms", hint="write a term as prefix:name")
        return s, p, o

    # ---- The network

    def neighbours(self, name: str, hops: int = 1, *, top: int = 100, **selection: Any) -> NeighboursResult:
        """Who and what an entity is related to, step by step; `selection` as of `network`.

        >>> [step.distance for step in kg.neighbours("Leaf Ledger", relations=["operating"]).steps]
        []
        """
        from gbkg.evidence import ledger
        from gbkg.evidence.ledger import Footnotes
        from gbkg.network import paths
        from gbkg.network.paths import (
            relations_left_out,
            without_date,
        )
        from gbkg.render.relations import NeighboursResult

        said: list[str] = []
        start, known = self.entity(name, said.append), ledger.read(self.store)
        at_least(1, hops=hops, top=top)
        chosen = _selection(**selection)
        network = paths.around(self, known, chosen, start)
        rings, steps = paths.rings(network, start, hops), paths.neighbours(network, start, hops, top)
        said += [*relations_left_out(self, network, start), *without_date(network, chosen.as_of)]
        notes, narrowed = Footnotes(self.evidence, known), bool(chosen.relations)
        found = tuple(map(tuple, rings)), tuple(steps)
        return NeighboursResult(self, network, start, *found, notes, narrowed, remarks=tuple(said))

    def path(self, start: str, goal: str, k: int = 1, **selection: Any) -> PathsResult:
        """The k shortest paths between two entities; `selection` as of `network`.

        >>> len(kg.path("Tea Harbour", "Upper Reed").found)
        1
        """
        from gbkg.evidence import ledger
        from gbkg.evidence.ledger import Footnotes
        from gbkg.network import paths
        from gbkg.network.paths import (
            fewer_paths,
            without_date,
        )
        from gbkg.render.relations import PathsResult

        at_least(1, k=k)
        said: list[str] = []
        ends = self.entity(start, said.append), self.entity(goal, said.append)
        known, chosen = ledger.read(self.store), _selection(**selection)
        network = paths.around(self, known, chosen, *ends)
        found = paths.shortest(network, *ends, k)
        wider = paths.wider(self, known, *ends) if isinstance(found, paths.Apart) else None
        said += [*fewer_paths(found, k), *without_date(network, chosen.as_of)]
        return PathsResult(self, ends, found, Footnotes(self.evidence, known), wider, remarks=tuple(said))

    def network(
        self,
        *,
        without: Sequence[str] = (),
        withdraw: Sequence[str] = (),
        answers: Sequence[str] = (),
        timeout: float | None = 10,
        exact: bool = False,
        samples: int | None = None,
        top: int | None = None,
        **selection: Any,
    ) -> NetworkResult:
        """The measures of the network of entities; compared `without` weak relations, or with what falls when sources
        or claims (`withdraw`) are taken away.

        `selection` is `relations` (families or properties; none: all), `kinds` of entities, `inferred` (False) and
        `as_of` ("": any date). `timeout` is in seconds for each saved query that is compared; of those of `answers` the
        rows are listed.

        >>> kg.network(relations=["founding"]).found.edges
        2
        """
        from gbkg.evidence import ledger
        from gbkg.network import compare
        from gbkg.network import withdraw as taking
        from gbkg.network.centrality import Effort
        from gbkg.network.measures import analyse
        from gbkg.network.paths import (
            queries_skipped,
            unconnected,
            without_date,
        )
        from gbkg.network.projection import project
        from gbkg.render.relations import NetworkResult

        said: list[str] = []
        without, withdraw, answers = _several(without=without), _several(withdraw=withdraw), _several(answers=answers)
        at_least(1, samples=samples, top=top)
        above_zero(timeout=timeout)
        if exact and samples is not None:
            raise GbkgError("exact measures take no samples", hint="leave one of the two out")
        for name in answers:
            if name != "all":
                find(self.project, name)
        chosen, effort = _selection(**selection), Effort(exact, samples)
        found: Any
        if withdraw:
            chosen = replace(chosen, without=tuple(without))
            keys = frozenset[str]().union(*(claims(self.labels, name, said.append) for name in withdraw))
            found = taking.withdraw(self, chosen, keys, timeout, effort)
        network = project(self, ledger.read(self.store), chosen)
        if not withdraw:
            found = compare.without(self, chosen, without, effort) if without else analyse(network, effort, alone=False)
        result = NetworkResult(found, tuple(without), tuple(withdraw), tuple(answers), top)
        said += [method.remark for method in result.measured.methods if method.remark]
        said += [*unconnected(network), *without_date(network, chosen.as_of)]
        said += queries_skipped(found, timeout) if withdraw else ()
        return replace(result, remarks=tuple(said))

    # ---- The project

    def disputes(self, name: str = "", kinds: Sequence[str] | None = None) -> DisputesResult:
        """What is to be settled and what the curators hold against the documents, with the quotations; all, or what
        touches an entity, or the one of this name (cur:…). `kinds`: all if None.

        >>> kg.disputes(kinds=["gap"]).found[0].kind
        'gap'
        """
        from gbkg.ask import disputes
        from gbkg.render.show import DisputesResult

        said: list[str] = []
        records = self.records
        texts(name=name)
        wanted = disputes.kinds(disputes.KINDS if kinds is None else _several(kinds=kinds))
        if name.removeprefix("<").startswith(("cur:", PREFIXES["cur"])):
            return DisputesResult(records, (disputes.pick(name, self._disputed),), picked=True)
        slug = self.entity(name, said.append).removeprefix(PREFIXES["id"]) if name else ""
        near = (one for one in self._disputed if not slug or one.touches(slug))
        about = records.called(slug) if slug else ""
        return DisputesResult(records, tuple(near), wanted, about, remarks=tuple(said))

    @cached_property
    def _disputed(self) -> list[Dispute]:
        """All disputes, worked out once."""
        from gbkg.ask import disputes

        return disputes.read(self.records, self.project)

    def document(self, name: str, library: Library | None = None) -> DocumentResult:
        """A document from beginning to end with what stands behind each sentence: its whole text if `library` has it,
        else what is quoted of it, with gaps. Raises `SourceError` if the text is not the one that is registered.

        >>> kg.document("gazette").document.absent
        98
        """
        from gbkg.ask import document
        from gbkg.ask.contents import source
        from gbkg.render.show import DocumentResult

        texts(name=name)
        said: list[str] = []
        found = source(self.labels, resolve(self.labels, name, "source", said.append))
        text = library.text(found.id) if library else None
        records = self.records
        page = document.read(records, self.project, found, text, self._disputed)
        return DocumentResult(page, remarks=tuple(said))

    @property
    def report(self) -> Mapping[str, Any]:
        """What the build that the graph is of found, as `report.json` has it; empty if there is none.

        >>> sorted(kg.report)[:2]
        ['accuracy', 'counts']
        """
        build = self._build()
        return build.report if build else {}

    def coverage(self) -> CoverageResult:
        """How much of each document claims stand behind, by the last build that had the documents.

        >>> kg.coverage().sources["gazette"]["unread"]
        0
        """
        from gbkg.render.lists import CoverageResult

        found = self.report.get("coverage")
        if not found:
            raise GbkgError("no build here had the documents", hint="gbkg build --sources DIR counts their sentences")
        return CoverageResult(found)

    def sources(self) -> Sources:
        """The documents, with title, authors, date, digest.

        >>> [source.id for source in kg.sources().sources]
        ['almanac', 'gazette']
        """
        from gbkg.ask.contents import sources
        from gbkg.render.lists import Sources

        return Sources(tuple(sources(self.labels)))

    def schema(self) -> Schema:
        """The classes, properties and indicators that occur, with counts.

        >>> kg.schema().classes[0].id
        'gbkg:District'
        """
        from gbkg.ask.contents import schema
        from gbkg.render.lists import Schema

        return Schema(*(tuple(found) for found in schema(self.labels)))

    def export(self, format: str, *, inferred: bool = False, published: str = "") -> Exported:
        """The graph in a format of another tool (`gbkg export --list`).

        >>> list(kg.export("turtle").files)
        ['gbkg.ttl']
        """
        from gbkg.render.export import formats
        from gbkg.render.lists import Exported

        texts(format=format, published=published)
        rounded = "a store shortens numbers, such as 1.50 to 1.5; a file of N-Quads has them as they were built"
        made = formats.export(format, self, self.quads(), inferred=inferred, published=published)
        return Exported(format, made, remarks=() if self.exact else (rounded,))


def _selection(
    relations: Iterable[str] = (), kinds: Iterable[str] = (), inferred: bool = False, as_of: str = "", **unknown: Any
) -> Selection:
    from gbkg.network.projection import DEFAULT_KINDS, Selection

    if unknown:
        names = "relations, kinds, inferred, as_of"
        raise TypeError(f"a network is not selected by {', '.join(sorted(unknown))}; there are {names}")
    texts(as_of=as_of)
    return Selection(_several(relations=relations), _several(kinds=kinds) or DEFAULT_KINDS, inferred, as_of)


def _passage(name: str) -> NamedNode | None:
    """The IRI of a passage, given by id, prefixed name or IRI; None if it is none."""

    local = name.strip().strip("<>").removeprefix(PREFIXES["psg"]).removeprefix("psg:")
    iri = full(f"<{PREFIXES['psg']}{local}>") if local.isascii() else None
    return NamedNode(iri) if iri else None


def _several(**given: Iterable[str]) -> tuple[str, ...]:
    """Words of this name, of which one may be given by itself."""
    ((name, words),) = given.items()
    found = (words,) if isinstance(words, str) or not isinstance(words, Iterable) else tuple(words)
    for word in found:
        texts(**{name: word})
    return found
