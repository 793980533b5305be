"""The gates that query the whole graph in a store: the checks of the core and of a project, direct triples against
claims, and candidates for rival claims.

The engine does the work, at a cost in proportion to the graph; Python sees only faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from gbkg.claims.vocabulary import core_subjects
from gbkg.core.errors import Finding, GbkgError, ParseError, QueryLimitError
from gbkg.core.limits import Marker, confined, in_proportion
from gbkg.core.nquads import STATED
from gbkg.core.prefixes import PREFIXES, SLUG, segment, shorten
from gbkg.core.project import CORE, Project
from gbkg.core.records import Place
from gbkg.core.terms import Graph, Term, minted, term
from gbkg.sparql.guard import in_file
from gbkg.sparql.tokens import place, tokens
from gbkg.store.base import Store
from gbkg.store.memory import Memory
from gbkg.validate import planted
from gbkg.validate.known import Judged, Known, by_triple
from gbkg.validate.patterns import Delta, matching
from gbkg.validate.recalled import Recall, directly

T = TypeVar("T")
_END = "-violation.rq"
_OUR_TERMS = "STR(gbkg:)"
"""How a check names the namespace of terms in which it looks for faults."""
_IRI = re.compile(r"https?://[^\s<>]+")
_NAMES = " ".join(f"graph:{name}" for name in STATED)
_ACCEPTED = "GRAPH graph:claims { ?c gbkg:status gbkg:accepted ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
_DECLARED = "SELECT DISTINCT ?s { GRAPH graph:ontology { ?s a ?kind } }"
_UNCLAIMED = f"SELECT ?s ?p ?o {{ GRAPH graph:facts {{ ?s ?p ?o }} MINUS {{ {_ACCEPTED} }} }}"
_UNSTATED = f"SELECT DISTINCT ?s ?p ?o {{ {_ACCEPTED} FILTER NOT EXISTS {{ GRAPH graph:facts {{ ?s ?p ?o }} }} }}"
_TWICE = f"""SELECT ?s ?p ?o ?name {{
  VALUES ?name {{ {_NAMES} }} GRAPH ?name {{ ?s ?p ?o }} GRAPH ?other {{ ?s ?p ?o }} FILTER (?other != ?name)
}}"""


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, its file as readers see it, its text, what it finds in a sentence, and a violation planted for
    it as the body of a TriG document, "" if there is none."""

    name: str
    shown: str
    text: str
    title: str
    planted: str


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
) -> list[Finding]:
    """What is wrong with the checks (`read`, `able`), and every row that one of them returns, as findings. A check that
    cannot run is a finding, and the others go on.

    `store` holds all named graphs. While the checks run it also has the shapes, and a triple `<query file>
    dcterms:references term` for every term that a saved query mentions, so it has to be writable. A check selects
    ?focus and, if it likes, ?message. `knowing` gives what is known from the last build, by the quads that are asked
    as well, `recall` what queries found. Raises `QueryLimitError`, with its file, for a check that takes
    too long or too much memory.
    """
    running, findings = read(project)
    beside = [ox.Quad(s, p, o, term("graph:shapes")) for s, p, o in shapes]
    mentions = [*_mentions(project)]
    more = [*beside, *(quad for quad, _, _ in mentions)]
    if knowing is None:
        with store.with_more(more) as whole:
            found = _run_all([(check, whole) for check in running], project.about.namespace)
    else:
        found = _asked(store, running, project.about.namespace, knowing(more))
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


def _asked(store: Memory, running: Sequence[Check], namespace: str, known: Known) -> list[Judged]:
    """As `_run_all`; what is known of a check is not asked again, and a store on disk is not asked what can be asked of
    one part after the other."""
    about = {check.shown: repr((check, namespace)) for check in running}
    found = {check.shown: known.judged(check.text, about[check.shown]) for check in running}
    left = [check for check in running if found[check.shown] is None]
    single = [check for check in running if by_triple(check.text)]
    clean = [check for check in left if check in single and known.clean(check.shown, about[check.shown])]
    new = [check for check in left if check in single and check not in clean and not store.scannable]
    others = [check for check in left if check not in clean and check not in new]
    deltas = [(check, known.deltas(_texts(check, namespace), about[check.shown])) for check in others]
    quiet = _quiet([(check, some) for check, some in deltas if some], store, known)
    found |= {check.shown: ([], []) for check in quiet}
    again = [check for check in others if check not in quiet]
    for checks, every in ((clean, False), (new, True)):
        judged = _in_parts(checks, known.few(every), namespace) if checks else []
        for check, one in zip(checks, judged, strict=True):
            found[check.shown] = one
            again += [check] if one[1] else []
    looked = matching(known.quads)
    with store.with_more(known.quads) if any(looked(check.text) for check in again) else nullcontext(store) as whole:
        for check, one in zip(again, _run_all([(check, whole) for check in again], namespace), strict=True):
            found[check.shown] = one
    judgements = [found[check.shown] or ([], []) for check in running]
    for check, one in zip(running, judgements, strict=True):
        known.put(check.text, about[check.shown], one)
    nothing = {check.shown for check, (faults, rows) in zip(running, judgements, strict=True) if not (faults or rows)}
    known.found_nothing((one.shown, about[one.shown]) for one in single if one.shown in nothing)
    return judgements


