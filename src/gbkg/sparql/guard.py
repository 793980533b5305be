"""What a query may not do, refused by name before the engine sees it.

The engine has no switch for SERVICE, which would send parts of the graph to any address, and it dies of deep nesting
(about 3,000 brackets) and of long chains (about 10,000 operators) instead of refusing them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import pyoxigraph as ox

from gbkg.core.errors import NotCoveredError
from gbkg.core.limits import GIGABYTE, Limits, confined
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql import parse
from gbkg.sparql.tokens import Token, refusal, tokens

DEEPEST = 200
"""How many brackets may stand open at once."""

LONGEST = 5_000
"""How many tokens a query may have, the data of VALUES not counted."""

_OUTSIDE = "a query sees this graph alone"
_WRITES = "gbkg only reads"
REFUSED = {
    "SERVICE": _OUTSIDE,
    "LOAD": _OUTSIDE,
    "FROM": "all named graphs are asked together; GRAPH chooses one",
    **dict.fromkeys(("INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"), _WRITES),
}
"""Keywords that are refused, with the reason."""

_PLANNING = Limits(10, GIGABYTE)
"""What the engine may take to plan a query; a thousand patterns take it minutes."""
_SERVICE = re.compile("(servic)e", re.IGNORECASE)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@lru_cache(maxsize=256)
def check(text: str) -> None:
    """Nothing, when the query only reads this graph and is no danger to the engine.

    Raises `NotCoveredError` (line, column) at the keywords of `REFUSED`, at more than `DEEPEST` open brackets or
    `LONGEST` tokens; `ParseError` at a character that begins nothing in SPARQL.
    """
    for token in tokens(text):
        if token.kind == "word" and token.text in REFUSED:
            raise refusal(text, token.start, token.text, REFUSED[token.text])
    _measure(text)
    _hidden_service(text)


def _measure(text: str) -> None:
    depth = counted = 0
    data = False
    for previous, token in _pairs(text):
        if token.kind == "sign" and token.text in _OPENING:
            depth += 1
            # VALUES ?x {  and  VALUES (?x ?y) {
            data = data or (token.text == "{" and previous == "VALUES")
        elif token.kind == "sign" and token.text in _CLOSING:
            depth -= 1
            data = data and token.text != "}"
        if depth > DEEPEST:
            raise refusal(
                text, token.start, f"nesting deeper than {DEEPEST} brackets", "the engine might not survive it"
            )
        counted += not data
        if counted > LONGEST:
            raise refusal(text, token.start, f"a query of more than {LONGEST:,} words and signs", "split it")


def _pairs(text: str) -> Iterator[tuple[str, Token]]:
    """Each token with the last keyword before it, forgotten at a brace."""
    word = ""
    for token in tokens(text):
        yield word, token
        if token.kind == "word":
            word = token.text
        elif token.text in ("{", "}"):
            word = ""


def _hidden_service(text: str) -> None:
    """Asks the engine itself whether a SERVICE that stands in a string, comment or IRI is one of its keywords.

    SPARQL is ambiguous at `<`: in `?a<'x>'` we read an IRI and the engine an operator and a string, and from there on
    what is text to us may be keywords to it. So the word is changed everywhere, and the query is put to an empty
    store: a name, a comment or a string stays what it was, but a keyword is now a mistake.
    """
    if _SERVICE.search(text) is None:
        return
    try:
        confined(lambda: bool(ox.Store().query(_SERVICE.sub(r"\1Q", text), prefixes=PREFIXES)), _PLANNING)
    except SyntaxError:
        parse.query(text)  # raises where the text breaks the grammar
        raise NotCoveredError("SERVICE", why=_OUTSIDE) from None
