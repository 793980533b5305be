"""PDF: lines with their boxes, joined to paragraphs; what stands at the edge of every page is furniture."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from statistics import median
from typing import Any

from gbkg.core.errors import ParseError
from gbkg.documents.passages import fold
from gbkg.intake.blocks import Block, Kind, PageBox, Read, clean, tidy

_BULLET = re.compile(r"\s*(?:[•·▪◦‣⁃–*-]|\(?\d{1,3}[.)、]|[（(][一二三四五六七八九十\d]+[)）])\s+\S")
_ENDED = re.compile(r"[.!?:;。！？：；][\"'”’)）]*$")
_NUMBER = re.compile(r"[-–—\s]*(?:\d{1,4}|[ivxlc]{1,7}|第\s*\d+\s*页)[-–—\s]*", re.I)
_DIVIDED = (0x2, 0xFFFE)
"""What PDFium gives in place of a hyphen at which a word was divided."""
_EDGE = 2
"""Lines at the top and at the bottom of a page that may be furniture."""
_LARGER, _HEADING = 1.12, 300
"""How many times larger than most of the text a heading is, and its most characters."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A printed line: its text, its box, the size of its letters, and whether it is at the edge of the page."""

    text: str
    box: PageBox
    size: float
    edge: bool = False
    divided: bool = False


def read(raw: bytes, shown: str) -> Read:
    """The blocks of a PDF, each line with its page and box. Raises `ParseError` when it is damaged, needs a password,
    or has no text at all."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
        pages = [_page(document[number], number + 1) for number in range(len(document))]
        said = document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        what = "needs a password" if "password" in str(error).lower() else "is not a PDF that can be read"
        raise ParseError(what, file=shown, hint="save it anew without a password, or take another copy") from error
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    if len(empty) == len(pages):
        hint = "it may be scanned: recognise its text first (OCR), then add the result"
        raise ParseError(f"has no text on any of its {len(pages)} pages", file=shown, hint=hint)
    remarks = []
    if empty:
        remarks.append(f"pages without text: {', '.join(map(str, empty[:20]))}; what they show is not in the text")
    made = re.match(r"D:(\d{4})(\d\d)?(\d\d)?", said.get("CreationDate", ""))
    if made:
        day = "-".join(filter(None, made.groups()))
        remarks.append(f"the file was made on {day}: give --date if it was published then")
    names = {"title": said.get("Title", ""), "creator": said.get("Author", "")}
    found = tidy(_blocks(_marked(pages)))
    first = next((block.text for block in found if block.kind == "heading"), "")
    known = {"title": first} | {key: clean(value) for key, value in names.items() if clean(value)}
    return Read(found, {key: value for key, value in known.items() if value}, tuple(remarks))


def _page(page: Any, number: int) -> list[PrintedLine]:
    """The lines of a page, in the order of the file."""
    from pypdfium2 import raw

    text = page.get_textpage()
    lines: list[PrintedLine] = []
    held: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    sizes: list[float] = []
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    divided = False

    def flush() -> None:
        nonlocal divided
        said = "".join(held)
        if said.strip() and boxes:
            edges = [
                round(choose(values), 1)
                for choose, values in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)
            ]
            lines.append(PrintedLine(said, PageBox(0, number, *edges), round(median(sizes), 1), divided=divided))
        for each in (held, boxes, sizes):
            each.clear()
        divided = False

    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text.raw, index)
        character = chr(code)
        if character in "\r\n":
            flush()
            continue
        if code in _DIVIDED:
            divided = True
            flush()
            continue
        held.append(character)
        if not character.isspace() and raw.FPDFText_GetCharBox(text.raw, index, left, right, bottom, top):
            boxes.append((left.value, bottom.value, right.value, top.value))
            sizes.append(raw.FPDFText_GetFontSize(text.raw, index))
    flush()
    text.close()
    return [replace(line, text=_paired(line.text)) for line in lines]


def _paired(text: str) -> str:
    """The text with the two halves of a character outside the first plane joined, and no half left alone."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _marked(pages: list[list[PrintedLine]]) -> list[list[PrintedLine]]:
    """The pages, their lines at the edge marked that stand on three pages or more or are numbers of pages."""
    orders = list(map(_downward, pages))
    at_edge = [{*order[:_EDGE], *order[-_EDGE:]} for order in orders]
    seen = Counter(key for lines, edge in zip(pages, at_edge, strict=True) for key in {_key(lines[n]) for n in edge})
    marked = []
    for lines, order, edge in zip(pages, orders, at_edge, strict=True):
        known = {n for n in edge if (seen[_key(lines[n])] > 2 and len(pages) > 3) or _NUMBER.fullmatch(lines[n].text)}
        # Only the outermost can be furniture: nothing above it or below it is text.
        top, bottom = (takewhile(known.__contains__, some) for some in (order, reversed(order)))
        outer = {*top, *bottom}
        marked.append([replace(line, edge=n in outer) for n, line in enumerate(lines)])
    return marked


