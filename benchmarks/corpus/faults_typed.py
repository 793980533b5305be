"""Faults in what is typed, which the gate of the tables finds and which stop a build at once.

Each leads to one finding, none of them depends on another; documents are not needed to find them.
"""

from __future__ import annotations

from collections.abc import Callable

from corpus.draft import LINE_ONE, RAW, Draft, Test
from corpus.page import Row
from corpus.words import LIMITS

Change = Callable[[Row], Row]
Plant = Callable[[Draft], None]
GATE = "tables"


def _number(row: Row) -> bool:
    return row["precision"] == "exact" and row["value"].isdigit() and row["status"] == "accepted"


def _large(row: Row) -> bool:
    return _number(row) and int(row["value"]) >= 1000


def _unlimited(row: Row) -> bool:
    return _number(row) and not any(word in row["quote"] for word in LIMITS["nearly"])


def _month(row: Row) -> bool:
    return len(row["as_of"]) == 7 and bool(row["unit"])


def _says(*predicates: str) -> Test:
    return lambda row: row["predicate"] in predicates and not row["as_of"]


def _relation(row: Row) -> bool:
    """Whether a claim is a plain one that neither a name nor another kind of fault depends on."""
    return bool(row["object"]) and row["predicate"] not in ("alias", "offersService", "hasFacility") and not row["note"]


def _words(row: Row) -> bool:
    return row["predicate"] in ("trend", "aim", "distinction", "emphasizes", "requires")


_CLAIMS: dict[str, tuple[Test, Change, str]] = {
    "wrong number": (_number, lambda r: {"value": str(int(r["value"]) + 1)}, "not the number that value_text prints"),
    "number with separators": (_large, lambda r: {"value": f"{int(r['value']):,}"}, "not a plain number"),
    "precision without its word": (
        _unlimited,
        lambda r: {"precision": "nearly", "upper": r["value"]},
        "no word of this kind in the quotation",
    ),
    "precision against its word": (
        lambda r: r["precision"] == "nearly",
        lambda _: {"precision": "exact", "upper": ""},
        "value_text has a word of another kind",
    ),
    "bound missing": (lambda r: r["precision"] == "moreThan", lambda _: {"lower": ""}, "moreThan entails a bound"),
    "bound not entailed": (_number, lambda r: {"upper": r["value"]}, "exact entails no such bound"),
    "number not in quotation": (
        _unlimited,
        lambda r: {"value_text": f"some {r['value_text']}"},
        "words that are not in the quotation",
    ),
    "unknown subject": (_relation, lambda r: {"subject": f"{r['subject']}-x"}, "no such entity"),
    "unknown object": (_says("offersService"), lambda r: {"object": f"{r['object']}-x"}, "no such entity"),
    "object outside the range": (_says("offersService"), lambda _: {"object": "china"}, "a Country"),
    "subject outside the domain": (_says("hasFacility"), lambda _: {"subject": "china"}, "a Country"),
    "indicator of another class": (
        lambda r: _number(r) and r["unit"] == "company" and r["subject"].endswith("district"),
        lambda _: {"predicate": "residentCompanies"},
        "a District",
    ),
    "unknown predicate": (_relation, lambda _: {"predicate": "trends"}, "no such property or indicator"),
    "wrong unit": (_number, lambda _: {"unit": "usDollars"}, "not on the list"),
    "unknown status": (_relation, lambda _: {"status": "acepted"}, "not on the list"),
    "implied without note": (
        lambda r: r["reading"] == "stated",
        lambda _: {"reading": "implied", "note": ""},
        "an implied reading needs a note",
    ),
    "attribution without words": (
        lambda r: _number(r) and "China" not in r["quote"],
        lambda _: {"attributed_to": "china"},
        "attribution without its words",
    ),
    "attribution to no agent": (_number, lambda _: {"attributed_to": "blockchain"}, "a Technology"),
    "criterion that is none": (_number, lambda _: {"criterion": "china"}, "a Country"),
    "date not in quotation": (_month, lambda r: {"as_of": f"2031{r['as_of'][4:]}"}, "not a date that the words"),
    "another month": (_month, lambda r: {"as_of": f"{r['as_of'][:5]}{int(r['as_of'][5:7]) % 12 + 1:02}"}, "not a date"),
    "half of a date": (_month, lambda r: {"as_of": r["as_of"][:4]}, "not a date that the words print"),
    "no such month": (_month, lambda r: {"as_of": f"{r['as_of'][:4]}-13"}, "no such month"),
    "date of a spreadsheet": (_month, lambda _: {"as_of": "Sep-18"}, "not a date"),
    "statistic without date": (_number, lambda _: {"as_of": "", "as_of_text": ""}, "no date"),
    "date words not in quotation": (_month, lambda _: {"as_of_text": "in May"}, "words that are not in the quotation"),
    "words not in quotation": (_words, lambda _: {"object": "never said"}, "words that are not in the quot"),
    "no quotation": (_says("offersService"), lambda _: {"quote": ""}, "a claim needs the words that prove it"),
    "no offset": (_says("offersService"), lambda _: {"start": ""}, "no offset"),
    "offset that is none": (_says("offersService"), lambda _: {"start": "12a"}, "not an offset"),
    "id that is none": (_relation, lambda _: {"id": "Trend_1"}, "not an id"),
    "property with a number": (_relation, lambda _: {"value": "5"}, "is a property, not an indicator"),
    "statistic with an object": (_number, lambda _: {"object": "china"}, "a statistic has no object"),
    "wrong number of fields": (_relation, lambda _: {RAW: "\t"}, "row has the wrong number of fields"),
    "unknown escape": (_relation, lambda _: {"note": r"a \q"}, "unknown escape"),
}


