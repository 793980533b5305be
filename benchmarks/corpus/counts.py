"""Notices that count and measure what their survey introduced."""

from __future__ import annotations

from fractions import Fraction

from corpus import prose, words
from corpus.issue import Notice, earlier, lower, source
from corpus.page import Entity
from corpus.words import Date

_DISTRICT = (
    ("blockchainStartups", "blockchain startups", "company", 90),
    ("blockchainCompaniesGathered", "blockchain companies gathered there", "company", 120),
    ("newBlockchainCompanies", "newly registered blockchain companies", "company", 60),
    ("blockchainIndustrialParks", "industrial parks for blockchain", "park", 2),
    ("carriersBuilt", "carriers of the industry", "carrier", 4),
    ("patentApplications", "patent applications", "patentApplication", 900),
    ("rdPersonnel", "people in research and development", "person", 2_000),
    ("technicalPersonnel", "professional and technical workers", "person", 9_000),
    ("seniorTechnicalPersonnel", "senior technical workers", "person", 1_000),
    ("masterGraduates", "graduated masters", "person", 700),
    ("doctoralGraduates", "graduated doctors", "person", 90),
    ("postgraduateTrainingUnits", "postgraduate training units", "trainingUnit", 3),
)
"""Indicator, its words, its unit, and a tenth of the greatest number."""
_GROWTH = (
    ("gdpGrowth", "gross domestic product"),
    ("primaryIndustryGrowth", "primary industry"),
    ("secondaryIndustryGrowth", "secondary industry"),
    ("tertiaryIndustryGrowth", "tertiary industry"),
    ("fiscalExpenditureGrowth", "local fiscal expenditure"),
    ("rdExpenditureGrowth", "spending on research and development"),
    ("patentApplicationsGrowth", "the number of patent applications"),
)
_PARK = (
    ("residentCompanies", "resident companies", "company", 60),
    ("landArea", "square meters of land", "squareMetre", 3_000),
    ("areaCovered", "square meters of space", "squareMetre", 5_000),
    ("buildingsForEnterprises", "buildings for enterprises", "buildingUnit", 2),
    ("serviceProductTypes", "types of service products", "serviceType", 4),
    ("supportSystems", "support systems", "supportSystem", 1),
)
_TRENDS = (
    "grown steadily",
    "slowed down",
    "recovered from a weak start",
    "kept its pace",
    "doubled within a few years",
)
_ROOMS = ("roadshow area", "training room", "shared office area", "meeting centre", "showroom")


def companies(notice: Notice) -> None:
    """Counts of a district, among them sometimes the survey's, with another number."""
    page, this, plan, rng = notice.page, notice.this, notice.plan, notice.rng
    place = this.district
    prose.opened(rng, page, rng.choice(("{} in numbers", "How {} counts", "News from {}")).format(place.label))
    keys = []
    if plan.random() < 0.4:
        keys.append(_again(notice))
    date = plan.choice((words.month, words.year, words.undated))(plan)
    keys += _counted(notice, place, _DISTRICT, date, rng.choice(("had", "counted", "registered")))
    prose.opinion(rng, page)
    if plan.random() < 0.6:
        _growth(notice)
    _radiates(notice, place)
    prose.lost(rng, page, place.label, keys)
    prose.closed(rng, page)


