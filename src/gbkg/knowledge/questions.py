"""What is asked of an open graph by a query, by words or as a network; the beginning of `KnowledgeGraph`.

What a question does not need is imported where it is used: it must not wait until what reads headers of saved queries,
draws or measures networks is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from gbkg.ask.opened import STEPS, OpenGraph, in_its_names
from gbkg.ask.resolve import candidates, claims, resolve, triple
from gbkg.core.errors import GbkgError, above_zero, at_least, texts
from gbkg.core.terms import Term, TripleKey

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer, Triples, Truth
    from gbkg.ask.catalogue import Queries
    from gbkg.ask.saved import SavedQuery
    from gbkg.ask.search import Search
    from gbkg.network.projection import Selection
    from gbkg.render.lists import Candidates, SearchResult
    from gbkg.render.relations import NeighboursResult, NetworkResult, PathsResult

Values = Mapping[str, str | Sequence[str]]
"""The values of a saved query's parameters, as people type them."""


@in_its_names
class Questions(OpenGraph):
    """An open graph that answers queries, and knows what people mean by a name."""

    @cached_property
    def queries(self) -> dict[str, SavedQuery]:
        """The project's saved queries by name."""
        from gbkg.ask import queries

        return queries.library(self.project)

    def query(
        self,
        question: str,
        parameters: Values | None = None,
        *,
        cite: bool = False,
        derivations: int = 3,
        steps: int | None = STEPS,
        timeout: float | None = None,
        memory: float | None = None,
        limit: int | None = None,
    ) -> Answer | Truth | Triples:
        """The answer to a SPARQL text, or to a saved query by its name; options as of `answer`.

        >>> len(kg.query("SELECT ?x { ?x gbkg:foundedBy ?y }"))
        2
        """
        texts(question=question)
        if "{" not in question and len(question.split()) < 2:
            options: dict[str, Any] = {"cite": cite, "derivations": derivations, "steps": steps, "timeout": timeout}
            return self.ask_saved(question, parameters, **options, memory=memory, limit=limit)
        if parameters:
            raise GbkgError("a text has no parameters", hint="save it with #+ params, or write the values into it")
        return self.answer(
            question, cite=cite, derivations=derivations, steps=steps, timeout=timeout, memory=memory, limit=limit
        )

    def ask_saved(
        self, name: str | SavedQuery, parameters: Values | None = None, **options: Any
    ) -> Answer | Truth | Triples:
        """The answer to a saved query with these values; options as of `answer`.

        It is named, or one from elsewhere (`gbkg.ask.queries.plain`). An error has what the values were taken for as
        notes.

        >>> print(kg.ask_saved("founders", {"alliance": "Delta Tea Alliance"}))
        alliance            founder
        ------------------  -----------------------
        Delta Tea Alliance  Harbour Tea Association
        Delta Tea Alliance  Tea Harbour University
        <BLANKLINE>
        """
        from gbkg.ask import remarks

        said: list[str] = []
        asked = self.asked(name)
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
        asked = self.asked(name)
        if not parameters:
            return asked.text
        from gbkg.ask import queries

        return queries.bind(asked, parameters, self.labels, remark)

    def saved(self, name: str = "") -> Queries:
        """The saved queries: all, those with a tag, or the one of this name with an example of its values.

        >>> kg.saved("founders").example
        {'alliance': 'id:delta-tea-alliance'}
        """
        from gbkg.ask.catalogue import listed

        texts(name=name)
        return listed(self.project, name, lambda: self)

    def asked(self, name: str | SavedQuery) -> SavedQuery:
        """A saved query by its name; one that is given is taken as it is. Raises `NotFoundError` with near names, and
        `ParseError` for a file that is none."""
        from gbkg.ask import prepared
        from gbkg.ask.saved import SavedQuery

        if isinstance(name, SavedQuery):
            return name
        texts(name=name)
        found = prepared.saved(self.store.folder, self.project, name)
        if found is None:
            from gbkg.ask import queries

            found = queries.find(self.project, name)
        return found

    def search(
        self, words: str, kinds: Iterable[str] = ("entity", "passage", "query"), limit: int = 20, *, of: str = ""
    ) -> SearchResult:
        """Entities by any spelling, passages by their words and saved queries by what they ask, in one ranked list.

        Of entities only those of a class, if `of` names one (prefix:name); without words all of them.

        >>> kg.search("tea harbour", limit=1).hits[0].id
        'id:tea-harbour'
        """
        from gbkg.ask.search import KINDS
        from gbkg.render.lists import SearchResult

        texts(words=words, of=of)
        at_least(1, limit=limit)
        kinds = several(kinds=kinds)
        if unknown := [kind for kind in kinds if kind not in KINDS]:
            raise GbkgError(f"no kind of hit is called {unknown[0]!r}", hint=f"there are {', '.join(KINDS)}")
        found = self._search.find(words, kinds, limit, of)
        said = (f"{typed!r} is not found, and is taken for {meant!r}" for typed, meant in found.meant)
        return SearchResult(words, found.counts, found.hits, remarks=tuple(said))

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

    # ---- As a network

    def neighbours(self, name: str, hops: int = 1, *, top: int = 100, **selection: Any) -> NeighboursResult:
        """Who and what an entity is related to, step by step; `selection` as of `network`.

        >>> [step.distance for step in kg.neighbours("Leaf Ledger", relations=["operating"]).steps]
        []
        """
        from gbkg.evidence import ledger
        from gbkg.evidence.ledger import Footnotes
        from gbkg.network import paths
        from gbkg.network.text import relations_left_out, without_date
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
        from gbkg.network.text import fewer_paths, without_date
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
        """The measures of the network of entities, or how they differ with less evidence.

        They are compared `without` weak relations, or with what falls when sources or claims (`withdraw`) are taken
        away.

        `selection` is `relations` (families or properties; none: all), `kinds` of entities, `inferred` (False) and
        `as_of` ("": any date). `timeout` is in seconds for each saved query that is compared; of those of `answers` the
        rows are listed.

        >>> kg.network(relations=["founding"]).found.edges
        2
        """
        from gbkg.ask.queries import find
        from gbkg.evidence import ledger
        from gbkg.network import withdraw as taking
        from gbkg.network.centrality import Effort
        from gbkg.network.measures import analyse
        from gbkg.network.projection import project
        from gbkg.network.text import queries_skipped, unconnected, without_date
        from gbkg.render.relations import NetworkResult

        said: list[str] = []
        without, withdraw, answers = several(without=without), several(withdraw=withdraw), several(answers=answers)
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
            found = taking.without(self, chosen, without, effort) if without else analyse(network, effort, alone=False)
        result = NetworkResult(found, tuple(without), tuple(withdraw), tuple(answers), top)
        said += [method.remark for method in result.measured.methods if method.remark]
        said += [*unconnected(network), *without_date(network, chosen.as_of)]
        said += queries_skipped(found, timeout) if withdraw else ()
        return replace(result, remarks=tuple(said))


def several(**given: Iterable[str]) -> tuple[str, ...]:
    """Words of this name, of which one may be given by itself."""
    ((name, words),) = given.items()
    found = (words,) if isinstance(words, str) or not isinstance(words, Iterable) else tuple(words)
    for word in found:
        texts(**{name: word})
    return found


def _selection(
    relations: Iterable[str] = (), kinds: Iterable[str] = (), inferred: bool = False, as_of: str = "", **unknown: Any
) -> Selection:
    from gbkg.network.projection import DEFAULT_KINDS, Selection

    if unknown:
        names = "relations, kinds, inferred, as_of"
        raise TypeError(f"a network is not selected by {', '.join(sorted(unknown))}; there are {names}")
    texts(as_of=as_of)
    return Selection(several(relations=relations), several(kinds=kinds) or DEFAULT_KINDS, inferred, as_of)
