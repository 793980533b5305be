"""How analyses are printed: as tables, as JSON with everything, as CSV with one list."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from gbkg.cli.door import new_console, oneline, plain
from gbkg.network import values

if TYPE_CHECKING:
    from rich.console import Console

    from gbkg.ask.opened import KnowledgeGraph
    from gbkg.network.compare import Change, Comparison, Removal
    from gbkg.network.measures import Analysis, Place, Reciprocity
    from gbkg.network.projection import Network

ROWS = 15
"""Rows of a list in a table, unless --top says otherwise."""


def show_analysis(kg: KnowledgeGraph, found: Analysis, network: Network, layout: str, top: int | None) -> None:
    """The measures of the linked part of a network. CSV has one row for each entity."""
    if layout == "json":
        _json(values.analysis(found, network, top))
    elif layout == "csv":
        _csv([asdict(place) for place in found.places[:top]], _fields())
    else:
        _print_analysis(kg, found, top or ROWS)


def show_comparison(
    kg: KnowledgeGraph, found: Comparison, network: Network, without: Sequence[str], layout: str, top: int | None
) -> None:
    """The comparison of a network with what is left of it. CSV has one row for each measure of an entity that
    differs."""
    if layout == "json":
        _json(values.comparison(found, network, top))
    elif layout == "csv":
        _csv(values.changes(found.changes[:top]), ("iri", "label", "measure", "before", "after", "change"))
    else:
        console = new_console()
        console.print(f"[bold]Without {' and '.join(without)} relations[/bold]")
        _print_comparison(console, kg, found, top or ROWS)


def show_removal(
    kg: KnowledgeGraph,
    found: Removal,
    network: Network,
    names: Sequence[str],
    layout: str,
    top: int | None,
    answers: Sequence[str] = (),
) -> None:
    """CSV as for a comparison; facts and answers are in the table and in JSON. Of the saved queries `answers` the table
    has the rows that are lost and new; JSON has them of all."""
    if layout == "json":
        _json(values.removal(kg, found, network, top))
        return
    if layout == "csv":
        show_comparison(kg, found.comparison, network, names, layout, top)
        return
    console, rows = new_console(), top or ROWS
    console.print(f"[bold]Withdrawn: {plain(', '.join(names))}[/bold]", soft_wrap=True)
    facts, inferred = len(found.facts), len(found.inferred)
    console.print(
        f"with {_count(len(found.claims), 'claim')} fall {_count(facts, 'fact')} that no other claim says, and "
        f"{_count(inferred, 'inferred triple')} of which no derivation is left"
    )
    for title, fallen in (("Facts that fall", found.facts), ("Inferences that fall", found.inferred)):
        _print_list(console, title, [values.sentence(kg, *record.triple) for record in fallen], rows)
    _print_comparison(console, kg, found.comparison, rows)
    table = [[a.query, a.rows, a.after, len(a.lost), len(a.gained)] for a in found.answers]
    total = len(kg.project.queries) - len(found.skipped)
    left_out = f", {len(found.skipped)} not compared" if found.skipped else ""
    console.print(f"\n[bold]Saved queries: {len(table)} of {total} answers change{left_out}[/bold]")
    _table(console, ("query", "rows before", "rows after", "rows lost", "rows new"), table)
    _print_answers(console, found, answers, rows)


def _print_answers(console: Console, found: Removal, answers: Sequence[str], rows: int) -> None:
    """Under the name of each query, or of all that change, the rows that are lost, then those that are new."""
    changed = {answer.query: answer for answer in found.answers}
    for name in changed if "all" in answers else answers:
        if name not in changed:
            said = "not compared" if name in found.skipped else "the same"
            console.print(f"\n[bold]{plain(name)}[/bold]: {said}", soft_wrap=True)
            continue
        answer = changed[name]
        for title, lines in (("rows lost", answer.lost), ("rows new", answer.gained)):
            spoken = [_row(answer.columns, line) for line in lines]
            _print_list(console, f"{name}: {title} ({len(lines)})", spoken, rows)


def _row(columns: Sequence[str], row: Sequence[Any]) -> str:
    """The bound columns and their values."""
    from gbkg.ask.rows import plain_label

    cells = ((name, term) for name, term in zip(columns, row, strict=True) if term is not None)
    return "; ".join(f"{name}: {oneline(plain_label(term))}" for name, term in cells)


def _print_analysis(kg: KnowledgeGraph, found: Analysis, rows: int) -> None:
    console = new_console()
    console.print(
        f"{_count(len(found.places), 'entity', 'entities')}, {_count(found.edges, 'relation')} "
        f"between {_count(found.pairs, 'pair')}; {_components(found)}; "
        + (f"{len(found.communities)} communities, modularity {found.modularity:.3f}" if found.communities else "")
    )
    console.print("\n[bold]Entities, by betweenness[/bold]")
    _print_methods(console, found)
    header = ("entity", "degree", "in", "out", "relations", "betweenness", "closeness")
    _table(console, (*header, "component", "community", "falls into"), list(map(_cells, found.places)), rows)
    _print_communities(console, found, rows)
    bridges = [
        f"{' – '.join(b.labels)}: {', '.join(dict.fromkeys(e.label for e in b.relations))}, cuts off {b.cut}"
        for b in found.bridges
    ]
    joints = sum(place.joint > 0 for place in found.places)
    _print_list(console, f"{_count(len(bridges), 'bridge')}, {_count(joints, 'articulation point')}", bridges, rows)
    console.print("\n[bold]Reciprocity[/bold]")
    for name, measured in (("all relations", found.reciprocity), ("between organizations", found.alliances)):
        console.print(f"  {name}: {_reciprocity(measured)}", soft_wrap=True)
    partners = [
        f"{' and '.join(p.labels)}: {', '.join(kg.labels[made] for made in p.undertakings)}"
        + ("; also related directly" if p.direct else "")
        for p in found.partners
    ]
    _print_list(console, f"{_count(len(partners), 'pair')} that set something up together", partners, rows)
    crowds = [f"{crowd.label}: {crowd.makers:,}" for crowd in found.crowds]
    _print_list(console, "Set up by too many to pair them", crowds, rows)


def _cells(place: Place) -> list[object]:
    counts = [place.label, place.degree, place.ins, place.outs, place.edges]
    nearness = [f"{place.betweenness:.4f}", f"{place.closeness:.4f}"]
    return [*counts, *nearness, place.component, place.community, place.joint or ""]


def _print_communities(console: Console, found: Analysis, rows: int) -> None:
    by_iri = {place.iri: place for place in found.places}
    lines = []
    for number, group in enumerate(found.communities, start=1):
        chief = sorted((by_iri[node] for node in group), key=lambda p: (-p.degree, p.label, p.iri))
        shown = ", ".join(place.label for place in chief[:4]) + (" …" if len(chief) > 4 else "")
        lines.append(f"{number} ({len(group)}): {shown}")
    _print_list(console, "Communities, by their best connected members", lines, rows)


def _print_methods(console: Console, *analyses: Analysis) -> None:
    """What is not exact, and how far from it, each once."""
    for words in dict.fromkeys(method.remark for found in analyses for method in found.methods):
        if words:
            console.print(f"  {plain(words)}", soft_wrap=True)


def _print_comparison(console: Console, kg: KnowledgeGraph, found: Comparison, rows: int) -> None:
    before, after = found.before, found.after
    _print_methods(console, before, after)
    console.print()
    counts: list[tuple[str, int, int]] = [
        ("relations", before.edges, after.edges),
        ("related pairs", before.pairs, after.pairs),
        ("components", len(before.components), len(after.components)),
        ("largest component", _largest(before), _largest(after)),
        ("entities without relation", len(before.alone), len(after.alone)),
        ("communities", len(before.communities), len(after.communities)),
        ("bridges", len(before.bridges), len(after.bridges)),
        ("articulation points", _joints(before), _joints(after)),
        ("pairs linked both ways", before.reciprocity.mutual, after.reciprocity.mutual),
    ]
    shown = [[name, old, new, f"{new - old:+,}"] for name, old, new in counts]
    _table(console, ("", "all", "without", "change"), shown)
    lost = [f"{values.sentence(kg, *e.triple)}{_how(e.inferred)}" for e in found.lost]
    _print_list(console, f"Relations lost ({len(lost)})", lost, rows)
    for title, places in (
        ("Entities that lose every relation", found.alone),
        ("No articulation point any more", found.joints_lost),
        ("New articulation point", found.joints_gained),
    ):
        _print_list(console, f"{title} ({len(places)})", [place.label for place in places], rows)
    for title, bridges in (("No bridge any more", found.bridges_lost), ("New bridge", found.bridges_gained)):
        _print_list(console, f"{title} ({len(bridges)})", [" – ".join(bridge.labels) for bridge in bridges], rows)
    for measure in ("degree", "betweenness", "closeness"):
        _print_changes(console, measure, [c for c in found.changes if c.measure == measure], rows)


def _print_changes(console: Console, measure: str, changes: Sequence[Change], rows: int) -> None:
    if not changes:
        return
    digits = 0 if measure == "degree" else 4
    console.print(f"\n[bold]{measure.capitalize()}, the largest changes first ({len(changes)})[/bold]")
    lines = [
        [c.label, f"{c.before:.{digits}f}", f"{c.after:.{digits}f}", f"{c.change:+.{digits}f}"]
        for c in changes
        if abs(c.change) >= 0.5 / 10**digits
    ]
    _table(console, ("entity", "all", "without", "change"), lines, rows)


def _print_list(console: Console, title: str, lines: Sequence[str], rows: int) -> None:
    if lines:
        console.print(f"\n[bold]{plain(title)}[/bold]")
        for line in lines[:rows]:
            console.print(f"  {plain(line)}", soft_wrap=True)
        _print_rest(console, len(lines), rows)


def _print_rest(console: Console, count: int, rows: int) -> None:
    if count > rows:
        console.print(f"  and {count - rows:,} more (--top)")


def _table(console: Console, header: Sequence[str], lines: Sequence[Sequence[object]], rows: int | None = None) -> None:
    """Columns of which the first is text and the others are numbers."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for line in lines[:rows]:
        table.add_row(*(plain(f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in line))
    console.print(table)
    if rows is not None:
        _print_rest(console, len(lines), rows)


def _reciprocity(found: Reciprocity) -> str:
    if found.share is None:
        return "no relations"
    rho = "" if found.rho is None else f", rho {found.rho:+.3f}"
    return f"{found.mutual:,} of {found.linked:,} linked ordered pairs are linked both ways ({found.share:.3f}{rho})"


def _components(found: Analysis) -> str:
    sizes = [len(group) for group in found.components]
    shown = ", ".join(map(str, sizes[:8])) + (" …" if len(sizes) > 8 else "")
    return f"{_count(len(sizes), 'component')}" + (f" of {shown}" if sizes else "")


def _largest(found: Analysis) -> int:
    return len(found.components[0]) if found.components else 0


def _joints(found: Analysis) -> int:
    return sum(place.joint > 0 for place in found.places)


def _how(inferred: bool) -> str:
    return " (inferred)" if inferred else ""


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _fields() -> tuple[str, ...]:
    from gbkg.network.measures import Place

    return tuple(field.name for field in fields(Place))


def _json(value: object) -> None:
    sys.stdout.buffer.write(f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode())


def _csv(rows: Iterable[dict[str, Any]], header: Sequence[str]) -> None:
    from gbkg.render.export.sheets import safe

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([safe(row[name]) if isinstance(row[name], str) else row[name] for name in header])
    sys.stdout.buffer.write(text.getvalue().encode())
