"""Commands with which a project begins and grows: init, add and propose."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gbkg.cli.command import LAYOUTS, Documents, Layout, checked, documents_at_hand, project_to_write
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import print_json, print_result, remark, say, violations_recorded

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

    checked(layout, LAYOUTS)
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

    checked(layout, LAYOUTS)
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

    checked(layout, LAYOUTS)
    method = run.method(by)
    with violations_recorded("propose", layout):
        made = run.propose(project_to_write("propose"), documents_at_hand(sources), source, method)
    print_result(made, layout)
