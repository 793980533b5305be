"""Expressions: reading them, and taking their conditions apart."""

from __future__ import annotations

from gbkg.sparql.cursor import CALLED, FUNCTIONS, Cursor
from gbkg.sparql.tokens import fault
from gbkg.sparql.tree import AGGREGATES, HIDDEN, Element, Exists, Expression, Group, Part, Parts, Term, Variable

PICKING = frozenset({"GROUP_CONCAT", "SAMPLE", "MIN", "MAX"})
"""Aggregates that depend on the order of the members; MIN and MAX where these are equal, or of several kinds."""
_LOGICAL = frozenset({"&&", "||"})
_COMPARING = frozenset({"=", "!=", "<=", ">=", "<", ">", "IN", "NOT"})
_BINARY = _LOGICAL | _COMPARING | frozenset("+-*/")


class Expressions(Cursor):
    """Reads expressions. Methods with an argument `parts` append to it what they read, as `tree.Expression` has it."""

    def __init__(self, text: str, glued: bool = False) -> None:
        super().__init__(text, glued)
        self.picked: list[tuple[str, str]] = []
        self.reserved = True
        """Whether names that begin with `HIDDEN` are refused."""

    def group(self) -> Group:
        """A group, after EXISTS."""
        raise NotImplementedError

    def quoted(self, into: list[Element]) -> Term:
        """A triple term of RDF 1.2; its triple pattern is appended to `into`."""
        raise NotImplementedError

    def variable(self) -> Variable:
        if self.reserved and self.token.kind == "variable" and self.token.text[1:].startswith(HIDDEN):
            self.refuse(f"a variable that begins with {HIDDEN}")
        return Variable(self.kind("variable", "a variable").text[1:])

    def begins_constraint(self) -> bool:
        """Whether parentheses or a call begin here."""
        called = self.token.kind == "word" and self.token.text in CALLED
        return called or self.token.kind in ("iri", "name") or self.sees("(", "EXISTS", "NOT")

    def constraint(self) -> Expression:
        """An expression in parentheses, a call, or EXISTS with its group."""
        if not self.begins_constraint():
            raise self.fault("a condition in brackets")
        if self.sees("EXISTS", "NOT"):
            return Expression((self.exists(),))
        parts: list[Part] = []
        if self.token.kind in ("iri", "name"):
            parts.append(f"<{self.iri()}>")
            self.arguments(parts, distinct=True)
        else:
            self.operand(parts)
        return Expression(tuple(parts))

    def expression(self) -> list[Part]:
        """Operands with signs between them. Two comparisons need && or || between them, and nothing else comes after
        the list of IN; no other precedence decides what is an expression."""
        parts: list[Part] = []
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
        """Takes what looks like an IRI after an operand for a comparison: `?a<?b&&?c>?d`. It stays an IRI if it begins
        with a scheme that is not a known prefix."""
        scheme = self.token.text[1:].partition(":")[0]
        if self.token.kind == "iri" and (not scheme.isalnum() or scheme in self.prefixes):
            self.cut("sign", "<=" if self.token.text.startswith("<=") else "<")

    def operand(self, parts: list[Part]) -> None:
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
        elif self.skip("("):
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
            found = self.arguments(parts)
            least, most = FUNCTIONS[token.text]
            if not least <= found <= most:
                takes = (
                    f"{least or 'no'} argument{'s' * (least != 1)}" if least == most else f"{least} or {most} arguments"
                )
                raise fault(self.text, token.start, f"not SPARQL: {token.text} takes {takes}, found {found}")
        else:
            raise self.fault("an expression")

    def arguments(self, parts: list[Part], distinct: bool = False) -> int:
        """Expressions in parentheses, with commas between them, and their number; a function that an IRI names may have
        DISTINCT."""
        self.expect("(")
        parts.append("(")
        number = 0
        if not self.take(")"):
            if distinct and self.take("DISTINCT"):
                parts.append("DISTINCT")
            parts += self.expression()
            number = 1
            while self.take(","):
                parts += [",", *self.expression()]
                number += 1
            self.expect(")")
        parts.append(")")
        return number

    def aggregate(self, parts: list[Part]) -> None:
        name = self.next().text
        self.expect("(")
        parts += [name, "("]
        if self.take("DISTINCT"):
            parts.append("DISTINCT")
        start = self.token.start
        parts += ["*"] if name == "COUNT" and self.take("*") else self.expression()
        if name in PICKING:
            self.picked.append((name, self.text[start : self.behind]))
        if name == "GROUP_CONCAT" and self.take(";"):
            self.expect("SEPARATOR")
            self.expect("=")
            if self.token.kind != "string":
                raise self.fault("a string")
            parts += [";", "SEPARATOR", "=", self.string()]
        self.expect(")")
        parts.append(")")

    def exists(self) -> Exists:
        negated = self.skip("NOT")
        self.expect("EXISTS")
        return Exists(self.group(), negated)


def conjuncts(parts: Parts) -> list[Parts]:
    """The conditions that && joins at the top of an expression."""
    parts = stripped(parts)
    cuts, depth = [], 0
    for position, part in enumerate(parts):
        depth += (part == "(") - (part == ")")
        if depth == 0 and part == "||":
            return [parts]
        if depth == 0 and part == "&&":
            cuts.append(position)
    if not cuts:
        return [parts]
    between = [parts[a:b] for a, b in zip([0, *(c + 1 for c in cuts)], [*cuts, len(parts)], strict=True)]
    return [conjunct for some in between for conjunct in conjuncts(some)]


def stripped(parts: Parts) -> Parts:
    """The parts without parentheses around all of them."""
    while len(parts) > 1 and parts[0] == "(" and parts[-1] == ")":
        depth = 0
        for position, part in enumerate(parts):
            depth += (part == "(") - (part == ")")
            if depth == 0 and position < len(parts) - 1:
                return parts
        parts = parts[1:-1]
    return parts


def only_exists(parts: Parts) -> Exists | None:
    """The EXISTS that the condition consists of, if it does; ! before it negates it."""
    turned = False
    parts = stripped(parts)
    while parts and parts[0] == "!":
        turned, parts = not turned, stripped(parts[1:])
    if len(parts) == 1 and isinstance(parts[0], Exists):
        return Exists(parts[0].group, parts[0].negated != turned)
    return None
