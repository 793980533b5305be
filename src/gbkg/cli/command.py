"""The program as click sees it: every command by name, and what commands share: the project, and where the graph is."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from gbkg.cli.parameters import ASKING, Lazy, Option, commands, parameters
from gbkg.cli.printing import fail, remark, say
from gbkg.core import __version__
from gbkg.core.errors import OutputError, ProjectError

if TYPE_CHECKING:
    from gbkg.core.project import Project
    from gbkg.knowledge import KnowledgeGraph

COMMANDS = {
    "ask": {
        "show": "Print all that is known of an entity, with its sentences.",
        "why": "Print the proof of one triple, or what it lacks.",
        "query": "Answer a question: a saved query, or SPARQL of your own.",
        "search": "Find entities, passages and saved queries by words.",
        "sources": "List the documents that the graph cites.",
        "schema": "List the classes, properties and indicators that occur.",
        "queries": "List the saved queries, or explain one.",
        "disputes": "Print what contradicts or is corrected, side by side.",
    },
    "network": {
        "neighbours": "Print who and what an entity is related to, step by step.",
        "path": "Print the shortest paths between two entities.",
        "analyse": "Measure the network of entities, or compare two.",
    },
    "export": {
        "export": "Write the graph in a format of another tool.",
        "draw": "Draw a picture for a report, as SVG or PNG.",
        "draw network": "Draw who founded, owns, operates or hosts whom.",
        "draw timeline": "Draw what happened when.",
        "draw answer": "Draw the answer of a saved query as its header says.",
    },
    "curate": {
        "build": "Build, validate and write the graph; print what is in it.",
        "find-quote": "Find words in a document, with their offsets.",
        "lock": "Fill in the offsets of quotations.",
        "coverage": "Print a document with what stands behind each sentence.",
        "verify": "Prove outputs, quotations or an answer card again.",
    },
    "project": {
        "init": "Begin a project: a small complete one that builds at once.",
        "add": "Register documents, and make their texts.",
        "propose": "Propose claims, entities and readings.",
        "check": "Judge a table alone, row by row.",
        "agreement": "Print how far readers agree, and how many proposals were right.",
        "merge": "Move accepted proposals into the tables.",
        "fmt": "Put tables in order: rows sorted, columns as documented.",
    },
    "serve": {
        "serve": "Serve the graph to browsers and programs.",
        "mcp": "Give the graph to language models.",
        "publish": "Put the graph on a SPARQL server.",
    },
}
"""Every command by the module that has it, with what the list of commands says of it, in that list's order. A module is
imported when one of its commands is asked for."""
Documents = Annotated[
    Path | None,
    Option(
        "--sources", envvar="GBKG_SOURCES", metavar="DIR", help="Folder with the documents, whatever they are called."
    ),
]
GraphFile = Annotated[
    Path | None, Option("--graph", metavar="FILE", help="The graph as N-Quads [default: build/gbkg.nq].")
]
StoreFolder = Annotated[
    Path | None, Option("--store", metavar="DIR", help="The graph as a store on disk [env var: GBKG_STORE].")
]
Endpoint = Annotated[
    str | None, Option("--endpoint", metavar="URL", help="The graph on a SPARQL server [env var: GBKG_ENDPOINT].")
]
GraphPrefix = Annotated[
    str | None,
    Option(
        "--graph-prefix",
        metavar="IRI",
        help="What the server's named graphs begin with, if it is not ours [env var: GBKG_GRAPH_PREFIX].",
    ),
]
Layout = Annotated[str, Option("--format", choices=("text", "json"), help="text or json.")]
_PLACES = {"graph": GraphFile, "store": StoreFolder, "endpoint": Endpoint, "graph_prefix": GraphPrefix}
_VARIABLES = {"store": "GBKG_STORE", "endpoint": "GBKG_ENDPOINT"}
_state: dict[str, Path | None] = {"project": None}
_place: dict[str, Any] = {}
"""Where the graph is, as the command line says: by name of the option."""


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"gbkg {__version__}")
        sys.exit(0)


def _begin(
    project: Annotated[
        Path | None,
        Option(
            "--project", metavar="DIR", help="The project; without it the current folder, else the one gbkg came with."
        ),
    ] = None,
    store: StoreFolder = None,
    endpoint: Endpoint = None,
    graph_prefix: GraphPrefix = None,
    _version: Annotated[bool, Option("--version", at_once=_print_version, help="Print the version.")] = False,
) -> None:
    """Notes the options that stand before the command's name."""
    _state["project"] = project
    _place.clear()
    _note(store=store, endpoint=endpoint, graph_prefix=graph_prefix)
    if not _place:
        return
    name = click.get_current_context().invoked_subcommand or ""
    app.load(name)
    if not any(asking.partition(" ")[0] == name for asking in ASKING):
        option = next(iter(_place)).replace("_", "-")
        fail(f"--{option} before its name is not for {name}, which asks no graph", 2)


