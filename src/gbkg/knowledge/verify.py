"""Proving again what was built: outputs and quotations, or one answer card; for readers who check for themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gbkg import build as stages
from gbkg.ask import card as cards
from gbkg.ask import cardcheck
from gbkg.core import Progress, silent
from gbkg.core.errors import Finding, GbkgError
from gbkg.core.inputfiles import content
from gbkg.core.project import Project
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import escape
from gbkg.documents import sources
from gbkg.documents.coverage import covered
from gbkg.knowledge.graph import KnowledgeGraph
from gbkg.store import disk, outputs
from gbkg.validate import verification
from gbkg.validate.verification import Verification

Say = Callable[[str], None]
"""Takes each line of what was proved as soon as it is known, since proofs take long."""


@dataclass(frozen=True)
class Verified(Result):
    """What was proved and what was not, a line each, and what is wrong."""

    kind = "verify"
    said: tuple[str, ...]
    findings: tuple[Finding, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        return map(escape, self.said)


class _Printed:
    """The lines so far, each printed at once."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._say(line)


def verify(
    project: Project,
    documents: Path | None,
    place: Mapping[str, Any],
    opened: Callable[[], KnowledgeGraph],
    progress: Progress = silent,
    say: Say = lambda _: None,
) -> Verified:
    """Proves the graph in a place, as `gbkg.knowledge.open` takes it (empty: the project's build), and, with the
    documents, every quotation and sentence of the tables. `opened` opens the graph in the place.

    Raises `ValidationError` when the tables cannot be read, `GbkgError` when there is neither a build nor a document,
    and what reading the graph raises.
    """
    say = printed = _Printed(say)
    proved = _graph(project, documents, place, opened, progress, say)
    findings: list[Finding] = []
    if proved is not None:
        findings = proved.findings
        for line in proved.said:
            say(line)
    elif documents is None:
        raise GbkgError("this command needs the documents: give --sources DIR, or set GBKG_SOURCES")
    else:
        say("build: none here to be proved, only the tables (gbkg build makes one)")
    if documents is None:
        say("quotations: not proved, as the documents are not at hand (--sources DIR)")
    else:
        findings = _quotations(project, documents, say) + findings
    return Verified(tuple(printed.lines), tuple(findings))


def _graph(
    project: Project, documents: Path | None, place: Mapping[str, Any], opened: Callable[[], KnowledgeGraph],
    progress: Progress, say: Say,
) -> Verification | None:  # fmt: skip
    """The proof of the graph; None if there is none."""
    made = outputs.of(place["graph"]) if "graph" in place else None if place else verification.latest(project)
    if made is not None:
        return verification.of_build(
            project, made, documents, lambda folder: stages.repeat(project, made, documents, folder, progress)
        )
    if not place:
        return None
    if "store" in place:
        held = disk.check(place["store"])
        say(f"store: all files and all {held.quads:,} quads are as they were published; digest {held.digest}")
    shown = next(str(place[name]) for name in ("graph", "store", "endpoint") if name in place)
    kg = opened()
    return verification.of_graph(stages.digest(project), kg.digest, len(kg.store), shown)


def _quotations(project: Project, documents: Path, say: Say) -> list[Finding]:
    """Proves every quotation and sentence of the tables against the documents."""
    inputs = stages.read(project)
    findings, accounted = stages.verify(inputs, documents)
    for slug, found in accounted.items():
        claims = [claim for claim in inputs.claims if claim.source == slug]
        quotations = sum(len(claim.passages) for claim in claims)
        wrong = sum(f.gate == "quotations" and f.column == "quote" and Path(f.file).stem == slug for f in findings)
        found_there = f"{quotations - wrong} of {quotations} quotations"
        say(f"{slug}: {found_there} of {len(claims)} claims are in the document")
        say(f"{slug}: {covered(found)}")
    return inputs.findings + findings


def verify_card(
    kg: Callable[[], KnowledgeGraph],
    project: Project,
    path: Path,
    documents: Path | None,
    key: Path | None = None,
    say: Say = lambda _: None,
) -> Verified:
    """Checks a card: that it is as it was written, by whom, that the graph (`kg` opens it) still gives this answer and
    agrees with its other parts, and, with the documents, that every quotation is in them. Raises `ParseError` when the
    file is not a card, `ValidationError` when the register of documents has faults."""
    say = printed = _Printed(say)
    remarks: list[str] = []
    given = cards.read(content(path), str(path))
    found = cardcheck.altered(given, str(path))
    rows = len(given["answer"]["results"]["bindings"])
    if not found:
        say(f"card: {rows} rows and {cardcheck.quotations(given)} quotations are as they were written")
    if key is not None:
        faults = cards.check_signature(given, key, str(path))
        found += faults
        if not faults:
            say(f"signature: by the key of {key}, over the whole card")
    elif "signature" in given:
        say("signature: not proved; --key PUB says whose it should be")
    graph = kg()
    same = graph.digest == given["graph"]["sha256"]
    say(f"graph: {'the same as' if same else 'not the one that answered'} when the card was written")
    differing = cardcheck.other_rows(given, graph, str(path))
    if not differing:
        say("answer: the same rows with the same proofs")
    others = cardcheck.other_parts(given, graph, str(path))
    if not others:
        say("query, titles and digests of documents: as the project and the graph have them")
    found += differing + others
    if documents is None:
        remarks.append("no documents given; --sources DIR checks every quotation")
    else:
        known = sources.registered(project, "the documents cannot be recognised by it")
        wrong = cardcheck.misquoted(given, sources.collect(documents, known), str(path))
        missing = sum(finding.severity == "warning" for finding in wrong)
        if not wrong:
            say(f"documents: all {cardcheck.quotations(given)} quotations are in them")
        found += wrong
        if missing == len(given["sources"]) and missing:
            remarks.append("none of the card's documents is at hand")
    say(f"not proved, the writer alone says it: {'; '.join(cardcheck.unproved(given, graph))}")
    return Verified(tuple(printed.lines), tuple(found), remarks=tuple(remarks))
