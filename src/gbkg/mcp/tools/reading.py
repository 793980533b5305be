"""What there is: the vocabulary that occurs, the documents and how much of them stands in the graph, and what an id
stands for, as a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gbkg.ask import queries as saved
from gbkg.ask.contents import SourceItem, TermCount
from gbkg.ask.headers import expected
from gbkg.ask.resolve import resolve
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.prefixes import shorten
from gbkg.core.terms import minted, term
from gbkg.core.text import counted, safe
from gbkg.evidence.proofs import ClaimEvidence, Quotation
from gbkg.mcp.names import report_unstated
from gbkg.mcp.notes import AROUND, marks, of_step, quotation, shown, standing
from gbkg.mcp.outcome import Reply

PIECE = 8_000
"""Characters of a document that are given at once."""
_AROUND = 10 * AROUND
"""Characters of the document before and after a passage."""


def fetch(reply: Reply) -> None:
    """What an id stands for."""
    name = reply.given("id")
    prefix, _, rest = (shorten(name) if name.startswith("http") else name).partition(":")
    opened = _KINDS.get(prefix)
    if opened is None or not rest:
        opened, rest = _entity, name
    title, url, text, metadata = opened(reply, rest)
    reply.values |= {"id": shown(name), "title": shown(title), "text": "\n".join(text), "url": url}
    reply.values["metadata"] = {key: value for key, value in metadata.items() if value}
    reply.say(shown(title), url, *text)


_Opened = tuple[str, str, list[str], dict[str, str]]
"""Title, address, lines and what else there is to know."""


def _entity(reply: Reply, name: str) -> _Opened:
    full = name if ":" in name else f"id:{name}"
    found = reply.kg.show(full if full.startswith("id:") and _is(reply, full) else name)
    page, start = found.page, reply.start
    every = [*page.statements, *page.inferred]
    made = [shown(page.entity.description)]
    for number, one in enumerate(every[start:], start):
        if made and reply.notes.size > PIECE:
            reply.cut(number)
            break
        status = of_step(one.proof) if one.proof else standing(one.evidence)
        made.append(f"{one.group}: {shown(one.text)}{marks(reply.cite(one.evidence))} – {status}")
    reply.remarks += found.remarks
    url = reply.notes.link("entity", page.entity.slug)
    return page.entity.label, url, made, {"kind": "entity", "type": page.type, "id": f"id:{page.entity.slug}"}


def _is(reply: Reply, name: str) -> bool:
    node = minted("id", name.removeprefix("id:"))
    return any(True for _ in reply.kg.store.quads(node, term("rdf:type")))


def _passage(reply: Reply, name: str) -> _Opened:
    name = name.removesuffix(".quote")
    node = minted("psg", name)
    if not any(True for _ in reply.kg.store.quads(node, term("oa:hasSource"))):
        raise NotFoundError("passage", f"psg:{name}", hint="search finds passages by their words")
    (found,) = reply.kg.evidence.quotations([node.value])
    known = proved(reply, name)
    numbers = reply.cite(known) or [reply.notes.passage(found)]
    made = [quotation(found.exact, reply.site.version) + marks(numbers)]
    text = reply.notes.text(found.source)
    if text is not None:
        around = text[max(0, found.start - _AROUND) : found.end + _AROUND]
        made += ["It stands in", quotation(around, reply.site.version)]
    title = f"{reply.kg.reference(found.source).title or found.source}, characters {found.start}–{found.end}"
    metadata = {"kind": "passage", "source": f"src:{found.source}", "claims": ", ".join(f"clm:{c.key}" for c in known)}
    return title, reply.notes.opens(found.source, found.start, found.end), made, metadata


def proved(reply: Reply, passage: str) -> list[ClaimEvidence]:
    """The claims that a passage proves."""
    quads = reply.kg.store.quads(None, term("prov:wasDerivedFrom"), minted("psg", passage), term("graph:claims"))
    return list(reply.kg.evidence.claims(sorted((quad.subject for quad in quads), key=str)).values())


def _claim(reply: Reply, name: str) -> _Opened:
    node = resolve(reply.kg.labels, f"clm:{name}", "claim", reply.remarks.append)
    cited = reply.kg.citation(node.value)
    numbers = reply.cite([cited.claim])
    made = [f"claim clm:{cited.claim.key}{marks(numbers)} – {standing([cited.claim])}"]
    quads = sorted(reply.kg.store.quads(node, None, None, term("graph:claims")), key=str)
    made += [f"{shorten(quad.predicate.value)}: {shown(reply.kg.label(quad.object))}" for quad in quads]
    made.append(f"cite as: {shown(cited.text())}")
    metadata = {"kind": "claim", "source": f"src:{cited.source.id}", "bibtex": shown(cited.bibtex(), 2_000)}
    return f"Claim {cited.claim.key}", reply.notes.link("claim", cited.claim.key), made, metadata


def _source(reply: Reply, name: str) -> _Opened:
    page = reply.kg.document(name, reply.site.documents).document
    cited, start = page.source, reply.start
    made = [shown(reply.kg.reference(cited.id).text())]
    if not page.whole:
        made.append(f"{page.absent:,} of its {counted(cited.length, 'character')} are not at hand")
    given = 0
    for begin, end, text in _stretches([(part.start, part.end, part.text) for part in page.parts], start):
        if given >= PIECE:
            reply.cut(begin)
            break
        if text is None:
            made.append(f"[{begin}–{end}: not at hand]")
            continue
        cut = text[: PIECE - given]
        given += len(cut)
        made.append(f"[{begin}–{begin + len(cut)}] {quotation(cut, reply.site.version, PIECE)}")
        reply.notes.passage(Quotation("", cited.id, begin, begin + len(cut), cut))
        if len(cut) < len(text):
            reply.cut(begin + len(cut))
            break
    metadata = {"kind": "source", "sha256": cited.sha256, "date": cited.date, "authors": "; ".join(cited.authors)}
    metadata |= {"publishers": "; ".join(cited.publishers), "language": cited.language}
    return cited.title or cited.id, reply.notes.link("source", cited.id), made, metadata


def _stretches(parts: list[tuple[int, int, str | None]], start: int) -> Iterator[tuple[int, int, str | None]]:
    """Parts that follow each other and are at hand together, from an offset on."""
    joined: list[tuple[int, int, str | None]] = []
    for begin, end, text in parts:
        if joined and text is not None and joined[-1][2] is not None:
            former = joined.pop()
            begin, text = former[0], f"{former[2]}{text}"
        joined.append((begin, end, text))
    for begin, end, text in joined:
        if end > start:
            at = max(begin, start)
            yield at, end, text[at - begin :] if text is not None else None


def _query(reply: Reply, name: str) -> _Opened:
    found = saved.find(reply.kg.project, name)
    made = [shown(found.summary), shown(found.description, 2_000)]
    made += [f"parameter {p.name}: {expected(p.type)}; {shown(p.description)}" for p in found.parameters]
    made += [f"caution: {shown(found.caution)}"] * bool(found.caution)
    made += ["", *map(_sparql, found.text.splitlines())]
    return found.summary, reply.notes.link("query", name), made, {"kind": "query", "form": found.form}


def _sparql(line: str) -> str:
    """A line of a query, which has its own signs for IRIs; but none that could be taken for the mark of a quotation."""
    return safe(line.replace("<", "\\u003c") if "quotation" in line.casefold() else line)


def _dispute(reply: Reply, name: str) -> _Opened:
    (found,) = reply.kg.disputes(f"cur:{name}").found
    reply.listed.add(found.name)
    lines, values = reply.dispute(found)
    return values["heading"], values["url"], lines, {"kind": found.kind}


_KINDS: dict[str, Callable[[Reply, str], _Opened]] = {
    "id": _entity, "psg": _passage, "clm": _claim, "src": _source, "query": _query, "cur": _dispute,
}  # fmt: skip


KINDS = ("classes", "properties", "indicators")


def schema(reply: Reply) -> None:
    """The classes, properties and indicators that occur."""
    kinds, words = reply.given("kinds", None) or KINDS, reply.given("words").casefold()
    found = reply.kg.schema()
    every = [(kind, one) for kind in kinds for one in getattr(found, kind) if _has(one, words)]
    if not every:
        report_unstated(reply, words, f"no term of the vocabulary that occurs has {shown(words, 100)!r} in it")
        return
    counts = [(kind, sum(one == kind for one, _ in every)) for kind in kinds]
    reply.say(f"{', '.join(f'{number} {kind}' for kind, number in counts)}; those that occur most often first")
    reply.page("terms", every, _term)


def _has(one: TermCount, words: str) -> bool:
    text = f"{one.id} {one.label} {one.definition}".casefold()
    return all(word in text for word in words.split())


def _term(found: tuple[str, TermCount]) -> tuple[list[str], dict[str, Any]]:
    kind, one = found
    values = {"kind": kind, "id": one.id, "label": shown(one.label), "definition": shown(one.definition)}
    line = f"{kind}: {one.id} – {values['label']}, {one.count:,} times. {values['definition']}"
    return [line.rstrip()], values | {"count": one.count}


def coverage(reply: Reply) -> None:
    """The documents, and how much of each stands in the graph."""
    name = reply.given("source")
    every = list(reply.kg.sources().sources)
    if name:
        page = reply.kg.document(name, reply.site.documents)
        reply.remarks += page.remarks
        every = [page.document.source]
    try:
        built: Any = reply.kg.coverage().sources
    except GbkgError:
        built = {}
    many = f"{counted(len(every), 'document')}, {sum(one.claims for one in every):,} claims"
    reply.say(f"{many}, {sum(one.passages for one in every):,} quotations")
    reply.page("sources", every, lambda one: _covered(reply, one, built.get(one.id)))
    gaps = reply.kg.disputes(kinds=["gap"]).found
    if gaps:
        reply.remarks.append(f"{counted(len(gaps), 'gap')}: what the documents have lost (the tool disputes, kind gap)")


def _covered(reply: Reply, one: SourceItem, built: Any) -> tuple[list[str], dict[str, Any]]:
    page = reply.kg.document(one.id, reply.site.documents).document
    found = page.coverage
    if found:
        counts = {"sentences": found.sentences, "claimed": found.claimed, "unread": found.unread,
                  "aside": sum(found.set_aside.values()), "quotedShare": round(found.quoted, 3)}  # fmt: skip
    elif built:
        counts = {"sentences": built["sentences"], "claimed": built["claimed"], "unread": built["unread"],
                  "aside": sum(built["set_aside"].values()), "quotedShare": round(built["quoted"], 3)}  # fmt: skip
    else:
        counts = {}
    said = "its sentences are not counted, as the document is not available"
    if counts:
        said = f"of {counts['sentences']} sentences {counts['claimed']} are behind claims, {counts['aside']} set aside"
        said += f" with a reason, {counts['unread']} not read yet"
    values: dict[str, Any] = {
        "id": f"src:{one.id}",
        "title": shown(one.title),
        "authors": [shown(name) for name in one.authors],
        "publishers": [shown(name) for name in one.publishers],
        "date": one.date,
        "language": one.language,
        "characters": one.length,
        "sha256": one.sha256,
        "url": reply.notes.link("source", one.id),
        "claims": one.claims,
        "passages": one.passages,
        "atHand": page.whole,
        **counts,
    }
    by = f"{', '.join(values['authors']) or 'no author'}; {one.date or 'no date'}"
    lines = [f"{one.id}: {values['title']}; {by}  {values['url']}"]
    return [*lines, f"    {counted(one.claims, 'claim')}; {said}"], values