def park(notice: Notice) -> None:
    """Measures of a park, and what it offers."""
    page, this, plan, rng = notice.page, notice.this, notice.plan, notice.rng
    place = this.park
    prose.opened(rng, page, rng.choice(("A visit to {}", "{} at a glance", "What {} offers")).format(place.label))
    date = plan.choice((words.month, words.undated))(plan)
    keys = _counted(notice, place, _PARK, date, rng.choice(("has", "counts", "can show")))
    if plan.random() < 0.35:
        rate = words.percentage(rng, 40, 99)
        said = page.say(f"The occupancy rate of {place.label} is {rate.text}.")
        undated = Date("none", "")
        page.statistic(said, "park-occupancy", place.slug, "occupancyRate", rate, "percent", undated)
    elif plan.random() < 0.2:
        _misprint(notice)
    prose.opinion(rng, page)
    _radiates(notice, place)
    room, service = rng.choice(_ROOMS), notice.topic("Service")
    said = page.say(f"{place.label} has a {room} and offers {lower(service)}.")
    page.relation(said, "park-room", place.slug, "hasFacility", room)
    page.relation(said, "park-offers", place.slug, "offersService", service.slug)
    prose.lost(rng, page, place.label, keys)
    prose.closed(rng, page)


def shares(notice: Notice) -> None:
    """Two amounts and the share of one in the other, which fit or do not."""
    page, this, rng = notice.page, notice.this, notice.rng
    place, date = this.district, words.year(notice.plan)
    prose.opened(rng, page, rng.choice(("What {} spends on research", "Research in {}")).format(place.label))
    product, part = rng.randint(20_000, 90_000), rng.randint(300, 2_900)
    fits = notice.plan.random() < 0.7
    exact = Fraction(100 * part, product)
    share = round(exact, 1) + (0 if fits else Fraction(rng.choice((5, 15, 20)), 10))
    gdp, spent = (words.Number(f"{n}000000", f"{n:,} million yuan") for n in (product, part))
    ratio = words.Number(words.decimal(share).removesuffix(".0"), f"{words.decimal(share)}%")
    said = page.say(
        f"{date.text}, the gross domestic product of {place.label} was {gdp.text}, of which {spent.text}, or "
        f"{ratio.text}, went into research and development."
    )
    keys = [
        page.statistic(said, f"district-{name}", place.slug, indicator, number, unit, date)
        for name, indicator, number, unit in (
            ("gdp", "gdp", gdp, "yuan"),
            ("rd", "rdExpenditure", spent, "yuan"),
            ("rd-share", "rdShareOfGdp", ratio, "percent"),
        )
    ]
    gdp_key, rd_key, share_key = keys
    page.curate(
        "PassedCheck" if fits else "Inconsistency",
        "check" if fits else "inconsistency",
        [
            f'gbkg:formula "100 * {{{rd_key}}} / {{{gdp_key}}} = {{{share_key}}}"',
            f"gbkg:computedValue {words.decimal(exact)} ; gbkg:expectedValue {words.decimal(share)}",
            f"gbkg:concerns {', '.join(f'clm:{key}' for key in keys)}",
            f'rdfs:comment "The printed share {"is" if fits else "is not"} that of the two printed amounts."',
        ],
    )
    prose.opinion(rng, page)
    if notice.plan.random() < 0.5:
        _trend(notice)
    prose.lost(rng, page, place.label, keys)
    prose.closed(rng, page)


def _counted(
    notice: Notice, place: Entity, known: tuple[tuple[str, str, str, int], ...], date: Date, verb: str
) -> list[str]:
    """Two statistics of a place, often in one sentence; words of limitation are then left out."""
    page, plan, rng = notice.page, notice.plan, notice.rng
    chosen, together = plan.sample(known, 2), plan.random() < 0.75
    numbers = [words.count(rng, tenth, notice.digit, exact=together) for _, _, _, tenth in chosen]
    phrases = [f"{number.text} {thing}" for number, (_, thing, _, _) in zip(numbers, chosen, strict=True)]
    keys = []
    said = page.say(f"{date.text}, {place.label} {verb} {' and '.join(phrases)}.") if together else None
    for (indicator, _, unit, _), number, phrase in zip(chosen, numbers, phrases, strict=True):
        where = said or page.say(f"{date.text}, {place.label} {verb} {phrase}.")
        name = words.slug(words.spaced(indicator))
        keys.append(page.statistic(where, name, place.slug, indicator, number, unit, date))
    return keys


