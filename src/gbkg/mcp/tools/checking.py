"""Why something holds, what is disputed, and whether words stand in the documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal

from gbkg.ask.disputes import KINDS
from gbkg.ask.resolve import resolve
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Term
from gbkg.core.text import counted
from gbkg.documents import passages
from gbkg.documents.passages import fold, folded
from gbkg.evidence.proofs import ClaimEvidence, Editorial, Inference, Quotation, Step
from gbkg.evidence.why import Absent
from gbkg.mcp.notes import AROUND, marks, of_step, quotation, shown
from gbkg.mcp.outcome import NOT_STATED, Reply

_FEW = 10
"""Nodes of a list that are named."""
_DEEP = 6
"""Levels of a proof that are shown."""


def why(reply: Reply) -> None:
    """The proof of a fact, or what it lacks."""
    found = reply.kg.why(reply.given("subject"), reply.given("predicate"), reply.given("object"))
    words = " – ".join(shown(reply.kg.label(term)) for term in found.found.triple)
    reply.remarks += found.remarks
    reply.values |= {"words": words, "holds": found.holds}
    if isinstance(found.found, Step):
        status = of_step(found.found)
        reply.values |= {"status": status, "proof": _proof(reply, found.found, _DEEP)}
        reply.say(f"holds ({status}): {words}", *_tree(reply, found.found.best, "  ", _DEEP))
    else:
        _lacking(reply, found.found, words)


def _tree(reply: Reply, step: Step, indent: str, deep: int) -> Iterator[str]:
    """The proof of a triple in lines."""
    for evidence in step.evidence:
        if isinstance(evidence, ClaimEvidence):
            numbers = reply.cite([evidence])
            how = f" ({', '.join(evidence.how)})" if evidence.how else ""
            yield f"{indent}claim clm:{evidence.key}{how}{marks(numbers)}"
        elif isinstance(evidence, Editorial):
            yield f"{indent}the curators say it, in {evidence.file}: no document does"
        elif deep:
            yield f"{indent}by the rule {evidence.rule}: {shown(evidence.summary)}; from"
            for premise in evidence.premises:
                yield f"{indent}  " + " – ".join(shown(reply.kg.label(term)) for term in premise.triple)
                yield from _tree(reply, premise, f"{indent}    ", deep - 1)


def _proof(reply: Reply, step: Step, deep: int) -> dict[str, Any]:
    """The proof of a triple as values: each of `claims` and `rules` alone is enough, of a rule all premises are
    needed."""
    rules = [one for one in step.evidence if isinstance(one, Inference)][:3] if deep else []
    return {
        "triple": [shown(reply.kg.label(term)) for term in step.triple],
        "status": of_step(step),
        "citations": reply.cite(one for one in step.evidence if isinstance(one, ClaimEvidence)),
        "rules": [
            {"rule": one.rule, "summary": shown(one.summary),
             "premises": [_proof(reply, premise, deep - 1) for premise in one.premises]}
            for one in rules
        ],
    }  # fmt: skip


def _lacking(reply: Reply, found: Absent, words: str) -> None:
    reply.nothing(NOT_STATED, f"not stated in the sources: {words}")
    claims = list[dict[str, Any]]()
    for claim in found.claims:
        claims.append({"claim": claim.key, "status": claim.status, "citations": reply.cite([claim])})
        reply.say(f"  claimed, but {claim.status}: clm:{claim.key}{marks(claims[-1]['citations'])}")
    lists: dict[str, list[dict[str, str]]] = {
        "objects": [_thing(reply, term) for term in found.objects[:_FEW]],
        "subjects": [_thing(reply, term) for term in found.subjects[:_FEW]],
    }
    for said, name in (("what holds instead", "objects"), ("of what else it holds", "subjects")):
        if lists[name]:
            reply.say(f"  {said}: {', '.join(one['label'] or one['id'] for one in lists[name])}")
    related = [[_thing(reply, term) for term in triple] for triple in found.related[:_FEW]]
    for triple in related:
        reply.say("  but this holds: " + " – ".join(one["label"] or one["id"] for one in triple))
    rules = [{"rule": one.rule, "lacks": shown(one.reason)} for one in found.rules]
    for rule in rules:
        reply.say(f"  the rule {rule['rule']} would conclude it, but {rule['lacks']}")
    reply.values |= {"claims": claims, **lists, "related": related, "rules": rules}


def _thing(reply: Reply, term: Term) -> dict[str, str]:
    value = str(term.value)
    return {"id": shorten(value) if value.startswith("http") else shown(value), "label": shown(reply.kg.label(term))}


def disputes(reply: Reply) -> None:
    """What is disputed: contradictions, misprints, comparisons, ambiguities, gaps."""
    name, kinds = reply.given("name"), reply.given("kinds", None)
    found = reply.kg.disputes(name, kinds or None)
    reply.remarks += found.remarks
    about = f" on {shown(found.about or name)}" if name else ""
    reply.values["total"] = len(found.found)
    if not found.found:
        reply.nothing(NOT_STATED, f"the curators hold nothing of this kind against what the sources say{about}")
        reply.values["disputes"] = []
        return
    reply.listed |= {one.name for one in found.found}
    counts = {kind: sum(one.kind == kind for one in found.found) for kind in KINDS}
    listed = ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
    reply.say(f"{counted(len(found.found), 'dispute')}{about}: {listed}")
    reply.page("disputes", found.found, reply.dispute)


_MOST = 20
"""Places that are given."""
_ALIKE = 4
"""Characters of the beginning of a quotation that a document must have for a place to be near."""
_WORD = "SELECT DISTINCT ?quote {{ ?quote oa:exact ?text FILTER(CONTAINS(LCASE(?text), {})) }}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A contiguous part of a document whose text is available: all of it, or a part that is quoted. `start` is its
    offset."""

    source: str
    start: int
    text: str
    whole: bool


