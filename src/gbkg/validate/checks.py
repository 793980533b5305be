"""The gates that query the whole graph in a store: the checks of the core and of a project, direct triples against
claims, and candidates for rival claims.

The engine does the work, at a cost in proportion to the graph; Python sees only faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from gbkg.claims.vocabulary import core_subjects
from gbkg.core.errors import Finding, GbkgError
from gbkg.core.nquads import STATED
from gbkg.core.prefixes import PREFIXES, SLUG, segment, shorten
from gbkg.core.project import CORE, Project
from gbkg.core.records import Place
from gbkg.core.terms import Graph, Term, minted, term
from gbkg.core.workers import Spread, spread
from gbkg.sparql.tokens import place
from gbkg.store.base import Store
from gbkg.store.memory import Memory
from gbkg.validate import planted
from gbkg.validate.known import Known
from gbkg.validate.recalled import Recall, directly
from gbkg.validate.running import Check, run_all, run_known

_END = "-violation.rq"
_IRI = re.compile(r"https?://[^\s<>]+")
_NAMES = " ".join(f"graph:{name}" for name in STATED)
_ACCEPTED = "GRAPH graph:claims { ?c gbkg:status gbkg:accepted ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
_DECLARED = "SELECT DISTINCT ?s { GRAPH graph:ontology { ?s a ?kind } }"
_UNCLAIMED = f"SELECT ?s ?p ?o {{ GRAPH graph:facts {{ ?s ?p ?o }} MINUS {{ {_ACCEPTED} }} }}"
_UNSTATED = f"SELECT DISTINCT ?s ?p ?o {{ {_ACCEPTED} FILTER NOT EXISTS {{ GRAPH graph:facts {{ ?s ?p ?o }} }} }}"
_TWICE = f"""SELECT ?s ?p ?o ?name {{
  VALUES ?name {{ {_NAMES} }} GRAPH ?name {{ ?s ?p ?o }} GRAPH ?other {{ ?s ?p ?o }} FILTER (?other != ?name)
}}"""


def read(project: Project) -> tuple[list[Check], list[Finding]]:
    """The checks that run, by name, and what is wrong with the folder.

    All of gbkg's own checks run in every project, beside the project's. A check of the project replaces gbkg's of the
    same name if its header says why, `#+ replaces: …`, which is a warning. A check whose header says `#+ scope: own`
    looks for what is not used. It finds nothing in what the core describes, since no project needs every term of it,
    and its findings have the severity that the project gives them (`ProjectFile.unused`). Raises `ProjectError` for a
    folder or file that cannot be read.
    """
    found: dict[str, Check] = {}
    shipped, added = project.folder("checks")
    core = {path.name.removesuffix(_END): path for path in shipped if _is_check(path)}
    findings = []
    if missing := sorted(planted.CHECKS.keys() - core.keys()):
        shown = project.show(CORE / "checks")
        findings.append(Finding("hygiene", "gbkg's own checks are not there", shown, found=", ".join(missing)))
    strangers = [path for path in shipped if not _is_check(path)]
    findings += [Finding("hygiene", "is ignored: it is not a check", project.show(path)) for path in strangers]
    own = {path.name: path for path in added}
    for path in (core_path for name, core_path in core.items() if f"{name}{_END}" not in own):
        found[path.stem] = _check(project, path, "")
    for name, path in own.items():
        stem = name.removesuffix(_END)
        beside = own.get(f"{stem}-violation.trig")
        if not _is_check(path):
            if not (path.suffix == ".trig" and path.with_suffix(".rq").name in own):
                message = "is ignored: it is not a check"
                hint = "a check is called NAME-violation.rq, what is planted for it NAME-violation.trig"
                findings.append(Finding("hygiene", message, project.show(path), hint=hint))
            continue
        check = found[path.stem] = _check(project, path, project.text(beside) if beside else "")
        if stem in core and check.text != project.text(core[stem]):
            reason = _said(check.text, "replaces")
            if reason:
                message = f"stands in place of gbkg's own check: {reason}"
                findings.append(Finding("hygiene", message, check.shown, severity="warning"))
            else:
                found[f"{path.stem} of gbkg"] = _check(project, core[stem], "")
    return [found[name] for name in sorted(found)], findings


def _is_check(path: Path) -> bool:
    return path.name.endswith(_END) and bool(SLUG.fullmatch(path.name.removesuffix(_END)))


def _check(project: Project, path: Path, beside: str) -> Check:
    shown, text = project.show(path), project.text(path)
    title = next((line[2:].strip() for line in text.splitlines() if line.startswith("#+")), path.stem)
    name = path.name.removesuffix(_END)
    return Check(name, shown, text, title, beside or planted.CHECKS.get(name, ""))


def _said(text: str, key: str) -> str:
    found = re.search(rf"^#\+ {key}: (\S.*)", text, re.M)
    return found[1] if found else ""


def hygiene(
    project: Project,
    store: Memory,
    shapes: Graph,
    places: Mapping[str, Place],
    knowing: Callable[[Sequence[ox.Quad]], Known] | None = None,
    recall: Recall = directly,
    spread: Spread = spread,
) -> list[Finding]:
    """What is wrong with the checks (`read`, `running.able`), and every row that one of them returns, as findings. A
    check that cannot run is a finding, and the others go on.

    `store` holds all named graphs. While the checks run it also has the shapes, and a triple `<query file>
    dcterms:references term` for every term that a saved query mentions, so it has to be writable. A check selects
    ?focus and, if it likes, ?message. `knowing` gives what is known from the last build, by the quads that are asked
    as well, `recall` what queries found; `spread` asks one portion of the graph each. Raises `QueryLimitError`, with
    its file, for a check that takes too long or too much memory.
    """
    running, findings = read(project)
    beside = [ox.Quad(s, p, o, term("graph:shapes")) for s, p, o in shapes]
    mentions = [*_mentions(project)]
    more = [*beside, *(quad for quad, _, _ in mentions)]
    if knowing is None:
        with store.with_more(more) as whole:
            found = run_all([(check, whole) for check in running], project.about.namespace)
    else:
        found = run_known(store, running, project.about.namespace, knowing(more), spread)
    declared = set(recall(_DECLARED, lambda: [str(row[0].value) for row in store.select(_DECLARED)]))
    core = core_subjects(project)
    asked = {name: where for _, name, where in reversed(mentions)}
    for check, (faults, rows) in zip(running, found, strict=True):
        findings += faults
        scoped = _said(check.text, "scope") == "own"
        severity = project.about.unused if scoped else "violation"
        for focus, message in rows:
            if scoped and focus in core:
                continue
            undeclared = None if focus in declared else asked.get(focus)
            where = places.get(focus) or undeclared or Place(check.shown, 0)
            about = f"{shorten(focus)}: {_IRI.sub(lambda match: shorten(match.group()), message)} [{check.name}]"
            findings.append(Finding("hygiene", about, where.file, where.line or None, severity=severity))
    return findings


def facts(store: Memory, apart: bool = False, recall: Recall = directly) -> list[Finding]:
    """Findings where direct triples and accepted claims do not match, in either direction, and for a triple in two of
    the stated graphs, which a union would count twice; where they are known to be `apart`, that is not asked."""
    unclaimed, unstated = (recall(text, partial(_triples, store, text)) for text in (_UNCLAIMED, _UNSTATED))
    findings = [Finding("facts", f"no accepted claim says {triple}") for triple in unclaimed]
    findings += [Finding("facts", f"an accepted claim says what the graph does not: {triple}") for triple in unstated]
    found: dict[str, set[str]] = {}
    for *triple, name in () if apart else store.select(_TWICE):
        found.setdefault(_show(triple), set()).add(name.value.removeprefix(PREFIXES["graph"]))
    for shown, names in sorted(found.items()):
        for one, other in pairwise(sorted(names, key=STATED.index)):
            findings.append(Finding("facts", f"{shown} stands in graph {one} and in graph {other}"))
    return findings


def _mentions(project: Project) -> Iterator[tuple[ox.Quad, str, Place]]:
    """Triples that say which terms each saved query mentions, each with the term and where it stands first."""
    references, graph = term("dcterms:references"), term("graph:queries")
    prefixes = list(filter(None, ("gbkg", project.about.prefix)))
    for path in project.queries:
        try:
            text = project.text(path)
        except GbkgError:  # which the gate of saved queries tells
            continue
        query = ox.NamedNode(f"urn:gbkg:query:{segment(path.stem)}")
        found = [*re.finditer(rf"\b({'|'.join(prefixes)}):(\w+)", text)]
        for (prefix, name), at in {(one[1], one[2]): one.start() for one in reversed(found)}.items():
            where = Place(project.show(path), place(text, at)[0])
            named = minted(prefix, name)
            yield ox.Quad(query, references, named, graph), named.value, where


def _triples(store: Store, query: str) -> list[str]:
    """The triples that a query selects, as messages show them, sorted."""
    return sorted(map(_show, store.select(query)))


def _show(triple: Iterable[Term]) -> str:
    return " ".join(shorten(term.value) if isinstance(term, ox.NamedNode) else repr(term.value) for term in triple)
