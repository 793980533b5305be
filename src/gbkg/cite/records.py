"""What a graph says of its claims and passages, read column by column: a whole column costs less than a few lookups."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pyoxigraph as ox

from gbkg.proofs import Quotation
from gbkg.spaces import PREFIXES
from gbkg.store import Store

CLAIMS, _EVIDENCE = (ox.NamedNode(PREFIXES["graph"] + name) for name in ("claims", "evidence"))
_STATUS, _READING = (ox.NamedNode(PREFIXES["gbkg"] + name) for name in ("status", "reading"))
_DERIVED, _NOTE = ox.NamedNode(PREFIXES["prov"] + "wasDerivedFrom"), ox.NamedNode(PREFIXES["skos"] + "note")
_SELECTOR, _EXACT, _START, _END, _SOURCE = (
    ox.NamedNode(PREFIXES["oa"] + name) for name in ("hasSelector", "exact", "start", "end", "hasSource")
)


class Records:
    """Columns of the graphs `claims` and `evidence`, as terms of pyoxigraph; each is read when it is first needed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._quotations: dict[Any, Quotation] = {}

    @cached_property
    def status(self) -> dict[Any, Any]:
        """Every claim with its status."""
        return self._column(_STATUS, CLAIMS)

    @cached_property
    def reading(self) -> dict[Any, Any]:
        return self._column(_READING, CLAIMS)

    @cached_property
    def note(self) -> dict[Any, Any]:
        return self._column(_NOTE, CLAIMS)

    @cached_property
    def passages(self) -> dict[Any, list[Any]]:
        """Claim to its passages."""
        found: dict[Any, list[Any]] = {}
        for quad in self.store.quads(None, _DERIVED, None, CLAIMS):
            found.setdefault(quad.subject, []).append(quad.object)
        return found

    def quotations(self, claim: Any) -> tuple[Quotation, ...]:
        """The quotations of a claim, in the order of the document."""
        found = [self.quotation(passage) for passage in self.passages.get(claim, ())]
        return tuple(sorted(found, key=lambda quotation: (quotation.source, quotation.start, quotation.end)))

    def quotation(self, passage: Any) -> Quotation:
        """The words of a passage and where they stand."""
        found = self._quotations.get(passage)
        if found is None:
            source, exact, start, end = (column[passage] for column in self._parts)
            slug = source.value.removeprefix(PREFIXES["src"])
            span = int(start.value), int(end.value)
            found = self._quotations[passage] = Quotation(passage.value, slug, *span, exact.value)
        return found

    @cached_property
    def _parts(self) -> tuple[dict[Any, Any], ...]:
        """Passage to its source, words, start and end."""
        passages = {quad.object: quad.subject for quad in self.store.quads(None, _SELECTOR, None, _EVIDENCE)}
        selected = (self._column(term, _EVIDENCE) for term in (_EXACT, _START, _END))
        columns = ({passages[n]: value for n, value in column.items() if n in passages} for column in selected)
        return self._column(_SOURCE, _EVIDENCE), *columns

    def _column(self, predicate: Any, graph: Any) -> dict[Any, Any]:
        return {quad.subject: quad.object for quad in self.store.quads(None, predicate, None, graph)}
