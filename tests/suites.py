"""Queries of others, put to gbkg with and without citations: W3C's test suite, and collections of examples.

    python tests/suites.py w3c DIR       a checkout of https://github.com/w3c/rdf-tests
    python tests/suites.py examples DIR  one of https://github.com/sib-swiss/sparql-examples

print a line for each query: its name, what becomes of it, and what becomes of it with citations. The lines stand in
`tests/outcomes/`; `test_suites.py` says when they are no longer true.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from oracle import check_sufficient, negated, patterns

from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.core.errors import GbkgError, NotCoveredError
from gbkg.core.nquads import stored
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.evidence.cited import prove
from gbkg.knowledge import KnowledgeGraph
from gbkg.sparql import parse
from gbkg.sparql.tree import Group, Term, Triple, Values, Variable, groups
from gbkg.sparql.tree import Path as PropertyPath
from gbkg.store.base import Store
from gbkg.store.memory import Memory

MINI = Project(Path(__file__).resolve().parent / "mini")
LISTS = Path(__file__).resolve().parent / "outcomes"
MF, QT, RS, SH = (
    "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#",
    "http://www.w3.org/2001/sw/DataAccess/tests/test-query#",
    "http://www.w3.org/2001/sw/DataAccess/tests/result-set#",
    "http://www.w3.org/ns/shacl#",
)
OF_OTHERS = ("entailment", "service", "update", "protocol", "http-rdf-update", "graph-store", "syntax-fed")
"""Folders about what gbkg does not do: regimes of inference, other servers, updates."""
RIGHT, WRONG, SAME = "as expected", "wrong", "as without"
UNION = "of the union of graphs"
"""As expected, if the default graph were one of its own."""
ENGINE = "as the engine"
"""Not as expected, by the engine alone: it shortens numbers, takes what is not SPARQL, and has faults."""


@dataclass(frozen=True)
class Case:
    """`kind` is the local name of its type in the manifest; `expected` the file of its result."""

    name: str
    kind: str
    query: Path
    data: tuple[Path, ...]
    graphs: tuple[tuple[str, Path], ...]
    expected: Path | None


# ---- W3C


def w3c(root: Path) -> Iterator[tuple[str, str, str]]:
    """Name and outcomes of each query test of SPARQL 1.0, 1.1 and 1.2."""
    for case in cases(root):
        yield (case.name, *(_syntax(case) if "Syntax" in case.kind else _evaluated(case)))


def cases(root: Path) -> Iterator[Case]:
    for manifest in sorted((root / "sparql").glob("sparql1[012]/*/manifest.ttl")):
        if not manifest.parent.name.startswith(OF_OTHERS):
            yield from sorted(_listed(manifest), key=lambda case: case.name)


def _listed(manifest: Path) -> Iterator[Case]:
    base = manifest.as_uri()
    graph = ox.Store()
    graph.load(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=base)
    for quad in graph.quads_for_pattern(None, ox.NamedNode(PREFIXES["rdf"] + "type"), None):
        kind = quad.object.value.removeprefix(MF)
        if ("Query" not in kind and "Syntax" not in kind) or "Update" in kind:
            continue
        action = _one(graph, quad.subject, MF + "action")
        query = _one(graph, action, QT + "query") or action
        named = [node.value for node in _all(graph, action, QT + "graphData") if isinstance(node, ox.NamedNode)]
        result = _one(graph, quad.subject, MF + "result")
        folder = manifest.parent
        yield Case(
            f"{folder.parent.name}/{folder.name}/{quad.subject.value.rpartition('#')[2].rpartition('/')[2]}",
            kind,
            _path(query),
            tuple(_path(node) for node in _all(graph, action, QT + "data")),
            tuple((iri, _path(ox.NamedNode(iri))) for iri in sorted(named)),
            _path(result) if isinstance(result, ox.NamedNode) else None,
        )


def _one(graph: ox.Store, subject: Any, predicate: str) -> Any:
    return next(iter(_all(graph, subject, predicate)), None)


def _all(graph: ox.Store, subject: Any, predicate: str) -> list[Any]:
    return [quad.object for quad in graph.quads_for_pattern(subject, ox.NamedNode(predicate), None)]


def _path(node: Any) -> Path:
    return Path(node.value.removeprefix("file://"))


def _syntax(case: Case) -> tuple[str, str]:
    """Whether what is SPARQL is taken, or refused by name, and what is not is refused."""
    outcome = _asked(Memory.of([]), _text(case), cite=False)
    negative = "Negative" in case.kind
    if isinstance(outcome, str):
        return (RIGHT if negative and not outcome.startswith("refused") else outcome), "-"
    return (ENGINE if negative else RIGHT), _cited(Memory.of([]), _text(case), outcome)


def _evaluated(case: Case) -> tuple[str, str]:
    engine = ox.Store()
    for path in case.data:
        engine.load(path=str(path), format=_format(path), base_iri=path.as_uri(), to_graph=ox.DefaultGraph())
    for iri, path in case.graphs:
        engine.load(path=str(path), format=_format(path), base_iri=path.as_uri(), to_graph=ox.NamedNode(iri))
    store = Memory(engine)
    outcome = _asked(store, _text(case), cite=False)
    if isinstance(outcome, str):
        return outcome, "-"
    return _judged(store, case, outcome), _cited(store, _text(case), outcome)


def _judged(store: Store, case: Case, outcome: Any) -> str:
    """Whether an answer is the expected one; if not, whose it is."""
    expected = _content(outcome) if case.expected is None else _expected(case.expected, outcome)
    if _content(outcome) == expected:
        return RIGHT
    if _bare(store, case, union=False) == expected:
        return UNION
    return ENGINE if _bare(store, case, union=True) == _content(outcome) else WRONG


def _bare(store: Store, case: Case, union: bool) -> Any:
    """What the engine answers to the text as it stands."""
    found = store.engine.query(_text(case), prefixes=PREFIXES, use_default_graph_as_union=union)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    if isinstance(found, ox.QueryTriples):
        return _canonical(found)
    return _content(Answer(tuple(v.value for v in found.variables), [tuple(row) for row in found]))


def _text(case: Case) -> str:
    text = case.query.read_bytes().decode("utf-8", "surrogateescape")
    return f"BASE <{case.query.as_uri()}> {text}"


def _format(path: Path) -> Any:
    return ox.RdfFormat.from_extension(path.suffix[1:])


# ---- results


def _asked(store: Store, text: str, cite: bool) -> Any:
    """The answer, or how it is refused."""
    try:
        return KnowledgeGraph(store, MINI).answer(text, cite=cite)
    except NotCoveredError as error:
        return f"refused: {error.construct}"
    except GbkgError as error:
        return "error: " + str(error).partition(": ")[2].partition(",")[0].partition(" (")[0]


def _cited(store: Store, text: str, plain: Any) -> str:
    found = _asked(store, text, cite=True)
    if isinstance(found, str):
        return found
    proved = all(proof.total and proof.derivations for proof in found.proofs)
    same = found.columns == plain.columns and list(found.rows) == list(plain.rows)
    return SAME if proved and same and _sufficient(store, text) else WRONG


def _sufficient(store: Store, text: str) -> bool:
    """Whether each derivation alone yields its row; without GRAPH, which the oracle does not know."""
    if "GRAPH" in text.upper():
        return True
    try:
        check_sufficient(prove(store, text), store, text)
    except AssertionError:
        return False
    return True


def _content(found: Answer | Truth | Triples) -> Any:
    """Rows without regard to order, blank nodes of one name."""
    if isinstance(found, Truth):
        return found.value
    if isinstance(found, Triples):
        return _canonical(found.triples)
    rows = [tuple(sorted((c, _term(t)) for c, t in zip(found.columns, row, strict=True) if t)) for row in found.rows]
    return Counter(rows)


def _term(term: Any) -> str:
    return "_:" if isinstance(term, ox.BlankNode) else str(stored(term))


def _canonical(triples: Any) -> Any:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {tuple(map(_term, (quad.subject, quad.predicate, quad.object))) for quad in dataset}


def _expected(path: Path, found: Any) -> Any:
    if path.suffix in (".srx", ".srj", ".csv", ".tsv"):
        form = ox.QueryResultsFormat.from_extension(path.suffix[1:])
        results: Any = ox.parse_query_results(path=str(path), format=form)
        if isinstance(results, ox.QueryBoolean):
            return bool(results)
        names = [variable.value for variable in results.variables]
        return Counter(tuple(sorted((n, _term(row[n])) for n in names if row[n])) for row in results)
    triples = [quad.triple for quad in ox.parse(path=str(path), format=_format(path), base_iri=path.as_uri())]
    return _canonical(triples) if isinstance(found, Triples) else _result_set(triples)


def _result_set(triples: Any) -> Any:
    """The vocabulary in which results of SPARQL 1.0 are written."""
    graph = ox.Store()
    graph.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    truth = [quad.object.value for quad in graph.quads_for_pattern(None, ox.NamedNode(RS + "boolean"), None)]
    if truth:
        return truth == ["true"]
    rows = []
    for solution in graph.quads_for_pattern(None, ox.NamedNode(RS + "solution"), None):
        cells = _all(graph, solution.object, RS + "binding")
        pairs = [(_one(graph, cell, RS + "variable").value, _one(graph, cell, RS + "value")) for cell in cells]
        rows.append(tuple(sorted((name, _term(term)) for name, term in pairs)))
    return Counter(rows)


# ---- examples


def examples(root: Path) -> Iterator[tuple[str, str, str]]:
    """Name and outcomes of each example, over a graph in which each of its patterns has a match."""
    for path in sorted(root.glob("examples/*/*.ttl")):
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri()):
            if quad.predicate.value in (SH + "select", SH + "ask", SH + "construct", SH + "describe"):
                text = _declared(quad.object.value)
                store = frozen(text)
                outcome = _asked(store, text, cite=False)
                name = f"{path.parent.name}/{path.stem}"
                plain = outcome if isinstance(outcome, str) else "rows" if getattr(outcome, "rows", ()) else "no rows"
                yield name, plain, "-" if isinstance(outcome, str) else _cited(store, text, outcome)


def _declared(text: str) -> str:
    """The text with the prefixes that it leaves to the collection, each as an IRI of its own."""
    used = {word.partition(":")[0] for word in text.replace("(", " ").replace("^", " ").split() if ":" in word}
    own = {line.split()[1].rstrip(":") for line in text.splitlines() if line.upper().strip().startswith("PREFIX")}
    lacking = sorted(p for p in used - own - PREFIXES.keys() if p.isidentifier())
    return "".join(f"PREFIX {prefix}: <urn:{prefix}:> " for prefix in lacking) + text


def frozen(text: str) -> Store:
    """A graph with a match for each triple pattern of a query that it does not negate: variables stand for themselves,
    or for the first value that VALUES gives them; of a choice of paths the first is taken, of repetition one step."""
    try:
        where = parse.pattern(text).where
    except GbkgError:
        return Memory.of([])
    cells = [pair for values in _values(where) for pair in zip(values.variables, values.rows[0], strict=True)]
    given = {variable.name: cell.term for variable, cell in cells if cell}
    absent = set(map(id, negated(where)))
    steps = [step for pattern in patterns(where) if id(pattern) not in absent for step in _steps(pattern)]

    def node(term: Term) -> Any:
        return given.get(term.name, ox.NamedNode(f"urn:{term.name}")) if isinstance(term, Variable) else term.term

    triples = [tuple(map(node, step)) for step in steps]
    return Memory.of(ox.Quad(*triple, ox.NamedNode("urn:graph")) for triple in triples if _possible(triple))


def _possible(triple: Any) -> bool:
    return not isinstance(triple[0], ox.Literal) and isinstance(triple[1], ox.NamedNode)


def _values(element: Any) -> Iterator[Values]:
    if isinstance(element, Values) and element.rows:
        yield element
    inner = element.elements if isinstance(element, Group) else groups(element)
    for one in inner:
        yield from _values(one)


def _steps(pattern: Triple) -> Iterator[tuple[Term, Term, Term]]:
    waiting: list[tuple[Term, Any, Term]] = [(pattern.subject, pattern.predicate, pattern.object)]
    while waiting:
        s, p, o = waiting.pop()
        if not isinstance(p, PropertyPath):
            yield s, p, o
        elif p.kind == "^":
            waiting.append((o, p.parts[0], s))
        elif p.kind == "/":
            nodes = [s, *(Variable(f"step{id(p)}.{n}") for n in range(1, len(p.parts))), o]
            waiting += [(nodes[n], part, nodes[n + 1]) for n, part in enumerate(p.parts)]
        elif p.kind != "!":
            waiting.append((s, p.parts[0], o))


RUNS = {"w3c": w3c, "examples": examples}
TITLES = {"w3c": "W3C", "examples": "examples"}


def lines(name: str, root: Path) -> list[str]:
    """The list of a suite as it is written."""
    return ["name\twithout\twith citations"] + ["\t".join(outcome) for outcome in RUNS[name](root)]


def summary(name: str, written: list[str]) -> str:
    """How many queries of a list there are, and what becomes of how many: the row of the table in docs/asking.md."""
    rows = [line.split("\t") for line in written[1:]]
    plain, cited = ([row[at] for row in rows] for at in (1, 2))
    refused = sum(outcome.startswith(("refused", "error")) for outcome in plain)
    right = [plain.count(word) or "–" for word in (RIGHT, ENGINE, UNION)]
    unproved = sum(outcome.startswith("refused") for outcome in cited)
    cells = [TITLES[name], f"{len(rows):,}", *right, refused, f"{cited.count(SAME):,}", unproved]
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    print("\n".join(lines(sys.argv[1], Path(sys.argv[2]).resolve())))
