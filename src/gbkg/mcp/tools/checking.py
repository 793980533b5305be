"""Why something holds, and what is disputed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gbkg.ask.disputes import KINDS
from gbkg.core.prefixes import shorten
from gbkg.core.terms import Term
from gbkg.core.text import counted
from gbkg.evidence.proofs import ClaimEvidence, Editorial, Inference, Step
from gbkg.evidence.why import Absent
from gbkg.mcp import tool
from gbkg.mcp.notes import marks, of_step, shown
from gbkg.mcp.outcome import NOT_STATED, Reply
from gbkg.mcp.tool import Tool

_FEW = 10
"""Nodes of a list that are named."""
_DEEP = 6
"""Levels of a proof that are shown."""


def why(reply: Reply) -> None:
    """The proof of a fact, or what it lacks."""
    found = reply.kg.why(reply.given("subject"), reply.given("predicate"), reply.given("object"))
    words = " – ".join(shown(reply.kg.label(term)) for term in found.found.triple)
    reply.remarks += found.remarks
    reply.values |= {"words": words, "holds": found.holds}
    if isinstance(found.found, Step):
        status = of_step(found.found)
        reply.values |= {"status": status, "proof": _proof(reply, found.found, _DEEP)}
        reply.say(f"holds ({status}): {words}", *_tree(reply, found.found.best, "  ", _DEEP))
    else:
        _lacking(reply, found.found, words)


def _tree(reply: Reply, step: Step, indent: str, deep: int) -> Iterator[str]:
    """The proof of a triple in lines."""
    for evidence in step.evidence:
        if isinstance(evidence, ClaimEvidence):
            numbers = reply.cite([evidence])
            how = f" ({', '.join(evidence.how)})" if evidence.how else ""
            yield f"{indent}claim clm:{evidence.key}{how}{marks(numbers)}"
        elif isinstance(evidence, Editorial):
            yield f"{indent}the curators say it, in {evidence.file}: no document does"
        elif deep:
            yield f"{indent}by the rule {evidence.rule}: {shown(evidence.summary)}; from"
            for premise in evidence.premises:
                yield f"{indent}  " + " – ".join(shown(reply.kg.label(term)) for term in premise.triple)
                yield from _tree(reply, premise, f"{indent}    ", deep - 1)


def _proof(reply: Reply, step: Step, deep: int) -> dict[str, Any]:
    """The proof of a triple as values: each of `claims` and `rules` alone is enough, of a rule all premises are
    needed."""
    rules = [one for one in step.evidence if isinstance(one, Inference)][:3] if deep else []
    return {
        "triple": [shown(reply.kg.label(term)) for term in step.triple],
        "status": of_step(step),
        "citations": reply.cite(one for one in step.evidence if isinstance(one, ClaimEvidence)),
        "rules": [
            {"rule": one.rule, "summary": shown(one.summary),
             "premises": [_proof(reply, premise, deep - 1) for premise in one.premises]}
            for one in rules
        ],
    }  # fmt: skip


def _lacking(reply: Reply, found: Absent, words: str) -> None:
    reply.nothing(NOT_STATED, f"not stated in the sources: {words}")
    claims = list[dict[str, Any]]()
    for claim in found.claims:
        claims.append({"claim": claim.key, "status": claim.status, "citations": reply.cite([claim])})
        reply.say(f"  claimed, but {claim.status}: clm:{claim.key}{marks(claims[-1]['citations'])}")
    lists: dict[str, list[dict[str, str]]] = {
        "objects": [_thing(reply, term) for term in found.objects[:_FEW]],
        "subjects": [_thing(reply, term) for term in found.subjects[:_FEW]],
    }
    for said, name in (("what holds instead", "objects"), ("of what else it holds", "subjects")):
        if lists[name]:
            reply.say(f"  {said}: {', '.join(one['label'] or one['id'] for one in lists[name])}")
    related = [[_thing(reply, term) for term in triple] for triple in found.related[:_FEW]]
    for triple in related:
        reply.say("  but this holds: " + " – ".join(one["label"] or one["id"] for one in triple))
    rules = [{"rule": one.rule, "lacks": shown(one.reason)} for one in found.rules]
    for rule in rules:
        reply.say(f"  the rule {rule['rule']} would conclude it, but {rule['lacks']}")
    reply.values |= {"claims": claims, **lists, "related": related, "rules": rules}


def _thing(reply: Reply, term: Term) -> dict[str, str]:
    value = str(term.value)
    return {"id": shorten(value) if value.startswith("http") else shown(value), "label": shown(reply.kg.label(term))}


def disputes(reply: Reply) -> None:
    """What is disputed: contradictions, misprints, comparisons, ambiguities, gaps."""
    name, kinds = reply.given("name"), reply.given("kinds", None)
    found = reply.kg.disputes(name, kinds or None)
    reply.remarks += found.remarks
    about = f" on {shown(found.about or name)}" if name else ""
    reply.values["total"] = len(found.found)
    if not found.found:
        reply.nothing(NOT_STATED, f"the curators hold nothing of this kind against what the sources say{about}")
        reply.values["disputes"] = []
        return
    reply.told |= {one.name for one in found.found}
    counts = {kind: sum(one.kind == kind for one in found.found) for kind in KINDS}
    listed = ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
    reply.say(f"{counted(len(found.found), 'dispute')}{about}: {listed}")
    reply.page("disputes", found.found, reply.dispute)


_PROOF = {
    "type": "object",
    "properties": {
        "triple": tool.several(tool.text()),
        "status": tool.STATUS,
        "citations": tool.CITED,
        "rules": tool.several({"type": "object"}, "each with rule, summary, premises; premises are proofs"),
    },
    "required": ["triple", "status", "citations", "rules"],
}
TOOLS = (
    Tool(
        "why",
        "Why a fact holds",
        "The proof of one fact (subject, property, object), down to the sentences; if it does not hold: claims that "
        "say it but are not accepted, what holds instead, and what a rule would need to conclude it.",
        tool.arguments(
            {
                "subject": tool.text(tool.NAME, minLength=1, maxLength=300),
                "predicate": tool.text("a property: prefixed name, local name or label", minLength=1, maxLength=200),
                "object": tool.text("an entity as the subject, a date, a number, a text", minLength=1, maxLength=500),
            },
            ["subject", "predicate", "object"],
        ),
        tool.output(
            {
                "words": tool.text(),
                "holds": tool.truth(),
                "status": tool.STATUS,
                "proof": _PROOF,
                "claims": tool.several(
                    tool.record({"claim": tool.text(), "status": tool.text(), "citations": tool.CITED}),
                    "that say it without being accepted",
                ),
                "objects": tool.several(tool.THING, "of the same subject and property"),
                "subjects": tool.several(tool.THING, "of the same property and object"),
                "related": tool.several(tool.several(tool.THING), "what else holds between the two"),
                "rules": tool.several(tool.record({"rule": tool.text(), "lacks": tool.text()})),
            }
        ),
        why,
    ),
    Tool(
        "disputes",
        "What is disputed",
        "Where printed figures contradict one another (with the arithmetic), misprints with what was meant, claims "
        "that a reader might take for rivals, ambiguities, judgements whether two are one, and gaps: all, or what "
        "touches an entity, or one by its name (cur:…). Look here before you report a number.",
        tool.arguments(
            {
                "name": tool.text("an entity, or cur:…", maxLength=300),
                "kinds": tool.several(tool.choice("", KINDS), "only these kinds"),
                "limit": tool.LIMIT,
                "cursor": tool.CURSOR,
            }
        ),
        tool.output({"total": tool.number(), "disputes": tool.several(tool.DISPUTE)}),
        disputes,
    ),
)
