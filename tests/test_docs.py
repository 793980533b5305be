"""The pages tell the truth: printed outputs are real, queries answer, links lead somewhere, versions agree.

`make golden` writes the outputs in README.md anew.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import SHIPPED
from graphs import SHAPE_FILES, labelled

import gbkg
from gbkg import build
from gbkg.core import turtle
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import CORE, TERMS, Project
from gbkg.store.memory import Memory

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
OUTPUT = re.compile(r"<!-- output: gbkg (?P<command>.+?) -->\n```text\n(?P<text>.*?)```", re.S)


def output(command: str, out: Path) -> str:
    """What a command prints to stdout in the shipped project with frozen data, without the documents at hand: one that
    is added later changes no page."""
    arguments = [*command.split(), *(["--out", str(out)] if command == "build" else [])]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "gbkg", *arguments],
        capture_output=True,
        text=True,
        cwd=SHIPPED,
        env=environment,
        check=True,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def test_outputs_in_the_readme_are_what_the_commands_print(tmp_path: Path) -> None:
    found = list(OUTPUT.finditer((ROOT / "README.md").read_text()))
    assert len(found) == 3
    for match in found:
        assert match["text"] == output(match["command"], tmp_path)


def test_queries_in_the_model_page_answer() -> None:
    project = Project(ROOT)
    loaded = Memory.of(build.quads(project))
    queries = re.findall(r"```sparql\n(.*?)```", (ROOT / "docs" / "model.md").read_text(), re.S)
    assert len(queries) == 3
    for query in queries:
        assert list(loaded.query(query))


def test_turtle_in_the_model_page_stands_in_the_graph() -> None:
    everything = {quad.triple for quad in build.quads(Project(ROOT))}
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    blocks = re.findall(r"```turtle\n(.*?)```", (ROOT / "docs" / "model.md").read_text(), re.S)
    assert len(blocks) == 3
    for block in blocks:
        given = [quad.triple for quad in labelled({"page": turtle.parse(prefixes + block)})]
        missing = [triple for triple in given if triple not in everything]
        assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_pages_name_are_there(page: Path) -> None:
    named = re.findall(r"`((?:src|tests|docs|queries|ontology|benchmarks)/[\w./-]+)`", page.read_text())
    assert [name for name in named if "NAME" not in name and not (ROOT / name).exists()] == []


def test_one_version_everywhere() -> None:
    ontology = TERMS.read_text()
    assert f"owl:versionIRI <https://w3id.org/gbkg/ontology/{gbkg.__version__}>" in ontology
    assert f'owl:versionInfo "{gbkg.__version__}"' in ontology
    assert f"version: {gbkg.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f'mapping_set_version: "{gbkg.__version__}"' in (ROOT / "data" / "mappings.sssom.yml").read_text()
    assert f"## {gbkg.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_counts_in_the_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    queries = len(Project(ROOT).queries)
    assert f"- {queries} saved queries" in text
    shapes = sum(file.read_text().count(" a sh:NodeShape") for file in SHAPE_FILES)
    checks = len(list((CORE / "checks").glob("*-violation.rq")))
    assert f"{shapes} SHACL shapes and {checks} hygiene checks" in text


def test_every_dependency_has_a_lower_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    everything = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert [requirement for requirement in everything if ">=" not in requirement] == []


def test_the_oldest_versions_tested_are_the_lower_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bounds = [requirement.split(",")[0].replace(">=", "==") for requirement in project["dependencies"]]
    assert (ROOT / "tests" / "lowest.txt").read_text().splitlines() == bounds


def write() -> None:
    """Writes the outputs in README.md anew."""
    readme = ROOT / "README.md"
    text = readme.read_text()
    for match in OUTPUT.finditer(text):
        command = match["command"]
        new = f"<!-- output: gbkg {command} -->\n```text\n{output(command, ROOT / 'build')}```"
        text = text.replace(match[0], new)
    readme.write_text(text)
