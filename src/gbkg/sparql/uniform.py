"""Which variables of a query have values of one kind, which the engine orders in one way.

Found from the text and from the kinds of values in the graph (`gbkg.sparql.kinds`), before anything is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES
from gbkg.sparql.expressions import stripped
from gbkg.sparql.kinds import TEXT, Datatypes
from gbkg.sparql.scan import nullable
from gbkg.sparql.tree import (
    Bind,
    Constant,
    Element,
    Expression,
    GraphPattern,
    Part,
    Parts,
    Path,
    Select,
    SubSelect,
    Term,
    Triple,
    Values,
    Variable,
    inside,
)

_XSD = PREFIXES["xsd"]
_TEXTS = frozenset({"STR", "CONCAT", "SUBSTR", "LCASE", "UCASE", "REPLACE", "STRBEFORE", "STRAFTER", "LANG", "STRLANG"})
_TEXTS |= {"ENCODE_FOR_URI", "GROUP_CONCAT", "IRI", "URI", "DATATYPE"}
_INTEGERS = frozenset({"COUNT", "STRLEN", "YEAR", "MONTH", "DAY"})
_ONE_OF = frozenset({"MIN", "MAX", "SAMPLE", "COALESCE"})
_INTEGER = re.compile(r"[+-]?\d+")


class Uniform:
    """The kinds of the variables of a query. `datatypes` are those of the graph, None where they are not known."""

    def __init__(self, query: Select, datatypes: Datatypes | None) -> None:
        self._datatypes = datatypes
        self._places: dict[Variable, list[str | Parts]] = {}
        self._found: dict[Variable, str] = {}
        self._read(SubSelect(query))
        # Of what the whole query asks for, one pattern that must match says enough.
        patterns = [one for one in query.where.elements if isinstance(one, Triple)]
        self._sure = {variable: kind for one in patterns for variable, kind in self._ends(one) if kind}
        for pattern in patterns:
            self._sure |= {variable: kind for variable, kind in self._reached(pattern) if kind}

    def outside(self, name: str) -> str:
        """The kind of a variable of the whole query, "" for several or an unknown one."""
        return self._sure.get(Variable(name), "") or self.anywhere(name)

    def anywhere(self, name: str) -> str:
        """The kind of all variables of that name, also of those that a sub-SELECT keeps to itself."""
        return self._kind(Variable(name))

    def _reached(self, pattern: Triple) -> Iterator[tuple[Variable, str]]:
        """The end of a path that may have length zero, of the same kind as its beginning."""
        subject, path, object = pattern.subject, pattern.predicate, pattern.object
        if isinstance(path, Path) and nullable(path) and isinstance(object, Variable):
            begins = self._sure.get(subject, "") if isinstance(subject, Variable) else _constant(subject)
            yield object, _one(iter((begins, self._path(path, back=False))))

    def _kind(self, variable: Variable) -> str:
        if variable not in self._found:
            self._found[variable] = ""  # of what is defined by itself
            places = self._places.get(variable, [""])
            self._found[variable] = _one(one if isinstance(one, str) else self._made(one) for one in places)
        return self._found[variable]

    def _made(self, parts: Parts) -> str:
        """The kind of what an expression gives."""
        parts = stripped(parts)
        if len(parts) == 1:
            return self._part(parts[0])
        name, inner = parts[0], parts[1:]
        if not isinstance(name, str) or stripped(inner) == inner or not inner:
            return ""
        if name in _TEXTS:
            return TEXT
        if name in _INTEGERS:
            return "integer"
        arguments = list(_arguments(inner[1:-1]))
        if name == "IF":
            arguments = arguments[1:]
        elif name not in _ONE_OF:
            return ""
        return _one(self._made(one[1:] if one[:1] == ("DISTINCT",) else one) for one in arguments)

    def _part(self, part: Part) -> str:
        if isinstance(part, Variable):
            return self._kind(part)
        return _constant(part) if isinstance(part, Constant) else ""

    # ---- where a variable gets its values

    def _read(self, element: Element) -> None:
        for variable, kind in self._bindings(element):
            self._places.setdefault(variable, []).append(kind)
        for inner in inside(element):
            self._read(inner)

    def _bindings(self, element: Element) -> Iterator[tuple[Variable, str | Parts]]:
        match element:
            case Triple():
                yield from self._ends(element)
            case Bind(expression, variable):
                yield variable, expression.parts
            case Values(variables, rows):
                for at, variable in enumerate(variables):
                    yield from ((variable, _constant(row[at])) for row in rows if row[at])  # type: ignore[arg-type]
            case GraphPattern(Variable() as name, _):
                yield name, TEXT
            case SubSelect(select):
                named = (item for item in (*select.items, *select.group_by) if item.variable)
                for item in named:
                    if isinstance(item.expression, Expression) and item.variable:
                        yield item.variable, item.expression.parts
                yield from self._bindings(select.values) if select.values else ()

    def _ends(self, pattern: Triple) -> Iterator[tuple[Variable, str]]:
        subject, path, object = pattern.subject, pattern.predicate, pattern.object
        ends: tuple[tuple[Term | Path, str], ...] = (
            (subject, self._end(path, back=True)),
            (path, TEXT),
            (object, self._end(path, back=False)),
        )
        yield from ((term, kind) for term, kind in ends if isinstance(term, Variable))

    def _end(self, path: Term | Path, *, back: bool) -> str:
        """The kind of the nodes where a path ends, or where it begins; "" where it may have length zero, and so begin
        and end with anything."""
        if isinstance(path, Path):
            return "" if nullable(path) else self._path(path, back)
        if back or self._datatypes is None:
            return TEXT if back else ""
        return self._datatypes.get(path.term.value, TEXT) if isinstance(path, Constant) else ""

    def _path(self, path: Path | Constant, back: bool) -> str:
        if isinstance(path, Constant):
            return self._end(path, back=back)
        match path.kind:
            case "^":
                return self._path(path.parts[0], not back)
            case "/":
                steps = path.parts if back else path.parts[::-1]
                some = (at for at, step in enumerate(steps, 1) if not nullable(step))
                return _one(self._path(step, back) for step in steps[: next(some, None)])
            case "!":
                return ""
        return _one(self._path(part, back) for part in path.parts)


def _one(kinds: Iterator[str]) -> str:
    """The kind, if it is one."""
    found = set(kinds)
    return found.pop() if len(found) == 1 else ""


def _constant(constant: Constant) -> str:
    term = constant.term
    if not isinstance(term, ox.Literal):
        return TEXT
    datatype = term.datatype.value.removeprefix(_XSD)
    if datatype == "integer" and _INTEGER.fullmatch(term.value):
        return datatype
    # Derived numbers, and decimals: seldom written into a query, and not worth more rules.
    plain = datatype in ("string", "date", "gYear", "gYearMonth", "gMonthDay", "gMonth", "gDay", "boolean")
    return TEXT if plain or term.language else ""


def _arguments(parts: Parts) -> Iterator[Parts]:
    """The arguments of a call, which commas part."""
    depth = start = 0
    for at, part in enumerate(parts):
        depth += (part == "(") - (part == ")")
        if depth == 0 and part == ",":
            yield parts[start:at]
            start = at + 1
    yield parts[start:]
