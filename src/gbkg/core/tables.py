"""Strict tab-separated tables: a header line, raw fields, UTF-8, LF.

Inside a field a tab is written `\\t`, a newline `\\n`, a carriage return `\\r`, a backslash `\\\\`; there is no
other quoting. Characters that readers cannot see or take for others are found, but for quotations, which are the
document's: a label with a Cyrillic "о" is not the label that everybody reads, and an override of the writing direction
shows other words than are stored. Scripts and look-alikes are those of Unicode Technical Standard 39
(https://www.unicode.org/reports/tr39/), through the library confusable-homoglyphs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from gbkg.core.errors import Finding, Severity, near
from gbkg.core.prefixes import BASE, PREFIXES, base, shorten
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
class TableRow:
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
) -> tuple[list[TableRow], list[Finding]]:
    """Read a table: its rows in file order, and the faults of its form.

    The `optional` columns may be missing; their cells are then empty. In the `verbatim` ones any character is allowed.
    A row with a fault is left out, with a finding in its place, so that one run reports all faults. Raises
    `ProjectError` when the file cannot be opened and `ParseError` when it is not UTF-8.
    """
    return parse(project.text(path), project.show(path), columns, optional, verbatim)


def parse(
    text: str, shown: str, columns: Sequence[str], optional: Collection[str] = (), verbatim: Collection[str] = VERBATIM
) -> tuple[list[TableRow], list[Finding]]:
    """Read the text of a table, which messages call `shown`, as `read` does."""
    findings: list[Finding] = []

    def fault(message: str, line: int, column: str | int | None = None, **facts: str) -> None:
        findings.append(Finding("tables", message, shown, line, column, **facts))  # type: ignore[arg-type]

    lines = _lines(text, fault)
    if not lines:
        fault("file is empty", 1, expected="\t".join(columns))
        return [], findings
    header = lines[0].split("\t")
    _check_header(header, columns, optional, fault)
    if any(finding.line == 1 for finding in findings):
        return [], findings
    rows = []
    absent = dict.fromkeys((c for c in columns if c not in header), "")
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(header):
            fault("row has the wrong number of fields", number, found=str(len(cells)), expected=str(len(header)))
        elif _fit(line, list(zip(header, cells, strict=True)), verbatim, partial(fault, line=number)):
            given = {c: unescape(v) for c, v in zip(header, cells, strict=True)}
            rows.append(TableRow(Place(shown, number), given | absent))
    return rows, findings


def _lines(text: str, fault: Callable[..., None]) -> list[str]:
    """The lines of a table, without what a spreadsheet may have put before or between them."""
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
    return lines


def _check_header(
    header: list[str], columns: Sequence[str], optional: Collection[str], fault: Callable[..., None]
) -> None:
    """Looks for columns that are missing, unknown, or there twice."""
    if other := _separator(header, columns):
        fault(f"columns are separated by {other}, not by tabs", 1, hint="save as tab-separated text")
        return
    for missing in [c for c in columns if c not in header and c not in optional]:
        hint = "".join(f"is {name!r} meant?" for name in near(missing, (c for c in header if c not in columns), 1))
        fault(f"column {missing!r} is missing", 1, found="\t".join(header), hint=hint)
    for extra in [c for c in header if c not in columns]:
        hint = "".join(f"is {name!r} meant?" for name in near(extra, (c for c in optional if c not in header), 1))
        fault(f"column {extra!r} is unknown", 1, expected=" ".join(columns), hint=hint)
    if len(header) != len(set(header)):
        fault("a column stands twice in the header", 1, found="\t".join(header))


def _fit(line: str, cells: Sequence[tuple[str, str]], verbatim: Collection[str], fault: Callable[..., None]) -> bool:
    """Whether the cells of a row, each with its column, have the escapes and the characters that they may have."""
    bad = [(c, e.group()) for c, v in cells for e in _ESCAPE.finditer(v) if e[1] not in _MEANING]
    for column, escape in bad:
        fault("unknown escape", column=column, found=escape, expected=r"\t, \n, \r or \\")
    if bad or (line.isascii() and line.replace("\t", "").isprintable()):
        return not bad
    odd = [(c, v, why) for c, v in cells if c not in verbatim and (why := unfit(v))]
    for column, cell, why in odd:
        fault(why, column=column, found=ascii(cell)[1:-1], hint="type it anew")
    return not odd


def _separator(header: Sequence[str], columns: Sequence[str]) -> str:
    """What stands between the names of columns where it is not a tab; "" if tabs do."""
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


_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that are invisible."""
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_BLANKS = frozenset(" \u3000")
_WORD = re.compile(r"[^\W\d_]+")
_EAST_ASIAN = frozenset(("HAN", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"))
_PLAIN = frozenset(("LATIN", "COMMON", "INHERITED"))
_HYPHENS = frozenset("\u2010\u2011\u2012\u02d7\u2212\ufe63\uff0d")
_SUSPECT = re.compile(r"[^\x20-\x7e\n]|\\[ubfrt]")
_VERBATIM = frozenset(PREFIXES["gbkg"] + name for name in ("printedText", "correctedText"))
"""Properties whose values quote a document."""


@lru_cache(maxsize=10_000)
def unfit(text: str) -> str:
    """What is wrong with the characters of a text, naming the first; "" if nothing is.

    >>> unfit("Guangzhou"), unfit("广州 e谷"), unfit("Größe, μ and Москва")
    ('', '', '')
    >>> unfit("Guang\\u200bzhou")
    'has a character that cannot be seen: U+200B ZERO WIDTH SPACE'
    >>> unfit("Guangzh\\u043eu")
    'has a look-alike of another letter: U+043E CYRILLIC SMALL LETTER O'
    """
    if text.isascii() and text.isprintable():
        return ""
    for at, char in enumerate(text):
        if char not in "\n\t" and _unseen(text, at):
            return f"has a character that cannot be seen: {_named(char)}"
        if unicodedata.category(char) == "Zs" and char not in _BLANKS:
            return f"has a blank that is not the usual one: {_named(char)}"
        if char in _HYPHENS or _variant(char):
            return f"has a look-alike of another character: {_named(char)}"
    twin = next((char for match in _WORD.finditer(text) if (char := _twin(match[0], text))), "")
    if twin:
        return f"has a look-alike of another letter: {_named(twin)}"
    return "" if unicodedata.is_normalized("NFC", text) else "is not in Unicode's normal form NFC"


def check_characters(lines: Iterable[str], places: Mapping[str, Place], shown: str) -> Iterator[Finding]:
    """Findings for literals and gbkg IRIs in lines of N-Quads, except for quotations. `shown` is the file of nodes
    without a known place."""
    for line in lines:
        if not _SUSPECT.search(line):
            continue
        for quad in ox.parse(line.encode(), format=ox.RdfFormat.N_QUADS):
            where = places.get(quad.subject.value, Place(shown, 0))
            about = " ".join(ascii(shorten(term.value))[1:-1] for term in (quad.subject, quad.predicate))
            message = ""
            if isinstance(quad.object, ox.Literal) and quad.predicate.value not in _VERBATIM:
                message = unfit(quad.object.value)
            strange = next((t.value for t in quad.triple if _foreign(t)), "")
            if strange:
                message = f"an identifier of ours has other characters than ASCII: {strange!a}"
            if message:
                hint = "type it anew; words of a document belong into quotations"
                yield Finding("characters", f"{about}: {message}", where.file, where.line or None, hint=hint)


def _foreign(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith((BASE, base())) and not term.value.isascii()


def _unseen(text: str, at: int) -> bool:
    """Whether the character is invisible. Joiners are allowed inside scripts that are written with them."""
    char = text[at]
    if char in _JOINERS and 0 < at < len(text) - 1:
        return not all("\u0590" <= near <= "\u1cff" for near in (text[at - 1], text[at + 1]))
    return char in _FILLERS or unicodedata.category(char) in _UNSEEN


def _variant(char: str) -> bool:
    """Whether the character is a styled form of a Latin letter or digit, such as mathematical 𝐀 or wide Ａ."""
    plain = unicodedata.normalize("NFKC", char)
    return unicodedata.category(char)[0] in "LN" and _dressed(char) and plain.isascii() and plain.isalnum()


def _dressed(char: str) -> bool:
    """Whether its compatible form differs in style alone: it is not a fraction, superscript or unit."""
    return unicodedata.decomposition(char).partition(" ")[0] in ("<font>", "<wide>", "<narrow>")


def _twin(word: str, text: str) -> str:
    """The first letter of a word that looks like a Latin one and deceives: it stands beside Latin letters, or the whole
    word looks Latin in a text without other letters of its script."""
    if word.isascii():
        return ""
    from confusable_homoglyphs import categories  # here, since most texts need none of its tables

    scripts = {char: str(categories.alias(char)) for char in text}
    strange = {char for char in word if scripts[char] not in _EAST_ASIAN | _PLAIN}
    twins = {char for char in strange if _latin(char)}
    if not twins:
        return ""
    own = {scripts[char] for char in strange}
    mixed = any(scripts[char] == "LATIN" for char in word)
    at_home = any(scripts[char] in own and not _latin(char) for char in set(text))
    return next(char for char in word if char in twins) if mixed or (twins == strange and not at_home) else ""


@lru_cache
def _latin(char: str) -> bool:
    """Whether the character looks like a letter of ASCII."""
    from confusable_homoglyphs import confusables

    found = confusables.is_confusable(char, greedy=True, preferred_aliases=["latin"]) or []
    return any(twin["c"].isascii() for one in found for twin in one["homoglyphs"])


def _named(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"
