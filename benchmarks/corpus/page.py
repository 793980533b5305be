"""One document while it is written: its text, and with every sentence the claims or the reading behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.words import BOUNDS, Date, Number

COLUMNS = tuple(
    "id subject predicate object value value_text unit precision lower upper as_of as_of_text attributed_to "
    "criterion reading status quote start note".split()
)
READING_COLUMNS = ("reason", "start", "end", "quote", "note")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Entity:
    """A row of the table of entities."""

    slug: str
    type: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in its place: `start` in code points; `quote` is the sentence without its full stop."""

    start: int
    quote: str


@dataclass
class Page:
    """A document and all that the tables of a project say of it.

    `claims` and `readings` are rows in the order in which they were added, `curation` nodes of Turtle.
    """

    source: str
    title: str = ""
    claims: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)
    entities: dict[str, Entity] = field(default_factory=dict)
    curation: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def statistics(self) -> int:
        """How many of the claims are statistics."""
        return sum(bool(row["unit"]) for row in self.claims if "unit" in row)

    def entity(self, given: Entity) -> str:
        """Introduces an entity; returns its slug."""
        self.entities[given.slug] = given
        return given.slug

    def aside(self, reason: str, text: str, note: str = "") -> tuple[int, int]:
        """A paragraph that is set aside; returns its span. Of several lines the reading quotes the first and last."""
        lines = text.split("\n")
        start = self._put(text + "\n\n")
        quote = text if len(lines) == 1 else f"{lines[0]} … {lines[-1]}"
        end = start + len(text)
        self.readings.append({"reason": reason, "start": str(start), "end": str(end), "quote": quote, "note": note})
        return start, end

    def say(self, sentence: str) -> Said:
        """A sentence that claims stand behind."""
        return Said(self._put(sentence + " "), sentence.rstrip("."))

    def remark(self, reason: str, sentence: str) -> None:
        """A sentence within a paragraph that is set aside."""
        start = self._put(sentence + " ")
        end = str(start + len(sentence))
        self.readings.append({"reason": reason, "start": str(start), "end": end, "quote": sentence, "note": ""})

    def close(self) -> None:
        """Ends a paragraph."""
        if self._parts and self._parts[-1].endswith(". "):
            self._parts[-1] = self._parts[-1][:-1] + "\n\n"
            self._length += 1

    def relation(self, said: Said, name: str, subject: str, predicate: str, object_: str, **more: str) -> str:
        """A claim with an entity, a date or words for its object; returns its key. `more` are columns, or `part`,
        the words of the sentence that prove it."""
        return self._claim(said, {"id": name, "subject": subject, "predicate": predicate, "object": object_}, more)

    def statistic(
        self, said: Said, name: str, subject: str, indicator: str, number: Number, unit: str, date: Date, **more: str
    ) -> str:
        """A claim with a number for its object; returns its key."""
        row = {"id": name, "subject": subject, "predicate": indicator, "value": number.value, "unit": unit}
        row |= {"value_text": number.text, "precision": number.precision, "as_of": date.value, "as_of_text": date.text}
        if number.precision in BOUNDS:
            row[BOUNDS[number.precision]] = number.value
        return self._claim(said, row, more)

    def further(self, said: Said, name: str, part: str = "") -> None:
        """A further passage of the claim of this name."""
        quote = part or said.quote
        self.claims.append({"id": name, "quote": quote, "start": str(said.start + said.quote.index(quote))})

    def curate(self, kind: str, name: str, facts: Iterable[str]) -> None:
        """A node of curation: `facts` are predicate and objects, in Turtle."""
        lines = " ;\n    ".join(facts)
        self.curation.append(f"cur:{name}-{self.source} a gbkg:{kind} ;\n    {lines} .\n")

    def _claim(self, said: Said, row: Row, more: dict[str, str]) -> str:
        quote = more.pop("part", "") or said.quote
        at = said.start + said.quote.index(quote)
        self.claims.append(row | {"reading": "stated", "status": "accepted", "quote": quote, "start": str(at)} | more)
        return f"{self.source}.{row['id']}"

    def _put(self, text: str) -> int:
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start
