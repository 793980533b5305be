"""What is known of the checks from the last build, so that they are asked of what has changed.

A check finds what it found as long as no quad that came or went matches one of its patterns (`recalled`). One that
reads a single triple beside the ontology (`by_triple`) finds something in the whole graph if and only if it does in
some part of it, taken with the ontology: if it found nothing before, it is asked of the parts that have changed since.
One of which each row comes of single matches (`recalled.Delta`) is asked for the rows of these quads. Whatever else a
check may be, and whenever it finds something so, the whole graph is asked.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pyoxigraph as ox

from gbkg.core import nquads
from gbkg.core.difference import COMPARABLE, Quads
from gbkg.core.errors import Finding
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import term
from gbkg.graph.cache import Cache, code
from gbkg.graph.parts import Part, Parts, Portion
from gbkg.sparql.scan import expressions_outside
from gbkg.sparql.tree import (
    Constant,
    Element,
    Exists,
    Filter,
    GraphPattern,
    Group,
    Minus,
    Optional,
    Path,
    Select,
    SubSelect,
    Triple,
    Union,
)
from gbkg.store.memory import Memory
from gbkg.validate.patterns import Delta, patterns, tree
from gbkg.validate.recalled import Recalled

Judged = tuple[list[Finding], list[tuple[str, str]]]
"""What is wrong with a check, and what it finds: focus and message, sorted."""
_ONTOLOGY, _SHAPES = term("graph:ontology"), term("graph:shapes")
_STATED = frozenset(term(f"graph:{name}") for name in nquads.STATED)
TOGETHER = 100_000
"""Lines of a graph that are read into memory together, more or less."""
TWICE = "triples in two graphs"
"""The name under which the gate of facts knows parts in which no triple stands that another graph may have."""


class Known:
    """What the last build knows of checks, for the graph of `parts`; `files` is the digest of the files of shapes."""

    def __init__(self, cache: Cache, parts: Parts, files: str, recalled: Recalled) -> None:
        self._cache, self._parts, self._files, self._recalled = cache, parts, files, recalled
        sums = dict[str, list[str]]()
        for part in parts.every:
            sums.setdefault(part.graph, []).append(part.sum)
        self._sums = {name: sha256(" ".join(some).encode()).hexdigest() for name, some in sums.items()}
        content = json.loads(cache.get("checks", "clean", code()) or '{"clean": {}, "sums": []}')
        self._clean: dict[str, str] = content["clean"]
        self._nothing, self._about = dict[str, str](), ""
        self.quads: Sequence[ox.Quad] = ()
        """Those that are asked as well."""
        former = set(content["sums"])
        self.changed = [part for part in parts.every if part.sum not in former]
        """The parts of which nothing is known."""

    def beside(self, quads: Sequence[ox.Quad]) -> Known:
        """This, with quads that are asked as well."""
        self.quads = quads
        same = sorted(str(quad) for quad in quads if quad.graph_name != _SHAPES)  # their blank nodes have new names
        self._about = sha256(f"{self._files} {same}".encode()).hexdigest()
        return self

    def judged(self, text: str, about: str) -> Judged | None:
        """What a check found, if it finds the same now."""
        found: Any = self._recalled.known(text, about + self._about)
        if found is None or self._recalled.touched(text):
            return None
        faults, rows = found
        return [Finding(**fault) for fault in faults], [(focus, message) for focus, message in rows]

    def put(self, text: str, about: str, found: Judged) -> None:
        """Keeps what a check finds."""
        faults, rows = found
        self._recalled.put(text, about + self._about, [list(map(asdict, faults)), rows])

    def deltas(self, texts: list[str], about: str) -> list[Delta]:
        """A check that found nothing, asked by `texts`, to be asked for what quads have brought; none where it has to
        be asked of the whole graph."""
        if not self._recalled.few or self._recalled.known(texts[0], about + self._about) != [[], []]:
            return []
        with suppress(ValueError):
            found = [*map(Delta, texts)]
            return [] if any(one.blind(self.difference, self.quads) for one in found) else found
        return []

    @property
    def difference(self) -> Quads:
        """The quads that went since the last build and those that came."""
        return self._recalled.difference

    def clean(self, name: str, about: str) -> bool:
        """Whether a check, or what else has a name, found nothing in any part of the last build."""
        return self._clean.get(name) == self._judging(about)

    def few(self, every: bool) -> Iterator[Portion]:
        """The parts of which nothing is known, or `every` part, so many together that they hold some `TOGETHER` lines:
        each time with the ontology."""
        ontology = [part for part in self._parts.every if part.graph == "ontology"]
        others = [part for part in (self._parts.every if every else self.changed) if part.graph != "ontology"]
        for some in _grouped(others) or [[]]:
            names = dict.fromkeys(f"{part.graph} {part.name}".strip() for part in (some[:1] + some[-1:]))
            yield Portion(" to ".join(names), b"".join(map(self._parts.raw, (*ontology, *some))))

    def found_nothing(self, some: Iterable[tuple[str, str]]) -> None:
        """What found nothing in any part of this graph: each name, with what it depends on."""
        self._nothing |= {name: self._judging(about) for name, about in some}

    def keep(self) -> None:
        """Keeps what found nothing for the next build."""
        if sum(part.lines for part in self._parts.every) <= COMPARABLE:
            content = {"clean": self._nothing, "sums": [part.sum for part in self._parts.every]}
            self._cache.put("checks", "clean", code(), json.dumps(content))

    def _judging(self, about: str) -> str:
        return sha256(f"{code()} {self._sums.get('ontology')} {about}".encode()).hexdigest()

    def apart(self, store: Memory) -> bool:
        """Whether every triple stands in one of the stated graphs alone; False also if that is not known so easily."""
        if self._recalled.few and self._recalled.known(TWICE, ""):
            came = [quad for quad in self.difference[1] if quad.graph_name in _STATED]
            found = not any(
                other.graph_name in _STATED and other.graph_name != quad.graph_name
                for quad in came
                for other in store.quads(quad.subject, quad.predicate, quad.object)  # type: ignore[arg-type]
            )
        else:
            found = _apart(self._parts, self.changed if self.clean(TWICE, "") else self._parts.every)
        self._recalled.put(TWICE, "", found)
        if found:
            self.found_nothing([(TWICE, "")])
        return found


def _apart(parts: Parts, some: Iterable[Part]) -> bool:
    """Whether no triple of these parts of the stated graphs stands in another stated graph, as can be seen by their
    subjects: those of a source's claims and evidence are claims, passages and sources, of which no other graph has
    triples; those of all other graphs are compared."""
    own = {
        "claims": (f"<{PREFIXES['clm']}".encode(),),
        "evidence": tuple(f"<{PREFIXES[name]}".encode() for name in ("psg", "src")),
    }
    for part in some:
        if part.source and not all(line.startswith(own[part.graph]) for line in parts.raw(part).splitlines()):
            return False
    seen = array("q")
    for part in parts.every:
        if not part.source and part.graph in nquads.STATED:
            for line in parts.raw(part).splitlines():
                triple = line[: line.rindex(b" <")]
                if triple.startswith((*own["claims"], *own["evidence"])):
                    return False
                seen.append(hash(triple))
    ordered = sorted(seen)  # by hashes, of which two of different triples may be the same: then the store is asked
    return all(one != other for one, other in pairwise(ordered))


def _grouped(parts: Iterable[Part]) -> list[list[Part]]:
    groups, lines = list[list[Part]](), TOGETHER
    for part in parts:
        if lines >= TOGETHER:
            groups.append([])
            lines = 0
        groups[-1].append(part)
        lines += part.lines
    return groups


def by_triple(text: str) -> bool:
    """Whether each row of a check comes of one triple and of the ontology: it joins no two triples of other graphs,
    counts nothing, and asks for the absence of nothing but what the ontology says."""
    select = tree(text)
    return select is not None and not _with_exists(select) and _joined(Group((SubSelect(select),)), None) <= 1


_MANY = 9
"""More patterns than one."""


def _joined(element: Element, graph: object) -> int:
    """How many triples of other graphs than the ontology make a solution of an element in `graph` (None where any is
    meant); `_MANY` where that is not known."""
    match element:
        case Triple(_, predicate, _):
            if graph == _ONTOLOGY:
                return 0
            return _MANY if isinstance(predicate, Path) else 1
        case Filter() | Minus() | Optional():
            return 0 if {one.graph for one in patterns(element, graph)} <= {_ONTOLOGY} else _MANY
        case Union(several):
            return max((_joined(one, graph) for one in several), default=0)
        case SubSelect(select):
            whole = not (select.aggregated or select.limit is not None or select.offset is not None)
            return _joined(select.where, graph) if whole and not _with_exists(select) else _MANY
        case GraphPattern(name, group):
            if not isinstance(name, Constant) and not any(isinstance(one, Triple) for one in group.elements):
                return _MANY  # it counts the graphs that there are
            return _joined(group, name.term if isinstance(name, Constant) else None)
        case Group(elements):
            return sum(_joined(one, graph) for one in elements)
    return _MANY if _expressed(element) else 0


def _expressed(element: Element) -> bool:
    """Whether an element asks by EXISTS in an expression."""
    expression = getattr(element, "expression", None)
    return expression is not None and any(isinstance(part, Exists) for part in expression.parts)


def _with_exists(select: Select) -> bool:
    return any(isinstance(part, Exists) for one in expressions_outside(select) for part in one.parts)
