"""A tool: the schemas of what it takes and gives (JSON Schema 2020-12, https://json-schema.org/draft/2020-12), and
what all tools do with names that are not known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal

from gbkg.core.errors import AmbiguousNameError, NotFoundError
from gbkg.core.prefixes import shorten
from gbkg.core.text import listed
from gbkg.mcp.notes import STATUSES, shown
from gbkg.mcp.outcome import AMBIGUOUS, MOST, NOT_STATED, OUTCOMES, OUTSIDE, ROWS, UNKNOWN, Reply
from gbkg.web.site import Site

JsonSchema = dict[str, Any]


def text(description: str = "", **more: Any) -> JsonSchema:
    return _said({"type": "string", **more}, description)


def number(description: str = "", **more: Any) -> JsonSchema:
    return _said({"type": "integer", **more}, description)


def truth(description: str = "", **more: Any) -> JsonSchema:
    return _said({"type": "boolean", **more}, description)


def choice(description: str, among: Any, **more: Any) -> JsonSchema:
    return _said({"type": "string", "enum": list(among), **more}, description)


def several(of: JsonSchema, description: str = "", **more: Any) -> JsonSchema:
    return _said({"type": "array", "items": of, **more}, description)


def texts(*names: str) -> dict[str, JsonSchema]:
    """Members that are texts and need no description."""
    return {name: text() for name in names}


def record(members: dict[str, JsonSchema], required: Any = None, description: str = "", **more: Any) -> JsonSchema:
    """An object with these members and no others; all of them are required if none are named."""
    wanted = list(members) if required is None else list(required)
    made = {"type": "object", "properties": members, "required": wanted, "additionalProperties": False, **more}
    return _said(made, description)


def records(members: dict[str, JsonSchema], description: str = "", **more: Any) -> JsonSchema:
    """A list of objects with these members and no others."""
    return several(record(members), description, **more)


def _said(schema: JsonSchema, description: str) -> JsonSchema:
    return schema | ({"description": description} if description else {})


NAME = "an IRI, a prefixed name (id:…), an id, a label, an alias, or a part of a name that one entity alone has"
CURSOR = text("where a former answer says that there is more: its cursor", maxLength=40)
LIMIT = number("how many rows at most", minimum=1, maximum=MOST, default=ROWS)
PAGED = {"limit": LIMIT, "cursor": CURSOR}
"""What every tool takes that answers with a list."""
ENTITY = text(NAME, minLength=1, maxLength=300)
CITED = several(number(), "numbers of `citations`; 1 is the first")
STATUS = choice(
    "stated: a source says it outright; implied: read out of what a source says; inferred: follows by rules; disputed: "
    "no claim of it is accepted and free of doubt; editorial: the curators say it, and no source does",
    STATUSES,
)
THING = record(texts("id", "label"))
ANNOTATION = {
    "type": "object",
    "description": "a W3C Web Annotation: the claim as body, its quotations as targets with source, digest, offsets",
    "properties": {
        "id": text(),
        "type": {"const": "Annotation"},
        "motivation": text(),
        "body": {"type": "object"},
        "target": several({"type": "object", "required": ["id", "source", "selector"]}, minItems=0),
    },
    "required": ["@context", "id", "type", "target"],
}
DISPUTE_MEMBERS: dict[str, JsonSchema] = {
    "name": text("cur:… of the curation"),
    **texts("kind", "heading", "comment", "outcome"),
    "printed": text("what a source prints, if it is a misprint"),
    "meant": text(),
    "lost": text("what is lost, if it is a gap"),
    "result": text("what the arithmetic says, if there is any"),
    "url": text(),
    "claims": records({**texts("letter", "statement"), "remarks": several(text()), "citations": CITED}),
    "moreClaims": number("how many claims of it are not listed"),
}
DISPUTE = record(DISPUTE_MEMBERS)
COMMON: dict[str, JsonSchema] = {
    "version": text("of the graph: 16 hexadecimal digits"),
    "outcome": choice("whether something was found, and if not why", OUTCOMES),
    "message": text("if nothing was found: why, in a sentence"),
    "near": several(text(), "names near to one that is unknown, or all that have it"),
    "remarks": several(text(), "what a reader must know beside the answer"),
    "citations": several(ANNOTATION, "the evidence; rows refer to it by number"),
    "counterEvidence": records(
        {"bearing": choice("", ("in doubt", "compared")), "concerns": CITED, **DISPUTE_MEMBERS},
        "what the curators hold against the cited claims, or compare with them",
    ),
    "truncated": truth("whether there is more"),
    "cursor": text("give it back for what comes next; empty if there is no more"),
}


def output(members: dict[str, JsonSchema]) -> JsonSchema:
    """What a tool gives: its own members, which are left out when nothing was found, and those of every answer."""
    return record(members | COMMON, required=COMMON)


def arguments(members: dict[str, JsonSchema], required: Any = ()) -> JsonSchema:
    """What a tool takes."""
    return record(members, required=required)


_QUESTION = frozenset(
    "about after also before being between does doing find from give have into list many more most much name "
    "number show some such tell than that their them then there these they this those were what when where which "
    "while whom whose will with would your".split()
)
"""Words of which nothing follows for what a question is about."""
_NEAR = 0.75
"""The least similarity of a misspelled word (`difflib`, 0 to 1)."""
_HITS = 5
"""Hits among which a word is looked for as it is spelled."""
_SUBJECTS = 6
"""Kinds of things that are named when something is outside of what the sources are about."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: `answer` fills a reply; `pool` and `seconds` as of a task of the workers."""

    name: str
    title: str
    description: str
    input: JsonSchema
    output: JsonSchema
    answer: Callable[[Reply], None]
    pool: Literal["pages", "queries"] = "pages"
    seconds: float = 10.0


