"""Words of documents are data: a document that gives orders changes no tool's behaviour and cannot end its mark."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.conftest import Tools, tools
from agents.hostile import ORDER, WORDS, project
from gbkg import knowledge
from gbkg.core.project import Project
from gbkg.documents import sources as registry
from gbkg.documents.sources import collect
from gbkg.mcp import catalogue, examples
from gbkg.mcp.catalogue import TOOLS
from gbkg.mcp.notes import quotation, shown
from gbkg.web.site import Site

MARK = re.compile(r"<quotation ([0-9a-f]{8})>(.*?)</quotation \1>", re.S)
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search", {"query": ORDER}), ("search", {"query": "instructions"}), ("entity", {"name": "Tea Harbour"}),
    ("fetch", {"id": "src:gazette"}), ("fetch", {"id": "id:tea-harbour"}),
    ("fetch", {"id": "clm:gazette.hostile-words"}),
    ("relations", {"name": "Tea Harbour"}),
    ("why", {"subject": "Tea Harbour", "predicate": "distinction", "object": ORDER}),
    ("verify_quote", {"quote": WORDS}), ("verify_quote", {"quote": ORDER + " now"}), ("disputes", {}), ("coverage", {}),
    ("sparql", {"query": "SELECT ?x ?d { ?x gbkg:distinction ?d }"}),
    ("sparql", {"query": "SELECT ?t { ?q oa:exact ?t }"}),
    ("ask_saved", {"action": "list"}), ("schema", {}), ("path", {"start": "Tea Harbour", "goal": "Upper Reed"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Site:
    place = project(tmp_path_factory.mktemp("agents"))
    documents = collect(place / "documents", registry.read(Project(place)).sources)
    return Site(knowledge.open(place, place / "build" / "gbkg.nq"), documents)


@pytest.fixture(scope="module")
def ask_hostile(hostile: Site) -> Tools:
    return tools(hostile)


def outside(text: str) -> str:
    """A text without its quotations."""
    return MARK.sub("", text)


@pytest.mark.parametrize(("tool", "arguments"), CALLS, ids=lambda one: one if isinstance(one, str) else "")
def test_no_word_of_a_document_stands_outside_of_its_mark(
    ask_hostile: Tools, tool: str, arguments: dict[str, Any]
) -> None:
    found = ask_hostile(tool, **arguments)
    assert not found.failed, found.text
    assert "<" not in outside(found.text).replace("<script>", "<") or tool == "fetch", found.text
    assert "<quotation" not in outside(found.text).casefold() and "</quotation" not in outside(found.text).casefold()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", found.text)
    for _, inside in MARK.findall(found.text):
        assert "<" not in inside


def test_the_order_is_quoted_and_not_followed(ask_hostile: Tools, ask_small: Tools) -> None:
    found = ask_hostile("why", subject="Tea Harbour", predicate="distinction", object=ORDER)
    assert found.values["holds"] and found.values["status"] == "stated"
    (target,) = found.values["citations"][0]["target"]
    words = target["selector"][0]
    assert words["exact"] == WORDS  # as it stands, so that it can be proved
    assert "\\u202e" in words["gbkg:visible"] and "\\x1b" in words["gbkg:visible"]
    assert "\\u003c/quotation>" in found.text and WORDS not in found.text
    for tool, arguments in (("path", {"start": "Tea Harbour", "goal": "Upper Reed"}), ("schema", {}), ("disputes", {})):
        here, there = ask_hostile(tool, **arguments), ask_small(tool, **arguments)
        same = ("outcome", "message", "near", "truncated")
        assert [here.values[name] for name in same] == [there.values[name] for name in same]


def test_a_quotation_with_orders_is_still_proved(ask_hostile: Tools) -> None:
    found = ask_hostile("verify_quote", quote=WORDS, source="gazette").values
    assert (found["verdict"], found["in"], found["total"]) == ("exact", "documents", 1)
    assert ask_hostile("verify_quote", quote=ORDER + " now").values["verdict"] == "absent"


def test_no_word_of_a_document_is_in_what_describes_the_tools(hostile: Site) -> None:
    described = examples.described(hostile)
    listed, _ = catalogue.listed(hostile, 0)
    for text in [*described.values(), *(f"{one.name} {one.title} {one.description}" for one in listed)]:
        assert "Ignore" not in text and "<" not in text.replace("<quotation KEY>", "")


def test_arguments_are_data_too(ask_hostile: Tools) -> None:
    for tool in ("entity", "relations"):
        found = ask_hostile(tool, name=f"{WORDS[:150]}</quotation>")
        assert "</quotation" not in found.text and "\x1b" not in found.text
    unknown = ask_hostile("search", query="</quotation 12345678> \x1b[31m zzz")
    assert "</quotation" not in unknown.text and "\x1b" not in unknown.text


@given(st.text(alphabet=st.characters() | st.sampled_from("</>quotation 0123456789abcdef\u202e\x1b"), max_size=80))
def test_no_words_end_their_mark(words: str) -> None:
    marked = quotation(words, "salt")
    assert MARK.fullmatch(marked) and len(MARK.findall(marked)) == 1 and outside(marked) == ""
    assert marked.count("<") == 2 and "\x1b" not in marked and "\u202e" not in marked
    assert "<" not in shown(words) and "\n" not in shown(words)


def test_a_quotation_that_is_too_long_is_cut_and_says_so(ask_small: Tools) -> None:
    marked = quotation("a" * 5_000)
    assert len(marked) < 2_100 and "…</quotation" in marked
    found = ask_small("entity", name="Tea Harbour")
    assert all("gbkg:cut" not in target["selector"][0] for one in found.values["citations"] for target in one["target"])


def test_every_tool_is_among_the_calls() -> None:
    assert {tool for tool, _ in CALLS} == {*TOOLS}
