"""Commands for those who keep the facts right: build, find-quote, lock, coverage."""

from __future__ import annotations

import gc
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from gbkg.cli.command import LAYOUTS, Documents, Layout, checked, current_project, documents_at_hand, project_to_write
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import (
    ProgressLine,
    clear_progress,
    fail,
    print_json,
    print_record,
    print_result,
    remark,
    report_findings,
    say,
    violations_recorded,
)
from gbkg.core.errors import Finding, GbkgError, NotFoundError, SourceError
from gbkg.core.project import Project
from gbkg.core.text import oneline

if TYPE_CHECKING:
    from gbkg.core.records import Source


@command("build")
def build(
    out: Annotated[Path, Option("--out", metavar="DIR", help="Folder for the outputs.")] = Path("build"),
    sources: Documents = None,
    store: Annotated[
        Path | None,
        Option("--store", metavar="DIR", help="Also keep the graph in a store on disk, for large graphs."),
    ] = None,
    form: Annotated[
        list[str] | None,
        Option("--write", metavar="NAME", help="Write only nq and this: trig, ttl or jsonld; repeatable."),
    ] = None,
    shacl: Annotated[
        str | None,
        Option(
            metavar="ENGINE",
            help="pyshacl, or shacl of the extra shacl; the fastest by default.",
        ),
    ] = None,
    dask: Annotated[
        str | None,
        Option(
            metavar="ADDRESS", help="Spread what is done source by source over this Dask cluster, or over a local one."
        ),
    ] = None,
    unchecked: Annotated[
        bool, Option("--unchecked", help="Pass over the gates on the graph: checks, SHACL, facts.")
    ] = False,
    layout: Layout = "text",
) -> None:
    """Build, validate and write the graph; print what is in it."""
    from gbkg import build as stages

    checked(layout, LAYOUTS)
    for name in form or ():
        if name not in stages.FORMATS:
            raise GbkgError(f"no format is called {name!r}", hint=f"there are {', '.join(stages.FORMATS)}")
    if unchecked and shacl is not None:
        raise GbkgError("--shacl and --unchecked go against each other", hint="leave one of them out")
    if shacl == "":
        raise GbkgError("--shacl names no engine", hint="leave it out, or name one; --unchecked passes over the gates")
    gc.set_threshold(100_000, 50, 100)  # a build makes many objects and no garbage; this saves a tenth of its time
    formats = tuple(name for name in stages.FORMATS if not form or name in form)
    # Of a folder that nobody named not every text is everybody's to keep.
    at_hand, whole = documents_at_hand(sources), sources is not None
    settings = stages.Settings(at_hand, store, formats, "" if unchecked else shacl, dask, whole)
    with violations_recorded("build", layout):
        made = stages.run(current_project(), out, settings, ProgressLine())
    clear_progress()
    for warning in made.warnings:
        remark(f"warning: {warning}")
    for line in made.changes:
        remark(f"since the last build: {line}")
    print_result(made, layout)
    names = " ".join(f"gbkg.{name}" for name in stages.FORMATS if name in ("nq", *formats))
    remark(f"wrote {names} report.json report.md SHA256SUMS to {out}" + (f", and the store {store}" if store else ""))
    if unchecked:
        remark("unchecked: the gates on the graph were passed over; build without --unchecked before you publish")


@command("find-quote")
def find_quote(
    source: Annotated[str, Argument(help="A source's name, as in data/sources.ttl.")],
    words: Annotated[str, Argument(help="Words of the document; plain quotes and spaces will do.")],
    sources: Documents = None,
    layout: Layout = "text",
) -> None:
    """Find words in a document: offsets, the document's own characters, and how often they occur."""
    from gbkg.intake.register import find_quote as find

    checked(layout, LAYOUTS)
    text = document(source, sources, "find-quote", layout)
    found = find(current_project(), source, text, words)
    if layout == "json":
        print_json(found.to_dict())
    if not found.hits:
        fail(f"{source}: {found.remarks[0]}", 1)
    if layout == "json":
        return
    print_result(found)
    columns = "start, end, quotation, around it" + (", page" if any(found.boxes) else "")
    remark(f"{len(found.hits)} {'place' if len(found.hits) == 1 else 'places'}; columns: {columns}")


