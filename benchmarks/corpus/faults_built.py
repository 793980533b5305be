"""Faults that leave the tables readable: of quotations, coverage, curation, the graph and its counts.

Documents have to be at hand. All of them can be found in one build, and none leads to more findings than it notes.
"""

from __future__ import annotations

from collections.abc import Callable

from corpus.draft import Draft, Test
from corpus.faults_typed import Plant
from corpus.page import Row

_PLAIN = ("foundedBy", "operatedBy", "locatedIn", "offersService", "providesMeasure", "issuedBy", "launchedBy")


def _span(row: Row) -> tuple[int, int]:
    return int(row["start"]), int(row["start"]) + len(row["quote"])


def _misquotation(draft: Draft) -> None:
    for table, row in draft.all_claims(lambda _: True):
        start, end = _span(row)
        others = [_span(other) for other in table.rows if other is not row]
        if all(b <= start or a > end for a, b in others):
            draft.take(row)["start"] = str(start + 1)
            draft.fault("misquotation", "quotations", f"claim {row['id']}: quotation is not in", table, row)
            return
    raise LookupError("no quotation stands alone")


def _disagreement(draft: Draft) -> None:
    for table, row in draft.all_claims(lambda r: r["predicate"] in _PLAIN):
        start, end = _span(row)
        near = [other for other in table.rows if other is not row and _span(other)[0] < end and _span(other)[1] > start]
        if near and all(_span(other) == (start, end) for other in near):
            draft.take(row)["quote"] = row["quote"][:-1] + "~."  # longer, so that it is a passage of its own
            draft.fault("disagreeing quotations", "quotations", "quotation overlaps that of", table, row)
            draft.fault("disagreeing quotations", "quotations", f"claim {row['id']}: quotation is not in", table, row)
            return
    raise LookupError("no two claims share a quotation")


def _misplaced(draft: Draft) -> None:
    table, row = draft.reading(lambda r: r["reason"] in ("heading", "opinion"))
    name = table.name.removeprefix("readings/").removesuffix(".tsv")
    what = f"sentence at {row['start']}-{row['end']} of {name} is set aside only in part"
    row["start"], row["end"] = str(int(row["start"]) + 1), str(int(row["end"]) + 1)
    draft.fault("misplaced reading", "quotations", "span set aside is not in the document", table, row)
    draft.fault("misplaced reading", "coverage", what)


def _changed_document(draft: Draft) -> None:
    name = draft.spoil()
    path = draft.folder / "documents" / f"{name}.txt"
    path.write_bytes(path.read_bytes() + b"!")
    draft.fault_at("changed document", "quotations", f"document {name} was not found", "sources.ttl")


def _length(draft: Draft) -> None:
    node = draft.rewrite("sources.ttl", draft.block("sources.ttl", "gbkg:length"), r"gbkg:length \d", "gbkg:length 9")
    draft.fault_at("wrong length", "quotations", f"length of {node.removeprefix('src:')}", "sources.ttl")


def _uncovered(draft: Draft) -> None:
    table, row = draft.reading(lambda r: r["reason"] in ("heading", "opinion"))
    table.rows.remove(row)
    name = table.name.removeprefix("readings/").removesuffix(".tsv")
    what = f"sentence at {row['start']}-{row['end']} of {name} has no claim"
    draft.fault("uncovered sentence", "coverage", what)


def _curated(kind: str, pattern: str, old: str, new: str, *found: tuple[str, str]) -> Plant:
    """A fault in a node of curation that matches a pattern; `found` are gates and what they say."""

    def plant(draft: Draft) -> None:
        node = draft.rewrite("curation.ttl", draft.block("curation.ttl", pattern), old, new)
        for gate, what in found:
            draft.fault_at(kind, gate, what, "curation.ttl", node)

    return plant


def _registered(kind: str, old: str, new: str, what: str) -> Plant:
    """A fault in the description of a source."""

    def plant(draft: Draft) -> None:
        node = draft.rewrite("sources.ttl", draft.block("sources.ttl", "."), old, new)
        draft.fault_at(kind, "shapes", what, "sources.ttl", node)

    return plant


def _without(kind: str, name: str, *found: str) -> Plant:
    """The claim of this name is left out, so that shapes miss something at its subject."""

    def plant(draft: Draft) -> None:
        table, row = draft.claim(lambda r: r["id"] == name)
        table.rows[:] = [other for other in table.rows if other is not row]
        draft.grown.update(claims=-1, statistics=-bool(row["unit"]))
        for what in found:
            draft.fault(kind, "shapes", what, draft.entities(), draft.named(row["subject"]))

    return plant


def _another(kind: str, test: Test, change: Callable[[Row], Row], what: str) -> Plant:
    """One claim more beside one that passes the test, so that shapes find too much at its subject."""

    def plant(draft: Draft) -> None:
        table, row = draft.claim(test)
        table.rows.append(draft.take(row | {"id": f"{row['id']}-too"} | change(row)))
        draft.grown.update(claims=1)
        draft.fault(kind, "shapes", what, draft.entities(), draft.named(table.rows[-1]["subject"]))

    return plant


def _claim_twice(draft: Draft) -> None:
    table, row = draft.claim(lambda r: r["predicate"] in _PLAIN)
    table.rows.append(draft.take(row | {"id": f"{row['id']}-too"}))
    draft.grown.update(claims=1)
    draft.fault("claim twice", "hygiene", "claim-twice", table, row)


