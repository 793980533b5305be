"""Where a query breaks the grammar of SPARQL, what stands there, and what could.

The engine says whether a text is SPARQL, but not where it goes wrong: it gives the end of the longest keyword that it
tried. So a refused text is read again along the grammar (SPARQL 1.1 Query Language, section 19.8:
https://www.w3.org/TR/sparql11-query/#sparqlGrammar), here as a parsing expression grammar over tokens; the farthest
token that no rule could take is the place (Ford, Parsing Expression Grammars, POPL 2004).
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache

from gbkg.core.errors import ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql.tokens import Token, caret, place, tokens

_GRAMMAR = """
Query = Prologue Form Values end
Prologue = ( 'BASE' iri | 'PREFIX' prefix iri | 'VERSION' string )*
Form = SelectClause Dataset* Where Modifiers | Construct | Describe | 'ASK' Dataset* Where Modifiers
SelectClause = 'SELECT' ( 'DISTINCT' | 'REDUCED' )? ( '*' | Selected Selected* )
Selected = variable | '(' Expression 'AS' variable ')'
Construct = 'CONSTRUCT' ( Template Dataset* Where Modifiers | Dataset* 'WHERE' Template Modifiers )
Template = '{' Triples? '}'
Describe = 'DESCRIBE' ( '*' | VarOrIri VarOrIri* ) Dataset* Where? Modifiers
Dataset = 'FROM' 'NAMED'? Iri
Where = 'WHERE'? Group
Modifiers = GroupBy? Having? OrderBy? ( 'LIMIT' number | 'OFFSET' number )*
GroupBy = 'GROUP' 'BY' Key Key*
Key = Call | '(' Expression ( 'AS' variable )? ')' | variable
Having = 'HAVING' Constraint Constraint*
OrderBy = 'ORDER' 'BY' Order Order*
Order = ( 'ASC' | 'DESC' ) '(' Expression ')' | Constraint | variable
Values = ( 'VALUES' Data )?
Data = variable '{' Value* '}' | '(' variable* ')' '{' ( '(' Value* ')' )* '}'
Value = 'UNDEF' | Iri | Literal
Group = '{' ( SubSelect | Triples? ( Pattern '.'? Triples? )* ) '}'
SubSelect = SelectClause Where Modifiers Values
Triples = Subject ( '.' Triples? )?
Pattern = Union | 'OPTIONAL' Group | 'MINUS' Group | 'GRAPH' VarOrIri Group | 'FILTER' Constraint | Bind | 'VALUES' Data
Union = Group ( 'UNION' Group )*
Bind = 'BIND' '(' Expression 'AS' variable ')'
Subject = Term Properties | Nested Properties?
Properties = Verb Objects ( ';' ( Verb Objects )? )*
Verb = variable | Path
Objects = Node ( ',' Node )*
Node = Term | Nested
Nested = '(' Node Node* ')' | '[' Properties ']'
Term = variable | Iri | Literal | node | '[' ']' | '(' ')'
Path = Sequence ( PathOr Sequence )*
Sequence = Step ( PathThen Step )*
Step = '^'? Primary PathMore?
Primary = Iri | 'a' | '!' Negated | '(' Path ')'
Negated = '^'? ( Iri | 'a' ) | '(' ( '^'? ( Iri | 'a' ) PathOr? )* ')'
PathOr = '|'
PathThen = '/'
PathMore = '*' | '+' | '?'
Expression = And ( Or And )*
And = Relation ( Both Relation )*
Relation = Sum ( Compare Sum | In )?
In = 'NOT'? 'IN' '(' ( Expression ( ',' Expression )* )? ')'
Sum = Product ( Sign Product )*
Product = Unary ( Times Unary )*
Unary = ( '!' | '+' | '-' )* Operand
Operand = '(' Expression ')' | Call | Iri | Literal | variable
Or = '||'
Both = '&&'
Compare = '=' | '!=' | '<=' | '>=' | '<' | '>'
Sign = '+' | '-'
Times = '*' | '/'
Constraint = '(' Expression ')' | Call
Call = Exists | Aggregate | function Arguments | Iri Arguments
Exists = 'NOT'? 'EXISTS' Group
Aggregate = 'COUNT' '(' 'DISTINCT'? ( '*' | Expression ) ')' | Concat | aggregate '(' 'DISTINCT'? Expression ')'
Concat = 'GROUP_CONCAT' '(' 'DISTINCT'? Expression ( ';' 'SEPARATOR' '=' string )? ')'
Arguments = '(' ( 'DISTINCT'? Expression ( ',' Expression )* )? ')'
VarOrIri = variable | Iri
Iri = iri | name
Literal = string ( language | '^^' Iri )? | ( '+' | '-' )? number | 'TRUE' | 'FALSE'
"""
_SHOWN = {
    "Form": "SELECT, ASK, CONSTRUCT or DESCRIBE",
    "Selected": "a variable",
    "VarOrIri": "a variable or IRI",
    "Group": '"{"',
    "Pattern": "another pattern",
    "Subject": "a triple pattern",
    "Verb": "a property",
    "Node": "a term",
    "Term": "a term",
    "Value": "a value",
    **dict.fromkeys(("Expression", "Sum", "Product", "Unary"), "an expression"),
    "Constraint": "a condition in brackets",
    "Key": "a variable",
    "Order": "a variable",
    "Iri": "an IRI",
    "Literal": "a literal",
    "Data": "a variable",
    **dict.fromkeys(("PathOr", "PathThen", "PathMore", "Or", "Both", "Compare", "In", "Sign", "Times"), ""),
    **dict.fromkeys(("Prologue", "Dataset"), ""),
    "prefix": "a prefix with its colon",
    "iri": "an IRI in angle brackets",
    "number": "a number",
    "string": "a string",
    "language": "a language",
    "node": "a blank node",
    "name": "a prefixed name",
    "variable": "a variable",
    "function": "a function",
    "aggregate": "an aggregate",
    "end": "the end",
}
"""What a rule or kind of token is called when nothing at its start fits; an empty name is passed over."""

AGGREGATES = frozenset("COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT".split())
FUNCTIONS = frozenset(
    """STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE
    ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW
    UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL
    ISNUMERIC REGEX SUBSTR REPLACE""".split()
)
_KEYWORDS = frozenset(re.findall(r"'([A-Z]+)'", _GRAMMAR)) | AGGREGATES | FUNCTIONS
_PIECE = re.compile(r"'[^']+'|\w+|[()*?|]")
_END = Token("end", "", 0)

_Rule = tuple[str, tuple["_Rule", ...] | str]
"""`("all" | "any" | "many" | "maybe", parts)`, or `("rule" | "kind" | "text", name)`."""


def mistake(text: str) -> ParseError | None:
    """The first place where the text breaks the grammar, with a caret under it as a note; None where none is found.

    A character that begins no token, then a rule that is broken, then a prefix that nobody declared.
    """
    try:
        found = tokens(text)
    except ParseError as error:
        return _unreadable(text, error)
    reader = _Reader(found)
    if not reader.match(("rule", "Query"), 0)[0]:
        return _broken(text, reader)
    return _unknown_prefix(text, found)


def _near_keyword(word: str, tried: list[str]) -> str:
    """The keyword or function that was perhaps meant, those that fit first; empty when the word is one itself."""
    if word in _KEYWORDS or "a prefix with its colon" in tried:
        return ""
    fitting = sorted(set(re.findall(r"[A-Z]{2,}", " ".join(tried))))
    near = get_close_matches(word, fitting, 1, 0.6) or get_close_matches(word, sorted(_KEYWORDS), 1, 0.75)
    return near[0] if near else ""


class _Reader:
    """Tries rules on tokens, and remembers the farthest token that was tried and what was tried there."""

    def __init__(self, found: tuple[Token, ...]) -> None:
        self.tokens, self.farthest = found, 0
        self.tried: set[str] = set()
        self.known: dict[tuple[str, int], tuple[bool, int]] = {}

    def match(self, rule: _Rule, at: int) -> tuple[bool, int]:
        """Whether the rule fits here, and where it ends."""
        kind, parts = rule
        if isinstance(parts, str):
            return self.named(parts, at) if kind == "rule" else self.token(kind, parts, at)
        if kind == "all":
            return self.all(parts, at)
        if kind == "any":
            return next((found for part in parts if (found := self.match(part, at))[0]), (False, at))
        fits, end = self.match(parts[0], at)
        while kind == "many" and fits and end > at:
            at = end
            fits, end = self.match(parts[0], at)
        return True, end if fits else at

    def all(self, parts: tuple[_Rule, ...], at: int) -> tuple[bool, int]:
        for part in parts:
            fits, at = self.match(part, at)
            if not fits:
                return False, at
        return True, at

    def named(self, name: str, at: int) -> tuple[bool, int]:
        # Remembered, because a rule tried again at the same place would make deep nesting exponential.
        if (name, at) in self.known:
            return self.known[name, at]
        before = (self.farthest, set(self.tried))
        found = self.match(_rules()[name], at)
        if name in _SHOWN and self.farthest == at:
            self.tried = before[1] if before[0] == at else set()
            self.note(_SHOWN[name], at)
        self.known[name, at] = found
        return found

    def token(self, kind: str, name: str, at: int) -> tuple[bool, int]:
        token = self.tokens[at] if at < len(self.tokens) else _END
        if _is(token, kind, name):
            return True, at + 1
        self.note(_SHOWN[name] if kind == "kind" else f'"{name}"', at)
        return False, at

    def note(self, what: str, at: int) -> None:
        if at > self.farthest:
            self.farthest, self.tried = at, set()
        if at == self.farthest:
            self.tried.add(what)


def _is(token: Token, kind: str, name: str) -> bool:
    if kind == "text":
        return token.text == name and token.kind in ("word", "sign")
    if name == "function":
        return token.kind == "word" and token.text in FUNCTIONS
    if name == "aggregate":
        return token.kind == "word" and token.text in AGGREGATES
    if name == "prefix":
        return token.kind == "name" and token.text.endswith(":")
    return token.kind == name


def _broken(text: str, reader: _Reader) -> ParseError:
    at_end = reader.farthest >= len(reader.tokens)
    token = _END if at_end else reader.tokens[reader.farthest]
    offset = len(text.rstrip()) if at_end else token.start
    spoken = "the end" if at_end else f'"{text[offset : offset + len(token.text)]}"'
    tried = sorted(reader.tried - {""}, key=lambda what: (not what.startswith('"'), what))
    if re.match(r"<[^<>\n]*[ {}|^`\\\"][^<>\n]*>", text[offset:]):
        line, column = place(text, offset)
        return fault(text, line, column, "not SPARQL: an IRI may have no space, quote or brace in it", "")
    expected = f", expected {_listed(tried)}" if 0 < len(tried) <= 8 else ""
    near = _near_keyword(token.text, tried) if token.kind == "word" else ""
    line, column = place(text, offset)
    return fault(text, line, column, f"not SPARQL: found {spoken}{expected}", f"did you mean {near}?" if near else "")


def _unreadable(text: str, error: ParseError) -> ParseError:
    line, column = error.line or 1, int(error.column or 1)
    rest = text.split("\n")[line - 1][column - 1 :]
    if rest[:1] in ("'", '"'):
        return fault(text, line, column, "not SPARQL: the string that begins here is not closed", "")
    return fault(text, line, column, error.message, "")


def _unknown_prefix(text: str, found: tuple[Token, ...]) -> ParseError | None:
    declared = set(PREFIXES)
    for previous, token in zip((_END, *found), found, strict=False):
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0]
        if previous.text == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            near = get_close_matches(prefix, sorted(declared), 3, 0.5)
            hint = f"did you mean {', '.join(f'{name}:' for name in near)}?" if near else "declare it with PREFIX"
            line, column = place(text, token.start)
            return fault(text, line, column, f'no prefix "{prefix}:" is known', hint)
    return None


def fault(text: str, line: int, column: int, message: str, hint: str) -> ParseError:
    """An error at a place, both counted from 1, with the line and a caret under it as a note."""
    error = ParseError(message, line=line, column=column, hint=hint)
    error.add_note(caret(text, line, column))
    return error


def _listed(words: list[str]) -> str:
    return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"


@cache
def _rules() -> dict[str, _Rule]:
    """The grammar by rule, read once and only when a text is refused."""
    rules: dict[str, _Rule] = {}
    for line in _GRAMMAR.strip().splitlines():
        name, _, body = line.partition(" = ")
        pieces = _PIECE.findall(body)
        rules[name] = _choice(pieces)
    return rules


def _choice(pieces: list[str]) -> _Rule:
    """`a b | c`, up to the end or a closing bracket; the pieces that were read are taken away."""
    options: list[_Rule] = []
    parts: list[_Rule] = []
    while pieces and pieces[0] != ")":
        piece = pieces.pop(0)
        if piece == "|":
            options.append(("all", tuple(parts)))
            parts = []
        elif piece in ("*", "?"):
            parts[-1] = ("many" if piece == "*" else "maybe", (parts[-1],))
        elif piece == "(":
            parts.append(_choice(pieces))
            pieces.pop(0)
        elif piece.startswith("'"):
            parts.append(("text", piece.strip("'")))
        else:
            parts.append(("rule" if piece[0].isupper() else "kind", piece))
    options.append(("all", tuple(parts)))
    return ("any", tuple(options)) if len(options) > 1 else options[0]
