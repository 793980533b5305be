"""Analyses as plain values, for JSON: what the tables of the command line show, and every edge with its claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from gbkg.ask.formats.results import term
from gbkg.ask.opened import KnowledgeGraph
from gbkg.network.compare import Change, Comparison, Fallen, Removal
from gbkg.network.edges import relation_label
from gbkg.network.measures import Analysis
from gbkg.network.projection import Network
from gbkg.network.questions import Change as Changed


def analysis(found: Analysis, network: Network, top: int | None = None) -> dict[str, Any]:
    """The measures of the linked part of a network, its edges (`relations`), and the nodes without one (`alone`); the
    first `top` places, or all."""
    unlinked = [node for node in network if not network.degree(node)]
    shown = asdict(replace(found, places=found.places[:top]))
    return {**shown, "alone": unlinked, "relations": _relations(network)}


def comparison(found: Comparison, network: Network, top: int | None = None) -> dict[str, Any]:
    """The comparison of a network with what is left of it, and the edges of the whole one (`relations`)."""
    return {**asdict(found), "changes": changes(found.changes[:top]), "relations": _relations(network)}


def removal(kg: KnowledgeGraph, found: Removal, network: Network, top: int | None = None) -> dict[str, Any]:
    """What a withdrawal brings down: triples in words too and with their claims, answers with their rows."""
    return {
        "claims": list(found.claims),
        "facts": [_fallen(kg, record) for record in found.facts],
        "inferred": [_fallen(kg, record) for record in found.inferred],
        "comparison": comparison(found.comparison, network, top),
        "answers": [_answer(answer) for answer in found.answers],
        "skipped": list(found.skipped),
    }


def changes(found: Iterable[Change]) -> list[dict[str, Any]]:
    """Measures that differ, each with the difference."""
    return [asdict(change) | {"change": change.change} for change in found]


def sentence(kg: KnowledgeGraph, subject: str, relation: str, value: str) -> str:
    """A triple in words."""
    return f"{kg.labels.get(subject, subject)} {relation_label(kg, relation)} {kg.labels.get(value, value)}"


def _fallen(kg: KnowledgeGraph, record: Fallen) -> dict[str, Any]:
    subject, relation, value = record.triple
    words = sentence(kg, *record.triple)
    return {"subject": subject, "relation": relation, "object": value, "text": words, "claims": list(record.claims)}


def _answer(found: Changed) -> dict[str, Any]:
    """Counts, and the rows as bindings of SPARQL 1.1 Query Results JSON (section 3.2.1)."""
    return {
        "query": found.query,
        "columns": list(found.columns),
        "rows": found.rows,
        "rows_after": found.after,
        "lost": len(found.lost),
        "gained": len(found.gained),
        "rows_lost": [_binding(found.columns, row) for row in found.lost],
        "rows_new": [_binding(found.columns, row) for row in found.gained],
    }


def _binding(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    return {name: term(cell) for name, cell in zip(columns, row, strict=True) if cell is not None}


def _relations(network: Network) -> list[dict[str, Any]]:
    return [attributes for _, _, attributes in network.edges(data=True)]
