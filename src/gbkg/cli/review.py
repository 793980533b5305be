"""Commands for those who decide on proposals and keep tables in order: fmt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from gbkg.cli.command import LAYOUTS, Layout, checked, current_project
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import fail, print_findings, print_record, remark, say
from gbkg.core import files


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
    project = current_project()
    made = {path: order.formatted(project, path) for path in names or order.every(project)}
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
