"""What stops a query: what is refused by name before the engine sees it, and what the engine refuses, in words and with
the place.

The engine has no switch for SERVICE, which would send parts of the graph to any address, and it dies of deep nesting
(about 3,000 brackets) and of long chains (about 10,000 operators) instead of refusing them.

Most of the texts that the engine refuses break the grammar, and `gbkg.sparql.parse` says where. The rest break a rule
about variables (SPARQL 1.1 Query Language, sections 10.1, 11.4 and 18.2.4.4), call a function that does not exist, or
are left to the engine's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, NotCoveredError, ParseError, near
from gbkg.core.limits import GIGABYTE, Limits, confined
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.sparql import parse
from gbkg.sparql.scan import selects
from gbkg.sparql.tokens import Token, fault, refusal, tokens
from gbkg.sparql.tree import Bind, Group, Select, SubSelect, Variable, groups, scope

DEEPEST = 200
"""How many brackets may stand open at once."""

LONGEST = 5_000
"""How many tokens a query may have, the data of VALUES not counted."""

_OUTSIDE = "a query sees this graph alone"
_WRITES = "gbkg only reads"
REFUSED = {
    "SERVICE": _OUTSIDE,
    "LOAD": _OUTSIDE,
    "FROM": "a query sees all named graphs together; GRAPH chooses one",
    **dict.fromkeys(("INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"), _WRITES),
}
"""Keywords that are refused, with the reason."""

_PLANNING = Limits(10, GIGABYTE)
"""What the engine may take to plan a query; a thousand patterns take it minutes."""
_SERVICE = re.compile("(servic)e", re.IGNORECASE)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")

CASTS = ("boolean", "date", "dateTime", "decimal", "double", "float", "integer", "string", "time")
"""The functions of XML Schema that queries may call (section 17.5), and those that the engine adds."""
_CUSTOM = re.compile(r"custom function <([^>]*)> is not supported")
_PLACE = re.compile(r"error at (\d+):(\d+)")
_Place = tuple[Variable, int]


@lru_cache(maxsize=256)
def check(text: str, dataset: bool = False) -> None:
    """Does nothing when the query only reads this graph and is no danger to the engine. With `dataset` it may have
    FROM, for a caller that looks at what it names.

    Raises `NotCoveredError` (line, column) at the keywords of `REFUSED`, at more than `DEEPEST` open brackets or
    `LONGEST` tokens; `ParseError` at a character that begins nothing in SPARQL.
    """
    for token in tokens(text):
        if token.kind == "word" and token.text in REFUSED and not (dataset and token.text == "FROM"):
            raise refusal(text, token.start, token.text, REFUSED[token.text])
    _measure(text)
    _hidden_service(text)


def _measure(text: str) -> None:
    depth = counted = 0
    data = False
    for previous, token in _pairs(text):
        if token.kind == "sign" and token.text in _OPENING:
            depth += 1
            # VALUES ?x {  and  VALUES (?x ?y) {
            data = data or (token.text == "{" and previous == "VALUES")
        elif token.kind == "sign" and token.text in _CLOSING:
            depth -= 1
            data = data and token.text != "}"
        if depth > DEEPEST:
            raise refusal(
                text, token.start, f"nesting deeper than {DEEPEST} brackets", "the engine might not survive it"
            )
        counted += not data
        if counted > LONGEST:
            raise refusal(text, token.start, f"a query of more than {LONGEST:,} words and signs", "split it")


def _pairs(text: str) -> Iterator[tuple[str, Token]]:
    """Each token with the last keyword before it, forgotten at a brace."""
    word = ""
    for token in tokens(text):
        yield word, token
        if token.kind == "word":
            word = token.text
        elif token.text in ("{", "}"):
            word = ""


def _hidden_service(text: str) -> None:
    """Asks the engine itself whether a SERVICE that stands in a string, comment or IRI is one of its keywords.

    SPARQL is ambiguous at `<`: in `?a<'x>'` we read an IRI and the engine an operator and a string, and from there on
    what is text to us may be keywords to it. So the word is changed everywhere, and the query is put to an empty
    store: a name, a comment or a string stays what it was, but a keyword is now an error.
    """
    if _SERVICE.search(text) is None:
        return
    try:
        confined(lambda: bool(ox.Store().query(_SERVICE.sub(r"\1Q", text), prefixes=PREFIXES)), _PLANNING)
    except SyntaxError:
        parse.query(text)  # raises where the text breaks the grammar
        raise NotCoveredError("SERVICE", why=_OUTSIDE) from None


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


@contextmanager
def in_file(text: str, file: str, kind: str) -> Iterator[None]:
    """Checks the text of a file, and raises what the engine raises over it as a `ParseError` of that file with its line
    and column. `kind` says what the text is: a query, a check, a rule."""
    try:
        check(text)
        yield
        return
    except NotCoveredError as error:
        found = ParseError(f"a {kind} may not use {error.construct}", line=error.line, column=error.column)
    except ParseError as error:
        found = error
    except SyntaxError as error:
        found = explain(text, error)
    except (OSError, RuntimeError, ValueError) as error:
        found = _function(text, error) or ParseError(f"the engine cannot run the {kind}: {error}")
    raise ParseError(found.message, file=file, line=found.line, column=found.column, hint=found.hint) from found


def explain(text: str, error: SyntaxError) -> ParseError:
    """The engine's refusal as one clear error: place, what is wrong there, what was expected; a caret as a note."""
    return _mistake(text) or _engine(text, error)


