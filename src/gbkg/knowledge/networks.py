"""An open graph as a network: neighbours, paths, measures; the middle of `KnowledgeGraph`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gbkg.ask.opened import in_its_names
from gbkg.ask.resolve import claims
from gbkg.core.errors import GbkgError, above_zero, at_least, texts
from gbkg.knowledge.questions import Questions, several

if TYPE_CHECKING:
    from gbkg.network.projection import Selection
    from gbkg.render.relations import NeighboursResult, NetworkResult, PathsResult


@in_its_names
class Networks(Questions):
    """An open graph whose relations are followed, counted and withdrawn."""

    def neighbours(self, name: str, hops: int = 1, *, top: int = 100, **selection: Any) -> NeighboursResult:
        """Who and what an entity is related to, step by step; `selection` as of `network`.

        >>> [step.distance for step in kg.neighbours("Leaf Ledger", relations=["operating"]).steps]
        []
        """
        from gbkg.evidence import ledger
        from gbkg.evidence.ledger import Footnotes
        from gbkg.network import paths
        from gbkg.network.text import (
            relations_left_out,
            without_date,
        )
        from gbkg.render.relations import NeighboursResult

        said: list[str] = []
        start, known = self.entity(name, said.append), ledger.read(self.store)
        at_least(1, hops=hops, top=top)
        chosen = _selection(**selection)
        network = paths.around(self, known, chosen, start)
        rings, steps = paths.rings(network, start, hops), paths.neighbours(network, start, hops, top)
        said += [*relations_left_out(self, network, start), *without_date(network, chosen.as_of)]
        notes, narrowed = Footnotes(self.evidence, known), bool(chosen.relations)
        found = tuple(map(tuple, rings)), tuple(steps)
        return NeighboursResult(self, network, start, *found, notes, narrowed, remarks=tuple(said))

    def path(self, start: str, goal: str, k: int = 1, **selection: Any) -> PathsResult:
        """The k shortest paths between two entities; `selection` as of `network`.

        >>> len(kg.path("Tea Harbour", "Upper Reed").found)
        1
        """
        from gbkg.evidence import ledger
        from gbkg.evidence.ledger import Footnotes
        from gbkg.network import paths
        from gbkg.network.text import (
            fewer_paths,
            without_date,
        )
        from gbkg.render.relations import PathsResult

        at_least(1, k=k)
        said: list[str] = []
        ends = self.entity(start, said.append), self.entity(goal, said.append)
        known, chosen = ledger.read(self.store), _selection(**selection)
        network = paths.around(self, known, chosen, *ends)
        found = paths.shortest(network, *ends, k)
        wider = paths.wider(self, known, *ends) if isinstance(found, paths.Apart) else None
        said += [*fewer_paths(found, k), *without_date(network, chosen.as_of)]
        return PathsResult(self, ends, found, Footnotes(self.evidence, known), wider, remarks=tuple(said))

    def network(
        self,
        *,
        without: Sequence[str] = (),
        withdraw: Sequence[str] = (),
        answers: Sequence[str] = (),
        timeout: float | None = 10,
        exact: bool = False,
        samples: int | None = None,
        top: int | None = None,
        **selection: Any,
    ) -> NetworkResult:
        """The measures of the network of entities; compared `without` weak relations, or with what falls when sources
        or claims (`withdraw`) are taken away.

        `selection` is `relations` (families or properties; none: all), `kinds` of entities, `inferred` (False) and
        `as_of` ("": any date). `timeout` is in seconds for each saved query that is compared; of those of `answers` the
        rows are listed.

        >>> kg.network(relations=["founding"]).found.edges
        2
        """
        from gbkg.ask.queries import find
        from gbkg.evidence import ledger
        from gbkg.network import withdraw as taking
        from gbkg.network.centrality import Effort
        from gbkg.network.measures import analyse
        from gbkg.network.projection import project
        from gbkg.network.text import (
            queries_skipped,
            unconnected,
            without_date,
        )
        from gbkg.render.relations import NetworkResult

        said: list[str] = []
        without, withdraw, answers = several(without=without), several(withdraw=withdraw), several(answers=answers)
        at_least(1, samples=samples, top=top)
        above_zero(timeout=timeout)
        if exact and samples is not None:
            raise GbkgError("exact measures take no samples", hint="leave one of the two out")
        for name in answers:
            if name != "all":
                find(self.project, name)
        chosen, effort = _selection(**selection), Effort(exact, samples)
        found: Any
        if withdraw:
            chosen = replace(chosen, without=tuple(without))
            keys = frozenset[str]().union(*(claims(self.labels, name, said.append) for name in withdraw))
            found = taking.withdraw(self, chosen, keys, timeout, effort)
        network = project(self, ledger.read(self.store), chosen)
        if not withdraw:
            found = taking.without(self, chosen, without, effort) if without else analyse(network, effort, alone=False)
        result = NetworkResult(found, tuple(without), tuple(withdraw), tuple(answers), top)
        said += [method.remark for method in result.measured.methods if method.remark]
        said += [*unconnected(network), *without_date(network, chosen.as_of)]
        said += queries_skipped(found, timeout) if withdraw else ()
        return replace(result, remarks=tuple(said))


def _selection(
    relations: Iterable[str] = (), kinds: Iterable[str] = (), inferred: bool = False, as_of: str = "", **unknown: Any
) -> Selection:
    from gbkg.network.projection import DEFAULT_KINDS, Selection

    if unknown:
        names = "relations, kinds, inferred, as_of"
        raise TypeError(f"a network is not selected by {', '.join(sorted(unknown))}; there are {names}")
    texts(as_of=as_of)
    return Selection(several(relations=relations), several(kinds=kinds) or DEFAULT_KINDS, inferred, as_of)