def _downward(lines: list[PrintedLine]) -> list[int]:
    """The lines from the top of the page to its bottom, in whatever order the file has them."""
    return sorted(range(len(lines)), key=lambda n: -lines[n].box.bottom)


def _key(line: PrintedLine) -> tuple[str, int]:
    """What a running title has in common on all pages: its words but for numbers, and its height."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", fold(line.text).strip().lower()), round(line.box.bottom / 4)


def _blocks(pages: list[list[PrintedLine]]) -> Iterator[Block]:
    """The lines joined to blocks, across pages too if a sentence goes on."""
    lines = [line for page in pages for line in page]
    if not lines:
        return
    usual = Counter[float]()
    for line in lines:
        usual[line.size] += len(line.text)
    body = usual.most_common(1)[0][0]
    held: list[PrintedLine] = []
    between: list[PrintedLine] = []
    for line in lines:
        if line.edge:
            between.append(line)
            continue
        if held and not _goes_on(held, line, pages, body):
            yield _block(held, body)
            held = []
            yield from (_furniture(one) for one in between)
            between = []
        held.append(line)
    if held:
        yield _block(held, body)
    yield from (_furniture(one) for one in between)


def _goes_on(held: list[PrintedLine], line: PrintedLine, pages: list[list[PrintedLine]], body: float) -> bool:
    """Whether a line belongs to the block that ends with `held`."""
    last = held[-1]
    if last.divided:
        return True
    if abs(last.size - line.size) > 0.06 * max(last.size, line.size) or _BULLET.match(line.text):
        return False
    height = max(last.box.top - last.box.bottom, line.box.top - line.box.bottom, 1.0)
    of_page = [one for one in pages[last.box.page - 1] if not one.edge and abs(one.size - last.size) < 0.5]
    edge = max(one.box.right for one in of_page)
    short = last.box.right < edge - 0.12 * (edge - min(one.box.left for one in of_page))
    if line.box.page != last.box.page:
        return not short and not _ENDED.search(last.text.strip()) and last.size <= body * _LARGER
    down = last.box.bottom - line.box.bottom
    if not 0.2 * height < down < 2.2 * max(last.size, height * 0.7):
        return abs(down) <= 0.2 * height and line.box.left >= last.box.right - 1  # another part of the same line
    if last.size > body * _LARGER:
        return True
    return not short and not (line.box.left > held[0].box.left + 8 and len(held) > 1)


def _block(lines: list[PrintedLine], body: float) -> Block:
    text, boxes, divided = "", list[PageBox](), False
    for line in lines:
        said = clean(line.text)
        if not said:
            continue
        joint = "" if not text or divided else clean(f"{text[-1]}\n{said[0]}")[1:-1]
        text += joint
        boxes.append(replace(line.box, at=len(text)))
        text, divided = text + said, line.divided
    return Block(_kind(lines, text, body), text, tuple(boxes))


def _kind(lines: list[PrintedLine], text: str, body: float) -> Kind:
    size = max(line.size for line in lines)
    if size > body * _LARGER and len(text) < _HEADING:
        return "heading"
    if _BULLET.match(lines[0].text):
        return "item"
    foot = size < body * 0.93 and re.match(r"\s*(?:\d{1,3}|[*†‡])\s*\S", lines[0].text)
    return "footnote" if foot else "text"


def _furniture(line: PrintedLine) -> Block:
    return Block("furniture", clean(line.text), (line.box,))
