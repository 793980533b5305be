"""Draws the six main pages as a browser shows them, without the documents at hand: `make pictures`.

python tests/screenshots.py FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
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
    serving = Serving()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name, (address, prepare) in PAGES.items():
                page = browser.new_page(base_url=serving.base, viewport={"width": 1280, "height": 900})
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
