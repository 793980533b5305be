"""The files `ontology/rules/NAME.rq`, read.

A rule is a SPARQL 1.1 CONSTRUCT that any engine can run over the union of the named graphs, in a form narrow enough
that the premises of each conclusion can be named. It concludes one triple from triple patterns over variables and IRIs;
`a/rdfs:subClassOf*` and `rdfs:subClassOf*` test types; FILTER restricts, without EXISTS. All else is refused by name,
so more facts never make a conclusion fall. Before it stand a summary and a description:

    #+ summary: What the rule says, in a sentence.
    #+ description: Why that is sound,
    #+   over as many lines as it takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import pyoxigraph as ox

from gbkg import spaces
from gbkg.errors import SyntaxFault

_TYPE = ox.NamedNode(spaces.PREFIXES["rdf"] + "type")
_SUBCLASS = ox.NamedNode(spaces.PREFIXES["rdfs"] + "subClassOf")
_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<variable>[?$]\w+)
    | (?P<literal>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[0-9]+(?:\.[0-9]+)?)
    | (?P<name>[A-Za-z][\w-]*:(?:\w(?:[\w-]*\w)?)?)
    | (?P<word>[A-Za-z]\w*)
    | (?P<mark>.)""",
    re.X,
)
# What would make a rule's answer hang on chance, on the clock, or on a fact being absent.
_REFUSED_IN_FILTER = frozenset({"EXISTS", "RAND", "NOW", "UUID", "STRUUID", "BNODE", "{", "}"})


@dataclass(frozen=True)
class Pattern:
    """A triple pattern: terms are IRIs or variables of pyoxigraph. The predicate is None where the pattern is a test of
    type: `typed` tells `a/rdfs:subClassOf*` from `rdfs:subClassOf*`."""

    subject: Any
    predicate: Any
    object: Any
    typed: bool = False

    @property
    def terms(self) -> tuple[Any, Any, Any]:
        return self.subject, self.predicate, self.object


@dataclass(frozen=True)
class Rule:
    """One rule file, read; `file` as readers are shown it. `text` is the query without its header; `prologue` and
    `where` are parts of it, verbatim."""

    name: str
    file: str
    summary: str
    description: str
    text: str
    prologue: str
    where: str
    head: Pattern
    body: tuple[Pattern, ...]


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


def parse(name: str, text: str, shown: str) -> Rule:
    """The rule of a file's text; `shown` names the file in a `SyntaxFault`, which says the line and what is refused."""
    if not spaces.SLUG.fullmatch(name):
        raise SyntaxFault("a rule is named by lower-case words with hyphens", file=shown)
    return _Reader(name, text, shown).rule()


