"""A query read by recursive descent along the grammar of SPARQL 1.1 (section 19.8 of
https://www.w3.org/TR/sparql11-query/): its tree, the places of its clauses, or where it breaks the grammar.

What the engine takes beyond the grammar is read too: RDF 1.2 and LATERAL. Where such a thing has no place in the tree,
callers that need the whole tree refuse it by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from gbkg.core.errors import ParseError
from gbkg.sparql.clauses import Clauses, DatasetClause, Graphs, Ordering
from gbkg.sparql.patterns import Patterns
from gbkg.sparql.tokens import fault, refusal, tokens
from gbkg.sparql.tree import (
    Constant,
    Construct,
    Expression,
    Group,
    Item,
    Select,
    SubSelect,
    Term,
    Values,
    Variable,
)

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: its form, the place of that keyword, its tree, the template of a CONSTRUCT, its clauses, and those
    that name graphs.

    The clauses of the whole query come first, then those of each sub-SELECT in the order of the text. In the tree of
    DESCRIBE, what is described is inline data. `refused` is the first construct that
    the tree has no place for, with its offset.
    """

    form: str
    start: int
    tree: Select
    template: Group | None
    clauses: tuple[Clauses, ...]
    refused: tuple[int, str] | None
    datasets: tuple[DatasetClause, ...] = ()


@lru_cache(maxsize=128)
def query(text: str) -> Query:
    """A query of any form. Raises `ParseError` (line, column, and a caret as a note) where the text is not SPARQL."""
    try:
        return _Parser(text).query()
    except ParseError as error:
        try:
            return _Parser(text, glued=True).query()
        except ParseError:
            raise error from None


def select(text: str) -> Select:
    """The tree of a SELECT query. Raises `NotCoveredError` at what has no place in the tree, or when the query is of
    another form; `ParseError` where the text is not SPARQL."""
    return _whole(text, "SELECT").tree


def rewritten(text: str) -> Select:
    """As `select`, of a text that was written of a tree and so may have variables whose names are reserved."""
    parser = _Parser(text)
    parser.reserved = False
    whole = parser.query()
    if whole.form != "SELECT" or whole.refused:
        raise refusal(text, *(whole.refused or (whole.start, f"{whole.form} in place of SELECT")))
    return whole.tree


def pattern(text: str) -> Select:
    """The pattern of a query of any form, with all that stands in it, as the SELECT of everything in it; what has no
    place in the tree is left out, or stands there as the plain patterns that it holds. Raises `ParseError`."""
    return Select("", (), Group((SubSelect(query(text).tree),)))


def construct(text: str) -> Construct:
    """The tree of a CONSTRUCT that has a template and ends with its body. Raises as `select`."""
    whole = _whole(text, "CONSTRUCT")
    if whole.template is None:
        after = next(token.start for token in tokens(text) if token.start > whole.start)
        raise refusal(text, after, "CONSTRUCT without a template")
    if replace(whole.tree, base="") != Select("", (), whole.tree.where):
        raise refusal(text, whole.clauses[0].closing, "a clause after the body")
    return Construct(whole.template, whole.tree.where)


def _whole(text: str, form: str) -> Query:
    """The query, if it is of this form and the tree can hold all of it."""
    whole = query(text)
    if whole.form != form:
        raise refusal(text, whole.start, f"{whole.form} in place of {form}")
    if whole.refused:
        raise refusal(text, *whole.refused)
    return whole


