"""Sixty questions to `gbkg mcp`, by a caller that has no model and follows fixed plans: how many of its answers, and of
their citations, are right, and how long a call takes.

    python benchmarks/bench_agents.py [--graph FILE] [--sources DIR]

The caller speaks over the protocol, as a client does. An answer is right if it is the one that people wrote who read
the documents, no more and no less; its citations are right if they have the words that state it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from agent_questions import QUESTIONS, Plan, Question
from mcp import Client, StdioServerParameters

Found = tuple[list[str], list[str]]
"""Answers, and the words that are cited for them."""


class Caller:
    """Follows plans over a client's connection; `seconds` are those of its calls."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.seconds: list[float] = []

    async def call(self, tool: str, **arguments: Any) -> Any:
        """What a tool gives; rows that did not fit come with further calls."""
        begun = time.perf_counter()
        found = (await self._client.call_tool(tool, arguments)).structured_content
        self.seconds.append(time.perf_counter() - begun)
        return found

    async def follow(self, plan: Plan) -> Found:
        """The answers of a plan."""
        steps: dict[str, Callable[..., Awaitable[Found]]] = {
            "statistic": self._statistic, "date": self._date, "objects": self._objects, "subjects": self._subjects,
            "then": self._then, "count": self._count, "path": self._path, "rows": self._rows, "sparql": self._sparql,
            "dispute": self._dispute, "holds": self._holds, "quotation": self._quotation, "outcome": self._outcome,
        }  # fmt: skip
        return await steps[plan[0]](*plan[1:])

    async def _every(self, tool: str, rows: str, **arguments: Any) -> tuple[list[Any], list[list[str]]]:
        """All rows of a tool, with the words cited for each."""
        every: list[Any] = []
        words: list[list[str]] = []
        cursor = ""
        while True:
            found = await self.call(tool, limit=100, **arguments, **({"cursor": cursor} if cursor else {}))
            for row in found.get(rows, ()):
                every.append(row)
                words.append(cited(found, row["citations"] if "citations" in row else of_claims(row)))
            cursor = found["cursor"]
            if not cursor:
                return every, words

    async def _statistic(self, name: str, indicator: str) -> Found:
        rows, words = await self._every("entity", "statements", name=name, groups=["Statistics"])
        kept = [n for n, row in enumerate(rows) if row["text"].startswith(f"{indicator}:")]
        return [f"{rows[n]['amount']}; {rows[n]['when']}" for n in kept], [w for n in kept for w in words[n]]

    async def _date(self, name: str, property: str) -> Found:
        rows, words = await self._every("entity", "statements", name=name, groups=["Dates"])
        kept = [n for n, row in enumerate(rows) if row["text"].startswith(f"{property} ")]
        return [rows[n]["text"] for n in kept], [w for n in kept for w in words[n]]

    async def _objects(self, name: str, property: str) -> Found:
        return await self._ends(name, property, "subject", "object")

    async def _subjects(self, name: str, property: str) -> Found:
        return await self._ends(name, property, "object", "subject")

    async def _ends(self, name: str, property: str, here: str, there: str) -> Found:
        rows, words = await self._every("relations", "relations", name=name, relations=[property])
        mine = (await self.call("entity", name=name, limit=1))["id"]
        kept = [n for n, row in enumerate(rows) if row[here]["id"] == mine and property == row["predicate"]["label"]]
        return [rows[n][there]["label"] for n in kept], [w for n in kept for w in words[n]]

    async def _then(self, first: Plan, step: str, property: str) -> Found:
        names, words = await self.follow(first)
        answers: list[str] = []
        for name in names:
            found, more = await self.follow((step, name, property))
            answers += [one for one in found if one not in answers]
            words = [*words, *more]
        return answers, words

    async def _count(self, plan: Plan) -> Found:
        names, words = await self.follow(plan)
        return [str(len(set(names)))], words

    async def _path(self, start: str, goal: str) -> Found:
        found = await self.call("path", start=start, goal=goal)
        steps = found["paths"][0]["steps"]
        names = {row[end]["label"] for row in steps for end in ("subject", "object")}
        return list(names), [w for row in steps for w in cited(found, row["citations"])]

    async def _rows(self, query: str, parameters: dict[str, str], columns: tuple[str, ...]) -> Found:
        rows, words = await self._every("ask_saved", "rows", action="run", name=query, parameters=parameters)
        said = [
            " ".join(row["cells"][name]["label"] or row["cells"][name]["value"] for name in columns) for row in rows
        ]
        return said, [w for some in words for w in some]

    async def _sparql(self, text: str, column: str) -> Found:
        rows, words = await self._every("sparql", "rows", query=text)
        return [row["cells"][column]["value"] for row in rows], [w for some in words for w in some]

    async def _dispute(self, name: str, kind: str) -> Found:
        rows, words = await self._every("disputes", "disputes", name=name, kinds=[kind])
        said = [
            row["name"] + (f": {row['meant'] or row['outcome']}" if row["meant"] or row["outcome"] else "")
            for row in rows
        ]
        return said, [w for some in words for w in some]

    async def _holds(self, subject: str, property: str, object: str) -> Found:
        found = await self.call("why", subject=subject, predicate=property, object=object)
        every = range(1, len(found["citations"]) + 1)
        return [found["status"] if found["holds"] else "does not hold"], cited(found, every)

    async def _quotation(self, words: str) -> Found:
        found = await self.call("verify_quote", quote=words)
        return [found["verdict"]], [match["exact"] for match in found["matches"]]

    async def _outcome(self, tool: str, arguments: dict[str, Any]) -> Found:
        found = await self.call(tool, **arguments)
        return [found["outcome"]], []


