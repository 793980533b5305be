"""Answer cards: a query, its answer and every quotation behind it in one file, to be proved again later by anyone.

A card is JSON. `query` has the text that ran; `graph` the digest of the graph that answered; `answer` the rows and
proofs as `gbkg.ask.formats.results` writes them; `sources` title and SHA-256 of each document; `digests` the SHA-256 of
each of these parts, and of each row with its proof, over JSON with sorted keys and without blanks. Digests find
accidents; against forgery there is the graph (`differing`, `gbkg.ask.vouched`), there are the documents (`misquoted`),
and for who wrote it a signature (`gbkg.ask.signature`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gbkg.ask.formats import results
from gbkg.ask.opened import made_from
from gbkg.core.errors import Finding, GbkgError, ParseError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.version import __version__
from gbkg.documents.passages import difference, severed

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer
    from gbkg.ask.opened import KnowledgeGraph
    from gbkg.documents.sources import Library

KIND = "gbkg answer card 1"
_PARTS = ("version", "query", "graph", "sources", "limits")
_GATE = "card"
_LONG = 160
_SECONDS, _GIGABYTES = 60.0, 2.0
"""At which a card's query is given up; a card may come from anybody."""


def make(kg: KnowledgeGraph, text: str, answer: Answer, derivations: int, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The card of an answer with proofs. `asked` are the name and parameters that the text was made from."""
    body = json.loads(results.text(answer))
    slugs = sorted({_slug(target["source"]) for target in _targets(body)})
    card: dict[str, Any] = {
        "kind": KIND,
        "version": __version__,
        "query": {**asked, "text": text},
        "graph": {"sha256": kg.digest, "triples": len(kg.store), "inputs": made_from(kg.store)[1]},
        "sources": {slug: described(kg, slug) for slug in slugs},
        "limits": {"rows": answer.limit, "complete": answer.complete, "derivations": derivations},
    }
    card["digests"] = {part: _digest(card[part]) for part in _PARTS}
    card["digests"]["columns"] = _digest(body["head"])
    card["digests"]["rows"] = [_digest(pair) for pair in _rows(body)]
    card["answer"] = body
    return card


def dumped(card: Mapping[str, Any]) -> bytes:
    """The file of a card."""
    return (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode()


def read(content: bytes, shown: str) -> dict[str, Any]:
    """A card, its form checked. Raises `ParseError` (file; line and column, or the part that is wrong) when it is
    none."""
    try:
        card = json.loads(content.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise ParseError(f"not UTF-8: byte 0x{content[error.start]:02x}", file=shown) from error
    except json.JSONDecodeError as error:
        raise ParseError(f"not JSON: {error.msg}", file=shown, line=error.lineno, column=error.colno) from error
    except KeyError as error:
        hint = "readers take one or the other; a card has each name once"
        raise ParseError(f"the name {error.args[0]!r} stands twice in one object", file=shown, hint=hint) from error
    except (RecursionError, ValueError) as error:
        raise ParseError("not JSON that a card may hold: too deep, or a number too long", file=shown) from error
    kind = card.get("kind") if isinstance(card, dict) else None
    if kind != KIND:
        raise ParseError(f"not an answer card: kind is {kind!r}, expected {KIND!r}", file=shown)
    _check_form(card, shown)
    for target in _targets(card["answer"]):
        if _slug(target["source"]) not in card["sources"]:
            message = f"not a whole answer card: the source {target['source']} is not among its sources"
            raise ParseError(message, file=shown)
    if len(card["answer"]["results"]["bindings"]) != len(card["answer"]["results"]["proofs"]):
        raise ParseError("not a whole answer card: not every row has a proof", file=shown)
    return dict(card)


def _check_form(card: dict[str, Any], shown: str) -> None:
    """Raises `ParseError` with the first part that is not as `card.schema.json` says."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads(files("gbkg.ask").joinpath("card.schema.json").read_text(encoding="utf-8"))
    error = best_match(Draft202012Validator(schema).iter_errors(card))
    if error is not None:
        where = ", ".join(str(step + 1 if isinstance(step, int) else step) for step in error.absolute_path)
        message = f"not a whole answer card: {error.message[:200]}" + (f"; look at {where}" if where else "")
        raise ParseError(message, file=shown, hint="write it anew with gbkg query --card")
    if any("\ud800" <= character <= "\udfff" for character in card["query"]["text"]):
        raise ParseError("not a whole answer card: the query is not Unicode", file=shown)


def altered(card: Mapping[str, Any], shown: str) -> list[Finding]:
    """What is no longer as it was when the card was written, part by part and row by row."""
    written = card["digests"]
    found = [f"{part}: not as it was written" for part in _PARTS if _digest(card[part]) != written[part]]
    if _digest(card["answer"]["head"]) != written["columns"]:
        found.append("columns: not as they were written")
    rows = list(_rows(card["answer"]))
    if len(rows) != len(written["rows"]):
        found.append(f"the card has {len(rows)} rows; it was written with {len(written['rows'])}")
    for number, (pair, digest) in enumerate(zip(rows, written["rows"], strict=False), start=1):
        if _digest(pair) != digest:
            found.append(f"row {number} or its proof is not as it was written: {_shown(pair[0])}")
    return [Finding(_GATE, text, shown) for text in found]


def differing(card: Mapping[str, Any], kg: KnowledgeGraph, shown: str) -> list[Finding]:
    """How the card differs from what the graph answers now: its rows, and for each row its proof."""
    limits = card["limits"]
    rows = limits["rows"]
    most: dict[str, Any] = {"derivations": int(limits["derivations"]), "limit": None if rows is None else int(rows)}
    try:
        again = kg.answer(card["query"]["text"], cite=True, timeout=_SECONDS, memory=_GIGABYTES, **most)
    except GbkgError as error:
        return [Finding(_GATE, f"the query has no answer: {error}", shown)]
    body = json.loads(results.text(again))  # type: ignore[arg-type]
    found = []
    if body["head"] != card["answer"]["head"]:
        found.append(f"the columns are now {', '.join(body['head']['vars'])}")
    if again.complete != limits["complete"]:  # type: ignore[union-attr]
        whole = "whole" if again.complete else "cut"  # type: ignore[union-attr]
        found.append(f"with the card's limit the answer is {whole}, and the card says that it is not")
    said = body["results"].get("remarks", [])
    if said != card["answer"]["results"].get("remarks", []):
        found.append(f"the remarks on the answer are now: {'; '.join(said) or 'none'}")
    before, now = list(_rows(card["answer"])), list(_rows(body))
    rows = [canonical(row) for row, _ in now]
    known = [canonical(row) for row, _ in before]
    new = [row for row, _ in now if canonical(row) not in known]
    for number, (row, proof) in enumerate(before, start=1):
        text = canonical(row)
        if text not in rows:
            found.append(f"row {number} is not in the answer of the graph as it is now: {_against(row, new)}")
        elif canonical(proof) not in [canonical(other) for one, other in now if canonical(one) == text]:
            found.append(f"row {number} is proved otherwise by the graph as it is now: {_shown(row)}")
    found += [f"the graph now has another row: {_shown(row)}" for row in new]
    if not found and known != rows and again.settled:  # type: ignore[union-attr]
        found.append("the rows come in another order now")
    return [Finding(_GATE, text, shown) for text in found]


def misquoted(card: Mapping[str, Any], library: Library, shown: str) -> list[Finding]:
    """Quotations that are not in the documents, which are known by the digests in the card."""
    found = []
    digests = {sha256(text.encode()).hexdigest(): text for text in library.texts.values()}
    for slug, source in card["sources"].items():
        if source["sha256"] not in digests:
            found.append(Finding(_GATE, f"document {slug} is not at hand", shown, severity="warning"))
    seen = set()
    for target in _targets(card["answer"]):
        slug = _slug(target["source"])
        quote, position = target["selector"]
        exact, start, end = quote["exact"], int(position["start"]), int(position["end"])
        document = digests.get(card["sources"][slug]["sha256"])
        if document is None or (slug, start, exact) in seen:
            continue
        seen.add((slug, start, exact))
        if document[start:end] != exact:
            message = f"{slug} {start}–{end} does not read like the quotation; {difference(document, exact)}"
            found.append(Finding(_GATE, message, shown, found=exact))
        elif part := severed(document, start, end):
            message = f"{slug} {start}–{end} has only a part of the character {part!r}"
            found.append(Finding(_GATE, message, shown, found=exact))
    return found


def quotations(card: Mapping[str, Any]) -> int:
    """How many different quotations the card has."""
    return len({canonical(target) for target in _targets(card["answer"])})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of JSON. Raises `KeyError` for a name that stands twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise KeyError(name)
        found[name] = value
    return found


def _no_number(text: str) -> None:
    raise ValueError(text)


def _rows(body: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Each binding with its proof."""
    return zip(body["results"]["bindings"], body["results"]["proofs"], strict=True)


def _targets(body: Mapping[str, Any]) -> Iterator[Any]:
    for proof in body["results"]["proofs"]:
        for annotation in proof["citations"]:
            yield from annotation["target"]


def described(kg: KnowledgeGraph, slug: str) -> dict[str, str]:
    """Title and SHA-256 of a document, as the graph has them; empty where it has none."""
    import pyoxigraph as ox

    node = ox.NamedNode(PREFIXES["src"] + slug)
    title, digest = PREFIXES["dcterms"] + "title", PREFIXES["gbkg"] + "sha256"
    return {
        "title": kg.evidence.value(node, ox.NamedNode(title)),
        "sha256": kg.evidence.value(node, ox.NamedNode(digest)),
    }


def _slug(iri: str) -> str:
    return iri.removeprefix(PREFIXES["src"])


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


def _digest(value: Any) -> str:
    return sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
