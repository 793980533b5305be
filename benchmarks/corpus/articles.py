"""One document by its number: the survey of its issue, or a notice of some kind."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from corpus import counts, newcomers, survey
from corpus.issue import SIZE, issue
from corpus.notice import Notice, source
from corpus.page import Page

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


def page(seed: int, number: int, edition: int = 0) -> Page:
    """The document of this number, counted from 0; it depends on nothing else.

    Another edition makes the same claims with other words, numbers and furniture.
    """
    this, made = issue(seed, number // SIZE), Page(source(number))
    rng = Random(f"{seed}/{number}/{edition}/words")
    if number % SIZE == 0:
        survey.write(made, this, rng)
        return made
    plan = Random(f"{seed}/{number}/plan")
    write = plan.choices(list(_KINDS), list(_KINDS.values()))[0]
    write(Notice(seed, number, this, made, plan, rng))
    return made
