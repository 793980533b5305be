"""An answer as SPARQL Query Results JSON (https://www.w3.org/TR/sparql11-results-json/), with citations on request.

Citations stand in `results.proofs`, before `results.bindings` and parallel to it: proof number n is that of binding
number n. The format allows other members there, which standard readers skip; within a binding they would be taken for
variables.

A proof is as `gbkg.evidence.proofs` writes it.
`results.remarks` are sentences on the whole answer: terms of the query that the graph does not have, and the like.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from gbkg.ask.formats.cells import Answered
from gbkg.core.terms import to_json


class Judged(Protocol):
    """What is written here of the answer to an ASK (`gbkg.ask.answers.Truth`)."""

    @property
    def value(self) -> bool: ...
    @property
    def remarks(self) -> tuple[str, ...]: ...


def text(answer: Answered) -> str:
    """The document, with one binding a line, and one proof a line if it is cited."""
    head = json.dumps({"vars": list(answer.columns)}, ensure_ascii=False)
    results = []
    if answer.remarks:
        results.append('"remarks": ' + json.dumps(answer.remarks, ensure_ascii=False))
    if answer.proofs is not None:
        results.append(_array("proofs", [proof.to_dict() for proof in answer.proofs]))
    results.append(_array("bindings", [_binding(answer.columns, row) for row in answer.rows]))
    return '{"head": ' + head + ',\n"results": {\n' + ",\n".join(results) + "\n}}\n"


def truth(answer: Judged) -> str:
    """The document that answers an ASK; its remarks are in its head, where readers skip them."""
    head = {"remarks": answer.remarks} if answer.remarks else {}
    return json.dumps({"head": head, "boolean": answer.value}, ensure_ascii=False) + "\n"


def _array(name: str, items: list[dict[str, Any]]) -> str:
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    return f'"{name}": [\n{lines}\n]' if lines else f'"{name}": []'


def _binding(columns: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    return {column: to_json(cell) for column, cell in zip(columns, row, strict=True) if cell is not None}
