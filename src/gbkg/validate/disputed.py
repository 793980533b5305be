"""The gate of rival claims, judged again where a claim of a group has changed."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain, product
from typing import Any

from gbkg.claims import rivals
from gbkg.claims.rivals import Limit
from gbkg.core.difference import Quads
from gbkg.core.errors import Finding
from gbkg.core.prefixes import PREFIXES
from gbkg.core.records import Claim
from gbkg.core.terms import Graph, term
from gbkg.core.workers import Spread, spread
from gbkg.graph import shards
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import code
from gbkg.graph.shards import PerSource
from gbkg.store.memory import Memory
from gbkg.validate.recalled import Recalled


@dataclass(frozen=True)
class RivalClaims(PerSource):
    """Reads claims again, those with the keys `wanted`."""

    wanted: frozenset[str]

    def claims(self, source: str) -> list[Claim]:
        """Those of a source, in the order of its table. Raises what `Inputs.tables` raises."""
        return [one for one in self.inputs.tables(source).claims if one.key in self.wanted]


def disputed(made: Assembly, store: Memory, given: Graph, recalled: Recalled, spread: Spread = spread) -> list[Finding]:
    """The gate of rival claims, of which only one can hold, apart for each subject and predicate: the store names
    candidates, and their tables, which `spread` reads, decide."""
    inputs, groups = made.inputs, dict[tuple[str, str], set[str]]()
    limits = rivals.limits(given, inputs.vocabulary)
    for query in rivals.queries(limits, inputs.vocabulary):
        for claim, subject, predicate in _candidates(store, query, recalled):
            slug, key = subject.removeprefix(PREFIXES["id"]), claim.removeprefix(PREFIXES["clm"])
            groups.setdefault((slug, predicate), set()).add(key)
    shared = [code(), inputs.project.about.prefix, made.texts["ontology"], limits]
    judging, settled = sha256(repr(shared).encode()).hexdigest(), dict[str, list[tuple[str, ...]]]()
    for pair in rivals.settled_pairs(made.curation):
        for key in pair:
            settled.setdefault(key, []).append(tuple(sorted(pair)))
    taken = sorted({node.value.rpartition("/")[2] for node, _, _ in made.curation})
    digests = {}
    for (slug, predicate), keys in groups.items():
        pairs = sorted({pair for key in keys for pair in settled.get(key, ())})
        names = [*_beginning(taken, f"comparison-{slug}")]
        asked = repr([judging, pairs, names, sorted(keys), [made.bases[source] for source in _sources(keys)]])
        digests[f"{slug} {predicate}"] = sha256(asked.encode()).hexdigest()
    made.cache.keep("rivals", digests)
    known = {group: made.cache.get("rivals", group, digest) for group, digest in digests.items()}
    judged: dict[str, list[_RivalFinding]] = {
        group: json.loads(text) for group, text in known.items() if text is not None
    }
    named = {" ".join(group): keys for group, keys in groups.items()}
    found = _contradicted(made, {group: keys for group, keys in named.items() if group not in judged}, limits, spread)
    nodes = [node for some in (judged | found).values() for _, node, _ in some]
    if len(set(nodes)) < len(nodes):  # which depends on all of them
        judged, found = {}, _contradicted(made, named, limits, spread)
    for group, some in found.items():
        if not any(node[-1].isdecimal() for _, node, _ in some):
            made.cache.put("rivals", group, digests[group], json.dumps(some))
    every = sorted((one for some in (judged | found).values() for one in some), key=lambda one: list(map(list, one[0])))
    return [Finding(**finding) for _, _, finding in every]


def _beginning(names: list[str], prefix: str) -> Iterator[str]:
    """Those of sorted names that begin so."""
    at = bisect_left(names, prefix)
    while at < len(names) and names[at].startswith(prefix):
        yield names[at]
        at += 1


def _candidates(store: Memory, query: str, recalled: Recalled) -> list[list[str]]:
    """Claim, subject and predicate or indicator of each row, as IRIs. Figures are rivals of others for the same subject
    and indicator alone, so that only those are asked of which a claim has changed."""

    before: Any = recalled.known(query, "")
    if query != rivals.FIGURES or before is None or not recalled.few:
        return recalled.of(query, lambda: [[term.value for term in row] for row in store.select(query)])
    about = _changed_figures(store, recalled.difference)
    iris = {(subject.value, indicator.value) for subject, indicator in about}
    rows = [row for row in before if (row[1], row[2]) not in iris]
    for subject, indicator in sorted(about, key=str):
        found = store.select(rivals.figures_of(subject, indicator))
        rows += ([claim.value, subject.value, indicator.value] for (claim,) in found)
    recalled.put(query, "", rows)
    return rows


def _changed_figures(store: Memory, difference: Quads) -> set[tuple[Any, Any]]:
    """Subject and indicator of each claim of which something went or came, as it was and as it is."""
    claims = {quad.subject for some in difference for quad in some if quad.graph_name == term("graph:claims")}
    found = set[tuple[Any, Any]]()
    for claim in claims:
        quads: list[Any] = [quad for quad in difference[0] if quad.subject == claim]
        quads += store.quads(claim)  # type: ignore[arg-type]
        about, indicators = (
            {q.object for q in quads if q.predicate == term(f"gbkg:{name}")} for name in ("about", "indicator")
        )
        found |= set(product(about, indicators))
    return found


_RivalFinding = tuple[list[tuple[str, int]], str, dict[str, Any]]
"""The source and line of each claim, the name of the comparison that would settle them, and the finding."""


def _contradicted(
    made: Assembly, groups: Mapping[str, set[str]], limits: list[Limit], spread: Spread
) -> dict[str, list[_RivalFinding]]:
    """The findings for each group of claims, given by their keys."""
    inputs, judged = made.inputs, {group: list[_RivalFinding]() for group in groups}
    keys = {key: group for group, some in groups.items() for key in some}
    rivalling = RivalClaims(inputs, None, frozenset(keys))
    said = [*chain(*spread(rivalling.claims, _sources(keys), batch=shards.BATCH, alone=shards.ALONE))]
    found = rivals.find(said, limits, inputs.entities, inputs.vocabulary, made.curation) if said else []
    for one, finding in zip(found, rivals.findings(found), strict=True):
        order = [(claim.source, claim.place.line) for claim in one.claims]
        judged[keys[one.claims[0].key]].append((order, one.node, asdict(finding)))
    return judged


def _sources(keys: Iterable[str]) -> list[str]:
    return sorted({key.partition(".")[0] for key in keys})
