"""What of an answer card still holds: it is compared with itself as written, with the graph, and with the documents.

Digests within a card find accidents. Whoever changes a card can compute them again; so everything in it that the graph,
the project or the documents know is compared with these, and `unproved` names what only the card's writer says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gbkg.ask import queries, writing
from gbkg.ask.answers import Answer
from gbkg.ask.card import PARTS, canonical, digest_of, rows_of, slug_of, source_of, targets_of
from gbkg.ask.opened import made_from
from gbkg.core import __version__
from gbkg.core.errors import Finding, GbkgError
from gbkg.core.prefixes import shorten
from gbkg.documents.passages import mismatch, severed_character

if TYPE_CHECKING:
    from gbkg.ask.opened import OpenGraph
    from gbkg.documents.sources import Library

_GATE = "card"
_LONG = 160
"""The most characters of a row in a message."""
_SECONDS, _GIGABYTES = 60.0, 2.0
"""Limits of a card's query: a card may come from anybody."""


def altered(card: Mapping[str, Any], shown: str) -> list[Finding]:
    """What has changed since the card was written, part by part and row by row."""
    written = card["digests"]
    found = [f"{part}: not as it was written" for part in PARTS if digest_of(card[part]) != written[part]]
    if digest_of(card["answer"]["head"]) != written["columns"]:
        found.append("columns: not as they were written")
    rows = list(rows_of(card["answer"]))
    if len(rows) != len(written["rows"]):
        found.append(f"the card has {len(rows)} rows; it was written with {len(written['rows'])}")
    for number, (pair, digest) in enumerate(zip(rows, written["rows"], strict=False), start=1):
        if digest_of(pair) != digest:
            found.append(f"row {number} or its proof is not as it was written: {_shown(pair[0])}")
    return [Finding(_GATE, text, shown) for text in found]


def other_rows(card: Mapping[str, Any], kg: OpenGraph, shown: str) -> list[Finding]:
    """How the card differs from what the graph answers now: its rows, and for each row its proof."""
    limits = card["limits"]
    rows = limits["rows"]
    most: dict[str, Any] = {"derivations": int(limits["derivations"]), "limit": None if rows is None else int(rows)}
    try:
        again = kg.answer(card["query"]["text"], cite=True, steps=None, timeout=_SECONDS, memory=_GIGABYTES, **most)
    except GbkgError as error:
        return [Finding(_GATE, f"the query has no answer: {error}", shown)]
    assert isinstance(again, Answer)
    body = json.loads(writing.json_text(again))
    found = []
    if body["head"] != card["answer"]["head"]:
        found.append(f"the columns are now {', '.join(body['head']['vars'])}")
    if again.complete != limits["complete"]:
        whole = "whole" if again.complete else "cut"
        found.append(f"with the card's limit the answer is {whole}, and the card says that it is not")
    said = body["results"].get("remarks", [])
    if said != card["answer"]["results"].get("remarks", []):
        found.append(f"the remarks on the answer are now: {'; '.join(said) or 'none'}")
    before, now = list(rows_of(card["answer"])), list(rows_of(body))
    rows = [canonical(row) for row, _ in now]
    known = [canonical(row) for row, _ in before]
    new = [row for row, _ in now if canonical(row) not in known]
    for number, (row, proof) in enumerate(before, start=1):
        text = canonical(row)
        if text not in rows:
            found.append(f"row {number} is not in the answer of the graph as it is now: {_against(row, new)}")
        elif canonical(proof) not in [canonical(other) for one, other in now if canonical(one) == text]:
            found.append(f"row {number} has another proof in the graph as it is now: {_shown(row)}")
    found += [f"the graph now has another row: {_shown(row)}" for row in new]
    if not found and known != rows and again.settled:
        found.append("the rows come in another order now")
    return [Finding(_GATE, text, shown) for text in found]


