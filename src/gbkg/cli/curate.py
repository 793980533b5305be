"""Commands for curators and for readers who check for themselves: build, find-quote, lock, coverage, verify."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from gbkg.cli.command import (
    Documents,
    Layout,
    current_project,
    documents_at_hand,
    graph_place,
    open_graph,
    project_to_write,
)
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import (
    ProgressLine,
    clear_progress,
    fail,
    print_json,
    print_result,
    remark,
    report_findings,
    say,
    violations_recorded,
)
from gbkg.core.errors import GbkgError


@contextmanager
def collect_seldom() -> Iterator[None]:
    """A build makes many objects and little garbage: fewer collections save a tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


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

    for name in form or ():
        if name not in stages.FORMATS:
            raise GbkgError(f"no format is called {name!r}", hint=f"there are {', '.join(stages.FORMATS)}")
    if unchecked and shacl is not None:
        raise GbkgError("--shacl and --unchecked cannot be combined", hint="leave one of them out")
    if shacl == "":
        raise GbkgError("--shacl needs a value", hint="name an engine, or leave it out; --unchecked skips the checks")
    formats = tuple(name for name in stages.FORMATS if not form or name in form)
    # Of a folder that nobody named not every text is everybody's to keep.
    at_hand, whole = documents_at_hand(sources), sources is not None
    settings = stages.Settings(at_hand, store, formats, "" if unchecked else shacl, dask, whole)
    with violations_recorded("build", layout), collect_seldom():
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
        remark("unchecked: the graph was not checked; build without --unchecked before you publish")


@command("find-quote")
def find_quote(
    source: Annotated[str, Argument(help="A source's name, as in data/sources.ttl.")],
    words: Annotated[str, Argument(help="Words of the document; plain quotes and spaces will do.")],
    sources: Documents = None,
    layout: Layout = "text",
) -> None:
    """Find words in a document: offsets, the document's own characters, and how often they occur."""
    from gbkg.intake.register import find_quote as find

    with violations_recorded("find-quote", layout):
        found = find(current_project(), documents_at_hand(sources), source, words)
    if found.hits:
        print_result(found, layout)
        return
    if layout == "json":
        print_json(found.to_dict())
    fail(f"{source}: {found.remarks[0]}", 1)


@command("lock")
def lock(sources: Documents = None, layout: Layout = "text") -> None:
    """Fill in offsets of quotations and spans, and put quotations into the document's own characters."""
    from gbkg.claims import texts

    with violations_recorded("lock", layout):
        done = texts.lock(project_to_write("lock"), documents_at_hand(sources))
    print_result(done, layout)
    report_findings(done.findings)


@command("coverage")
def coverage(
    source: Annotated[str | None, Argument(help="A source's name; without it, all of them.")] = None,
    sources: Documents = None,
    missing: Annotated[bool, Option("--missing", help="Only sentences that nothing stands behind.")] = False,
    layout: Layout = "text",
) -> None:
    """Print a document sentence by sentence with what stands behind each."""
    from gbkg.claims.texts import account

    found = account(current_project(), documents_at_hand(sources), source or "", missing=missing)
    print_result(found, layout)
    report_findings(found.findings)


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
    if card is None and key is not None:
        fail("--key needs --card", 2)
    from gbkg.knowledge import verify as proving

    project, documents, place = current_project(), documents_at_hand(sources), graph_place()
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        if layout == "text":
            clear_progress()
            say(line)

    with violations_recorded("verify", layout, said=said):
        if card is not None:
            done = proving.verify_card(open_graph, project, card, documents, key, tell)
        else:
            done = proving.verify(project, documents, place, lambda: open_graph(place), ProgressLine(), tell)
    clear_progress()
    if layout == "json":
        print_json(done.to_dict())
    for line in done.remarks:
        remark(line)
    report_findings(done.findings)
