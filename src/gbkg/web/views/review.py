"""Pages on which people decide about proposals; and those of second readers, who see a claim and the document, and
nothing that others said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from gbkg.core.errors import Finding, GbkgError, NotFoundError
from gbkg.core.project import Project
from gbkg.propose import table
from gbkg.propose.table import Proposal
from gbkg.review import decisions, second, sheet
from gbkg.review.judging import Judge
from gbkg.review.second import VERDICTS, SecondReading
from gbkg.web.changes import Change, Reviewing, judge_of, language, page, queue, source_address, with_error_pages
from gbkg.web.messages import BadRequest, Refused, Request, Response
from gbkg.web.site import Site

LISTED = 300
"""Most proposals of one list."""
REASONS = (
    "not in the sentence",
    "another thing is meant",
    "said already",
    "not worth a claim",
    "misread number or date",
)
"""Reasons that are offered for a rejection."""


@with_error_pages
def start(site: Site, request: Request, reviewing: Reviewing) -> Response:
    """The sources with proposals, how far each is, and how far readers agree."""
    project = site.kg.project
    names = [one for one in decisions.sources(project) if not reviewing.sources or one in reviewing.sources]
    judge = judge_of(site)
    listed = [(one, _counts(decisions.proposals(project, one)), len(queue(judge, one, reviewing))) for one in names]
    found = second.figures(project, names)
    values: dict[str, Any] = {"listed": listed, "figures": found, "words": second.words}
    return page(site, request, reviewing, "review.html", **values)


@with_error_pages
def source(site: Site, request: Request, reviewing: Reviewing) -> Response:
    """The proposals of a source, by what was decided."""
    name = reviewing.checked(request.names["source"])
    found = _proposals(site.kg.project, name)
    judge = judge_of(site)
    known = judge.known(found)
    fitting = _filtered(found, request)
    values: dict[str, Any] = {
        "source": name,
        "counts": _counts(found),
        "listed": [(one, sheet.said(judge, one.cells, known)) for one in fitting[:LISTED]],
        "more": max(0, len(fitting) - LISTED),
        "begin": _begin(name, found, fitting, request),
        "waiting": len(queue(judge, name, reviewing)),
        "last": _last(judge, found, request),
        "moved": request.first("moved"),
        "held": request.first("held"),
        **_filters(found, request),
    }
    return page(site, request, reviewing, "review_source.html", **values)


@with_error_pages
def proposal(site: Site, request: Request, reviewing: Reviewing) -> Response:
    """One proposal."""
    name = reviewing.checked(request.names["source"])
    found = _proposals(site.kg.project, name)
    return _proposal(site, request, reviewing, name, found, _named(found, request.names["id"]))


@with_error_pages
def decide(site: Site, request: Request, reviewing: Reviewing) -> Response | Change:
    """What becomes of a proposal by what was sent, or its page again with what is wrong."""
    name = reviewing.checked(request.names["source"])
    found = _proposals(site.kg.project, name)
    one, action = _named(found, request.names["id"]), request.first("action")
    judge = judge_of(site)

    def again(status: int, message: str, shown: Proposal = one, faults: Sequence[Finding] = ()) -> Response:
        return _proposal(site, request, reviewing, name, found, shown, status, message, faults)

    if request.first("seen") != decisions.state(one):
        who = f"{one.decided_by} decided: {one.decision}" if one.decision else "it was changed"
        return again(409, f"Nothing was written: meanwhile {who}. This is how it is now.")
    then = _after(name, found, one, request)
    try:
        if action == "undo":
            return Change(name, _address(name, one.id, request), one, decisions.undone(one))
        if action == "skip":
            return Change(name, then, one, decisions.skipped(one, reviewing.by, request.first("why")))
        if action == "reject":
            return Change(name, then, one, decisions.rejected(one, reviewing.by, request.first("why")))
        if action != "accept":
            raise BadRequest(f"no decision is called {action[:40]!r}", hint="accept | reject | skip | undo")
        cells = {column: request.first(f"cell-{column}", one[column]) for column in decisions.editable(one.kind)}
        cells |= {c: "" for c, default in table.DEFAULTS.items() if cells.get(c) == default and not one[c]}
        new = decisions.accepted(decisions.edited(one, cells, judge.text(name)), reviewing.by, request.first("why"))
    except BadRequest:
        raise
    except GbkgError as error:
        return again(422, f"Nothing was written: {error.message} ({error.hint}).")
    known = judge.known(p for p in found if p.decision != "reject" and p.id != one.id)
    faults = _faults(judge, name, new, known)
    if any(fault.severity == "violation" for fault in faults):
        changed = replace(new, decision=one.decision, decided_by=one.decided_by, why=one.why)
        return again(422, "Not accepted: mend what is wrong, or reject it.", changed, faults)
    return Change(name, then, one, new)


@with_error_pages
def move(site: Site, request: Request, reviewing: Reviewing) -> Change:
    """All that is accepted of a source goes into the tables."""
    name = reviewing.checked(request.names["source"])
    _proposals(site.kg.project, name)
    return Change(name, source_address(name))


@with_error_pages
def suggest(site: Site, request: Request, reviewing: Reviewing) -> Response:
    """What may be meant by the words in a field, as `static/suggest.js` reads it; `kind` is its column."""
    name = reviewing.checked(request.names["source"])
    words, found = request.first("q")[:200], _proposals(site.kg.project, name)
    return Response.json({"suggestions": sheet.suggestions(judge_of(site), found, request.first("kind"), words)})


def _proposal(
    site: Site, request: Request, reviewing: Reviewing, name: str, found: Sequence[Proposal], one: Proposal,
    status: int = 200, message: str = "", faults: Sequence[Finding] | None = None,
) -> Response:  # fmt: skip
    judge = judge_of(site)
    known = judge.known(p for p in found if p.decision != "reject" and p.id != one.id)
    usual, rare = sheet.fields(judge, one, known)
    text, at = judge.text(name), _filtered(found, request)
    here = next((number for number, other in enumerate(at) if other.id == one.id), None)
    values: dict[str, Any] = {
        "source": name,
        "one": one,
        "state": decisions.state(_named(found, one.id)),
        "words": sheet.said(judge, one.cells, judge.known(found)),
        "usual": usual,
        "rare": rare,
        "faults": _faults(judge, name, one, known) if faults is None else faults,
        "lines": sheet.around(text, one.start, one.end) if text is not None else [],
        "language": language(judge, name),
        "neighbours": sheet.neighbours(judge, name, one, found),
        "rivals": sheet.rivals(judge, one),
        "counts": _counts(found),
        "before": at[here - 1].id if here else "",
        "after": at[here + 1].id if here is not None and here + 1 < len(at) else "",
        "last": _last(judge, found, request),
        "message": message,
        "reasons": REASONS,
        "labels": sheet.LABELS,
        **_filters(found, request),
    }
    return page(site, request, reviewing, "review_proposal.html", status=status, **values)


def _faults(judge: Judge, name: str, one: Proposal, known: Any) -> list[Finding]:
    return judge.faults(name, one, known, judge.taken(name)) if name in judge.inputs.sources else []


def _proposals(project: Project, name: str) -> list[Proposal]:
    """The proposals of a source. Raises `NotFoundError` if it has none."""
    known = decisions.sources(project)
    if name not in known:
        raise NotFoundError("source with proposals", name, known=known)
    return table.ordered(decisions.proposals(project, name))


def _named(found: Sequence[Proposal], name: str) -> Proposal:
    one = next((one for one in found if one.id == name), None)
    if one is None:
        raise NotFoundError("proposal", name, hint="it may have been moved into the tables")
    return one


def _counts(found: Sequence[Proposal]) -> Counter[str]:
    return Counter({"all": len(found)}) + Counter(one.decision for one in found)


def _filtered(found: Sequence[Proposal], request: Request) -> list[Proposal]:
    """The proposals that the address asks for: `show`, `kind` and `doubt`, `-` for those without one."""
    show, kind, doubt = (request.first(name) for name in ("show", "kind", "doubt"))
    return [
        one for one in found
        if (show == "all" or one.decision == show) and kind in ("", one.kind) and doubt in ("", one.doubt or "-")
    ]  # fmt: skip


def _filters(found: Sequence[Proposal], request: Request) -> dict[str, Any]:
    doubts = Counter(one.doubt for one in found)
    return {
        "show": request.first("show"),
        "kind": request.first("kind"),
        "doubt": request.first("doubt"),
        "by_kind": Counter(one.kind for one in found),
        "doubts": {doubt: count for doubt, count in sorted(doubts.items()) if doubt},
        "kept": _kept(request),
    }


def _kept(request: Request) -> str:
    """The filters, as the end of an address."""
    given = {name: request.first(name) for name in ("show", "kind", "doubt") if request.first(name)}
    return urlencode(given)


def _address(name: str, key: str, request: Request, **more: str) -> str:
    query = "&".join(filter(None, (_kept(request), urlencode(more))))
    return f"{source_address(name)}/p/{quote(key)}" + (f"?{query}" if query else "")


def _begin(name: str, found: Sequence[Proposal], fitting: Sequence[Proposal], request: Request) -> str:
    """The address of the first one to decide on, in the list that the address asks for if there is one in it."""
    if first := next((one for one in fitting if not one.decision), None):
        return _address(name, first.id, request)
    left = next((one for one in found if not one.decision), None)
    return f"{source_address(name)}/p/{quote(left.id)}" if left else ""


def _after(name: str, found: Sequence[Proposal], one: Proposal, request: Request) -> str:
    """Where to go on: the next one that the address asks for, from the beginning again after the end."""
    at = [other.id for other in found].index(one.id)
    fitting = {other.id for other in _filtered(found, request)} - {one.id}
    following = next((other.id for other in [*found[at + 1 :], *found[:at]] if other.id in fitting), "")
    return (
        _address(name, following, request, last=one.id)
        if following
        else f"/review/{name}?{urlencode({'last': one.id})}"
    )


def _last(judge: Judge, found: Sequence[Proposal], request: Request) -> tuple[Proposal, str, str] | None:
    """What was decided just now, in words, with what tells it from itself after a change."""
    one = next((one for one in found if one.id == request.first("last") and one.decision), None)
    return (one, sheet.said(judge, one.cells, judge.known(found)), decisions.state(one)) if one else None


@with_error_pages
def blind(site: Site, request: Request, reviewing: Reviewing) -> Response:
    """The next claim for a second reader: what it says, its quotations, the document, and nothing else."""
    name = reviewing.checked(request.names["source"])
    return _blind(site, request, reviewing, name)


@with_error_pages
def judged(site: Site, request: Request, reviewing: Reviewing) -> Response | Change:
    """What a second reader said of a claim, or the page again with what is wrong."""
    name = reviewing.checked(request.names["source"])
    key, action, why = request.first("id"), request.first("action"), request.first("why")
    then = f"{source_address(name)}/second?{urlencode({'last': key})}"
    if action == "undo":
        return Change(name, f"{source_address(name)}/second", undo=key)
    waiting = queue(judge_of(site), name, reviewing)
    item = next((one for one in waiting if (one.id, one.about) == (key, request.first("about"))), None)
    if item is None:
        raise Refused(409, "it was changed, or you have read it already", hint="go on with the next one")
    if action not in VERDICTS:
        raise BadRequest(f"no verdict is called {action[:40]!r}", hint=" | ".join(VERDICTS))
    if action != "supported" and not why:
        return _blind(site, request, reviewing, name, 422, "Say what is missing, for the person who corrects it.", item)
    return Change(name, then, item=item, verdict=action, why=why)


def _blind(
    site: Site, request: Request, reviewing: Reviewing, name: str, status: int = 200, message: str = "",
    item: SecondReading | None = None,
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
