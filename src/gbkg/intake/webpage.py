"""HTML, and what other formats become on the way: blocks by elements, rows of tables, what the page says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gbkg.intake import plain
from gbkg.intake.blocks import CELL, Block, Kind, Read, clean, tidy

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


def charset(raw: bytes) -> str:
    """The encoding that a page declares; "" if it does not."""
    found = _CHARSET.search(raw[:4096])
    name = found[1].decode().lower() if found else ""
    # What browsers read in their place (https://encoding.spec.whatwg.org/#names-and-labels).
    return {"iso-8859-1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)


def read(text: str) -> Read:
    """The blocks of a page, and what its head says."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    body = tree.body
    found = tidy(_blocks(body)) if body is not None else ()
    said = _said(tree)
    first = next((block.text for block in found if block.kind == "heading"), "")
    return Read(found, said | ({"title": first} if "title" not in said and first else {}))


def _blocks(body: Any) -> Iterator[Block]:
    """The blocks below a node. The walk keeps its own stack: pages may be nested as deeply as they like."""
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
            yield Block("row", CELL.join(filter(None, cells)))
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
    return _KINDS.get(node.tag, "text" if node.tag in ("p", "td", "th") and kind != "item" else kind)


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
