"""An open graph and all that can be asked of it: the one interface of the command line and of programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, Quad

from gbkg.ask.opened import in_its_names
from gbkg.ask.resolve import resolve
from gbkg.core.errors import GbkgError, NotFoundError, at_least, texts
from gbkg.core.prefixes import PREFIXES, full
from gbkg.core.project import Project
from gbkg.core.terms import Term, term
from gbkg.knowledge.questions import Questions, several
from gbkg.store.base import Store

if TYPE_CHECKING:
    from gbkg.ask.citation import Citation
    from gbkg.ask.disputes import Dispute
    from gbkg.documents.sources import Library
    from gbkg.evidence.proofs import ClaimEvidence
    from gbkg.graph.rules import Rule
    from gbkg.render.documents import ClaimResult, DisputesResult, DocumentResult, PassageResult
    from gbkg.render.lists import CoverageResult, Exported, SchemaResult, Sources
    from gbkg.render.show import EntityResult, Why
    from gbkg.store.outputs import Build

_PLACES = {"Memory": "in memory", "Disk": "on disk", "Kept": "on disk", "Remote": "on a server"}


@in_its_names
class KnowledgeGraph(Questions):
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
        >>> kg  # doctest: +ELLIPSIS
        KnowledgeGraph(3,... triples of mini, in memory)
        """
        kind = _PLACES.get(type(self.store).__name__, "")
        return f"KnowledgeGraph({len(self.store):,} triples of {self.project.root.resolve().name}, {kind})"

    # ---- One entity, one fact

    def show(self, name: str, most: int | None = None) -> EntityResult:
        """Everything that claims say of an entity, with the quotations, and what follows by rules.

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
        from gbkg.render.show import Why

        at_least(1, derivations=derivations)
        said: list[str] = []
        triple = self._triple((subject, predicate, object), said.append)

        def unread() -> Iterator[Rule]:
            """The rules, which are read when the triple does not hold."""
            yield from rules.read(self.project)

        found = why(self.evidence, unread(), triple)
        return Why(found, self.labels, derivations, remarks=tuple(said))

    def citation(self, claim: str | ClaimEvidence) -> Citation:
        """A claim as a report cites it, as words, BibTeX, CSL-JSON and Web Annotation.

        It is given by key, by IRI, or as a proof has it.

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
        from gbkg.render.documents import ClaimResult

        said: list[str] = []
        node = resolve(self.labels, name, "claim", said.append)
        found = sorted(((quad.predicate, quad.object) for quad in self.store.quads(node)), key=str)
        self.labels.learn(term for pair in found for term in pair)
        cited = self.cited(self.evidence.claim(node))
        return ClaimResult(node, tuple(found), cited, self.label, remarks=tuple(said))

    def passage(self, name: str) -> PassageResult:
        """The words of a passage, given by id (SOURCE.START-END) or IRI, with the claims that they prove.

        >>> kg.passage("gazette.177-228").passage.exact
        'Tea Harbour is a city of the province of Upper Reed'
        """
        from gbkg.render.documents import PassageResult

        node = _passage(name)
        if node is None or not any(True for _ in self.store.quads(node, term("oa:hasSource"))):
            raise NotFoundError("passage", name, hint="a passage is named as SOURCE.START-END")
        (found,) = self.evidence.quotations([node.value])
        proved = sorted((quad.subject for quad in self.store.quads(None, term("prov:wasDerivedFrom"), node)), key=str)
        return PassageResult(found, tuple(self.evidence.claim(one) for one in proved if isinstance(one, NamedNode)))

    # ---- The project

    def disputes(self, name: str = "", kinds: Sequence[str] | None = None) -> DisputesResult:
        """What is to be settled and what the curators hold against the documents, with the quotations.

        All, or what touches an entity, or the one of this name (cur:…). `kinds`: all if None.

        >>> kg.disputes(kinds=["gap"]).found[0].kind
        'gap'
        """
        from gbkg.ask import disputes
        from gbkg.render.documents import DisputesResult

        said: list[str] = []
        records = self.records
        texts(name=name)
        wanted = disputes.kinds(disputes.KINDS if kinds is None else several(kinds=kinds))
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
        """A document from beginning to end with what stands behind each sentence.

        It is the whole text if `library` has it, else what is quoted of it, with gaps. Raises `SourceError` if the text
        is not the one that is registered.

        >>> kg.document("gazette").document.absent
        98
        """
        from gbkg.ask import document
        from gbkg.ask.contents import source
        from gbkg.render.documents import DocumentResult

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

    def schema(self) -> SchemaResult:
        """The classes, properties and indicators that occur, with counts.

        >>> kg.schema().classes[0].id
        'gbkg:District'
        """
        from gbkg.ask.contents import schema
        from gbkg.render.lists import SchemaResult

        return SchemaResult(*(tuple(found) for found in schema(self.labels)))

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


def _passage(name: str) -> NamedNode | None:
    """The IRI of a passage, given by id, prefixed name or IRI; None if it is none."""

    local = name.strip().strip("<>").removeprefix(PREFIXES["psg"]).removeprefix("psg:")
    iri = full(f"<{PREFIXES['psg']}{local}>") if local.isascii() else None
    return NamedNode(iri) if iri else None
