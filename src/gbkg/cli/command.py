"""What all commands share: the application, the project they work on, and how they print."""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from gbkg.cli.streams import styled
from gbkg.core import SCHEMA, __version__, files
from gbkg.core.errors import Finding, NotFoundError, OutputError, ValidationError
from gbkg.core.project import Project

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from gbkg.knowledge import KnowledgeGraph
    from gbkg.render.result import Result


class Unread(Exception):
    """Whoever read the output has gone. Typer ends with 1 for a `BrokenPipeError`, which would be a finding."""


class _Commands(TyperGroup):
    """All commands."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        try:
            return super().make_context(*args, **extra)
        except BrokenPipeError as error:  # while help is printed
            raise Unread from error

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise Unread from error


app = typer.Typer(
    cls=_Commands,
    help="A knowledge graph in which every fact can be followed back to the sentence that states it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Documents = Annotated[
    Path | None,
    typer.Option(
        "--sources", envvar="GBKG_SOURCES", metavar="DIR", help="Folder with the documents, whatever they are called."
    ),
]
GraphFile = Annotated[
    Path | None, typer.Option("--graph", metavar="FILE", help="The graph as N-Quads [default: build/gbkg.nq].")
]
StoreFolder = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="The graph as a store on disk [env var: GBKG_STORE].")
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="URL", help="The graph on a SPARQL server [env var: GBKG_ENDPOINT]."),
]
GraphPrefix = Annotated[
    str | None,
    typer.Option(
        "--graph-prefix",
        metavar="IRI",
        help="What the server's named graphs begin with, if it is not ours [env var: GBKG_GRAPH_PREFIX].",
    ),
]
Layout = Annotated[str, typer.Option("--format", help="text or json.")]
LAYOUTS = ("text", "json")
_PLACES = {"graph": GraphFile, "store": StoreFolder, "endpoint": Endpoint, "graph_prefix": GraphPrefix}
_VARIABLES = {"store": "GBKG_STORE", "endpoint": "GBKG_ENDPOINT"}
_ASKING: set[str] = set()
"""The commands that ask a graph, by name."""
LONGEST = 1_500
"""Characters of the longest line of a remark."""
_state: dict[str, Path | None] = {"project": None}
_place: dict[str, Any] = {}
"""Where the graph is, as the command line says: by name of the option."""


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"gbkg {__version__}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    project: Annotated[
        Path | None,
        typer.Option(
            "--project", metavar="DIR", help="The project; without it the current folder, else the one gbkg came with."
        ),
    ] = None,
    store: StoreFolder = None,
    endpoint: Endpoint = None,
    graph_prefix: GraphPrefix = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A knowledge graph in which every fact can be followed back to the sentence that states it."""
    _state["project"] = project
    _place.clear()
    _note(store=store, endpoint=endpoint, graph_prefix=graph_prefix)
    if _place and context.invoked_subcommand not in _ASKING:
        option = next(iter(_place)).replace("_", "-")
        fail(f"--{option} before its name is not for {context.invoked_subcommand}, which asks no graph", 2)


