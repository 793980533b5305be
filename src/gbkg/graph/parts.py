"""The graph source by source: what is made of one source depends on no other, so it can be made in any process, kept,
and made anew only when that source changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from gbkg.claims import curation
from gbkg.claims.inputs import Inputs, Tables
from gbkg.claims.rows import Unattributed
from gbkg.core import namedgraphs, nquads
from gbkg.core.digest import digest
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.jsonld import Compaction
from gbkg.core.nquads import as_stored
from gbkg.core.records import Claim
from gbkg.core.workers import spread
from gbkg.documents import coverage, quotations
from gbkg.documents.coverage import Coverage
from gbkg.documents.sources import Library
from gbkg.graph import statements
from gbkg.graph.cache import Part, Spool, Told, code

_ALONE = 64
"""Up to so many sources one process is faster than several."""
_BATCH = 16
"""Sources that a process is given at a time."""


@dataclass(frozen=True)
class Maker:
    """Makes the part of any source from what is typed and, if they are at hand, the documents."""

    inputs: Inputs
    library: Library | None
    compaction: Compaction | None
    """How nodes of JSON-LD are written; None when none are wanted."""

    def part(self, source: str) -> Part:
        """The part of one source. Raises what `Inputs.tables` and `Library.text` raise."""
        tables = self.inputs.tables(source)
        findings, covered = self._proved(source, tables)
        lines = stated(self.inputs, source, tables)
        told = Told(
            entities={slug: self._seen(slug) for slug in sorted(_named(tables))},
            counts=_counts(tables, lines),
            figures={claim.slug: self._figure(claim) for claim in tables.claims},
            aliases=sorted(tables.aliases),
            unattributed=[(one.agent, one.printed, one.finding) for one in tables.unattributed],
            findings=[*tables.findings, *findings],
            coverage=covered,
            digest=digest(map(as_stored, _each(lines["claims"], lines["evidence"]))),
        )
        triples = (line.rpartition(" <")[0] for name in namedgraphs.BY_SOURCE for line in lines[name].splitlines())
        return Part(source, told, lines, self.compaction.nodes(triples) if self.compaction else "")

    def current(self, told: Told) -> bool:
        """Whether the entities are still as the part saw them."""
        return all(self._seen(slug) == seen for slug, seen in told.entities.items())

    def key(self, source: str) -> str:
        """The digest of all that the part of a source is made from, but for the entities that it names."""
        inputs = self.inputs
        made = sha256(self._shared.encode())
        for folder in ("claims", "readings"):
            path = inputs.project.data / folder / f"{source}.tsv"
            if there(path):
                content = inputs.project.text(path).encode()
                made.update(f"{folder} {len(content)}\0".encode() + content)
        rows = [(row.place.line, row.cells) for row in inputs.verdicts.get(source, [])]
        made.update(json.dumps([source, inputs.registry.texts[source], rows]).encode())
        at_hand = self.library is not None and source in self.library.files
        made.update(b"proved" if at_hand else b"")
        return made.hexdigest()

    @cached_property
    def _shared(self) -> str:
        """What all keys have in common."""
        project = self.inputs.project
        files = [project.ontology(name) for name in ("gbkg.ttl", "indicators.ttl", "context.jsonld")]
        contents = [sha256(project.text(path).encode()).hexdigest() for path in files]
        return " ".join([code(), *contents, "nodes" if self.compaction else ""])

    def _seen(self, slug: str) -> str:
        entity = self.inputs.entities.get(slug)
        return f"{entity.type}\t{entity.label}\t{entity.description}" if entity else ""

    def _figure(self, claim: Claim) -> tuple[str, str, str, str] | None:
        figure = curation.figure(claim, self.inputs.sources[claim.source].language)
        return (figure.text, figure.unit, figure.value, figure.language) if figure else None

    def _proved(self, source: str, tables: Tables) -> tuple[list[Finding], Coverage | None]:
        findings = quotations.disagreements(tables.claims)
        text = self.library.text(source) if self.library else None
        if text is None:
            return findings, None
        registered = self.inputs.sources[source]
        faults, sentences = coverage.prove(registered, text, tables.claims, tables.readings, tables.pending)
        return findings + faults, coverage.covered(sentences)


def stated(inputs: Inputs, source: str, tables: Tables) -> dict[str, str]:
    """The lines of N-Quads of one source by graph, those of each graph in their order."""
    verdicts = {judged.claim: judged.verdict for judged in tables.reviews}
    claims = [triple for claim in tables.claims for triple in statements.claim(claim, verdicts.get(claim.key))]
    known = statements.passages(tables.claims, tables.readings)
    shown = nquads.ordered(triple for passage in known for triple in statements.passage(passage))
    facts = nquads.ordered(fact for claim in tables.claims if (fact := statements.direct_triple(claim)))
    return {
        "claims": statements.lines("claims", map(str, nquads.ordered(claims))),
        "evidence": statements.lines("evidence", [*map(str, shown), *inputs.registry.described(source)]),
        "facts": statements.lines("facts", map(str, facts)),
    }


def make(maker: Maker, spool: Spool, progress: Any) -> Iterator[tuple[str, Told]]:
    """What is told of each source, in their order; the parts go into the spool, and only those of sources that have
    changed are made. `progress` is told what is done, how many, and of how many.

    A part that has violations is not kept, since its graph is not the one that its tables mean. Keys are of the files
    as they were before the parts were made.
    """
    slugs = list(maker.inputs.sources)
    spool.keep(slugs)
    keys = {slug: key for slug in slugs if not _is_current(maker, spool, slug, key := maker.key(slug))}
    stale = list(keys)
    made = spread(maker.part, stale, batch=_BATCH, alone=_ALONE)
    done = 0
    for slug in slugs:
        if slug not in keys:
            yield slug, spool.told(slug)
            continue
        part = next(made)
        broken = any(finding.severity == "violation" for finding in part.told.findings)
        spool.put(part, "" if broken else keys[slug])
        done += 1
        progress("reading sources", done, len(stale))
        yield slug, part.told


def _is_current(maker: Maker, spool: Spool, source: str, key: str) -> bool:
    known = spool.known(source, key)
    return known is not None and maker.current(known)


def unnamed(told: list[tuple[str, str, Finding]], aliases: set[tuple[str, str]]) -> list[Finding]:
    """Findings for the attributions that no name explains."""
    names: dict[str, set[tuple[str, str]]] = {}
    for entity, name in aliases:
        names.setdefault(entity, set()).add((entity, name))
    found = (Unattributed(agent, printed, finding) for agent, printed, finding in told)
    return [one.finding for one in found if not one.named(names.get(one.agent, ()))]


def _named(tables: Tables) -> set[str]:
    """The slugs of all entities that claims name."""
    found = set()
    for claim in tables.claims:
        found |= {claim.subject, *claim.attributed_to}
        found |= {claim.criterion} if claim.criterion else set()
        found |= {claim.object} if claim.object_kind == "entity" else set()
    return found


def _counts(tables: Tables, lines: dict[str, str]) -> dict[str, int]:
    return {
        "claims": len(tables.claims),
        "statistics": sum(claim.quantity is not None for claim in tables.claims),
        "passages": len({p for claim in tables.claims for p in claim.passages}),
        "judged": len(tables.reviews),
        "supported": sum(review.first == "supported" for review in tables.reviews),
        "resolved": sum(review.verdict == "supported" for review in tables.reviews),
        **{f"lines of {name}": text.count("\n") for name, text in lines.items()},
    }


def _each(*texts: str) -> Iterator[bytes]:
    return (line for text in texts for line in text.encode().split(b"\n") if line)
