"""Which format an answer is written in: text, or a file of Excel or Word, which needs the extra `office`; and the
formats of the W3C, SPARQL Query Results JSON, with citations on request, CSV and TSV
(https://www.w3.org/TR/sparql11-results-json/, https://www.w3.org/TR/sparql11-results-csv-tsv/).

In JSON citations stand in `results.proofs`, before `results.bindings` and parallel to it: proof number n is that of
binding number n. The format allows other members there, which standard readers skip; within a binding they would be
taken for variables. A proof is as `gbkg.evidence.proofs` writes it. `results.remarks` are sentences on the whole
answer: terms of the query that the graph does not have, and the like.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pyoxigraph import Literal, NamedNode

from gbkg.ask import tables
from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.ask.cells import Answered
from gbkg.ask.rows import own_column, proof_column, proof_text
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term, to_json
from gbkg.core.text import guarded

if TYPE_CHECKING:
    from gbkg.ask.office import Asked


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
    import csv

    from gbkg.evidence.proofs import claims

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


_T = TypeVar("_T")
_ROWS: dict[str, Callable[[Answer, int | None, bool], str]] = {
    "table": lambda answer, width, editorial: tables.text(answer, width, editorial=editorial),
    "csv": lambda answer, *_: csv_text(answer),
    "tsv": lambda answer, *_: tsv_text(answer),
    "json": lambda answer, *_: json_text(answer),
    "md": lambda answer, _, editorial: tables.markdown(answer, editorial=editorial),
}
_TRUTH: dict[str, Callable[[Truth], str]] = {
    "table": lambda answer: f"{str(answer.value).lower()}\n",
    "json": lambda answer: json_truth(answer),
    "md": lambda answer: f"{str(answer.value).lower()}\n",
}
_TRIPLES: dict[str, Callable[[Triples], str]] = {
    "ttl": Triples.turtle,
    "jsonld": Triples.jsonld,
    "nt": Triples.ntriples,
}
_FILES = ("xlsx", "docx")
"""Formats of rows that are no text."""
FORMATS = (*_ROWS, *_FILES, *_TRIPLES)
"""The names of all formats."""
BINARY = _FILES
"""Those of them that go into a file, never to a terminal."""
MEDIA = {
    "table": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/sparql-results+json",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples; charset=utf-8",
}
"""The media type of each format (IANA)."""

_SUFFIXES = {f".{name}": name for name in FORMATS} | {".txt": "table", ".srj": "json", ".markdown": "md"}


def guess(path: PurePath) -> str | None:
    """The format that a file's suffix stands for; None when it has no suffix. Raises `GbkgError` when no format has it.

    >>> guess(PurePath("parks.csv")), guess(PurePath("parks"))
    ('csv', None)
    """
    suffix = path.suffix.lower()
    if suffix and suffix not in _SUFFIXES:
        known = ", ".join(one for one in _SUFFIXES if one != ".table")
        raise GbkgError(f"no format is known for {path.suffix}; there are {known}", hint="or name one with --format")
    return _SUFFIXES.get(suffix)


def known(form: str | None) -> str | None:
    """The format of this name, None for None. Raises `NotFoundError` for any other name."""
    if form is not None and form not in FORMATS:
        raise NotFoundError("format", form, (), FORMATS)
    return form


def write(
    answer: Answer | Truth | Triples, form: str | None = None, width: int | None = None, *, editorial: bool = False
) -> str:
    """The answer in a format of `FORMATS`; without one, a table of rows, Turtle of triples.

    `width` is that of a terminal, for the table; `editorial`: labels and types have footnotes in tables, too. Raises
    `NotFoundError` when there is no such format, `GbkgError` when it cannot hold such an answer, or is none of text.
    """
    known(form)
    if form in _FILES:
        raise GbkgError(f"{form} is not text", hint="gbkg.ask.writing.content gives the bytes of a file")
    if isinstance(answer, Triples):
        return _chosen(_TRIPLES, form or "ttl", "CONSTRUCT or DESCRIBE gives triples")(answer)
    if isinstance(answer, Truth):
        return _chosen(_TRUTH, form or "table", "ASK gives true or false")(answer)
    return _chosen(_ROWS, form or "table", "SELECT gives rows")(answer, width, editorial)


def content(
    answer: Answer | Truth | Triples,
    form: str | None = None,
    width: int | None = None,
    asked: Asked | None = None,
    *,
    editorial: bool = False,
) -> bytes:
    """As `write`, the bytes of a file, and of formats that are no text too; these also say what was asked."""
    if form not in _FILES:
        return write(answer, form, width, editorial=editorial).encode("utf-8", "surrogateescape")
    if not isinstance(answer, Answer):
        given = "ASK gives true or false" if isinstance(answer, Truth) else "CONSTRUCT or DESCRIBE gives triples"
        raise GbkgError(
            f"{given}, which {form} cannot hold",
            hint=f"choose {', '.join(_TRUTH if isinstance(answer, Truth) else _TRIPLES)}",
        )
    # Here, since they import what other formats do not need.
    from gbkg.ask import office, word

    make = office.workbook if form == "xlsx" else word.document
    return make(answer, asked or office.NOTHING)


def _chosen(writers: dict[str, _T], form: str, given: str) -> _T:
    if form not in writers:
        raise GbkgError(f"{given}, which {form} cannot hold", hint=f"choose {', '.join(writers)}")
    return writers[form]
