"""A SPARQL text cut into tokens (SPARQL 1.1 Query Language, section 19.8: https://www.w3.org/TR/sparql11-query/#sparqlGrammar)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gbkg.core.errors import NotCoveredError, ParseError

_W = r"[\w·\u0300-\u036f\u203f\u2040]"  # PN_CHARS and VARNAME, a little wider than the grammar has them
_LOCAL = rf"(?:{_W}|[:\-]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]|\.(?=(?:{_W}|[:\-%\\.])*(?:{_W}|[:\-%\\])))*"
_KINDS = {
    "blank": r"[ \t\r\n]+|\#[^\r\n]*",
    "iri": r"<(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>",
    "string": r'"""(?:"{0,2}(?:[^"\\]|\\.))*"""|'
    r"'''(?:'{0,2}(?:[^'\\]|\\.))*'''|"
    r'"(?:[^"\\\r\n]|\\.)*"|'
    r"'(?:[^'\\\r\n]|\\.)*'",
    "variable": rf"[?$]{_W}+",
    "node": rf"_:{_W}(?:(?:{_W}|[.\-])*(?:{_W}|-))?",
    "name": rf"(?:[^\W\d_](?:(?:{_W}|[.\-])*(?:{_W}|-))?)?:{_LOCAL}",
    "language": r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?",
    "number": r"(?:\d+\.\d*|\.\d+|\d+)[eE][+-]?\d+|\d*\.\d+|\d+",
    "word": r"[A-Za-z][A-Za-z0-9_]*",
    "sign": r"\^\^|\|\||&&|!=|<=|>=|<<|>>|\{\||\|\}|[{}()\[\].,;=<>!*/+\-|^?@~]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is a key of the grammar above (blanks and comments are left out), `start` a 0-based offset in code points.
    A word is a keyword: `text` of words is in upper case, except `a`, which is a predicate."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends, a 0-based offset."""
        return self.start + len(self.text)


@lru_cache(maxsize=128)
def tokens(text: str, start: int = 0) -> tuple[Token, ...]:
    """The tokens of a SPARQL text from an offset on, in order.

    Raises `ParseError` (line, column) at the first character that begins no token.
    """
    return tuple(_cut(text, start))


def _cut(text: str, at: int) -> Iterator[Token]:
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            open_string = text[at] in ("'", '"')
            said = "the string that begins here is not closed" if open_string else f"{text[at]!r} begins nothing"
            raise fault(text, at, f"not SPARQL: {said}")
        if match.lastgroup != "blank":
            word = match.group()
            kind = str(match.lastgroup)
            yield Token(kind, word.upper() if kind == "word" and word != "a" else word, at)
        at = match.end()


def fault(text: str, offset: int, message: str, hint: str = "") -> ParseError:
    """An error at an offset, with the line and a caret under it as a note."""
    line, column = place(text, offset)
    error = ParseError(message, line=line, column=column, hint=hint)
    error.add_note(caret(text, line, column))
    return error


def refusal(text: str, offset: int, construct: str, why: str = "") -> NotCoveredError:
    """The refusal of what stands at an offset, with the line and a caret under it as a note."""
    line, column = place(text, offset)
    error = NotCoveredError(construct, line=line, column=column, why=why)
    error.add_note(caret(text, line, column))
    return error


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1.

    >>> place("ab\\ncd", 4)
    (2, 2)
    """
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def caret(text: str, line: int, column: int) -> str:
    """The line, and under it a caret below the column; both counted from 1.

    >>> print(caret("SELECT ?a\\nWERE {}", 2, 1))
    WERE {}
    ^
    """
    lines = text.splitlines() or [""]
    shown = lines[min(line, len(lines)) - 1]
    under = "".join("\t" if c == "\t" else " " for c in shown[: column - 1])
    return f"{shown}\n{under}^"