def _in_parts(checks: Sequence[Check], stores: Iterable[Memory], namespace: str) -> list[Judged]:
    """As `_run_all`, with what each check finds in the first of the stores in which it finds something."""
    found = dict[str, Judged]()
    for store in stores:
        left = [check for check in checks if check.shown not in found or not _ended(found[check.shown])]
        asked = _run_all([(check, store) for check in left], namespace, tried=bool(found))
        for check, (faults, rows) in zip(left, asked, strict=True):
            found[check.shown] = found.get(check.shown, (faults, []))[0], rows
    return [found[check.shown] for check in checks]


def _ended(judged: Judged) -> bool:
    """Whether a check of which this is known need not be asked of anything more."""
    faults, rows = judged
    return bool(rows) or any(fault.severity == "violation" for fault in faults)


def _run_all(running: Sequence[tuple[Check, Memory]], namespace: str, tried: bool = False) -> list[Judged]:
    """What is wrong with each check, and what it finds in its store if it can run; with `tried` nothing is wrong with
    any."""

    def judged(check: Check, store: Memory) -> Judged:
        faults = [] if tried else able(check)
        if any(fault.severity == "violation" for fault in faults):
            return faults, []
        try:
            texts = _texts(check, namespace)
            rows = {row for text in texts for row in _rows(store, text, check.title, check.shown)}
            return faults, sorted(row for row in rows if row[0] != namespace)
        except ParseError as error:
            return [_unusable(check, error)], []

    return _limited([(check, store, partial(judged, check, store)) for check, store in running])


def _quiet(running: Sequence[tuple[Check, list[Delta]]], store: Memory, known: Known) -> list[Check]:
    """The checks that find nothing in what quads have brought."""

    def moved(some: list[Delta]) -> bool:
        return any(one.rows(store, known.difference) for one in some)

    found = _limited([(check, store, partial(moved, some)) for check, some in running])
    return [check for (check, _), one in zip(running, found, strict=True) if not one]


def _texts(check: Check, namespace: str) -> list[str]:
    """What is asked for a check: one that speaks of terms in gbkg's namespace is also asked about the project's own."""
    more = namespace and _OUR_TERMS in check.text
    return [check.text, *([check.text.replace(_OUR_TERMS, str(ox.Literal(namespace)))] if more else [])]


def _limited(asked: Sequence[tuple[Check, Memory, Callable[[], T]]]) -> list[T]:
    """What is found for each check in its store, all in one process with limits of time and memory."""
    if not asked:
        return []
    marker = Marker()

    def work() -> Iterator[T]:
        for number, (_, _, one) in enumerate(asked):
            marker.set(number)
            yield one()

    size = max(len(store) for store in {id(store): store for _, store, _ in asked}.values())
    allowed = in_proportion(size, 200, "the check was not done", "join its patterns by more variables")
    try:
        return confined(lambda: list(work()), allowed)
    except QueryLimitError as error:
        raise QueryLimitError(error.message, file=asked[marker.number][0].shown, hint=error.hint) from None


def able(check: Check) -> list[Finding]:
    """Findings for a check that cannot find anything: it cannot run, gives one of our prefixes another namespace, or
    misses the violation that is planted for it. If none is planted, that is a warning."""

    def fault(message: str, line: int | None = None, **said: str) -> Finding:
        return Finding("hygiene", message, check.shown, line, **said)  # type: ignore[arg-type]

    every = tokens(check.text)
    for word, name, iri in zip(every, every[1:], every[2:], strict=False):
        prefix = name.text.removesuffix(":")
        if word.text == "PREFIX" and iri.kind == "iri" and iri.text[1:-1] != PREFIXES.get(prefix, iri.text[1:-1]):
            line, _ = place(check.text, iri.start)
            expected = f"<{PREFIXES[prefix]}>"
            return [fault(f"{prefix}: is another namespace everywhere else", line, found=iri.text, expected=expected)]
    try:
        engine = ox.Store()
        engine.load(planted.trig(check.planted).encode(), format=ox.RdfFormat.TRIG)
        found = _rows(Memory(engine), check.text, check.title, check.shown)
    except ParseError as error:
        return [_unusable(check, error)]
    except SyntaxError as error:
        return [fault(f"what is planted for the check is not TriG: {error.msg}")]
    if not check.planted:
        hint = f"put one into {check.shown.removesuffix('.rq')}.trig"
        return [replace(fault("it has no test case, so it may never fail", hint=hint), severity="warning")]
    return (
        [] if found else [fault("finds nothing where a violation is planted for it", hint="see its terms and prefixes")]
    )


def _unusable(check: Check, error: ParseError) -> Finding:
    return Finding("hygiene", error.message, check.shown, error.line, error.column, hint=error.hint)


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


def _rows(store: Store, text: str, title: str, shown: str) -> list[tuple[str, str]]:
    """Focus and message of what a check finds, sorted; the text is guarded as queries are."""
    with in_file(text, shown, "check"):
        found = store.query(text)
        columns = {one.value for one in found.variables} if isinstance(found, ox.QuerySolutions) else set()
        if not isinstance(found, ox.QuerySolutions) or "focus" not in columns:
            raise ParseError("a check must SELECT ?focus")
        rows = [(row["focus"], row["message"] if "message" in columns else None) for row in found]
    if any(focus is None for focus, _ in rows):
        raise ParseError("a check must give ?focus a value in every row", file=shown)
    return sorted((focus.value, title if message is None else message.value) for focus, message in rows)


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
