"""Commands with which a project begins and grows: init, add and propose."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gbkg.cli.command import LAYOUTS, Documents, Layout, checked, project_to_write
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import fail, print_findings, print_record, remark, say
from gbkg.core.inputfiles import content

if TYPE_CHECKING:
    from gbkg.propose.run import Method


@command("init")
def init(
    folder: Annotated[Path, Argument(metavar="DIR", help="A folder that is empty or does not exist.")],
    title: Annotated[str, Option(help="What the project is called [default: the folder's name].")] = "",
    prefix: Annotated[str, Option(help="The prefix of your own terms.")] = "own",
    namespace: Annotated[
        str, Option(metavar="IRI", help="The namespace of your own terms [default: one of example.org].")
    ] = "",
    layout: Layout = "text",
) -> None:
    """Begin a project: a small complete one, with comments, that builds at once."""
    from gbkg.intake.start import start

    checked(layout, LAYOUTS)
    written = start(folder, title, prefix, namespace)
    if layout == "json":
        print_record("init", out=str(folder), files=written)
        return
    for name in written:
        say(f"wrote {folder / name}")
    say(f"next: cd {folder} && gbkg build")


@command("add")
def add(
    names: Annotated[list[str], Argument(metavar="FILE…", help="PDF, Word, HTML, Markdown, text; - for stdin.")],
    slug: Annotated[str, Option("--as", metavar="NAME", help="The document's name [default: the file's].")] = "",
    title: Annotated[str, Option(help="Its title, if the file does not say it or says it wrongly.")] = "",
    author: Annotated[str, Option(help="Its author.")] = "",
    publisher: Annotated[str, Option(help="Its publisher.")] = "",
    date: Annotated[str, Option(help="When it was published: YYYY, YYYY-MM or YYYY-MM-DD.")] = "",
    language: Annotated[str, Option(help="Its language, such as en or zh.")] = "",
    edition: Annotated[
        str, Option("--edition-of", metavar="NAME", help="A registered document of whose work it is an edition, too.")
    ] = "",
    note: Annotated[str, Option(help="A remark on translation and state of its text.")] = "",
    encoding: Annotated[str, Option(help="The encoding of a text file, such as gb18030 or big5.")] = "",
    renew: Annotated[bool, Option("--renew", help="Let a new text take the place of the frozen one.")] = False,
    layout: Layout = "text",
) -> None:
    """Register documents: make their texts, once, and write their entries in data/sources.ttl."""
    from gbkg.core.errors import GbkgError
    from gbkg.intake.add import add as convert
    from gbkg.intake.add import write

    checked(layout, LAYOUTS)
    given = {"title": title, "creator": author, "publisher": publisher, "issued": date, "language": language}
    given |= {"note": note, "edition": edition}
    if len(names) > 1 and (slug or any(given.values())):
        fail("--as, --title and the like are for one file; add them one by one, or edit data/sources.ttl", 2)
    if "-" in names and not slug:
        fail("what comes by stdin has no name: give one with --as", 2)
    project, results, failed = project_to_write("add"), [], []
    for name in names:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else content(Path(name), name)
            shown = slug if name == "-" else Path(name).name
            done = convert(project, shown, raw, given, slug, encoding, renew)
            write(done)
        except GbkgError as error:
            failed.append({"file": name, "error": str(error)})
            remark(f"not added: {error}")
            continue
        results.append({"file": name, "source": done.slug, "state": done.state, "said": list(done.said)})
        if layout == "text":
            say(f"{done.state} {done.slug}: {done.said[0]}")
            for line in done.said[1:]:
                say(f"  {line}")
    if layout == "json":
        print_record("add", documents=results, failed=failed)
    if failed:
        sys.exit(1)


@command("propose")
def propose(
    source: Annotated[str, Argument(help="A source's name, as in data/sources.ttl.")],
    sources: Documents = None,
    by: Annotated[str, Option("--with", help="rules, or model: what a language model finds besides.")] = "rules",
    layout: Layout = "text",
) -> None:
    """Propose claims, entities and readings for the sentences of a document that nothing stands behind.

    They go to data/proposed/SOURCE.tsv, and into no graph before somebody accepts them. Lines that are decided on or
    edited stay as they are. With a model the sentences are sent to GBKG_MODEL_URL, an OpenAI-compatible address, for
    GBKG_MODEL to read, with the key in GBKG_MODEL_KEY if there is one.
    """
    from dataclasses import replace

    from gbkg import build as stages
    from gbkg.cli.curate import document
    from gbkg.core.text import counted
    from gbkg.propose.run import run
    from gbkg.propose.table import path

    checked(layout, LAYOUTS)
    if by not in ("rules", "model"):
        fail(f"--with {by!r} is no method: rules or model", 2)
    asked = _asked() if by == "model" else None
    project = project_to_write("propose")
    text = document(source, sources, "propose", layout)
    inputs = stages.read(project)
    done = run(project, inputs, source, text, asked)
    out, where = done.outcome, project.show(path(project, source))
    if layout == "json":
        print_record(
            "propose", source=source, file=where, kinds=done.kinds, doubts=done.doubts, decided=done.decided,
            open=out.open, answered=out.answered, said=out.said, dropped=out.dropped,
        )  # fmt: skip
        return
    total = sum(done.kinds.values())
    say(f"{source}: {counted(total, 'proposal')} to decide on, in {where}")
    for kind, count in done.kinds.items():
        say(f"  {count:>5}  {kind}")
    if done.doubts:
        say(f"in doubt: {', '.join(f'{count} {doubt}' for doubt, count in done.doubts.items())}")
    left = out.open - out.answered
    say(f"sentences that nothing stands behind: {out.open:,}; {left:,} of them without a proposal")
    for count, what in ((done.decided, "already decided on"), (out.said, "left out: claims say them")):
        if count:
            say(f"{count:,} {what}")
    print_findings(replace(fault, severity="warning") for fault in inputs.faults if fault.severity == "violation")
    for fault, count in out.dropped.items():
        remark(f"{counted(count, 'row')} dropped that would not pass: {fault}")
    if total:
        remark(f"decide in the browser (gbkg serve --review) or in column decision; then gbkg merge {source}")


def _asked() -> Method:
    """What asks the model that the environment names."""
    from gbkg.propose.model import Settings, client, method

    settings = Settings.found()
    return method(client(settings), settings.model)
