"""Which format an answer is written in: text, or a file of Excel or Word, which needs the extra `office`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.ask.formats import office, results, tables, word
from gbkg.ask.formats.office import NOTHING, Asked
from gbkg.core.errors import GbkgError, NotFoundError

_T = TypeVar("_T")
_ROWS: dict[str, Callable[[Answer, int | None, bool], str]] = {
    "table": lambda answer, width, editorial: tables.text(answer, width, editorial=editorial),
    "csv": lambda answer, *_: results.csv_text(answer),
    "tsv": lambda answer, *_: results.tsv_text(answer),
    "json": lambda answer, *_: results.json_text(answer),
    "md": lambda answer, _, editorial: tables.markdown(answer, editorial=editorial),
}
_TRUTH: dict[str, Callable[[Truth], str]] = {
    "table": lambda answer: f"{str(answer.value).lower()}\n",
    "json": lambda answer: results.json_truth(answer),
    "md": lambda answer: f"{str(answer.value).lower()}\n",
}
_TRIPLES: dict[str, Callable[[Triples], str]] = {
    "ttl": Triples.turtle,
    "jsonld": Triples.jsonld,
    "nt": Triples.ntriples,
}
_FILES: dict[str, Callable[[Answer, Asked], bytes]] = {"xlsx": office.workbook, "docx": word.document}
"""Formats of rows that are no text."""
FORMATS = (*_ROWS, *_FILES, *_TRIPLES)
"""The names of all formats."""
BINARY = tuple(_FILES)
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
        raise GbkgError(f"{form} is no text", hint="gbkg.ask.formats.writing.content gives the bytes of a file")
    if isinstance(answer, Triples):
        return _chosen(_TRIPLES, form or "ttl", "CONSTRUCT or DESCRIBE gives triples")(answer)
    if isinstance(answer, Truth):
        return _chosen(_TRUTH, form or "table", "ASK gives true or false")(answer)
    return _chosen(_ROWS, form or "table", "SELECT gives rows")(answer, width, editorial)


def content(
    answer: Answer | Truth | Triples,
    form: str | None = None,
    width: int | None = None,
    asked: Asked = NOTHING,
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
    return _FILES[form](answer, asked)


def _chosen(writers: dict[str, _T], form: str, given: str) -> _T:
    if form not in writers:
        raise GbkgError(f"{given}, which {form} cannot hold", hint=f"choose {', '.join(writers)}")
    return writers[form]
