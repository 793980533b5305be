"""Text for readers: safe for a terminal, as wide as it is there, wrapped, in columns, escaped for Markdown and for
spreadsheets, and with counts in words.

What results print has bold and dim words: `[bold]Tea[/bold]  [dim]implied[/dim]`. A terminal shows them
(`gbkg.cli.printing`), all else gets plain words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

GAP = "  "
"""The separator of two columns."""
_JOINERS = "\u200b\u200c\u200d\u3000"
"""Joiners and wide spaces are not "printable" to Python, but parts of words in many scripts."""
# Patterns are compiled, and kept by `re`, at their first use: that takes milliseconds, and most commands need few.
_MARKDOWN = r"[\\`*_\[\]<>|~$&#]"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
_FORMULA = "'*[=+\\-@\t\r\n＝＋－＠]"
_DIGITS = r"([+-]?)(\d+)(\.\d+)?"


def safe(text: str, kept: str = "\n\t") -> str:
    r"""The text with control characters (ESC, BEL and the others of C0 and C1) and marks that turn the direction of
    writing or have no form of their own as escapes, but for the `kept` ones.

    >>> safe("\x1b]0;title\x07 red\x9b31m \u202eabc 广州")
    '\\x1b]0;title\\x07 red\\x9b31m \\u202eabc 广州'
    """
    if "\n" in kept and "\n" in text:
        return "\n".join(safe(line, kept) for line in text.split("\n"))
    return "".join(c if c.isprintable() or c in kept or _harmless(c) else _escape(c) for c in text)


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun; `many` is the plural where `plural` does not give it.

    >>> counted(1, "fact"), counted(2_000, "entity")
    ('1 fact', '2,000 entities')
    """
    return f"{number:,} {one if number == 1 else many or plural(one)}"


def plural(noun: str) -> str:
    """The regular plural of a noun.

    >>> plural("passed check"), plural("entity"), plural("day"), plural("node of curation")
    ('passed checks', 'entities', 'days', 'nodes of curation')
    """
    head, of, rest = noun.partition(" of ")
    several = f"{head[:-1]}ies" if re.search("[^aeiou]y$", head) else f"{head}s"
    return f"{several}{of}{rest}"


def listed(words: Sequence[str]) -> str:
    """The words with commas and a last "and".

    >>> listed(["a", "b", "c"]), listed([])
    ('a, b and c', '')
    """
    *head, last = list(words) or [""]
    return f"{', '.join(head)} and {last}" if head else last


def grouped(digits: str) -> str:
    """A number in plain digits with its thousands apart; anything else as it is.

    >>> grouped("2258935.50"), grouped("-100"), grouped("1e6")
    ('2,258,935.50', '-100', '1e6')
    """
    match = re.fullmatch(_DIGITS, digits)
    return f"{match[1]}{int(match[2]):,}{match[3] or ''}" if match else digits


def in_digits(number: Decimal) -> str:
    """The number without exponent and trailing zeros: the lexical form of xsd:integer or xsd:decimal.

    >>> from decimal import Decimal
    >>> in_digits(Decimal("1.76E+6")), in_digits(Decimal("6.30"))
    ('1760000', '6.3')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def oneline(text: str) -> str:
    """The text with spaces for line breaks."""
    return " ".join(text.splitlines())


def width(text: str) -> int:
    """How many cells of a terminal the text takes: two for wide characters, none for marks that combine
    (Unicode Standard Annex 11, https://www.unicode.org/reports/tr11/).

    >>> width("Guangzhou"), width("广州")
    (9, 4)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def padded(text: str, cells: int, right: bool = False) -> str:
    """The text with blanks up to a width, after it or, if it goes to the right, before it."""
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks


def wrapped(text: str, cells: int, first: str = "", rest: str = "") -> list[str]:
    """The text in lines of at most so many cells, `first` before the first of them and `rest` before the others.

    >>> wrapped("one two three", 9, "- ", "  ")
    ['- one two', '  three']
    """
    text = oneline(text)
    found = breaks(text, cells, width(first), width(rest))
    lines = [(rest if number else first) + text[start:end] for number, (start, end) in enumerate(found)]
    return lines or [first.rstrip()]


def breaks(text: str, cells: int, first: int = 0, rest: int = 0) -> list[tuple[int, int]]:
    """Start and end of each line of a text that is broken into lines of at most so many cells; `first` cells are taken
    before the first of them, `rest` before the others. Lines neither begin nor end with blanks.

    A line ends at a blank, or after any character of a script that is written without blanks; a word is cut only where
    it is longer than a whole line.

    >>> breaks("one two three", 7)
    [(0, 7), (8, 13)]
    """
    made: list[tuple[int, int]] = []
    begin = end = at = 0
    room = cells - first
    for word in _words(text):
        start, at, size = at, at + len(word), width(word)
        if word.isspace():
            room -= size if end > begin else 0
            continue
        if size > room and end > begin:
            made.append((begin, end))
            begin = end = start
            room = cells - rest
        if size > room:
            *full, last = _cut(word, max(room, 2))
            for part in full:
                made.append((start, start + len(part)))
                start += len(part)
            begin = end = start
            room, size = (cells - rest if full else room), width(last)
        begin, end = (begin if end > begin else start), at
        room -= size
    return [*made, (begin, end)] if end > begin else made


def beside(columns: Sequence[Sequence[str]], cells: int, bar: str) -> list[str]:
    """Columns of lines beside each other, each so many cells wide, with a bar between them."""
    rows = zip_longest(*columns, fillvalue="")
    return [bar.join(padded(line, cells) for line in row).rstrip() for row in rows]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], cells: int | None) -> str:
    """Rows under their headings and a rule; columns that are `right` have their words at the right. Lines end with a
    line feed.

    With `cells`, the width of a terminal, columns share it by what is in them, and long cells are wrapped. Where not
    even the longest word of each column has room, a row is a block, with a line for each cell that is not empty.
    Without `cells` a row is one line.
    """
    columns = [[heading, *column] for heading, column in zip(headings, _columns(headings, rows), strict=True)]
    widths = [max(map(width, column)) for column in columns]
    room = None if cells is None else cells - len(GAP) * (len(widths) - 1)
    if room is not None and sum(widths) > room:
        least = [max(_longest(cell) for cell in column) for column in columns]
        if sum(least) > room:
            return _blocks(headings, rows, cells or 0)
        widths = _shared(widths, least, room)
    lines = [*_row(headings, widths, [False] * len(widths)), GAP.join("-" * cells for cells in widths)]
    for row in rows:
        lines += _row(row, widths, right)
    return "".join(f"{line}\n" for line in lines)


