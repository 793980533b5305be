"""Everything that the graph has on one entity, in the order of its page, with charts; and the page of a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from pyoxigraph import NamedNode

from gbkg.ask import statements
from gbkg.ask.citation import FORMS
from gbkg.ask.records import GraphRecords, amount_in_words, date_in_words, in_words
from gbkg.ask.resolve import resolve
from gbkg.ask.show import EntityPage
from gbkg.ask.statements import Curated, Statement
from gbkg.core.prefixes import PREFIXES
from gbkg.core.records import Claim
from gbkg.core.terms import minted, term
from gbkg.evidence.proofs import Quotation
from gbkg.knowledge import KnowledgeGraph
from gbkg.network.families import FAMILIES, ranks
from gbkg.render.draw import dates, painting, small
from gbkg.render.draw.charts import Bar, place_bars
from gbkg.render.draw.scene import Scene
from gbkg.render.export import schemaorg
from gbkg.web.messages import BadRequest, Request, Response
from gbkg.web.site import Route, Site, href

MAIN = 7
"""Kinds of relation of which the card of main facts has some."""
_PRIMARY = frozenset(place for place, name in enumerate(FAMILIES) if name not in ("topic", "other"))
"""The places of the families of relations that a card of main facts has."""


@dataclass(frozen=True, slots=True)
class OtherEnd:
    """What stands at the other end of a kind of relation, with the statements that say so."""

    other: str
    end: str
    statements: tuple[Statement, ...]

    @property
    def inferred(self) -> bool:
        """Whether it only follows by rules."""
        return all(one.proof for one in self.statements)


@dataclass(frozen=True, slots=True)
class RelationKind:
    """One kind of relation in one direction; `back` if the entity is its object. `rank` is that of its family."""

    predicate: str
    label: str
    back: bool
    rank: int
    items: tuple[OtherEnd, ...]


@dataclass(frozen=True)
class EntityProfile:
    """`page` in the order of the page of HTML."""

    page: EntityPage
    _rank: Callable[[str], int] = field(repr=False)

    def of(self, group: str) -> tuple[Statement, ...]:
        """The statements of a group."""
        return tuple(one for one in self.page.statements if one.group == group)

    @cached_property
    def kinds(self) -> tuple[RelationKind, ...]:
        """Relations both ways by kind, in the order of `network.families.FAMILIES`; those from the entity first."""
        found: dict[tuple[bool, str], list[Statement]] = {}
        for one in (*self.page.statements, *self.page.inferred):
            if one.group.startswith("Relations"):
                found.setdefault((one.group == "Relations to it", one.predicate), []).append(one)
        kinds = [
            RelationKind(predicate, some[0].label, back, self._rank(predicate), _items(some))
            for (back, predicate), some in found.items()
        ]
        return tuple(sorted(kinds, key=lambda kind: (kind.back, kind.rank, kind.label)))

    @cached_property
    def main(self) -> tuple[RelationKind, ...]:
        """The kinds of relation that say most of what the entity is."""
        return tuple([kind for kind in self.kinds if not kind.back and kind.rank in _PRIMARY][:MAIN])

    @cached_property
    def said(self) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
        """What is said of the entity, by what it is: label and statements."""
        found: dict[str, list[Statement]] = {}
        for one in self.of("Said of it"):
            found.setdefault(one.label, []).append(one)
        return tuple((label, tuple(some)) for label, some in found.items())

    @cached_property
    def dated(self) -> tuple[Statement, ...]:
        """What has a date, in order of time, what has no year last."""
        found = [one for one in self.page.statements if one.group in ("Dates", "Statistics") and date(one)]
        return tuple(sorted(found, key=moment))

    @cached_property
    def entity(self) -> tuple[Curated, ...]:
        """What the curators say of the entity itself, or of claims that have no place here."""
        shown = {node.name for one in self.page.statements for node in one.curation}
        return tuple(node for node in self.page.curation if node.name not in shown)

    @cached_property
    def sentences(self) -> tuple[Quotation, ...]:
        """The quotations behind all statements, those of the claims of the page first, numbered from 1."""
        found = {passage.iri.value: passage for passage, _ in self.page.passages}
        made = [Quotation(iri, one.source, one.start, one.end, one.exact) for iri, one in found.items()]
        more = {q.passage: q for one in self.page.inferred for claim in one.evidence for q in claim.quotations}
        return (*made, *(quotation for iri, quotation in more.items() if iri not in found))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """IRI of a passage to its number on the page."""
        return {quotation.passage: number for number, quotation in enumerate(self.sentences, start=1)}


def profile(kg: KnowledgeGraph, page: EntityPage) -> EntityProfile:
    """The entity of a page in order."""
    return EntityProfile(page, ranks(kg.store))


def moment(one: Statement) -> tuple[bool, float, float, str]:
    """What statements are sorted by in time: those without a year last."""
    span = dates.span(date(one))
    return span is None, span.start if span else 0.0, span.end if span else 0.0, date(one)


def date(one: Statement) -> str:
    """The date of a statement as XML Schema has it; empty if it has none."""
    if one.group == "Dates":
        return one.end
    return one.claim.dating.value if one.claim and one.claim.dating else ""


def _items(found: Iterable[Statement]) -> tuple[OtherEnd, ...]:
    """By the other end, sorted by its label; what is stated comes before what is inferred."""
    ends: dict[tuple[str, str], list[Statement]] = {}
    for one in found:
        ends.setdefault((one.other, one.end), []).append(one)
    items = [OtherEnd(other, end, tuple(some)) for (other, end), some in ends.items()]
    return tuple(sorted(items, key=lambda item: (item.inferred, item.end, item.other)))


CHARTS, BARS = 4, 12
"""Charts of a page; bars of a chart."""
COMPARED, TRIED = 60, 12
"""The most claims with an indicator that are compared: of more no chosen few would tell anything; and the indicators of
an entity for which others are looked for."""
_PLACES = frozenset(("rankUnit", "seriesPlace"))
"""Units of what is a place in an order, not an amount."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures as bars: a `series` of one entity in time, or a comparison with others."""

    title: str
    series: bool
    scene: Scene


