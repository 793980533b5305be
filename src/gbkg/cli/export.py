"""Commands that write what others take: export, in formats of other tools, and draw, pictures for a report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gbkg.cli.ask import Parameters, values
from gbkg.cli.command import Layout, open_graph, outputs_apart
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import fail, print_json, print_result, remark

if TYPE_CHECKING:
    from gbkg.render.draw.scene import Scene
    from gbkg.render.export.links import Format
    from gbkg.render.lists import Exported


@command("export", asks_graph=True)
def export(
    format: Annotated[str, Argument(help="A name of --list.")] = "",
    out: Annotated[
        Path | None,
        Option(
            "--out", "-o", metavar="FILE|DIR", help="Where to; csv and rocrate take a folder or a file called *.zip."
        ),
    ] = None,
    inferred: Annotated[
        bool, Option("--inferred", help="Also what rules infer, in formats without named graphs.")
    ] = False,
    published: Annotated[
        str, Option("--published", metavar="DATE", help="The date of publication of an RO-Crate.")
    ] = "",
    list_: Annotated[bool, Option("--list", help="List the formats: name, files, what is kept, lost.")] = False,
    layout: Layout = "text",
) -> None:
    """Write the graph in a format of another tool, to standard output or to -o."""
    from gbkg.render.export import formats
    from gbkg.render.lists import Formats

    if list_:
        print_result(Formats(formats.FORMATS), layout)
        return
    if not format:
        fail(f"export needs a format: {', '.join(f.name for f in formats.FORMATS)}", 2)
    found = formats.find(format)
    if out is None and found.in_folder:
        fail(f"{format} is several files: give -o DIR or -o FILE.zip", 2)
    if out is None and layout == "json":
        fail("--format json lists what was written: give -o FILE", 2)
    outputs_apart(*([out / name for name in found.files] if found.in_folder and out else [out]))
    day = formats.dated(published)
    _write(found, open_graph().export(format, inferred=inferred, published=day), out, layout)


def _write(format: Format, made: Exported, out: Path | None, layout: str) -> None:
    for said in made.remarks:
        remark(said)
    if out is None:
        sys.stdout.buffer.write(*made.files.values())
        sys.stdout.buffer.flush()
        return
    made = made.save(out)
    if layout == "json":
        print_json(made.to_dict())
    several = format.in_folder or out.suffix == ".zip"
    remark(f"wrote {len(made.files)} files to {out}" if several else f"wrote {out}")


Out = Annotated[
    Path | None,
    Option("--out", "-o", metavar="FILE", help="Where to: *.svg or *.png; without it SVG to standard output."),
]
Title = Annotated[str, Option("--title", metavar="TEXT", help="The title, instead of the one it would have.")]
Dpi = Annotated[int, Option("--dpi", min=36, max=1200, help="Pixels for each inch of a PNG; A4 is 8.27 wide.")]


@command("draw network", asks_graph=True)
def network(
    relation: Annotated[
        list[str] | None,
        Option("--relation", "-r", metavar="NAME", help="A family of relations, a property, or all; may be repeated."),
    ] = None,
    centre: Annotated[str, Option("--centre", metavar="ENTITY", help="Only what is near this entity.")] = "",
    hops: Annotated[int, Option("--hops", min=1, help="How near: steps along relations, either way.")] = 1,
    inferred: Annotated[bool, Option("--inferred", help="Also what rules infer, dotted.")] = False,
    as_of: Annotated[str, Option("--as-of", metavar="DATE", help="Without what is known to have begun later.")] = "",
    title: Title = "",
    out: Out = None,
    dpi: Dpi = 200,
    layout: Layout = "text",
) -> None:
    """Draw who founded, initiated, owns, operates, hosts or belongs to whom, each arrow with its quotations."""
    form = _form(out, layout)
    from gbkg.network.projection import Selection
    from gbkg.render.draw import network as picture

    selection = Selection(tuple(relation or picture.RELATIONS), inferred=inferred, as_of=as_of)
    _paint(picture.draw(open_graph(), selection, centre, hops, title), form, out, dpi, layout)


@command("draw timeline", asks_graph=True)
def timeline(
    about: Annotated[
        list[str] | None,
        Option("--about", metavar="ENTITY", help="Only the dates of this entity; may be repeated."),
    ] = None,
    statistics: Annotated[bool, Option("--statistics", help="Also statistics that have a date.")] = False,
    title: Title = "",
    out: Out = None,
    dpi: Dpi = 200,
    layout: Layout = "text",
) -> None:
    """Draw what happened when; what has no year stands in a box of its own, what is implied or in doubt is marked."""
    form = _form(out, layout)
    from gbkg.render.draw import timeline as picture

    _paint(picture.draw(open_graph(), about or (), statistics, title), form, out, dpi, layout)


@command("draw answer", asks_graph=True)
def answer(
    name: Annotated[str, Argument(help="A saved query whose header has a view.")],
    parameter: Parameters = None,
    title: Title = "",
    out: Out = None,
    dpi: Dpi = 200,
    layout: Layout = "text",
) -> None:
    """Draw the answer of a saved query as its header says: bars of figures, a time line, or a network."""
    form = _form(out, layout)
    from gbkg.ask.queries import find
    from gbkg.render.draw import charts

    kg = open_graph()
    asked = find(kg.project, name)
    view = charts.drawable(asked)
    found = kg.ask_saved(name, values(parameter or []), cite=True)
    _paint(charts.draw(kg, found, view, title or asked.summary), form, out, dpi, layout)


def _form(out: Path | None, layout: str) -> str:
    """`svg` or `png`, as the name of the file says."""
    form = out.suffix.lower().removeprefix(".") if out else "svg"
    if form not in ("svg", "png"):
        fail(f"{out}: a picture is *.svg or *.png", 2)
    if out is None and layout == "json":
        fail("--format json lists what was written: give -o FILE", 2)
    outputs_apart(out)
    return form


def _paint(scene: Scene, form: str, out: Path | None, dpi: int, layout: str) -> None:
    from gbkg.render.draw import painting

    made = painting.picture(scene, form, dpi)
    for said in made.remarks:
        remark(said)
    if out is None:
        sys.stdout.buffer.write(made.content)
        sys.stdout.buffer.flush()
        return
    made = made.save(out)
    if layout == "json":
        print_json(made.to_dict())
    remark(f"wrote {out}")
