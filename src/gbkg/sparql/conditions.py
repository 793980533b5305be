"""Expressions taken apart as far as EXISTS needs it."""

from __future__ import annotations

from typing import Any

from gbkg.sparql.tree import Exists


def conjuncts(parts: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The conditions that && joins at the top of an expression."""
    parts = _stripped(parts)
    cuts, depth = [], 0
    for position, part in enumerate(parts):
        depth += (part == "(") - (part == ")")
        if depth == 0 and part == "||":
            return [parts]
        if depth == 0 and part == "&&":
            cuts.append(position)
    if not cuts:
        return [parts]
    pieces = [parts[a:b] for a, b in zip([0, *(c + 1 for c in cuts)], [*cuts, len(parts)], strict=True)]
    return [conjunct for piece in pieces for conjunct in conjuncts(piece)]


def _stripped(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """The parts without parentheses around all of them."""
    while len(parts) > 1 and parts[0] == "(" and parts[-1] == ")":
        depth = 0
        for position, part in enumerate(parts):
            depth += (part == "(") - (part == ")")
            if depth == 0 and position < len(parts) - 1:
                return parts
        parts = parts[1:-1]
    return parts


def only_exists(parts: tuple[Any, ...]) -> Exists | None:
    """The EXISTS that the condition consists of, if it does; ! before it negates it."""
    turned = False
    parts = _stripped(parts)
    while parts and parts[0] == "!":
        turned, parts = not turned, _stripped(parts[1:])
    if len(parts) == 1 and isinstance(parts[0], Exists):
        return Exists(parts[0].group, parts[0].negated != turned)
    return None
