"""The command for those who trust nothing: verify."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gbkg.cli.command import (
    LAYOUTS,
    Documents,
    Layout,
    checked,
    current_project,
    documents_at_hand,
    graph_place,
    open_graph,
)
from gbkg.cli.curate import needed, registered
from gbkg.cli.parameters import Option, command
from gbkg.cli.printing import (
    ProgressLine,
    clear_progress,
    fail,
    print_record,
    remark,
    report_findings,
    say,
    violations_recorded,
)
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import content

if TYPE_CHECKING:
    from gbkg.validate.verification import Verification


@command("verify", asks_graph=True)
def verify(
    sources: Documents = None,
    card: Annotated[
        Path | None, Option("--card", metavar="FILE", help="Prove an answer card again, instead of all claims.")
    ] = None,
    key: Annotated[
        Path | None, Option("--key", metavar="PUB", help="With --card: the public key that has signed it.")
    ] = None,
    layout: Layout = "text",
) -> None:
    """Prove again what was built: every output against its digest and against what the tables give, every quotation
    against the documents. With --graph, --store or --endpoint, that graph."""
    checked(layout, LAYOUTS)
    sources = documents_at_hand(sources)
    if card is None and key is not None:
        fail("--key goes with --card", 2)
    report = _Report(layout)
    with violations_recorded("verify", layout, said=report.said):
        if card is not None:
            findings = _verify_card(card, sources, key, report)
        else:
            findings = _verify_all(sources, report)
    if layout == "json":
        found = [one.to_dict() for one in findings]
        print_record("verify", report.remarks, said=report.said, findings=found)
    report_findings(findings)


@dataclass
class _Report:
    """What was proved and what was not, a line each. As text a line is printed at once, since proofs take long."""

    layout: str
    said: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.said.append(line)
        if self.layout == "text":
            say(line)

    def remark(self, line: str) -> None:
        self.remarks.append(line)
        remark(line)


def _verify_all(sources: Path | None, report: _Report) -> list[Finding]:
    """Proves the graph and, with the documents, every quotation and sentence."""
    proved = _verify_graph(sources, report)
    if proved is None:
        needed(sources)
        report.say("build: none here to be proved, only the tables (gbkg build makes one)")
    else:
        clear_progress()
        for line in proved.said:
            report.say(line)
    findings = proved.findings if proved else []
    if sources is None:
        report.say("quotations: not proved, as the documents are not at hand (--sources DIR)")
        return findings
    return _verify_sources(sources, report) + findings


def _verify_graph(sources: Path | None, report: _Report) -> Verification | None:
    """Proves the graph that the command line names, or else the project's build, if it has one."""
    from gbkg import build
    from gbkg.store import outputs
    from gbkg.validate import verification

    project, place = current_project(), graph_place()
    made = outputs.of(place["graph"]) if "graph" in place else None if place else verification.latest(project)
    if made is not None:
        return verification.of_build(
            project, made, sources, lambda folder: build.repeat(project, made, sources, folder, ProgressLine())
        )
    if not place:
        return None
    if "store" in place:
        from gbkg.store import disk

        held = disk.check(place["store"])
        report.say(f"store: all files and all {held.quads:,} quads are as they were published; digest {held.digest}")
    shown = next(str(place[name]) for name in ("graph", "store", "endpoint") if name in place)
    opened = open_graph(place)
    return verification.of_graph(build.digest(project), opened.digest, len(opened.store), shown)


def _verify_sources(sources: Path, report: _Report) -> list[Finding]:
    """Proves every quotation and sentence of the tables against the documents."""
    from gbkg import build as stages
    from gbkg.documents.coverage import covered

    inputs = stages.read(current_project())
    findings, accounted = stages.verify(inputs, sources)
    for slug, found in accounted.items():
        cover = covered(found)
        claims = [claim for claim in inputs.claims if claim.source == slug]
        quotations = sum(len(claim.passages) for claim in claims)
        wrong = sum(f.gate == "quotations" and f.column == "quote" and Path(f.file).stem == slug for f in findings)
        found_there = f"{quotations - wrong} of {quotations} quotations"
        report.say(f"{slug}: {found_there} of {len(claims)} claims are in the document")
        report.say(f"{slug}: {cover}")
    return inputs.findings + findings


def _verify_card(path: Path, sources: Path | None, key: Path | None, report: _Report) -> list[Finding]:
    """Checks a card: that it is as it was written, by whom, that the graph still gives this answer and agrees with its
    other parts, and, with the documents, that every quotation is in them."""
    from gbkg.ask import card as cards
    from gbkg.ask import cardcheck
    from gbkg.documents.sources import collect

    given = cards.read(content(path), str(path))
    found = cardcheck.altered(given, str(path))
    rows = len(given["answer"]["results"]["bindings"])
    if not found:
        report.say(f"card: {rows} rows and {cardcheck.quotations(given)} quotations are as they were written")
    if key is not None:
        faults = cards.check_signature(given, key, str(path))
        found += faults
        if not faults:
            report.say(f"signature: by the key of {key}, over the whole card")
    elif "signature" in given:
        report.say("signature: not proved; --key PUB says whose it should be")
    kg = open_graph()
    same = kg.digest == given["graph"]["sha256"]
    report.say(f"graph: {'the same as' if same else 'not the one that answered'} when the card was written")
    differing = cardcheck.other_rows(given, kg, str(path))
    if not differing:
        report.say("answer: the same rows with the same proofs")
    others = cardcheck.other_parts(given, kg, str(path))
    if not others:
        report.say("query, titles and digests of documents: as the project and the graph have them")
    found += differing + others
    if sources is None:
        report.remark("documents not at hand; with --sources DIR every quotation is proved")
    else:
        wrong = cardcheck.misquoted(
            given, collect(sources, registered(current_project(), "verify", report.layout)), str(path)
        )
        missing = sum(finding.severity == "warning" for finding in wrong)
        if not wrong:
            report.say(f"documents: all {cardcheck.quotations(given)} quotations are in them")
        found += wrong
        if missing == len(given["sources"]) and missing:
            report.remark("none of the card's documents is at hand")
    report.say(f"not proved, the writer alone says it: {'; '.join(cardcheck.unproved(given, kg))}")
    return found
