"""The tables of claims: strict syntax for each column, and all checks that need no document.

A claim's own row comes first. Further rows with its id, `quote` and `start` and nothing else add passages.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gbkg.claims import amounts, dating
from gbkg.claims.amounts import has_word
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import tables
from gbkg.core.errors import Finding, meant
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import is_slug
from gbkg.core.project import Project
from gbkg.core.records import Claim, Dating, Entity, Passage, Place, Quantity
from gbkg.core.tables import Fault, TableRow
from gbkg.core.text import in_digits
from gbkg.documents.passages import OFFSET, fold, is_border

COLUMNS = tuple(
    "id subject predicate object value value_text unit precision lower upper as_of as_of_text attributed_to "
    "criterion reading status qualifiers quote start note".split()
)
_AGENTS = 50
"""Most agents that one claim may be attributed to."""
NEEDED = ("id", "subject", "predicate", "quote")
OPTIONAL = tuple(column for column in COLUMNS if column not in NEEDED)
"""Columns that a table may leave out."""
USUAL = tuple("id subject predicate object value value_text unit precision as_of as_of_text quote start note".split())
"""The columns that a new table has; others are added by who needs them."""
DEFAULTS = {"reading": "stated", "status": "accepted"}
"""What an empty cell of a claim's own row stands for; those of other columns stand for nothing."""
_STATISTIC = ("value", "value_text", "unit", "precision", "lower", "upper")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


def of_source(
    project: Project, source: str, language: str, entities: dict[str, Entity], vocabulary: Vocabulary
) -> tuple[list[Claim], list[Finding]]:
    """Read the table of one source: its claims, and the faults of the table. `language` is the source's; attributions
    are checked elsewhere (`unattributed`)."""
    rows, findings = tables.read(project, project.data / "claims" / f"{source}.tsv", COLUMNS, OPTIONAL)
    claims, faults = of_rows(rows, source, language, entities, vocabulary)
    return claims, findings + faults


def of_rows(
    rows: list[TableRow], source: str, language: str, entities: dict[str, Entity], vocabulary: Vocabulary
) -> tuple[list[Claim], list[Finding]]:
    """The claims of rows, wherever they were typed, and their faults; a claim with a fault is left out."""
    claims = []
    findings: list[Finding] = []
    for group in _groups(rows, findings):
        reader = _RowReader(source, language, group, entities, vocabulary)
        claim = reader.claim()
        findings += reader.findings
        if claim and not any(f.severity == "violation" for f in reader.findings):
            claims.append(claim)
    return claims, findings


def places(project: Project, source: str) -> dict[str, Place]:
    """Where each claim of a source was typed, by id; empty without a table."""
    path = project.data / "claims" / f"{source}.tsv"
    found: dict[str, Place] = {}
    for row in tables.read(project, path, COLUMNS, OPTIONAL)[0] if there(path) else ():
        found.setdefault(row["id"], row.place)
    return found


def aliases(claim: Claim) -> set[tuple[str, str]]:
    """The alias that a claim gives, if any: the entity, and the name with plain quotes, dashes and spaces."""
    return {(claim.subject, fold(claim.object))} if claim.predicate == "alias" else set()


@dataclass(frozen=True, slots=True)
class Unattributed:
    """An attribution whose quotation lacks the agent's label. `finding` is reported unless some source gives the agent
    an alias that the quotation has."""

    agent: str
    printed: str
    finding: Finding

    def named(self, known: Collection[tuple[str, str]]) -> bool:
        """Whether the quotation has one of these aliases (as in `aliases`) of the agent."""
        return any(agent == self.agent and has_word(name, self.printed) for agent, name in known)


def unattributed(claims: Iterable[Claim], entities: dict[str, Entity]) -> list[Unattributed]:
    """The attributions whose quotations do not have the agent's label."""
    found = []
    for claim in claims:
        printed = "\n".join(fold(p.exact) for p in claim.passages) if claim.attributed_to else ""
        for agent in claim.attributed_to:
            names = (entities[agent].label, *(label for _, label in entities[agent].labels))
            if not any(has_word(fold(name), printed) for name in names):
                place, expected = claim.place, f"the words {entities[agent].label!r}, or an alias, in a quotation"
                message = "attribution without its words"
                fault = Finding("tables", message, place.file, place.line, "attributed_to", agent, expected)
                found.append(Unattributed(agent, printed, fault))
    return found


