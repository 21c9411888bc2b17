"""The application over a small store: two partnerships, people of every role, cycles in different states.

`web` is a copy of the folder for one test (a few milliseconds); `still` is the same for tests that only read, open for
the whole run. Both give clients: `web.sign_in("lena")` with a real session cookie, `web.api("lena", "act")` with a
token, `web.nobody()` with neither. Names of people and of cycles are in tests/web/neighbourhood.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient

from kit.clock import FixedClock
from kit.stored import settings_in
from reviewflow.access.tokens import Tokens
from reviewflow.web.app import create_app
from reviewflow.web.site import WebOptions
from reviewflow.web.visiting import cookie_name
from reviewflow.wiring import open_installation
from web.neighbourhood import EMAIL, built

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PASSWORD = "an invented long password"


class Web:
    """One application, and the people who may use it."""

    def __init__(self, installation, names, clock, portal=None) -> None:
        """`portal` runs the event loop of every client: to start one for each request costs more than the request."""
        self.installation, self.names, self.clock, self.portal = installation, names, clock, portal
        self.app = create_app(installation, WebOptions())
        self.site = self.app.state.site
        self.engine = installation.engine

    def id(self, name):
        """The id of a person, a school, a partnership, or of a cycle (`hazel-review`)."""
        return self.names[name]

    def email(self, name):
        return EMAIL.format(name)

    def handle_of(self, cycle="hazel-review"):
        """The handle that addresses use."""
        with self.engine.knowing() as known:
            return known.cycle(self.id(cycle)).handle

    def nobody(self, **more: Any):
        """A browser in which nobody is signed in; what it sends comes from our pages. No redirect is followed."""
        headers = {"sec-fetch-site": "same-origin", **more.pop("headers", {})}
        return self._client(headers, more)

    def _client(self, headers, more):
        client = TestClient(self.app, base_url="http://testserver", follow_redirects=False, headers=headers, **more)
        client.portal = self.portal
        return client

    def sign_in(self, name, **more: Any):
        """The browser of somebody who is signed in."""
        client = self.nobody(**more)
        client.cookies.set(cookie_name(self.site), self.site.sessions.begin(self.id(name), "password"))
        return client

    def token(self, name, scope="act", days=30):
        """A token of somebody."""
        return Tokens(self.installation.store, self.installation.vault, self.clock).make(
            self.id(name), "an invented program", [scope], days
        )[1]

    def api(self, name, scope="act", days=30, **more: Any):
        """A program with a token of somebody."""
        headers = {"authorization": f"Bearer {self.token(name, scope, days)}"}
        return self._client(headers, more)

    def password(self, name, text=PASSWORD):
        """Give somebody a password (costly on purpose: only where it is what is tested)."""
        self.site.passwords.set(self.id(name), text)
        return text

    def position(self):
        """How much the log holds: to show that nothing was recorded."""
        with self.installation.store.snapshot() as snapshot:
            return snapshot.position()


@pytest.fixture(scope="session")
def neighbourhood(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """The folder, made once and only read after, with the ids of everybody in it."""
    folder = tmp_path_factory.mktemp("neighbourhood") / "made"
    folder.mkdir()
    world = built(folder)
    world.close()
    return folder, world.names


@contextmanager
def opened(neighbourhood: tuple[Path, dict[str, str]], mine: Path, tick: timedelta = timedelta(0)) -> Iterator[Web]:
    """The application over a copy of the folder."""
    folder, names = neighbourhood
    shutil.copytree(folder, mine)
    clock = FixedClock(NOW, tick)
    with open_installation(settings_in(mine), clock) as installation, start_blocking_portal() as portal:
        yield Web(installation, names, clock, portal)


@pytest.fixture
def web(neighbourhood, tmp_path) -> Iterator[Web]:
    """The application over a store of the test's own; its clock stands still at `NOW` until it is moved."""
    with opened(neighbourhood, tmp_path / "store") as found:
        yield found


@pytest.fixture(scope="session")
def still(neighbourhood, tmp_path_factory) -> Iterator[Web]:
    """The same for tests that record nothing; its clock goes on by a millisecond at each look."""
    with opened(neighbourhood, tmp_path_factory.mktemp("still") / "store", timedelta(milliseconds=1)) as found:
        yield found
