"""The part of the server that writes the decisions of a review. Only `gbkg serve --review` has it.

Who has the token of the address gets a cookie, which no other site can use (`SameSite=Strict`). A form must send the
token of forms and come from this server (`Origin`). Workers read and make pages; all writing is done here, one change
after the other, by the functions that serve files, too.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request as Received
from starlette.responses import RedirectResponse
from starlette.responses import Response as Sent
from starlette.routing import BaseRoute
from starlette.routing import Route as Address

from gbkg.core.errors import GbkgError
from gbkg.core.project import Project
from gbkg.documents import sources as registry
from gbkg.documents.sources import Library, collect
from gbkg.review import decisions, merging, second
from gbkg.review.decisions import DecidedMeanwhile
from gbkg.web.changes import Change, Reviewing, ReviewView
from gbkg.web.messages import Refused, Request, Response, request_of, sent
from gbkg.web.pool import Editions, Task
from gbkg.web.site import failed
from gbkg.web.views import review

READING = {
    "/review": review.start,
    "/review/{source}": review.source,
    "/review/{source}/suggest": review.suggest,
    "/review/{source}/second": review.blind,
    "/review/{source}/p/{id}": review.proposal,
}
"""Addresses of pages, and the view of each."""
WRITING = {
    "/review/{source}/move": review.move,
    "/review/{source}/second": review.judged,
    "/review/{source}/p/{id}": review.decide,
}
"""Addresses that forms are sent to, and the view that says what is to be written."""
SECONDS = 20.0
"""How long a worker may take for a page."""
CAREFUL = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class ReviewSession:
    """A review that this server lets `by` do, in a project whose documents are in the folder `documents`; `sources` are
    those that may be decided on, all if there are none. `token` is that of the address."""

    project: Path
    documents: Path | None
    sources: tuple[str, ...]
    by: str
    token: str

    @classmethod
    def begin(cls, project: Project, documents: Path | None, source: str, given: str = "") -> ReviewSession:
        """A review of a source, or of `all`. Raises `GbkgError` if the reader who decides is not named, and
        `NotFoundError` for a source without proposals."""
        known = decisions.sources(project)
        if source != "all" and source not in known:
            hint = f"gbkg propose {source} makes some"
            raise GbkgError(f"no proposals of {source!r}; there are some of {', '.join(known) or 'nothing'}", hint=hint)
        by = decisions.reader(project, given)
        return cls(project.root, documents, () if source == "all" else (source,), by, secrets.token_urlsafe(24))

    @property
    def address(self) -> str:
        """Where the review begins, below the server's address."""
        return f"review?token={self.token}"

    @property
    def form(self) -> str:
        """The token that forms send: who has the cookie alone cannot make it."""
        return hmac.new(self.token.encode(), b"form", "sha256").hexdigest()

    def routes(self, editions: Editions) -> list[BaseRoute]:
        """The addresses of the review."""
        handlers = _Handlers(self, editions)
        reading = [Address(path, handlers.reading(view), methods=["GET"]) for path, view in READING.items()]
        return [*reading, *(Address(path, handlers.writing(view), methods=["POST"]) for path, view in WRITING.items())]


class _Handlers:
    """Answers the requests of a review."""

    def __init__(self, review: ReviewSession, editions: Editions) -> None:
        self._review, self._editions = review, editions
        self._shown = Reviewing(review.sources, review.by, review.form)
        self._writing = asyncio.Lock()

    def reading(self, view: ReviewView) -> Callable[[Received], Awaitable[Sent]]:
        async def answer(received: Received) -> Sent:
            token = received.query_params.get("token", "")
            if token and view is review.start and _same(token, self._review.token):
                to = RedirectResponse("/review", 303, CAREFUL)
                to.set_cookie(_cookie(received), self._review.token, path="/review", httponly=True, samesite="strict")
                return to
            return await self._answered(received, view)

        return answer

    def writing(self, view: ReviewView) -> Callable[[Received], Awaitable[Sent]]:
        async def answer(received: Received) -> Sent:
            return await self._answered(received, view, writes=True)

        return answer

    async def _answered(self, received: Received, view: ReviewView, *, writes: bool = False) -> Sent:
        edition = self._editions.current()
        request = Request(received.method, received.url.path, accept=received.headers.get("accept", ""))
        try:
            self._let_in(received)
            request = await request_of(received)
            if writes:
                self._let_write(received, request)
            answer: Response | Change = await edition.run(Task(view, "pages", SECONDS), request, self._shown)
            if isinstance(answer, Change):
                answer = await self._written(answer)
        except DecidedMeanwhile as error:
            answer = failed(request, Refused(409, error.message, hint=error.hint), edition.version)
        except GbkgError as error:
            answer = failed(request, error, edition.version)
        made = sent(answer, edition.version)
        made.headers.update(CAREFUL)
        return made

    def _let_in(self, received: Received) -> None:
        """Raises `Refused` unless the address that the server printed was opened before."""
        if not _same(received.cookies.get(_cookie(received), ""), self._review.token):
            hint = "open the address that gbkg serve --review has printed, with its token"
            raise Refused(403, "this page is for who reviews", hint=hint)

    def _let_write(self, received: Received, request: Request) -> None:
        """Raises `Refused` for a form that was not sent by a page of this server."""
        origin, own = received.headers.get("origin", ""), f"{received.url.scheme}://{received.headers.get('host', '')}"
        if origin.lower() != own.lower():
            raise Refused(403, "only pages of this server may send this", hint="decide on the page itself")
        if not _same(request.first("token"), self._review.form):
            raise Refused(403, "this form is not from this run of the server", hint="load the page again")

    async def _written(self, change: Change) -> Response:
        async with self._writing:
            return await asyncio.to_thread(_write, self._review, change)


def _write(given: ReviewSession, change: Change) -> Response:
    """Writes a change. Raises what the functions for files raise, and leaves all as it was then."""
    project = Project(given.project)
    if change.former and change.new:
        decisions.replace_one(project, change.source, change.former, change.new)
    elif change.item:
        second.record_verdict(
            project, change.source, change.item, change.verdict, given.by, change.why, _library(given)
        )
    elif change.undo:
        second.undo(project, change.source, change.undo, given.by)
    else:
        made = merging.run(project, change.source, given.by, _library(given))
        return Response.redirect(f"{change.then}?moved={len(made.moved)}&held={len(made.held)}")
    return Response.redirect(change.then)


def _library(given: ReviewSession) -> Library | None:
    return collect(given.documents, registry.read(Project(given.project)).sources) if given.documents else None


def _cookie(received: Received) -> str:
    """The name of the cookie: browsers send those of one port to all others of this machine."""
    return f"gbkg-review-{received.url.port or 80}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
