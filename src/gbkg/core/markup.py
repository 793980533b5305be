"""Bold and dim words in what results print: `[bold]Tea[/bold]  [dim]implied[/dim]`.

A terminal gets them by rich (`gbkg.cli.console`), all else plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TAG = re.compile(r"(\0?)\[(/?)(bold|dim)\]")
"""A tag; after the character NUL, which no text has, it is text."""
_DROPPED = dict.fromkeys(map(ord, "\x07\x08\x0b\x0c\r"))
"""Characters that move the cursor of a terminal or ring its bell."""


def escape(text: str) -> str:
    """The text so that it stands for itself among tags.

    >>> plain(escape("[dim] is a tag, and [1] none"))
    '[dim] is a tag, and [1] none'
    """
    return _TAG.sub(lambda match: "\0" + match[0], text.replace("\0", "")) if "[" in text or "\0" in text else text


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
    for tag in _TAG.finditer(marked):
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
