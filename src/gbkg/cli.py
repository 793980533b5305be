"""The command line: a thin door. Results go to stdout, progress and remarks to stderr.

Exit codes: 0 conforms, 1 findings of severity violation, 2 could not run.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from gbkg import __version__
from gbkg.errors import GbkgError, Nonconforming, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from gbkg.model import Finding, Source
    from gbkg.project import Project

app = typer.Typer(
    help="A knowledge graph in which every fact can be followed back to the sentence that states it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Documents = Annotated[
    Path | None,
    typer.Option(
        "--sources", envvar="GBKG_SOURCES", metavar="DIR", help="Folder with the documents, whatever they are called."
    ),
]
_state: dict[str, Path | None] = {"project": None}


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gbkg {__version__}")
        raise typer.Exit


@app.callback()
def main(
    project: Annotated[
        Path | None,
        typer.Option(
            "--project", metavar="DIR", help="The project; without it the current folder, else the one gbkg came with."
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A knowledge graph in which every fact can be followed back to the sentence that states it."""
    _state["project"] = project


@app.command()
def build(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the outputs.")] = Path("build"),
    sources: Documents = None,
) -> None:
    """Build, validate and write the graph; print what is in it."""
    from gbkg import build as stages

    gc.set_threshold(100_000, 50, 100)  # a build makes many objects and no garbage; this saves a tenth of its time
    made = stages.run(_project(), out, sources, _progress)
    _clear_progress()
    for warning in made.warnings:
        _remark(f"warning: {warning}")
    rows = made.rows()
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, number, meaning in rows:
        typer.echo(f"{name:<{widths[0]}}  {number:>{widths[1]}}  {meaning}")
    names = "gbkg.trig gbkg.nq gbkg.ttl gbkg.jsonld report.json report.md"
    _remark(f"wrote {names} to {out}")


@app.command()
def verify(sources: Documents = None) -> None:
    """Prove every quotation against the documents, and that every sentence is accounted for."""
    from gbkg import build as stages
    from gbkg.report import covered

    inputs = stages.read(_project())
    findings, accounted = stages.verify(inputs, _needed(sources))
    for slug, found in accounted.items():
        cover = covered(found)
        claims = [claim for claim in inputs.claims if claim.source == slug]
        quotations = sum(len(claim.passages) for claim in claims)
        wrong = sum(f.gate == "quotations" and f.column == "quote" and Path(f.file).stem == slug for f in findings)
        found_there = f"{quotations - wrong} of {quotations} quotations"
        typer.echo(f"{slug}: {found_there} of {len(claims)} claims are in the document")
        typer.echo(f"{slug}: {cover.percent:.1f} % accounted for, {cover}")
    _findings(inputs.findings + findings)


@app.command()
def cite(
    source: Annotated[str, typer.Argument(help="A source's name, as in data/sources.ttl.")],
    words: Annotated[str, typer.Argument(help="Words of the document; plain quotes and spaces will do.")],
    sources: Documents = None,
) -> None:
    """Find words in a document: offsets, the document's own characters, and how often they occur."""
    from gbkg.lock import cite as find
    from gbkg.passages import difference

    text = _text(source, _needed(sources))
    hits = find(text, words)
    if not hits:
        _fail(f"{source}: these words are not in the document; {difference(text, words)}", 1)
    for hit in hits:
        typer.echo(f"{hit.start}\t{hit.end}\t{_oneline(hit.exact)}\t…{_oneline(hit.before)}[…]{_oneline(hit.after)}…")
    _remark(f"{len(hits)} {'place' if len(hits) == 1 else 'places'}; columns: start, end, quotation, around it")


@app.command()
def lock(sources: Documents = None) -> None:
    """Fill in offsets of quotations and spans, and put quotations into the document's own characters."""
    from gbkg import export
    from gbkg.lock import lock as fill
    from gbkg.sources import collect

    project = _project()
    registered = _registered(project)
    library = collect(_needed(sources), registered)
    _absent(set(registered) - set(library.texts))
    changed, findings = fill(project, registered, library.texts)
    for name, text in changed.items():
        path = project.root / name
        export.write(path.parent, {path.name: text.encode()})
        typer.echo(f"changed {name}")
    _remark(f"{len(changed)} file{'s' if len(changed) != 1 else ''} changed")
    _findings(findings)


@app.command()
def coverage(
    source: Annotated[str | None, typer.Argument(help="A source's name; without it, all of them.")] = None,
    sources: Documents = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only sentences that nothing stands behind.")] = False,
) -> None:
    """Print a document sentence by sentence with what stands behind each."""
    from gbkg import build as stages
    from gbkg.coverage import check, sentences
    from gbkg.report import covered
    from gbkg.sources import collect

    inputs = stages.read(_project())
    folder = _needed(sources)
    if source is not None and source not in inputs.sources:
        raise _no_source(source, inputs.sources)
    library = collect(folder, inputs.sources)
    findings = []
    _absent(set(inputs.sources) - set(library.texts))
    for slug in [source] if source else list(library.texts):
        text = library.texts.get(slug) or _text(slug, folder)
        claims = [c for c in inputs.claims if c.source == slug]
        found = sentences(text, claims, [r for r in inputs.readings if r.source == slug])
        findings += check(slug, text, found)
        for sentence in found:
            if missing and sentence.accounted:
                continue
            behind = [c.slug for c in sentence.claims] + [f"({r.reason})" for r in sentence.readings]
            typer.echo(f"{sentence.start}-{sentence.end}\t{_oneline(text[sentence.start : sentence.end])}")
            typer.echo(f"\t{', '.join(behind) or 'NOTHING STANDS BEHIND THIS'}")
        cover = covered(found)
        typer.echo(f"{slug}: {cover.percent:.1f} % accounted for, {cover}")
    _findings(inputs.findings + findings)


