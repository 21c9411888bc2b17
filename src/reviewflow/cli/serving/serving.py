"""Starting to serve: the place, the store and the keys are looked at before anybody is told that they can come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from socket import socket
from typing import TYPE_CHECKING

from reviewflow.cli.failures import tell
from reviewflow.cli.long_running import leave_be_what_stays
from reviewflow.cli.printing import say
from reviewflow.cli.request import opened
from reviewflow.cli.settings import read_settings
from reviewflow.web import serving as web
from reviewflow.web.logging import Log
from reviewflow.web.stopping import Stopping, stopping
from reviewflow.web.workers import supervised
from reviewflow.wiring import Installation, open_installation

if TYPE_CHECKING:
    from reviewflow.web.demo_people import Demo


def serving(how: web.Serving) -> int:
    """Serve until told to stop; the exit code."""
    log = Log()
    with stopping() as stop, web.listening(how) as found, ExitStack() as stack:
        demo: Demo | None = None
        if how.demo:
            from reviewflow.web.demo_people import demo_store

            say("Making the demo: invented schools, three years and this one. It takes some seconds.")
            demo = stack.enter_context(demo_store())
        with _checked(how, demo) as installation:
            for warning in web.warnings(how, installation.settings):
                log.tell("warning", what=warning)
            if how.workers == 1:
                _one(installation, how, found, stop, log, partial(_say, found, demo))
                return 0
        one = partial(_worker, how, found, log)
        return supervised(how.workers, one, log, stop, partial(_say, found, None), partial(tell, as_json=False))


@contextmanager
def _checked(how: web.Serving, demo: Demo | None) -> Iterator[Installation]:
    """The installation, with everything that serving needs."""
    with open_installation(demo.settings, demo.clock) if demo else opened() as installation:
        with installation.engine.knowing() as known:
            installation.engine.may_ask(known, "serve", None)
        web.check_workers(how, installation)
        web.check_keys(installation)
        yield installation


def _one(
    installation: Installation, how: web.Serving, found: socket, stop: Stopping, log: Log, ready: web.Ready
) -> None:
    leave_be_what_stays()
    log.tell("serving", address=web.address_of(found), followers=how.followers)
    web.serve(installation, how, found, stop, log, ready)
    log.tell("stopped")


def _worker(how: web.Serving, found: socket, log: Log, stop: Stopping) -> None:
    """One of several processes, from its own opening of everything to its end."""
    with open_installation(read_settings()) as installation:
        _one(installation, how, found, stop, log, web.nothing)


def _say(found: socket, demo: Demo | None) -> None:
    """On the terminal: where it is, and who can come in."""
    say(f"Serving on {web.address_of(found)}; Ctrl-C ends it.")
    for line in demo.lines() if demo else []:
        say(line)
