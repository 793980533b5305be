"""A query read by recursive descent along the grammar of SPARQL 1.1 (section 19.8 of
https://www.w3.org/TR/sparql11-query/): its tree, the places of its clauses, or where it breaks the grammar.

What the engine takes beyond the grammar is read too: RDF 1.2 and LATERAL. Where such a thing has no place in the tree,
those who need the whole tree refuse it by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from gbkg.core.errors import ParseError
from gbkg.core.terms import term
from gbkg.sparql.cursor import FUNCTIONS, Cursor
from gbkg.sparql.tokens import fault, refusal
from gbkg.sparql.tree import (
    AGGREGATES,
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

_LOGICAL = frozenset({"&&", "||"})
_COMPARING = frozenset({"=", "!=", "<=", ">=", "<", ">", "IN", "NOT"})
_BINARY = _LOGICAL | _COMPARING | frozenset("+-*/")
PICKING = frozenset({"GROUP_CONCAT", "SAMPLE", "MIN", "MAX"})
"""Aggregates that depend on the order of the members; MIN and MAX where these are equal, or of several kinds."""
_Read = TypeVar("_Read")
_Parts = list[str | Variable | Constant | Exists]


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order condition: where it begins, ASC or DESC, and the text of its value."""

    start: int
    direction: str
    value: str