def _note(**given: Any) -> None:
    _place.update({name: value for name, value in given.items() if value is not None})


def _help_width() -> int:
    """The width of help, as click has it; it asks `shutil`, which brings what reads archives."""
    columns = os.environ.get("COLUMNS", "")
    wide = int(columns) if columns.isdecimal() else 0
    if not wide:
        with suppress(AttributeError, ValueError, OSError):
            wide = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    return max(min(wide or 80, 80) - 2, 50)


class Unread(Exception):
    """The reader of the output closed the pipe. click ends with 1 for a `BrokenPipeError`, which would be a finding."""


class _Program(click.Group):
    """All commands."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        extra.setdefault("terminal_width", _help_width())
        try:
            return super().make_context(*args, **extra)
        except BrokenPipeError as error:  # while help is printed
            raise Unread from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)

    def load(self, name: str) -> click.Command:
        """A command itself, its module imported."""
        found = self.commands[name]
        return found.real if isinstance(found, Lazy) else found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise Unread from error


app = _Program(
    "gbkg",
    commands(COMMANDS, _PLACES, _note),
    params=parameters(_begin),
    callback=_begin,
    help="A knowledge graph in which every fact can be followed back to the sentence that states it.",
    no_args_is_help=True,
)


def open_graph(
    place: Mapping[str, Any] | None = None, timeout: float | None = 60, *, once: bool = False
) -> KnowledgeGraph:
    """The graph that `place` or `graph_place()` says, opened; prints what is to be said of how it was opened. A server
    has `timeout` seconds to say what it holds. `once` is for a query that reads little of the graph.

    Raises what `gbkg.knowledge.open` raises.
    """
    from gbkg import knowledge

    where = graph_place() if place is None else place
    opened = knowledge.open(current_project().root, **where, timeout=timeout, once=once)
    if opened.remark:
        remark(opened.remark)
    return opened


def outputs_apart(*chosen: Path | None) -> None:
    """Raises `OutputError` when files to be written are one, are the graph that is read, or are of a build or store."""
    from gbkg.core import files
    from gbkg.store import outputs

    paths = [path for path in chosen if path is not None]
    files.check_distinct(paths, [graph_place()["graph"]] if "graph" in graph_place() else [])
    for path in paths:
        if outputs.owned(path):
            raise OutputError("belongs to a build or a store", file=str(path), hint="name a file elsewhere")


def graph_place() -> dict[str, Any]:
    """Where the graph is, as arguments of `gbkg.knowledge.open`: as the command line says, else as the environment
    does; empty, which means where the project has it, when neither does."""
    place = dict(_place)
    if not place.keys() & {"graph", *_VARIABLES}:
        place |= {name: os.environ[key] for name, key in _VARIABLES.items() if os.environ.get(key)}
    if isinstance(place.get("store"), str):
        place["store"] = Path(place["store"])
    prefix = os.environ.get("GBKG_GRAPH_PREFIX")
    if prefix and "endpoint" in place:
        place.setdefault("graph_prefix", prefix)
    return place


def current_project() -> Project:
    """The project that the command line says. Raises as `Project.find`."""
    from gbkg.core.project import Project  # here, as in other functions: help needs none

    return Project.find(_state["project"])


def project_to_write(command: str) -> Project:
    """The project for a command that changes its files: never one that nobody named from a folder outside it."""
    from gbkg.core.project import is_project

    found, here = current_project(), Path.cwd()
    if _state["project"] is None and not here.is_relative_to(found.root.resolve()):
        around = next((one for one in here.parents if is_project(one)), None)
        hint = f"--project {around}" if around else "cd into a project, or --project DIR; gbkg init begins one"
        raise ProjectError(f"is not a project, and {command} writes into one", file=str(here), hint=hint)
    return found


def documents_at_hand(sources: Path | None) -> Path | None:
    """The folder with the documents: the one given, else that of `gbkg.toml` if it is there."""
    from gbkg.core.project import FILE

    project = current_project()
    if sources is not None or not (project.root / FILE).is_file():
        return sources
    folder = project.root / project.about.documents
    return folder if folder.is_dir() else None