def _groups(rows: list[TableRow], findings: list[Finding]) -> list[list[TableRow]]:
    """The rows of each claim together. A second full row with the same id is a fault."""
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        slug, place = row["id"], row.place
        continues = not any(row[c] for c in COLUMNS if c not in ("id", "quote", "start"))
        if slug not in groups and continues and slug:
            hint = meant(slug, groups) or "a further passage comes after the row of its claim"
            findings.append(row.finding("id", "adds a passage to a claim that has no row", hint=hint))
        elif slug in groups and not continues:
            first = groups[slug][0].place.line
            hint = f"first used in line {first}; leave all but id, quote and start empty to add a passage"
            findings.append(row.finding("id", "id is already taken", hint=hint))
        elif slug in groups:
            groups[slug].append(row)
        else:
            groups[slug or f"\0{place.line}"] = [row]
    return list(groups.values())


class _RowReader:
    """Reads the rows of one claim and collects their faults."""

    def __init__(
        self, source: str, language: str, rows: list[TableRow], entities: dict[str, Entity], vocabulary: Vocabulary
    ) -> None:
        self.source, self.language, self.rows, self.row = source, language, rows, rows[0]
        self.entities, self.vocabulary = entities, vocabulary
        self.findings: list[Finding] = []

    def claim(self) -> Claim | None:
        row = self.row
        if not is_slug(row["id"]):
            self.fault("id", "not an id", "lower-case words joined by hyphens")
        self.entity("subject")
        predicate = row["predicate"]
        statistic = predicate in self.vocabulary.indicators
        if not statistic and predicate not in self.vocabulary.properties:
            known = [*self.vocabulary.properties, *self.vocabulary.indicators]
            self.fault("predicate", "no such property or indicator", hint=meant(predicate, known))
            return None
        passages = tuple(p for p in map(self.passage, self.rows) if p)
        quotations = [row["quote"] for row in self.rows]
        printed = "\n".join(map(fold, quotations))  # no word spans two quotations
        quantity = self.quantity(printed, quotations) if statistic else None
        kind = "" if statistic else self.vocabulary.properties[predicate]
        self.object(kind, printed, quotations)
        when = self.dating(quotations, required=statistic)
        attributed, attribution = self.attribution()
        if row["criterion"]:
            self.entity("criterion", "CountingCriterion")
            if not statistic:
                self.fault("criterion", f"{predicate} is a property, not an indicator", "an empty field")
        reading = self.choice("reading", self.vocabulary.readings)
        status = self.choice("status", self.vocabulary.statuses)
        if reading == "implied" and not row["note"]:
            self.fault("note", "an implied reading needs a note", "how it was read")
        lines = tuple(r.place.line for r in self.rows) if len(passages) == len(self.rows) else ()
        return Claim(
            row["id"], self.source, row["subject"], predicate, row["object"], kind, quantity, when, attributed,
            row["criterion"], reading, status, row["note"], passages, row.place, lines,
            attribution,
            self.qualifiers(printed),
        )  # fmt: skip

    def fault(self, column: str, message: str, expected: str = "", hint: str = "", row: TableRow | None = None) -> None:
        self.findings.append((row or self.row).finding(column, message, expected, hint))

    def entity(self, column: str, cls: str = "", slug: str = "") -> None:
        slug = slug or self.row[column]
        if slug not in self.entities:
            self.fault(column, "no such entity", hint=meant(slug, self.entities) or "add it to data/entities.tsv")
        elif cls and not self.is_a(self.entities[slug], cls):
            self.fault(column, f"a {self.entities[slug].type}", f"an entity of class {cls}")

    def attribution(self) -> tuple[tuple[str, ...], Literal["stated", "implied", ""]]:
        """The agents who said it to the source, and how this is known: "implied" if all are marked with ~, else
        "stated"."""
        marked = self.row["attributed_to"].split()
        if len(marked) > _AGENTS:
            self.fault("attributed_to", f"{len(marked):,} agents", f"{_AGENTS} at most, separated by blanks")
            return (), ""
        agents = tuple(agent.removeprefix("~") for agent in marked)
        for agent in agents:
            self.entity("attributed_to", "Agent", agent)
        implied = [agent for agent in marked if agent.startswith("~")]
        if implied and len(implied) < len(marked):
            self.fault("attributed_to", "stated for one agent and implied for another", "~ before all of them or none",
                       "make two claims of it")  # fmt: skip
        if implied and not self.row["note"]:
            self.fault("note", "an implied attribution needs a note", "what it was concluded from")
        return agents, "implied" if implied else "stated" if agents else ""

    def is_a(self, entity: Entity, cls: str) -> bool:
        """Whether an entity is of a class. True for unknown classes, which have their own finding."""
        known = entity.type in self.vocabulary.superclasses
        return not known or self.vocabulary.is_a(entity.type, cls)

    def choice(self, column: str, allowed: frozenset[str]) -> str:
        """What a cell says, or stands for if it is empty; it must be on the list."""
        given = self.row[column] or DEFAULTS.get(column, "")
        if given not in allowed:
            self.fault(column, "not on the list", " | ".join(sorted(allowed)), meant(given, allowed))
        return given

    def passage(self, row: TableRow) -> Passage | None:
        if not row["quote"]:
            self.fault("quote", "a claim needs the words that prove it", "a quotation", row=row)
            return None
        if not is_border(f"x{row['quote']}", 1):
            self.fault("quote", "begins inside a character", "the character whole", row=row)
            return None
        if not row["start"]:
            self.fault("start", "no offset", "a number", "run gbkg lock --sources DIR to fill it", row)
            return None
        if not OFFSET.fullmatch(row["start"]):
            self.fault("start", "not an offset", "code points from the beginning, counted from 0", row=row)
            return None
        start = int(row["start"])
        return Passage(self.source, start, start + len(row["quote"]), row["quote"])

    def object(self, kind: str, printed: str, quotations: list[str]) -> None:
        value = self.row["object"]
        if kind == "":
            if value:
                self.fault("object", "a statistic has no object", "an empty field")
            return
        for column in _STATISTIC:
            if self.row[column]:
                self.fault(column, f"{self.row['predicate']} is a property, not an indicator", "an empty field")
        if kind == "entity":
            self.entity("object", self.vocabulary.ranges[self.row["predicate"]])
        elif kind == "date":
            for fault in dating.of_object(value, self.row["reading"], quotations, self.language):
                self.fault(*fault)
        elif not value:
            self.fault("object", "no text", f"words of the quotation, since {self.row['predicate']} takes text")
        elif fold(value) not in printed:
            self.fault("object", "words that are not in the quotation", "the source's own words")
        self.subject(self.vocabulary.domains[self.row["predicate"]])

    def subject(self, domain: str) -> None:
        """Check that the subject is of the class that the property or indicator is for."""
        subject = self.entities.get(self.row["subject"])
        if subject and not self.is_a(subject, domain):
            expected = f"an entity of class {domain}, which {self.row['predicate']} is for"
            self.fault("subject", f"a {subject.type}", expected)

    def quantity(self, printed: str, quotations: list[str]) -> Quantity:
        """Read and check the columns of a number (`gbkg.claims.amounts`)."""
        row, words, language = self.row, self.row["value_text"], self.language
        self.subject(self.vocabulary.applies.get(row["predicate"], "Entity"))
        value, lower, upper = (self.number(c) for c in ("value", "lower", "upper"))
        self.choice("unit", self.vocabulary.indicators[row["predicate"]])
        self.choice("precision", frozenset(self.vocabulary.precisions))
        found, faults = amounts.printed(words, quotations, language)
        notation = self.vocabulary.notations.get(row["unit"], "")
        if not faults and row["precision"] == "between":
            faults += amounts.span(row, lower, upper, found, language)
        elif not faults:
            faults += amounts.single(row, value, found, notation)
        if row["precision"] != "between":
            for column, bound in (("lower", lower), ("upper", upper)):
                if bound is not None and value is not None and bound != value:
                    faults.append(Fault(column, "not the value", in_digits(value)))
        if found:
            faults += amounts.unit(row, found, notation, quotations, language)
        faults += amounts.precision(row, printed, self.vocabulary, more=any(one.more for one in found))
        for fault in faults:
            self.fault(*fault)
        return Quantity(value, words, row["unit"], row["precision"], lower, upper)

    def qualifiers(self, printed: str) -> tuple[str, ...]:
        """Read column qualifiers: limits from a closed list, each with a word in the quotation."""
        given = tuple(self.row["qualifiers"].split())
        known = self.vocabulary.qualifiers
        for name in given:
            if name not in known:
                self.fault("qualifiers", "not on the list", " | ".join(sorted(known)), meant(name, known))
            elif not any(has_word(word, printed.lower()) for word in known[name]):
                self.fault("qualifiers", f"no word in the quotation for {name}", " | ".join(known[name]))
        if len(set(given)) < len(given):
            self.fault("qualifiers", "named twice", "each qualifier once")
        return given

    def number(self, column: str) -> Decimal | None:
        text = self.row[column]
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            hint = "write it without separators" if re.fullmatch(r"[\d.,]+", text) else ""
            self.fault(column, "not a plain number", "digits with at most one decimal point", hint)
            return None
        return Decimal(text)

    def dating(self, quotations: list[str], *, required: bool) -> Dating | None:
        """Read columns as_of and as_of_text (`gbkg.claims.dating`)."""
        row = self.row
        found, faults = dating.of_claim(row["as_of"], row["as_of_text"], row["note"], quotations, self.language)
        if required and not row["as_of"]:
            faults.insert(0, dating.needed())
        for fault in faults:
            self.fault(*fault)
        return found
