"""What an export is made of: the quads of a built graph as they stand in the file, in one order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from gbkg.core import nquads
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import Term, minted, term

INFERRED = frozenset((term("graph:inferred"), term("graph:inferences")))
"""The named graphs that hold what rules add; nobody claimed it."""
_TOGETHER = {name: place for place, some in enumerate(nquads.TOGETHER) for name in some}
_NAMESPACES = tuple(PREFIXES[name] for name in ("clm", "psg", "src"))
_TYPE = term("rdf:type").value
_RANK = {PREFIXES["graph"] + name: place for place, name in enumerate(nquads.GRAPHS)}


def ordered(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads in the order of a build: graphs as in `nquads.GRAPHS`, others after them by name; in those that
    are put together source by source, by source; then by subject (type first), predicate, object."""
    return sorted(quads, key=_order)


def together(quads: Iterable[ox.Quad]) -> list[list[ox.Quad]]:
    """Ordered quads as a build puts them together in a file without named graphs: what belongs to no source, by
    subject, in groups of graphs that speak of the same; then source after source, its evidence first."""
    groups: dict[tuple[int, str], list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        name, source = _graph(quad), _source(quad)
        groups[(len(_TOGETHER), source) if source else (_TOGETHER.get(name, len(_TOGETHER)), "")].append(quad)
    found = []
    for (_, source), group in sorted(groups.items(), key=lambda item: item[0]):
        key = _evidence_first if source else _by_subject
        found.append(sorted(group, key=key))
    return found


def stated(quads: Iterable[ox.Quad], inferred: bool = False) -> list[ox.Quad]:
    """The quads that a format without named graphs holds: all but the inferred ones, or all of them."""
    return [quad for quad in quads if inferred or quad.graph_name not in INFERRED]


class Nodes:
    """Quads by subject and predicate: subjects are IRIs, predicates are written prefix:name, values are terms of
    pyoxigraph in the order of the quads."""

    def __init__(self, quads: Iterable[Any]) -> None:
        short: dict[str, str] = {}
        self._of: dict[str, dict[str, list[Term]]] = defaultdict(dict)
        for quad in quads:
            predicate = quad.predicate.value
            if predicate not in short:
                short[predicate] = shorten(predicate)
            self._of[quad.subject.value].setdefault(short[predicate], []).append(quad.object)

    def __iter__(self) -> Iterator[str]:
        """The subjects, sorted."""
        return iter(sorted(self._of))

    def of(self, subject: str) -> dict[str, list[Term]]:
        """Everything said of the subject, predicates sorted; empty when nothing is."""
        return dict(sorted(self._of.get(subject, {}).items()))

    def values(self, subject: str, predicate: str) -> list[str]:
        """The lexical forms or IRIs of all values."""
        return [term.value for term in self._of.get(subject, {}).get(predicate, [])]

    def value(self, subject: str, predicate: str) -> str:
        """The first of them, the empty string when there is none."""
        found = self.values(subject, predicate)
        return found[0] if found else ""

    def instances(self, kind: str) -> list[str]:
        """The subjects with this rdf:type, given as prefix:name; sorted."""
        wanted = full(kind)
        return [subject for subject in self if wanted in self.values(subject, "rdf:type")]


def local(quads: Iterable[ox.Quad], graph: str) -> list[Any]:
    """The quads of the named graph with this local name."""
    return [quad for quad in quads if quad.graph_name == minted("graph", graph)]


def _order(quad: Any) -> tuple[Any, ...]:
    name, kind = quad.graph_name.value, quad.predicate.value
    rank = _RANK.get(name, len(_RANK))
    return rank, name, _source(quad), quad.subject.value, kind != _TYPE, kind, quad.object.value, str(quad.object)


def _source(quad: Any) -> str:
    """The source by which a quad stands in a build, "" for those of graphs that are not put together by source."""
    if _graph(quad) not in nquads.BY_SOURCE:
        return ""
    namespace = next((namespace for namespace in _NAMESPACES if quad.subject.value.startswith(namespace)), "")
    return str(quad.subject.value).removeprefix(namespace).partition(".")[0] if namespace else ""


def _by_subject(quad: Any) -> str:
    return str(quad.subject.value)


def _evidence_first(quad: Any) -> bool:
    return _graph(quad) != "evidence"


def _graph(quad: Any) -> str:
    """The local name of the quad's graph."""
    return str(quad.graph_name.value).removeprefix(PREFIXES["graph"])
