"""A graph opened for asking: what `gbkg.open` gives, and what every command that asks works on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.ask.labels import Labels
from gbkg.core.errors import GbkgError, NotCoveredError
from gbkg.core.limits import Limits, confined
from gbkg.core.prefixes import BASE, PREFIXES, named_hash, shorten
from gbkg.core.project import Project
from gbkg.store.base import Store

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer, Triples, Truth
    from gbkg.ask.queries import SavedQuery
    from gbkg.evidence.proofs import Step
    from gbkg.evidence.reader import EvidenceReader
    from gbkg.evidence.why import Absent


class KnowledgeGraph:
    """One built graph, read only. `store` answers queries; `project` is where it was built from; `remark` says what a
    user should know of how it was opened, or is empty."""

    def __init__(
        self,
        store: Store,
        project: Project,
        remark: str = "",
        digest: str = "",
        quads: Callable[[], Iterable[Any]] | None = None,
    ) -> None:
        self.store, self.project, self.remark = store, project, remark
        self._digest, self._quads = digest, quads
        self._said: dict[str, tuple[str, ...]] = {}

    @property
    def exact(self) -> bool:
        """Whether `quads` gives literals as the build wrote them; a store writes 1.50 as 1.5."""
        return self._quads is not None

    def quads(self) -> Iterable[Any]:
        """Every quad, in no order that is promised; read anew each time."""
        return self._quads() if self._quads else iter(self.store)

    @cached_property
    def labels(self) -> Labels:
        """IRI to preferred label, for everything that has one."""
        return Labels(self.store)

    def label(self, term: Any) -> str:
        """How a reader is shown a term (`pyoxigraph`): its label, else prefix:name, else its lexical form."""
        if isinstance(term, ox.NamedNode):
            return self.labels.get(term.value) or shorten(term.value)
        return str(term.value)

    @cached_property
    def digest(self) -> str:
        """What tells this graph from others, as `gbkg.core.digest` has it: equal graphs have equal digests, whatever
        the order. Read from where it was written down, if it was; else computed from every quad."""
        return self._digest or self.store.digest

    @cached_property
    def queries(self) -> dict[str, SavedQuery]:
        """The project's saved queries by name."""
        from gbkg.ask import queries

        return queries.library(self.project)

    @cached_property
    def evidence(self) -> EvidenceReader:
        """What stands behind each triple."""
        from gbkg.evidence.reader import EvidenceReader

        return EvidenceReader(self.store, self.project)

    def text(self, question: str, parameters: Mapping[str, str | Sequence[str]] | None = None) -> str:
        """The SPARQL of a question: the text itself when it is more than a name, else the saved query of this name
        with its parameters bound. Raises `NotFoundError` for an unknown name, parameter or value."""
        from gbkg.ask import queries

        if "{" in question or len(question.split()) > 1:
            if parameters:
                raise GbkgError("a text has no parameters", hint="save it with #+ params, or write the values into it")
            return question
        return queries.bind(queries.find(self.project, question), parameters or {}, self.labels)

    def query(
        self,
        question: str,
        parameters: Mapping[str, str | Sequence[str]] | None = None,
        *,
        cite: bool = False,
        derivations: int = 3,
        timeout: float | None = None,
        memory: float | None = None,
        limit: int | None = None,
    ) -> Answer | Truth | Triples:
        """The answer to a saved query, by name, or to a SPARQL text.

        With `cite` each row of a SELECT has its proof, with at most so many derivations listed. `timeout` is in
        seconds, `memory` in gigabytes beyond what there is: with either the query runs in a process of its own, which
        is ended at the limit; without, it runs here and nothing stops it. `limit` is in rows. Raises what
        `gbkg.ask.answers.run` raises, and `NotCoveredError` for a construct that cannot be cited.
        """
        text = self.text(question, parameters)
        return self.answer(text, cite=cite, derivations=derivations, timeout=timeout, memory=memory, limit=limit)

    def answer(
        self,
        text: str,
        *,
        cite: bool = False,
        derivations: int = 3,
        timeout: float | None = None,
        memory: float | None = None,
        limit: int | None = None,
    ) -> Answer | Truth | Triples:
        """The answer to a SPARQL text; otherwise as `query`."""
        from gbkg.ask import answers, remarks

        limits = Limits.of(timeout, memory)
        if cite:
            found: Answer | Truth | Triples = self._cited(text, derivations, limits, limit)
        else:
            found = answers.run(self.store, text, limits=limits, limit=limit, label=self.label)
        if isinstance(found, answers.Answer):
            self.labels.learn(term for row in found.rows for term in row)
        said = self._remarks(text) + remarks.of_answer(self.store, text, found, limits=limits, limit=limit)
        return replace(found, remarks=said) if said else found

    def _remarks(self, text: str) -> tuple[str, ...]:
        """What is to be said of a query; remembered, as the graph does not change."""
        from gbkg.ask import remarks

        if text not in self._said:
            self._said[text] = remarks.of_query(self.store, text)
        return self._said[text]

    def _cited(self, text: str, derivations: int, limits: Limits, limit: int | None) -> Answer:
        from gbkg.ask import answers
        from gbkg.evidence.cited import proofs, prove
        from gbkg.sparql import guard, parse

        guard.check(text)
        form = parse.query(text).form
        if form != "SELECT":
            raise NotCoveredError(f"{form} with citations", why="only the rows of a SELECT have proofs")

        _ = self.store.kinds  # remembered here: what a process of its own finds out is lost with it

        def work() -> Answer:
            with guard.explained(text):
                proved = prove(self.store, text, limit)
            made = proofs(self.evidence, proved, derivations)
            rows, settled = tuple(proved.rows), proved.settled
            return answers.Answer(proved.columns, rows, proved.complete, limit, made, settled=settled)

        return replace(confined(work, limits), label=self.label)

    def why(self, subject: Any, predicate: Any, object: Any) -> Step | Absent:
        """The proof of a triple, given as pyoxigraph terms, or what it lacks."""
        from gbkg.evidence.why import why
        from gbkg.graph import rules

        return why(self.evidence, rules.read(self.project), (subject, predicate, object))


def made_from(store: Store) -> tuple[str, str]:
    """The version of gbkg that made a graph, and the digest of what it made it from, as the graph itself says it; empty
    where it does not."""
    dataset, metadata = (ox.NamedNode(BASE + name) for name in ("dataset", "graph/metadata"))
    version, inputs = (
        min((quad.object.value for quad in store.quads(dataset, ox.NamedNode(predicate), None, metadata)), default="")
        for predicate in (PREFIXES["dcterms"] + "hasVersion", PREFIXES["schema"] + "isBasedOn")
    )
    return version, named_hash(inputs)
