"""Why the engine refused a query, in words and with the place.

Most refusals break the grammar and are `gbkg.sparql.syntax`'s; the rest follow the grammar and break one of the notes
to it (SPARQL 1.1 Query Language, section 19.8), or a rule about variables (sections 10.1, 11.4 and 18.2.4.4).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches

from gbkg.core.errors import GbkgError, ParseError
from gbkg.core.prefixes import shorten
from gbkg.sparql import parse
from gbkg.sparql.syntax import fault, mistake
from gbkg.sparql.tokens import Token, place, tokens
from gbkg.sparql.tree import Bind, Element, Graph, Group, Minus, Optional, Select, SubSelect, Union, Variable, scope

CASTS = ("boolean", "date", "dateTime", "decimal", "double", "float", "integer", "string", "time")
"""The functions of XML Schema that queries may call (section 17.5), and those that the engine adds."""
_CUSTOM = re.compile(r"custom function <([^>]*)> is not supported")
_PLACE = re.compile(r"error at (\d+):(\d+)")
_ESCAPE = re.compile(r"\\(?![tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})")


@contextmanager
def explained(text: str) -> Iterator[None]:
    """What the engine raises over a query as one clear error: `ParseError` with its place for what is not SPARQL and
    for a function that there is not, else `GbkgError`."""
    try:
        yield
    except SyntaxError as error:
        raise explain(text, error) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise _function(text, error) or GbkgError(f"the engine gave up: {error}") from error


def explain(text: str, error: SyntaxError) -> ParseError:
    """The engine's refusal as one clear error: place, what is wrong there, what was expected; a caret as a note."""
    return mistake(text) or _meant(text) or _engine(text, error)


def _function(text: str, error: Exception) -> ParseError | None:
    """A function that the engine does not have."""
    named = _CUSTOM.search(str(error))
    if named is None:
        return None
    name = shorten(named[1])
    near = [f"xsd:{one}" for one in get_close_matches(name.removeprefix("xsd:"), CASTS, 3, 0.6)]
    written = (token for token in tokens(text) if token.text in (name, f"<{named[1]}>"))
    token = next(written, None) or next(
        (t for t in tokens(text) if t.text.endswith(name.partition(":")[2])), tokens(text)[0]
    )
    hint = f"did you mean {' or '.join(near)}?" if near else "SPARQL's own functions have no prefix"
    return _at(text, token, f"no function is called {name}", hint)


def _meant(text: str) -> ParseError | None:
    found = tokens(text)
    return _relative(text, found) or _escape(text, found) or _rows(text, found) or _variables(text, found)


def _relative(text: str, found: tuple[Token, ...]) -> ParseError | None:
    if any(token.text == "BASE" for token in found if token.kind == "word"):
        return None
    for token in found:
        if token.kind == "iri" and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", token.text):
            return _at(text, token, f"{token.text} is no full IRI", "write it out, or declare a BASE")
    return None


def _escape(text: str, found: tuple[Token, ...]) -> ParseError | None:
    for token in found:
        bare = token.text.replace("\\\\", "__")
        if token.kind == "string" and (wrong := _ESCAPE.search(bare)):
            inside = Token("string", "", token.start + wrong.start())
            shown = token.text[wrong.start() : wrong.start() + 2]
            return _at(text, inside, f"not SPARQL: {shown} is no escape", "write a backslash as two")
    return None


def _rows(text: str, found: tuple[Token, ...]) -> ParseError | None:
    """A row of VALUES with more or fewer values than there are variables (section 10.2)."""
    for at, token in enumerate(found):
        if token.text != "VALUES" or token.kind != "word" or at + 1 == len(found) or found[at + 1].text != "(":
            continue
        end = next((i for i in range(at, len(found)) if found[i].text == ")"), at)
        columns = end - at - 2
        for row, count in _data(found, end + 2):
            if count != columns:
                said = f"{count} value{'s' * (count != 1)} for {columns} variable{'s' * (columns != 1)}"
                return _at(text, row, f"not SPARQL: a row of {said}", "write UNDEF where there is none")
    return None


