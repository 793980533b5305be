"""Strict tab-separated tables: a header line, raw fields, UTF-8, LF.

Inside a field a tab is written `\\t`, a newline `\\n`, a carriage return `\\r`, a backslash `\\\\`; there is no
other quoting.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from gbkg.core import characters
from gbkg.core.errors import Finding, Severity
from gbkg.core.project import Project
from gbkg.core.records import Place

VERBATIM = ("object", "value_text", "as_of_text", "quote")
"""Columns with words of a document, in which any character is allowed (`characters`)."""
_ESCAPE = re.compile(r"\\(.?)")
_MEANING = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


class Fault(NamedTuple):
    """A fault in a column of a row; expected and hint as in `Finding`."""

    column: str
    message: str
    expected: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its place, and its unescaped cells by column."""

    place: Place
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def finding(
        self,
        column: str,
        message: str,
        expected: str = "",
        hint: str = "",
        gate: str = "tables",
        severity: Severity = "violation",
    ) -> Finding:
        """A finding about a cell."""
        file, line = self.place.file, self.place.line
        return Finding(gate, message, file, line, column, self[column], expected, hint, severity)


def read(
    project: Project,
    path: Path,
    columns: Sequence[str],
    optional: Collection[str] = (),
    verbatim: Collection[str] = VERBATIM,
) -> tuple[list[Row], list[Finding]]:
    """Read a table: its rows in file order, and the faults of its form.

    The `optional` columns may be missing; their cells are then empty. In the `verbatim` ones any character is allowed.
    A row with a fault is left out, with a finding in its place, so that one run reports all faults. Raises
    `ProjectError` when the file cannot be opened and `ParseError` when it is not UTF-8.
    """
    return parse(project.text(path), project.show(path), columns, optional, verbatim)


def parse(
    text: str, shown: str, columns: Sequence[str], optional: Collection[str] = (), verbatim: Collection[str] = VERBATIM
) -> tuple[list[Row], list[Finding]]:
    """Read the text of a table, which messages call `shown`, as `read` does."""
    findings: list[Finding] = []

    def fault(message: str, line: int, column: str | int | None = None, **facts: str) -> None:
        findings.append(Finding("tables", message, shown, line, column, **facts))  # type: ignore[arg-type]

    if text.startswith("\ufeff"):
        fault("begins with a byte order mark", 1, hint="save as UTF-8 without BOM")
        text = text[1:]
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        fault("has carriage returns", line, hint="gbkg fmt mends that, or save with LF line ends")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    elif lines:
        fault("last line has no newline at its end", len(lines), hint="the file may have been cut off")
    if not lines:
        fault("file is empty", 1, expected="\t".join(columns))
        return [], findings
    header = lines[0].split("\t")
    if other := _separator(header, columns):
        fault(f"columns are separated by {other}, not by tabs", 1, hint="save as tab-separated text")
        return [], findings
    for missing in [c for c in columns if c not in header and c not in optional]:
        near = get_close_matches(missing, [c for c in header if c not in columns], 1)
        hint = f"is {near[0]!r} meant?" if near else ""
        fault(f"column {missing!r} is missing", 1, found="\t".join(header), hint=hint)
    for extra in [c for c in header if c not in columns]:
        near = get_close_matches(extra, [c for c in optional if c not in header], 1)
        hint = f"is {near[0]!r} meant?" if near else ""
        fault(f"column {extra!r} is unknown", 1, expected=" ".join(columns), hint=hint)
    if len(header) != len(set(header)):
        fault("a column stands twice in the header", 1, found="\t".join(header))
    if any(finding.line == 1 for finding in findings):
        return [], findings
    rows = []
    absent = dict.fromkeys((c for c in columns if c not in header), "")
    for number, line_text in enumerate(lines[1:], start=2):
        cells = line_text.split("\t")
        if len(cells) != len(header):
            fault("row has the wrong number of fields", number, found=str(len(cells)), expected=str(len(header)))
            continue
        bad = [
            (c, e.group())
            for c, v in zip(header, cells, strict=True)
            for e in _ESCAPE.finditer(v)
            if e[1] not in _MEANING
        ]
        for column, escape in bad:
            fault("unknown escape", number, column, found=escape, expected=r"\t, \n, \r or \\")
        if not bad and not (line_text.isascii() and line_text.replace("\t", "").isprintable()):
            odd = [
                (c, v, why)
                for c, v in zip(header, cells, strict=True)
                if c not in verbatim and (why := characters.fault(v))
            ]
            for column, cell, why in odd:
                fault(why, number, column, found=ascii(cell)[1:-1], hint="type it anew")
            bad += [(column, cell) for column, cell, _ in odd]
        if not bad:
            given = {c: unescape(v) for c, v in zip(header, cells, strict=True)}
            rows.append(Row(Place(shown, number), given | absent))
    return rows, findings


def _separator(header: Sequence[str], columns: Sequence[str]) -> str:
    """What stands between the names of columns where it is no tab; "" if tabs do."""
    found = ((";", "semicolons"), (",", "commas")) if len(header) == 1 else ()
    return next((name for mark, name in found if set(header[0].replace('"', "").split(mark)) & {*columns[:2]}), "")


def repaired(text: str) -> str:
    """The text of a table without what editors and spreadsheets do to its ends: a byte order mark, carriage returns,
    a last line without a newline.

    >>> repaired("\\ufeffid\\tlabel\\r\\na\\tA")
    'id\\tlabel\\na\\tA\\n'
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") or not text else f"{text}\n"


def write(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> str:
    """The table as text: header first, fields escaped, missing cells empty."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(escape(row.get(column, "")) for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


def escape(value: str) -> str:
    """Escape a field for a table."""
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def unescape(value: str) -> str:
    """Unescape a field of a table.

    >>> unescape(escape("two\\nlines\\tand a \\\\"))
    'two\\nlines\\tand a \\\\'
    """
    return _ESCAPE.sub(lambda match: _MEANING[match[1]], value) if "\\" in value else value
