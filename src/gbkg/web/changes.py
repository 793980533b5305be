"""What the pages of a review share: what one person may do, and what is to be written.

Pages are made in a worker, which reads; what is decided goes back to the server as a `Change`, and is written there
(`gbkg.web.reviewing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote

from gbkg.core.errors import NotFoundError
from gbkg.core.project import Project
from gbkg.propose.table import KINDS, Proposal
from gbkg.review import second
from gbkg.review.judging import Judge
from gbkg.review.second import SecondReading
from gbkg.web.messages import Request, Response
from gbkg.web.site import Site, failed

SHOWS = {"": "not decided on", "skip": "skipped", "accept": "accepted", "reject": "rejected", "all": "all"}
"""What a list may show, by the value of `show`."""


@dataclass(frozen=True, slots=True)
class Reviewing:
    """A review that a server lets one person do: `sources` are those that may be decided on, all if there are none;
    `form` is the token that forms must send."""

    sources: tuple[str, ...]
    by: str
    form: str

    def checked(self, source: str) -> str:
        """The source. Raises `NotFoundError` if it is not under review."""
        if self.sources and source not in self.sources:
            raise NotFoundError("source under review", source, known=self.sources)
        return source


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written, and where the browser goes then: a proposal anew (`former`, `new`), a verdict on an `item`
    of a second reader, a verdict taken back (`undo`, its id), or the accepted proposals moved (none of these)."""

    source: str
    then: str
    former: Proposal | None = None
    new: Proposal | None = None
    item: SecondReading | None = None
    verdict: str = ""
    why: str = ""
    undo: str = ""


def page(
    site: Site, request: Request, reviewing: Reviewing, template: str, status: int = 200, **values: Any
) -> Response:
    """A page of a review, with the values that all of them have."""
    common = {"reviewing": reviewing, "kinds": KINDS, "shows": SHOWS}
    return site.page(request, template, status=status, **common, **values)


def judge_of(site: Site) -> Judge:
    """What proposals are judged by, as the files are now."""
    return Judge.of(Project(site.kg.project.root), site.documents)


def language(judge: Judge, name: str) -> str:
    """The language of a source's document, for `lang`."""
    found = judge.inputs.sources.get(name)
    return found.language if found and found.language else "und"


def queue(judge: Judge, name: str, reviewing: Reviewing) -> list[SecondReading]:
    """The claims that wait for this reader as a second reader."""
    return second.queue(judge, name, reviewing.by) if name in judge.inputs.sources else []


def source_address(name: str) -> str:
    """The address of a source."""
    return f"/review/{quote(name)}"


ReviewView = Callable[[Site, Request, Reviewing], Response | Change]


def with_error_pages(view: ReviewView) -> ReviewView:
    """The view; an error in it becomes a page, except `MemoryError`."""

    @wraps(view)
    def answer(site: Site, request: Request, reviewing: Reviewing) -> Response | Change:
        try:
            return view(site, request, reviewing)
        except MemoryError:
            raise
        except Exception as error:
            return failed(request, error, site.version)

    return answer
