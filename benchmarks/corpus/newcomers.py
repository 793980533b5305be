"""Notices that introduce things of their own: a policy, a platform, an alliance, a fund, a meeting."""

from __future__ import annotations

from random import Random

from corpus import prose, words
from corpus.issue import Notice, earlier, lower
from corpus.words import Date

_AIMS = ("attract young companies", "shorten the way to a licence", "open its data", "link factories and schools")


def policy(notice: Notice) -> None:
    """A bonus that a new office grants."""
    page, this, rng = notice.page, notice.this, notice.rng
    office = notice.own("Bureau", "DistrictGovernmentBody", f"Invented bureau in {this.district.label}.")
    bonus = notice.own("Bonus", "PolicyMeasure", f"Invented bonus in {this.district.label}.")
    help_ = notice.topic("SupportMeasure")
    prose.opened(rng, page, rng.choice(("New money for companies", "A bonus for newcomers", "What is granted now")))
    said = page.say(f"The {office.label} governs {this.district.label} and grants the {bonus.label}.")
    page.relation(said, "bureau-governs", office.slug, "governs", this.district.slug)
    page.relation(said, "bonus-issuer", bonus.slug, "issuedBy", office.slug)
    number = words.Number(*_most(rng), "atMost")
    said = page.say(f"The {bonus.label} comes to {number.text} and brings {lower(help_)} to {this.city.label}.")
    page.statistic(said, "bonus-most", bonus.slug, "maximumBonus", number, "yuan", Date("none", ""))
    page.relation(said, "bonus-helps", bonus.slug, "providesMeasure", help_.slug)
    page.relation(said, "bonus-area", bonus.slug, "coversArea", this.city.slug)
    prose.opinion(rng, page)
    prose.closed(rng, page)


def scheme(notice: Notice) -> None:
    """A plan of a new office, and an order that comes with it."""
    page, this, rng = notice.page, notice.this, notice.rng
    office = notice.own("Office", "MunicipalGovernmentBody", f"Invented office in {this.city.label}.")
    made = notice.own("Plan", "Plan", f"Invented plan for {this.district.label}.")
    order = notice.own("Order", "Order", f"Invented order that came with the {made.label}.")
    field = notice.topic("Field")
    prose.opened(rng, page, rng.choice(("A plan is out", "What comes next", "The {} explained")).format(made.label))
    said = page.say(f"The {office.label} issued the {made.label} for {lower(field)} in {this.district.label}.")
    page.relation(said, "plan-issuer", made.slug, "issuedBy", office.slug)
    page.relation(said, "plan-topic", made.slug, "hasTopic", field.slug)
    page.relation(said, "plan-area", made.slug, "coversArea", this.district.slug)
    task = rng.choice(("publish its rules", "report every month", "name a contact"))
    said = page.say(f"By the {order.label} for {this.city.label}, {this.district.label} has to {task}.")
    page.relation(said, "order-area", order.slug, "coversArea", this.city.slug)
    page.relation(said, "order-addressee", order.slug, "addressedTo", this.district.slug)
    page.relation(said, "order-requires", order.slug, "requires", task)
    prose.opinion(rng, page)
    prose.closed(rng, page)


def application(notice: Notice) -> None:
    """A platform, and often the company that launched it."""
    page, this, plan, rng = notice.page, notice.this, notice.plan, notice.rng
    platform = notice.own("Platform", "Platform", f"Invented platform, at work in {this.city.label}.")
    by = earlier(plan, notice.seed, this.number).company
    if plan.random() < 0.5:
        by = notice.own("Technologies", "Company", f"Invented company in {this.city.label}.")
    technology, field = (notice.topic(kind) for kind in ("Technology", "Field"))
    date = words.day(plan)
    prose.opened(rng, page, rng.choice(("{} goes online", "Hello, {}", "{} is there")).format(platform.label))
    said = page.say(f"On {date.text}, {by.label} launched {platform.label} in {this.city.label}.")
    page.relation(said, "platform-launcher", platform.slug, "launchedBy", by.slug)
    page.relation(said, "platform-launched", platform.slug, "launchedOn", date.value)
    page.relation(said, "platform-place", platform.slug, "launchedIn", this.city.slug)
    said = page.say(f"{platform.label} applies {lower(technology)} to {lower(field)}.")
    page.relation(said, "platform-technology", platform.slug, "usesTechnology", technology.slug)
    page.relation(said, "platform-field", platform.slug, "appliedIn", field.slug)
    aim = rng.choice(_AIMS)
    said = page.say(f"{platform.label} is meant to {aim}.")
    page.relation(said, "platform-aim", platform.slug, "aim", aim)
    prose.opinion(rng, page)
    prose.closed(rng, page)


def alliance(notice: Notice) -> None:
    """An alliance of two companies that surveys introduced."""
    page, this, plan, rng = notice.page, notice.this, notice.plan, notice.rng
    made = notice.own("Alliance", "Alliance", f"Invented alliance of companies, founded in {this.city.label}.")
    first = this.company
    second = earlier(plan, notice.seed, this.number - 1).company if this.number else this.medium
    date = words.day(plan)
    prose.opened(rng, page, rng.choice(("A new alliance", "Two partners, one goal", "Hands across the district")))
    said = page.say(f"On {date.text}, {first.label} and {second.label} founded the {made.label} in {this.city.label}.")
    page.relation(said, "alliance-founder-first", made.slug, "foundedBy", first.slug)
    page.relation(said, "alliance-founder-second", made.slug, "foundedBy", second.slug)
    page.relation(said, "alliance-founded", made.slug, "foundedOn", date.value)
    page.relation(said, "alliance-seat", made.slug, "headquarteredIn", this.city.slug)
    said = page.say(f"The {made.label} is the first of its kind in {this.province.label}.")
    page.relation(said, "alliance-first", made.slug, "distinction", f"the first of its kind in {this.province.label}")
    prose.opinion(rng, page)
    prose.closed(rng, page)


