"""Commands for those who write reports: draw network, draw timeline, draw answer."""

from __future__ import annotations

import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gbkg.cli.ask import Parameters, values
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
)
from gbkg.core import files

if TYPE_CHECKING:
    from gbkg.render.draw.scene import Scene

pictures = typer.Typer(help="Draw a picture for a report, as SVG or PNG.", no_args_is_help=True)
app.add_typer(pictures, name="draw")

Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Where to: *.svg or *.png; without it SVG to standard output."),
]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="The title, instead of the one it would have.")]
Dpi = Annotated[int, typer.Option("--dpi", min=36, max=1200, help="Pixels for each inch of a PNG; A4 is 8.27 wide.")]


@pictures.command()
@asks_graph
def network(
    relation: Annotated[
        list[str] | None,
        typer.Option(
            "--relation", "-r", metavar="NAME", help="A family of relations, a property, or all; may be repeated."
        ),
    ] = None,
    centre: Annotated[str, typer.Option("--centre", metavar="ENTITY", help="Only what is near this entity.")] = "",
    hops: Annotated[int, typer.Option("--hops", min=1, help="How near: steps along relations, either way.")] = 1,
    inferred: Annotated[bool, typer.Option("--inferred", help="Also what rules infer, dotted.")] = False,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Without what is known to have begun later.")
    ] = "",
    title: Title = "",
    out: Out = None,
    dpi: Dpi = 200,
    layout: Layout = "text",
) -> None:
    """Draw who founded, initiated, owns, operates, hosts or belongs to whom, each arrow with its quotations."""
    form = _form(out, checked(layout, LAYOUTS))
    from gbkg.network.projection import Selection
    from gbkg.render.draw import network as picture

    selection = Selection(tuple(relation or picture.RELATIONS), inferred=inferred, as_of=as_of)
    _write(picture.draw(open_graph(), selection, centre, hops, title), form, out, dpi, layout)


@pictures.command()
@asks_graph
def timeline(
    about: Annotated[
        list[str] | None,
        typer.Option("--about", metavar="ENTITY", help="Only the dates of this entity; may be repeated."),
    ] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Also statistics that have a date.")] = False,
    title: Title = "",
    out: Out = None,
    dpi: Dpi = 200,
    layout: Layout = "text",
) -> None:
    """Draw what happened when; what has no year stands in a box of its own, what is implied or in doubt is marked."""
    form = _form(out, checked(layout, LAYOUTS))
    from gbkg.render.draw import timeline as picture

    _write(picture.draw(open_graph(), about or (), statistics, title), form, out, dpi, layout)


@pictures.command()
@asks_graph
def answer(
    name: Annotated[str, typer.Argument(help="A saved query whose header has a view.")],
    parameter: Parameters = None,
    title: Title = "",
    out: Out = None,
    dpi: Dpi = 200,
    layout: Layout = "text",
) -> None:
    """Draw the answer of a saved query as its header says: bars of figures, a time line, or a network."""
    form = _form(out, checked(layout, LAYOUTS))
    from gbkg.ask.answers import Answer
    from gbkg.ask.queries import find
    from gbkg.core.errors import GbkgError

    kg = open_graph()
    asked = find(kg.project, name)
    if asked.view is None or asked.view.kind == "list":
        raise GbkgError(f"{name} has no view that is a picture", hint="gbkg queries NAME says how a query is drawn")
    from gbkg.render.draw import charts

    found = kg.ask_saved(name, values(parameter or []), cite=True)
    assert isinstance(found, Answer)  # a view names columns, which only rows have
    scene = charts.place(kg, found, asked.view, title or asked.summary)
    _write(replace(scene, remarks=(*found.remarks, *scene.remarks)), form, out, dpi, layout)


def _form(out: Path | None, layout: str) -> str:
    """`svg` or `png`, as the name of the file says."""
    form = out.suffix.lower().removeprefix(".") if out else "svg"
    if form not in ("svg", "png"):
        fail(f"{out}: a picture is *.svg or *.png", 2)
    if out is None and layout == "json":
        fail("--format json tells what was written: give -o FILE", 2)
    outputs_apart(out)
    return form


def _write(scene: Scene, form: str, out: Path | None, dpi: int, layout: str) -> None:
    from gbkg.render.draw import painting

    painted = painting.paint(scene, form, dpi)
    remarks = (*scene.remarks, *painting.remarks(scene, form))
    for said in remarks:
        remark(said)
    if out is None:
        sys.stdout.buffer.write(painted)
        sys.stdout.buffer.flush()
        return
    files.write(out, painted)
    if layout == "json":
        written = {"name": out.name, "bytes": len(painted), "sha256": sha256(painted).hexdigest()}
        print_record("picture", remarks, out=str(out), format=form, files=[written])
    remark(f"wrote {out}")
