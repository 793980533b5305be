"""An answer in the formats of the W3C: SPARQL Query Results JSON, with citations on request, CSV and TSV.

https://www.w3.org/TR/sparql11-results-json/ and https://www.w3.org/TR/sparql11-results-csv-tsv/.

In JSON citations stand in `results.proofs`, before `results.bindings` and parallel to it: proof number n is that of
binding number n. The format allows other members there, which standard readers skip; within a binding they would be
taken for variables. A proof is as `gbkg.evidence.proofs` writes it. `results.remarks` are sentences on the whole
answer: terms of the query that the graph does not have, and the like.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any, Protocol

from pyoxigraph import Literal, NamedNode

from gbkg.ask.formats.cells import Answered
from gbkg.ask.rows import own_column, proof_column, proof_text
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term, to_json
from gbkg.core.text import guarded
from gbkg.evidence.proofs import claims


class Judged(Protocol):
    """What is written here of the answer to an ASK (`gbkg.ask.answers.Truth`)."""

    @property
    def value(self) -> bool: ...
    @property
    def remarks(self) -> tuple[str, ...]: ...


def json_text(answer: Answered) -> str:
    """The document, with one binding a line, and one proof a line if it is cited."""
    head = json.dumps({"vars": list(answer.columns)}, ensure_ascii=False)
    results = []
    if answer.remarks:
        results.append('"remarks": ' + json.dumps(answer.remarks, ensure_ascii=False))
    if answer.proofs is not None:
        results.append(_array("proofs", [proof.to_dict() for proof in answer.proofs]))
    results.append(_array("bindings", [_binding(answer.columns, row) for row in answer.rows]))
    return '{"head": ' + head + ',\n"results": {\n' + ",\n".join(results) + "\n}}\n"


def json_truth(answer: Judged) -> str:
    """The document that answers an ASK; its remarks are in its head, where readers skip them."""
    head = {"remarks": answer.remarks} if answer.remarks else {}
    return json.dumps({"head": head, "boolean": answer.value}, ensure_ascii=False) + "\n"


def _array(name: str, items: list[dict[str, Any]]) -> str:
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    return f'"{name}": [\n{lines}\n]' if lines else f'"{name}": []'


def _binding(columns: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    return {column: to_json(cell) for column, cell in zip(columns, row, strict=True) if cell is not None}


_NUMBER = {
    PREFIXES["xsd"] + "integer": re.compile(r"[+-]?[0-9]+"),
    PREFIXES["xsd"] + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    PREFIXES["xsd"] + "double": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+"),
}
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?")


def csv_text(answer: Answered) -> str:
    """Values without types, cells as RFC 4180 has them (CR LF at the end of lines, UTF-8, no mark of byte order).

    A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV Injection), for a reader
    to take away again; numbers stay numbers. With citations two more columns name what is behind the row, and cite the
    claims among it with their quotations, ` | ` between two.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    proofs = answer.proofs
    more = ["proof", "citations"] if proofs is not None else []
    writer.writerow([*answer.columns, *(own_column(name, answer.columns) for name in more)])
    for at, row in enumerate(answer.rows):
        cells = [_plain(term) for term in row]
        if proofs is not None:
            cited = (answer.cited(claim).text().strip() for claim in claims(proofs[at]).values())
            cells += [guarded(proof_text(proofs[at])), guarded(" | ".join(cited))]
        writer.writerow(cells)
    return out.getvalue()


def tsv_text(answer: Answered) -> str:
    """Terms as Turtle has them, with types and languages. With citations a last column names what is behind the row,
    as a string."""
    proofs = answer.proofs
    names = [*answer.columns, *([proof_column(answer.columns)] if proofs is not None else [])]
    lines = ["\t".join(f"?{name}" for name in names)]
    for at, row in enumerate(answer.rows):
        cells = [_term(term) for term in row]
        lines.append("\t".join(cells if proofs is None else [*cells, str(Literal(proof_text(proofs[at])))]))
    return "\n".join(lines) + "\n"


def _plain(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, Literal):
        number = term.datatype.value in _NUMBER and _PLAIN_NUMBER.fullmatch(term.value)
        return term.value if number else guarded(term.value)
    return guarded(term.value) if isinstance(term, NamedNode) else str(term)


def _term(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, Literal):
        short = _NUMBER.get(term.datatype.value)
        if short and short.fullmatch(term.value):
            return str(term.value)
    return str(term)
