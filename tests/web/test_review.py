"""A review in the browser: who may write, what is written, and that nothing else writes."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import MINI, Run
from reviewed import NEWS, propose

from gbkg import knowledge
from gbkg.propose import table
from gbkg.review import decisions
from gbkg.web.site import Site, routes
from web.conftest import Serving, asking

ADDRESS = re.compile(r"http://\S+token=\S+")


class Review:
    """A project under review and a server that lets Ada do it."""

    def __init__(self, folder: Path) -> None:
        self.project = propose(folder, NEWS)
        self.server = Serving(
            "--review", "all", "--as", "Ada", "--sources", folder / "documents", "--graph", folder / "gbkg.nq",
            project=folder,
        )  # fmt: skip
        self.base, self.token = self.server.base.split("/review?token=")

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A browser that has opened the address."""
        headers = {"Accept": "text/html", "Origin": self.base}
        with httpx.Client(base_url=self.base, timeout=30, headers=headers) as made:
            assert made.get(f"/review?token={self.token}").status_code == 303
            yield made

    def decision(self, name: str) -> tuple[str, str, str]:
        one = next(one for one in table.read(self.project, "gazette")[0] if one.id == name)
        return one.decision, one.decided_by, one.why


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory, mini_build: Path) -> Iterator[Review]:
    folder = shutil.copytree(MINI, tmp_path_factory.mktemp("review") / "mini")
    shutil.copy(mini_build / "gbkg.nq", folder / "gbkg.nq")
    made = Review(folder)
    yield made
    code, said = made.server.stop()
    assert (code, "Traceback" in said) == (0, False)


def sheet(client: httpx.Client, name: str) -> dict[str, str]:
    """The fields of the page of a proposal, as its first form would send them."""
    page = client.get(f"/review/gazette/p/{name}")
    assert page.status_code == 200, page.text
    form = page.text[page.text.index('class="decide"') : page.text.index('class="reject"')]
    found = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>([^<]*)</textarea>', form))
    for select, options in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        found[select] = re.findall(r"<option[^>]* selected[^>]*>([^<]*)", options)[0]
    return {
        name: value.replace("&#34;", '"').replace("&#39;", "'") for name, value in found.items() if name != "action"
    }


def test_a_decision_is_written_with_who_and_why_and_taken_back(review: Review) -> None:
    with review.client() as client:
        page = client.get("/review/gazette/p/yard-operator")
        assert (page.headers["Cache-Control"], "Access-Control-Allow-Origin" in page.headers) == ("no-store", False)
        given = sheet(client, "yard-operator")
        sent = client.post("/review/gazette/p/yard-operator", data=given | {"action": "accept", "why": "clear"})
        assert (sent.status_code, sent.headers["location"][:18]) == (303, "/review/gazette/p/")
        assert review.decision("yard-operator") == ("accept", "Ada", "clear")
        undone = sheet(client, "yard-operator") | {"action": "undo"}
        assert client.post("/review/gazette/p/yard-operator", data=undone).status_code == 303
        assert review.decision("yard-operator") == ("", "", "")


def test_it_begins_in_the_list_that_was_chosen(review: Review) -> None:
    kinds = {one.id: one.kind for one in table.read(review.project, "gazette")[0]}
    with review.client() as client:
        for kind in ("relation", "statistic", "reading"):
            page = client.get(f"/review/gazette?show=&kind={kind}&doubt=").text
            name, kept = re.findall(r'<a class="button" href="/review/gazette/p/([^"?]+)\?([^"]*)">', page)[0]
            assert (kinds[name], kept) == (kind, f"kind={kind}")
        page = client.get("/review/gazette?show=skip").text
        assert re.findall(r'<a class="button" href="/review/gazette/p/([^"]+)">', page)[0] in kinds


