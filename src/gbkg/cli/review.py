"""Commands for those who decide on proposals and keep tables in order: fmt, check, merge, agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from gbkg.cli.command import LAYOUTS, Documents, Layout, checked, current_project, documents_at_hand, project_to_write
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import fail, print_findings, print_result, report_findings, violations_recorded


@command("fmt")
def fmt(
    names: Annotated[
        list[Path] | None, Argument(metavar="FILE…", help="Tables of the project; without any, all of them.")
    ] = None,
    check: Annotated[bool, Option("--check", help="Write nothing; end with 1 if a table is not in order.")] = False,
    layout: Layout = "text",
) -> None:
    """Put tables in order: rows sorted, columns as documented. What they say stays the same."""
    from gbkg.review.order import put_in_order

    checked(layout, LAYOUTS)
    made = put_in_order(current_project() if check else project_to_write("fmt"), names, write=not check)
    print_findings(made.findings)
    print_result(made, layout)
    if made.findings:
        fail("nothing was written: a table with faults cannot be put in order", 1)
    if check and made.changed:
        fail("gbkg fmt puts them in order", 1)


@command("check")
def check(
    names: Annotated[list[Path], Argument(metavar="FILE…", help="Tables of the project.")],
    sources: Documents = None,
    layout: Layout = "text",
) -> None:
    """Judge tables alone: what is wrong in each row, and what to do."""
    from gbkg.review.judging import check_all

    checked(layout, LAYOUTS)
    found = check_all(current_project(), names, documents_at_hand(sources))
    print_findings(found.findings)
    print_result(found, layout)
    if any(one.severity == "violation" for one in found.findings):
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
    from gbkg.documents.sources import at_hand
    from gbkg.review import merging

    checked(layout, LAYOUTS)
    project = project_to_write("merge")
    library = at_hand(project, documents_at_hand(sources))
    if undo:
        made = merging.take_back(project, source, undo, library)
    else:
        name = merging.signing(project, source, by)
        with violations_recorded("merge", layout, source=source):
            made = merging.run(project, source, name, library)
    print_result(made, layout)
    report_findings(made.findings)


@command("agreement")
def agreement(
    source: Annotated[str, Argument("A source's name; without it, all that have proposals.")] = "",
    layout: Layout = "text",
) -> None:
    """Print how far readers agree, and how many proposals were right."""
    from gbkg.review.agreement import figures

    checked(layout, LAYOUTS)
    print_result(figures(current_project(), [source] if source else None), layout)