def _unmentioned(draft: Draft) -> None:
    number = draft.rng.randrange(10**9)
    cells = {"id": f"nowhere-{number}-university", "type": "University", "label": f"Nowhere-{number} University"}
    row = draft.take(cells | {"description": "Invented university that nobody speaks of."})
    table = draft.entities()
    table.rows.append(row)
    table.rows.sort(key=lambda r: r["id"])
    draft.grown.update(entities=1)
    draft.fault("entity never mentioned", "shapes", "an entity is there because a claim speaks of it", table, row)


_OTHERS = "a gbkg:(Gap|Ambiguity|Correction|IdentityJudgement)"


def _undeclared(draft: Draft) -> None:
    term = f"gbkg:remark{draft.rng.randrange(10**9)}"
    block = draft.block("curation.ttl", _OTHERS)
    draft.rewrite("curation.ttl", block, "rdfs:comment", f'{term} "x" ;\n    rdfs:comment')
    draft.fault("undeclared term", "hygiene", f"{term}:")
    draft.fault("undeclared term", "permitted", f'{term} "x"')


def _blank(draft: Draft) -> None:
    block = draft.block("curation.ttl", _OTHERS)
    draft.rewrite("curation.ttl", block, "rdfs:comment", "rdfs:seeAlso [] ;\n    rdfs:comment")
    draft.fault("blank node", "hygiene", "a blank node at")


def _two_graphs(draft: Draft) -> None:
    _, row = draft.claim(lambda r: r["predicate"] in _PLAIN)
    fact = f"id:{row['subject']} gbkg:{row['predicate']} id:{row['object']}"
    draft.put("curation.ttl", f"{draft.text('curation.ttl')}\n{fact} .\n")
    draft.fault("fact in two graphs", "facts", f"{fact} stands in graph")
    draft.fault("fact in two graphs", "permitted", f"may not stand in graph curation: {fact}")


def _unknown_review(draft: Draft) -> None:
    draft.put("review.tsv", "claim\tdigest\tfirst\tverdict\tnote\nnobody.said\t0123456789ab\tsupported\tsupported\t\n")
    draft.fault_at("review of no claim", "review", "no such claim", "review.tsv", "nobody.said")


def _is(predicate: str) -> Test:
    return lambda row: row["predicate"] == predicate


_FORMULA = "gbkg:formula"
_MISSING = r"clm:(article-\d+)\.[a-z-]+"
PLANTS: dict[str, Plant] = {
    "misquotation": _misquotation,
    "disagreeing quotations": _disagreement,
    "misplaced reading": _misplaced,
    "wrong length": _length,
    "changed document": _changed_document,
    "uncovered sentence": _uncovered,
    "wrong result": _curated(
        "wrong result", _FORMULA, r"computedValue (\d)", r"computedValue 9\1", ("curation", "is not what the formula")
    ),
    "wrong outcome": _curated(
        "wrong outcome", "a gbkg:PassedCheck", "PassedCheck", "Inconsistency", ("curation", "not the one stated")
    ),
    "formula of no claim": _curated(
        "formula of no claim", _FORMULA, "rd-share}", "rd-part}", ("curation", "formula names no claim")
    ),
    "formula of other claims": _curated(
        "formula of other claims", _FORMULA, r", clm:\S+ ;", " ;", ("curation", "name different claims")
    ),
    "comparison of no claim": _curated(
        "comparison of no claim",
        "a gbkg:Comparison",
        _MISSING,
        r"clm:\1.never-made",
        ("curation", "names something that is not in the graph"),
        ("shapes", "a comparison concerns at least two claims"),
    ),
    "comparison of one claim": _curated(
        "comparison of one claim", "a gbkg:Comparison", r", clm:\S+ ;", " ;", ("shapes", "at least two claims")
    ),
    "comparison without reason": _curated(
        "comparison without reason", "a gbkg:Comparison", 'comment "[^"]+"', 'comment "Odd."', ("shapes", "its reason")
    ),
    "gap without content": _curated(
        "gap without content", "a gbkg:Gap", r"gbkg:lostContent [^;]+;\n    ", "", ("shapes", "a gap says what is lost")
    ),
    "source without note": _registered("source without note", r" ;\n    skos:note \"[^\"]+\"", "", "has a remark on"),
    "source without title": _registered("source without title", r"dcterms:title .* ;\n    ", "", "has one title"),
    "source without date": _registered("source without date", ", dcterms:issued", "", "creator, publisher and date"),
    "alliance of one": _without("alliance of one", "alliance-founder-second", "joins at least two agents"),
    "park without place": _without("park without place", "park-in-district", "a site is somewhere", "has a place"),
    "association without topic": _without("association without topic", "association-topic", "is for something"),
    "plan without topic": _without("plan without topic", "plan-topic", "a plan has a topic"),
    "order to nobody": _without("order to nobody", "order-addressee", "an order is addressed to someone"),
    "bonus without amount": _without("bonus without amount", "bonus-most", "a policy measure has an amount"),
    "criterion without text": _without("criterion without text", "criterion-text", "has its text"),
    "maker space alone": _without("maker space alone", "space-whole", "a maker space has an operator", "a site is"),
    "entity never mentioned": _unmentioned,
    "organization part of a place": _another(
        "organization part of a place",
        _is("operatedBy"),
        lambda r: {"subject": r["object"], "predicate": "partOf", "object": "guangzhou"},
        "is located in a place, not part of it",
    ),
    "claim twice": _claim_twice,
    "undeclared term": _undeclared,
    "fact in two graphs": _two_graphs,
}
"""A function that plants one fault of the kind, or raises `LookupError` where there is no place for it."""
ONCE: dict[str, Plant] = {"blank node": _blank, "review of no claim": _unknown_review}
"""Faults that can stand in a project once."""