def test_an_edit_is_judged_kept_and_taken_back_whole(review: Review) -> None:
    where = "/review/gazette/p/tasters"
    before = (review.project.data / "proposed" / "gazette.tsv").read_text("utf-8")
    with review.client() as client:
        given = sheet(client, "tasters")
        wrong = client.post(where, data=given | {"action": "accept", "cell-value": "29000"})
        assert (wrong.status_code, 'value="29000"' in wrong.text) == (422, True)
        assert (review.project.data / "proposed" / "gazette.tsv").read_text("utf-8") == before
        nothing = client.post(where, data=given | {"action": "reject", "why": " "})
        assert (nothing.status_code, "rejected with a reason" in nothing.text) == (422, True)
        for unseen in ({"cell-note": "pasted\u200b"}, {"why": "so\u00adso"}):
            refused = client.post(where, data=given | {"action": "accept"} | unseen)
            assert (refused.status_code, "a character that cannot be seen: U+" in refused.text) == (422, True)
        edit = {"action": "accept", "cell-quote": "at least 28,000 tea tasters work in the city", "cell-as_of_text": ""}
        assert client.post(where, data=given | edit).status_code == 303
        one = next(one for one in table.read(review.project, "gazette")[0] if one.id == "tasters")
        assert (one["start"], one["quote"]) == ("577", edit["cell-quote"])
        undo = sheet(client, "tasters") | {"action": "undo"}
        client.post(where, data=undo)
    assert (review.project.data / "proposed" / "gazette.tsv").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("headers", "fields", "status"),
    [
        ({"Cookie": ""}, {}, 403),
        ({"Cookie": "gbkg-review-PORT=guessed"}, {}, 403),
        ({"Origin": "http://evil.example"}, {}, 403),
        ({"Origin": "null"}, {}, 403),
        ({"Origin": ""}, {}, 403),
        ({"Host": "evil.example"}, {}, 421),
        ({}, {"token": "guessed"}, 403),
        ({}, {"token": ""}, 403),
        ({}, {"seen": "0123456789ab"}, 409),
        ({}, {"action": "destroy"}, 400),
    ],
)
def test_nobody_else_can_write(review: Review, headers: dict[str, str], fields: dict[str, str], status: int) -> None:
    before = (review.project.data / "proposed" / "gazette.tsv").read_bytes()
    with review.client() as client:
        given = sheet(client, "masters") | {"action": "accept"} | fields
        if "Cookie" in headers:
            client.cookies.clear()
            headers = {"Cookie": headers["Cookie"].replace("PORT", review.base.rpartition(":")[2])}
        sent = client.post("/review/gazette/p/masters", data=given, headers=headers)
        assert sent.status_code == status
        assert client.get("/review/gazette/p/masters", params=given).status_code in (200, 403)
    assert (review.project.data / "proposed" / "gazette.tsv").read_bytes() == before
    with httpx.Client(base_url=review.base) as stranger:
        assert stranger.get("/review").status_code == 403
        assert stranger.get("/review?token=guessed").status_code == 403
        assert "token" not in stranger.get("/").text


def test_the_cookie_is_for_this_server_alone(review: Review) -> None:
    with httpx.Client(base_url=review.base) as client:
        given = client.get(f"/review?token={review.token}").headers["set-cookie"]
    assert {"HttpOnly", "Path=/review", "SameSite=strict"} <= set(given.split("; "))


def test_two_browsers_at_once_lose_nothing(review: Review) -> None:
    names = ("association-founded-on", "ledger-field", "fair-by-association", "reed-bank-in-harbour")
    with review.client() as one, review.client() as other:
        given = {name: sheet(one, name) for name in names}

        def send(number: int) -> int:
            client, name = (one, other)[number % 2], names[number % 4]
            how = "accept" if number % 2 == 0 else "skip"
            return client.post(f"/review/gazette/p/{name}", data=given[name] | {"action": how}).status_code

        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(send, range(12)))
    assert (codes.count(303), codes.count(409)) == (4, 8)
    assert {review.decision(name)[1] for name in names} == {"Ada"}


def test_suggestions_have_what_is_only_proposed(review: Review) -> None:
    with review.client() as client:
        found = client.get("/review/gazette/suggest?kind=subject&q=harbour").json()["suggestions"]
        assert {"tea-harbour", "harbour-news", "harbour-office"} <= {one["value"] for one in found}
        assert (
            client.get("/review/gazette/suggest?kind=predicate&q=founded").json()["suggestions"][0]["value"]
            == "foundedBy"
        )


