"""Rules: the files `rules/NAME.rq` of the core and of a project's `ontology/`.

A rule is a SPARQL 1.1 CONSTRUCT that any engine can run over the union of the named graphs, in a form narrow enough
that the premises of each conclusion can be named. It concludes one triple from triple patterns over variables and IRIs;
`a/rdfs:subClassOf*` and `rdfs:subClassOf*` test types; FILTER restricts, without EXISTS. All else is refused by name,
so more facts never make a conclusion fall. Before it stand a summary and a description:

    #+ summary: What the rule says, in a sentence.
    #+ description: Why that is sound,
    #+   over as many lines as it takes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyoxigraph as ox

from gbkg.core.errors import ParseError
from gbkg.core.headers import header
from gbkg.core.prefixes import PREFIXES, SLUG
from gbkg.core.project import Project
from gbkg.sparql.guard import in_file
from gbkg.sparql.parse import construct as parse_construct
from gbkg.sparql.tokens import fault, tokens
from gbkg.sparql.tree import Constant, Construct, Exists, Expression, Filter, Group, Path, Triple, Variable, scope

BELOW = Path("*", (Constant(ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")),))
"""The path `rdfs:subClassOf*`."""
TYPED = Path("/", (Constant(ox.NamedNode(PREFIXES["rdf"] + "type")), BELOW))
"""The path `a/rdfs:subClassOf*`."""

_LONGEST = 500
"""Tokens of a rule: the engine plans a query at a cost of the third power of its patterns."""
_KEYS = ("summary", "description")
_TERMS = frozenset({"variable", "iri", "name"})
_WORDS = frozenset({"PREFIX", "CONSTRUCT", "WHERE", "FILTER", "a", "}", ".", ";", "*"})
_AFTER = {"{": ("CONSTRUCT", "WHERE"), "(": ("FILTER",), "/": ("a",)}
# What would make a rule's answer hang on chance, on the clock, or on a fact being absent.
_REFUSED_IN_FILTER = frozenset({"EXISTS", "RAND", "NOW", "UUID", "STRUUID", "BNODE"})


@dataclass(frozen=True)
class Rule:
    """A rule file. `file` is its name for readers, `text` the query without its header; the body is triple patterns and
    FILTERs."""

    name: str
    file: str
    summary: str
    description: str
    text: str
    head: Triple
    body: Group

    @property
    def patterns(self) -> tuple[Triple, ...]:
        """The triple patterns of the body, in order; the predicate of one that tests types is `TYPED` or `BELOW`."""
        return tuple(element for element in self.body.elements if isinstance(element, Triple))


def read(project: Project) -> list[Rule]:
    """The rules of a project, by name. Raises `ParseError` (file, line) for the first file that is not a rule."""
    rules, faults = examine(project)
    for error in faults:
        raise error
    return rules


def examine(project: Project) -> tuple[list[Rule], list[ParseError]]:
    """The rules of a project, by name, and an error for each file of the folder that is not a rule; one does not spoil
    another. Raises `ProjectError` when the folder or a file cannot be read."""
    rules: list[Rule] = []
    faults: list[ParseError] = []
    core, own = project.folder("rules")
    known = {path.name for path in core}
    for path in [*core, *own]:
        shown = project.show(path)
        try:
            if path.suffix != ".rq":
                raise ParseError("is not a rule, and is not read", file=shown, hint="a rule is called NAME.rq")
            if path in own and path.name in known:
                hint = "gbkg has a rule of this name already, which runs in every project: choose another name"
                raise ParseError("has the name of another rule", file=shown, hint=hint)
            rules.append(parse(path.stem, project.text(path), shown))
        except ParseError as error:
            faults.append(error)
    return sorted(rules, key=lambda rule: rule.name), faults


def parse(name: str, text: str, shown: str) -> Rule:
    """Parses a rule; `shown` names the file in a `ParseError`, which says the line and what is refused."""
    if not SLUG.fullmatch(name):
        raise ParseError("a rule is named by lower-case words with hyphens", file=shown)
    summary, description = _header(text, shown)
    with in_file(text, shown, "rule"):
        query = _read(text)
    query_text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+"))
    (head,) = query.template.elements
    assert isinstance(head, Triple)
    return Rule(name, shown, summary, description, query_text, head, query.where)


def _header(text: str, shown: str) -> list[str]:
    """Summary and description."""
    said = header(text, shown)
    said.only(_KEYS)
    for key in _KEYS:
        if not said.string(key):
            raise ParseError(f"the header has no '#+ {key}: ...'", file=shown, line=1)
    return [said.string(key) for key in _KEYS]


def _read(text: str) -> Construct:
    """Parses a query that has the form of a rule."""
    if len(tokens(text)) > _LONGEST:
        what = f"a rule of more than {_LONGEST} words and signs"
        raise fault(text, tokens(text)[_LONGEST].start, what, "divide it")
    ox.Store().query(text, prefixes=PREFIXES)
    _check_words(text)
    query = parse_construct(text)
    _check_head(query, text)
    _check_body(query.where, text)
    return query


def _check_words(text: str) -> None:
    """Raises `ParseError` at the first token outside FILTER that a rule may not have, or prefix that has no PREFIX."""
    declared = set()
    before, depth = "", 0
    for token in tokens(text):
        prefix = token.text.partition(":")[0]
        if before == "PREFIX":
            declared.add(prefix)
        elif token.kind == "name" and prefix not in declared:
            raise fault(text, token.start, f"the rule does not declare the prefix {prefix}:")
        allowed = token.kind in _TERMS or token.text in _WORDS or before in _AFTER.get(token.text, ())
        if not depth and not allowed:
            hint = "a rule is a CONSTRUCT over variables and IRIs, with FILTER ( ... )"
            raise fault(text, token.start, f"a rule may not use {token.text!r} here", hint)
        depth += (token.text == "(") - (token.text == ")")
        before = token.text


def _check_head(query: Construct, text: str) -> None:
    if len(query.template.elements) != 1:
        raise fault(text, _find(text, "CONSTRUCT"), "a rule concludes exactly one triple")
    for variable in scope(query.template):
        if variable not in scope(query.where):
            message = f"?{variable.name} is concluded, but no triple pattern binds it"
            raise fault(text, _find(text, f"?{variable.name}", f"${variable.name}"), message)


def _check_body(where: Group, text: str) -> None:
    for element in where.elements:
        match element:
            case Filter(expression):
                _check_filter(expression, scope(where), text)
            case Triple(_, Path() as path, _) if path not in (TYPED, BELOW):
                raise fault(text, element.start, "the only paths are a/rdfs:subClassOf* and rdfs:subClassOf*")
            case Triple():
                pass
            case _:
                raise fault(text, _find(text, "WHERE"), "the body of a rule is triple patterns and FILTER ( ... )")


def _check_filter(expression: Expression, bound: Collection[Variable], text: str) -> None:
    for part in expression.parts:
        word = "EXISTS" if isinstance(part, Exists) else part
        if word in _REFUSED_IN_FILTER:
            raise fault(text, _find(text, str(word), "FILTER"), f"a rule may not use {word} in FILTER")
        if isinstance(part, Variable) and part not in bound:
            start = _find(text, f"?{part.name}", f"${part.name}", "FILTER")
            raise fault(text, start, f"?{part.name} is filtered by, but no triple pattern binds it")


def _find(text: str, *wanted: str) -> int:
    """Where the first of these tokens that the text has begins. Tokens of a FILTER may be missing, since `<a&&b>` is
    read as an IRI wherever it stands."""
    starts = {token.text: token.start for token in reversed(tokens(text))}
    return next(starts[one] for one in wanted if one in starts)