def asks_graph(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options that say where the graph is, which `open_graph` then opens."""
    _ASKING.add(command.__name__)
    signature = inspect.signature(command, eval_str=True)
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in _PLACES.items()
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        _note(**{name: given.pop(name) for name in _PLACES})
        command(**given)

    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *options]
    )
    return run


def open_graph(place: Mapping[str, Any] | None = None, timeout: float | None = 60) -> KnowledgeGraph:
    """The graph that `place` or `graph_place()` says, opened; prints what is to be said of how it was opened. A server
    has `timeout` seconds to tell what it holds.

    Raises what `gbkg.knowledge.open` raises.
    """
    from gbkg import knowledge

    opened = knowledge.open(current_project().root, **(graph_place() if place is None else place), timeout=timeout)
    if opened.remark:
        remark(opened.remark)
    return opened


def outputs_apart(*chosen: Path | None) -> None:
    """Raises `OutputError` when files to be written are one, are the graph that is read, or are of a build or store."""
    from gbkg.store import outputs

    paths = [path for path in chosen if path is not None]
    files.apart(paths, [graph_place()["graph"]] if "graph" in graph_place() else [])
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


def _note(**given: Any) -> None:
    _place.update({name: value for name, value in given.items() if value is not None})


def current_project() -> Project:

    return Project.find(_state["project"])


def documents_at_hand(sources: Path | None) -> Path | None:
    """The folder with the documents: the one given, else that of `gbkg.toml` if it is there."""
    from gbkg.core.project import FILE

    project = current_project()
    if sources is not None or not (project.root / FILE).is_file():
        return sources
    folder = project.root / project.about.documents
    return folder if folder.is_dir() else None


def checked(form: str, forms: Sequence[str]) -> str:
    """The format. Raises `NotFoundError` when there is no such one."""

    if form not in forms:
        raise NotFoundError("format", form, known=forms)
    return form


def print_result(result: Result, form: str = "table") -> None:
    """Prints a result in words or as JSON, and what is to be said beside it."""
    if form == "json":
        _print_json(result.to_dict())
    elif not sys.stdout.isatty():
        sys.stdout.write(result.text())
    else:
        console = new_console()
        for line in result.lines(console.width):
            if isinstance(line, str) and "\n" not in line.strip("\n"):
                for part in line.split("\n"):
                    console.print(_wrapping(part) if part else part)
            else:
                console.print(line, soft_wrap=isinstance(line, str))
    for said in result.remarks:
        remark(said)


def print_record(kind: str, remarks: Iterable[str] = (), **values: Any) -> None:
    """Prints what a command did or found as JSON (docs/records.md); the remarks are not printed beside it."""
    _print_json({"schema": SCHEMA, "kind": kind, **values, "remarks": list(remarks)})


def _print_json(record: Mapping[str, Any]) -> None:
    # A name of a file may have bytes that are no text.
    text = json.dumps(record, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))


@contextmanager
def violations_recorded(kind: str, layout: str, **values: Any) -> Iterator[None]:
    """What stops at violations prints them as JSON, if that is the layout, before they end the process."""

    try:
        yield
    except ValidationError as error:
        clear_progress()
        if layout == "json":
            print_record(kind, **values, findings=[one.to_dict() for one in error.findings])
        raise


def _wrapping(line: str) -> RenderableType:
    """A line with the markup of rich, which a terminal gets wrapped at blanks, all parts as far in as the first."""
    from rich.padding import Padding
    from rich.text import Text

    words = line.lstrip(" ")
    return Padding(Text.from_markup(words), (0, 0, 0, len(line) - len(words)), expand=False)


def report_findings(findings: Iterable[Finding]) -> None:
    """Prints findings and stops with exit code 1 when one is a violation."""
    findings = list(findings)
    print_findings(findings)
    count = sum(finding.severity == "violation" for finding in findings)
    if count:
        fail(f"{count} violation{'s' if count != 1 else ''}", 1)


def print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        remark(f"{finding.severity}: {finding}")


def clear_progress() -> None:
    if sys.stderr.isatty():
        styled(sys.stderr, "\r\x1b[K")


def say(text: str) -> None:
    """Prints a line of a result."""
    sys.stdout.write(f"{text}\n")


def remark(text: str) -> None:
    """Prints what is said beside a result, after the result so far."""
    sys.stdout.flush()
    sys.stderr.write("".join(f"{_cut(line)}\n" for line in text.split("\n")))
    sys.stderr.flush()


def _cut(line: str) -> str:
    """The line, without its middle if nobody would read it."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"


def fail(text: str, code: int) -> NoReturn:
    remark(f"gbkg: {text}")
    sys.exit(code)


def new_console() -> Console:
    """What prints with bold and dim words; on a terminal each piece of text is made safe before it is styled."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # which rich would make an exit code of 1

    if "NO_COLOR" in os.environ or not sys.stdout.isatty():
        width = None if sys.stdout.isatty() else 200
        return Plain(highlight=False, width=width, color_system=None, force_terminal=False)
    from gbkg.cli.console import styling

    return styling(sys.stdout)


def plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
