"""The application at an address of its own, and the browsers of the people who use it."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from kit.stored import StoredWorld
from reviewflow.web.app import create_app
from reviewflow.web.request_limits import RequestLimits
from reviewflow.web.site import WebOptions
from reviewflow.web.visiting import cookie_name

WIDE, NARROW = 1100, 320
PATIENCE = 8_000
"""Milliseconds for one action: the machine may be busy."""


class House:
    """The application at an address, and browsers of the people who use it."""

    def __init__(self, world: StoredWorld, browser: Browser, port: int) -> None:
        self.world, self.browser, self.address = world, browser, f"http://127.0.0.1:{port}"
        self.app = create_app(world.installation, WebOptions())
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def of(self, name: str | None, *, scripts: bool = True, width: int = WIDE, height: int = 900) -> Page:
        """A page in a browser of somebody's own, signed in by a session of the server."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, base_url=self.address
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        if name is not None:
            self.sign_in(page, name)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._hear(said.type, said.text))
        return page

    def sign_in(self, page: Page, name: str) -> None:
        """A new session: what a day's clock was moved past has ended."""
        site = self.app.state.site
        secret = site.sessions.begin(self.world.id(name), "password")
        page.context.add_cookies([{"name": cookie_name(site), "value": secret, "url": self.address}])

    def _hear(self, kind: str, text: str) -> None:
        # That something was answered with a refusal is what the tests look at themselves.
        if kind == "error" and "responded with a status of 4" not in text:
            self.complaints.append(text)

    def handle(self) -> str:
        with self.world.knowing() as known:
            return known.cycle(self.world.id("cycle")).handle

    def state(self) -> str:
        with self.world.knowing() as known:
            return known.cycle(self.world.id("cycle")).state

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@contextmanager
def served(world: StoredWorld, browser: Browser) -> Iterator[House]:
    """The application on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        house = House(world, browser, free.getsockname()[1])
        server = uvicorn.Server(
            uvicorn.Config(RequestLimits(house.app), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        try:
            yield house
        finally:
            house.close()
            server.should_exit = True
            thread.join(10)


@contextmanager
def opened(made: tuple[Path, dict[str, str]], browser: Browser, folder: Path) -> Iterator[House]:
    """A copy of a world that was made, served; the browser must not complain."""
    shutil.copytree(made[0], folder)
    world = StoredWorld(folder=folder, names=dict(made[1]))
    world.clock.set("2026-11-23")
    try:
        with served(world, browser) as house:
            yield house
            assert house.complaints == [], "the browser complained"
    finally:
        world.close()
