"""Pages of second readers, who see the claim and the document, and nothing that others said of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from gbkg.review import decisions, sheet
from gbkg.review.second import VERDICTS, Item
from gbkg.web.changes import Change, Reviewing, answering, judge_of, language, page, place, queue
from gbkg.web.messages import BadRequest, Refused, Request, Response
from gbkg.web.site import Site


@answering
def blind(site: Site, request: Request, reviewing: Reviewing) -> Response:
    """The next claim for a second reader: what it says, its quotations, the document, and nothing else."""
    name = reviewing.checked(request.names["source"])
    return _blind(site, request, reviewing, name)


@answering
def judged(site: Site, request: Request, reviewing: Reviewing) -> Response | Change:
    """What a second reader said of a claim, or the page again with what is wrong."""
    name = reviewing.checked(request.names["source"])
    key, action, why = request.first("id"), request.first("action"), request.first("why")
    then = f"{place(name)}/second?{urlencode({'last': key})}"
    if action == "undo":
        return Change(name, f"{place(name)}/second", undo=key)
    waiting = queue(judge_of(site), name, reviewing)
    item = next((one for one in waiting if (one.id, one.about) == (key, request.first("about"))), None)
    if item is None:
        raise Refused(409, "it was changed, or you have read it already", hint="go on with the next one")
    if action not in VERDICTS:
        raise BadRequest(f"no verdict is called {action[:40]!r}", hint=" | ".join(VERDICTS))
    if action != "supported" and not why:
        return _blind(site, request, reviewing, name, 422, "Say what is wanting, for whoever mends it.", item)
    return Change(name, then, item=item, verdict=action, why=why)


def _blind(
    site: Site, request: Request, reviewing: Reviewing, name: str, status: int = 200, message: str = "",
    item: Item | None = None,
) -> Response:  # fmt: skip
    judge = judge_of(site)
    waiting = queue(judge, name, reviewing)
    item = item or next(iter(waiting), None)
    done = sum(
        one.reader == decisions.SECOND and one.by == reviewing.by
        for one in decisions.decisions(judge.inputs.project, name)
    )
    text, claim = judge.text(name), item.claim if item else None
    values: dict[str, Any] = {
        "source": name,
        "item": item,
        "words": sheet.said_of(judge, claim) if claim else "",
        "facts": sheet.facts(judge, claim) if claim else [],
        "lines": sheet.around(text, claim.passages[0].start, claim.passages[0].end) if text and claim else [],
        "language": language(judge, name),
        "verdicts": VERDICTS,
        "done": done,
        "waiting": len(waiting),
        "last": request.first("last"),
        "message": message,
    }
    return page(site, request, reviewing, "review_second.html", status=status, **values)