def _data(found: tuple[Token, ...], at: int) -> Iterator[tuple[Token, int]]:
    """The opening bracket of each row from a place on, with the number of values in it."""
    while at < len(found) and found[at].text == "(":
        first, count = found[at], 0
        at += 1
        while at < len(found) and found[at].text != ")":
            # What belongs to the literal before it, or to the number after it, is no value of its own.
            typed = found[at - 1].text == "^^"
            count += not (typed or found[at].kind == "language" or found[at].text in ("^^", "+", "-"))
            at += 1
        yield first, count
        at += 1


def _variables(text: str, found: tuple[Token, ...]) -> ParseError | None:
    try:
        query = parse.select(text)
    except GbkgError:
        return None
    for select in _selects(query):
        name = _ungrouped(select)
        if name:
            hint = "name it in GROUP BY, or put it into COUNT, SAMPLE or another aggregate"
            return _at(text, _first(found, name), f"?{name} is selected, but neither grouped nor aggregated", hint)
        name = _twice(select)
        if name:
            hint = "choose another name"
            return _at(text, _given(found, name), f"?{name} is given a value here and has one already", hint)
    return None


def _ungrouped(select: Select) -> str:
    if not select.aggregated:
        return ""
    grouped = {item.variable for item in select.group_by}
    plain = [item.variable for item in select.items if item.variable and not item.expression]
    return next((variable.name for variable in plain if variable not in grouped), "")


def _twice(select: Select) -> str:
    """A variable that AS gives a value although the pattern before it has it."""
    seen = {variable.name for variable in scope(select.where)}
    for item in select.items:
        if item.variable and item.expression and item.variable.name in seen:
            return item.variable.name
        seen |= {item.variable.name} if item.variable and item.expression else set()
    return next(_bound_twice(select.where), "")


def _bound_twice(group: Group) -> Iterator[str]:
    seen: set[Variable] = set()
    for element in group.elements:
        if isinstance(element, Bind) and element.variable in seen:
            yield element.variable.name
        for inner in _groups(element):
            yield from _bound_twice(inner)
        seen.update(scope(element))


def _groups(element: Element) -> tuple[Group, ...]:
    match element:
        case Optional(group) | Minus(group) | Graph(_, group):
            return (group,)
        case Union(groups):
            return groups
        case Group():
            return (element,)
    return ()


def _selects(select: Select) -> Iterator[Select]:
    yield select
    waiting: list[Element] = [select.where]
    while waiting:
        element = waiting.pop(0)
        if isinstance(element, SubSelect):
            yield from _selects(element.select)
        else:
            waiting += element.elements if isinstance(element, Group) else _groups(element)


def _first(found: tuple[Token, ...], name: str) -> Token:
    return next(token for token in found if token.kind == "variable" and token.text[1:] == name)


def _given(found: tuple[Token, ...], name: str) -> Token:
    """The last place where the variable stands after AS."""
    pairs = itertools.pairwise(found)
    return [token for before, token in pairs if before.text == "AS" and token.text[1:] == name][-1]


def _engine(text: str, error: SyntaxError) -> ParseError:
    """The engine's own words, where we have none; it sees the fault at its place or some words before."""
    where = _PLACE.search(str(error))
    line, column = (int(where[1]), int(where[2])) if where else (1, 1)
    lines = text.splitlines() or [""]
    line = min(line, len(lines))
    column = min(column, len(lines[line - 1]) + 1)
    said = next((words for words in _sentences(str(error))), "the engine refuses it here or a little before")
    return fault(text, line, column, f"not SPARQL: {said}", "")


def _sentences(message: str) -> list[str]:
    """What the engine says in a sentence of its own, in place of a list of characters."""
    parts = message.partition("expected ")[2].removeprefix("one of ").split(", ")
    return [part[0].lower() + part[1:].rstrip(".") for part in parts if re.match(r"[A-Z][a-zA-Z]+ \w+ [\w ]+", part)]


def _at(text: str, token: Token, message: str, hint: str) -> ParseError:
    line, column = place(text, token.start)
    return fault(text, line, column, message, hint)
