"""A graph of any size in the shape of a built one: copies of its world, hung into the same areas.

    python benchmarks/enlarge.py build/gbkg.nq big.nq --triples 1000000

Every copy has its own entities, claims, passages, sources, curation and inferences: copy 7 of `id:x` is `id:x--7`, its
label ends in " 7". Ontology, rules, metadata and queries are there once. Provinces, cities, regions and whatever else
lies above districts are shared by `GROUP` copies, countries by all, so that counting in an area and following
gbkg:partOf upwards meets more than one copy; a record that only tells of shared things is shared like them. Whatever is
shared lies in what is shared at least as widely, so no rule joins two copies, and the inferred triples are those that
the rules give. Everything grows in proportion, pairs of statistics of one area by at most `GROUP` times more.

The copies keep their words: quotations, aliases and formulas are the same, and identifiers made from content (inf:,
trp:) are those of the original with the number of the copy. Same input, same bytes; copy 0 is the original.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core.prefixes import BASE, PREFIXES

GROUP = 8
"""So many copies share an area."""
ONCE = frozenset({"ontology", "metadata", "queries"})
WIDE = frozenset({"Country"})
SHARED = frozenset({"Province", "Municipality", "City", "Region", "SpecialAdministrativeRegion"})
UPWARDS = frozenset(PREFIXES["gbkg"] + name for name in ("partOf", "locatedIn"))
COPIED = tuple(BASE + kind + "/" for kind in ("id", "source", "passage", "claim", "curation"))
FOLLOWING = tuple(BASE + kind + "/" for kind in ("triple", "inference", "mapping"))
"""Records, copied when something that they name is."""
RDF_TYPE, RDFS_LABEL, TITLE = PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", PREFIXES["dcterms"] + "title"

WORLD, AREA, OWN = 0, 1, 2
"""How widely a thing is shared: by all copies, by a group of them, by none."""
MARKS = {AREA: ("\x01", "\x02"), OWN: ("\x03", "\x04")}
"""Where the number of the copy goes in an IRI and in a label; N-Quads writes no such character as it is."""


def enlarge(quads: Iterable[Any], triples: int) -> Iterator[str]:
    """N-Quads with the least number of copies that makes at least so many, in pieces of text."""
    known = list(quads)
    levels = shared(known)
    blocks: dict[int, list[str]] = {WORLD: [], AREA: [], OWN: []}
    for quad in known:
        level, line = template(quad, levels)
        blocks[level].append(line)
    size = {level: len(lines) for level, lines in blocks.items()}
    number, made = 0, size[WORLD]
    texts = {level: "".join(sorted(lines)) for level, lines in blocks.items()}
    yield texts[WORLD]
    while number == 0 or (made < triples and size[OWN]):
        if number % GROUP == 0:
            yield copied(texts[AREA], number, number)
            made += size[AREA]
        yield copied(texts[OWN], number - number % GROUP, number)
        made += size[OWN]
        number += 1


def shared(quads: list[Any]) -> dict[str, int]:
    """How widely each IRI is shared that is not shared by all."""
    levels = {term.value: OWN for q in quads for term in (q.subject, q.object) if term_in(term, COPIED) and not once(q)}
    for quad in quads:
        kind = quad.object.value.removeprefix(PREFIXES["gbkg"])
        if quad.predicate.value == RDF_TYPE and quad.subject.value in levels and kind in WIDE | SHARED:
            levels[quad.subject.value] = WORLD if kind in WIDE else AREA
    while widened(quads, levels):
        pass
    while followed(quads, levels):
        pass
    return levels


def widened(quads: list[Any], levels: dict[str, int]) -> bool:
    """Shares what something shared lies in as widely; whether there was anything to do."""
    changed = False
    for quad in quads:
        subject, value = quad.subject.value, quad.object.value
        wanted = quad.predicate.value in UPWARDS and levels.get(subject, OWN) < levels.get(value, WORLD)
        if wanted:
            levels[value] = levels[subject]
            changed = True
    return changed


def followed(quads: list[Any], levels: dict[str, int]) -> bool:
    """Shares a record no more widely than what it names; whether there was anything to do."""
    changed = False
    for quad in quads:
        subject, level = quad.subject.value, levels.get(quad.object.value, WORLD)
        if term_in(quad.subject, FOLLOWING) and level > levels.get(subject, WORLD):
            levels[subject] = level
            changed = True
    return changed


def template(quad: Any, levels: Mapping[str, int]) -> tuple[int, str]:
    """How widely a quad is shared, and its line with marks where the number of a copy goes."""
    if once(quad):
        return WORLD, f"{quad.subject} {quad.predicate} {quad.object} {quad.graph_name} .\n"
    subject, value = levels.get(quad.subject.value, WORLD), levels.get(quad.object.value, WORLD)
    words = marked(quad.object, value, 0)
    if isinstance(quad.object, ox.Literal):
        named = quad.predicate.value in (RDFS_LABEL, TITLE) and subject
        value, words = WORLD, marked(quad.object, subject, 1) if named else str(quad.object)
    line = f"{marked(quad.subject, subject, 0)} {quad.predicate} {words} {quad.graph_name} .\n"
    return max(subject, value), line


def marked(term: Any, level: int, which: int) -> str:
    """The term in N-Quads with a mark at the end of its IRI or its words."""
    if level == WORLD:
        return str(term)
    if isinstance(term, ox.NamedNode):
        return f"<{term.value}{MARKS[level][which]}>"
    text = str(term)
    end = text.rindex('"')
    return text[:end] + MARKS[level][which] + text[end:]


def copied(text: str, area: int, own: int) -> str:
    """The text with the numbers of a copy and of the first of its group in place of the marks."""
    for level, number in ((AREA, area), (OWN, own)):
        for mark, before in zip(MARKS[level], ("--", " "), strict=True):
            text = text.replace(mark, f"{before}{number}" if number else "")
    return text


def once(quad: Any) -> bool:
    """Whether the quad is there once: a rule, or of a graph that does not tell of the world."""
    graph = quad.graph_name.value.removeprefix(PREFIXES["graph"])
    return graph in ONCE or quad.subject.value.startswith(PREFIXES["rule"])


def term_in(term: Any, spaces: tuple[str, ...]) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(spaces)


def write(graph: Path, out: Path, triples: int) -> None:
    """Enlarges one N-Quads file into another."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(enlarge(ox.parse(path=str(graph), format=ox.RdfFormat.N_QUADS), triples))


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes a graph of many triples in the shape of a built one.")
    parser.add_argument("graph", type=Path, help="N-Quads of a build")
    parser.add_argument("out", type=Path, help="where the large graph goes")
    parser.add_argument("--triples", type=int, default=1_000_000, metavar="N", help="at least (default 1,000,000)")
    options = parser.parse_args()
    write(options.graph, options.out, options.triples)


if __name__ == "__main__":
    main()
