"""Writes what tests expect anew and shows the difference: `make golden`, after a change of data, queries or output.

`tests/frozen/data` becomes a copy of `data`; `tests/answers` the answers of the saved queries; the printed outputs in
README.md those of the commands, the transcript in docs/agents.md that of the tools. Read the difference against the
documents, row by row, before you commit it.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import test_docs
import test_saved_queries
from agents import transcript
from conftest import SHIPPED

from gbkg import build
from gbkg.core.project import Project

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = ("tests/answers", "tests/frozen", "README.md", "docs/agents.md")

if __name__ == "__main__":
    shutil.rmtree(ROOT / "tests" / "frozen" / "data", ignore_errors=True)
    shutil.copytree(ROOT / "data", ROOT / "tests" / "frozen" / "data")
    shutil.copytree(ROOT / "data", SHIPPED / "data", dirs_exist_ok=True)
    test_saved_queries.write()
    test_docs.write()
    with TemporaryDirectory() as folder:
        build.run(Project(ROOT), Path(folder))
        transcript.write(Path(folder) / "gbkg.nq")
    subprocess.run(["git", "add", "--intent-to-add", *WRITTEN], cwd=ROOT, check=True)
    subprocess.run(["git", "--no-pager", "diff", "--stat", "--", *WRITTEN], cwd=ROOT, check=True)
    subprocess.run(["git", "--no-pager", "diff", "-U0", "--", *WRITTEN], cwd=ROOT, check=True)