def markdown(text: str) -> str:
    r"""The text so that Markdown shows it as it is, on one line: signs with a backslash, line breaks as `<br>`
    (GitHub Flavored Markdown, https://github.github.com/gfm/).

    >>> markdown("a|b *c*")
    'a\\|b \\*c\\*'
    """
    text = re.sub(_CONTROL, "\ufffd", re.sub(_MARKDOWN, lambda match: "\\" + match.group(), text))
    text = text.replace("\r", "&#13;").replace("\n", "<br>").replace("\t", "&#9;")
    # Blanks at the ends of a cell are not part of it.
    if text.startswith(" "):
        text = "&#32;" + text[1:]
    return text[:-1] + "&#32;" if text.endswith(" ") else text


def guarded(cell: str) -> str:
    """A cell for a spreadsheet, with an apostrophe before it if it might be run as a formula (OWASP, CSV Injection,
    https://owasp.org/www-community/attacks/CSV_Injection).

    >>> guarded("=1+1"), guarded("'=1"), guarded("it's")
    ("'=1+1", "''=1", "it's")
    """
    return "'" + cell if re.match(_FORMULA, cell) else cell


def _columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[row[at] for row in rows] for at in range(len(headings))]


def _words(text: str) -> list[str]:
    """Blanks, characters of scripts that are written without blanks, and words."""
    return re.findall(r"\s+|[\u2e80-\uffdc]|[^\s\u2e80-\uffdc]+", text)


def _longest(cell: str) -> int:
    return max(map(width, _words(cell)), default=0)


def _shared(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths of columns that fill the room: each at least its longest word, the rest to those that need the least more
    first."""
    found, free = list(least), room - sum(least)
    for done, at in enumerate(sorted(range(len(found)), key=lambda at: natural[at] - least[at])):
        more = min(natural[at] - least[at], free // (len(found) - done))
        found[at] += more
        free -= more
    return found


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    parts = [wrapped(cell, wide) if width(cell) > wide else [cell] for cell, wide in zip(cells, widths, strict=True)]
    lines = zip_longest(*parts, fillvalue="") if parts else [()]
    return [GAP.join(map(padded, line, widths, right)).rstrip(" ") for line in lines]


def _blocks(headings: Sequence[str], rows: Sequence[Sequence[str]], cells: int) -> str:
    wide = max(map(width, headings))
    blocks = []
    for row in rows:
        named = [(padded(heading, wide) + GAP, cell) for heading, cell in zip(headings, row, strict=True) if cell]
        blocks.append([line for name, cell in named for line in wrapped(cell, cells, name, " " * len(GAP) * 2)])
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks)


def _cut(word: str, cells: int) -> list[str]:
    """A word in parts of at most so many cells; each has one character at least."""
    parts, room = [""], cells
    for character in word:
        size = _cells(character)
        if size > room and parts[-1]:
            parts.append("")
            room = cells
        parts[-1] += character
        room -= size
    return parts


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _harmless(character: str) -> bool:
    return unicodedata.category(character) == "Zs" or character in _JOINERS


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


_TAG = r"(\0?)\[(/?)(bold|dim)\]"
"""A tag; after the character NUL, which no text has, it is text."""
_DROPPED = dict.fromkeys(map(ord, "\x07\x08\x0b\x0c\r"))
"""Characters that move the cursor of a terminal or ring its bell."""


def escape(text: str) -> str:
    """The text so that it stands for itself among tags.

    >>> plain(escape("[dim] is a tag, and [1] none"))
    '[dim] is a tag, and [1] none'
    """
    return re.sub(_TAG, lambda match: "\0" + match[0], text.replace("\0", "")) if "[" in text or "\0" in text else text


def plain(marked: str) -> str:
    """The words without tags.

    >>> plain("[bold]Tea[/bold]  " + escape("[1]"))
    'Tea  [1]'
    """
    return "".join(words for words, _ in spans(marked))


def spans(marked: str) -> Iterator[tuple[str, str]]:
    """The words, each with its style: bold, dim or none.

    >>> list(spans("[bold]Tea[/bold] or leaf"))
    [('Tea', 'bold'), (' or leaf', '')]
    """
    at, style = 0, ""
    for tag in re.finditer(_TAG, marked):
        if tag.start() > at:
            yield _clean(marked[at : tag.start()]), style
        if tag[1]:
            yield tag[0][1:], style
        else:
            style = "" if tag[2] else tag[3]
        at = tag.end()
    if at < len(marked):
        yield _clean(marked[at:]), style


def _clean(text: str) -> str:
    return text.translate(_DROPPED)
