"""What tools do with names and words that nobody has, or several: near names, or that the sources are not about it."""

from __future__ import annotations

import re
from functools import lru_cache

from gbkg.core.errors import AmbiguousNameError, NotFoundError, near
from gbkg.core.prefixes import shorten
from gbkg.core.text import listed
from gbkg.mcp.notes import shown
from gbkg.mcp.outcome import AMBIGUOUS, NOT_STATED, OUTSIDE, UNKNOWN, Reply
from gbkg.web.site import Site

_QUESTION = frozenset(
    "about after also before being between does doing find from give have into list many more most much name "
    "number show some such tell than that their them then there these they this those were what when where which "
    "while whom whose will with would your".split()
)
"""Words of which nothing follows for what a question is about."""
_NEAR = 0.75
"""The least similarity of a misspelled word (`core.errors.near`, 0 to 1)."""
_HITS = 5
"""Hits among which a word is looked for as it is spelled."""
_SUBJECTS = 6
"""Kinds of things that are named when something is outside of what the sources are about."""


def report_unknown(reply: Reply, error: NotFoundError | AmbiguousNameError) -> None:
    """Says of a name that nobody has it, or several; and whether the sources have anything like it at all."""
    if isinstance(error, AmbiguousNameError):
        reply.nothing(AMBIGUOUS, str(error), error.meant)
    elif error.suggestions or error.kind != "entity":
        reply.nothing(UNKNOWN, str(error), error.suggestions)
    elif names := near_spellings(reply.site, error.name):
        reply.nothing(UNKNOWN, error.message, names)
    elif is_outside(reply.site, error.name):
        report_outside(reply, error.name)
    else:
        reply.nothing(UNKNOWN, str(error))


def report_unstated(reply: Reply, words: str, what: str) -> None:
    """Says that nothing is stated; `what` says of what. If none of the words occurs in what is known of the documents,
    it is outside of what they are about."""
    if not is_outside(reply.site, words):
        reply.nothing(NOT_STATED, f"not stated in the sources: {what}")
    elif names := near_spellings(reply.site, words):
        reply.nothing(UNKNOWN, f"nothing is called {shown(words, 100)!r}", names)
    else:
        report_outside(reply, words)


def report_outside(reply: Reply, words: str) -> None:
    kg = reply.kg
    titles = listed([f"“{one.title}”" for one in kg.sources().sources[:_SUBJECTS]])
    kinds = listed([one.label for one in kg.schema().classes[:_SUBJECTS]])
    message = f"outside what the sources are about: no word of {shown(words, 100)!r} occurs in what is quoted of them"
    reply.nothing(OUTSIDE, message)
    reply.remarks.append(f"the sources are {titles}; they are mostly about {kinds}")


def is_outside(site: Site, words: str) -> bool:
    """Whether none of the words that say what something is about occurs in a passage or in a name."""
    telling = [word for word in re.findall(r"\w+", words.casefold()) if word not in _QUESTION and _long(word)]
    return bool(telling) and not any(_known(site, word) for word in dict.fromkeys(telling))


def near_spellings(site: Site, words: str) -> list[str]:
    """Names that have a word spelled nearly as one of these, if each of these is near to some word of a name."""
    known = _vocabulary(site) if site.kg.store.small else {}
    found: dict[str, None] = {}
    for word in re.findall(r"\w{4,}", words.casefold()):
        alike = near(word, known, 2, _NEAR)
        if not alike:
            return []
        found |= dict.fromkeys(name for one in alike for name in known[one])
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
