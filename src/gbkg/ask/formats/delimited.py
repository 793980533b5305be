"""An answer as CSV and TSV (SPARQL 1.1 Query Results CSV and TSV Formats, https://www.w3.org/TR/sparql11-results-csv-tsv/)."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.ask.frames import proof_column, proof_text
from gbkg.core.prefixes import PREFIXES

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = {
    PREFIXES["xsd"] + "integer": re.compile(r"[+-]?[0-9]+"),
    PREFIXES["xsd"] + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    PREFIXES["xsd"] + "double": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+"),
}
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?")


def csv_text(answer: Answer) -> str:
    """Values without types, cells as RFC 4180 has them (CR LF at the end of lines, UTF-8, no mark of byte order).

    A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV Injection); numbers stay
    numbers. `unguarded` takes it away again. With citations a last column names what is behind the row.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    proofs = answer.proofs
    writer.writerow([*answer.columns, *([proof_column(answer.columns)] if proofs is not None else [])])
    for at, row in enumerate(answer.rows):
        cells = [_plain(term) for term in row]
        writer.writerow(cells if proofs is None else [*cells, guarded(proof_text(proofs[at]))])
    return out.getvalue()


def tsv_text(answer: Answer) -> str:
    """Terms as Turtle has them, with types and languages. With citations a last column names what is behind the row,
    as a string."""
    proofs = answer.proofs
    names = [*answer.columns, *([proof_column(answer.columns)] if proofs is not None else [])]
    lines = ["\t".join(f"?{name}" for name in names)]
    for at, row in enumerate(answer.rows):
        cells = [_term(term) for term in row]
        lines.append("\t".join(cells if proofs is None else [*cells, str(ox.Literal(proof_text(proofs[at])))]))
    return "\n".join(lines) + "\n"


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it if a spreadsheet might run it.

    >>> guarded("=1+1"), guarded("'=1"), guarded("it's")
    ("'=1+1", "''=1", "it's")
    """
    return "'" + cell if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given.

    >>> unguarded("'=1+1"), unguarded("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _plain(term: Any) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        number = term.datatype.value in _NUMBER and _PLAIN_NUMBER.fullmatch(term.value)
        return term.value if number else guarded(term.value)
    return guarded(term.value) if isinstance(term, ox.NamedNode) else str(term)


def _term(term: Any) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        short = _NUMBER.get(term.datatype.value)
        if short and short.fullmatch(term.value):
            return str(term.value)
    return str(term)