class _Reader:
    """One pass over the tokens of a rule."""

    def __init__(self, name: str, text: str, shown: str) -> None:
        self.name, self.text, self.shown = name, text, shown
        found = ((match.lastgroup or "", match.group(), match.start()) for match in _TOKEN.finditer(text))
        self.tokens = [_Token(*token) for token in found if token[0] != "space"]
        self.at = 0
        self.prefixes: dict[str, str] = {}
        self.filtered: list[_Token] = []

    def rule(self) -> Rule:
        header = self._header()
        begin = self._peek().start
        while self._peek().text.upper() == "PREFIX":
            self._prefix()
        prologue = self.text[begin : self._peek().start]
        self._expect("CONSTRUCT")
        opened = self._peek()
        head = self._group()
        if len(head) != 1 or head[0].predicate is None or self.filtered:
            self._fail("a rule concludes exactly one triple", opened)
        self._expect("WHERE")
        start = self._peek().start
        body = self._group()
        where = self.text[start + 1 : self.tokens[self.at - 1].start]
        if self.at < len(self.tokens):
            self._fail("a rule ends with its body", self.tokens[self.at])
        self._check(head[0], body, opened)
        query = "".join(part for part in self.text.splitlines(keepends=True) if not part.startswith("#+"))
        told = header["summary"], header["description"]
        return Rule(self.name, self.shown, *told, query, prologue, where, head[0], tuple(body))

    def _header(self) -> dict[str, str]:
        """The `#+ key: value` lines, a value going on in lines that are indented by two more blanks."""
        found: dict[str, str] = {}
        key = ""
        for number, written in enumerate(self.text.splitlines(), start=1):
            if not written.startswith("#+"):
                continue
            match = re.fullmatch(r"#\+ (summary|description): (\S.*)|#\+   (\S.*)", written)
            value = match and (match[2] or match[3])
            if not match or not value or (match[3] and not key) or re.search(r": | #|^[^\w(]", value):
                raise SyntaxFault("not a line of the header that YAML would read alike", file=self.shown, line=number)
            key = match[1] or key
            found[key] = f"{found[key]} {value}" if match[3] else value
        for wanted in ("summary", "description"):
            if wanted not in found:
                raise SyntaxFault(f"the header has no '#+ {wanted}: ...'", file=self.shown, line=1)
        return found

    def _prefix(self) -> None:
        self._next()
        name, iri = self._next(), self._next()
        if name.kind != "name" or not name.text.endswith(":") or iri.kind != "iri":
            self._fail("PREFIX wants a name, a colon and an IRI", name)
        self.prefixes[name.text] = iri.text[1:-1]

    def _group(self) -> list[Pattern]:
        self._expect("{")
        found: list[Pattern] = []
        while self._peek().text != "}":
            if self._peek().text.upper() == "FILTER":
                self._filter()
            else:
                found += self._triples()
            if self._peek().text == ".":
                self._next()
        self._next()
        return found

    def _triples(self) -> list[Pattern]:
        subject = self._term()
        found = [self._rest(subject)]
        while self._peek().text == ";":
            self._next()
            found.append(self._rest(subject))
        return found

    def _rest(self, subject: Any) -> Pattern:
        token = self._peek()
        typed = token.text == "a"
        predicate = _TYPE if typed else self._term()
        if typed:
            self._next()
            if self._peek().text == "/":
                self._next()
                predicate = self._term()
                self._expect("*")
                if predicate != _SUBCLASS:
                    self._fail("the only paths are a/rdfs:subClassOf* and rdfs:subClassOf*", token)
                return Pattern(subject, None, self._term(), typed=True)
        elif self._peek().text == "*" and predicate == _SUBCLASS:
            self._next()
            return Pattern(subject, None, self._term())
        return Pattern(subject, predicate, self._term())

    def _term(self) -> Any:
        token = self._next()
        if token.kind == "variable":
            return ox.Variable(token.text[1:])
        if token.kind == "iri":
            return ox.NamedNode(token.text[1:-1])
        if token.kind == "name":
            return ox.NamedNode(self._expanded(token))
        return self._fail(f"a rule may not use {token.text!r} here", token, "only variables, IRIs and FILTER ( ... )")

    def _expanded(self, token: _Token) -> str:
        prefix, colon, local = token.text.partition(":")
        if prefix + colon not in self.prefixes:
            self._fail(f"the rule does not declare the prefix {prefix}:", token)
        return self.prefixes[prefix + colon] + local

    def _filter(self) -> None:
        self._next()
        self._expect("(")
        depth = 1
        while depth:
            token = self._next()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text.upper() in _REFUSED_IN_FILTER:
                self._fail(f"a rule may not use {token.text} in FILTER", token)
            self.filtered.append(token)

    def _check(self, head: Pattern, body: list[Pattern], opened: _Token) -> None:
        bound = {term.value for pattern in body for term in pattern.terms if isinstance(term, ox.Variable)}
        for term in head.terms:
            if isinstance(term, ox.Variable) and term.value not in bound:
                self._fail(f"{term} is concluded, but no triple pattern binds it", opened)
        for token in self.filtered:
            if token.kind == "variable" and token.text[1:] not in bound:
                self._fail(f"{token.text} is filtered by, but no triple pattern binds it", token)
        try:
            ox.Store().query(self.text)
        except SyntaxError as error:
            place = re.match(r"error at (\d+):(\d+): (.*)", str(error), re.S)
            line, column, message = (int(place[1]), int(place[2]), place[3]) if place else (None, None, str(error))
            raise SyntaxFault(f"not SPARQL: {message}", file=self.shown, line=line, column=column) from error

    def _peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end", "", len(self.text))

    def _next(self) -> _Token:
        token = self._peek()
        if token.kind == "end":
            self._fail("the rule ends too early", token)
        self.at += 1
        return token

    def _expect(self, text: str) -> _Token:
        token = self._next()
        if token.text.upper() != text:
            self._fail(f"a rule may not use {token.text!r} here", token, f"expected {text}")
        return token

    def _fail(self, message: str, token: _Token, hint: str = "") -> NoReturn:
        before = self.text[: token.start]
        column = token.start - before.rfind("\n")
        raise SyntaxFault(message, file=self.shown, line=before.count("\n") + 1, column=column, hint=hint)
