"""Group graph patterns: triple patterns, property paths, and the other elements of a group."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import Any

from gbkg.core.terms import term
from gbkg.sparql.expressions import Expressions
from gbkg.sparql.tokens import fault
from gbkg.sparql.tree import (
    HIDDEN,
    Bind,
    Constant,
    Element,
    Expression,
    Filter,
    GraphPattern,
    Group,
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


class Patterns(Expressions):
    """Reads group graph patterns. Methods with an argument `into` append to it what they read, and the triple patterns
    that brackets and lists stand for."""

    def __init__(self, text: str, glued: bool = False) -> None:
        super().__init__(text, glued)
        self.nodes = 0

    def select(self) -> Select:
        """A sub-SELECT."""
        raise NotImplementedError

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
        self.expected.add("SELECT")
        elements: list[Element] = []
        self.triples(elements)
        while not self.take("}"):
            self.element(elements)
            self.take(".")
            self.triples(elements)
        return Group(tuple(elements))

    def element(self, into: list[Element]) -> None:
        """An element that is not a triple pattern."""
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
                into.append(GraphPattern(name, self.group()))
            case "LATERAL":
                into.append(self.group())
            case "SERVICE":
                self.skip("SILENT")
                self.name()
                self.group()

    def bind(self) -> Bind:
        self.expect("(")
        value = Expression(tuple(self.expression()))
        return Bind(value, *self.alias())

    def alias(self) -> tuple[Variable, int]:
        """The variable after AS with its place, and the closing bracket."""
        self.expect("AS")
        start, variable = self.token.start, self.variable()
        self.expect(")")
        return variable, start

    def values(self) -> Values:
        """Inline data."""
        if self.token.kind == "variable":
            names = [self.variable()]
            self.expect("{")
            rows = [(datum,) for datum in self.data("}")]
            return Values(tuple(names), tuple(rows))
        if not self.take("("):
            raise self.fault("a variable")
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
            if self.skip("UNDEF"):
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
        """Triple patterns, if there are any, with dots between them."""
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
        while self.skip("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Path("|", tuple(parts))

    def sequence(self) -> Path | Constant:
        parts = [self.step()]
        while self.skip("/"):
            parts.append(self.step())
        return parts[0] if len(parts) == 1 else Path("/", tuple(parts))

    def step(self) -> Path | Constant:
        """PathEltOrInverse: a modifier binds closer than ^."""
        if self.skip("^"):
            return Path("^", (self.repeated(),))
        return self.repeated()

    def repeated(self) -> Path | Constant:
        made: Path | Constant
        if self.skip("("):
            made = self.path()
            self.expect(")")
        elif self.skip("!"):
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
        if self.skip("^"):
            return Path("^", (self.predicate(),))
        return self.predicate()

    # ---- nodes

    def node(self, into: list[Element]) -> Term:
        """A subject or an object."""
        if self.token.kind == "variable":
            return self.variable()
        if self.token.kind == "node":
            return Variable(f"{HIDDEN}n{self.next().text[2:].encode().hex()}")
        if self.skip("["):
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
        """A triple term or a reified triple of RDF 1.2."""
        self.refuse("a triple term of RDF 1.2")
        self.next()
        is_term = self.skip("(")
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

    def fresh(self) -> Variable:
        self.nodes += 1
        return Variable(f"{HIDDEN}b{self.nodes}")


def _single(group: Group) -> Element:
    """A group with nothing but a sub-SELECT is that sub-SELECT."""
    if len(group.elements) == 1 and isinstance(group.elements[0], SubSelect):
        return group.elements[0]
    return group


def _counted(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'s' * (len(things) != 1)}"