class _Parser(Patterns):
    """Reads whole queries."""

    def __init__(self, text: str, glued: bool = False) -> None:
        super().__init__(text, glued)
        self.clauses: list[Clauses] = []
        self.dataset_clauses: list[DatasetClause] = []

    def query(self) -> Query:
        try:
            return self.whole()
        except (ValueError, SyntaxError) as error:  # a term that pyoxigraph does not take
            raise fault(self.text, self.tokens[max(self.at - 1, 0)].start, f"not SPARQL: {error}") from error

    def whole(self) -> Query:
        self.prologue()
        if not self.sees("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            raise self.fault("SELECT, ASK, CONSTRUCT or DESCRIBE")
        form, start = self.token.text, self.token.start
        template, tree = (None, self.select(outer=True)) if form == "SELECT" else self.other_form()
        if self.token is not self.end:
            raise self.fault("the end")
        clauses = tuple(sorted(self.clauses, key=lambda one: one.start))
        tree = replace(tree, base=self.base)
        return Query(form, start, tree, template, clauses, self.refused, tuple(self.dataset_clauses))

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
            items = self.several(self.begins_item, self.item, "a variable")
        if outer:
            self.datasets()
        self.take("WHERE")
        made = replace(self.body("SELECT", start, self.group), modifier=modifier, items=tuple(items))
        self.picked = former
        return made

    def other_form(self) -> tuple[Group | None, Select]:
        """Template, if there is one, and pattern of ASK, CONSTRUCT or DESCRIBE; what is described is inline data."""
        start, form, template, described = self.token.start, self.next().text, None, list[Term]()
        read: Callable[[], Group] | None = self.group
        if form == "CONSTRUCT" and self.sees("{"):
            template = self.template()
        elif form == "CONSTRUCT":
            self.expected.add("{")
            read = self.template
        elif form == "DESCRIBE" and not self.take("*"):
            described = self.several(self.begins_name, self.name, "a variable or IRI")
        self.datasets()
        if read == self.template:
            self.expect("WHERE")
        elif not self.take("WHERE") and form == "DESCRIBE" and not self.sees("{"):
            self.expected.add("{")
            read = None
        made = self.body(form, start, read)
        named = (Values((self.fresh(),), ((one,),)) for one in described if isinstance(one, Constant))
        return template, replace(made, where=Group((*named, *made.where.elements)))

    def datasets(self) -> None:
        while self.sees("FROM"):
            self.refuse("FROM")
            start = self.next().start
            named = self.skip("NAMED")
            self.dataset_clauses.append(DatasetClause(self.iri(), named, start, self.behind))

    def body(self, form: str, start: int, read: Callable[[], Group] | None) -> Select:
        """The pattern, if there is one, and the clauses after it (SolutionModifier and ValuesClause)."""
        opening = self.token.start
        where = read() if read else Group(())
        closing = self.behind - 1
        group_by, having, order = list[Item](), list[Expression](), list[tuple[Ordering, Expression]]()
        if self.take("GROUP"):
            self.expect("BY")
            group_by = self.several(self.begins_key, self.key, "a variable")
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
            tuple(dict.fromkeys(group_by)),
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

    def begins_item(self) -> bool:
        return self.token.kind == "variable" or self.sees("(")

    def item(self) -> Item:
        """A variable, or `(expression AS ?variable)`."""
        if self.token.kind == "variable":
            start = self.token.start
            return Item(self.variable(), start=start)
        self.expect("(")
        value = Expression(tuple(self.expression()))
        variable, start = self.alias()
        return Item(variable, value, start)

    def key(self) -> Item:
        """A grouping key: a variable, a call, or an expression in parentheses, with or without a variable for it."""
        if self.token.kind == "variable":
            return self.item()
        if not self.skip("("):
            return Item(None, self.constraint())
        parts = self.expression()
        if self.sees("AS"):
            variable, start = self.alias()
            return Item(variable, Expression(tuple(parts)), start)
        self.expected.add("AS")
        self.expect(")")
        if len(parts) == 1 and isinstance(parts[0], Variable):
            return Item(parts[0])
        return Item(None, Expression(("(", *parts, ")")))

    def begins_key(self) -> bool:
        return self.token.kind == "variable" or self.begins_constraint()

    def begins_ordering(self) -> bool:
        return self.sees("ASC", "DESC") or self.begins_key()

    def ordering(self) -> tuple[Ordering, Expression]:
        """An order condition, also as an expression with its ASC or DESC."""
        start, directed = self.token.start, self.sees("ASC", "DESC")
        direction = self.next().text if directed else "ASC"
        begins = self.token.start
        if directed and not self.sees("("):
            raise self.fault("(")
        value = Expression((self.variable(),)) if self.token.kind == "variable" else self.constraint()
        parts = (direction, *value.parts) if directed else value.parts
        return Ordering(start, direction, self.text[begins : self.behind]), Expression(parts)

    def whole_number(self) -> int:
        if not self.token.text.isdecimal():
            raise self.fault("a whole number")
        return int(self.kind("number", "a whole number").text)


def taken(text: str) -> tuple[str, Graphs]:
    """The text with blanks in place of FROM and FROM NAMED, so that all else keeps its place, and what they name.
    Raises `ParseError` when a text that has the word in it is not SPARQL.

    >>> taken("ASK FROM <urn:a> FROM NAMED <urn:b> { }")
    ('ASK                                 { }', Graphs(default=('urn:a',), named=('urn:b',)))
    """
    if "from" not in text.casefold():
        return text, Graphs()
    clauses = query(text).datasets
    for clause in clauses:
        text = text[: clause.start] + " " * (clause.end - clause.start) + text[clause.end :]
    default = dict.fromkeys(clause.iri for clause in clauses if not clause.named)
    named = dict.fromkeys(clause.iri for clause in clauses if clause.named)
    return text, Graphs(tuple(default), tuple(named))
