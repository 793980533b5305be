"""The records that stages pass to one another: frozen, annotated, without behaviour beyond their own fields."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pyoxigraph import NamedNode

from gbkg.core.terms import minted

Verdict = Literal["supported", "partly", "not"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record was typed: a file below the project and a line, counted from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """A document: `digest` is the SHA-256 of its bytes in hex, `length` counts code points. `works` are the IRIs of
    what it is an edition of (dcterms:isVersionOf, dcterms:isFormatOf): an entity, or another source."""

    slug: str
    title: str
    digest: str
    length: int
    language: str
    works: tuple[str, ...] = ()

    @property
    def iri(self) -> NamedNode:
        return minted("src", self.slug)


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """An exact span of a source: code points, 0-based, half-open, so `text[start:end] == exact`."""

    source: str
    start: int
    end: int
    exact: str

    @property
    def iri(self) -> NamedNode:
        return minted("psg", f"{self.source}.{self.start}-{self.end}")


@dataclass(frozen=True, slots=True)
class Entity:
    """What claims are about. `type` is the local name of a class; label and description are ours, not a source's."""

    slug: str
    type: str
    label: str
    description: str
    place: Place
    labels: tuple[tuple[str, str], ...] = ()
    """Labels in other languages, each after its BCP 47 tag."""

    @property
    def iri(self) -> NamedNode:
        return minted("id", self.slug)


@dataclass(frozen=True, slots=True)
class Dating:
    """When a statement holds, in the precision given: XML Schema lexical forms.

    `kind` is dated, inferred (the source does not print the year) or undated (the source gives none);
    `since` opens a period that `value` closes; `text` are the source's own words.
    """

    kind: Literal["dated", "inferred", "undated"]
    value: str = ""
    since: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """The number of a statistic. `value` is None only if the printed number cannot be read.

    `text` is the number as printed; `lower` and `upper` are bounds that the words entail.
    """

    value: Decimal | None
    text: str
    unit: str
    precision: str
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement by one source. Either `object` (with `object_kind`) or `quantity` is given.

    `predicate` is a property, or an indicator when the claim is a statistic; `criterion` is the counting criterion of a
    statistic, if it has one; `attribution` is how the source attributes it to `attributed_to`: stated, implied, or ""
    where it does not; `passages` has the row's own passage first, further ones after it.
    """

    slug: str
    source: str
    subject: str
    predicate: str
    object: str
    object_kind: Literal["entity", "date", "text", ""]
    quantity: Quantity | None
    dating: Dating | None
    attributed_to: tuple[str, ...]
    criterion: str
    reading: str
    status: str
    note: str
    passages: tuple[Passage, ...]
    place: Place
    lines: tuple[int, ...] = ()
    """The line of each passage, in the order of `passages`; empty if all stand in the claim's own row."""
    attribution: Literal["stated", "implied", ""] = ""
    qualifiers: tuple[str, ...] = ()
    """Limits that the source's words set to the statement, such as `openList`."""

    @property
    def passage_places(self) -> tuple[Place, ...]:
        """The place of each passage."""
        return tuple(Place(self.place.file, line) for line in self.lines or (self.place.line,) * len(self.passages))

    @property
    def iri(self) -> NamedNode:
        return minted("clm", self.key)

    @property
    def key(self) -> str:
        """`SOURCE.SLUG`, the claim's name in tables and formulas."""
        return f"{self.source}.{self.slug}"

    @property
    def digest(self) -> str:
        """Twelve hex digits that change with anything that a second reader judges."""
        parts: list[object] = [self.subject, self.predicate, self.object, self.quantity, self.dating]
        parts += [self.attributed_to, self.criterion, self.reading, self.status, self.note]
        parts += ["attribution implied"] if self.attribution == "implied" else []
        parts += [(p.start, p.exact) for p in self.passages]
        parts += self.qualifiers
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


REASONS = {
    "furniture": "part of the page, not of the text: menus, votes, teasers, numbers left by pictures",
    "heading": "names what follows",
    "caption": "names a table or figure",
    "restates": "says again what claims of another passage say",
    "opinion": "praise, a truism or an expectation without a checkable fact",
    "lost-content": "stands where content has been lost",
    "unread": "not read yet: it may say anything, and never counts as accounted for",
    "joined": "one sentence: the stop inside these words ends none, wherever in the document they stand",
}
UNREAD, JOINED = "unread", "joined"
"""Two reasons that set nothing aside: nobody has read the span yet; the stop in the span ends no sentence."""


DOUBTS = ("gbkg:Inconsistency", "gbkg:Ambiguity", "gbkg:Correction")
"""The classes of curation that put a claim in doubt."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A span that is set aside: no claim is made of it, for a `reason` from a closed list (`REASONS`). `quote` may
    replace its middle by an ellipsis, so that text which proves nothing need not be repeated."""

    source: str
    reason: str
    start: int
    end: int
    quote: str
    note: str
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """One row of an SSSOM mapping set, as IRIs and plain text (https://mapping-commons.github.io/sssom/)."""

    subject: NamedNode
    predicate: NamedNode
    object: NamedNode
    cells: dict[str, str] = field(hash=False)
    place: Place


@dataclass(frozen=True, slots=True)
class Review:
    """A second reader's verdict on whether the quotation supports the claim: at first, and after disagreements were
    resolved."""

    claim: str
    digest: str
    first: Verdict
    verdict: Verdict
    note: str
    place: Place
