"""Which converter makes text of a file: by what its first bytes are, and by its name."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import PurePath

from gbkg.core.errors import ParseError, extra
from gbkg.intake import markup, pdf, plain
from gbkg.intake.blocks import Converted, Read

_HTML, _MARKDOWN, _TEXT = (".html", ".htm", ".xhtml"), (".md", ".markdown"), (".txt", ".text", "")
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_VERSION = 1
"""The version of gbkg's own part in all converters: to be raised when one gives another text for the same file."""


def convert(raw: bytes, name: str, encoding: str = "") -> Converted:
    """The text of a file of this name; `encoding` is that of a text, "" to find it out.

    Raises `ParseError` when the file is of no kind that is read, damaged, without text, or in another encoding;
    `GbkgError` when a library of the extra `intake` is not installed.
    """
    with extra("intake", f"reading {name}"):
        read, media, libraries, more = _read(raw, name, encoding)
    if not any(any(map(str.isalnum, block.text)) for block in read.blocks):
        raise ParseError("has no text", file=name, hint="see whether the file is whole")
    used = " and ".join(f"{one} {version(one)}" for one in libraries)
    by = f"gbkg {_KINDS[media]} {_VERSION}" + (f" with {used}" if used else "")
    return Converted(read.blocks, read.said, by, media, (*read.remarks, *more))


_KINDS = {
    "application/pdf": "pdf",
    _WORD_TYPE: "word",
    "text/html": "html",
    "text/markdown": "markdown",
    "text/plain": "text",
}


def _read(raw: bytes, name: str, encoding: str) -> tuple[Read, str, tuple[str, ...], tuple[str, ...]]:
    """What the file gives, its media type, the libraries that were used, and remarks."""
    suffix = PurePath(name).suffix.lower()
    if raw.startswith(b"%PDF-") or suffix == ".pdf":
        return pdf.read(raw, name), "application/pdf", ("pypdfium2",), ()
    if raw.startswith(b"PK\x03\x04") or suffix == ".docx":
        return markup.word(raw, name), _WORD_TYPE, ("mammoth", "selectolax"), ()
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise ParseError("is a Word document of before 2007", file=name, hint="save it as .docx")
    head = raw[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    page = suffix in _HTML or head.startswith((b"<!doctype html", b"<html"))
    if not page and suffix not in _MARKDOWN and suffix not in _TEXT:
        hint = "PDF, Word (.docx), HTML, Markdown (.md) and text (.txt) are read"
        raise ParseError(f"is of no kind that is read: {suffix}", file=name, hint=hint)
    text, found = _decoded(raw, name, encoding, markup.charset(raw) if page else "")
    remarks = () if found in ("utf-8", "utf-8-sig") else (f"read as {found}; if that is wrong, give --encoding",)
    guessed = () if encoding or found.startswith("utf") else ("charset-normalizer",)
    if page:
        return markup.html(text), "text/html", ("selectolax",), remarks
    if suffix in _MARKDOWN:
        return markup.markdown(text), "text/markdown", ("markdown-it-py", "selectolax"), remarks
    return plain.read(text), "text/plain", guessed, remarks


def _decoded(raw: bytes, name: str, encoding: str, declared: str) -> tuple[str, str]:
    """The text; a page's own word about its encoding is believed unless the bytes are UTF-8, or none of that."""
    if declared and not encoding and not _is_utf8(raw):
        try:
            return plain.decode(raw, name, declared)
        except ParseError:
            pass
    return plain.decode(raw, name, encoding)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