def _cells(kind: str) -> Plant:
    """The function that plants a fault of `_CLAIMS`."""
    test, change, what = _CLAIMS[kind]

    def plant(draft: Draft) -> None:
        table, row = draft.claim(test)
        row |= change(row)
        draft.fault(kind, GATE, what, table, row)

    return plant


def _duplicate_claim(draft: Draft) -> None:
    for table, _ in draft.all_claims(_relation):
        plain = [row for row in draft.untaken(table) if _relation(row)]
        if len(plain) > 1:
            first, second = map(draft.take, plain[:2])
            second["id"] = first["id"]
            draft.fault("id taken by a claim", GATE, "id is already taken", table, second)
            return
    raise LookupError("no document has two claims for this fault")


def _stray_passage(draft: Draft) -> None:
    table, row = draft.claim(_relation)
    stray = dict.fromkeys(table.columns, "") | {"id": "nobody", "quote": row["quote"], "start": row["start"]}
    table.rows.append(draft.take(stray))
    draft.fault("passage of no claim", GATE, "adds a passage to a claim that has no row", table, stray)


def _entity(kind: str, change: Change, what: str) -> Plant:
    """A fault in the row of a company, on whose class no other fault depends."""

    def plant(draft: Draft) -> None:
        row = draft.entity(lambda r: r["type"] == "Company")
        row |= change(row)
        draft.fault(kind, GATE, what, draft.entities(), row)

    return plant


def _duplicate_entity(draft: Draft) -> None:
    row, table = draft.entity(lambda r: r["type"] == "IndustrialPark"), draft.entities()
    twin = draft.take(row | {"label": f"{row['label']} II", "description": "Another of the same name."})
    table.rows.insert(table.rows.index(row) + 1, twin)
    draft.fault("id taken by an entity", GATE, "id is already taken", table, twin)


def _shared_label(draft: Draft) -> None:
    first, second = (draft.entity(lambda r: r["type"] == "Company") for _ in range(2))
    second["label"] = first["label"]
    draft.fault("label twice", GATE, "two entities of one class have this label", draft.entities(), second)


def _disorder(draft: Draft) -> None:
    row, rows = draft.entity(lambda r: r["type"] == "District"), draft.entities().rows
    at = next(n for n, other in enumerate(rows) if other is row)
    if at + 2 > len(rows):
        raise LookupError("the last entity cannot come later")
    rows[at : at + 2] = [rows[at + 1], row]
    draft.fault("entities out of order", GATE, "out of order", draft.entities(), row)


def _reason(draft: Draft) -> None:
    table, row = draft.reading(lambda r: r["reason"] == "heading")
    row["reason"] = "headline"
    draft.fault("unknown reason", GATE, "no such reason", table, row)


def _span(draft: Draft) -> None:
    table, row = draft.reading(lambda r: r["reason"] == "heading")
    row["end"] = row["start"]
    draft.fault("span that is none", GATE, "not a span", table, row)


def _framed(kind: str, frame: Callable[[str], str], what: str, last: bool = False) -> Plant:
    """A table of readings that is written in a wrong way, found in its first or its last line."""

    def plant(draft: Draft) -> None:
        table = draft.readings(draft.spoil())
        table.frame = frame
        if last:
            draft.fault(kind, GATE, what, table, table.rows[-1])
        else:
            draft.fault_at(kind, GATE, what, table.name, LINE_ONE)

    return plant


def _stranger(draft: Draft) -> None:
    name = f"claims/nobody-{draft.rng.randrange(10**6)}.tsv"
    draft.put(name, "\t".join(draft.claims(draft.names[0]).columns) + "\n")
    draft.fault_at("table of no source", GATE, "belongs to no source", name)


PLANTS: dict[str, Plant] = {kind: _cells(kind) for kind in _CLAIMS} | {
    "id taken by a claim": _duplicate_claim,
    "passage of no claim": _stray_passage,
    "unknown class": _entity("unknown class", lambda _: {"type": "Parkk"}, "no such class of entities"),
    "no label": _entity("no label", lambda _: {"label": ""}, "no label"),
    "description that says nothing": _entity(
        "description that says nothing", lambda r: {"description": r["label"]}, "says nothing beyond the label"
    ),
    "id taken by an entity": _duplicate_entity,
    "label twice": _shared_label,
    "entities out of order": _disorder,
    "unknown reason": _reason,
    "span that is none": _span,
    "table of no source": _stranger,
    "carriage returns": _framed("carriage returns", lambda t: t.replace("\n", "\r\n"), "has carriage returns"),
    "byte order mark": _framed("byte order mark", lambda t: f"\ufeff{t}", "begins with a byte order mark"),
    "cut off": _framed("cut off", lambda t: t[:-1], "last line has no newline at its end", last=True),
}
"""A function that plants one fault of the kind, or raises `LookupError` where there is no place for it."""
