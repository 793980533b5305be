"""One document by its number: the survey of its issue, or a notice of some kind.

A survey is the first document of an issue: it introduces a district, its park and whoever runs that, and counts
companies.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from corpus import counts, newcomers, prose, words
from corpus.issue import COUNTRY, SIZE, Issue, Notice, issue, source, topic
from corpus.page import Page
from corpus.words import TOPICS

_KINDS: dict[Callable[[Notice], None], int] = {
    counts.companies: 36,
    counts.park: 28,
    counts.shares: 15,
    newcomers.policy: 3,
    newcomers.scheme: 3,
    newcomers.application: 4,
    newcomers.alliance: 2,
    newcomers.association: 2,
    newcomers.incubator: 2,
    newcomers.fund: 3,
    newcomers.event: 2,
}
"""How many of a hundred notices are of a kind."""
_PRAISE = ("a new growth pole", "a hotbed of distributed ledgers", "a place to watch", "a proving ground")


def page(seed: int, number: int, edition: int = 0) -> Page:
    """The document of this number, counted from 0; it depends on nothing else.

    Another edition makes the same claims with other words, numbers and furniture.
    """
    this, made = issue(seed, number // SIZE), Page(source(number))
    rng = Random(f"{seed}/{number}/{edition}/words")
    if number % SIZE == 0:
        _survey(made, this, rng)
        return made
    plan = Random(f"{seed}/{number}/plan")
    write = plan.choices(list(_KINDS), list(_KINDS.values()))[0]
    write(Notice(seed, number, this, made, plan, rng))
    return made


# ---- The survey of an issue


def _survey(page: Page, this: Issue, rng: Random) -> None:
    """The survey of an issue on an empty page; `rng` chooses wording and numbers, never what is introduced."""
    district, park = this.district.label, this.park.label
    prose.opened(rng, page, f"{rng.choice(('Survey', 'Portrait', 'A closer look'))}: {district}, {this.city.label}")
    _places(page, this)
    prose.opinion(rng, page)
    page.close()
    _park(page, this, rng)
    page.close()
    counted = _numbers(page, this, rng)
    prose.lost(rng, page, rng.choice((district, park)), [counted])
    _topics(page, this)
    prose.closed(rng, page)


def _places(page: Page, this: Issue) -> None:
    district, city, province = page.entity(this.district), this.city.slug, this.province.slug
    said = page.say(f"{this.district.label} is a district of {this.city.label}.")
    page.relation(said, "district-of-city", district, "partOf", city)
    if this.new_city:
        said = page.say(f"{this.city.label} is a city in {this.province.label} Province.")
        page.relation(said, "city-in-province", page.entity(this.city), "partOf", page.entity(this.province))
        name = f"{this.province.label} Province"
        page.relation(said, "province-name", province, "alias", name, part=name)
    if this.new_province:
        page.entity(COUNTRY)
        said = page.say(f"{this.province.label} is a province of China.")
        page.relation(said, "province-of-china", province, "partOf", COUNTRY.slug)


def _park(page: Page, this: Issue, rng: Random) -> None:
    park, company = page.entity(this.park), page.entity(this.company)
    run = rng.choice(("is run by", "is operated by", "is in the hands of"))
    said = page.say(f"{this.park.label} in {this.district.label} {run} {this.company.label}.")
    page.relation(said, "park-in-district", park, "locatedIn", this.district.slug)
    page.relation(said, "park-operator", park, "operatedBy", company)
    praise = rng.choice(_PRAISE)
    praised = page.say(f"Visitors call it {praise}.")
    more = {"reading": "implied", "note": '"It" is the park of the sentence before.'}
    page.relation(praised, "park-described", park, "describedAs", praise, **more)
    page.further(said, "park-described", this.park.label)


def _numbers(page: Page, this: Issue, rng: Random) -> str:
    medium = page.entity(this.medium) if this.new_medium else this.medium.slug
    number, date = words.count(rng, 400, 0, exact=True), this.counted_on
    said = page.say(
        f"{date.text}, {this.district.label} was home to {number.text} blockchain companies, according to "
        f"{this.medium.label}."
    )
    more = {"attributed_to": medium}
    if this.new_criterion:
        more["criterion"] = page.entity(this.criterion)
    key = page.statistic(
        said, "district-companies", this.district.slug, "blockchainCompanies", number, "company", date, **more
    )
    if this.new_criterion:
        counts = "every company whose name contains the word blockchain"
        said = page.say(f"{this.medium.label} counts {counts}.")
        page.relation(said, "criterion-text", this.criterion.slug, "criterionText", counts)
        page.relation(said, "criterion-applied", this.criterion.slug, "appliedBy", medium)
    return key


def _topics(page: Page, this: Issue) -> None:
    """The topics that are named for the first time in this survey, one of each kind while there are any."""
    page.close()
    fresh = {kind: topic(kind, this.number) for kind, known in TOPICS.items() if this.number < len(known)}
    for kind, entity in fresh.items():
        page.entity(entity)
        label = entity.label[0].lower() + entity.label[1:]
        if kind == "Service":
            said = page.say(f"Tenants of {this.park.label} enjoy {label}.")
            page.relation(said, f"park-{entity.slug}", this.park.slug, "offersService", entity.slug)
        else:
            said = page.say(f"A theme of {this.park.label} is {label}.")
            page.relation(said, f"park-{entity.slug}", this.park.slug, "hasTopic", entity.slug)
    page.close()