def misquoted(card: Mapping[str, Any], library: Library, shown: str) -> list[Finding]:
    """Quotations that are not in the documents, which are known by the digests in the card."""
    found = []
    digests = {sha256(text.encode()).hexdigest(): text for text in library.texts.values()}
    for slug, source in card["sources"].items():
        if source["sha256"] not in digests:
            found.append(Finding(_GATE, f"document {slug} was not found", shown, severity="warning"))
    seen = set()
    for target in targets_of(card["answer"]):
        slug = slug_of(target["source"])
        quote, position = target["selector"]
        exact, start, end = quote["exact"], int(position["start"]), int(position["end"])
        document = digests.get(card["sources"][slug]["sha256"])
        if document is None or (slug, start, exact) in seen:
            continue
        seen.add((slug, start, exact))
        if document[start:end] != exact:
            message = f"{slug} {start}–{end} does not read like the quotation; {mismatch(document, exact)}"
            found.append(Finding(_GATE, message, shown, found=exact))
        elif part := severed_character(document, start, end):
            message = f"{slug} {start}–{end} has only a part of the character {part!r}"
            found.append(Finding(_GATE, message, shown, found=exact))
    return found


def quotations(card: Mapping[str, Any]) -> int:
    """How many different quotations the card has."""
    return len({canonical(target) for target in targets_of(card["answer"])})


def other_parts(card: Mapping[str, Any], kg: OpenGraph, shown: str) -> list[Finding]:
    """What the card says otherwise than the graph and the project: parameters, sources, and the graph itself, if it is
    built from the same inputs by the same gbkg."""
    found = [*_query(card["query"], kg), *_sources(card["sources"], kg), *_graph(card, kg)]
    return [Finding(_GATE, text, shown) for text in found]


def unproved(card: Mapping[str, Any], kg: OpenGraph) -> list[str]:
    """What cannot be confirmed here: only the writer says it."""
    query, graph = card["query"], card["graph"]
    said = [f"that gbkg {card['version']} wrote it"]
    if query.get("name") not in kg.project.names:
        said += [f"that the query is called {query['name']!r}"] if query.get("name") else []
        said += ["the parameters"] if query.get("parameters") else []
    if graph["sha256"] != kg.digest:
        said.append(f"that the graph {graph['sha256'][:12]}…, of {graph['triples']:,} triples, gave this answer")
    return said


def _query(query: Mapping[str, Any], kg: OpenGraph) -> Iterator[str]:
    name, values = query.get("name"), query.get("parameters", {})
    if name not in kg.project.names:
        return
    try:
        text = queries.bind(queries.find(kg.project, name), values, kg.labels)
    except (GbkgError, TypeError, AttributeError) as error:
        yield f"the saved query {name} does not take these parameters: {error}"
        return
    if text != query["text"]:
        yield f"the saved query {name} with these parameters is not the text of the card"


def _sources(sources: Mapping[str, Any], kg: OpenGraph) -> Iterator[str]:
    for slug, stated in sources.items():
        known = source_of(kg, slug)
        for part, name in (("title", "title"), ("sha256", "SHA-256")):
            if stated[part] != known[part]:
                has = repr(known[part]) if known[part] else "none"
                yield f"document {slug}: the {name} is {stated[part]!r} here, and the graph has {has}"


def _graph(card: Mapping[str, Any], kg: OpenGraph) -> Iterator[str]:
    stated, (version, inputs) = card["graph"], made_from(kg.store)
    if stated["sha256"] == kg.digest:
        if stated["triples"] != len(kg.store):
            yield f"the graph has {len(kg.store):,} triples, and not {stated['triples']:,}"
        if stated["inputs"] != inputs:
            yield "the graph was built from other inputs than the card says"
    elif (card["version"], stated["inputs"]) == (version, inputs) == (__version__, inputs) and inputs:
        yield f"the graph of these inputs has the digest {kg.digest[:12]}…, and not {stated['sha256'][:12]}…"


def _against(row: Mapping[str, Any], new: list[Any]) -> str:
    """The row, or the cells in which it differs from the row that is most like it of those that the card lacks."""
    if not new:
        return _shown(row)
    like = max(new, key=lambda other: sum(other.get(name) == cell for name, cell in row.items()))
    cells = [name for name in {**row, **like} if row.get(name) != like.get(name)]
    if len(cells) > len(row) / 2:
        return _shown(row)
    return ", ".join(f"{name} is {_cell(row.get(name))} here and {_cell(like.get(name))} there" for name in cells)


def _cell(cell: Mapping[str, Any] | None) -> str:
    return repr(_short(cell["value"])) if cell else "empty"


def _shown(row: Mapping[str, Any]) -> str:
    text = ", ".join(f"{name} = {_short(cell['value'])}" for name, cell in row.items())
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _short(value: str) -> str:
    text = shorten(value) if "://" in value else value
    return text.removeprefix("<").removesuffix(">")