@command("lock")
def lock(sources: Documents = None, layout: Layout = "text") -> None:
    """Fill in offsets of quotations and spans, and put quotations into the document's own characters."""
    from gbkg.claims import offsets
    from gbkg.documents.sources import collect

    checked(layout, LAYOUTS)
    project = project_to_write("lock")
    known = registered(project, "lock", layout)
    library = collect(needed(sources), known)
    done = offsets.lock(project, known, library.texts)
    print_result(done, layout)
    remark(f"{len(done.changed)} file{'s' if len(done.changed) != 1 else ''} changed")
    report_findings(done.findings)


@command("coverage")
def coverage(
    source: Annotated[str | None, Argument(help="A source's name; without it, all of them.")] = None,
    sources: Documents = None,
    missing: Annotated[bool, Option("--missing", help="Only sentences that nothing stands behind.")] = False,
    layout: Layout = "text",
) -> None:
    """Print a document sentence by sentence with what stands behind each."""
    from gbkg import build as stages
    from gbkg.documents.coverage import check, covered, long_spans, sentences
    from gbkg.documents.sources import collect

    checked(layout, LAYOUTS)
    inputs = stages.read(current_project())
    if source is not None and source not in inputs.sources:
        raise NotFoundError.among("source", source, inputs.sources)
    folder = needed(sources)
    library = collect(folder, inputs.sources)
    findings = list[Finding]()
    shares, listed = dict[str, Any](), dict[str, Any]()
    absent = _absent(set(inputs.sources) - set(library.texts))
    for slug in [source] if source else list(library.texts):
        text = library.texts.get(slug) or document(slug, folder, "coverage", layout)
        claims = [c for c in inputs.claims if c.source == slug]
        aside = [r for r in inputs.readings if r.source == slug]
        found = sentences(text, claims, aside)
        findings += check(slug, text, found, inputs.all[slug].pending) + long_spans(claims, aside, found)
        cover = covered(found)
        shown = [sentence for sentence in found if not (missing and sentence.accounted)]
        if layout == "json":
            shares[slug], listed[slug] = asdict(cover), [sentence.to_dict(text) for sentence in shown]
            continue
        for sentence in shown:
            behind = [c.slug for c in sentence.claims] + [f"({r.reason})" for r in sentence.readings]
            say(f"{sentence.start}-{sentence.end}\t{oneline(text[sentence.start : sentence.end])}")
            behind += [f"({sentence.joined} joined)"] if sentence.joined else []
            if not sentence.accounted:
                behind.append("NOTHING STANDS BEHIND " + ("THE REST" if behind else "THIS"))
            say(f"\t{', '.join(behind)}")
        say(f"{slug}: {cover}")
    findings = inputs.findings + findings
    if layout == "json":
        faults = [one.to_dict() for one in findings]
        print_record("coverage", absent, sources=shares, sentences=listed, findings=faults)
    report_findings(findings)


def registered(project: Project, kind: str, layout: str) -> dict[str, Source]:
    """The registered sources. With violations among them the process ends, with a record of this kind as JSON."""
    from gbkg.documents.sources import read

    registry = read(project)
    if layout == "json" and any(one.severity == "violation" for one in registry.findings):
        print_record(kind, findings=[one.to_dict() for one in registry.findings])
    report_findings(registry.findings)
    return registry.sources


def _absent(slugs: set[str]) -> list[str]:
    """Says, and returns, which documents were passed over."""
    said = [f"document {slug} is not at hand and was passed over" for slug in sorted(slugs)]
    for line in said:
        remark(line)
    return said


def needed(sources: Path | None) -> Path:
    sources = documents_at_hand(sources)
    if sources is None:
        fail("this command needs the documents: give --sources DIR, or set GBKG_SOURCES", 2)
    return sources


def document(source: str, sources: Path | None, kind: str, layout: str) -> str:
    """The text of a document. An unknown name is told before the documents are asked for."""
    from gbkg.documents.sources import collect

    known = registered(current_project(), kind, layout)
    if source not in known:
        raise NotFoundError.among("source", source, known)
    folder = needed(sources)
    texts = collect(folder, known).texts
    if source not in texts:
        message = f"document {source} is not at hand; expected a file with SHA-256 {known[source].digest}"
        raise SourceError(message, file=str(folder), hint="put it there, or name the folder that has it (--sources)")
    return texts[source]
