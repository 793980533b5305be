"""The server: what it refuses, the headers of its answers, and how it starts and ends."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from conftest import MINI, Run
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from gbkg.web import app, pool
from gbkg.web.app import Guard, Listening
from gbkg.web.messages import BadRequest, Request
from gbkg.web.site import ServerSettings, routes
from web.conftest import Serving


def test_answers_carry_their_version_and_are_not_sent_twice(client: httpx.Client) -> None:
    found = client.get("/health")
    version = found.json()["version"]
    assert found.headers["etag"].startswith(f'"{version}-') and found.headers["gbkg-version"] == version
    again = client.get("/health", headers={"If-None-Match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_who_comes_before_the_server_accepts_waits() -> None:
    with app.bound("127.0.0.1", 0) as listener:
        address = listener.getsockname()
        with socket.create_connection(address, timeout=5) as early, pytest.raises(app.GbkgError, match="cannot listen"):
            assert early.getpeername() == address
            app.bound(*address)


def test_every_answer_has_the_headers_of_safety(client: httpx.Client) -> None:
    for address in ("/health", "/nowhere", "/static/style.css", "/static/none.js"):
        found = client.get(address).headers
        assert (
            "script-src 'self'" in found["content-security-policy"] and "unsafe" not in found["content-security-policy"]
        )
        assert (found["x-content-type-options"], found["x-frame-options"]) == ("nosniff", "DENY")
        assert found["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "address", "given", "status"),
    [
        ("GET", "/health", {"headers": {"Host": "evil.example"}}, 421),
        ("GET", "/health?x=" + "a" * 16_000, {}, 414),
        ("POST", "/health", {}, 405),
        ("POST", "/health", {"headers": {"Origin": "http://evil.example"}}, 403),
        ("GET", "/health", {"headers": {"Content-Encoding": "gzip"}}, 415),
        ("GET", "/health", {"content": b"x" * 1_000_001}, 413),
        ("GET", "/nowhere", {}, 404),
    ],
)
def test_what_is_not_for_the_server_is_refused(
    client: httpx.Client, method: str, address: str, given: dict[str, object], status: int
) -> None:
    found = client.request(method, address, **given)  # type: ignore[arg-type]
    assert found.status_code == status, found.text
    assert "/home" not in found.text and "Traceback" not in found.text


def test_people_get_a_page_and_programs_a_problem(client: httpx.Client) -> None:
    page = client.get("/nowhere", headers={"Accept": "text/html"})
    assert "<h1>Not Found</h1>" in page.text and 'action="/search"' in page.text
    problem = client.get("/nowhere")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["hint"] == "begin at the front page, or search"


def test_a_name_that_nothing_has_can_be_searched_for(client: httpx.Client) -> None:
    page = client.get("/id/nonsense.html", headers={"Accept": "text/html"})
    assert page.status_code == 404 and "gbkg search" not in page.text
    assert '<input id="again" name="q" type="search" value="nonsense">' in page.text


def test_files_of_ours_may_be_kept_for_ever_when_their_address_names_their_content(client: httpx.Client) -> None:
    assert client.get("/static/style.css").headers["cache-control"] == "no-cache"
    assert "immutable" in client.get("/static/style.css?v=1").headers["cache-control"]
    assert client.get("/static/../app.py").status_code == 404


def test_a_newer_build_is_served_without_a_restart(mini_build: Path, real_build: Path, tmp_path: Path) -> None:
    graph = tmp_path / "graph.nq"
    shutil.copy(mini_build / "gbkg.nq", graph)
    serving = Serving("--graph", graph)
    try:
        with httpx.Client(base_url=serving.base, timeout=30) as client:
            former = client.get("/health").json()
            shutil.copy(real_build / "gbkg.nq", tmp_path / "new.nq")
            (tmp_path / "new.nq").replace(graph)
            for _ in range(120):
                found = client.get("/health")
                assert found.headers["gbkg-version"] == found.json()["version"]
                if found.json() != former:
                    break
                time.sleep(0.5)
            assert found.json()["triples"] > former["triples"] and found.json()["version"] != former["version"]
    finally:
        code, _ = serving.stop()
    assert code == 0


def test_a_newer_build_that_cannot_be_opened_is_said_and_the_former_one_stays(
    mini_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, said = tmp_path / "graph.nq", list[str]()
    shutil.copy(mini_build / "gbkg.nq", graph)
    monkeypatch.setattr(pool, "LOOK", 0.0)

    async def follow() -> None:
        editions = pool.Editions(ServerSettings(MINI, {"graph": graph}), said.append)
        first = await editions.start()
        try:
            (tmp_path / "bad.nq").write_text("no quads")
            (tmp_path / "bad.nq").replace(graph)
            while not said:
                assert editions.current() is first
                await asyncio.sleep(0.05)
        finally:
            await editions.stop()

    with ThreadPoolExecutor(1) as thread:  # Playwright leaves a running loop behind in this one
        thread.submit(lambda: asyncio.run(asyncio.wait_for(follow(), 60))).result()
    assert said[0].startswith("the newer build cannot be opened, and the former one stays: ")
    assert "graph.nq:1: not N-Quads" in said[0]


def test_a_graph_that_cannot_be_opened_is_said(gbkg: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.nq").write_text("no quads")
    found = gbkg("serve", "--graph", tmp_path / "bad.nq")
    assert (found.returncode, found.stdout) == (2, "")
    assert "bad.nq:1: not N-Quads" in found.stderr and "Traceback" not in found.stderr


def test_numbers_in_addresses_are_checked() -> None:
    request = Request(query=(("limit", "7"), ("page", "x")))
    assert request.number("limit", 1, 1, 10) == 7 and request.number("other", 3, 1, 10) == 3
    with pytest.raises(BadRequest, match="page is a whole number from 1 to 9, found 'x'"):
        request.number("page", 1, 1, 9)
    assert request.address(page="2", limit=None) == "/?page=2"


def test_no_two_views_have_one_address() -> None:
    addresses = [(route.path, method) for route in routes() for method in route.methods]
    assert len(addresses) == len(set(addresses))


def test_clients_from_elsewhere_have_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "time", SimpleNamespace(monotonic=lambda: 0.0))

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("here")(scope, receive, send)

    async def answered(public: bool) -> list[int]:
        guard = Guard(nothing, Listening(frozenset({"gbkg.example"}), public))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://gbkg.example") as client:
            return [(await client.get("/")).status_code for _ in range(150)]

    with ThreadPoolExecutor(1) as thread:  # Playwright leaves a running loop behind in this one
        elsewhere, here = (thread.submit(asyncio.run, answered(public=public)).result() for public in (True, False))
    assert elsewhere == [200] * 100 + [429] * 50
    assert here == [200] * 150
