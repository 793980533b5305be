"""Commands for those who ask: show."""

from __future__ import annotations

from typing import Annotated

import typer

from gbkg.cli.door import app, current_project, new_console, oneline, plain, remark


@app.command()
def show(
    entity: Annotated[list[str], typer.Argument(help="IRI, id, label or alias; several words need no quotes.")],
) -> None:
    """Print an entity: names, relations both ways, statistics, each with its quotation, source and offsets."""
    from gbkg import build as stages
    from gbkg import curation
    from gbkg.show import card, find

    project = current_project()
    inputs = stages.read(project)
    faults = sum(finding.gate == "tables" for finding in inputs.findings)
    if faults:
        count = f"{faults} fault{'s' if faults != 1 else ''}"
        remark(f"{count} in the tables; what they touch is not shown (gbkg build lists them)")
    found = find(" ".join(entity), inputs.entities, inputs.claims)
    remarks = curation.remarks(project, found, inputs.claims, inputs.entities)
    made = card(found, inputs.entities, inputs.claims, inputs.vocabulary, remarks)
    console = new_console()
    console.print(f"[bold]{plain(found.label)}[/bold]  ({made.type})  id:{found.slug}", soft_wrap=True)
    console.print(plain(found.description), soft_wrap=True)
    group = ""
    for line in made.lines:
        if line.group != group:
            group = line.group
            console.print(f"\n[bold]{group}[/bold]")
        marks = "".join(f"[{n}]" for n in line.footnotes)
        how = f"  – {line.remark}" if line.remark else ""
        console.print(f"  {plain(line.text)} {plain(marks)}[dim]{plain(how)}[/dim]", soft_wrap=True)
    if made.remarks:
        console.print("\n[bold]Curation[/bold]")
        for said in made.remarks:
            console.print(f"  {plain(said)}", soft_wrap=True)
    console.print("\n[bold]Evidence[/bold]")
    for number, (passage, keys) in enumerate(made.passages, start=1):
        quotation = plain(f"[{number}] {passage.source} {passage.start}–{passage.end}: “{oneline(passage.exact)}”")
        shown = ", ".join(k.partition(".")[2] for k in keys)
        console.print(f"  {quotation}  [dim]{plain(shown)}[/dim]", soft_wrap=True)
    console.print("\n[bold]Sources[/bold]")
    for slug in dict.fromkeys(passage.source for passage, _ in made.passages):
        source = inputs.sources[slug]
        console.print(plain(f"  {slug}: {source.title} ({source.language})"), soft_wrap=True)
