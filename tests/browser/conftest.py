"""The pages in a real browser: Debian's Chromium, driven by Playwright, against the application on a port of its own.

Without Chromium these tests are skipped, and say so; where REVIEWFLOW_BROWSER=required they fail instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from browser.house import House, opened
from kit.stored import StoredWorld
from kit.world import acting, spp_people
from reviewflow.registry import commands as reg

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        why = "no Chromium here, so no page was looked at in a browser: apt-get install chromium"
        if os.environ.get("REVIEWFLOW_BROWSER") == "required":
            pytest.fail(why)
        pytest.skip(why)
    return found


@pytest.fixture(scope="module")  # no longer: while it lives, an event loop runs in this thread, which other tests need
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, dict[str, str]]]:
    """Folders of worlds that are made once: `people` (nothing opened yet), `acting` (an agreed action plan)."""
    done: dict[str, tuple[Path, dict[str, str]]] = {}

    def folder(kind: str) -> tuple[Path, dict[str, str]]:
        if kind not in done:
            place = tmp_path_factory.mktemp(kind) / "made"
            place.mkdir()
            world = spp_people(StoredWorld(folder=place))
            world.handle(reg.ChangeProgramme(
                asked=world.asked("ada"), programme=world.id("programme"), workflow=world.parsed.definition.workflow
            ))  # fmt: skip
            if kind == "acting":
                acting(world)
            done[kind] = (place, dict(world.names))
            world.close()
        return done[kind]

    return folder


@pytest.fixture
def house(made, browser, tmp_path, request) -> Iterator[House]:
    """A world of the test's own; `indirect` parametrisation chooses another kind than `acting`."""
    with opened(made(getattr(request, "param", "acting")), browser, tmp_path / "store") as found:
        yield found
