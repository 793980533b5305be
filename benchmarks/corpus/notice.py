"""What a notice is written on and with."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from corpus import words
from corpus.issue import Issue, topic_of
from corpus.page import Entity, Page


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
