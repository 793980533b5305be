"""HTML, and what becomes HTML on the way: Word documents (.docx) and Markdown. Blocks by elements, rows of tables, and
what the file says of itself."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from gbkg.core.errors import ParseError
from gbkg.documents.sentences import CELL_SEPARATOR
from gbkg.intake import plain
from gbkg.intake.blocks import Block, Kind, Read, clean, tidy

_UNSEEN = frozenset("script style template noscript svg math head iframe object select textarea".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr".split()
)
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("caption", "figcaption"), "caption"),
    **dict.fromkeys(("nav", "footer", "aside", "button", "form", "menu"), "furniture"),
    "li": "item",
    "dt": "item",
    "dd": "item",
}  # fmt: skip
_BLOCKS = "table, h1, h2, h3, h4, h5, h6, ul, ol, pre, blockquote, p + p"
_SHORT = 120
"""Letters of the longest paragraph that may be a heading."""
_NOTES = re.compile(r"(?:foot|end)-?notes?\b", re.I)
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:[T ].*)?")
_META = {
    "title": ("dcterms.title", "dc.title", "citation_title", "og:title"),
    "creator": ("author", "dcterms.creator", "dc.creator", "citation_author", "article:author"),
    "publisher": ("dcterms.publisher", "dc.publisher", "citation_publisher", "og:site_name", "publisher"),
    "issued": ("dcterms.issued", "dc.date.issued", "article:published_time", "citation_publication_date",
               "dcterms.date", "dc.date", "date"),
    "language": ("dcterms.language", "dc.language", "content-language"),
}  # fmt: skip
"""The names of META elements by what they say, the most precise first."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.I)

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


def charset(raw: bytes) -> str:
    """The encoding that a page declares; "" if it does not."""
    found = _CHARSET.search(raw[:4096])
    name = found[1].decode().lower() if found else ""
    # What browsers read in their place (https://encoding.spec.whatwg.org/#names-and-labels).
    return {"iso-8859-1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)


def html(text: str) -> Read:
    """The blocks of a page, and what its head says."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    body = tree.body
    found = tidy(_blocks(body)) if body is not None else ()
    said = _said(tree)
    first = next((block.text for block in found if block.kind == "heading"), "")
    return Read(found, said | ({"title": first} if "title" not in said and first else {}))


def _blocks(body: Any) -> Iterator[Block]:
    """The blocks below a node. The traversal keeps its own stack: pages may be nested as deeply as they like."""
    stack: list[tuple[Any, Kind, bool]] = [(body, "text", False)]
    held: list[str] = []
    current: Kind = "text"
    while stack:
        node, kind, leaving = stack.pop()
        tag = node.tag
        if leaving or tag in ("br", "hr"):
            yield Block(current, clean("".join(held)))
            held, current = [], kind
        elif tag == "-text":
            held.append(node.text_content or "")
        elif tag == "pre":
            yield Block(current, clean("".join(held)))
            held = []
            yield from (Block(kind if b.kind == "text" else b.kind, b.text) for b in plain.blocks(node.text()))
        elif tag == "tr" and node.css_first(_BLOCKS) is None:
            yield Block(current, clean("".join(held)))
            held = []
            cells = [clean(cell.text()) for cell in node.iter() if cell.tag in ("td", "th")]
            yield Block("row", CELL_SEPARATOR.join(filter(None, cells)))
        elif tag not in _UNSEEN and not tag.startswith(("-", "!", "_")):
            inside = kind
            if tag not in _INLINE:
                yield Block(current, clean("".join(held)))
                inside = _inside(node, kind)
                stack.append((node, kind, True))
                held, current = [], inside
            stack += [(child, inside, False) for child in reversed(list(node.iter(include_text=True)))]
    yield Block(current, clean("".join(held)))


def _inside(node: Any, kind: Kind) -> Kind:
    """The kind of blocks in an element that stands in one of a kind."""
    said = f"{node.attributes.get('id') or ''} {node.attributes.get('class') or ''} {node.attributes.get('role') or ''}"
    if kind in ("furniture", "footnote"):
        return kind
    if _NOTES.search(said):
        return "footnote"
    if "navigation" in said.split() or (node.tag == "header" and node.parent is not None and node.parent.tag == "body"):
        return "furniture" if node.tag != "header" or node.css_first("h1") is None else kind
    if kind == "text" and node.tag in ("p", "center") and _is_bold(node):
        return "heading"
    return _KINDS.get(node.tag, "text" if node.tag in ("p", "td", "th") and kind != "item" else kind)


def _is_bold(node: Any) -> bool:
    """Whether a paragraph is a heading by its looks: short, all of it bold, and without the stop of a sentence."""
    words = "".join(node.text().split())
    if not words or len(words) > _SHORT:
        return False
    bold = "".join("".join(one.text() for one in node.css("b, strong")).split())
    return bold == words and plain.is_heading(clean(node.text()))


def _said(tree: Any) -> dict[str, str]:
    named: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv") or ""
        if value := clean(attributes.get("content") or ""):
            named.setdefault(name.lower(), value)
    found = {key: next((named[n] for n in names if n in named), "") for key, names in _META.items()}
    title, root = tree.css_first("head > title"), tree.css_first("html")
    found["title"] = found["title"] or (clean(title.text()) if title is not None else "")
    found["language"] = (root.attributes.get("lang") or "" if root is not None else "") or found["language"]
    date = _DATE.fullmatch(found["issued"])
    found["issued"] = "-".join(filter(None, date.groups())) if date else ""
    return {key: value for key, value in found.items() if value}


def word(raw: bytes, shown: str) -> Read:
    """The blocks of a Word document. Raises `ParseError` when it is damaged, has a password, or is too large once
    unpacked."""
    import mammoth

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _LARGEST:
                raise ParseError(f"is larger than {_LARGEST:,} bytes once unpacked", file=shown)
            said, made = _core(packed)
        page_text = mammoth.convert_to_html(
            io.BytesIO(raw), convert_image=mammoth.images.img_element(lambda _: {})
        ).value
    except ParseError:
        raise
    except Exception as error:  # of the library, which has no error of its own for a damaged file
        hint = "open it in a word processor and save it anew as .docx"
        raise ParseError("is not a Word document that can be read", file=shown, hint=hint) from error
    # Notes are the list at the end, each item called footnote-1 and so on.
    page = html(page_text)
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
    page = html(MarkdownIt("commonmark").enable("table").render(text[front.end() if front else 0 :]))
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
