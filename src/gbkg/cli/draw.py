"""Commands for those who write reports: draw network, draw timeline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gbkg.cli.door import app, asks_graph, fail, open_graph, outputs_apart, remark

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
) -> None:
    """Draw who founded, initiated, owns, operates, hosts or belongs to whom, each arrow with its quotations."""
    form = _form(out)
    from gbkg.ask.resolve import resolve
    from gbkg.network.edges import Selection
    from gbkg.network.projection import network as projection
    from gbkg.render.draw import layout
    from gbkg.render.draw import network as picture

    kg = open_graph()
    relations = tuple(relation or picture.RELATIONS)
    near = resolve(kg.labels, centre, "entity", remark).value if centre else ""
    selection = Selection(relations=relations, inferred=inferred, as_of=as_of)
    found = projection(kg, selection)
    edges = layout.select(found, near, hops)
    share, left = picture.left_out(kg, selection, edges, near, hops)
    _write(picture.place(kg, found, edges, title or picture.titled(kg, relations, near, share), left), form, out, dpi)


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
) -> None:
    """Draw what happened when; what has no year stands in a box of its own, what is implied or in doubt is marked."""
    form = _form(out)
    from gbkg.ask.resolve import resolve
    from gbkg.render.draw import dates
    from gbkg.render.draw import timeline as picture

    kg = open_graph()
    entities = [resolve(kg.labels, name, "entity", remark).value for name in about or []]
    found = dates.read(kg, entities, statistics)
    share, left = picture.left_out(found, dates.read(kg, statistics=True), entities)
    _write(picture.place(kg, found, title or picture.titled(kg, entities, statistics, share), left), form, out, dpi)


def _form(out: Path | None) -> str:
    """`svg` or `png`, as the name of the file says."""
    form = out.suffix.lower().removeprefix(".") if out else "svg"
    if form not in ("svg", "png"):
        fail(f"{out}: a picture is *.svg or *.png", 2)
    outputs_apart(out)
    return form


def _write(scene: Scene, form: str, out: Path | None, dpi: int) -> None:
    from gbkg.core import files
    from gbkg.render.draw import painting

    painted = painting.paint(scene, form, dpi)
    for said in (*scene.remarks, *painting.remarks(scene, form)):
        remark(said)
    if out is None:
        sys.stdout.buffer.write(painted)
        sys.stdout.buffer.flush()
        return
    files.write(out, painted)
    remark(f"wrote {out}")
