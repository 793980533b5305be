"""The text of a tree. Terms are written out, so the text needs no prefixes."""

from __future__ import annotations

import re

import pyoxigraph as ox

from gbkg.core.prefixes import shorten
from gbkg.sparql.tree import (
    HIDDEN,
    Bind,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    GraphPattern,
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

_SHORTENED = re.compile(rf""""(?:[^"\\]|\\.)*"|<(?P<iri>[^<>"{{}}|^`\\\x00-\x20]*)>|(?P<hidden>\?{HIDDEN}\w+)""")


def select(query: Select) -> str:
    """The text of a SELECT query, with its BASE if it has one."""
    head = " ".join(map(_item, query.items)) if query.items else "*"
    parts = [f"{base(query.base)}SELECT {query.modifier} {head} WHERE {group(query.where)}"]
    if query.group_by:
        parts.append("GROUP BY " + " ".join(map(_item, query.group_by)))
    parts += [f"HAVING {expression(e)}" for e in query.having[:1]] + [expression(e) for e in query.having[1:]]
    if query.order:
        parts.append("ORDER BY " + " ".join(map(expression, query.order)))
    parts += [f"{word} {n}" for word, n in (("LIMIT", query.limit), ("OFFSET", query.offset)) if n is not None]
    if query.values:
        parts.append(element(query.values))
    return " ".join(parts)


def base(iri: str) -> str:
    """The head of a query with this BASE; nothing when it has none."""
    return f"BASE {ox.NamedNode(iri)} " if iri else ""


def group(pattern: Group) -> str:
    """The text of a group, its braces included."""
    return "{ " + " ".join(map(element, pattern.elements)) + " }"


def element(pattern: Element) -> str:
    """The text of one element of a group."""
    match pattern:
        case Triple(s, p, o):
            return f"{term(s)} {path(p) if isinstance(p, Path) else term(p)} {term(o)} ."
        case Filter(condition):
            return f"FILTER {expression(condition)}"
        case Bind(value, variable):
            return f"BIND ({expression(value)} AS {term(variable)})"
        case Values(variables, rows):
            names = " ".join(map(term, variables))
            data = " ".join("(" + " ".join(term(v) if v else "UNDEF" for v in row) + ")" for row in rows)
            return f"VALUES ({names}) {{ {data} }}"
        case Optional(inner):
            return f"OPTIONAL {group(inner)}"
        case Minus(inner):
            return f"MINUS {group(inner)}"
        case GraphPattern(name, inner):
            return f"GRAPH {term(name)} {group(inner)}"
        case Union(groups):
            return " UNION ".join(map(group, groups))
        case SubSelect(query):
            return f"{{ {select(query)} }}"
        case Group():
            return group(pattern)


def expression(given: Expression) -> str:
    """The text of an expression. No blank stands before a parenthesis: Oxigraph does not read `COALESCE (`."""
    return "".join(part if part == "(" else f" {_part(part)}" for part in given.parts).lstrip()


def path(given: Path | Constant) -> str:
    """The text of a property path, in parentheses wherever it has parts."""
    if isinstance(given, Constant):
        return given.text
    inner = [path(part) for part in given.parts]
    if given.kind in "/|":
        return f"({given.kind.join(inner)})"
    if given.kind == "^":
        return f"(^{inner[0]})"
    if given.kind == "!":
        # A negated set takes bare IRIs and ^IRI only, so its members lose the parentheses.
        return "!(" + "|".join(text.removeprefix("(").removesuffix(")") for text in inner) + ")"
    return f"({inner[0]}{given.kind})"


def readable(text: str) -> str:
    """A text for people: prefixes for its IRIs, [] for variables that no user wrote; strings stay."""

    def shown(match: re.Match[str]) -> str:
        if match["iri"] is not None:
            return shorten(match["iri"])
        return "[]" if match["hidden"] else match[0]

    return _SHORTENED.sub(shown, text)


def term(given: Term) -> str:
    """The text of a term."""
    return f"?{given.name}" if isinstance(given, Variable) else given.text


def _part(part: str | Variable | Constant | Exists) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Exists):
        return f"{'NOT ' if part.negated else ''}EXISTS {group(part.group)}"
    return term(part)


def _item(item: Item) -> str:
    if item.expression is None:
        assert item.variable is not None
        return term(item.variable)
    text = expression(item.expression)
    return f"({text} AS {term(item.variable)})" if item.variable else text