def test_a_second_reader_sees_neither_note_nor_decision(review: Review) -> None:
    decisions.write(decisions.proposed(review.project, "gazette", [
        replace(one, decision="reject", decided_by="Cy", why="hidden-reason") if one.id == "tea-houses" else one
        for one in decisions.proposals(review.project, "gazette")
    ]))  # fmt: skip
    with review.client() as client:
        waiting = int(re.findall(r"Read (\d+) claims as second reader", client.get("/review").text)[0])
        seen: set[str] = set()
        while "tea-houses" not in seen:
            page = client.get("/review/gazette/second")
            for secret in (
                "hidden-reason",
                "Cy",
                "reject",
                "rule: a cue beside a name",
                "stands for the city at the head",
            ):
                assert secret not in page.text
            given = dict(
                re.findall(r'name="(token|id|about)" value="([^"]*)"', page.text[page.text.index('class="decide"') :])
            )
            seen.add(given["id"])
            assert client.post("/review/gazette/second", data=given | {"action": "not"}).status_code == 422
            sent = client.post("/review/gazette/second", data=given | {"action": "supported"})
            assert sent.status_code == 303
        assert f"Read {waiting - len(seen)} claims as second reader" in client.get("/review").text
        back = {"token": given["token"], "id": given["id"], "action": "undo"}
        assert client.post("/review/gazette/second", data=back).status_code == 303
        assert given["id"] in client.get("/review/gazette/second").text


def test_a_review_is_for_this_machine_alone(mini: Path, run_here: Run) -> None:
    propose(mini)
    for more in (("--host", "0.0.0.0"), ("--allow-host", "gbkg.example")):
        ended = run_here("serve", "--review", "gazette", "--as", "Ada", "--port", "0", *more, cwd=mini)
        assert (ended.returncode, "a review is for this machine alone" in ended.stderr) == (2, True)
    ended = run_here("serve", "--review", "almanac", "--as", "Ada", cwd=mini)
    assert "no proposals of 'almanac'; there are some of gazette (gbkg propose almanac makes some)" in ended.stderr


def test_without_a_review_no_route_writes(mini: Path, mini_build: Path) -> None:
    propose(mini)
    ask = asking(Site(knowledge.open(mini, mini_build / "gbkg.nq")))
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in mini.rglob("*") if path.is_file()}
    paths = [(method, route.path) for route in routes() for method in route.methods]
    assert not [path for _, path in paths if path.startswith("/review")]
    for method, path in paths:
        filled = re.sub(r"\{\w+(:path)?\}", "tea-harbour", path)
        form = (("q", "tea"), ("query", "ASK {}"), ("action", "accept"), ("seen", "x"), ("update", "CLEAR ALL"))
        ask(filled, method=method, query=form)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in mini.rglob("*") if path.is_file()} == before


def test_only_the_review_can_reach_what_writes() -> None:
    """No module of the web but that of reviews has a function that writes files or decides."""
    folder = Path(__file__).parents[2] / "src" / "gbkg" / "web"
    writers = {
        "gbkg.core.files",
        "gbkg.review.merging",
        "gbkg.review.undoing",
        "gbkg.review.second",
        "gbkg.review.decisions",
        "gbkg.intake",
    }
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
                found |= {path.name for name in names if name in writers}
    assert found == {"reviewing.py", "changes.py", "review.py"}


def test_keys_decide_in_the_browser(browser: Any, review: Review) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.goto(f"{review.base}/review?token={review.token}")
    assert "token" not in page.url
    for path in ("/review", "/review/gazette?show=all", "/review/gazette/second"):
        page.goto(review.base + path)
        assert Axe().run(page).response["violations"] == []
    page.goto(f"{review.base}/review/gazette/p/masters")
    assert Axe().run(page).response["violations"] == []
    assert page.locator(".paper mark.quoted").inner_text().startswith("From 2015 to 2018")
    page.keyboard.press("e")
    page.keyboard.type("a reed")  # keys in a field decide nothing
    page.keyboard.press("Escape")
    page.reload()
    with page.expect_navigation():
        page.keyboard.press("a")
    assert review.decision("masters")[:2] == ("accept", "Ada")
    with page.expect_navigation():
        page.keyboard.press("u")
    assert review.decision("masters")[0] == ""
    assert page.url.endswith("/p/masters")
    page.keyboard.press("r")
    page.keyboard.type("of the tasters")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert review.decision("masters") == ("reject", "Ada", "of the tasters")
    with page.expect_navigation():
        page.keyboard.press("u")
    with page.expect_navigation():
        page.keyboard.press("s")
    assert review.decision("masters")[0] == "skip"
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{review.base}/review/gazette/p/tasters")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
    assert faults == []
