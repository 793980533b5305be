"""A graph opened for asking: what `gbkg.open` gives, and what every command that asks works on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg import __version__, outputs
from gbkg.errors import GbkgError, NotCoveredError, ProjectError
from gbkg.labels import Labels
from gbkg.limits import Limits, confined, within
from gbkg.project import Project
from gbkg.spaces import BASE, PREFIXES, named_hash, shorten
from gbkg.store import Store

if TYPE_CHECKING:
    from gbkg.answers import Answer, Triples, Truth
    from gbkg.cite.evidence import EvidenceBase
    from gbkg.cite.why import Absent
    from gbkg.outputs import Build
    from gbkg.proofs import Step
    from gbkg.queries import SavedQuery

OUT = Path("build")
"""Where `gbkg build` writes, and where a graph is looked for."""


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
        """What tells this graph from others, as `gbkg.store.digest` has it: equal graphs have equal digests, whatever
        the order. Read from where it was written down, if it was; else computed from every quad."""
        return self._digest or self.store.digest

    @cached_property
    def queries(self) -> dict[str, SavedQuery]:
        """The project's saved queries by name."""
        from gbkg import queries

        return queries.library(self.project)

    @cached_property
    def evidence(self) -> EvidenceBase:
        """What stands behind each triple."""
        from gbkg.cite.evidence import EvidenceBase

        return EvidenceBase(self.store, self.project)

    def text(self, question: str, parameters: Mapping[str, str | Sequence[str]] | None = None) -> str:
        """The SPARQL of a question: the text itself when it is more than a name, else the saved query of this name
        with its parameters bound. Raises `NotFoundError` for an unknown name, parameter or value."""
        from gbkg import queries

        if "{" in question or len(question.split()) > 1:
            if parameters:
                raise GbkgError("a text has no parameters", hint="save it with #+ params, or write the values into it")
            return question
        return queries.bind(queries.find(self.project, question), parameters or {}, self)

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
        `gbkg.answers.run` raises, and `NotCoveredError` for a construct that cannot be cited.
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
        from gbkg import answers
        from gbkg.answers import remarks

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
        from gbkg.answers import remarks

        if text not in self._said:
            self._said[text] = remarks.of_query(self.store, text)
        return self._said[text]

    def _cited(self, text: str, derivations: int, limits: Limits, limit: int | None) -> Answer:
        from gbkg import answers
        from gbkg.answers import faults, safety
        from gbkg.cite.prove import proofs, prove
        from gbkg.sparql.tokens import tokens

        safety.check(text)
        form = next((t.text for t in tokens(text) if t.text in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")), "")
        if form in ("ASK", "CONSTRUCT", "DESCRIBE"):
            raise NotCoveredError(f"{form} with citations", why="only the rows of a SELECT have proofs")

        _ = self.store.kinds  # remembered here: what a process of its own finds out is lost with it

        def work() -> Answer:
            with faults.explained(text):
                proved = prove(self.store, text, limit)
            made = proofs(self.evidence, proved, derivations)
            rows, settled = tuple(proved.rows), proved.settled
            return answers.Answer(proved.columns, rows, proved.complete, limit, made, settled=settled)

        return replace(confined(work, limits), label=self.label)

    def why(self, subject: Any, predicate: Any, object: Any) -> Step | Absent:
        """The proof of a triple, given as pyoxigraph terms, or what it lacks."""
        from gbkg import rules
        from gbkg.cite.why import why

        return why(self.evidence, rules.read(self.project), (subject, predicate, object))


def open(
    project: Path | None = None,
    graph: Path | None = None,
    *,
    store: Path | None = None,
    endpoint: str | None = None,
    graph_prefix: str | None = None,
    timeout: float | None = None,
) -> KnowledgeGraph:
    """The graph of a project: from `graph`, an N-Quads file, from `store`, a store on disk, or from `endpoint`, the
    address of a SPARQL server, if one of them is given; else from `build/` in the current folder or in the project's,
    if the project is still as it was at that build; else put together anew, in memory.

    `graph_prefix` is what a server has in place of `https://w3id.org/gbkg/graph/`; `timeout` the seconds that it has to
    tell what it holds, however slowly its bytes come.

    Raises `ProjectError` when there is no project or file, or nothing of the graph on the server; `Nonconforming` when
    the project's tables have faults; `GbkgError` when a store is damaged, a server does not answer, or more than one of
    the three is given.
    """
    if sum(place is not None for place in (graph, store, endpoint)) > 1:
        raise GbkgError("the graph can be in one place only", hint="give a file, a store or an endpoint")
    if graph_prefix is not None and endpoint is None:
        raise GbkgError("a graph prefix goes with an endpoint", hint="give the endpoint, or leave it out")
    found = Project.find(project)
    if graph is not None:
        return _in_file(graph, found)
    if store is not None:
        return _on_disk(store, found)
    if endpoint is not None:
        if timeout is None:
            return _on_server(endpoint, graph_prefix, found)
        limits = Limits(
            min(timeout, 1e6), what="the server has not told what it holds", hint="give it more with --timeout"
        )
        return within(lambda: _on_server(endpoint, graph_prefix, found), limits)
    return _built_or_new(found)


def _on_disk(folder: Path, project: Project) -> KnowledgeGraph:
    from gbkg.store import disk

    opened = disk.read(folder)
    made = opened.manifest.version, opened.manifest.inputs
    return KnowledgeGraph(opened, project, _stale(made, project, str(folder)), opened.manifest.digest)


def _on_server(endpoint: str, graph_prefix: str | None, project: Project) -> KnowledgeGraph:
    from gbkg.store.remote import Remote

    remote = Remote(endpoint, graph_prefix)
    if not remote.graphs:
        raise ProjectError(
            f"has nothing in graphs under {remote.names.prefix}",
            file=remote.endpoint.url,
            hint="gbkg publish puts them there; a graph prefix says where else they are",
        )
    remarks = ["a publication is under way or was broken off: part of the graph may be missing"] * remote.unfinished
    unlike = "Virtuoso answers some queries otherwise than SPARQL 1.1 says, above all paths with * and +"
    remarks += [unlike] * remote.endpoint.server.startswith("Virtuoso")
    remarks += filter(None, [_stale(made_from(remote), project, remote.endpoint.url)])
    return KnowledgeGraph(remote, project, "; ".join(remarks))


def _in_file(path: Path, project: Project) -> KnowledgeGraph:
    of = outputs.of(path)
    place, digest = (of.path(path.name), of.digest(path.name)) if of else (path, "")
    store = Store.read(place, digest)
    said = _stale(made_from(store), project, str(path))
    return KnowledgeGraph(store, project, said, quads=lambda: outputs.parsed(place, digest))


def made_from(store: Store) -> tuple[str, str]:
    """The version of gbkg that made a graph, and the digest of what it made it from, as the graph itself says it; empty
    where it does not."""
    dataset, metadata = (ox.NamedNode(BASE + name) for name in ("dataset", "graph/metadata"))
    version, inputs = (
        min((quad.object.value for quad in store.quads(dataset, ox.NamedNode(predicate), None, metadata)), default="")
        for predicate in (PREFIXES["dcterms"] + "hasVersion", PREFIXES["schema"] + "isBasedOn")
    )
    return version, named_hash(inputs)


def _stale(made: tuple[str, str], project: Project, shown: str) -> str:
    """What a user should know of a graph, called `shown`, that was not made from the project as it is now; or nothing.
    `made` is as `made_from` gives it."""
    version, inputs = made
    if not inputs:
        return f"{shown} does not say what it was built from"
    if inputs != project.digest:
        return f"{shown} was built from other inputs than the project has now"
    return "" if version == __version__ else f"{shown} was built by gbkg {version}, and this is {__version__}"


def _built_or_new(project: Project) -> KnowledgeGraph:
    made = built(project)
    if made:
        return KnowledgeGraph(made.store(), project, quads=made.quads)
    from gbkg import build

    def quads() -> Iterator[Any]:
        return build.quads(project)

    remark = f"./{OUT} holds no build of this project as it is now: the graph was put together without validation"
    return KnowledgeGraph(Store.of(quads()), project, f"{remark} (gbkg build validates and keeps it)", quads=quads)


def built(project: Project) -> Build | None:
    """The build of the project as it is now, in the current folder or in the project's; None if there is none. Raises
    `AlteredError` when the manifest or the report is not as it was written."""
    wanted = f"{__version__} {project.digest}"
    found = (outputs.find(folder) for folder in (OUT, project.root / OUT))
    return next((made for made in found if made and made.made_from == wanted), None)