def _function(text: str, error: Exception) -> ParseError | None:
    """A function that the engine does not have."""
    named = _CUSTOM.search(str(error))
    if named is None:
        return None
    name = shorten(named[1])
    alike = [f"xsd:{one}" for one in near(name.removeprefix("xsd:"), CASTS)]
    written = (token for token in tokens(text) if token.text in (name, f"<{named[1]}>"))
    token = next(written, None) or next(
        (t for t in tokens(text) if t.text.endswith(name.partition(":")[2])), tokens(text)[0]
    )
    hint = f"did you mean {' or '.join(alike)}?" if alike else "SPARQL's own functions have no prefix"
    return fault(text, token.start, f"no function is called {name}", hint)


def _mistake(text: str) -> ParseError | None:
    """Where the text breaks the grammar, or a rule about variables."""
    try:
        query = parse.query(text)
    except ParseError as error:
        return error
    for select in selects(query.tree):
        for variable, start in _ungrouped(select):
            message = f"?{variable.name} is selected, but neither grouped nor aggregated"
            hint = "name it in GROUP BY, or put it into COUNT, SAMPLE or another aggregate"
            return fault(text, start, message, hint)
        for variable, start in _given_twice(select):
            message = f"?{variable.name} is given a value here and has one already"
            return fault(text, start, message, "choose another name")
    return None


def _ungrouped(select: Select) -> Iterator[_Place]:
    """The variables that are selected from groups in which they may differ."""
    grouped = {item.variable for item in select.group_by}
    for item in select.items if select.aggregated else ():
        if item.variable and not item.expression and item.variable not in grouped:
            yield item.variable, item.start


def _given_twice(select: Select) -> Iterator[_Place]:
    """The variables that AS gives a value although the pattern before it has them."""
    seen = set(scope(select.where))
    for item in select.items:
        if item.variable and item.expression:
            if item.variable in seen:
                yield item.variable, item.start
            seen.add(item.variable)
    yield from _bound_twice(select.where)


def _bound_twice(group: Group) -> Iterator[_Place]:
    seen: set[Variable] = set()
    for element in group.elements:
        if isinstance(element, Bind) and element.variable in seen:
            yield element.variable, element.start
        for inner in groups(element) if not isinstance(element, SubSelect) else ():
            yield from _bound_twice(inner)
        seen.update(scope(element))


def _engine(text: str, error: SyntaxError) -> ParseError:
    """The engine's own words, where we have none; it sees the fault at its place or some words before."""
    where = _PLACE.search(str(error))
    lines = text.split("\n")
    line = min(int(where[1]) if where else 1, len(lines))
    column = min(int(where[2]) if where else 1, len(lines[line - 1]) + 1)
    said = next((words for words in _sentences(str(error))), "the engine refuses it here or a little before")
    return fault(text, sum(len(one) + 1 for one in lines[: line - 1]) + column - 1, f"not SPARQL: {said}")


def _sentences(message: str) -> list[str]:
    """What the engine says in a sentence of its own, in place of a list of characters."""
    parts = message.partition("expected ")[2].removeprefix("one of ").split(", ")
    return [
        (part if part[1].isupper() else part[0].lower() + part[1:]).rstrip(".")
        for part in parts
        if re.match(r"[A-Z][a-zA-Z]+ \w+ [\w ]+", part)
    ]