def cited(found: Any, numbers: Any) -> list[str]:
    """The words of citations by their numbers."""
    some = [found["citations"][number - 1] for number in numbers]
    return [target["selector"][0]["exact"] for one in some for target in one["target"]]


def of_claims(row: Any) -> list[int]:
    """The numbers of the citations of a dispute's claims."""
    return [number for claim in row["claims"] for number in claim["citations"]]


def judged(question: Question, found: Found) -> tuple[bool, bool]:
    """Whether the answer is right, and whether the citations are."""
    answers, words = found
    everything = [" ".join(one.split()) for one in words]
    proved = all(any(wanted in one for one in everything) for wanted in question.words)
    return sorted(answers) == sorted(question.right), proved


async def bench(graph: Path | None, sources: Path | None) -> int:
    arguments = ["-m", "gbkg", "mcp", *(["--graph", str(graph)] if graph else [])]
    arguments += ["--sources", str(sources)] if sources else []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GBKG_")}
    right, proved, needed, wrong = Counter[str](), Counter[str](), Counter[str](), list[str]()
    async with Client(StdioServerParameters(command=sys.executable, args=arguments, env=environment)) as client:
        caller = Caller(client)
        for question in QUESTIONS:
            found = await caller.follow(question.plan)
            answer, citation = judged(question, found)
            right[question.kind] += answer
            proved[question.kind] += citation and bool(question.words)
            needed[question.kind] += bool(question.words)
            if not (answer and citation):
                wrong.append(f"{question.asks}\n  wanted {sorted(question.right)}\n  found  {sorted(found[0])}"
                             + ("" if citation else f"\n  not cited: {question.words}; cited {found[1]}"))  # fmt: skip
    print(f"{'kind':<14} {'questions':>9} {'right answers':>14} {'with citations':>15} {'right citations':>16}")
    for kind, number in Counter(question.kind for question in QUESTIONS).items():
        print(f"{kind:<14} {number:>9} {right[kind]:>14} {needed[kind]:>15} {proved[kind]:>16}")
    print(f"{'all':<14} {len(QUESTIONS):>9} {right.total():>14} {needed.total():>15} {proved.total():>16}")
    taken = sorted(caller.seconds)
    print(f"{len(taken)} calls; median {statistics.median(taken) * 1000:.0f} ms, longest {taken[-1] * 1000:.0f} ms")
    for one in wrong:
        print(one, file=sys.stderr)
    return len(wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", type=Path)
    parser.add_argument("--sources", type=Path)
    chosen = parser.parse_args()
    sys.exit(asyncio.run(bench(chosen.graph, chosen.sources)) > 0)


if __name__ == "__main__":
    main()