@app.command()
def show(
    entity: Annotated[list[str], typer.Argument(help="IRI, id, label or alias; several words need no quotes.")],
) -> None:
    """Print an entity: names, relations both ways, statistics, each with its quotation, source and offsets."""
    from gbkg import build as stages
    from gbkg import curation
    from gbkg.show import card, find

    project = _project()
    inputs = stages.read(project)
    faults = sum(finding.gate == "tables" for finding in inputs.findings)
    if faults:
        count = f"{faults} fault{'s' if faults != 1 else ''}"
        _remark(f"{count} in the tables; what they touch is not shown (gbkg build lists them)")
    found = find(" ".join(entity), inputs.entities, inputs.claims)
    remarks = curation.remarks(project, found, inputs.claims, inputs.entities)
    made = card(found, inputs.entities, inputs.claims, inputs.vocabulary, remarks)
    console = _console()
    console.print(f"[bold]{_plain(found.label)}[/bold]  ({made.type})  id:{found.slug}", soft_wrap=True)
    console.print(_plain(found.description), soft_wrap=True)
    group = ""
    for line in made.lines:
        if line.group != group:
            group = line.group
            console.print(f"\n[bold]{group}[/bold]")
        marks = "".join(f"[{n}]" for n in line.footnotes)
        remark = f"  – {line.remark}" if line.remark else ""
        console.print(f"  {_plain(line.text)} {_plain(marks)}[dim]{_plain(remark)}[/dim]", soft_wrap=True)
    if made.remarks:
        console.print("\n[bold]Curation[/bold]")
        for remark in made.remarks:
            console.print(f"  {_plain(remark)}", soft_wrap=True)
    console.print("\n[bold]Evidence[/bold]")
    for number, (passage, keys) in enumerate(made.passages, start=1):
        quotation = _plain(f"[{number}] {passage.source} {passage.start}–{passage.end}: “{_oneline(passage.exact)}”")
        shown = ", ".join(k.partition(".")[2] for k in keys)
        console.print(f"  {quotation}  [dim]{_plain(shown)}[/dim]", soft_wrap=True)
    console.print("\n[bold]Sources[/bold]")
    for slug in dict.fromkeys(passage.source for passage, _ in made.passages):
        source = inputs.sources[slug]
        console.print(_plain(f"  {slug}: {source.title} ({source.language})"), soft_wrap=True)


def run() -> NoReturn:
    """The program: runs a command and turns errors into one line and an exit code."""
    try:
        app(prog_name="gbkg")
    except Nonconforming as error:
        _clear_progress()
        _print_findings(error.findings)
        _fail(str(error), 1)
    except GbkgError as error:
        _clear_progress()
        _fail(str(error), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(0)


def _project() -> Project:
    from gbkg.project import Project

    return Project.find(_state["project"])


def _registered(project: Project) -> dict[str, Source]:
    from gbkg import turtle
    from gbkg.sources import register

    registered, findings = register(turtle.read(project, project.data / "sources.ttl"), "data/sources.ttl")
    _findings(findings)
    return registered


def _no_source(name: str, sources: Iterable[str]) -> NotFoundError:
    from difflib import get_close_matches

    return NotFoundError("source", name, get_close_matches(name, sorted(sources), 1), sorted(sources))


def _absent(slugs: set[str]) -> None:
    for slug in sorted(slugs):
        _remark(f"document {slug} is not at hand and was passed over")


def _needed(sources: Path | None) -> Path:
    if sources is None:
        _fail("this command needs the documents: give --sources DIR, or set GBKG_SOURCES", 2)
    return sources


def _text(source: str, folder: Path) -> str:
    from gbkg.errors import SourceError
    from gbkg.sources import collect

    registered = _registered(_project())
    if source not in registered:
        raise _no_source(source, registered)
    texts = collect(folder, registered).texts
    if source not in texts:
        message = f"document {source} is not at hand; expected a file with SHA-256 {registered[source].digest}"
        raise SourceError(message, file=str(folder))
    return texts[source]


def _findings(findings: Iterable[Finding]) -> None:
    """Prints findings and stops with exit code 1 when one is a violation."""
    findings = list(findings)
    _print_findings(findings)
    count = sum(finding.severity == "violation" for finding in findings)
    if count:
        _fail(f"{count} violation{'s' if count != 1 else ''}", 1)


def _print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding}", err=True)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text} …")
        sys.stderr.flush()


def _clear_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def _remark(text: str) -> None:
    typer.echo(text, err=True)


def _fail(text: str, code: int) -> NoReturn:
    typer.echo(f"gbkg: {text}", err=True)
    sys.exit(code)


def _console() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else 200
    plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
    return Console(highlight=False, width=width, color_system=None if plain else "auto")


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _oneline(text: str) -> str:
    return " ".join(text.split("\n"))