def _again(notice: Notice) -> str:
    """The survey's count with another number: of the same date, or of another one; and the curators' comparison."""
    page, this, plan, rng = notice.page, notice.this, notice.plan, notice.rng
    rivals = plan.random() < 0.6
    date = this.counted_on if rivals else words.month(plan)
    rivals = date == this.counted_on
    number = words.count(rng, 400, notice.digit, exact=True)
    said = page.say(f"{date.text}, {number.text} blockchain companies were at work in {this.district.label}.")
    more = {"criterion": this.criterion.slug} if plan.random() < 0.3 else {}
    key = page.statistic(
        said, "district-companies", this.district.slug, "blockchainCompanies", number, "company", date, **more
    )
    survey = f"{source(notice.number - notice.digit)}.district-companies"
    outcome, why = ("contradictory", "Two numbers for one date, and neither says how it was counted.")
    if not rivals:
        outcome, why = ("differentTime", "Two counts of one district on different dates.")
    facts = [f"gbkg:outcome gbkg:{outcome}", f"gbkg:concerns clm:{survey}, clm:{key}", f'rdfs:comment "{why}"']
    page.curate("Comparison", "comparison", facts)
    return key


def _misprint(notice: Notice) -> None:
    """An area whose digits are grouped wrongly, so that it cannot be read, and what the curators take it for."""
    page, place, area = notice.page, notice.this.park, 10_000 * notice.rng.randint(2, 9) + notice.rng.randint(1, 999)
    meant = f"{area:,}.5 square meters"
    printed = words.Number("", f"{area // 10_000},{area % 10_000:04}.5 square meters")
    said = page.say(f"Its buildings come to {printed.text}.")
    more = {"status": "unreadable", "reading": "implied", "note": "The buildings are those of the park before."}
    date = Date("none", "")
    key = page.statistic(said, "park-buildings", place.slug, "buildingArea", printed, "squareMetre", date, **more)
    facts = [f"gbkg:corrects clm:{key}", f'gbkg:printedText "{printed.text}"', f'gbkg:correctedText "{meant}"']
    facts += [f"gbkg:correctedValue {area}.5", 'rdfs:comment "The comma stands where digits are grouped by four."']
    page.curate("Correction", "correction", facts)


def _radiates(notice: Notice, place: Entity) -> None:
    """A city that a place works for, in three of ten cases; the first cities are named by many documents."""
    if notice.plan.random() < 0.3:
        city = earlier(notice.plan, notice.seed, notice.this.number).city
        verb = notice.rng.choice(("radiates into", "works for", "looks towards"))
        said = notice.page.say(f"{place.label} {verb} {city.label}.")
        notice.page.relation(said, "serves", place.slug, "servesRegion", city.slug)


def _growth(notice: Notice) -> None:
    """A rate of growth, and in one of two cases how it came about."""
    page, this, plan, rng = notice.page, notice.this, notice.plan, notice.rng
    (indicator, thing), date = plan.choice(_GROWTH), words.year(plan)
    rate = words.percentage(rng, 2, 30)
    said = page.say(f"{date.text}, {thing} in {this.district.label} grew by {rate.text}.")
    name = words.slug(words.spaced(indicator))
    key = page.statistic(said, name, this.district.slug, indicator, rate, "percent", date)
    if plan.random() < 0.15:
        why = "The words leave open whether the rate is at constant prices or not."
        page.curate("Ambiguity", "ambiguity", [f"gbkg:concerns clm:{key}", f'rdfs:comment "{why}"'])
    if plan.random() < 0.3:
        _trend(notice)


def _trend(notice: Notice) -> None:
    """How something has developed, in words."""
    trend = notice.rng.choice(_TRENDS)
    said = notice.page.say(f"Business in {notice.this.district.label} has {trend}.")
    notice.page.relation(said, "district-trend", notice.this.district.slug, "trend", trend)
