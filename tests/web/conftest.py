"""Fixtures of the web: a site without a server, a real server, and a real browser."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from gbkg.web.messages import Request, Response
from gbkg.web.site import Site, failed, routes

CHROMIUM = shutil.which("chromium")
FLAGS = [
    f"--{flag}"
    for flag in (
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
]
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours; all others find the same in light and dark."""
Ask = Callable[..., Response]


def asking(site: Site) -> Ask:
    """A function that gives the response to an address as a worker would, without a server, after redirections."""
    from starlette.routing import compile_path

    patterns = [(route, compile_path(route.path)) for route in routes()]

    def ask(address: str, **given: Any) -> Response:
        found = once(address, **given)
        return ask(dict(found.headers)["Location"], **given) if found.status == 303 else found

    def once(address: str, **given: Any) -> Response:
        parts = urlsplit(address)
        method = given.get("method", "GET")
        for route, (pattern, _, _) in patterns:
            found = pattern.match(parts.path)
            if found and method in route.methods:
                query = tuple(parse_qsl(parts.query, keep_blank_values=True))
                values = {"accept": "text/html", "query": query, **given}
                request = Request(path=parts.path, names=found.groupdict(), **values)
                try:
                    return route.view(site, request)
                except Exception as error:
                    if type(error).__module__ == "builtins":
                        raise
                    return failed(request, error, site.version)
        raise AssertionError(f"no route for {address}")

    return ask


@pytest.fixture(scope="session")
def ask(site: Site) -> Ask:
    return asking(site)


@pytest.fixture(scope="session")
def ask_small(small: Site) -> Ask:
    return asking(small)


class Serving:
    """`gbkg serve` in a process of its own; `base` is its address without a slash at the end."""

    command: ClassVar[tuple[str, ...]] = ("serve",)

    def __init__(self, *arguments: object, project: Path | None = None, env: Mapping[str, str] | None = None) -> None:
        chosen = ["--project", str(project)] if project else []
        command = [sys.executable, "-m", "gbkg", *chosen, *self.command, "--port", "0", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert "http://" in line, (line, self.process.communicate(timeout=60))
        self.base = line.split()[3].rstrip("/")

    def stop(self) -> tuple[int, str]:
        """Its exit code and what it said on standard error, once it was told to end as by Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        try:
            _, said = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, said


@pytest.fixture(scope="session")
def served(real_build: Path) -> Iterator[str]:
    """The address of a server of the shipped project with frozen data."""
    serving = Serving("--graph", real_build / "gbkg.nq")
    yield serving.base
    assert serving.stop() == (0, "")


@pytest.fixture(scope="session")
def client(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=30) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; tests that need it are skipped, saying so, where it is not installed."""
    if not CHROMIUM:
        pytest.skip("needs chromium, of Debian's package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


def unsound(page: Any, *rules: str) -> list[tuple[str, str]]:
    """What axe finds on a page, by all its rules or by these: the rule, and the first element that breaks it."""
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"]} | ({"runOnly": [*rules]} if rules else {})
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


@pytest.fixture
def page(browser: Any, served: str) -> Iterator[Any]:
    """A page of the browser whose requests to other hosts, and messages on its console, fail the test."""
    context = browser.new_context(base_url=served)
    made = context.new_page()
    faults: list[str] = []
    made.on(
        "request",
        lambda r: faults.append(f"asked {r.url}") if not r.url.startswith((served, "data:", "blob:")) else None,
    )
    made.on("console", lambda m: faults.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    made.on("pageerror", lambda e: faults.append(f"script: {e}"))
    yield made
    context.close()
    assert faults == []
