"""Small networks for the tests of analysis: from a word for each edge, or from a graph with its quads in any order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import networkx as nx
from conftest import SHIPPED
from graphs import GBKG, ID

from gbkg import knowledge as kg
from gbkg.evidence.ledger import Ledger, RuleUse
from gbkg.evidence.proofs import ClaimStanding, Triple
from gbkg.network.projection import Edge, Network
from gbkg.store.memory import Memory

ROOT = Path(__file__).resolve().parents[1]


def edge(subject: str, relation: str, value: str, *, inferred: bool = False) -> Edge:
    return Edge(
        *(subject, value, str(GBKG[relation])),
        label=relation,
        status="accepted",
        reading="stated",
        claims=(f"s.{subject}-{value}",),
        sources=("s",),
        passages=1,
        dates=(),
        since="",
        disputed=False,
        doubts=(),
        inferred=inferred,
        rules=(),
    )


def network(links: str, relation: str = "partOf", alone: str = "") -> Network:
    """ "ab bc" is a – b – c; each letter is a node and its own label, and every node an agent."""
    graph: Network = nx.MultiDiGraph()
    for node in sorted(set(links.replace(" ", "")) | set(alone)):
        graph.add_node(node, label=node, type="Company", type_label="company", kind="agent", slug=node)
    for one, other in links.split():
        made = edge(one, relation, other)
        graph.add_edge(one, other, key=made.relation, **asdict(made))
    return graph


class Shuffled(Memory):
    """A store that gives its quads in a random order, another one at every call."""

    def __init__(self, engine: Any, seed: int) -> None:
        super().__init__(engine)
        self._random = random.Random(seed)

    def quads(self, subject: Any = None, predicate: Any = None, object: Any = None, graph: Any = None) -> Iterator[Any]:
        found = list(super().quads(subject, predicate, object, graph))
        self._random.shuffle(found)
        return iter(found)

    def __iter__(self) -> Iterator[Any]:
        return self.quads()


def opened(folder: Path, shuffle: int | None = None, project: Path = SHIPPED) -> kg.KnowledgeGraph:
    found = kg.open(project, folder / "gbkg.nq")
    if shuffle is None:
        return found
    return kg.KnowledgeGraph(Shuffled(found.store.engine, shuffle), found.project)


def triple(text: str) -> Triple:
    """ "a in b" as a triple of entities."""
    subject, relation, value = text.split()
    return str(ID[subject]), str(GBKG[relation]), str(ID[value])


def ledger(claims: dict[str, str], *inferences: str) -> Ledger:
    """Claims by "a in b", each with words such as implied, doubted, rejected or a number of passages; inferences as
    "a in b, b in c: a in c". A second claim of a triple comes after a semicolon."""
    said = {
        triple(text): tuple(_evidence(text, words, n) for n, words in enumerate(of.split(";"), start=1))
        for text, of in claims.items()
    }
    made = []
    for text in inferences:
        premises, _, conclusion = text.partition(": ")
        made.append(RuleUse("rule", triple(conclusion), tuple(sorted(map(triple, premises.split(", "))))))
    return Ledger(said, tuple(sorted(made, key=lambda i: (i.conclusion, i.rule, i.premises))))


def _evidence(text: str, words: str, number: int) -> ClaimStanding:
    given = words.split()
    passages = next((int(word) for word in given if word.isdigit()), 1)
    return ClaimStanding(
        key=f"s.{text.replace(' ', '-')}-{number}",
        triple=triple(text),
        status="rejected" if "rejected" in given else "accepted",
        reading="implied" if "implied" in given else "stated",
        passages=tuple(f"{text}.{n}" for n in range(passages)),
        dates=(),
        curation=("in doubt: cur:doubt",) if "doubted" in given else (),
    )