def unnamed(reply: Reply, error: NotFoundError | AmbiguousNameError) -> None:
    """Says of a name that nobody has it, or several; and whether the sources speak of anything like it at all."""
    if isinstance(error, AmbiguousNameError):
        reply.nothing(AMBIGUOUS, str(error), error.meant)
    elif error.suggestions or error.kind != "entity":
        reply.nothing(UNKNOWN, str(error), error.suggestions)
    elif near := spelled(reply.site, error.name):
        reply.nothing(UNKNOWN, error.message, near)
    elif outside(reply.site, error.name):
        beyond(reply, error.name)
    else:
        reply.nothing(UNKNOWN, str(error))


def unstated(reply: Reply, words: str, what: str) -> None:
    """Says that nothing is stated; `what` says of what. If none of the words occurs in what is known of the documents,
    it is outside of what they are about."""
    if not outside(reply.site, words):
        reply.nothing(NOT_STATED, f"not stated in the sources: {what}")
    elif near := spelled(reply.site, words):
        reply.nothing(UNKNOWN, f"nothing is called {shown(words, 100)!r}", near)
    else:
        beyond(reply, words)


def beyond(reply: Reply, words: str) -> None:
    kg = reply.kg
    titles = listed([f"“{one.title}”" for one in kg.sources().sources[:_SUBJECTS]])
    kinds = listed([one.label for one in kg.schema().classes[:_SUBJECTS]])
    message = f"outside what the sources are about: no word of {shown(words, 100)!r} occurs in what is quoted of them"
    reply.nothing(OUTSIDE, message)
    reply.remarks.append(f"the sources are {titles}; they speak above all of {kinds}")


def outside(site: Site, words: str) -> bool:
    """Whether none of the words that say what something is about occurs in a passage or in a name."""
    telling = [word for word in re.findall(r"\w+", words.casefold()) if word not in _QUESTION and _long(word)]
    return bool(telling) and not any(_known(site, word) for word in dict.fromkeys(telling))


def spelled(site: Site, words: str) -> list[str]:
    """Names that have a word spelled nearly as one of these, if each of these is near to some word of a name."""
    known = _vocabulary(site) if site.kg.store.small else {}
    found: dict[str, None] = {}
    for word in re.findall(r"\w{4,}", words.casefold()):
        near = get_close_matches(word, known, 2, _NEAR)
        if not near:
            return []
        found |= dict.fromkeys(name for one in near for name in known[one])
    return list(found)[:_SUBJECTS]


@lru_cache(maxsize=2)
def _vocabulary(site: Site) -> dict[str, list[str]]:
    """The words of the names of entities, each with the names that have it, sorted."""
    known: dict[str, list[str]] = {}
    rows = site.kg.store.select("SELECT ?x ?name { GRAPH graph:entities { ?x rdfs:label ?name } }")
    for entity, name in sorted((shorten(x.value), name.value) for x, name in rows):
        for word in dict.fromkeys(re.findall(r"\w{4,}", name.casefold())):
            known.setdefault(word, []).append(f"{name} ({entity})")
    return known


def _long(word: str) -> bool:
    return len(word) > 3 or not word.isascii() or any(map(str.isdigit, word))


def _known(site: Site, word: str) -> bool:
    # A search forgives misspelling; here a word is known only as it is.
    found = site.kg.search(word, ("passage", "query"), _HITS).hits
    if any(word in re.findall(r"\w+", hit.reason.casefold()) for hit in found):
        return True
    return any(one.match != "near" for one in site.kg.find(word).candidates)
