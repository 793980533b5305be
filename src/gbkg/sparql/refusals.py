"""What cannot be cited, refused by name (`NotCoveredError`), each with the reason."""

from __future__ import annotations

from gbkg.core.errors import NotCoveredError
from gbkg.sparql import scan, tree
from gbkg.sparql.tree import (
    Bind,
    Exists,
    Expression,
    GraphPattern,
    Group,
    Minus,
    Optional,
    Select,
    SubSelect,
    Union,
    Variable,
)

_CHANGING = frozenset({"RAND", "UUID", "STRUUID", "BNODE", "NOW"})


def exists(expression: Expression | None, construct: str) -> None:
    """Refuses EXISTS in an expression, by the name of where it stands."""
    if expression and any(isinstance(part, Exists) for part in expression.parts):
        raise NotCoveredError(construct, why="write it as a FILTER of its own")


def in_head(query: Select) -> None:
    """Refuses EXISTS outside FILTER, and VALUES that would name another group."""
    _values_for_unbound_keys(query)
    for item in query.items:
        exists(item.expression, "EXISTS in what is selected")
    for item in query.group_by:
        exists(item.expression, "EXISTS in GROUP BY")
    for condition in query.having:
        exists(condition, "EXISTS in HAVING")


def _values_for_unbound_keys(query: Select) -> None:
    """Refuses VALUES after a grouped query that may bind a key which its group leaves unbound: the row then names
    another group than the one it is of."""
    keys = {item.variable for item in query.group_by}
    for variable in query.values.variables if query.values and query.aggregated else ():
        if variable in keys and variable not in scan.certain(query.where):
            raise NotCoveredError("VALUES after GROUP BY", why=f"?{variable.name} may be unbound in its group")


def changing(expression: Expression) -> None:
    """Refuses functions that are not functions of their arguments."""
    for part in expression.parts:
        if isinstance(part, str) and part in _CHANGING:
            raise NotCoveredError(f"{part}()", why="it gives another value each time, and a proof must not")


def ill_designed(group: Group, outside: frozenset[Variable]) -> None:
    """Refuses in an OPTIONAL group, which has these variables around it, any OPTIONAL with a variable that occurs
    beyond it without being bound before it. Whether such a one matches decides whether the outer one does (Pérez,
    Arenas & Gutierrez, Semantics and complexity of SPARQL, TODS 2009, section 4)."""
    for position, element in enumerate(group.elements):
        others = (e for e in group.elements if e is not element)
        beyond = outside | {v for other in others for v in scan.mentioned(other)}
        if isinstance(element, Optional):
            before = scan.certain(Group(group.elements[:position]))
            for variable in sorted(set(scan.mentioned(element)) & beyond - before):
                raise NotCoveredError("an OPTIONAL that is not well designed", why=f"look at ?{variable.name}")
        for inner in tree.groups(element):
            ill_designed(inner, beyond)


def rejoined(group: Group) -> None:
    """Refuses in a group that is counted a variable that an OPTIONAL part may bind and another pattern then joins: a
    match that makes the join fail takes a member away without being in any proof."""
    for position, element in enumerate(group.elements):
        others = group.elements[position + 1 :]
        if not isinstance(element, Optional):
            others += group.elements[:position]
        joined = {v for other in others if not isinstance(other, Optional) for v in tree.scope(other)}
        before = scan.certain(Group(group.elements[:position])) if isinstance(element, Optional) else frozenset()
        for variable in sorted((scan.optional(element) - before) & joined):
            raise NotCoveredError("an OPTIONAL that is not well designed", why=f"look at ?{variable.name}")


def unanchored(group: Group) -> None:
    """Refuses GRAPH over a group that may match without a triple: its rows then say that there is a graph of this name,
    which no triple does."""
    if not scan.anchored(group):
        raise NotCoveredError("GRAPH without a triple pattern", why="write GRAPH ?g { ?s ?p ?o }")


def in_exists(group: Group, scope: frozenset[Variable]) -> None:
    """Refuses within EXISTS what would mean something else as part of the group around it."""
    for element in group.elements:
        if isinstance(element, Optional | Minus | SubSelect):
            kind = {Optional: "OPTIONAL", Minus: "MINUS", SubSelect: "a sub-SELECT"}[type(element)]
            raise NotCoveredError(f"{kind} within EXISTS")
        if isinstance(element, Bind) and element.variable in scope:
            raise NotCoveredError("BIND within EXISTS", why=f"?{element.variable.name} is bound outside it too")
        for inner in tree.groups(element) if isinstance(element, Group | GraphPattern | Union) else ():
            foreign = {v for e in inner.elements for v in scan.mentioned(e)} & scope - scan.certain(inner)
            for variable in sorted(foreign):
                raise NotCoveredError("a group within EXISTS", why=f"it mentions ?{variable.name} of outside")
            in_exists(inner, scope)
