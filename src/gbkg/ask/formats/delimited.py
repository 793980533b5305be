"""An answer as CSV and TSV (SPARQL 1.1 Query Results CSV and TSV Formats, https://www.w3.org/TR/sparql11-results-csv-tsv/)."""

from __future__ import annotations

import csv
import io
import re

from pyoxigraph import Literal, NamedNode

from gbkg.ask.formats.cells import Answered
from gbkg.ask.rows import own_column, proof_column, proof_text
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term
from gbkg.core.text import guarded
from gbkg.evidence.proofs import claims

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
