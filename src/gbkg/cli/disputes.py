"""The command that shows what the curators hold against the documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from gbkg.cli.door import app, asks_graph, new_console, open_graph, plain, remark, say

if TYPE_CHECKING:
    from gbkg.ask.disputes import Dispute
    from gbkg.ask.records import GraphRecords

FORMATS = ("table", "md", "json")


@app.command()
@asks_graph
def disputes(
    entity: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only what touches this entity (IRI, id, label or alias), or the one of this name (cur:…)."
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help="proposal, inconsistency, correction, comparison, check, ambiguity, identity or gap; may be repeated.",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All kinds.")] = False,
    layout: Annotated[str, typer.Option("--format", help="table, md or json.")] = "table",
) -> None:
    """Print what is to be settled, inconsistencies, corrections, comparisons: side by side, with arithmetic."""
    from gbkg.ask.disputes import KINDS, USUAL, kinds, pick, read
    from gbkg.ask.records import GraphRecords
    from gbkg.ask.resolve import resolve
    from gbkg.core.errors import NotFoundError
    from gbkg.core.prefixes import PREFIXES

    if layout not in FORMATS:
        raise NotFoundError("format", layout, known=FORMATS)
    wanted = kinds(KINDS if every else kind or USUAL)
    kg = open_graph()
    records = GraphRecords(kg.store, kg.labels)
    name = " ".join(entity or [])
    if name.removeprefix("<").startswith(("cur:", PREFIXES["cur"])):
        _print([pick(name, read(records, kg.project))], layout, records)
        return
    slug = resolve(kg.labels, name, "entity", remark).value.removeprefix(PREFIXES["id"]) if entity else ""
    near = [dispute for dispute in read(records, kg.project) if not slug or dispute.touches(slug)]
    _print([dispute for dispute in near if dispute.kind in wanted], layout, records)
    remark(_summary(near, wanted, f" on {records.called(slug)}" if slug else ""))


def _print(found: list[Dispute], layout: str, records: GraphRecords) -> None:
    from gbkg.ask.disputes import sidebyside
    from gbkg.core.text import markdown as escaped

    sources = sidebyside.sources(found, records)
    if layout == "json":
        say(json.dumps([sidebyside.values(dispute) for dispute in found], ensure_ascii=False, indent=2))
    elif layout == "md":
        listed = ["### Sources\n", *(f"- {escaped(line)}" for line in sources)] if sources else []
        say("\n".join([*map(sidebyside.markdown, found), *listed]))
    else:
        console = new_console()
        for dispute in found:
            title = plain("\n".join(sidebyside.title(dispute, console.width)))
            body = plain("\n".join(sidebyside.body(dispute, console.width)))
            console.print(f"[bold]{title}[/bold]\n{body}\n", soft_wrap=True)
        if sources:
            titles = plain("\n".join(f"  {line}" for line in sources))
            legend = "(the numbers after a source are its characters, counted from 0)"
            console.print(f"[bold]Sources[/bold] {legend}\n{titles}", soft_wrap=True)


def _summary(near: list[Dispute], wanted: tuple[str, ...], where: str) -> str:
    """How many of each kind were asked for, and how many others there are."""
    from gbkg.ask.disputes import KINDS, PLURALS

    counts = {kind: sum(dispute.kind == kind for dispute in near) for kind in KINDS}

    def listed(kinds: tuple[str, ...]) -> str:
        return ", ".join(f"{counts[kind]} {PLURALS[kind] if counts[kind] != 1 else kind}" for kind in kinds)

    others = tuple(kind for kind in KINDS if kind not in wanted and counts[kind])
    return f"{listed(wanted)}{where}" + (f"; with --all also {listed(others)}" if others else "")