def verify_quote(reply: Reply) -> None:
    """Looks a quotation up: as it is; folded, which makes equal what differs only in blanks, quotation marks, hyphens
    and widths; or absent, with where the document goes on differently."""
    words = str(reply.arguments["quote"])
    only = reply.given("source")
    slug = resolve(reply.kg.labels, only, "source", reply.remarks.append).value if only else ""
    stretches = list(_stretches(reply, words, slug.removeprefix(PREFIXES["src"])))
    whole = bool(stretches) and all(one.whole for one in stretches)
    where = "the documents" if whole else "what the graph quotes of them"
    exact = [(one, at, at + len(words)) for one in stretches for at in _occurrences(one.text, words)]
    places = exact or [(one, *span) for one in stretches for span in passages.find_span(one.text, words)]
    verdict = "exact" if exact else "folded" if places else "absent"
    reply.values |= {"verdict": verdict, "in": "documents" if whole else "quotations", "total": len(places)}
    if not whole:
        reply.remarks.append("the documents are not at hand: only what the graph quotes of them was looked at")
    if not places:
        _absent(reply, words, stretches, where)
        return
    words_of = {"exact": "stands as it is", "folded": "stands in other characters (blanks, quotation marks, hyphens)"}
    reply.say(f"{verdict}: it {words_of[verdict]} in {where}, {counted(len(places), 'time')}")
    reply.page("matches", places[:_MOST], lambda one: _match(reply, *one))
    reply.values["nearest"] = []


def _match(reply: Reply, one: Stretch, start: int, end: int) -> tuple[list[str], dict[str, Any]]:
    begin, stop = one.start + start, one.start + end
    exact = one.text[start:end]
    number = reply.notes.passage(Quotation("", one.source, begin, stop, exact))
    values = {
        "source": f"src:{one.source}",
        "start": begin,
        "end": stop,
        "exact": exact,
        "prefix": one.text[max(0, start - AROUND) : start],
        "suffix": one.text[end : end + AROUND],
        "url": reply.notes.opens(one.source, begin, stop),
        "citations": [number],
    }
    return [f"  {one.source} {begin}–{stop}{marks([number])}  {values['url']}"], values


def _absent(reply: Reply, words: str, stretches: list[Stretch], where: str) -> None:
    reply.nothing(NOT_STATED, f"absent: these words do not stand in {where}")
    shared = [_shared(one.text, words) for one in stretches]
    best = max(shared, default=0)
    nearest = list[dict[str, Any]]()
    if best >= _ALIKE:
        one, wanted = stretches[shared.index(best)], fold(words)
        document = folded(one.text)
        at = document.nearest(document.text.find(wanted[:best]) + best)
        goes, given = one.text[at : at + AROUND], wanted[best : best + AROUND]
        nearest = [{"source": f"src:{one.source}", "at": one.start + at, "document": goes, "given": given}]
        reply.say(f"  {one.source} {one.start + at}: where the words given go on {shown(given)!r}, the document has")
        reply.say(f"  {quotation(goes, reply.site.version)}")
    reply.values |= {"matches": [], "nearest": nearest}


def _shared(text: str, words: str) -> int:
    """How many characters of the beginning of a quotation a text has."""
    wanted, document = fold(words), fold(text)
    low, high = 0, len(wanted)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if wanted[:middle] in document else (low, middle - 1)
    return low


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _stretches(reply: Reply, words: str, only: str) -> Iterator[Stretch]:
    """The documents, or where they are not at hand what is quoted of those that quotations with these words are of."""
    library = reply.site.documents
    every = [only] if only else [one.id for one in reply.kg.sources().sources]
    at_hand = [slug for slug in every if library and slug in library.files]
    for slug in at_hand:
        yield Stretch(slug, 0, reply.notes.text(slug) or "", True)
    others = [slug for slug in every if slug not in at_hand]
    for slug in others if only else [slug for slug in others if slug in _quoting(reply, words)]:
        start, text = 0, ""
        for part in reply.kg.document(slug).document.parts:
            if part.text is None:
                if text:
                    yield Stretch(slug, start, text, False)
                text = ""
            else:
                start, text = (start, text + part.text) if text else (part.start, part.text)
        if text:
            yield Stretch(slug, start, text, False)


def _quoting(reply: Reply, words: str) -> set[str]:
    """The documents of which a quotation has the longest word of these."""
    longest = max(fold(words).casefold().split(), key=len, default="")
    rows = reply.kg.store.select(_WORD.format(Literal(longest)))
    return {row[0].value.removeprefix(PREFIXES["psg"]).rpartition(".")[0].rpartition(".")[0] for row in rows}
