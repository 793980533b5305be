"""Analyses, paths and neighbourhoods as text. Each function yields lines with bold and dim words, in order; `width` is
that of a line, which tables keep to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gbkg.ask.opened import OpenGraph
from gbkg.ask.rows import plain_label
from gbkg.core.text import counted, escape, oneline, table
from gbkg.evidence.ledger import Footnotes
from gbkg.network.measures import Analysis, NodeMeasures, Reciprocity
from gbkg.network.paths import Apart, Hop, Paths
from gbkg.network.projection import Edge, Network, sentence, stated
from gbkg.network.withdraw import AnswerRow, MeasureChange, NetworkComparison, Removal

ROWS = 15
"""Rows of each list, unless the user asks for another number."""

Text = Iterator[str]


def analysis(found: Analysis, rows: int, width: int) -> Text:
    """The measures of a network, at most so many rows of each list."""
    label = found.label
    sizes = [len(group) for group in found.components]
    components = counted(len(sizes), "component") + f" of {_few(map(str, sizes), 8)}" * bool(sizes)
    said = f"{len(found.communities)} communities, modularity {found.modularity:.3f}" if found.communities else ""
    yield (
        f"{counted(len(found.places), 'entity', 'entities')}, {counted(found.edges, 'relation')} "
        f"between {counted(found.pairs, 'pair')}; {components}; {said}"
    )
    yield "\n[bold]Entities, by betweenness[/bold]"
    yield from _methods(found)
    header = ("entity", "degree", "in", "out", "relations", "betweenness", "closeness")
    yield from _table((*header, "component", "community", "falls into"), list(map(_cells, found.places)), width, rows)
    yield from _communities(found, rows)
    bridges = [
        f"{' – '.join(b.labels)}: {', '.join(dict.fromkeys(e.label for e in b.relations))}, cuts off {b.cut}"
        for b in found.bridges
    ]
    title = f"{counted(len(bridges), 'bridge')}, {counted(_joints(found), 'articulation point')}"
    yield from _list(title, bridges, rows)
    yield "\n[bold]Reciprocity[/bold]"
    for name, measured in (("all relations", found.reciprocity), ("between organizations", found.alliances)):
        yield f"  {name}: {_reciprocity(measured)}"
    partners = [
        f"{' and '.join(p.labels)}: {', '.join(map(label, p.undertakings))}" + "; also related directly" * p.direct
        for p in found.partners
    ]
    yield from _list(f"{counted(len(partners), 'pair')} that set something up together", partners, rows)
    crowds = [f"{crowd.label}: {crowd.makers:,}" for crowd in found.crowds]
    yield from _list("Set up by too many to pair them", crowds, rows)


def without(found: NetworkComparison, weak: Sequence[str], rows: int, width: int) -> Text:
    """What differs when relations of these weak kinds are left out."""
    yield f"[bold]Without {' and '.join(weak)} relations[/bold]"
    yield from comparison(found, rows, width)


def comparison(found: NetworkComparison, rows: int, width: int) -> Text:
    """What differs between two networks."""
    before, after = found.before, found.after
    yield from _methods(before, after)
    yield ""
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
    yield from _table(("", "all", "without", "change"), [[name, a, b, f"{b - a:+,}"] for name, a, b in counts], width)
    lost = [f"{before.sentence(edge)}{' (inferred)' * edge.inferred}" for edge in found.lost]
    yield from _list(f"Relations lost ({len(lost)})", lost, rows)
    for title, places in (
        ("Entities that lose every relation", found.alone),
        ("No articulation point any more", found.joints_lost),
        ("New articulation point", found.joints_gained),
    ):
        yield from _list(f"{title} ({len(places)})", [place.label for place in places], rows)
    for title, bridges in (("No bridge any more", found.bridges_lost), ("New bridge", found.bridges_gained)):
        yield from _list(f"{title} ({len(bridges)})", [" – ".join(bridge.labels) for bridge in bridges], rows)
    for measure in ("degree", "betweenness", "closeness"):
        yield from _changes(measure, [c for c in found.changes if c.measure == measure], rows, width)


def removal(found: Removal, names: Sequence[str], answers: Sequence[str], rows: int, width: int) -> Text:
    """What no longer holds when the sources or claims of these names are withdrawn; of the saved queries `answers`, or
    of all that change if `all` is among them, also the rows that are lost and new."""
    yield f"[bold]Withdrawn: {escape(', '.join(names))}[/bold]"
    yield (
        f"with {counted(len(found.claims), 'claim')} fall {counted(len(found.facts), 'fact')} that no other claim "
        f"says, and {counted(len(found.inferred), 'inferred triple')} of which no derivation is left"
    )
    for title, fallen in (("Facts that fall", found.facts), ("Inferences that fall", found.inferred)):
        yield from _list(title, [record.text for record in fallen], rows)
    yield from comparison(found.comparison, rows, width)
    lines = [[a.query, a.rows, a.after, len(a.lost), len(a.gained)] for a in found.answers]
    left_out = f", {len(found.skipped)} not compared" if found.skipped else ""
    yield f"\n[bold]Saved queries: {len(lines)} of {found.compared} answers change{left_out}[/bold]"
    yield from _table(("query", "rows before", "rows after", "rows lost", "rows new"), lines, width)
    changed = {answer.query: answer for answer in found.answers}
    for name in changed if "all" in answers else answers:
        if name not in changed:
            yield f"\n[bold]{escape(name)}[/bold]: {'not compared' if name in found.skipped else 'the same'}"
            continue
        answer = changed[name]
        for title, terms in (("rows lost", answer.lost), ("rows new", answer.gained)):
            spoken = [_row(answer.columns, row) for row in terms]
            yield from _list(f"{name}: {title} ({len(terms)})", spoken, rows)


def neighbours(
    kg: OpenGraph,
    network: Network,
    start: str,
    rings: Sequence[Sequence[tuple[str, str]]],
    steps: Sequence[Hop],
    notes: Footnotes,
) -> Text:
    """An entity and the `steps` to those around it, of all links of each distance (`rings`)."""
    node = network.nodes[start]
    yield f"[bold]{escape(node['label'])}[/bold]  ({node['type_label']})  id:{node['slug']}"
    for distance, links in enumerate(rings, start=1):
        count, shown = len({there for _, there in links}), [step for step in steps if step.distance == distance]
        yield f"\n[bold]{counted(distance, 'step')} away: {counted(count, 'entity', 'entities')}[/bold]"
        for step in shown:
            yield from _step(kg, step, notes, named=distance > 1)
        if len(links) > len(shown):
            yield f"  and {len(links) - len(shown):,} more links (--top)"


def paths(kg: OpenGraph, found: Paths, notes: Footnotes) -> Text:
    """Paths one after the other, their steps numbered."""
    for number, steps in enumerate(found, start=1):
        title = f"Path {number} of {len(found)}" if len(found) > 1 else "Path"
        yield f"{'' if number == 1 else chr(10)}[bold]{title}: {counted(len(steps), 'step')}[/bold]"
        for step in steps:
            yield from _step(kg, step, notes, numbered=True)


def apart(kg: OpenGraph, ends: tuple[str, str], found: Apart) -> Text:
    """Says that no path joins two entities, and which others each is joined with."""
    yield f"no path between {escape(kg.labels[ends[0]])} and {escape(kg.labels[ends[1]])}"
    for end, group in zip(ends, (found.here, found.there), strict=True):
        others = _few((kg.labels[node] for node in group if node != end), 8)
        said = f"is in a component of {len(group)}, with {others}" if others else "has no relation here"
        yield f"  {escape(f'{kg.labels[end]} {said}')}"


def nearer(kg: OpenGraph, words: str, steps: Sequence[Hop]) -> str:
    """How far apart two entities are `words`, such as "over all relations", and by way of which others."""
    way = " · ".join(kg.labels[step.there] for step in steps[:-1])
    return escape(f"  {words} they are {counted(len(steps), 'step')} apart" + f", by way of {way}" * bool(way))


def evidence(notes: Footnotes) -> Text:
    """The footnotes: number, source, offsets, words, and the claims that they prove."""
    if notes.passages:
        yield "\n[bold]Evidence[/bold]"
    for number, passage, keys in notes.notes():
        quotation = f"[{number}] {passage.source} {passage.start}–{passage.end}: “{oneline(passage.exact)}”"
        yield f"  {escape(quotation)}  [dim]{escape(', '.join(key.partition('.')[2] for key in keys))}[/dim]"


def remarks(kg: OpenGraph, edge: Edge, notes: Footnotes) -> str:
    """What a reader has to know of an edge beside its words: date, status, reading, doubts, and how it was inferred."""
    said = [f"{date} (no year)" if date.startswith("--") else date for date in edge.dates]
    if edge.status != "accepted":
        said.append(edge.status)
    if edge.reading == "implied":
        said.append("implied")
    if edge.doubts:
        said.append(f"{'in doubt' if edge.disputed else 'partly in doubt'}, see {', '.join(edge.doubts)}")
    if edge.inferred:
        premises = dict.fromkeys(sentence(kg, notes.claim(key).triple) for key in in_order(edge, notes))
        said.append(f"inferred ({', '.join(edge.rules)}) from: {'; '.join(premises)}")
    return "; ".join(said)


def in_order(edge: Edge, notes: Footnotes) -> list[str]:
    """The claims of an edge so that they lead from its subject to its object as far as they can, else as they are."""
    waiting, found, here = list(edge.claims), list[str](), edge.subject
    while waiting:
        key = next((key for key in waiting if notes.claim(key).triple[0] == here), waiting[0])
        waiting.remove(key)
        found.append(key)
        here = notes.claim(key).triple[2]
    return found


def _step(kg: OpenGraph, step: Hop, notes: Footnotes, *, named: bool = True, numbered: bool = False) -> Iterator[str]:
    """One line for each relation between the two ends of a step; the arrow points from subject to object. The end
    from which the step leads is left out unless `named`. A `numbered` step has its number before its first line."""
    here, there = f"{kg.labels[step.here]} " if named else "", kg.labels[step.there]
    number = f"{step.distance}. " if numbered else ""
    for edge in step.relations:
        arrow = f"– {edge.label} →" if edge.subject == step.here else f"← {edge.label} –"
        marks = "".join(f"[{note}]" for note in notes.numbers(in_order(edge, notes)))
        how = remarks(kg, edge, notes)
        yield f"  {number}{escape(f'{here}{arrow} {there} {marks}')}[dim]{escape(f'  – {how}' if how else '')}[/dim]"
        number = " " * len(number)


def _cells(place: NodeMeasures) -> list[object]:
    counts = [place.label, place.degree, place.ins, place.outs, place.edges]
    nearness = [f"{place.betweenness:.4f}", f"{place.closeness:.4f}"]
    return [*counts, *nearness, place.component, place.community, place.joint or ""]


def _communities(found: Analysis, rows: int) -> Text:
    by_iri = {place.iri: place for place in found.places}
    lines = []
    for number, group in enumerate(found.communities, start=1):
        chief = sorted((by_iri[node] for node in group), key=lambda p: (-p.degree, p.label, p.iri))
        lines.append(f"{number} ({len(group)}): {_few((place.label for place in chief), 4)}")
    return _list("Communities, by their best connected members", lines, rows)


def _methods(*analyses: Analysis) -> Text:
    """Which measures are estimates, and how exact they are, each once."""
    for words in dict.fromkeys(method.remark for found in analyses for method in found.methods):
        if words:
            yield f"  {escape(words)}"


def _changes(measure: str, changes: Sequence[MeasureChange], rows: int, width: int) -> Text:
    if not changes:
        return
    digits = 0 if measure == "degree" else 4
    yield f"\n[bold]{measure.capitalize()}, the largest changes first ({len(changes)})[/bold]"
    lines = [
        [c.label, f"{c.before:.{digits}f}", f"{c.after:.{digits}f}", f"{c.change:+.{digits}f}"]
        for c in changes
        if abs(c.change) >= 0.5 / 10**digits
    ]
    yield from _table(("entity", "all", "without", "change"), lines, width, rows)


def _row(columns: Sequence[str], row: AnswerRow) -> str:
    """The bound columns and their values."""
    cells = ((name, term) for name, term in zip(columns, row, strict=True) if term is not None)
    return "; ".join(f"{name}: {oneline(plain_label(term))}" for name, term in cells)


def _list(title: str, lines: Sequence[str], rows: int) -> Text:
    if lines:
        yield f"\n[bold]{escape(title)}[/bold]"
        yield from (f"  {escape(line)}" for line in lines[:rows])
        yield from _rest(len(lines), rows)


def _table(header: Sequence[str], lines: Sequence[Sequence[object]], width: int, rows: int | None = None) -> Text:
    """Columns of which the first is text and the others are numbers."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in line] for line in lines[:rows]]
    made = table(header, cells, [False] + [True] * (len(header) - 1), width)
    yield from map(escape, made.splitlines())
    if rows is not None:
        yield from _rest(len(lines), rows)


