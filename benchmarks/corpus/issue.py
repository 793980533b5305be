"""Ten documents make an issue: a survey, which introduces what they share, and nine notices that lean on it.

A survey introduces a district with a park and whoever runs it, and the first surveys one by one the cities, provinces,
topics, media and counting criteria. A notice speaks of what the surveys up to its own have introduced, and of what it
introduces itself, which no other document mentions. So every document depends on its number alone, and a notice can
be taken away without harm to any other document.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from corpus import words
from corpus.page import Entity, Page
from corpus.words import CITIES, TOPICS, Date

SIZE = 10
MEDIA, CRITERIA = 30, 6
COUNTRY = Entity("china", "Country", "China", "Country of all places of these documents.")


@dataclass(frozen=True, slots=True)
class Issue:
    """What a survey introduces or shares with its notices; `fresh` are the indices of what stands here first."""

    number: int
    city: Entity
    province: Entity
    district: Entity
    park: Entity
    company: Entity
    medium: Entity
    criterion: Entity
    new_city: bool
    new_province: bool
    new_medium: bool
    new_criterion: bool
    counted_on: Date
    """When the survey counts companies; notices that contradict it count on the same date."""


@lru_cache(maxsize=256)
def issue(seed: int, number: int) -> Issue:
    """The issue of this number, counted from 0."""
    rng = Random(f"{seed}/{number}/issue")
    city = number if number < len(CITIES) else _early(rng, len(CITIES))
    town, province = CITIES[city]
    medium = number if number < MEDIA else _early(rng, MEDIA)
    criterion = number if number < CRITERIA else rng.randrange(CRITERIA)
    district = words.name(seed, number, "District")
    park, company = words.name(seed, number, "Park"), words.name(seed, number, "Holdings")
    return Issue(
        number=number,
        city=Entity(words.slug(town), "City", town, f"City in {province}, named as a place."),
        province=Entity(words.slug(province), "Province", province, "Province of China, named as a place."),
        district=Entity(words.slug(district), "District", district, f"Invented district of {town}."),
        park=Entity(words.slug(park), "IndustrialPark", park, f"Invented industrial park in {district}."),
        company=Entity(words.slug(company), "Company", company, f"Invented company that operates {park}."),
        medium=_medium(seed, medium),
        criterion=_criterion(seed, criterion),
        new_city=number < len(CITIES),
        new_province=number < len(CITIES) and (number == 0 or CITIES[number - 1][1] != province),
        new_medium=number < MEDIA,
        new_criterion=number < CRITERIA,
        counted_on=words.month(rng),
    )


def topic(kind: str, index: int) -> Entity:
    """A topic of one of the four kinds."""
    label = TOPICS[kind][index]
    return Entity(words.slug(label), kind, label, f"{words.spaced(kind)} that generated documents name.")


def topic_of(rng: Random, kind: str, number: int) -> Entity:
    """A topic of the kind that the surveys up to issue `number` have introduced."""
    return topic(kind, _early(rng, min(number + 1, len(TOPICS[kind]))))


def earlier(rng: Random, seed: int, number: int) -> Issue:
    """One of the issues up to `number`, near ones and the first ones more often."""
    near = number - rng.randrange(min(number + 1, 20))
    return issue(seed, near if rng.random() < 0.7 else _early(rng, min(number + 1, 40)))


def _early(rng: Random, size: int) -> int:
    """An index below `size`, low ones more often: the k-th about as often as 1/(k + 3)."""
    return rng.choices(range(size), [1 / (k + 3) for k in range(size)])[0]


def _medium(seed: int, number: int) -> Entity:
    kind, type_ = (("Daily", "MediaOrganization"), ("Research Institute", "ThinkTank"))[number % 2]
    label = words.name(seed, number, kind)
    return Entity(words.slug(label), type_, label, "Invented source of numbers in generated documents.")


def _criterion(seed: int, number: int) -> Entity:
    label = f"Criterion {number + 1} of {_medium(seed, number).label}"
    return Entity(words.slug(label), "CountingCriterion", label, "How an invented medium counts companies.")


# ---- Notices


@dataclass(frozen=True, slots=True)
class Notice:
    """The number of the document, its issue, the page and two sources of chance.

    `plan` chooses what the document speaks of, `rng` its wording and its numbers, so that another edition of the
    document makes the same claims in other words.
    """

    seed: int
    number: int
    this: Issue
    page: Page
    plan: Random
    rng: Random

    @property
    def digit(self) -> int:
        """The last digit of every count of this document: no other one of the issue has it."""
        return self.number % 10

    def own(self, kind: str, type_: str, description: str) -> Entity:
        """An entity that this document introduces and no other one mentions."""
        label = words.name(self.seed, self.number, kind)
        entity = Entity(words.slug(label), type_, label, description)
        self.page.entity(entity)
        return entity

    def topic(self, kind: str) -> Entity:
        """A topic of one of the four kinds that the surveys up to this issue have introduced."""
        return topic_of(self.plan, kind, self.this.number)


def source(number: int) -> str:
    """The slug of the source with this number."""
    return f"article-{number:06}"


def lower(entity: Entity) -> str:
    """The label of a topic within a sentence."""
    return entity.label[0].lower() + entity.label[1:]
