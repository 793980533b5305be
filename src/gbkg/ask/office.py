"""An answer as an Excel workbook (Office Open XML, ISO/IEC 29500): the rows, the citations, and what was asked; and
what Word documents (`gbkg.ask.word`) have in common with it, such as the same bytes in every run.

Words are stored as text, never as formulas; a cell that would become one when somebody edits it is marked as text
(`quotePrefix`). Numbers are numbers where Excel, which calculates with doubles, keeps all their digits; others, and
dates, stay as they are written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal

from gbkg.ask.cells import Answered, merged, numeric, texts
from gbkg.ask.rows import proof_column
from gbkg.ask.tables import ProofNotes, plain
from gbkg.core import __version__, files
from gbkg.core.errors import GbkgError
from gbkg.core.terms import Term
from gbkg.core.text import counted, guarded, listed, safe

if TYPE_CHECKING:
    from gbkg.ask.opened import OpenGraph
    from gbkg.ask.saved import SavedQuery

_LICENCE = "Data: CC BY 4.0. Quotations remain their publishers'."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: `title` in words, `name` of the saved query ("" if it is none), the values of its parameters as they
    were typed, the SPARQL that ran, the digest of the graph, and what is to be said beside the answer."""

    title: str = ""
    name: str = ""
    values: Mapping[str, Sequence[str]] | None = None
    text: str = ""
    graph: str = ""
    remarks: tuple[str, ...] = ()

    def lines(self, answer: Answered) -> Iterator[tuple[str, str]]:
        """What stands about the answer on a page of its own, as name and words."""
        more = "" if answer.complete else "; there are more"
        yield "Question", self.title or "a query that is not saved"
        if self.name:
            yield "Saved query", self.name
        for name, given in (self.values or {}).items():
            yield f"With {name}", " or ".join([given] if isinstance(given, str) else given)
        yield "Rows", counted(len(answer.rows), "row") + more
        yield from (("Remark", said) for said in self.remarks)
        if self.graph:
            yield "Graph (SHA-256)", self.graph
        yield "Made with", f"gbkg {__version__}"
        yield "Licence", _LICENCE
        if self.text:
            yield "SPARQL", self.text


NOTHING = Asked()
"""The question that is not known."""


def of_question(
    kg: OpenGraph, query: SavedQuery, values: Mapping[str, Sequence[str]], text: str, remarks: Iterable[str]
) -> Asked:
    """The question that a query with these values is; `text` is what ran."""
    name = query.name if query.path in kg.project.queries else ""
    return Asked(query.summary, name, values, text, kg.digest, tuple(remarks))


MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The date that both formats want a file to have been made on; nobody looks at a clock."""


def printable(text: str) -> str:
    """The text with control characters, which XML cannot hold, and marks that turn its direction as escapes."""
    return safe(text.replace("\r\n", "\n").replace("\r", "\n"))


def settled(made: bytes) -> bytes:
    """The same package with its members in alphabetical order and without times."""
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return files.zip_files({name: package.read(name) for name in package.namelist()})


def missing(package: str, form: str) -> GbkgError:
    """The error of a format whose library is not here."""
    return GbkgError(f"{form} needs {package}", hint='pip install "gbkg[office]"')


Sheet = Any
"""A sheet or document of a library that has no types."""


_ROWS = 1_048_575
"""Rows of a sheet below its heading."""
_CELL = 32_767
"""Characters of a cell."""
_DIGITS = 15
"""Digits that a double keeps."""
_WIDEST = 60
_THOUSANDS = 10_000
"""From here on a column of whole numbers has its thousands apart; smaller ones may be years."""
_CITED = (
    ("mark", 6), ("author", 20), ("title", 40), ("date", 10), ("publisher", 25), ("quotation", 80), ("from", 8),
    ("to", 8), ("stands", 16), ("remark", 30), ("claim", 30), ("citation", 80),
)  # fmt: skip
"""The columns of the sheet of citations, with their widths."""
Cell = str | int | float | None


def workbook(answer: Answered, asked: Asked = NOTHING) -> bytes:
    """The file. Raises `GbkgError` when XlsxWriter is not installed, or the rows are more than a sheet has."""
    if len(answer.rows) > _ROWS:
        raise GbkgError(f"a sheet has {_ROWS:,} rows, the answer {len(answer.rows):,}", hint="take csv, or --limit")
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise missing("XlsxWriter", "xlsx") from None
    held, notes = io.BytesIO(), ProofNotes()
    book: Any = Workbook(held, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties({"title": printable(asked.title)[:255], "author": "gbkg", "created": MADE})
    made = _Book(book)
    made.table("Answer", *_answer(answer, notes))
    if answer.proofs is not None:
        made.table("Citations", [name for name, _ in _CITED], _citations(answer, notes), [wide for _, wide in _CITED])
    made.table("About", ("about", "this answer"), asked.lines(answer), (18, 100))
    book.close()
    return settled(held.getvalue())


class _Book:
    """Writes sheets with a heading that stays in view and can be filtered."""

    def __init__(self, book: Any) -> None:
        self.book = book
        top = {"valign": "top", "text_wrap": True}
        self.head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.text, self.number = book.add_format(top), book.add_format({"valign": "top"})
        self.many = book.add_format({"valign": "top", "num_format": "#,##0"})
        self.quoted = book.add_format({**top, "quote_prefix": True})

    def table(
        self, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int] = ()
    ) -> None:
        sheet = self.book.add_worksheet(name)
        kept = [list(row) for row in rows]
        columns = [[row[at] for row in kept] for at in range(len(headings))]
        for at, heading in enumerate(headings):
            many = any(isinstance(cell, int) and abs(cell) >= _THOUSANDS for cell in columns[at])
            sheet.set_column(at, at, widths[at] if widths else _width([heading, *columns[at]]))
            self._write(sheet, 0, at, heading, self.head)
            offsets = name == "Citations" or heading in ("start", "end")
            for down, cell in enumerate(columns[at], start=1):
                self._write(sheet, down, at, cell, self.many if many and not offsets else self.number)
        sheet.freeze_panes(1, 0)
        if headings:
            sheet.autofilter(0, 0, len(kept), len(headings) - 1)

    def _write(self, sheet: Sheet, down: int, at: int, cell: Cell, form: Any) -> None:
        if cell is None or cell == "":
            return
        if not isinstance(cell, str):
            sheet.write_number(down, at, cell, form)
            return
        said = printable(cell)
        if len(said) > _CELL:
            said = said[: _CELL - 1] + "…"
        usual = form if down == 0 else self.text
        sheet.write_string(down, at, said, self.quoted if guarded(said) != said else usual)


def _answer(answer: Answered, notes: ProofNotes) -> tuple[list[str], list[list[Cell]]]:
    """Headings and rows."""
    headings, columns = [], []
    for heading, terms in merged(answer):
        headings.append(heading)
        said = texts(heading, terms)
        columns.append([_number(term) if numeric([term]) else text for term, text in zip(terms, said, strict=True)])
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
        columns.append([plain(notes.marks(proof), proof.more) for proof in answer.proofs])
    return headings, [[column[at] for column in columns] for at in range(len(answer.rows))]


def _citations(answer: Answered, notes: ProofNotes) -> Iterator[Sequence[Cell]]:
    """A row for each quotation, then one for each inference, file and remark."""
    others = notes.others()
    for number, claim in notes.claims.values():
        cited = answer.cited(claim)
        source, stands = cited.source, ", ".join([claim.status, claim.reading])
        by = (listed(source.authors), source.title, source.date, listed(source.publishers))
        beside = "; ".join(filter(None, (claim.note, *claim.curation)))
        for quotation in claim.quotations:
            where = (quotation.exact, quotation.start, quotation.end)
            yield int(number), *by, *where, stands, beside, claim.key, cited.text().strip()
    for mark, said in others:
        yield mark, "", "", "", "", "", None, None, "", said, "", ""


def _number(term: Term | None) -> Cell:
    """The number, if Excel keeps all its digits; else its digits as text."""
    if not isinstance(term, Literal):
        return None
    try:
        exact = Decimal(term.value)
    except InvalidOperation:
        return term.value
    if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > _DIGITS or abs(exact.adjusted()) > 300:
        return term.value
    return int(exact) if exact == exact.to_integral_value() and exact.adjusted() < _DIGITS else float(exact)


def _width(cells: Iterable[Cell]) -> int:
    longest = max((max(map(len, str(cell).split("\n"))) for cell in cells if cell is not None), default=0)
    return min(max(longest, 6), _WIDEST) + 2