def _rest(count: int, rows: int) -> Text:
    if count > rows:
        yield f"  and {count - rows:,} more (--top)"


def _reciprocity(found: Reciprocity) -> str:
    if found.share is None:
        return "no relations"
    rho = "" if found.rho is None else f", rho {found.rho:+.3f}"
    return f"{found.mutual:,} of {found.linked:,} linked ordered pairs are linked both ways ({found.share:.3f}{rho})"


def _largest(found: Analysis) -> int:
    return len(found.components[0]) if found.components else 0


def _joints(found: Analysis) -> int:
    return sum(place.joint > 0 for place in found.places)


def _few(words: Iterable[str], most: int) -> str:
    """The first of them, with an ellipsis if there are more."""
    given = list(words)
    return ", ".join(given[:most]) + " …" * (len(given) > most)


# ---- What a reader should know beside a result, a sentence each


def unconnected(network: Network) -> list[str]:
    """Says that some entities have no relation."""
    found = [attributes["label"] for node, attributes in network.nodes(data=True) if not network.degree(node)]
    few = "; ".join(found[:5]) + (" …" if len(found) > 5 else "")
    every = counted(len(network), "entity", "entities")
    return [f"{len(found)} of {every} have no relation here: {few}"] if found else []


def relations_left_out(kg: OpenGraph, network: Network, start: str) -> list[str]:
    """How many stated relations of an entity the network does not have."""
    every = stated(kg, start)
    near = [edge for ends in (network.in_edges, network.out_edges) for *_, edge in ends(start, data=True)]
    shown = sum(not edge["inferred"] for edge in near)
    said = f"{shown} of {counted(every, 'relation')} of {kg.labels[start]} shown"
    return [f"{said}: the others are of kinds left out (-r all)"] if shown < every else []


def fewer_paths(found: Paths | Apart, k: int) -> list[str]:
    """Says that there are fewer paths than requested, or that the search stopped early."""
    if isinstance(found, Apart):
        return []
    said = []
    if len(found) < k:
        said.append(f"there {'is' if len(found) == 1 else 'are'} no more than {counted(len(found), 'path')}")
    if not found.complete:
        said.append("the search for longer paths stopped: others as long as the last may come before it by name")
    return said


def without_date(network: Network, as_of: str) -> list[str]:
    """How many relations may have begun later, since they have no date with a year."""
    number, edges = network.graph["undated"], network.number_of_edges()
    return [f"as of {as_of}: {number} of {counted(edges, 'relation')} kept have no date with a year"] if as_of else []


def queries_skipped(found: Removal, timeout: float | None) -> list[str]:
    """The saved queries that took too long to be compared."""
    said = f"took longer than {timeout:g} s and was not compared (--timeout)" if timeout else ""
    return [f"{said}: {', '.join(found.skipped)}"] if found.skipped else []