def association(notice: Notice) -> None:
    """An association, initiated by a new institute."""
    page, this, rng = notice.page, notice.this, notice.rng
    institute = notice.own("Institute", "ResearchInstitute", f"Invented institute in {this.city.label}.")
    made = notice.own("Association", "Association", f"Invented association of companies of {this.city.label}.")
    technology = notice.topic("Technology")
    prose.opened(rng, page, rng.choice(("A voice for companies", "{} founded")).format(made.label))
    date = words.month(notice.plan)
    said = page.say(f"{date.text}, the {made.label} for {lower(technology)} has its seat in {this.city.label}.")
    page.relation(said, "association-topic", made.slug, "hasTopic", technology.slug)
    page.relation(
        said, "association-seat", made.slug, "headquarteredIn", this.city.slug, as_of=date.value, as_of_text=date.text
    )
    said = page.say(f"The {institute.label} initiated the {made.label}.")
    page.relation(said, "association-initiator", made.slug, "initiatedBy", institute.slug)
    number = words.count(rng, 2, notice.digit)
    said = page.say(f"In all, {number.text} units initiated the {made.label}.")
    nothing = Date("none", "")
    page.statistic(said, "association-units", made.slug, "initiatingUnits", number, "organization", nothing)
    prose.opinion(rng, page)
    prose.closed(rng, page)


def incubator(notice: Notice) -> None:
    """An incubator and a maker space within it."""
    page, this, rng = notice.page, notice.this, notice.rng
    made = notice.own("Incubator", "Incubator", f"Invented incubator in {this.district.label}.")
    space = notice.own("Maker Space", "MakerSpace", f"Invented maker space, part of {made.label}.")
    service = notice.topic("Service")
    prose.opened(rng, page, rng.choice(("Room for founders", "Inside {}")).format(made.label))
    said = page.say(f"{made.label} has settled in {this.district.label}.")
    page.relation(said, "incubator-place", made.slug, "settledIn", this.district.slug)
    said = page.say(f"{space.label} is part of {made.label} and offers {lower(service)}.")
    page.relation(said, "space-whole", space.slug, "partOf", made.slug)
    page.relation(said, "space-offers", space.slug, "offersService", service.slug)
    aim = rng.choice(_AIMS)
    said = page.say(f"Both are meant to {aim}.")
    more = {"reading": "implied", "note": '"Both" are the incubator and its maker space.'}
    page.relation(said, "incubator-aim", made.slug, "aim", aim, **more)
    page.relation(said, "space-aim", space.slug, "aim", aim, **more)
    prose.closed(rng, page)


def fund(notice: Notice) -> None:
    """A fund, its theme and its projects."""
    page, this, plan, rng = notice.page, notice.this, notice.plan, notice.rng
    made = notice.own("Fund", "Fund", f"Invented fund for companies of {this.city.label}.")
    technology = notice.topic("Technology")
    prose.opened(rng, page, rng.choice(("Fresh money", "{} at work", "Who pays for growth")).format(made.label))
    said = page.say(f"The {made.label} serves {this.city.label} and is themed on {lower(technology)}.")
    page.relation(said, "fund-topic", made.slug, "hasTopic", technology.slug)
    page.relation(said, "fund-serves", made.slug, "servesRegion", this.city.slug)
    page.relation(said, "fund-name", made.slug, "alias", f"The {made.label}", part=f"The {made.label}")
    date, number = words.month(plan), words.count(rng, 30, notice.digit)
    said = page.say(f"{date.text}, the {made.label} had put money into {number.text} projects.")
    key = page.statistic(said, "fund-projects", made.slug, "investedProjects", number, "projectUnit", date)
    prose.opinion(rng, page)
    if plan.random() < 0.4:
        why = "The fund lies in the city of the company; whether it belongs to it is not said."
        facts = ["gbkg:outcome gbkg:unsure", f"gbkg:concerns id:{made.slug}, id:{this.company.slug}"]
        page.curate("IdentityJudgement", "identity", [*facts, f'rdfs:comment "{why}"'])
    prose.lost(rng, page, made.label, [key])
    prose.closed(rng, page)


def event(notice: Notice) -> None:
    """A meeting about a park."""
    page, this, plan, rng = notice.page, notice.this, notice.plan, notice.rng
    met = notice.own("Forum", "Event", f"Invented meeting in {this.city.label}.")
    date, host = words.day(plan), earlier(plan, notice.seed, this.number).company
    prose.opened(rng, page, rng.choice(("A full hall", "{} is over", "Talks in the park")).format(met.label))
    said = page.say(f"On {date.text}, {host.label} held the {met.label} at {this.park.label}.")
    page.relation(said, "forum-date", met.slug, "occurredOn", date.value)
    page.relation(said, "forum-host", met.slug, "conductedBy", host.slug)
    page.relation(said, "forum-park", met.slug, "involves", this.park.slug)
    stress = rng.choice(("the need for common standards", "the part of small companies", "the value of open data"))
    said = page.say(f"The {met.label} stressed {stress}.")
    page.relation(said, "forum-stressed", met.slug, "emphasizes", stress)
    prose.opinion(rng, page)
    prose.closed(rng, page)


def _most(rng: Random) -> tuple[str, str]:
    """The value and the words of a ceiling."""
    number = rng.randint(1, 20)
    return f"{number}000000", f"{rng.choice(('up to', 'at most', 'no more than'))} {number} million yuan"
