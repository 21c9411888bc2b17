"""Pictures of the main pages for the documents, made of the demo: `python docs/screenshots.py`, with Debian's Chromium.

Everybody in them is invented. They are looked at before they are committed.
"""

from __future__ import annotations

import shutil
import socket
import threading
from pathlib import Path
from typing import Final, NamedTuple

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from reviewflow.web.app import create_app
from reviewflow.web.demo_people import demo_store
from reviewflow.web.site import WebOptions
from reviewflow.web.visiting import cookie_name
from reviewflow.wiring import open_installation

PICTURES: Final = Path(__file__).with_name("pictures")
WIDE, PHONE = 1100, 390
QUIET: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


class Picture(NamedTuple):
    """One page, seen by one person."""

    name: str
    person: str
    path: str
    width: int = WIDE
    height: int = 900


ALL: Final = (
    Picture("work", "hilda@hazel.example", "/work", height=560),
    Picture("work-phone", "hilda@hazel.example", "/work", PHONE, 640),
    Picture("cycle", "hilda@hazel.example", "/cycles/birch-2026-1", height=1000),
    Picture("cycle-phone", "hilda@hazel.example", "/cycles/birch-2026-1", PHONE, 844),
    Picture("step", "hilda@hazel.example", "/cycles/birch-2026-1/steps/hold_workshop", height=1100),
    Picture("board", "lena@seven-trees.example", "/partnerships/seven-trees", height=1000),
    Picture("history", "otto@council.example", "/cycles/willow-2024-1/history", height=1000),
    Picture("administration", "ada@council.example", "/administration", height=900),
)


def main() -> None:
    """Make all of them."""
    PICTURES.mkdir(exist_ok=True)
    with demo_store() as demo, open_installation(demo.settings, demo.clock) as installation, socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        app = create_app(installation, WebOptions())
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{place.getsockname()[1]}"
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
            for one in ALL:
                with installation.engine.knowing() as known:
                    person = known.email_owner(one.person)
                assert person, one.person
                secret = app.state.site.sessions.begin(person, "password")
                _take(browser, address, cookie_name(app.state.site), secret, one)
            browser.close()
        server.should_exit = True
        thread.join()


def _take(browser: Browser, address: str, cookie: str, secret: str, one: Picture) -> None:
    context = browser.new_context(viewport={"width": one.width, "height": one.height}, base_url=address)
    context.add_cookies([{"name": cookie, "value": secret, "url": address}])
    page = context.new_page()
    answer = page.goto(one.path)
    assert answer is not None
    assert answer.status == 200, f"{one.path}: {answer.status}"  # noqa: PLR2004
    page.screenshot(path=PICTURES / f"{one.name}.png")
    context.close()


if __name__ == "__main__":
    main()
