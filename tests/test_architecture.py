"""The rooms of gbkg: which may import from which, and that no imports go in a circle."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

SRC = Path(__file__).resolve().parents[1] / "src"
ARROWS = {
    "core": "",
    "documents": "core",
    "claims": "core documents",
    "intake": "core documents claims",
    "propose": "core documents claims",
    "review": "core documents claims propose",
    "sparql": "core",
    "store": "core sparql",
    "graph": "core documents claims sparql store",
    "validate": "core documents claims sparql store graph",
    "evidence": "core sparql store graph",
    "ask": "core documents claims sparql store graph evidence",
    "network": "core sparql store evidence ask",
    "render": "core evidence ask network",
    "build": "core documents claims sparql store graph validate evidence ask",
    "knowledge": "core documents store graph validate evidence ask network render build",
    "web": "core documents claims propose review sparql store evidence ask network render knowledge",
    "mcp": "core documents evidence ask network knowledge web",
    "cli": "core documents claims intake propose review sparql store graph validate evidence ask network render "
    "build knowledge web mcp",
}
"""From which rooms each may import: docs/architecture.md. `build` and `knowledge` stand beside the rooms."""
FILES = {
    ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__"): path for path in SRC.rglob("*.py")
}


def imports(name: str) -> Iterator[str]:
    """The modules of gbkg that a module imports, wherever in it, for types alone too."""
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "gbkg":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in FILES else node.module


def room(name: str) -> str:
    return [*name.split("."), ""][1]


def test_rooms_import_downward_only() -> None:
    TopologicalSorter({one: others.split() for one, others in ARROWS.items()}).prepare()
    assert {room(name) for name in FILES} == {*ARROWS, "", "__main__"}
    wrong = {
        f"{one} imports {other}"
        for one in FILES
        for other in imports(one)
        if room(one) in ARROWS and room(other) not in {room(one), *ARROWS[room(one)].split()}
    }
    assert wrong == set()


def test_the_page_has_the_same_arrows() -> None:
    page = (SRC.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    found = {
        name: set(re.findall(r"\w+", rooms)) for name, rooms in re.findall(r"(?m)^\| `(\w+)` \|.*\| ([^|]*) \|$", page)
    }
    assert {name: others for name, others in found.items() if name in ARROWS} == {
        name: set(others.split()) for name, others in ARROWS.items()
    }


def test_rooms_are_imported_where_modules_begin() -> None:
    """Only doors import within functions, an open graph, its answers what proofs are made of, remarks what says why
    there are no rows, and stores what reads SPARQL or serves a build, so that no command waits for what it does not
    need; and what brings rdflib."""
    lazy = {
        name
        for name in FILES
        for function in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gbkg")
    }
    rdflib = {"gbkg.core.jsonld", "gbkg.validate.shacl.validator"}
    cited = {f"gbkg.ask.{name}" for name in ("opened", "answers", "remarks", "rows", "saved", "tables", "writing")}
    sparql = {"gbkg.ask.headers", *(f"gbkg.store.{name}" for name in ("base", "disk", "manifest"))}
    assert {name for name in lazy if room(name) not in ("", "cli", "knowledge")} <= {*rdflib, *cited, *sparql}


def test_networks_alone_wait_for_networkx() -> None:
    code = "import sys, gbkg.render.export.formats, gbkg.ask.opened; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_no_files_import_one_another_in_a_circle() -> None:
    TopologicalSorter({name: {*imports(name)} - {name} for name in FILES}).prepare()


def test_a_class_has_a_name_of_its_own() -> None:
    defined = [
        node.name
        for path in FILES.values()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert {name for name in defined if defined.count(name) > 1} == set()


def test_rdflib_serves_pyshacl_and_json_ld_alone() -> None:
    users = {
        name for name, path in FILES.items() if re.search(r"(?m)^ *(?:from|import) rdflib\b", path.read_text("utf-8"))
    }
    adapters = {"core.rdflibterms", "core.jsonld", "validate.shacl.reference"}
    assert users == {f"gbkg.{name}" for name in adapters}
    starting = "import sys, gbkg.build, gbkg.knowledge, gbkg.cli.main; sys.exit('rdflib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", starting]).returncode == 0


def test_modules_and_functions_are_short() -> None:
    """A module has at most 350 lines, and a function fewer than 60, decorators included."""
    texts = {name: path.read_text(encoding="utf-8") for name, path in FILES.items()}
    long = {name for name, text in texts.items() if len(text.splitlines()) > 350}
    for name, text in texts.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                if (node.end_lineno or first) - first >= 59:
                    long.add(f"{name}.{node.name}")
    assert not long
