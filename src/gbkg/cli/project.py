"""Commands with which a project begins and grows: init, add, propose; and for those who decide on proposals and keep
tables in order: check, agreement, merge, fmt."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gbkg.cli.command import Documents, Layout, current_project, documents_at_hand, project_to_write
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import (
    fail,
    print_findings,
    print_json,
    print_result,
    remark,
    report_findings,
    say,
    violations_recorded,
)

if TYPE_CHECKING:
    from gbkg.intake.add import Added, Failed


@command("init")
def init(
    folder: Annotated[Path, Argument(metavar="DIR", help="A folder that is empty or does not exist.")],
    title: Annotated[str, Option(help="What the project is called [default: the folder's name].")] = "",
    prefix: Annotated[str, Option(help="The prefix of your own terms.")] = "own",
    namespace: Annotated[
        str, Option(metavar="IRI", help="The namespace of your own terms [default: one of example.org].")
    ] = "",
    layout: Layout = "text",
) -> None:
    """Begin a project: a small complete one, with comments, that builds at once."""
    from gbkg.intake.start import start

    print_result(start(folder, title, prefix, namespace), layout)


@command("add")
def add(
    names: Annotated[list[str], Argument(metavar="FILE…", help="PDF, Word, HTML, Markdown, text; - for stdin.")],
    slug: Annotated[str, Option("--as", metavar="NAME", help="The document's name [default: the file's].")] = "",
    title: Annotated[str, Option(help="Its title, if the file does not say it or says it wrongly.")] = "",
    author: Annotated[str, Option(help="Its author.")] = "",
    publisher: Annotated[str, Option(help="Its publisher.")] = "",
    date: Annotated[str, Option(help="When it was published: YYYY, YYYY-MM or YYYY-MM-DD.")] = "",
    language: Annotated[str, Option(help="Its language, such as en or zh.")] = "",
    edition: Annotated[
        str, Option("--edition-of", metavar="NAME", help="A registered document of whose work it is an edition, too.")
    ] = "",
    note: Annotated[str, Option(help="A remark on translation and state of its text.")] = "",
    encoding: Annotated[str, Option(help="The encoding of a text file, such as gb18030 or big5.")] = "",
    renew: Annotated[bool, Option("--renew", help="Let a new text take the place of the frozen one.")] = False,
    layout: Layout = "text",
) -> None:
    """Register documents: make their texts, once, and write their entries in data/sources.ttl."""
    from gbkg.intake.add import Failed, add_files

    given = {"title": title, "creator": author, "publisher": publisher, "issued": date, "language": language}
    given |= {"note": note, "edition": edition}

    def tell(one: Added | Failed) -> None:
        """Says at once what became of a file: many take long."""
        if isinstance(one, Failed):
            remark(str(one))
        elif layout == "text":
            say(str(one))

    stdin = sys.stdin.buffer.read() if names == ["-"] and slug else None
    made = add_files(project_to_write("add"), names, given, slug, encoding, renew, stdin, tell)
    if layout == "json":
        print_json(made.to_dict())
    if made.failed:
        sys.exit(1)


@command("propose")
def propose(
    source: Annotated[str, Argument(help="A source's name, as in data/sources.ttl.")],
    sources: Documents = None,
    by: Annotated[str, Option("--with", help="rules, or model: what a language model finds besides.")] = "rules",
    layout: Layout = "text",
) -> None:
    """Propose claims, entities and readings for the sentences of a document that nothing stands behind.

    They go to data/proposed/SOURCE.tsv, and into no graph before somebody accepts them. Lines that are decided on or
    edited stay as they are. With a model the sentences are sent to GBKG_MODEL_URL, an OpenAI-compatible address, for
    GBKG_MODEL to read, with the key in GBKG_MODEL_KEY if there is one.
    """
    from gbkg.propose import run

    method = run.method(by)
    with violations_recorded("propose", layout):
        made = run.propose(project_to_write("propose"), documents_at_hand(sources), source, method)
    print_result(made, layout)


@command("fmt")
def fmt(
    names: Annotated[
        list[Path] | None, Argument(metavar="FILE…", help="Tables of the project; without any, all of them.")
    ] = None,
    check: Annotated[bool, Option("--check", help="Write nothing; end with 1 if a table is not in order.")] = False,
    layout: Layout = "text",
) -> None:
    """Put tables in order: rows sorted, columns as documented. What they say stays the same."""
    from gbkg.review.order import put_in_order

    made = put_in_order(current_project() if check else project_to_write("fmt"), names, write=not check)
    print_findings(made.findings)
    print_result(made, layout)
    if made.findings:
        fail("nothing was written: a table with faults cannot be put in order", 1)
    if check and made.changed:
        fail("gbkg fmt puts them in order", 1)


@command("check")
def check(
    names: Annotated[list[Path], Argument(metavar="FILE…", help="Tables of the project.")],
    sources: Documents = None,
    layout: Layout = "text",
) -> None:
    """Judge tables alone: what is wrong in each row, and what to do."""
    from gbkg.review.judging import check_all

    found = check_all(current_project(), names, documents_at_hand(sources))
    print_findings(found.findings)
    print_result(found, layout)
    if any(one.severity == "violation" for one in found.findings):
        fail("mend the violations; warnings are about rows that are still undecided", 1)


@command("merge")
def merge(
    source: Annotated[str, Argument(help="A source's name, as in data/sources.ttl.")],
    by: Annotated[
        str, Option("--as", metavar="NAME", help="Who decides [default: user.name of git's configuration].")
    ] = "",
    undo: Annotated[
        list[str] | None,
        Option("--undo", metavar="ID", help="Make a proposal again of what was moved; repeatable."),
    ] = None,
    sources: Documents = None,
    layout: Layout = "text",
) -> None:
    """Move accepted proposals into the tables; what is rejected stays, with its reason."""
    from gbkg.documents.sources import at_hand
    from gbkg.review import merging, undoing

    project = project_to_write("merge")
    library = at_hand(project, documents_at_hand(sources))
    if undo:
        made = undoing.take_back(project, source, undo, library)
    else:
        name = merging.signing(project, source, by)
        with violations_recorded("merge", layout, source=source):
            made = merging.run(project, source, name, library)
    print_result(made, layout)
    report_findings(made.findings)


@command("agreement")
def agreement(
    source: Annotated[str, Argument("A source's name; without it, all that have proposals.")] = "",
    layout: Layout = "text",
) -> None:
    """Print how far readers agree, and how many proposals were right."""
    from gbkg.review.second import figures

    print_result(figures(current_project(), [source] if source else None), layout)
