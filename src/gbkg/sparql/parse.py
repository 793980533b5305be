"""The tree of a query, read off its tokens by recursive descent along the grammar of SPARQL 1.1, section 19.8.

The text is one that the engine has accepted; whatever this does not read is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from gbkg.core.errors import NotCoveredError, ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql.tokens import Token, after, place, tokens
from gbkg.sparql.tree import (
    HIDDEN,
    Bind,
    Constant,
    Construct,
    Element,
    Exists,
    Expression,
    Filter,
    Graph,
    Group,
    Item,
    Minus,
    Optional,
    Path,
    Select,
    SubSelect,
    Term,
    Triple,
    Union,
    Values,
    Variable,
)

_RDF = PREFIXES["rdf"]
_XSD = PREFIXES["xsd"]
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", "\\": "\\", '"': '"', "'": "'"}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)", re.DOTALL)
_END = Token("end", "", 0)
_CLAUSES = ("HAVING", "VALUES")
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


@lru_cache(maxsize=256)
def select(text: str) -> Select:
    """The tree of a SELECT query.

    Raises `NotCoveredError` at a construct that has no place in the tree (SERVICE, FROM, RDF 1.2 triple terms), or when
    the query is of another form; `ParseError` where the text is not SPARQL.
    """
    with _reading(text, "SELECT") as reader:
        return replace(reader.select(), base=reader.base)


@lru_cache(maxsize=256)
def pattern(text: str) -> Select:
    """The pattern of a query of any form, with all that stands in it, as the SELECT of everything in it. Raises as
    `select`."""
    with _reading(text) as reader:
        inner = reader.select() if reader.peek().text == "SELECT" else reader.other_form()
        return Select("", (), Group((SubSelect(inner),)))


def iris(text: str) -> list[Any]:
    """The IRIs of a query that may have no tree, those of its head and of functions left out. Raises as `select`."""
    found = []
    with _reading(text) as reader:
        while reader.peek() is not _END:
            if reader.peek().kind not in ("iri", "name") or reader.peek(1).text == "(":
                reader.next()
            else:
                found.append(ox.NamedNode(reader.iri()))
    return found


def construct(text: str) -> Construct:
    """The tree of a CONSTRUCT that has a template and ends with its body. Raises as `select`."""
    with _reading(text, "CONSTRUCT") as reader:
        reader.next()
        if reader.peek().text != "{":
            raise reader.refused("CONSTRUCT without a template")
        template = reader.group()
        reader.take("WHERE")
        return Construct(template, reader.group())


@contextmanager
def _reading(text: str, form: str = "") -> Iterator[_Reader]:
    """A reader of a query, of this form if one is given, its prologue read; in the end the text must be at its end."""
    reader = _Reader(text)
    try:
        reader.prologue()
        if form and reader.peek().text != form:
            raise reader.refused(f"{reader.peek().text or 'an empty text'} in place of {form}")
        yield reader
        reader.end()
    except (ValueError, SyntaxError) as error:  # a term or a number that the engine would not take either
        line, column = place(text, reader.peek(-1).start)
        raise ParseError(f"not SPARQL: {error}", line=line, column=column) from error


class _Reader:
    """A place in the tokens; each method reads what it is named for and moves on."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, tokens(text), 0
        self.prefixes, self.base, self.nodes = dict(PREFIXES), "", 0

    # ---- tokens

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else _END

    def next(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def take(self, *texts: str) -> bool:
        """Whether the next token is one of these; then it is read."""
        if self.peek().text in texts and self.peek().kind in ("word", "sign"):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            token = self.peek()
            line, column = place(self.text, token.start if token is not _END else len(self.text))
            raise ParseError(
                f"not SPARQL: found {token.text or 'the end'!r}, expected {text!r}", line=line, column=column
            )

    def refused(self, construct: str) -> NotCoveredError:
        token = self.peek()
        line, column = place(self.text, token.start if token is not _END else len(self.text))
        return NotCoveredError(construct, line=line, column=column)

    def end(self) -> None:
        """Raises unless everything is read."""
        if self.peek() is not _END:
            raise self.refused(f"{self.peek().text!r} after the query")

    # ---- query

    def prologue(self) -> None:
        while True:
            if self.take("PREFIX"):
                name = self.next().text.removesuffix(":")
                self.prefixes[name] = self.iri()
            elif self.take("BASE"):
                self.base = self.iri()
            elif self.take("VERSION"):
                self.next()
            else:
                return

    def select(self) -> Select:
        self.expect("SELECT")
        modifier: Any = self.next().text if self.peek().text in ("DISTINCT", "REDUCED") else ""
        items: list[Item] = []
        if not self.take("*"):
            while self.peek().kind == "variable" or self.peek().text == "(":
                items.append(self.item())
        if self.peek().text == "FROM":
            raise self.refused("FROM")
        self.take("WHERE")
        return self.modified(modifier, items, self.group())

    def other_form(self) -> Select:
        """ASK, CONSTRUCT or DESCRIBE; what is described is inline data, and a template is left out."""
        form = self.next().text
        named: list[Element] = []
        if form == "CONSTRUCT" and self.peek().text == "{":
            self.group()
        while form == "DESCRIBE" and self.peek().kind in ("variable", "iri", "name"):
            term = self.term([])
            named += [Values((self.fresh(),), ((term,),))] if isinstance(term, Constant) else []
        self.take("*")
        if self.peek().text == "FROM":
            raise self.refused("FROM")
        self.take("WHERE")
        where = self.group() if self.peek().text == "{" else Group(())
        return self.modified("", [], Group((*named, *where.elements)))

    def modified(self, modifier: Any, items: list[Item], where: Group) -> Select:
        """The clauses after the pattern (SolutionModifier and ValuesClause)."""
        group_by: list[Item] = []
        if self.take("GROUP"):
            self.expect("BY")
            while self.peek().kind in ("variable", "iri", "name") or self.peek().text == "(" or self.calls():
                group_by.append(self.item())
        having: list[Expression] = []
        if self.take("HAVING"):
            while self.constrains():
                having.append(self.constraint())
        order: list[Expression] = []
        if self.take("ORDER"):
            self.expect("BY")
            while self.peek().text in ("ASC", "DESC") or self.peek().kind == "variable" or self.constrains():
                order.append(self.constraint())
        limits: dict[str, int] = {}
        while self.peek().text in ("LIMIT", "OFFSET"):
            word = self.next().text
            limits[word] = int(self.next().text)
        values = self.values() if self.take("VALUES") else None
        return Select(
            modifier,
            tuple(items),
            where,
            tuple(group_by),
            tuple(having),
            tuple(order),
            limits.get("LIMIT"),
            limits.get("OFFSET"),
            values,
        )

    def item(self) -> Item:
        """A variable, `(expression AS ?variable)`, or a call."""
        if self.peek().kind == "variable":
            return Item(self.variable())
        if self.peek().text == "(":
            self.next()
            parts = self.parts_until("AS", ")")
            variable = self.variable() if self.take("AS") else None
            self.expect(")")
            if not variable and len(parts) == 1 and isinstance(parts[0], Variable):
                return Item(parts[0])
            return Item(variable, Expression(tuple(parts)) if variable else Expression(("(", *parts, ")")))
        return Item(None, self.constraint())

    # ---- patterns

    def group(self) -> Group:
        self.expect("{")
        if self.peek().text == "SELECT":
            inner: list[Element] = [SubSelect(self.select())]
            self.expect("}")
            return Group(tuple(inner))
        elements: list[Element] = []
        while not self.take("}"):
            self.element(elements)
        return Group(tuple(elements))

    def element(self, into: list[Element]) -> None:
        """Reads one element and appends it, and the triples that its abbreviations stand for."""
        if self.take("FILTER"):
            into.append(Filter(self.constraint()))
        elif self.take("OPTIONAL"):
            into.append(Optional(self.group()))
        elif self.take("MINUS"):
            into.append(Minus(self.group()))
        elif self.take("BIND"):
            self.expect("(")
            expression = Expression(tuple(self.parts_until("AS")))
            self.expect("AS")
            into.append(Bind(expression, self.variable()))
            self.expect(")")
        elif self.take("VALUES"):
            into.append(self.values())
        elif self.take("GRAPH"):
            name = self.term(into)
            into.append(Graph(name, self.group()))
        elif self.peek().text in ("SERVICE", "LATERAL"):
            raise self.refused(self.peek().text)
        elif self.peek().text == "{":
            groups = [self.group()]
            while self.take("UNION"):
                groups.append(self.group())
            into.append(Union(tuple(groups)) if len(groups) > 1 else _single(groups[0]))
        elif not self.take("."):
            self.triples(into)

    def values(self) -> Values:
        if self.peek().kind == "variable":
            names: tuple[Variable, ...] = (self.variable(),)
            self.expect("{")
            rows = []
            while not self.take("}"):
                rows.append((self.datum(),))
            return Values(names, tuple(rows))
        self.expect("(")
        found = []
        while not self.take(")"):
            found.append(self.variable())
        self.expect("{")
        many = []
        while not self.take("}"):
            self.expect("(")
            row = []
            while not self.take(")"):
                row.append(self.datum())
            if len(row) != len(found):
                raise ValueError(f"a row of {len(row)} values for {len(found)} variables")
            many.append(tuple(row))
        return Values(tuple(found), tuple(many))

    def datum(self) -> Constant | None:
        if self.take("UNDEF"):
            return None
        term = self.term([])
        if not isinstance(term, Constant):
            raise self.refused("a variable in inline data")
        return term

    def triples(self, into: list[Element]) -> None:
        """A subject with its property list."""
        before = len(into)
        subject = self.term(into)
        if len(into) > before and not self.begins_verb():
            return  # a list or brackets may stand alone
        self.properties(subject, into)

    def properties(self, subject: Term, into: list[Element]) -> None:
        while True:
            start = self.peek().start
            predicate = self.variable() if self.peek().kind == "variable" else self.path()
            while True:
                inner: list[Element] = []
                found = self.term(inner)
                into.append(Triple(subject, predicate, found, start))
                into.extend(inner)
                if self.peek().text in ("~", "{|"):
                    raise self.refused("an annotation of RDF 1.2")
                if not self.take(","):
                    break
            if not self.take(";"):
                return
            while self.take(";"):
                pass
            if not self.begins_verb():
                return

    def begins_verb(self) -> bool:
        """Whether a property follows; a list of them may as well be at its end, or left out."""
        token = self.peek()
        return token.kind in ("variable", "iri", "name") or token.text in ("a", "^", "!", "(")

    def path(self) -> Path | Constant:
        """PathAlternative."""
        parts = [self.sequence()]
        while self.take("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Path("|", tuple(parts))

    def sequence(self) -> Path | Constant:
        parts = [self.step()]
        while self.take("/"):
            parts.append(self.step())
        return parts[0] if len(parts) == 1 else Path("/", tuple(parts))

    def step(self) -> Path | Constant:
        """PathEltOrInverse: a modifier binds closer than ^."""
        if self.take("^"):
            return Path("^", (self.step(),))
        made: Path | Constant
        if self.take("("):
            made = self.path()
            self.expect(")")
        elif self.take("!"):
            made = Path("!", self.negated())
        else:
            made = self.predicate()
        while self.peek().text in ("*", "+", "?") and self.peek().kind == "sign":
            kind: Any = self.next().text
            made = Path(kind, (made,))
        return made

    def negated(self) -> tuple[Path | Constant, ...]:
        if not self.take("("):
            return (self.one_negated(),)
        found: list[Path | Constant] = []
        while not self.take(")"):
            found.append(self.one_negated())
            self.take("|")
        return tuple(found)

    def one_negated(self) -> Path | Constant:
        return Path("^", (self.predicate(),)) if self.take("^") else self.predicate()

    def predicate(self) -> Constant:
        if self.take("a"):
            return Constant(ox.NamedNode(_RDF + "type"))
        return Constant(ox.NamedNode(self.iri()))

    # ---- terms

    def term(self, into: list[Element]) -> Term:
        """A term; the triples that brackets and lists stand for go to `into`."""
        token = self.peek()
        if token.kind == "variable":
            return self.variable()
        if token.kind == "node":
            self.next()
            return Variable(f"{HIDDEN}n{token.text[2:].encode().hex()}")
        if self.take("["):
            node = self.fresh()
            if not self.take("]"):
                self.properties(node, into)
                self.expect("]")
            return node
        if self.take("("):
            return self.collection(into)
        if token.text in ("<<", ">>"):
            raise self.refused("a triple term of RDF 1.2")
        return self.constant()

    def collection(self, into: list[Element]) -> Term:
        """An RDF collection (section 4.2.3)."""
        nil = Constant(ox.NamedNode(_RDF + "nil"))
        if self.take(")"):
            return nil
        first = node = self.fresh()
        while True:
            inner: list[Element] = []
            into.append(Triple(node, Constant(ox.NamedNode(_RDF + "first")), self.term(inner)))
            into.extend(inner)
            closed = self.take(")")
            following: Term = nil if closed else self.fresh()
            into.append(Triple(node, Constant(ox.NamedNode(_RDF + "rest")), following))
            if closed:
                return first
            assert isinstance(following, Variable)
            node = following

    def constant(self) -> Constant:
        token = self.peek()
        if token.kind in ("iri", "name"):
            return Constant(ox.NamedNode(self.iri()))
        sign = self.next().text if token.text in ("+", "-") else ""
        token = self.next()
        if token.kind == "number":
            kind = "double" if "e" in token.text.lower() else "decimal" if "." in token.text else "integer"
            return Constant(ox.Literal(sign + token.text, datatype=ox.NamedNode(_XSD + kind)))
        if token.text in ("TRUE", "FALSE"):
            return Constant(ox.Literal(token.text.lower(), datatype=ox.NamedNode(_XSD + "boolean")))
        if token.kind == "string":
            return self.literal(token)
        self.at -= 1
        raise self.refused(f"{token.text!r} in place of a term")

    def literal(self, token: Token) -> Constant:
        quote = 3 if token.text[:3] in ('"""', "'''") else 1
        value = _unescaped(token.text[quote:-quote])
        if self.peek().kind == "language" and "--" in self.peek().text:
            raise self.refused("a base direction of RDF 1.2")
        if self.peek().kind == "language":
            return Constant(ox.Literal(value, language=self.next().text[1:]))
        if self.take("^^"):
            return Constant(ox.Literal(value, datatype=ox.NamedNode(self.iri())))
        return Constant(ox.Literal(value))

    def iri(self) -> str:
        token = self.next()
        if token.kind == "iri":
            return _resolved(self.base, token.text) if self.base else _unescaped(token.text[1:-1])
        prefix, _, local = token.text.partition(":")
        if token.kind != "name" or prefix not in self.prefixes:
            self.at -= 1
            raise self.refused(f"{token.text!r} in place of an IRI")
        return self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)

    def variable(self) -> Variable:
        token = self.next()
        if token.kind != "variable":
            self.at -= 1
            raise self.refused(f"{token.text!r} in place of a variable")
        if token.text[1:].startswith(HIDDEN):
            raise self.refused(f"a variable that begins with {HIDDEN}")
        return Variable(token.text[1:])

    def fresh(self) -> Variable:
        self.nodes += 1
        return Variable(f"{HIDDEN}b{self.nodes}")

    # ---- expressions

    def calls(self) -> bool:
        """Whether a function call begins here."""
        token = self.peek()
        return token.kind in ("word", "iri", "name") and self.peek(1).text == "(" and token.text not in _CLAUSES

    def constrains(self) -> bool:
        return self.peek().text in ("(", "EXISTS", "NOT") or self.calls()

    def constraint(self) -> Expression:
        """A parenthesis, a call, EXISTS with its group, a variable; ASC or DESC before one of them."""
        parts: list[str | Variable | Constant | Exists] = []
        if self.peek().text in ("ASC", "DESC"):
            parts.append(self.next().text)
        if self.peek().kind == "variable":
            return Expression((*parts, self.variable()))
        if self.peek().text in ("EXISTS", "NOT"):
            return Expression((*parts, self.exists()))
        if self.peek().text != "(":
            token = self.peek()
            parts.append(f"<{self.iri()}>" if token.kind in ("iri", "name") else self.next().text)
        self.expect("(")
        inner = self.parts_until(")")
        self.expect(")")
        return Expression((*parts, "(", *inner, ")"))

    def parts_until(self, *stops: str) -> list[str | Variable | Constant | Exists]:
        """The parts of an expression up to one of these tokens outside parentheses, which is not read."""
        parts: list[str | Variable | Constant | Exists] = []
        depth = 0
        while depth or self.peek().text not in stops or self.peek().kind == "string":
            token = self.peek()
            if token is _END:
                self.expect(stops[0])
            if token.kind == "variable":
                parts.append(self.variable())
            elif token.kind == "iri" and parts and _operand(parts[-1]):
                self.split()
            elif token.kind in ("iri", "name"):
                parts.append(Constant(ox.NamedNode(self.iri())))
            elif token.text in ("TRUE", "FALSE"):
                parts.append(self.constant())
            elif token.kind == "string":
                parts.append(self.literal(self.next()))
            elif token.text == "EXISTS" or (token.text == "NOT" and self.peek(1).text == "EXISTS"):
                parts.append(self.exists())
            elif token.text == "<<":
                raise self.refused("a triple term of RDF 1.2")
            else:
                depth += (token.text in _OPENING) - (token.text in _CLOSING)
                parts.append(self.next().text)
        return parts

    def split(self) -> None:
        """After an operand what looks like an IRI begins with a comparison: `?a<?b&&?c>?d`."""
        start = self.peek().start
        sign = "<=" if self.text[start + 1] == "=" else "<"
        rest = after(self.text, start + len(sign))
        self.tokens = (*self.tokens[: self.at], Token("sign", sign, start), *rest)

    def exists(self) -> Exists:
        negated = self.take("NOT")
        self.expect("EXISTS")
        return Exists(self.group(), negated)


def _single(group: Group) -> Element:
    """A group with nothing but a sub-SELECT is that sub-SELECT."""
    if len(group.elements) == 1 and isinstance(group.elements[0], SubSelect):
        return group.elements[0]
    return group


def _operand(part: str | Variable | Constant | Exists) -> bool:
    """Whether a value ends here, so that a sign must follow."""
    return part == ")" or isinstance(part, Variable | Constant) or (isinstance(part, str) and part[0].isdigit())


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