def charts(kg: KnowledgeGraph, profile: EntityProfile) -> tuple[Chart, ...]:
    """Series first, then comparisons."""
    records = kg.records
    own: dict[tuple[str, str], list[Claim]] = {}
    for one in profile.of("Statistics"):
        if one.claim and _amount(one.claim):
            own.setdefault((one.label, _unit(one.claim)), []).append(one.claim)
    found = [chart for (label, _), claims in own.items() if (chart := _series(label, claims, records))]
    others = _others(records, dict.fromkeys(claim.predicate for claims in own.values() for claim in claims))
    found += [chart for (label, _), claims in own.items() if (chart := _compared(label, claims, others, records))]
    return tuple(found[:CHARTS])


def _others(records: GraphRecords, indicators: Iterable[str]) -> dict[str, list[Claim]]:
    """The claims with these indicators, read together, in order of time; none of an indicator that has too many."""
    nodes = []
    for name in list(indicators)[:TRIED]:
        quads = records.store.quads_to([minted("gbkg", name)], term("gbkg:indicator"), term("graph:claims"))
        some = list(islice((quad.subject for quad in quads), COMPARED + 1))
        nodes += some if len(some) <= COMPARED else []
    found: dict[str, list[Claim]] = {}
    for claim in sorted(records.claims(nodes), key=lambda claim: (_end(claim), claim.key)):
        found.setdefault(claim.predicate, []).append(claim)
    return found


def _series(label: str, claims: Sequence[Claim], records: GraphRecords) -> Chart | None:
    """Figures of two or more times with a year."""
    dated = sorted((claim for claim in claims if _end(claim)), key=lambda claim: (_end(claim), claim.key))
    if len({_end(claim) for claim in dated}) < 2:
        return None
    doubted = _doubted(records, dated)
    made = [_bar(claim, date_in_words(claim.dating), records, claim.key in doubted) for claim in dated[-BARS:]]
    return Chart(label, True, place_bars(made, label))


def _compared(label: str, own: Sequence[Claim], others: dict[str, list[Claim]], records: GraphRecords) -> Chart | None:
    """The latest figure of the entity beside the latest of others, for the same indicator and unit."""
    mine = max(own, key=lambda claim: (_end(claim), claim.key))
    latest = {mine.subject: mine}
    for claim in others.get(mine.predicate, ()):
        if _amount(claim) and claim.subject != mine.subject and _unit(claim) == _unit(mine):
            latest[claim.subject] = claim
    if len(latest) < 2:
        return None
    ordered = sorted(latest.values(), key=lambda claim: (-_value(claim), claim.subject))
    chosen = {claim.key for claim in [one for one in ordered if one is not mine][: BARS - 1]} | {mine.key}
    kept = [claim for claim in ordered if claim.key in chosen]
    doubted = _doubted(records, kept)
    made = [_bar(one, _whose(one, records), records, one.key in doubted, strong=one is mine) for one in kept]
    return Chart(f"{label}: beside others", False, place_bars(made, label))


