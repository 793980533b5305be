"""Whether a query could meet statements that it should not see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from gbkg.core.errors import GbkgError
from gbkg.sparql import parse, scan
from gbkg.sparql.tokens import tokens
from gbkg.sparql.tree import Constant, Exists, Path, Term, Triple, Variable


def reaches(text: str, statements: Iterable[Sequence[Any]]) -> bool:
    """Whether one of these statements (subject, predicate, object) could change the answer to a query, if it stood in
    the graph that is asked.

    Says yes when in doubt: to all but a SELECT that we can read; to GRAPH with a variable, which sees the names of
    graphs; to a path between two variables that may have length zero, which holds for every node.
    """
    found = list(statements)
    if not found:
        return False
    patterns = _patterns(text)
    return patterns is None or any(_fits(pattern, tuple(s)) for pattern in patterns for s in found)


@lru_cache(maxsize=256)
def _patterns(text: str) -> tuple[Triple, ...] | None:
    """The triple patterns of a SELECT; None where there is more in it that could meet a statement."""
    try:
        query = parse.select(text)
    except (GbkgError, SyntaxError):
        return None
    if any(here.text == "GRAPH" and there.kind == "variable" for here, there in pairwise(tokens(text))):
        return None
    tested = [part.group for e in scan.expressions(query) for part in e.parts if isinstance(part, Exists)]
    return tuple(pattern for group in (query.where, *tested) for pattern in scan.patterns(group))


def _fits(pattern: Triple, statement: tuple[Any, ...]) -> bool:
    subject, predicate, object = statement
    if isinstance(pattern.predicate, Path):
        between = isinstance(pattern.subject, Variable) and isinstance(pattern.object, Variable)
        return _follows(pattern.predicate, predicate) or (between and scan.nullable(pattern.predicate))
    pairs = ((pattern.subject, subject), (pattern.predicate, predicate), (pattern.object, object))
    return all(_is(term, value) for term, value in pairs)


def _is(term: Term, value: Any) -> bool:
    return isinstance(term, Variable) or bool(term.term == value)


def _follows(path: Path | Constant, predicate: Any) -> bool:
    """Whether a path may go along this property; one that excludes some may go along any other."""
    if isinstance(path, Constant):
        return bool(path.term == predicate)
    return path.kind == "!" or any(_follows(part, predicate) for part in path.parts)
