"""Commands that query the graph (show, why, query, search) or list what it has (sources, schema, queries, disputes)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from gbkg.cli.command import Layout, current_project, open_graph, outputs_apart
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import print_remarks, print_result, remark, say
from gbkg.core import files, inputfiles
from gbkg.core.errors import GbkgError, ParseError
from gbkg.core.project import Project
from gbkg.core.text import counted

if TYPE_CHECKING:
    from gbkg.ask.saved import SavedQuery

Parameters = Annotated[
    list[str] | None,
    Option("--param", "-p", metavar="NAME=VALUE", help="A value for a parameter; again for several."),
]
Form = Annotated[
    str | None,
    Option(
        "--format",
        metavar="FORMAT",
        help="table, csv, tsv, json, md; xlsx, docx (with -o); for triples ttl, jsonld, nt.",
    ),
]
Card = Annotated[
    Path | None,
    Option(metavar="FILE", help="Also write an answer card, which gbkg verify --card proves again later."),
]
Key = Annotated[Path | None, Option(metavar="KEY", help="Sign the card with this private key (Ed25519, in PEM).")]
_LARGEST = 10_000_000
"""Bytes of a query that is read from stdin."""


@command("show", asks_graph=True)
def show(
    entity: Annotated[list[str], Argument(help="IRI, id, label or alias; several words need no quotes.")],
    layout: Layout = "text",
) -> None:
    """Print an entity: names, relations both ways, statistics, each with its quotation, source and offsets."""
    print_result(open_graph(once=True).show(" ".join(entity)), layout)


@command("why", asks_graph=True)
def why(
    subject: Annotated[str, Argument(help="An entity or other node: IRI, prefixed name, id, label, alias.")],
    predicate: Annotated[str, Argument(help="A property: IRI, prefixed name, local name or label.")],
    object: Annotated[str, Argument(help="A node, or the text, number or date of a literal.")],
    derivations: Annotated[int, Option(min=1, help="How many ways to print, besides what is said.")] = 1,
    layout: Layout = "text",
) -> None:
    """Print the proof of one triple, down to the sentences; or, if it does not hold, what it lacks."""
    found = open_graph(once=True).why(subject, predicate, object, derivations)
    print_result(found, layout)
    if not found.holds:
        sys.exit(1)
    if found.more and layout == "text":
        ways = f"and {found.more} other way{'s' if found.more > 1 else ''}"
        remark(f"{ways} (--derivations {found.more + derivations})")


@command("query", asks_graph=True)
def query(
    name: Annotated[str, Argument(metavar="NAME|FILE|-", help="A saved query, a file with one, - for stdin.")],
    parameter: Parameters = None,
    cite: Annotated[bool, Option("--cite", help="Show for each row what proves it.")] = False,
    editorial: Annotated[
        bool, Option("--editorial", help="With --cite: footnotes for labels and types, too, in tables.")
    ] = False,
    derivations: Annotated[int, Option(min=1, help="How many proofs of a row to list.")] = 3,
    steps: Annotated[int, Option(min=0, help="How many triples of each proof to list; 0: all.")] = 50,
    form: Form = None,
    output: Annotated[Path | None, Option("--output", "-o", help="A file; its suffix says the format.")] = None,
    card: Card = None,
    sign: Key = None,
    timeout: Annotated[float, Option(min=0, help="Seconds after which to give up; 0: never.")] = 60,
    memory: Annotated[float, Option(min=0, help="Gigabytes at which to give up; 0: never.")] = 2,
    limit: Annotated[int, Option(min=0, help="How many rows at most; 0: all.")] = 10_000,
) -> None:
    """Answer a question: a saved query, one in a file, or one from stdin. Queries only read."""
    from gbkg.ask import writing

    chosen = writing.known(form) or (writing.guess(output) if output else None)
    project = current_project()
    outputs_apart(output, card)
    _check_options(chosen, output, cite, editorial, card, sign)
    named = _named(project, name)
    typed = values(parameter or [])
    kg = open_graph(timeout=timeout or None, once=True)
    asked = kg.asked(named)
    try:
        answer = kg.ask_saved(
            asked,
            typed,
            cite=cite or card is not None,
            derivations=derivations,
            steps=None if card else steps or None,
            timeout=timeout or None,
            memory=memory or None,
            limit=limit or None,
        )
    except GbkgError as error:
        _refuse(error, "stdin" if name == "-" else str(asked.path))
    width = shutil.get_terminal_size().columns if output is None and sys.stdout.isatty() else None
    text = kg.text(asked, typed, _known) if card or chosen in writing.BINARY else ""
    question = None
    if chosen in writing.BINARY:
        from gbkg.ask.office import of_question

        question = of_question(kg, asked, typed, text, answer.remarks)
    # Bytes, so that no system translates the line ends of CSV.
    raw = writing.content(answer, chosen, width, question, editorial=editorial)
    proved = b""
    if card:
        from gbkg.ask.card import written

        proved = written(kg, asked, typed, text, answer, derivations, sign)
    _deliver(raw, output, proved, card)
    print_remarks(answer)


def _check_options(
    form: str | None, output: Path | None, cite: bool, editorial: bool, card: Path | None, sign: Path | None
) -> None:
    """Refuses options of `query` that do not go together."""
    from gbkg.ask import writing

    if form in writing.BINARY and output is None:
        raise GbkgError(f"{form} cannot be written to standard output", hint=f"name a file: -o answer.{form}")
    if sign is not None and card is None:
        raise GbkgError("--sign needs --card", hint="--card FILE names the card to sign")
    if editorial and not cite:
        raise GbkgError("--editorial needs --cite", hint="add --cite, or leave --editorial out")


def _named(project: Project, name: str) -> str | SavedQuery:
    """The query that was named: a saved one by its name, one on stdin or in a file as it was read."""
    if name in project.names:
        return name
    from gbkg.ask import queries

    if name != "-":
        return queries.named(project, name)
    if sys.stdin is None:
        raise GbkgError("stdin is closed: there is no query to read")
    raw = sys.stdin.buffer.read(_LARGEST + 1)
    if len(raw) > _LARGEST:
        raise ParseError(f"a query of more than {_LARGEST:,} bytes", file="stdin")
    return queries.plain(inputfiles.decode(raw, "stdin"), Path("-"), "stdin")


def values(given: list[str]) -> dict[str, list[str]]:
    """The values of each parameter, in the order in which they were given."""

    found: dict[str, list[str]] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise GbkgError(f"-p {pair!r} has no value", hint="write -p name=value")
        found.setdefault(name.strip(), []).append(value)
    return found


def _refuse(error: GbkgError, shown: str) -> NoReturn:
    """Says why there is no answer, with the line and a caret where it has a place, and ends the process."""
    place = f"{shown}:" if error.file is None and error.line is not None else ""
    remark("\n".join([f"gbkg: {place}{error}", *getattr(error, "__notes__", [])]))
    sys.exit(2)


def _known(_: str) -> None:
    """What a name is taken for is among the remarks on the answer."""


def _deliver(raw: bytes, output: Path | None, card: bytes, place: Path | None) -> None:
    """Writes the answer to its file or to stdout, and its card; both files are written, or none."""

    chosen = {output: raw} if output else {}
    files.write_all(chosen | ({place: card} if place else {}))
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        sys.stdout.flush()


@command("search", asks_graph=True)
def search(
    words: Annotated[list[str], Argument(help="Words; several need no quotes.")],
    kind: Annotated[
        list[str] | None, Option("--kind", help="entity, passage or query; may be repeated [default: all].")
    ] = None,
    limit: Annotated[int, Option(min=1, help="How many hits at most.")] = 20,
    layout: Layout = "text",
) -> None:
    """Find entities by any spelling, passages by their words and saved queries by what they ask."""
    from gbkg.ask.search import KINDS

    found = open_graph().search(" ".join(words), kind or KINDS, limit)
    print_result(found, layout)
    more = f"; --limit {2 * limit} may give more" if len(found.hits) == limit else ""
    remark(counted(len(found.hits), "hit") + more)


@command("sources", asks_graph=True)
def sources(layout: Layout = "text") -> None:
    """List the documents that the graph cites: title, authors, date, digest, how many claims are of each."""
    print_result(open_graph(once=True).sources(), layout)


@command("schema", asks_graph=True)
def schema(layout: Layout = "text") -> None:
    """List the classes, properties and indicators that occur, with counts, the most frequent first."""
    print_result(open_graph(once=True).schema(), layout)


@command("queries", asks_graph=True)
def queries(
    name: Annotated[str | None, Argument(metavar="[TAG|NAME]", help="A tag, or a query to explain.")] = None,
    layout: Layout = "text",
) -> None:
    """List the saved queries, those with a tag, or explain one with an example call."""
    from gbkg.ask.catalogue import listed

    found = listed(current_project(), name or "", open_graph)
    print_result(found, layout)
    if found.findings:
        sys.exit(1)


@command("disputes", asks_graph=True)
def disputes(
    entity: Annotated[
        list[str] | None,
        Argument(help="Only what touches this entity (IRI, id, label or alias), or the one of this name (cur:…)."),
    ] = None,
    kind: Annotated[
        list[str] | None,
        Option(
            "--kind",
            help="proposal, inconsistency, correction, comparison, check, ambiguity, identity or gap; may be repeated.",
        ),
    ] = None,
    every: Annotated[bool, Option("--all", help="All kinds.")] = False,
    layout: Annotated[str, Option("--format", choices=("table", "md", "json"), help="table, md or json.")] = "table",
) -> None:
    """Print what is to be settled, inconsistencies, corrections, comparisons: side by side, with arithmetic."""
    from gbkg.ask.disputes import KINDS, USUAL

    found = open_graph().disputes(" ".join(entity or []), KINDS if every else kind or USUAL)
    if layout == "md":
        say(found.markdown())
        print_remarks(found)
    else:
        print_result(found, layout)