def _bar(claim: Claim, label: str, records: GraphRecords, doubted: bool, strong: bool = True) -> Bar:
    """The bar of a claim; one of another entity leads there."""
    assert claim.quantity
    printed, other = amount_in_words(claim.quantity, records), "" if strong else minted("id", claim.subject).value
    vague, tip = claim.quantity.precision != "exact", in_words(claim, records)
    return Bar(label, _value(claim), printed, vague, doubted, strong, other, tip)


def _whose(claim: Claim, records: GraphRecords) -> str:
    return f"{records.called(claim.subject)}, {date_in_words(claim.dating)}"


def _amount(claim: Claim) -> bool:
    """Whether the claim has a number that can be drawn: one that can be read, is an amount, and is not rejected."""
    number = claim.quantity
    return number is not None and number.value is not None and number.unit not in _PLACES and claim.status != "rejected"


def _value(claim: Claim) -> Decimal:
    assert claim.quantity and claim.quantity.value is not None
    return claim.quantity.value


def _unit(claim: Claim) -> str:
    return claim.quantity.unit if claim.quantity else ""


def _end(claim: Claim) -> float:
    """The end of the time of a figure in years; 0 if it has no year."""
    span = dates.span(claim.dating.value) if claim.dating else None
    return span.end if span else 0.0


def _doubted(records: GraphRecords, claims: Iterable[Claim]) -> set[str]:
    """The keys of those claims that curation puts in doubt."""
    found = statements.curated(records, records.curation([claim.iri for claim in claims]))
    return {key for one in found if one.doubts for key in one.claims}


MOST = 120
"""Claims, and inferred relations, of one page."""
FOLDED = 10
"""Things of one kind of relation that stand open; more are folded."""


def entity(site: Site, request: Request) -> Response:
    """The page of an entity. Raises `NotFoundError` with near names."""
    found = site.kg.show(f"id:{request.names['slug']}", MOST)
    if request.first("format") == "json":
        return Response.json(found.to_dict())
    page, ordered = found.page, profile(site.kg, found.page)
    values: dict[str, Any] = {
        "page": page,
        "iri": PREFIXES["id"] + page.entity.slug,
        "profile": ordered,
        "charts": [(one, picture(one.scene, one.title)) for one in charts(site.kg, ordered)],
        "near": _near(site, page),
        "folded": FOLDED,
        "schema": _schema(site, page),
    }
    return site.page(request, "entity.html", **values)


def picture(scene: Any, label: str) -> Markup:
    """A picture within a page, its nodes linked to their pages."""
    return Markup(painting.svg(scene, label, href))


def _near(site: Site, page: EntityPage) -> tuple[Markup, int] | None:
    found = small.neighbourhood(site.kg, page)
    return (picture(found[0], f"What {page.entity.label} is related to"), found[1]) if found else None


def _schema(site: Site, page: EntityPage) -> Markup:
    """The entity as schema.org JSON-LD, so that no text in it can end the element that holds it."""
    iri = PREFIXES["id"] + page.entity.slug
    claims = [PREFIXES["clm"] + claim.key for one in page.statements if one.subject == iri for claim in one.evidence]
    return htmlsafe_json_dumps(schemaorg.one(site.kg, iri, claims), ensure_ascii=False, indent=1)


TYPES = {
    "text": "text/plain; charset=utf-8",
    "bibtex": "text/plain; charset=utf-8",
    "csl": "application/json",
    "annotation": "application/json",
}
"""The media types of the forms of a citation; a browser shows all of them."""
NAMES = {"text": "Words", "bibtex": "BibTeX", "csl": "CSL-JSON", "annotation": "Web Annotation"}


def claim(site: Site, request: Request) -> Response:
    """The page of a claim; with `format` one form of its citation, or `json` for all. Raises `NotFoundError`."""
    node = resolve(site.kg.labels, f"clm:{request.names['key']}", "claim")
    form = request.first("format")
    if form:
        return _cited(site, node, form)
    found = statements.claim_page(site.kg.records, site.kg.evidence, node)
    citation = site.kg.citation(found.evidence)
    values: dict[str, Any] = {
        "found": found,
        "forms": [(name, NAMES[name], citation.form(name)) for name in FORMS],
    }
    return site.page(request, "claim.html", **values)


def _cited(site: Site, node: NamedNode, form: str) -> Response:
    citation = site.kg.citation(site.kg.evidence.claim(node))
    if form == "json":
        return Response.json(citation.to_dict())
    if form not in FORMS:
        raise BadRequest(f"no form of a citation is called {form[:40]!r}", hint=f"there are {', '.join(FORMS)}, json")
    return Response(citation.form(form).encode("utf-8", "backslashreplace"), TYPES[form])


ROUTES = (
    Route("/id/{slug}", entity),
    Route("/claim/{key}", claim),
)
