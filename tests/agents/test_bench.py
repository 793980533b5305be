"""The sixty questions of benchmarks/bench_agents.py: all answers and citations are right on frozen data."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
from agent_questions import QUESTIONS
from bench_agents import judged


def test_the_caller_answers_all_of_them(real_build: Path) -> None:
    command = [sys.executable, ROOT / "benchmarks" / "bench_agents.py", "--graph", real_build / "gbkg.nq"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (total,) = [line.split() for line in done.stdout.splitlines() if line.startswith("all ")]
    assert total[1:3] == ["60", "60"] and total[3] == total[4]


def test_there_are_ten_of_each_kind_and_their_words_stand_in_the_documents(sources_dir: Path) -> None:
    assert set(Counter(question.kind for question in QUESTIONS).values()) == {10} and len(QUESTIONS) == 60
    texts = [" ".join(path.read_bytes().decode().split()) for path in sources_dir.iterdir()]
    missing = [word for one in QUESTIONS for word in one.words if not any(word in text for text in texts)]
    assert missing == []


def test_a_wrong_answer_and_a_wrong_citation_count_as_wrong() -> None:
    first = QUESTIONS[0]
    assert judged(first, ([*first.right], [*first.words])) == (True, True)
    assert judged(first, ([*first.right, "Patek"], ["something else"])) == (False, False)
    assert judged(first, ([*first.right[:-1]], [])) == (False, False)