@dataclass(frozen=True, slots=True)
class Clauses:
    """Where the clauses of a SELECT stand in the text, or those of the whole of another form.

    All places are 0-based offsets in code points: `start` that of the keyword, `opening` and `closing` those of the
    braces of the group, `body` where the clauses before LIMIT, OFFSET and VALUES end, `values` that of VALUES if there
    is one, `end` where all of it ends. `cut` says that there is a LIMIT or an OFFSET; `picked` are the texts of what
    aggregates of `PICKING` are of.
    """

    form: str
    start: int
    opening: int
    closing: int
    body: int
    values: int | None
    end: int
    order: tuple[Ordering, ...]
    cut: bool
    picked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: its form, the place of that keyword, its tree, and its clauses.

    The clauses of the whole query come first, then those of each sub-SELECT in the order of the text. Of CONSTRUCT the
    tree has the pattern without the template; what is described is inline data. `refused` is the first construct that
    the tree has no place for, with its offset.
    """

    form: str
    start: int
    tree: Select
    clauses: tuple[Clauses, ...]
    refused: tuple[int, str] | None


@lru_cache(maxsize=256)
def query(text: str) -> Query:
    """A query of any form. Raises `ParseError` (line, column, and a caret as a note) where the text is not SPARQL."""
    try:
        return _guarded(_Parser(text), _Parser.query)
    except ParseError as error:
        try:
            return _guarded(_Parser(text, glued=True), _Parser.query)
        except ParseError:
            raise error from None


@lru_cache(maxsize=256)
def select(text: str) -> Select:
    """The tree of a SELECT query. Raises `NotCoveredError` at what has no place in the tree, or when the query is of
    another form; `ParseError` where the text is not SPARQL."""
    whole = query(text)
    if whole.form != "SELECT":
        raise refusal(text, whole.start, f"{whole.form} in place of SELECT")
    if whole.refused:
        raise refusal(text, *whole.refused)
    return whole.tree


def pattern(text: str) -> Select:
    """The pattern of a query of any form, with all that stands in it, as the SELECT of everything in it; what has no
    place in the tree is left out, or stands there as the plain patterns that it holds. Raises `ParseError`."""
    return Select("", (), Group((SubSelect(query(text).tree),)))


def construct(text: str) -> Construct:
    """The tree of a CONSTRUCT that has a template and ends with its body. Raises as `select`."""
    return _guarded(_Parser(text), _Parser.rule)


def _guarded(parser: _Parser, read: Callable[[_Parser], _Read]) -> _Read:
    """What is read; a term that pyoxigraph does not take is an error at its place."""
    try:
        return read(parser)
    except (ValueError, SyntaxError) as error:
        raise fault(parser.text, parser.tokens[max(parser.at - 1, 0)].start, f"not SPARQL: {error}") from error


class _Parser(Cursor):
    """Reads the rules of the grammar."""

    def __init__(self, text: str, glued: bool = False) -> None:
        super().__init__(text, glued)
        self.nodes = 0
        self.clauses: list[Clauses] = []
        self.picked: list[str] = []

    # ---- queries

    def query(self) -> Query:
        self.prologue()
        if not self.sees("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            raise self.fault("SELECT, ASK, CONSTRUCT or DESCRIBE")
        form, start = self.token.text, self.token.start
        tree = self.select(outer=True) if form == "SELECT" else self.other_form()
        if self.token is not self.end:
            raise self.fault("the end")
        clauses = tuple(sorted(self.clauses, key=lambda one: one.start))
        return Query(form, start, replace(tree, base=self.base), clauses, self.refused)

    def rule(self) -> Construct:
        """A CONSTRUCT with a template, which ends with its body."""
        self.prologue()
        if not self.sees("CONSTRUCT"):
            raise self.refusal(f"{self.token.text or 'an empty text'} in place of CONSTRUCT")
        self.next()
        if not self.sees("{"):
            raise self.refusal("CONSTRUCT without a template")
        template = self.template()
        self.take("WHERE")
        where = self.group()
        if self.token is not self.end:
            raise self.refusal(f"{self.token.text!r} after the query")
        if self.refused:
            raise refusal(self.text, *self.refused)
        return Construct(template, where)

    def prologue(self) -> None:
        while self.sees("PREFIX", "BASE", "VERSION"):
            word = self.next().text
            if word == "PREFIX":
                if self.token.kind != "name" or self.token.text.find(":") + 1 != len(self.token.text):
                    raise self.fault("a prefix with its colon")
                name = self.next().text[:-1]
                self.prefixes[name] = self.full_iri()
            elif word == "BASE":
                self.base = self.full_iri()
            else:
                self.kind("string", "a string")

    def select(self, outer: bool = False) -> Select:
        start, former, self.picked = self.token.start, self.picked, []
        self.expect("SELECT")
        modifier: Any = next((word for word in ("DISTINCT", "REDUCED") if self.take(word)), "")
        items: list[Item] = []
        if not self.take("*"):
            items = self.several(lambda: self.sees("(") or self.token.kind == "variable", self.item, "a variable")
        if outer:
            self.datasets()
        self.take("WHERE")
        made = replace(self.body("SELECT", start, self.group), modifier=modifier, items=tuple(items))
        self.picked = former
        return made

    def other_form(self) -> Select:
        """ASK, CONSTRUCT or DESCRIBE; what is described is inline data, and a template is left out."""
        start, form, described = self.token.start, self.next().text, list[Term]()
        read: Callable[[], Group] | None = self.group
        if form == "CONSTRUCT" and not self.sees("{"):
            self.expected.add('"{"')
            read = self.template
        elif form == "CONSTRUCT":
            self.template()
        elif form == "DESCRIBE" and not self.take("*"):
            described = self.several(self.begins_name, self.name, "a variable or IRI")
        self.datasets()
        if read == self.template:
            self.expect("WHERE")
        elif not self.take("WHERE") and form == "DESCRIBE" and not self.sees("{"):
            self.expected.add('"{"')
            read = None
        made = self.body(form, start, read)
        named = (Values((self.fresh(),), ((one,),)) for one in described if isinstance(one, Constant))
        return replace(made, where=Group((*named, *made.where.elements)))

    def datasets(self) -> None:
        while self.sees("FROM"):
            self.refuse("FROM")
            self.next()
            if self.sees("NAMED"):
                self.next()
            self.iri()

    def body(self, form: str, start: int, read: Callable[[], Group] | None) -> Select:
        """The pattern, if there is one, and the clauses after it (SolutionModifier and ValuesClause)."""
        opening = self.token.start
        where = read() if read else Group(())
        closing = self.behind - 1
        group_by, having, order = list[Item](), list[Expression](), list[tuple[Ordering, Expression]]()
        if self.take("GROUP"):
            self.expect("BY")
            group_by = self.several(
                lambda: self.begins_constraint() or self.token.kind == "variable", self.key, "a variable"
            )
        if self.take("HAVING"):
            having = self.several(self.begins_constraint, self.constraint, "a condition in brackets")
        if self.take("ORDER"):
            self.expect("BY")
            order = self.several(self.begins_ordering, self.ordering, "a variable")
        behind, limits = self.behind, dict[str, int]()
        while word := next((word for word in ("LIMIT", "OFFSET") if word not in limits and self.take(word)), ""):
            limits[word] = self.whole_number()
        at = self.token.start
        values = self.values() if self.take("VALUES") else None
        if read:
            places = (opening, closing, behind, at if values else None, self.behind)
            found = tuple(ordering for ordering, _ in order)
            self.clauses.append(Clauses(form, start, *places, found, bool(limits), tuple(self.picked)))
        return Select(
            "",
            (),
            where,
            tuple(group_by),
            tuple(having),
            tuple(expression for _, expression in order),
            limits.get("LIMIT"),
            limits.get("OFFSET"),
            values,
        )

    def several(self, begins: Callable[[], bool], read: Callable[[], _Read], name: str) -> list[_Read]:
        """One or more of what `read` reads; `name` is what such a thing is called in an error."""
        found = []
        while begins():
            found.append(read())
        if not found:
            raise self.fault(name)
        self.expected.add(name)
        return found

    def item(self) -> Item:
        """A variable, or `(expression AS ?variable)`."""
        start = self.token.start
        if self.token.kind == "variable":
            return Item(self.variable(), start=start)
        self.expect("(")
        value = Expression(tuple(self.expression()))
        self.expect("AS")
        start, variable = self.token.start, self.variable()
        self.expect(")")
        return Item(variable, value, start)

    def key(self) -> Item:
        """A grouping key: a variable, a call, or an expression in parentheses, with or without a variable for it."""
        start = self.token.start
        if self.token.kind == "variable":
            return Item(self.variable(), start=start)
        if not self.sees("("):
            return Item(None, self.constraint(), start)
        self.next()
        parts = self.expression()
        if self.take("AS"):
            start, variable = self.token.start, self.variable()
            self.expect(")")
            return Item(variable, Expression(tuple(parts)), start)
        self.expect(")")
        if len(parts) == 1 and isinstance(parts[0], Variable):
            return Item(parts[0], start=start)
        return Item(None, Expression(("(", *parts, ")")), start)

    def begins_ordering(self) -> bool:
        return self.sees("ASC", "DESC") or self.token.kind == "variable" or self.begins_constraint()

    def ordering(self) -> tuple[Ordering, Expression]:
        """An order condition, also as an expression with its ASC or DESC."""
        start, directed = self.token.start, self.sees("ASC", "DESC")
        direction = self.next().text if directed else "ASC"
        begins = self.token.start
        if directed and not self.sees("("):
            raise self.fault('"("')
        value = Expression((self.variable(),)) if self.token.kind == "variable" else self.constraint()
        parts = (direction, *value.parts) if directed else value.parts
        return Ordering(start, direction, self.text[begins : self.behind]), Expression(parts)

    def whole_number(self) -> int:
        if not self.token.text.isdecimal():
            raise self.fault("a whole number")
        return int(self.kind("number", "a whole number").text)

    # ---- patterns

    def template(self) -> Group:
        """Triple patterns in braces."""
        elements: list[Element] = []
        self.expect("{")
        self.triples(elements)
        self.expect("}")
        return Group(tuple(elements))

    def group(self) -> Group:
        self.expect("{")
        if self.sees("SELECT"):
            inner = SubSelect(self.select())
            self.expect("}")
            return Group((inner,))
        self.expected.add('"SELECT"')
        elements: list[Element] = []
        self.triples(elements)
        while not self.take("}"):
            self.element(elements)
            self.take(".")
            self.triples(elements)
        return Group(tuple(elements))

    def element(self, into: list[Element]) -> None:
        """Reads what is no triple pattern, and appends it."""
        if self.sees("{"):
            groups = [self.group()]
            while self.take("UNION"):
                groups.append(self.group())
            into.append(Union(tuple(groups)) if len(groups) > 1 else _single(groups[0]))
            return
        if not self.sees("FILTER", "OPTIONAL", "MINUS", "BIND", "VALUES", "GRAPH", "SERVICE", "LATERAL"):
            raise self.fault("another pattern")
        if self.sees("SERVICE", "LATERAL"):
            self.refuse(self.token.text)
        match self.next().text:
            case "FILTER":
                into.append(Filter(self.constraint()))
            case "OPTIONAL":
                into.append(Optional(self.group()))
            case "MINUS":
                into.append(Minus(self.group()))
            case "BIND":
                into.append(self.bind())
            case "VALUES":
                into.append(self.values())
            case "GRAPH":
                name = self.name()
                into.append(Graph(name, self.group()))
            case "LATERAL":
                into.append(self.group())
            case "SERVICE":
                if self.sees("SILENT"):
                    self.next()
                self.name()
                self.group()

    def bind(self) -> Bind:
        self.expect("(")
        value = Expression(tuple(self.expression()))
        self.expect("AS")
        start, variable = self.token.start, self.variable()
        self.expect(")")
        return Bind(value, variable, start)

    def values(self) -> Values:
        """Inline data."""
        if self.token.kind == "variable":
            names = [self.variable()]
            self.expect("{")
            rows = [(datum,) for datum in self.data("}")]
            return Values(tuple(names), tuple(rows))
        if not self.sees("("):
            raise self.fault("a variable", '"("')
        self.next()
        names, many = [], []
        while not self.take(")"):
            names.append(self.variable())
        self.expect("{")
        while not self.take("}"):
            start = self.token.start
            self.expect("(")
            many.append(tuple(self.data(")")))
            if len(many[-1]) != len(names):
                said = f"{_counted(many[-1], 'value')} for {_counted(names, 'variable')}"
                raise fault(self.text, start, f"not SPARQL: a row of {said}", "write UNDEF where there is none")
        return Values(tuple(names), tuple(many))

    def data(self, closing: str) -> Iterator[Constant | None]:
        """Values up to a bracket."""
        while not self.take(closing):
            if self.sees("UNDEF"):
                self.next()
                yield None
            elif self.sees("<<"):
                self.quoted([])
                yield None
            elif self.begins_constant():
                yield self.constant()
            else:
                raise self.fault("a value")

    # ---- triples

    def begins_constant(self) -> bool:
        return self.token.kind in ("iri", "name", "string", "number") or self.sees("+", "-", "TRUE", "FALSE")

    def begins_node(self) -> bool:
        return self.begins_constant() or self.token.kind in ("variable", "node") or self.sees("[", "(", "<<")

    def begins_name(self) -> bool:
        return self.token.kind in ("variable", "iri", "name")

    def triples(self, into: list[Element]) -> None:
        """Triple patterns, if there are any, with dots between them; those too that brackets and lists stand for."""
        while self.begins_node():
            before = len(into)
            subject = self.node(into)
            if len(into) == before or self.begins_verb():  # a list or brackets may stand alone
                self.properties(subject, into)
            if not self.take("."):
                return
        self.expected.add("a triple pattern")

    def properties(self, subject: Term, into: list[Element]) -> None:
        while True:
            start = self.token.start
            predicate = self.variable() if self.token.kind == "variable" else self.path()
            while True:
                inner: list[Element] = []
                into.append(Triple(subject, predicate, self.node(inner), start))
                into.extend(inner)
                self.annotations(into)
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
        self.expected.add("a property")
        return self.begins_name() or self.sees("a", "^", "!", "(")

    def annotations(self, into: list[Element]) -> None:
        while self.sees("~", "{|"):
            self.refuse("an annotation of RDF 1.2")
            if self.next().text == "{|":
                self.properties(self.fresh(), into)
                self.expect("|}")
            elif self.begins_name() or self.token.kind == "node":
                self.node(into)

    def path(self) -> Path | Constant:
        """PathAlternative."""
        parts = [self.sequence()]
        while self.sees("|"):
            self.next()
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Path("|", tuple(parts))

    def sequence(self) -> Path | Constant:
        parts = [self.step()]
        while self.sees("/"):
            self.next()
            parts.append(self.step())
        return parts[0] if len(parts) == 1 else Path("/", tuple(parts))

    def step(self) -> Path | Constant:
        """PathEltOrInverse: a modifier binds closer than ^."""
        if self.sees("^"):
            self.next()
            return Path("^", (self.repeated(),))
        return self.repeated()

    def repeated(self) -> Path | Constant:
        made: Path | Constant
        if self.sees("("):
            self.next()
            made = self.path()
            self.expect(")")
        elif self.sees("!"):
            self.next()
            made = Path("!", self.negated())
        else:
            made = self.predicate()
        if self.sees("*", "+", "?"):
            kind: Any = self.next().text
            made = Path(kind, (made,))
        return made

    def negated(self) -> tuple[Path | Constant, ...]:
        if not self.sees("("):
            return (self.one_negated(),)
        self.next()
        found = [self.one_negated()]
        while self.take("|"):
            found.append(self.one_negated())
        self.expect(")")
        return tuple(found)

    def one_negated(self) -> Path | Constant:
        if self.sees("^"):
            self.next()
            return Path("^", (self.predicate(),))
        return self.predicate()

    # ---- nodes

    def node(self, into: list[Element]) -> Term:
        """A term; the triples that brackets and lists stand for go to `into`."""
        if self.token.kind == "variable":
            return self.variable()
        if self.token.kind == "node":
            return Variable(f"{HIDDEN}n{self.next().text[2:].encode().hex()}")
        if self.sees("["):
            self.next()
            node = self.fresh()
            if not self.take("]"):
                self.properties(node, into)
                self.expect("]")
            return node
        if self.sees("("):
            return self.collection(into)
        if self.sees("<<"):
            return self.quoted(into)
        if not self.begins_constant():
            raise self.fault("a term")
        return self.constant()

    def collection(self, into: list[Element]) -> Term:
        """An RDF collection (section 4.2.3)."""
        self.next()
        if self.take(")"):
            return Constant(term("rdf:nil"))
        first = node = self.fresh()
        while True:
            inner: list[Element] = []
            into.append(Triple(node, Constant(term("rdf:first")), self.node(inner)))
            into.extend(inner)
            if self.take(")"):
                into.append(Triple(node, Constant(term("rdf:rest")), Constant(term("rdf:nil"))))
                return first
            following = self.fresh()
            into.append(Triple(node, Constant(term("rdf:rest")), following))
            node = following

    def quoted(self, into: list[Element]) -> Term:
        """A triple term or a reified triple of RDF 1.2; its triple goes to `into`."""
        self.refuse("a triple term of RDF 1.2")
        self.next()
        is_term = self.sees("(")
        if is_term:
            self.next()
        inner: list[Element] = []
        subject = self.node(inner)
        predicate = self.variable() if self.token.kind == "variable" else self.predicate()
        into.append(Triple(subject, predicate, self.node(inner)))
        into.extend(inner)
        if is_term:
            self.expect(")")
        else:
            self.annotations(into)
        self.expect(">>")
        return self.fresh()

    def name(self) -> Term:
        """A variable or an IRI."""
        if not self.begins_name():
            raise self.fault("a variable or IRI")
        return self.variable() if self.token.kind == "variable" else self.named()

    def variable(self) -> Variable:
        if self.token.kind == "variable" and self.token.text[1:].startswith(HIDDEN):
            self.refuse(f"a variable that begins with {HIDDEN}")
        return Variable(self.kind("variable", "a variable").text[1:])

    def fresh(self) -> Variable:
        self.nodes += 1
        return Variable(f"{HIDDEN}b{self.nodes}")

    # ---- expressions

    def begins_constraint(self) -> bool:
        """Whether parentheses or a call begin here."""
        called = self.token.kind == "word" and self.token.text in FUNCTIONS | AGGREGATES
        return called or self.token.kind in ("iri", "name") or self.sees("(", "EXISTS", "NOT")

    def constraint(self) -> Expression:
        """An expression in parentheses, a call, or EXISTS with its group."""
        if not self.begins_constraint():
            raise self.fault("a condition in brackets")
        if self.sees("EXISTS", "NOT"):
            return Expression((self.exists(),))
        parts: _Parts = []
        if self.token.kind in ("iri", "name"):
            parts.append(f"<{self.iri()}>")
            self.arguments(parts, distinct=True)
        else:
            self.operand(parts)
        return Expression(tuple(parts))

    def expression(self) -> _Parts:
        """Operands with signs between them. Two comparisons need && or || between them, and nothing else comes after
        the list of IN; no other precedence decides what is an expression."""
        parts: _Parts = []
        self.operand(parts)
        signs = _BINARY
        while True:
            self.split()
            if not self.sees(*signs):
                return parts
            sign = self.next().text
            parts.append(sign)
            if sign in ("IN", "NOT"):
                if sign == "NOT":
                    self.expect("IN")
                    parts.append("IN")
                self.arguments(parts)
                signs = _LOGICAL
            else:
                self.operand(parts)
                signs = _BINARY if sign in _LOGICAL else signs - _COMPARING if sign in _COMPARING else signs

    def split(self) -> None:
        """After an operand what looks like an IRI begins with a comparison: `?a<?b&&?c>?d`. One with the scheme of an
        IRI is left, unless that is a known prefix."""
        scheme = self.token.text[1:].partition(":")[0]
        if self.token.kind == "iri" and (not scheme.isalnum() or scheme in self.prefixes):
            self.cut("sign", "<=" if self.token.text.startswith("<=") else "<")

    def operand(self, parts: _Parts) -> None:
        while self.sees("!", "+", "-"):
            parts.append(self.next().text)
        token = self.token
        if token.kind == "variable":
            parts.append(self.variable())
        elif token.kind == "number":
            parts.append(self.next().text)
        elif token.kind in ("iri", "name"):
            parts.append(self.named())
            if self.sees("("):
                self.arguments(parts, distinct=True)
        elif token.kind == "string" or self.sees("TRUE", "FALSE"):
            parts.append(self.constant())
        elif self.sees("("):
            self.next()
            parts += ["(", *self.expression(), ")"]
            self.expect(")")
        elif self.sees("EXISTS", "NOT"):
            parts.append(self.exists())
        elif self.sees("<<"):
            parts.append(self.quoted([]))
        elif self.sees(*AGGREGATES):
            self.aggregate(parts)
        elif self.sees(*FUNCTIONS):
            parts.append(self.next().text)
            self.arguments(parts)
        else:
            raise self.fault("an expression")

    def arguments(self, parts: _Parts, distinct: bool = False) -> None:
        """Expressions in parentheses, with commas between them; a function that an IRI names may have DISTINCT."""
        self.expect("(")
        parts.append("(")
        if not self.take(")"):
            if distinct and self.take("DISTINCT"):
                parts.append("DISTINCT")
            parts += self.expression()
            while self.take(","):
                parts += [",", *self.expression()]
            self.expect(")")
        parts.append(")")

    def aggregate(self, parts: _Parts) -> None:
        name = self.next().text
        self.expect("(")
        parts += [name, "("]
        if self.take("DISTINCT"):
            parts.append("DISTINCT")
        start = self.token.start
        parts += ["*"] if name == "COUNT" and self.take("*") else self.expression()
        if name in PICKING:
            self.picked.append(self.text[start : self.behind])
        if name == "GROUP_CONCAT" and self.take(";"):
            self.expect("SEPARATOR")
            self.expect("=")
            if self.token.kind != "string":
                raise self.fault("a string")
            parts += [";", "SEPARATOR", "=", self.string()]
        self.expect(")")
        parts.append(")")

    def exists(self) -> Exists:
        negated = self.sees("NOT")
        if negated:
            self.next()
        self.expect("EXISTS")
        return Exists(self.group(), negated)


def _single(group: Group) -> Element:
    """A group with nothing but a sub-SELECT is that sub-SELECT."""
    if len(group.elements) == 1 and isinstance(group.elements[0], SubSelect):
        return group.elements[0]
    return group


def _counted(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'s' * (len(things) != 1)}"
