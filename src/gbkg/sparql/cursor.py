"""A position in the tokens of a query: what stands there, what could stand there, and the terms that begin there."""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox

from gbkg.core.errors import NotCoveredError, ParseError, near
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import term
from gbkg.sparql.tokens import Token, fault, refusal, tokens
from gbkg.sparql.tree import AGGREGATES, Constant

_BY_ARGUMENTS = {
    (0, 0): "RAND NOW UUID STRUUID",
    (0, 1): "BNODE",
    (
        1,
        1,
    ): """STR LANG DATATYPE BOUND IRI URI ABS CEIL FLOOR ROUND STRLEN UCASE LCASE ENCODE_FOR_URI YEAR MONTH DAY HOURS
        MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC
        LANGDIR HASLANG HASLANGDIR ISTRIPLE SUBJECT PREDICATE OBJECT""",
    (2, 2): "LANGMATCHES CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLANG STRDT SAMETERM",
    (2, 3): "REGEX SUBSTR",
    (3, 3): "IF STRLANGDIR TRIPLE",
    (3, 4): "REPLACE",
    (0, 5_000): "CONCAT COALESCE",
}
FUNCTIONS = {name: numbers for numbers, names in _BY_ARGUMENTS.items() for name in names.split()}
"""The functions of SPARQL 1.1 and 1.2, with the least and the largest number of arguments of each."""
CALLED = FUNCTIONS.keys() | AGGREGATES
KEYWORDS = (
    frozenset(
        """BASE PREFIX SELECT DISTINCT REDUCED AS ASK CONSTRUCT DESCRIBE FROM NAMED WHERE GROUP BY HAVING ORDER ASC DESC
    LIMIT OFFSET VALUES UNDEF OPTIONAL UNION MINUS GRAPH FILTER BIND EXISTS NOT IN SEPARATOR TRUE FALSE""".split()
    )
    | CALLED
)
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", "\\": "\\", '"': '"', "'": "'"}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)", re.DOTALL)
_NO_ESCAPE = re.compile(r"\\(?![tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SPOILT_IRI = re.compile(r"<[^<>\n]*[ {}|^`\\\"][^<>\n]*>")
_MOST_EXPECTED = 8
"""An error lists at most so many things that could stand somewhere; of more it lists none."""


class Cursor:
    """A method named after a part of the grammar reads that part and moves behind it, or raises `ParseError`.

    The cursor remembers in `expected` what it has looked for at the position, so that an error can say what could stand
    there. With `glued`, a keyword may be written without a blank after it: the engine reads `ORDERBY` as `ORDER BY`.
    """

    def __init__(self, text: str, glued: bool = False) -> None:
        self.text, self.tokens, self.at, self.glued = text, tokens(text), 0, glued
        self.end = Token("end", "", len(text.rstrip()))
        self.token = self.tokens[0] if self.tokens else self.end
        self.expected: set[str] = set()  # keywords and signs, and names of other parts, which have a blank in them
        self.prefixes, self.base = dict(PREFIXES), ""
        self.refused: tuple[int, str] | None = None

    # ---- tokens

    def next(self) -> Token:
        """Moves behind the token that stands here, and returns it."""
        token = self.token
        self.at += 1
        self.token = self.tokens[self.at] if self.at < len(self.tokens) else self.end
        self.expected.clear()
        return token

    @property
    def behind(self) -> int:
        """Where the last token ended that was read."""
        return self.tokens[self.at - 1].end if self.at else 0

    def sees(self, *texts: str) -> bool:
        """Whether one of these keywords or signs stands here."""
        if self.glued and self.token.kind in ("word", "name"):
            self._unglue(texts)
        return self.token.text in texts and self.token.kind in ("word", "sign")

    def _unglue(self, keywords: tuple[str, ...]) -> None:
        written = self.text[self.token.start : self.token.end]
        if self.token.text in KEYWORDS or written.partition(":")[0] in self.prefixes:
            return
        for keyword in sorted(filter(str.isalpha, keywords), key=len, reverse=True):
            if (written if keyword == "a" else written.upper()).startswith(keyword):
                self.cut("word", keyword)
                return

    def cut(self, kind: str, text: str) -> None:
        """Ends the token that stands here after this text, and reads the rest anew."""
        self.token = Token(kind, text, self.token.start)
        self.tokens = (*self.tokens[: self.at], self.token, *tokens(self.text, self.token.end))

    def take(self, text: str) -> bool:
        """Whether this keyword or sign stands here; then it is read."""
        if self.skip(text):
            return True
        self.expected.add(text)
        return False

    def skip(self, text: str) -> bool:
        """As `take`, but errors do not name the keyword or sign as expected."""
        if self.sees(text):
            self.next()
            return True
        return False

    def expect(self, text: str) -> None:
        """Reads this keyword or sign."""
        if not self.take(text):
            raise self.fault()

    def kind(self, kind: str, name: str) -> Token:
        """Reads a token of this kind; `name` is what the kind is called in an error."""
        if self.token.kind != kind:
            raise self.fault(name)
        return self.next()

    # ---- errors

    def fault(self, *expected: str) -> ParseError:
        """The error that something else stands here than any of these, or what was looked for here before."""
        token = self.token
        if _SPOILT_IRI.match(self.text[token.start :]):
            return fault(self.text, token.start, "not SPARQL: an IRI may have no space, quote or brace in it")
        could = sorted(self.expected | {*expected}, key=lambda what: (" " in what, what))
        found = "the end" if token is self.end else f'"{self.text[token.start : token.end]}"'
        could = [what if " " in what else f'"{what}"' for what in could]
        listed = f", expected {_listed(could)}" if 0 < len(could) <= _MOST_EXPECTED else ""
        alike = _near_keyword(token.text, could) if token.kind == "word" else ""
        hint = f"did you mean {alike}?" if alike else ""
        return fault(self.text, token.start, f"not SPARQL: found {found}{listed}", hint)

    def refuse(self, construct: str) -> None:
        """Remembers that the tree cannot hold what begins here; only the first such construct counts."""
        self.refused = self.refused or (self.token.start, construct)

    def refusal(self, construct: str) -> NotCoveredError:
        """The error that what begins here is not covered."""
        return refusal(self.text, self.token.start, construct)

    # ---- terms

    def full_iri(self) -> str:
        """An IRI in angle brackets, against the base if there is one."""
        token = self.kind("iri", "an IRI in angle brackets")
        if self.base:
            return _resolved(self.base, token.text)
        iri = _unescaped(token.text[1:-1])
        if not _ABSOLUTE.match(iri):
            hint = "write it out, or declare a BASE"
            raise fault(self.text, token.start, f"{token.text} is not a full IRI", hint)
        return iri

    def iri(self) -> str:
        """An IRI in angle brackets, or a prefixed name."""
        if self.token.kind == "iri":
            return self.full_iri()
        prefix, _, local = self.token.text.partition(":")
        if self.token.kind == "name" and prefix not in self.prefixes:
            alike = near(prefix, self.prefixes, 3, 0.5)
            hint = f"did you mean {', '.join(f'{name}:' for name in alike)}?" if alike else "declare it with PREFIX"
            raise fault(self.text, self.token.start, f'no prefix "{prefix}:" is known', hint)
        self.kind("name", "an IRI")
        return self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)

    def named(self) -> Constant:
        """An IRI as a term."""
        return Constant(ox.NamedNode(self.iri()))

    def predicate(self) -> Constant:
        """An IRI as a property; `a` is rdf:type."""
        if self.sees("a"):
            self.next()
            return Constant(term("rdf:type"))
        if self.token.kind not in ("iri", "name"):
            raise self.fault("a property")
        return self.named()

    def constant(self) -> Constant:
        """An IRI or a literal."""
        if self.token.kind in ("iri", "name"):
            return self.named()
        if self.token.kind == "string":
            return self.string()
        if self.sees("TRUE", "FALSE"):
            return Constant(ox.Literal(self.next().text.lower(), datatype=term("xsd:boolean")))
        sign = self.next().text if self.sees("+", "-") else ""
        number = self.kind("number", "a number" if sign else "a term").text
        kind = "double" if "e" in number.lower() else "decimal" if "." in number else "integer"
        return Constant(ox.Literal(sign + number, datatype=term(f"xsd:{kind}")))

    def string(self) -> Constant:
        """A string with its language or datatype."""
        token = self.next()
        if wrong := _NO_ESCAPE.search(token.text.replace("\\\\", "__")):
            shown = token.text[wrong.start() : wrong.start() + 2]
            at, hint = token.start + wrong.start(), "write a backslash as two"
            raise fault(self.text, at, f"not SPARQL: {shown} is not an escape", hint)
        quote = 3 if token.text[:3] in ('"""', "'''") else 1
        value = _unescaped(token.text[quote:-quote])
        if not value.isprintable() and any("\ud800" <= character <= "\udfff" for character in value):
            raise fault(self.text, token.start, "not SPARQL: an escape in this string stands for no character")
        if self.token.kind == "language":
            if "--" in self.token.text:
                self.refuse("a base direction of RDF 1.2")
            return Constant(ox.Literal(value, language=self.next().text[1:].partition("--")[0]))
        if self.sees("^^"):
            self.next()
            return Constant(ox.Literal(value, datatype=ox.NamedNode(self.iri())))
        return Constant(ox.Literal(value))


def _near_keyword(word: str, expected: list[str]) -> str:
    """The keyword or function that was probably meant, preferably one that fits; empty when the word is one itself."""
    if word in KEYWORDS or "a prefix with its colon" in expected:
        return ""
    fitting = re.findall(r"[A-Z]{2,}", " ".join(expected))
    found = near(word, fitting, 1) or near(word, KEYWORDS, 1, 0.75)
    return found[0] if found else ""


def _listed(words: list[str]) -> str:
    return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"


@lru_cache(maxsize=256)
def _resolved(base: str, iri: str) -> str:
    """An IRI, in angle brackets, against the base: the engine's own reading of RFC 3986, section 5."""
    (triple,) = ox.parse(f"{iri} <urn:p> <urn:o> .", format=ox.RdfFormat.TURTLE, base_iri=base)
    return str(triple.subject.value)


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        short, long, letter = match.groups()
        return chr(int(short or long, 16)) if short or long else _ESCAPES.get(letter, "\\" + letter)

    return _ESCAPE.sub(plain, text)
