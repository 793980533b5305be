"""Draws the main pages as a browser shows them, without the documents at hand, and a review of the mini project: `make
pictures`.

python tests/screenshots.py FOLDER
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conftest import MINI
from playwright.sync_api import sync_playwright
from reviewed import propose
from web.conftest import CHROMIUM, FLAGS, Serving


def _nothing(_: Any) -> None:
    """The page as it comes."""


def _opened(page: Any) -> None:
    page.locator("details.evidence > summary").first.click()


def _arranged(page: Any) -> None:
    page.locator("#tools:not([hidden])").wait_for()
    page.mouse.move(0, 0)


PAGES: dict[str, tuple[str, Callable[[Any], None]]] = {
    "front": ("/", _nothing),
    "search": ("/search?q=antmi", _nothing),
    "entity": ("/id/antmi-blockchain-maker-space.html", _opened),
    "document": ("/source/guangzhou-report.html?span=13728-13870#13728-13870", _nothing),
    "question": ("/questions/company-counts", _nothing),
    "network": ("/explore", _arranged),
}
"""Name of a picture to the address, and what is done on the page before it is drawn."""


def main(folder: Path) -> None:
    """Writes `web-NAME.png` for each page, 1280 by 900 pixels."""
    with TemporaryDirectory() as made:
        project = shutil.copytree(MINI, Path(made) / "mini")
        propose(project)
        review = Serving(
            "--review", "gazette", "--as", "librarian", "--sources", project / "documents", project=project
        )
        draw(review, {"review": ("/review/gazette/p/tasters", _nothing)}, folder)
    draw(Serving(), PAGES, folder)


def draw(serving: Serving, pages: dict[str, tuple[str, Callable[[Any], None]]], folder: Path) -> None:
    base, _, token = serving.base.partition("/review?token=")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 900})
            if token:
                context.new_page().goto(serving.base)
            for name, (address, prepare) in pages.items():
                page = context.new_page()
                page.emulate_media(reduced_motion="reduce")
                page.goto(address, wait_until="networkidle")
                prepare(page)
                page.wait_for_timeout(1000)
                page.screenshot(path=folder / f"web-{name}.png")
                page.close()
            browser.close()
    finally:
        serving.stop()


if __name__ == "__main__":
    if not CHROMIUM:
        sys.exit("needs chromium, of Debian's package chromium")
    main(Path(sys.argv[1]))
