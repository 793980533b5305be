"""The graph that the examples in docstrings ask: the mini project of the tests, built once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gbkg import build, knowledge
from gbkg.core.project import Project

MINI = Path(__file__).resolve().parent / "mini"


@pytest.fixture(scope="session")
def _mini(tmp_path_factory: pytest.TempPathFactory) -> knowledge.KnowledgeGraph:
    out = tmp_path_factory.mktemp("examples")
    build.run(Project(MINI), out, build.Settings(MINI / "documents"))
    return knowledge.open(MINI, out / "gbkg.nq")


@pytest.fixture(autouse=True)
def _kg(request: pytest.FixtureRequest, doctest_namespace: dict[str, Any]) -> None:
    if request.node.name.startswith(("gbkg.knowledge.", "gbkg.mcp.")):
        doctest_namespace["kg"] = request.getfixturevalue("_mini")
