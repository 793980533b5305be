"""A graph opened for asking: the store, with what must be known to ask it and to follow its answers.

What proves rows, and reads entities, is imported when it is asked for: a query alone does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import pyoxigraph as ox

from gbkg.ask.labels import Labels
from gbkg.core.errors import NotCoveredError, above_zero, at_least, texts
from gbkg.core.prefixes import BASE, OWN, PREFIXES, named_hash
from gbkg.core.project import Project
from gbkg.core.terms import Term, adopt, adopted
from gbkg.store.base import Store

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer, Triples, Truth
    from gbkg.ask.citation import Citation, Reference
    from gbkg.ask.records import GraphRecords
    from gbkg.ask.rows import Cells
    from gbkg.core.limits import Limits
    from gbkg.evidence.proofs import ClaimEvidence
    from gbkg.evidence.reader import EvidenceReader
    from gbkg.sparql.clauses import Graphs

Class = TypeVar("Class", bound=type)
STEPS = 50
"""The most steps of a derivation that are listed unless more are asked for."""
TEXTS = 512
"""Queries whose remarks an open graph remembers."""
READ = 20_000
"""Claims and passages that it keeps as records."""
REFERENCES = 10_000
"""Documents of which it remembers how they are cited."""


def in_its_names(cls: Class) -> Class:
    """The public methods and properties of an open graph, each with the prefixes of its own project (`adopt`): another
    one may have been opened since."""

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(self: Any, *given: Any, **named: Any) -> Any:
            adopt(*self.names)
            return function(self, *given, **named)

        return call

    for name, member in list(vars(cls).items()):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            setattr(cls, name, property(wrapped(member.fget), doc=member.__doc__))  # type: ignore[arg-type]
        elif isinstance(member, cached_property):
            member.func = wrapped(member.func)
        elif callable(member):
            setattr(cls, name, wrapped(member))
    return cls


@in_its_names
class OpenGraph:
    """One built graph, read only. `store` answers queries; `project` is where it was built from; `remark` says what a
    user should know of how it was opened, or is empty; `names` are the prefixes with which it was opened."""

    def __init__(
        self,
        store: Store,
        project: Project,
        remark: str = "",
        digest: str = "",
        quads: Callable[[], Iterable[ox.Quad]] | None = None,
    ) -> None:
        self.store, self.project, self.remark = store, project, remark
        self._digest, self._quads, self.names = digest, quads, adopted()
        self._said: dict[str, tuple[str, ...]] = {}
        self._records: GraphRecords | None = None
        self._references: dict[str, Reference] = {}

    @property
    def records(self) -> GraphRecords:
        """Entities, claims and passages as the tables have them. What was read is kept, and forgotten when it has
        become more than `READ` claims and passages."""
        from gbkg.ask.records import GraphRecords

        if self._records is None or self._records.kept > READ:
            self._records = GraphRecords(self.store, self.labels)
        return self._records

    @property
    def exact(self) -> bool:
        """Whether `quads` gives literals as the build wrote them; a store writes 1.50 as 1.5."""
        return self._quads is not None

    def quads(self) -> Iterable[ox.Quad]:
        """Every quad, in no order that is promised; read anew each time."""
        return self._quads() if self._quads else iter(self.store)

    @cached_property
    def labels(self) -> Labels:
        """IRI to preferred label, for everything that has one."""
        return Labels(self.store)

    def label(self, term: Term) -> str:
        """How a reader is shown a term (`pyoxigraph`): its label, else prefix:name, else its lexical form."""
        return self.labels.label(term)

    @cached_property
    def digest(self) -> str:
        """The digest of the graph, as `gbkg.core.nquads.Digest` has it: equal graphs have equal digests,
        whatever the order. Read from where it was written down, if it was; else computed from every quad."""
        return self._digest or self.store.digest

    @cached_property
    def evidence(self) -> EvidenceReader:
        """The evidence of triples."""
        from gbkg.evidence.reader import EvidenceReader

        return EvidenceReader(self.store, self.project)

    def reference(self, source: str) -> Reference:
        """A document as it is cited, by its id; what the graph does not have of it is empty."""
        from gbkg.ask.citation import reference

        if source not in self._references:
            if len(self._references) >= REFERENCES:
                self._references.clear()
            self._references[source] = reference(self.labels, source)
        return self._references[source]

    def cited(self, claim: ClaimEvidence) -> Citation:
        """A claim that a proof has, as a report cites it."""
        from gbkg.ask.citation import Citation, source_of

        return Citation(self.reference(source_of(claim)), claim)

    def answer(
        self,
        text: str,
        *,
        cite: bool = False,
        derivations: int = 3,
        steps: int | None = STEPS,
        timeout: float | None = None,
        memory: float | None = None,
        limit: int | None = None,
        graphs: Graphs | None = None,
    ) -> Answer | Truth | Triples:
        """The answer to a SPARQL text; with `graphs`, which go without citations, of these named graphs alone.

        With `cite` each row of a SELECT has its proof, with at most so many derivations listed, and so many steps of
        each, which for a group may be many; None is all. `timeout` is in
        seconds, `memory` in gigabytes beyond what there is: with either the query runs in a process of its own, which
        is ended at the limit; without, it runs here and nothing stops it. `limit` is in rows. None is
        no limit, 0 is refused. Raises what `gbkg.ask.answers.run` raises, and `NotCoveredError` for a construct that
        cannot be cited.
        """
        from gbkg.ask import prepared, remarks
        from gbkg.ask.answers import Answer, run
        from gbkg.core.limits import Limits

        texts(text=text)
        at_least(1, "None means no limit", limit=limit, steps=steps)
        at_least(1, derivations=derivations)
        above_zero(timeout=timeout, memory=memory)
        limits = Limits.of(timeout, memory)
        if cite and graphs:
            raise NotCoveredError("a choice of graphs with citations", why="proofs are of the whole graph")
        if cite:
            found: Answer | Truth | Triples = self._cited(text, derivations, steps, limits, limit)
        else:
            ready = None if graphs else prepared.ready(self.store.folder, text)
            found = run(self.store, text, limits=limits, limit=limit, cited=self.cited, graphs=graphs, ready=ready)
            if ready and isinstance(found, Answer):
                return replace(found, label=self._label_of(found.rows))
        said = self._remarks(text) + remarks.of_answer(self.store, text, found, limits=limits, limit=limit)
        if isinstance(found, Answer):
            return replace(found, label=self._label_of(found.rows), remarks=said)
        return replace(found, remarks=said) if said else found

    def _label_of(self, rows: Iterable[Cells]) -> Callable[[Term], str]:
        """How the terms of these rows are shown: all are looked up together when the first is asked for."""
        if self.store.scannable:
            return self.label
        unread = [rows]

        def label(term: Term) -> str:
            while unread:
                self.labels.learn(term for row in unread.pop() for term in row)
            return self.label(term)

        return label

    def _remarks(self, text: str) -> tuple[str, ...]:
        """Remarks on a query; cached for `TEXTS` queries, since the graph does not change."""
        from gbkg.ask import remarks

        if text not in self._said:
            if len(self._said) >= TEXTS:
                self._said.clear()
            self._said[text] = remarks.of_query(self.store, text)
        return self._said[text]

    def _cited(self, text: str, derivations: int, steps: int | None, limits: Limits, limit: int | None) -> Answer:
        from gbkg.ask.answers import Answer
        from gbkg.core.limits import confined
        from gbkg.evidence.cited import proofs, prove
        from gbkg.sparql import guard, parse

        guard.check(text)
        form = parse.query(text).form
        if form != "SELECT":
            raise NotCoveredError(f"{form} with citations", why="only the rows of a SELECT have proofs")

        # Remembered here: what a process of its own finds out is lost with it.
        _, numbers = self.store.kinds, self.evidence.numbers()

        def work() -> Answer:
            with guard.explained(text):
                proved = prove(self.store, text, limit, numbers)
            made = proofs(self.evidence, proved, derivations, steps)
            rows, settled = tuple(proved.rows), proved.settled
            return Answer(proved.columns, rows, proved.complete, limit, made, settled=settled)

        return replace(confined(work, limits), cited=self.cited)


def dataset_node(store: Store) -> ox.NamedNode:
    """The dataset that a graph is, by the name that it gives itself."""
    based = store.quads(
        None, ox.NamedNode(PREFIXES["schema"] + "isBasedOn"), None, ox.NamedNode(BASE + "graph/metadata")
    )
    return min((quad.subject for quad in based), key=str, default=ox.NamedNode(BASE + "dataset"))


def adopt_from(store: Store) -> None:
    """Puts entities, sources, claims and curation where a graph says that it has them (`void:uriSpace`, of entities):
    one that is opened by itself need not be of the project at hand."""
    spaces = store.quads(dataset_node(store), ox.NamedNode(PREFIXES["void"] + "uriSpace"))
    space = min((quad.object.value for quad in spaces), default="")
    if space.endswith(OWN["id"]):
        prefix, namespace, _ = adopted()
        adopt(prefix, namespace, space.removesuffix(OWN["id"]))


def made_from(store: Store) -> tuple[str, str]:
    """The version of gbkg that made a graph, and the digest of what it made it from, as the graph itself says it; empty
    where it does not."""
    metadata = ox.NamedNode(BASE + "graph/metadata")
    version, inputs = (
        min((quad.object.value for quad in store.quads(None, ox.NamedNode(predicate), None, metadata)), default="")
        for predicate in (PREFIXES["dcterms"] + "hasVersion", PREFIXES["schema"] + "isBasedOn")
    )
    return version, named_hash(inputs)
