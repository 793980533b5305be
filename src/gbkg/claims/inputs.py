"""Reads all that curators type: shared files at once, the tables of each source on demand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gbkg.claims import entities, review, rows, vocabulary
from gbkg.claims.rows import Unattributed
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import tables
from gbkg.core.errors import Finding, meant
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.records import Claim, Entity, Mapping, Reading, Review, Source
from gbkg.core.tables import TableRow
from gbkg.core.terms import Graph
from gbkg.documents import sources


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one source.

    `findings` are their faults. Attributions by a name that another source may introduce are in `unattributed` instead.
    `pending` are the quotations of rows with faults.
    """

    claims: list[Claim]
    readings: list[Reading]
    reviews: list[Review]
    findings: list[Finding]
    unattributed: list[Unattributed]
    pending: list[str]

    @property
    def aliases(self) -> set[tuple[str, str]]:
        """The aliases that the source gives to entities."""
        return {alias for claim in self.claims for alias in rows.aliases(claim)}


@dataclass(frozen=True)
class Inputs:
    """The project's typed data: what all sources share, and on demand the tables of each.

    `faults` are those of the shared files, `findings` those of everything.
    """

    project: Project
    ontology: Graph
    vocabulary: Vocabulary
    registry: sources.Registry
    entities: dict[str, Entity]
    mappings: list[Mapping]
    verdicts: dict[str, list[TableRow]]
    faults: tuple[Finding, ...]

    @property
    def sources(self) -> dict[str, Source]:
        return self.registry.sources

    def tables(self, source: str) -> Tables:
        """The tables of one source. Raises `ProjectError`, `ParseError` when one is missing or not text."""
        found, faults = rows.of_source(
            self.project, source, self.sources[source].language, self.entities, self.vocabulary
        )
        aside, more = review.readings_of(self.project, source)
        meanings = {claim.key: review.meaning(claim, self.entities, self.vocabulary) for claim in found}
        judged, doubts = review.judge(self.verdicts.get(source, []), found, bool(faults), meanings)
        own = {alias for claim in found for alias in rows.aliases(claim)}
        pending = [one for one in rows.unattributed(found, self.entities) if not one.named(own)]
        quotes = self._faulty(source, found, aside) if faults or more else []
        return Tables(found, aside, judged, faults + more + doubts, pending, quotes)

    def _faulty(self, source: str, found: list[Claim], aside: list[Reading]) -> list[str]:
        """The quotations of rows that became neither claim nor reading."""
        kept = {p.exact for claim in found for p in claim.passages} | {reading.quote for reading in aside}
        quotes = []
        for folder, *columns in (
            ("claims", rows.COLUMNS, rows.OPTIONAL),
            ("readings", review.READING_COLUMNS, review.READING_OPTIONAL),
        ):
            path = self.project.data / folder / f"{source}.tsv"
            typed = tables.read(self.project, path, *columns)[0] if there(path) else []
            quotes += [row["quote"] for row in typed if row["quote"] not in kept]
        return quotes

    @cached_property
    def all(self) -> dict[str, Tables]:
        """The tables of every source."""
        return {slug: self.tables(slug) for slug in self.sources}

    @cached_property
    def claims(self) -> list[Claim]:
        """All claims, in the order of sources and tables; those with faults are left out."""
        return [claim for tables in self.all.values() for claim in tables.claims]

    @cached_property
    def readings(self) -> list[Reading]:
        """All readings: spans that are set aside."""
        return [reading for tables in self.all.values() for reading in tables.readings]

    @cached_property
    def findings(self) -> list[Finding]:
        """The faults of all tables."""
        found = [finding for tables in self.all.values() for finding in tables.findings]
        known = {alias for tables in self.all.values() for alias in tables.aliases}
        pending = [one for tables in self.all.values() for one in tables.unattributed]
        return [*self.faults, *found, *(one.finding for one in pending if not one.named(known))]


def read(project: Project) -> Inputs:
    """Read the project's tables and Turtle files. Raises `GbkgError` when a file is missing or broken; faulty rows
    become findings."""
    everything = vocabulary.terms(project)
    terms = vocabulary.read(everything)
    registry = sources.read(project)
    things, faults = entities.read(project, terms)
    mapped, more = entities.read_mappings(project, things)
    verdicts, doubts = review.by_source(project)
    known = registry.sources
    for slug in sorted(set(verdicts) - set(known)):
        doubts += review.judge(verdicts[slug], [])[1]
    strangers = _strangers(project, "claims", known) + _strangers(project, "readings", known)
    found = (*vocabulary.faults(project), *registry.findings, *faults, *more, *doubts, *strangers)
    return Inputs(project, everything, terms, registry, things, mapped, verdicts, found)


def _strangers(project: Project, folder: str, sources: dict[str, Source]) -> list[Finding]:
    """Findings for tables in a folder that belong to no source."""
    known = {f"{slug}.tsv" for slug in sources}
    paths = sorted(path for path in (project.data / folder).glob("*") if path.name not in known)
    message = "belongs to no source of data/sources.ttl"
    return [Finding("tables", message, project.show(path), hint=meant(path.stem, sources)) for path in paths]
