"""What a graph says of its claims and passages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.evidence.lookup import about, naming
from gbkg.evidence.proofs import ClaimEvidence, Quotation
from gbkg.store.memory import Store

CLAIMS, _EVIDENCE = (ox.NamedNode(PREFIXES["graph"] + name) for name in ("claims", "evidence"))
_CLAIM, _SRC = PREFIXES["clm"], PREFIXES["src"]


def _gbkg(*names: str) -> tuple[Any, ...]:
    return tuple(ox.NamedNode(PREFIXES["gbkg"] + name) for name in names)


_STATUS, _READING, _ATTRIBUTION = _gbkg("status", "reading", "attribution")
_ACCEPTED, _COMPATIBLE = _gbkg("accepted", "compatible")
_CONCERNS, _CORRECTS, _OUTCOME = _gbkg("concerns", "corrects", "outcome")
_WORDS = dict.fromkeys(_gbkg("Correction", "Inconsistency", "Ambiguity"), "in doubt: ")
_WORDS |= dict.fromkeys(_gbkg("Comparison"), "compare ")
_TYPE, _NOTE = ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(PREFIXES["skos"] + "note")
_TOLD = (_STATUS, _READING, _NOTE, _ATTRIBUTION)
_DERIVED = ox.NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
_SELECTOR, _EXACT, _START, _END, _SOURCE = (
    ox.NamedNode(PREFIXES["oa"] + name) for name in ("hasSelector", "exact", "start", "end", "hasSource")
)


class Records:
    """Claims, as terms of pyoxigraph, with what evidence tells of them: those that have been loaded."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._columns: dict[Any, dict[Any, Any]] = {name: {} for name in _TOLD}
        self._passages: dict[Any, list[Any]] = {}
        self._parts: dict[Any, dict[Any, Any]] = {name: {} for name in (_SOURCE, _EXACT, _START, _END)}
        self._held: dict[Any, list[str]] = {}
        self._asked: set[Any] = set()
        self._quotations: dict[Any, Quotation] = {}
        self._claims: dict[Any, ClaimEvidence] = {}

    def load(self, nodes: Collection[Any] | None) -> None:
        """Looks up those of the nodes that are claims, with passages and curation."""
        new = None if nodes is None else {node for node in nodes if isinstance(node, ox.NamedNode)} - self._asked
        self._asked |= new or set()
        passages: dict[Any, None] = {}
        claims: set[Any] = set()
        for quad in about(self.store, new, (*self._columns, _DERIVED), CLAIMS):
            claims.add(quad.subject)
            if quad.predicate == _DERIVED:
                self._passages.setdefault(quad.subject, []).append(quad.object)
                passages[quad.object] = None
            else:
                self._columns[quad.predicate][quad.subject] = quad.object
        source = self._parts[_SOURCE]
        self._load_passages(None if nodes is None else [passage for passage in passages if passage not in source])
        self._load_curation(None if nodes is None else claims)

    def _load_passages(self, passages: Collection[Any] | None) -> None:
        selectors: dict[Any, Any] = {}
        for quad in about(self.store, passages, (_SOURCE, _SELECTOR), _EVIDENCE):
            if quad.predicate == _SOURCE:
                self._parts[_SOURCE][quad.subject] = quad.object
            else:
                selectors[quad.object] = quad.subject
        wanted = None if passages is None else selectors
        for quad in about(self.store, wanted, (_EXACT, _START, _END), _EVIDENCE):
            if quad.subject in selectors:
                self._parts[quad.predicate][selectors[quad.subject]] = quad.object

    def _load_curation(self, claims: Collection[Any] | None) -> None:
        """Notes what is held against claims (corrections, inconsistencies, ambiguities) or beside them (comparisons
        that do not end in "compatible")."""
        quads = {quad for predicate in (_CONCERNS, _CORRECTS) for quad in naming(self.store, claims, predicate)}
        concerned: dict[Any, set[Any]] = {}
        for quad in quads:
            concerned.setdefault(quad.subject, set()).add(quad.object)
        outcomes: dict[Any, list[str]] = {}
        for quad in self.store.quads_of(concerned, _OUTCOME) if concerned else ():
            outcomes.setdefault(quad.subject, []).append(quad.object.value)
        for quad in self.store.quads_of(concerned, _TYPE) if concerned else ():
            words, node = _WORDS.get(quad.object), quad.subject
            compatible = min(outcomes.get(node, [""])) == _COMPATIBLE.value
            if words and not (compatible and words == "compare "):
                for claim in concerned[node]:
                    self._held.setdefault(claim, []).append(words + shorten(node.value))

    def __contains__(self, node: Any) -> bool:
        """Whether the node is a claim."""
        return node in self._columns[_STATUS]

    def accepted(self, node: Any) -> bool:
        """Whether the node is an accepted claim."""
        return bool(self._columns[_STATUS].get(node) == _ACCEPTED)

    def claim(self, node: Any) -> ClaimEvidence:
        """A claim with its quotations, in the order of the document."""
        found = self._claims.get(node)
        if found is None:
            status, reading, note, attribution = (column.get(node) for column in self._columns.values())
            found = self._claims[node] = ClaimEvidence(
                node.value.removeprefix(_CLAIM),
                _local(status),
                _local(reading),
                note.value if note else "",
                self.quotations(node),
                tuple(sorted(self._held.get(node, ()), reverse=True)),
                _local(attribution),
            )
        return found

    def quotations(self, claim: Any) -> tuple[Quotation, ...]:
        """The quotations of a claim, in the order of the document."""
        found = [self.quotation(passage) for passage in self._passages.get(claim, ())]
        return tuple(sorted(found, key=lambda quotation: (quotation.source, quotation.start, quotation.end)))

    def quotation(self, passage: Any) -> Quotation:
        """The words of a passage and where they stand."""
        found = self._quotations.get(passage)
        if found is None:
            source, exact, start, end = (column[passage] for column in self._parts.values())
            slug = source.value.removeprefix(_SRC)
            span = int(start.value), int(end.value)
            found = self._quotations[passage] = Quotation(passage.value, slug, *span, exact.value)
        return found


def _local(term: Any) -> str:
    return str(term.value).rpartition("#")[2] if term else ""
