"""Which of several forms of one thing a client wants: proactive negotiation (RFC 9110, section 12.5.1,
https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from gbkg.web.messages import Refused

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_STRING = r'"(?:[^"\\]|\\.)*"'
_RANGE = re.compile(rf"\s*({_TOKEN})/({_TOKEN})((?:\s*;\s*(?:{_TOKEN}=(?:{_TOKEN}|{_STRING}))?)*)\s*")
_PARAMETER = re.compile(rf";\s*({_TOKEN})=({_TOKEN}|{_STRING})")
_COMMA = re.compile(rf"(?:{_STRING}|[^,\"])+")
_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
LONGEST = 4_000
"""Characters of a header that are read."""


class NotAcceptable(Refused):
    """None of the forms that exist is one that the client takes: 406, with a list of what there is."""

    def __init__(self, accept: str, offers: Sequence[str]) -> None:
        asked = accept if len(accept) <= 100 else accept[:99] + "…"
        super().__init__(406, f"there is nothing of the type {asked}", hint=f"there is {', '.join(offers)}")


@dataclass(frozen=True, slots=True)
class MediaRange:
    """A part of an Accept header: type and subtype in lower case, which may be `*`; parameters without the weight;
    weight from 0 (not at all) to 1."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    weight: float = 1.0

    def fit(self, offered: MediaRange) -> int:
        """How specifically it names a media type: 0 not at all, 1 as `*/*`, 2 as `type/*`, more by its whole name and
        then by each parameter."""
        if (self.type, self.subtype) == ("*", "*"):
            return 1
        if self.type != offered.type or self.subtype not in ("*", offered.subtype):
            return 0
        if self.subtype == "*":
            return 2
        return 3 + len(self.parameters) if self.parameters <= offered.parameters else 0


@lru_cache(maxsize=512)
def read(accept: str) -> tuple[MediaRange, ...]:
    """The media ranges of an Accept header; what is not in the form of the RFC is left out.

    >>> [(one.subtype, one.weight) for one in read("text/html, text/*;q=0.5, nonsense")]
    [('html', 1.0), ('*', 0.5)]
    """
    return tuple(_ranges(accept[:LONGEST]))


def _ranges(accept: str) -> Iterator[MediaRange]:
    for part in _COMMA.findall(accept):
        found = _RANGE.fullmatch(part)
        if found is None or (found[1] == "*" and found[2] != "*"):
            continue
        parameters = {name.lower(): _plain(value) for name, value in _PARAMETER.findall(found[3])}
        weight = parameters.pop("q", "1")
        if _WEIGHT.fullmatch(weight):
            yield MediaRange(found[1].lower(), found[2].lower(), frozenset(parameters.items()), float(weight))


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def choose(accept: str, offers: Sequence[str]) -> str:
    """The offered media type that the client likes best; of equally liked ones the first, and the first of all when the
    header is empty. Raises `NotAcceptable`.

    >>> choose("application/*, text/turtle;q=0.9", ["text/turtle", "application/ld+json"])
    'application/ld+json'
    """
    ranges = read(accept)
    if not accept.strip():
        return offers[0]
    best, weight = "", 0.0
    for offer in offers:
        liked = _weight(ranges, offer)
        if liked > weight:
            best, weight = offer, liked
    if not best:
        raise NotAcceptable(accept, offers)
    return best


def prefers_page(accept: str, others: Sequence[str]) -> bool:
    """Whether the client likes a page of HTML better than any of these other media types, as browsers do; a program
    that takes anything does not.

    >>> prefers_page("text/html,application/xml;q=0.9,*/*;q=0.8", ["text/turtle"]), prefers_page("*/*", ["text/turtle"])
    (True, False)
    """
    try:
        return bool(accept) and choose(accept, (*others, "text/html")) == "text/html"
    except NotAcceptable:
        return False


def _weight(ranges: Sequence[MediaRange], offer: str) -> float:
    """The weight of the most specific range that names a media type; 0 if none does. A charset of the offer is ours to
    choose, and a range need not name it."""
    offered = read(offer)[0]
    fits = [(one.fit(offered), one.weight) for one in ranges]
    most = max((fit for fit, _ in fits), default=0)
    return max(weight for fit, weight in fits if fit == most) if most else 0.0
