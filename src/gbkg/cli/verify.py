"""The command for those who trust nothing: verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from gbkg.cli.command import (
    LAYOUTS,
    Documents,
    Layout,
    checked,
    current_project,
    documents_at_hand,
    graph_place,
    open_graph,
)
from gbkg.cli.parameters import Option, command
from gbkg.cli.printing import (
    ProgressLine,
    clear_progress,
    fail,
    print_json,
    remark,
    report_findings,
    say,
    violations_recorded,
)


@command("verify", asks_graph=True)
def verify(
    sources: Documents = None,
    card: Annotated[
        Path | None, Option("--card", metavar="FILE", help="Prove an answer card again, instead of all claims.")
    ] = None,
    key: Annotated[
        Path | None, Option("--key", metavar="PUB", help="With --card: the public key that has signed it.")
    ] = None,
    layout: Layout = "text",
) -> None:
    """Prove again what was built: every output against its digest and against what the tables give, every quotation
    against the documents. With --graph, --store or --endpoint, that graph."""
    checked(layout, LAYOUTS)
    if card is None and key is not None:
        fail("--key goes with --card", 2)
    from gbkg.knowledge import verify as proving

    project, documents, place = current_project(), documents_at_hand(sources), graph_place()
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        if layout == "text":
            clear_progress()
            say(line)

    with violations_recorded("verify", layout, said=said):
        if card is not None:
            done = proving.verify_card(open_graph, project, card, documents, key, tell)
        else:
            done = proving.verify(project, documents, place, lambda: open_graph(place), ProgressLine(), tell)
    clear_progress()
    if layout == "json":
        print_json(done.to_dict())
    for line in done.remarks:
        remark(line)
    report_findings(done.findings)
