"""An answer as SPARQL Query Results JSON (https://www.w3.org/TR/sparql11-results-json/), with citations on request.

Citations stand in `results.proofs`, before `results.bindings` and parallel to it: proof number n is that of binding
number n. The format allows members of one's own there, and standard readers pass over them; within a binding they would
be taken for variables.

A proof has `total` (how many derivations there are), `derivations` (those listed: each alone is enough; `steps`, all
needed, each with its `triple` and its `evidence`, of which each alone is enough; `remarks`) and `citations`: the claims
behind them as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), referred to by `claim` in the evidence.
`results.remarks` are sentences on the whole answer: terms of the query that the graph does not have, and the like.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.core import prefixes
from gbkg.evidence.proofs import ClaimEvidence, Derivation, Evidence, Inference, Proof, Quotation, Step, claims

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer, Truth

_STRING = prefixes.PREFIXES["xsd"] + "string"


def text(answer: Answer) -> str:
    """The document: one binding, and with citations one proof, a line."""
    head = json.dumps({"vars": list(answer.columns)}, ensure_ascii=False)
    results = []
    if answer.remarks:
        results.append('"remarks": ' + json.dumps(answer.remarks, ensure_ascii=False))
    if answer.proofs is not None:
        results.append(_array("proofs", [proof(each) for each in answer.proofs]))
    results.append(_array("bindings", [_binding(answer.columns, row) for row in answer.rows]))
    return '{"head": ' + head + ',\n"results": {\n' + ",\n".join(results) + "\n}}\n"


def truth(answer: Truth) -> str:
    """The document that answers an ASK; remarks stand in its head, where readers pass over them."""
    head = {"remarks": answer.remarks} if answer.remarks else {}
    return json.dumps({"head": head, "boolean": answer.value}, ensure_ascii=False) + "\n"


def proof(given: Proof) -> dict[str, Any]:
    """A proof as JSON has it; see the head of this module."""
    return {
        "citations": [annotation(claim) for claim in claims(given).values()],
        "derivations": [_derivation(derivation) for derivation in given.derivations],
        "total": given.total,
    }


def annotation(claim: ClaimEvidence) -> dict[str, Any]:
    """A claim as a Web Annotation: the claim is the body, its quotations are the targets."""
    iri = prefixes.PREFIXES["clm"] + claim.key
    body = {"id": iri, "status": claim.status, "reading": claim.reading, "note": claim.note}
    body["attribution"] = claim.attribution
    body["curation"] = "; ".join(claim.curation)
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": iri + "#annotation",
        "type": "Annotation",
        "motivation": "linking",
        "body": {key: value for key, value in body.items() if value},
        "target": [_target(quotation) for quotation in claim.quotations],
    }


def term(given: Any) -> dict[str, Any]:
    """A term as the format has it (section 3.2.2)."""
    if isinstance(given, ox.NamedNode):
        return {"type": "uri", "value": given.value}
    if isinstance(given, ox.BlankNode):
        return {"type": "bnode", "value": given.value}
    if isinstance(given, ox.Literal):
        found = {"type": "literal", "value": given.value}
        if given.language:
            found["xml:lang"] = given.language
        elif given.datatype.value != _STRING:
            found["datatype"] = given.datatype.value
        return found
    parts = zip(("subject", "predicate", "object"), given, strict=True)
    return {"type": "triple", "value": {name: term(part) for name, part in parts}}


def _array(name: str, items: list[dict[str, Any]]) -> str:
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    return f'"{name}": [\n{lines}\n]' if lines else f'"{name}": []'


def _binding(columns: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    return {column: term(cell) for column, cell in zip(columns, row, strict=True) if cell is not None}


def _target(quotation: Quotation) -> dict[str, Any]:
    return {
        "source": prefixes.PREFIXES["src"] + quotation.source,
        "selector": [
            {"type": "TextQuoteSelector", "exact": quotation.exact},
            {"type": "TextPositionSelector", "start": quotation.start, "end": quotation.end},
        ],
    }


def _derivation(derivation: Derivation) -> dict[str, Any]:
    return {"steps": [_step(step) for step in derivation.steps], "remarks": list(derivation.remarks)}


def _step(step: Step) -> dict[str, Any]:
    return {"triple": [term(part) for part in step.triple], "evidence": [_evidence(each) for each in step.evidence]}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    if isinstance(evidence, ClaimEvidence):
        return {"claim": prefixes.PREFIXES["clm"] + evidence.key}
    if isinstance(evidence, Inference):
        premises = [_step(step) for step in evidence.premises]
        return {"rule": evidence.rule, "summary": evidence.summary, "premises": premises}
    return {"graph": evidence.graph, "file": evidence.file}
