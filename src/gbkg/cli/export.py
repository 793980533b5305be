"""The command that writes the graph in formats of other tools: export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gbkg.cli.command import (
    LAYOUTS,
    Layout,
    app,
    asks_graph,
    checked,
    fail,
    open_graph,
    outputs_apart,
    print_record,
    remark,
    say,
)

if TYPE_CHECKING:
    from gbkg.render.export.links import Format
    from gbkg.render.lists import Exported


@app.command()
@asks_graph
def export(
    format: Annotated[str, typer.Argument(help="A name of --list.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE|DIR", help="Where to; csv and rocrate take a folder or a file called *.zip."
        ),
    ] = None,
    inferred: Annotated[
        bool, typer.Option("--inferred", help="Also what rules infer, in formats without named graphs.")
    ] = False,
    published: Annotated[
        str, typer.Option("--published", metavar="DATE", help="The date of publication of an RO-Crate.")
    ] = "",
    list_: Annotated[bool, typer.Option("--list", help="List the formats: name, files, what is kept, lost.")] = False,
    layout: Layout = "text",
) -> None:
    """Write the graph in a format of another tool, to standard output or to -o."""
    from gbkg.render.export import formats

    checked(layout, LAYOUTS)
    if list_ and layout == "json":
        known = [{"name": f.name, "files": f.files, "keeps": f.kept, "loses": f.lost} for f in formats.FORMATS]
        print_record("formats", formats=known)
        return
    if list_:
        rows = [(f.name, " ".join(f.files), f"keeps {f.kept}", f"loses {f.lost}") for f in formats.FORMATS]
        for row in rows:
            say("\t".join(row))
        return
    if not format:
        fail(f"export needs a format: {', '.join(f.name for f in formats.FORMATS)}", 2)
    found = formats.find(format)
    if out is None and _is_folder(found):
        fail(f"{format} is several files: give -o DIR or -o FILE.zip", 2)
    if out is None and layout == "json":
        fail("--format json tells what was written: give -o FILE", 2)
    outputs_apart(*([out / name for name in found.files] if _is_folder(found) and out else [out]))
    day = _day(published)
    _write(found, open_graph().export(format, inferred=inferred, published=day), out, layout)


def _write(format: Format, made: Exported, out: Path | None, layout: str) -> None:
    for said in made.remarks:
        remark(said)
    if out is None:
        sys.stdout.buffer.write(*made.files.values())
        sys.stdout.buffer.flush()
        return
    made.save(out)
    if layout == "json":
        print_record("export", made.remarks, out=str(out), **made.values())
    several = _is_folder(format) or out.suffix == ".zip"
    remark(f"wrote {len(made.files)} files to {out}" if several else f"wrote {out}")


def _is_folder(format: Format) -> bool:
    return len(format.files) > 1 or format.name == "rocrate"


def _day(date: str) -> str:
    from datetime import date as calendar

    try:
        return calendar.fromisoformat(date).isoformat() if date else ""
    except ValueError:
        fail(f"--published: not a date: {date!r}; write YYYY-MM-DD", 2)
