"""Commands for those who decide on proposals and keep tables in order: fmt, check, merge, agreement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from gbkg.cli.command import LAYOUTS, Documents, Layout, checked, current_project, documents_at_hand, project_to_write
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import fail, print_findings, print_record, remark, report_findings, say, violations_recorded
from gbkg.core import files
from gbkg.core.errors import NotFoundError
from gbkg.core.project import Project
from gbkg.core.text import counted

if TYPE_CHECKING:
    from gbkg.documents.sources import Library


@command("fmt")
def fmt(
    names: Annotated[
        list[Path] | None, Argument(metavar="FILE…", help="Tables of the project; without any, all of them.")
    ] = None,
    check: Annotated[bool, Option("--check", help="Write nothing; end with 1 if a table is not in order.")] = False,
    layout: Layout = "text",
) -> None:
    """Put tables in order: rows sorted, columns as documented. What they say stays the same."""
    from gbkg.review import order

    checked(layout, LAYOUTS)
    project = current_project() if check else project_to_write("fmt")
    paths = [order.place(project, path) for path in names or ()] or order.every(project)
    made = {path: order.formatted(project, path) for path in paths}
    findings = [one for _, faults in made.values() for one in faults]
    texts = {path: text for path, (text, _) in made.items() if project.content(path) != text.encode()}
    changed = [project.show(path) for path in texts]
    if not check and not findings:
        files.write_all({path: text.encode() for path, text in texts.items()})
    if layout == "json":
        print_record(
            "fmt", changed=changed, written=not check and not findings, findings=[f.to_dict() for f in findings]
        )
    print_findings(findings)
    if findings:
        fail("nothing was written: a table with faults cannot be put in order", 1)
    if layout == "text":
        for name in changed:
            say(f"{'not in order:' if check else 'changed'} {name}")
    remark(
        f"{len(changed)} of {len(made)} table{'s' if len(made) != 1 else ''} {'not in order' if check else 'changed'}"
    )
    if check and changed:
        fail("gbkg fmt puts them in order", 1)


@command("check")
def check(
    names: Annotated[list[Path], Argument(metavar="FILE…", help="Tables of the project.")],
    sources: Documents = None,
    layout: Layout = "text",
) -> None:
    """Judge tables alone: what is wrong in each row, and what to do."""
    from gbkg.review import judging, order

    checked(layout, LAYOUTS)
    project = current_project()
    paths = [order.place(project, path) for path in names]
    library = _library(project, sources)
    found = {project.show(path): judging.check(project, path, library) for path in paths}
    findings = [one for faults in found.values() for one in faults]
    if layout == "json":
        print_record("check", tables=list(found), findings=[one.to_dict() for one in findings])
    print_findings(findings)
    for name, faults in found.items():
        wrong = sum(one.severity == "violation" for one in faults)
        said = f"{name}: {counted(wrong, 'violation')}, {counted(len(faults) - wrong, 'warning')}"
        if layout == "text":
            say(said)
    if any(one.severity == "violation" for one in findings):
        fail("mend the violations; a warning is of what nobody has decided on", 1)


@command("merge")
def merge(
    source: Annotated[str, Argument(help="A source's name, as in data/sources.ttl.")],
    by: Annotated[
        str, Option("--as", metavar="NAME", help="Who decides [default: user.name of git's configuration].")
    ] = "",
    undo: Annotated[
        list[str] | None,
        Option("--undo", metavar="ID", help="Make a proposal again of what was moved; repeatable."),
    ] = None,
    sources: Documents = None,
    layout: Layout = "text",
) -> None:
    """Move accepted proposals into the tables; what is rejected stays, with its reason."""
    from gbkg.review import decisions, merging

    checked(layout, LAYOUTS)
    project = project_to_write("merge")
    if undo:
        back = merging.take_back(project, source, undo, _library(project, sources))
        if layout == "json":
            print_record("merge", source=source, moved=[], held=[], back=[one.id for one in back], findings=[])
        for one in back if layout == "text" else ():
            say(f"taken back {one.id}")
        return
    unsigned = any(one.decision == "accept" and not one.decided_by for one in decisions.proposals(project, source))
    name = decisions.reader(project, by) if by or unsigned else ""
    with violations_recorded("merge", layout, source=source):
        made = merging.run(project, source, name, _library(project, sources))
    moved = [{"id": one.id, "kind": one.kind, "to": merging.target(source, one.kind)} for one in made.moved]
    if layout == "json":
        numbers = {"rejected": made.rejected, "undecided": made.undecided}
        record: dict[str, Any] = {"moved": moved, "held": [one.id for one in made.held], "back": [], **numbers}
        print_record("merge", source=source, **record, findings=[one.to_dict() for one in made.findings])
    for row in moved if layout == "text" else ():
        say(f"moved {row['id']} to {row['to']}")
    said = f"{counted(len(made.moved), 'proposal')} moved, {made.rejected} rejected, {made.undecided} not decided on"
    remark(said + (f", {len(made.held)} held back" if made.held else ""))
    if made.undecided and not moved:
        remark("nothing is accepted yet: decide in the browser (gbkg serve --review) or in column decision")
    report_findings(made.findings)


@command("agreement")
def agreement(
    source: Annotated[str, Argument("A source's name; without it, all that have proposals.")] = "",
    layout: Layout = "text",
) -> None:
    """Print how far readers agree, and how many proposals were right."""
    from gbkg.review import agreement as measured
    from gbkg.review import decisions

    checked(layout, LAYOUTS)
    project = current_project()
    known = decisions.sources(project)
    if source and source not in known:
        raise NotFoundError("source with proposals", source, known=known)
    found = measured.figures(project, [source] if source else known)
    if layout == "json":
        print_record("agreement", **found.to_dict())
        return
    for line in measured.lines(found):
        say(line)


def _library(project: Project, sources: Path | None) -> Library | None:
    """The documents, if they are at hand."""
    from gbkg.documents.sources import collect, read

    folder = documents_at_hand(sources)
    return collect(folder, read(project).sources) if folder else None
