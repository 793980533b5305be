"""Plain text: its encoding, its paragraphs, and lines that were wrapped by hand."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from gbkg.core.errors import ParseError
from gbkg.core.text import width
from gbkg.documents.sentences import CELL_SEPARATOR
from gbkg.intake.blocks import Block, Kind, Read, clean, tidy

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_WIDEST = 100
"""Columns of the widest line that was wrapped by hand; a Chinese character takes two."""
_GAP = re.compile(r"(?<=\S)(?: {3,}|\t+)(?=\S)")
_ITEM = re.compile(r"\s*(?:[-*•·]|\(?\d{1,3}[.)、]|[（(][一二三四五六七八九十\d]+[)）])\s*\S")
_HEADING = re.compile(
    r"(?:chapter|part|section|appendix|book|preface|contents|introduction|index)\b.{0,60}"
    r"|第[一二三四五六七八九十百零\d]+[章节编部].{0,40}",
    re.I,
)
_ENDED = re.compile(r"[.!?;,:。！？；，：][\"'”’)）]*$")
_STOPPED = re.compile(r"[.!;,:。！；，：][\"'”’)）]*$")
_BROKEN = re.compile(r"[,:;，：；]|\.\s")
_NAMED = re.compile(r"(Title|Author|Publisher|Language|标题|作者|出版)\s*[:：]\s*(\S.{0,200})")
_KEYS = {"Title": "title", "标题": "title", "Author": "creator", "作者": "creator", "Publisher": "publisher",
         "出版": "publisher", "Language": "language"}  # fmt: skip
_TONGUES = {"english": "en", "chinese": "zh", "german": "de", "french": "fr", "spanish": "es", "中文": "zh"}
_HEAD = 60
"""Lines at the beginning of a text in which its title and author may be named."""


def decode(raw: bytes, shown: str, encoding: str = "") -> tuple[str, str]:
    """The text of bytes and the name of its encoding: the one that is given, that of a byte order mark, UTF-8, else the
    likeliest by charset-normalizer. Raises `ParseError` when the bytes are no text."""
    known = encoding or next((name for mark, name in _BOMS.items() if raw.startswith(mark)), "")
    try:
        if known:
            return _lines(raw.decode(known)), codecs.lookup(known).name
        if b"\0" not in raw:
            return _lines(raw.decode("utf-8")), "utf-8"
    except LookupError as error:
        raise ParseError(f"no encoding is called {encoding!r}", file=shown, hint="gb18030, for instance") from error
    except UnicodeDecodeError as error:
        if known:
            hint = "leave --encoding out, and it is found out" if encoding else ""
            raise ParseError(f"is not {known}: byte {error.start:,}", file=shown, hint=hint) from error
    if b"\0" in raw:
        raise ParseError(
            "is not text: it has zero bytes", file=shown, hint="PDF, Word, HTML, Markdown and text are read"
        )
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    if best is None:
        raise ParseError("its encoding cannot be found out", file=shown, hint="give it with --encoding")
    # Of those that agree on nearly every byte, the widest reads them all.
    name = {"gb2312": "gb18030", "gbk": "gb18030", "cp1250": "cp1252", "big5hkscs": "big5hkscs"}.get(
        best.encoding, best.encoding
    )
    return _lines(_decoded(raw, name, best.encoding)), name


def _decoded(raw: bytes, wider: str, found: str) -> str:
    try:
        return raw.decode(wider)
    except UnicodeDecodeError:
        return raw.decode(found)


def read(text: str) -> Read:
    """The blocks of a plain text. Paragraphs stand between blank lines; in one that was wrapped by hand the lines are
    joined."""
    return Read(tidy(blocks(text)), _said(text))


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a plain text, some of which may be empty."""
    for before, lines in _paragraphs(text):
        if len(lines) == 1:
            yield Block(_kind(lines[0], before), _row(lines[0]))
            continue
        gaps = sum(bool(_GAP.search(line)) for line in lines)
        if gaps > len(lines) / 2:
            for line in lines:
                yield Block("row" if _GAP.search(line) else "text", _row(line))
            continue
        wrapped = _is_wrapped(lines)
        held: list[str] = []
        for line in lines:
            if held and (not wrapped or _ITEM.match(line)):
                yield _joined(held)
                held = []
            held.append(line)
        yield _joined(held)


def _joined(lines: list[str]) -> Block:
    return Block("item" if _ITEM.match(lines[0]) else "text", clean("\n".join(line.strip() for line in lines)))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """The runs of lines that are not blank, each with the number of blank lines before it."""
    held: list[str] = []
    blank = 2
    before = blank
    for line in [*text.split("\n"), ""]:
        if line.strip():
            before = before if held else blank
            held.append(line.rstrip())
            blank = 0
            continue
        if held:
            yield before, held
            held = []
        blank += 1


def _is_wrapped(lines: list[str]) -> bool:
    """Whether the line ends of a paragraph are those of a narrow page: lines of about one width, none of them an item
    or a verse of its own."""
    widths = [width(line.strip()) for line in lines]
    longest = max(widths)
    full = [one for one in widths[:-1] if one > 0.6 * longest]
    return 30 < longest <= _WIDEST and len(full) >= 0.7 * (len(lines) - 1)


def _kind(line: str, before: int) -> Kind:
    text = line.strip()
    if _GAP.search(text):
        return "row"
    if _ITEM.match(line) and not _HEADING.fullmatch(text):
        return "item"
    short = width(text) <= 80 and not _ENDED.search(text.rstrip("."))
    letters = [character for character in text if character.isalpha()]
    capitals = bool(letters) and any(map(str.isupper, letters)) and not any(map(str.islower, letters))
    if (
        short
        and letters
        and (
            _HEADING.fullmatch(text.rstrip("."))
            or capitals
            or (before >= 2 and _begins(text) and not _BROKEN.search(text))
        )
    ):
        return "heading" if not _ENDED.search(text) or capitals else "text"
    return "text"


def is_heading(text: str) -> bool:
    """Whether a line that is printed apart names what follows: it begins as headings do, is in capitals, or ends
    without the stop of a sentence.

    >>> is_heading("Chapter IV."), is_heading("What is lent?"), is_heading("It lends to all.")
    (True, True, False)
    """
    letters = [character for character in text if character.isalpha()]
    capitals = any(map(str.isupper, letters)) and not any(map(str.islower, letters))
    return bool(letters) and bool(capitals or _HEADING.fullmatch(text.rstrip(".")) or not _STOPPED.search(text))


def _begins(text: str) -> bool:
    """Whether the first letter is a capital, or the few characters of a line are Chinese or Japanese."""
    return text[0].isupper() or (len(text) <= 20 and width(text[0]) == 2)


def _row(line: str) -> str:
    return CELL_SEPARATOR.join(clean(cell) for cell in _GAP.split(line.strip()))


def _said(text: str) -> dict[str, str]:
    """What lines such as `Title: …` at the beginning say."""
    found: dict[str, str] = {}
    for line in text.split("\n", _HEAD)[:_HEAD]:
        if match := _NAMED.fullmatch(line.strip()):
            value = clean(match[2])
            key = _KEYS[match[1]]
            value = _TONGUES.get(value.lower(), "") if key == "language" else value
            if value:
                found.setdefault(key, value)
    return found
