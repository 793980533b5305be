"""How relations are printed: an edge as a line, its doubts and dates in words, its quotations as footnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gbkg.cli.door import oneline, plain

if TYPE_CHECKING:
    from rich.console import Console

    from gbkg.ask.opened import KnowledgeGraph
    from gbkg.network.edges import Edge
    from gbkg.network.paths import Step
    from gbkg.network.quotations import Footnotes


def print_step(
    console: Console, kg: KnowledgeGraph, step: Step, notes: Footnotes, *, named: bool = True, numbered: bool = False
) -> None:
    """One line for each relation between the two ends of a step; the arrow points from subject to object. The end
    from which the step is taken need not be named. A step that is `numbered` has its number before its first line."""
    here, there = f"{kg.labels[step.here]} " if named else "", kg.labels[step.there]
    number = f"{step.distance}. " if numbered else ""
    for edge in step.relations:
        arrow = f"– {edge.label} →" if edge.subject == step.here else f"← {edge.label} –"
        marks = "".join(f"[{note}]" for note in notes.numbers(in_order(edge, notes)))
        how = remarks(kg, edge, notes)
        console.print(
            f"  {number}{plain(f'{here}{arrow} {there} {marks}')}[dim]{plain(f'  – {how}' if how else '')}[/dim]",
            soft_wrap=True,
        )
        number = " " * len(number)


def remarks(kg: KnowledgeGraph, edge: Edge, notes: Footnotes) -> str:
    """What a reader has to know of an edge beside its words: date, status, reading, doubts, and how it was inferred."""
    from gbkg.network.edges import relation_label

    parts = [shown_date(date) for date in edge.dates]
    if edge.status != "accepted":
        parts.append(edge.status)
    if edge.reading == "implied":
        parts.append("implied")
    if edge.doubts:
        parts.append(f"{'in doubt' if edge.disputed else 'partly in doubt'}, see {', '.join(edge.doubts)}")
    if edge.inferred:
        said = [notes.claim(key).triple for key in in_order(edge, notes)]
        premises = dict.fromkeys(f"{kg.labels[s]} {relation_label(kg, p)} {kg.labels.get(o, o)}" for s, p, o in said)
        parts.append(f"inferred ({', '.join(edge.rules)}) from: {'; '.join(premises)}")
    return "; ".join(parts)


def in_order(edge: Edge, notes: Footnotes) -> list[str]:
    """The claims of an edge so that they lead from its subject to its object as far as they can, else as they are."""
    waiting, found, here = list(edge.claims), list[str](), edge.subject
    while waiting:
        key = next((key for key in waiting if notes.claim(key).triple[0] == here), waiting[0])
        waiting.remove(key)
        found.append(key)
        here = notes.claim(key).triple[2]
    return found


def shown_date(date: str) -> str:
    return f"{date} (no year)" if date.startswith("--") else date


def print_evidence(console: Console, notes: Footnotes) -> None:
    """The footnotes: number, source, offsets, words, and the claims that they prove."""
    if not notes.passages:
        return
    console.print("\n[bold]Evidence[/bold]")
    for number, passage, keys in notes.notes():
        quotation = plain(f"[{number}] {passage.source} {passage.start}–{passage.end}: “{oneline(passage.exact)}”")
        shown = ", ".join(key.partition(".")[2] for key in keys)
        console.print(f"  {quotation}  [dim]{plain(shown)}[/dim]", soft_wrap=True)
