"""What a build reports, for programs and for readers: its figures, and what has changed since the last one.

No gate can know that a description was right before a slip changed it, or which claims a comparison was about. But a
curator who changed one thing sees at once that two have changed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.claims import review
from gbkg.claims.review import Accuracy
from gbkg.core import __version__
from gbkg.core.difference import OfFiles, of_files
from gbkg.core.errors import Examined, Finding
from gbkg.core.prefixes import PREFIXES, base, shorten, spaced
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import counted, escape, markdown
from gbkg.documents.coverage import Coverage, together
from gbkg.graph.assembly import Assembly

_ROWS = (
    ("sources", "documents registered"),
    ("entities", "things that claims are about"),
    ("claims", "statements by a source"),
    ("statistics", "of them with a number, a unit and a precision"),
    ("passages", "different quotations behind the claims"),
    ("facts", "direct triples, each said by an accepted claim"),
    ("inferred", "triples that follow from facts by rules, each with its premises"),
    ("mappings", "identifiers elsewhere"),
)
_BESIDE = frozenset({"changes", "findings", "out", "remarks"})
"""What a report says to whoever builds, and not in the files."""
_MANY = 10
"""Documents up to which a report has a row for each."""
_CURATION = ("Correction", "Inconsistency", "PassedCheck", "Comparison", "IdentityJudgement", "Ambiguity", "Gap")
LARGEST = 500_000_000
"""Bytes of N-Quads up to which two builds are compared."""
_NAMED = 3
_TYPE = PREFIXES["rdf"] + "type"
_KINDS = {
    "id": "entity",
    "clm": "claim",
    "cur": "node of curation",
    "src": "source",
    "query": "saved query",
    "rule": "rule",
    "gbkg": "term",
}
_TYPED = {"ontology", "entities", "claims", "evidence", "curation", "queries", "metadata"}
"""Named graphs of what is typed; the others follow from them, but for the rules themselves."""
_OF_ENTITIES = {_TYPE, PREFIXES["rdfs"] + "label", PREFIXES["dcterms"] + "description"}
"""What is said of entities where they are described; their mappings have records of their own."""
_COUNTED = (PREFIXES["void"], PREFIXES["dcterms"] + "hasVersion", PREFIXES["schema"] + "isBasedOn")
"""Predicates by which a build says what it made, and of what."""


@dataclass(frozen=True)
class Report(Result):
    """The figures of one build; `inputs` is the digest of what it was made from (`Project.digest`), `engine` the SHACL
    engine that validated it, empty if none did; `gates` are those that ran, each check and each shape by itself."""

    kind = "build"
    inputs: str
    engine: str
    counts: dict[str, int]
    graphs: dict[str, int]
    accuracy: Accuracy
    coverage: dict[str, Coverage]
    gates: tuple[Examined, ...]
    warnings: tuple[str, ...]
    changes: tuple[str, ...] = ()
    """What differs from the last build; for the curator who builds, not part of the files."""
    findings: tuple[Finding, ...] = ()
    """What `warnings` tell in words; not part of the files."""
    out: str = field(default="", compare=False)
    """The folder that has the outputs; not part of the files."""

    @staticmethod
    def of(
        made: Assembly, inputs: str, engine: str, counts: dict[str, int], gates: Iterable[Examined],
        findings: Iterable[Finding], changes: Iterable[str],
    ) -> Report:  # fmt: skip
        """The report on a graph, with what was counted, examined and found."""
        of = made.summary.counts
        accuracy = review.accuracy(of["claims"], of["judged"], of["supported"], of["resolved"])
        found, sizes, covered = tuple(findings), made.sizes, made.summary.coverage
        warnings = tuple(map(str, found))
        return Report(inputs, engine, counts, sizes, accuracy, covered, tuple(gates), warnings, tuple(changes), found)

    def rows(self) -> list[tuple[str, str, str]]:
        """The short table: what, how many, and what that means."""
        rows = [(name, f"{self.counts[name]:,}", meaning) for name, meaning in _ROWS]
        curated = [(c, self.counts.get(c, 0)) for c in _CURATION]
        meaning = ", ".join(counted(n, spaced(c)) for c, n in curated if n) or "none"
        rows.append(("curation", f"{sum(n for _, n in curated):,}", meaning))
        rows.append(("triples", f"{self.counts['triples']:,}", f"in {len(self.graphs)} named graphs"))
        rows += [("coverage", cover.percent, f"of {of} {cover.meaning}") for of, cover in self._covers()]
        if not self.coverage:
            rows.append(("coverage", "–", "no documents given; --sources DIR checks every quotation"))
        a = self.accuracy
        if a.judged:
            share = f"{100 * a.first / a.judged:.1f}%"
            interval = f"95% Wilson interval {100 * a.low:.1f}–{100 * a.high:.1f}%"
            meaning = f"{a.first} of {a.judged} claims supported when first read again ({interval}); {a.resolved} now"
            rows.append(("accuracy", share, meaning))
            if a.judged < a.claims:
                rows.append(
                    ("unread", f"{a.claims - a.judged:,}", "claims that no second reader has judged as they now stand")
                )
        return rows

    def _covers(self) -> list[tuple[str, Coverage]]:
        """What is covered of each document; of many documents in one."""
        if len(self.coverage) <= _MANY:
            return list(self.coverage.items())
        return [(f"{len(self.coverage):,} documents", together(self.coverage.values()))]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        rows = self.rows()
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        yield from (escape(f"{name:<{widths[0]}}  {number:>{widths[1]}}  {meaning}") for name, number, meaning in rows)

    def values(self) -> dict[str, Any]:
        findings = [one.to_dict() for one in self.findings]
        return {"out": self.out, "report": self.figures, "changes": list(self.changes), "findings": findings}

    @property
    def figures(self) -> dict[str, Any]:
        """What `report.json` says."""
        every = {"version": __version__, **asdict(self)}
        return {name: value for name, value in every.items() if name not in _BESIDE}

    def json(self) -> bytes:
        """The figures as JSON; `accuracy` and `coverage` as in their classes, shares 0 to 1."""
        return (json.dumps(self.figures, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    def kept(self) -> str:
        """The whole report as text for the cache, but for what has changed."""
        return json.dumps(asdict(replace(self, changes=(), out="")), ensure_ascii=False)

    @staticmethod
    def of_kept(text: str) -> Report:
        """The report that `kept` wrote."""
        read = json.loads(text)
        return Report(
            **read
            | {
                "accuracy": Accuracy(**read["accuracy"]),
                "coverage": {source: Coverage(**one) for source, one in read["coverage"].items()},
                "gates": tuple(Examined(**one) for one in read["gates"]),
                "warnings": tuple(read["warnings"]),
                "changes": (),
                "remarks": (),
                "findings": tuple(Finding(**one) for one in read["findings"]),
            }
        )

    def markdown(self) -> bytes:
        """The figures as Markdown, with the number of instances of every class, and of what each gate looked at."""
        lines = [f"# gbkg {__version__}: what is in this build", "", "| | | |", "|---|---:|---|"]
        lines += [f"| {name} | {number} | {meaning} |" for name, number, meaning in self.rows()]
        lines += ["", "| graph | triples |", "|---|---:|"]
        lines += [f"| {name} | {size:,} |" for name, size in self.graphs.items()]
        lines += ["", "| gate | of | looked at |", "|---|---|---:|"]
        lines += [f"| {one.gate} | {one.name} | {one.count:,} {one.unit} |" for one in self.gates]
        if not self.engine:
            lines += ["", "The gates on the graph were skipped (`--unchecked`)."]
        classes = {name: n for name, n in self.counts.items() if name[0].isupper() and n}
        lines += ["", "| class | instances |", "|---|---:|"]
        lines += [f"| {name} | {n:,} |" for name, n in sorted(classes.items())]
        lines += ["", *(f"- warning: {markdown(warning)}" for warning in self.warnings)]
        return ("\n".join(lines).rstrip() + "\n").encode()


# ---- What has changed since the last build


def changes(former: Path, new: Path, difference: OfFiles = of_files) -> list[str]:
    """How the N-Quads file `new` differs from `former`, a line for each kind of change, sorted; nothing if there is no
    former file or one of them is too large. `difference` finds the quads."""
    try:
        if max(former.stat().st_size, new.stat().st_size) > LARGEST:
            return []
        removed, added = difference(former, new)
    except FileNotFoundError:
        return []
    except (OSError, SyntaxError):
        return ["the graph of the last build cannot be read"]
    return sorted([*_counted(removed, added), *_altered(removed, added)])


def _counted(removed: list[Any], added: list[Any]) -> Iterator[str]:
    """Nodes that were added, and nodes that are gone."""
    gone, come = _classes(removed), _classes(added)
    for found, other, word in ((gone, come, "fewer"), (come, gone, "more")):
        by_kind = defaultdict(list)
        for node, kind in found.items():
            if node not in other:
                by_kind[kind].append(node)
        for kind, nodes in by_kind.items():
            yield f"{counted(len(nodes), kind)} {word}: {_some(nodes)}"


def _altered(removed: list[Any], added: list[Any]) -> Iterator[str]:
    """Nodes that stayed, with the predicates that changed."""
    new_or_gone = _classes(removed).keys() ^ _classes(added).keys()
    values: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for quads, side in ((removed, 0), (added, 1)):
        for quad in filter(_is_typed, quads):
            if quad.subject.value not in new_or_gone:
                values[quad.subject.value, quad.predicate.value][side].add(str(quad.object))
    by_change = defaultdict(list)
    for (node, predicate), (lost, won) in values.items():
        how = "with another" if lost and won else "without a former" if lost else "with one more"
        by_change[_kind(node), how, predicate].append(node)
    for (kind, how, predicate), nodes in by_change.items():
        yield f"{counted(len(nodes), kind)} {how} {shorten(predicate)}: {_some(nodes)}"


def _classes(quads: Iterable[Any]) -> dict[str, str]:
    """The nodes that have a class, with the word for it: for an entity "entity"."""
    found: dict[str, str] = {}
    for quad in filter(_is_typed, quads):
        if quad.predicate.value == _TYPE:
            node, cls = quad.subject.value, quad.object.value
            kind = _kind(node)
            own = kind == "node of curation" and cls.startswith(PREFIXES["gbkg"])
            found[node] = spaced(cls.removeprefix(PREFIXES["gbkg"])) if own else kind
    return found


def _is_typed(quad: Any) -> bool:
    """True if a quad states something that was typed, by itself."""
    graph = quad.graph_name.value.removeprefix(PREFIXES["graph"]) if isinstance(quad.graph_name, ox.NamedNode) else ""
    if not isinstance(quad.subject, ox.NamedNode):
        return False
    if graph not in _TYPED and not quad.subject.value.startswith(PREFIXES["rule"]):
        return False
    if quad.subject.value.startswith(PREFIXES["psg"]) or quad.predicate.value.startswith(_COUNTED):
        return False
    return graph != "entities" or quad.predicate.value in _OF_ENTITIES


def _kind(node: str) -> str:
    found = next((kind for prefix, kind in _KINDS.items() if node.startswith(PREFIXES[prefix])), "node")
    return "mapping" if node.startswith(f"{base()}mapping/") else found


def _some(nodes: Iterable[str]) -> str:
    names = sorted(map(shorten, nodes))
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
