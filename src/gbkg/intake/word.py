"""Word documents (.docx), through HTML, and Markdown, through HTML too."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

from gbkg.core.errors import ParseError
from gbkg.intake import webpage
from gbkg.intake.blocks import Read, clean

_LARGEST = 300_000_000
"""Bytes that a Word document may have once unpacked."""
_PARTS = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "creator": "{http://purl.org/dc/elements/1.1/}creator",
    "language": "{http://purl.org/dc/elements/1.1/}language",
    "publisher": "{http://purl.org/dc/elements/1.1/}publisher",
}
_CREATED = "{http://purl.org/dc/terms/}created"
_FRONT = re.compile(r"---\n(.*?)\n(?:---|\.\.\.)\n", re.S)
_KEYS = {"title": "title", "author": "creator", "date": "issued", "lang": "language", "language": "language",
         "publisher": "publisher"}  # fmt: skip


def read(raw: bytes, shown: str) -> Read:
    """The blocks of a Word document. Raises `ParseError` when it is damaged, has a password, or is too large once
    unpacked."""
    import mammoth

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _LARGEST:
                raise ParseError(f"is larger than {_LARGEST:,} bytes once unpacked", file=shown)
            said, made = _core(packed)
        html = mammoth.convert_to_html(io.BytesIO(raw), convert_image=mammoth.images.img_element(lambda _: {})).value
    except ParseError:
        raise
    except Exception as error:  # of the library, which has no error of its own for a damaged file
        hint = "open it in a word processor and save it anew as .docx"
        raise ParseError("is no Word document that can be read", file=shown, hint=hint) from error
    # Notes are the list at the end, each item called footnote-1 and so on.
    page = webpage.read(html)
    remarks = (f"the file was made on {made}: give --date if it was published then",) if made else ()
    return Read(page.blocks, page.said | said, remarks)


def _core(packed: zipfile.ZipFile) -> tuple[dict[str, str], str]:
    """What the document's properties say, and the day on which it was made."""
    if "docProps/core.xml" not in packed.namelist():
        return {}, ""
    text = packed.read("docProps/core.xml")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return {}, ""
    root = ElementTree.fromstring(text)
    said = {key: clean(root.findtext(name) or "") for key, name in _PARTS.items()}
    return {key: value for key, value in said.items() if value}, (root.findtext(_CREATED) or "")[:10]


def markdown(text: str) -> Read:
    """The blocks of a Markdown text (CommonMark with tables), and what its front matter says."""
    from markdown_it import MarkdownIt

    front = _FRONT.match(text)
    page = webpage.read(MarkdownIt("commonmark").enable("table").render(text[front.end() if front else 0 :]))
    return Read(page.blocks, page.said | (_front(front[1]) if front else {}))


def _front(text: str) -> dict[str, str]:
    import yaml

    try:
        given: Any = yaml.load(text, yaml.BaseLoader)  # which makes texts of all values, and nothing else
    except (yaml.YAMLError, RecursionError):
        return {}
    found = {}
    for key, name in _KEYS.items():
        value = given.get(key) if isinstance(given, dict) else None
        value = ", ".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(value, str) and value.strip():
            found[name] = clean(value)
    return found
