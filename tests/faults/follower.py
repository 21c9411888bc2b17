"""A process that runs the followers of an installation until it is killed: `follower.main(SETTINGS, SENT)`.

Its side effect is a line in the file SENT for each note that somebody wrote. `rebuild(SETTINGS)` rebuilds all views
again and again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from faults.site import heard
from faults.worker import Now, say
from reviewflow.cycle.events import NoteAdded
from reviewflow.errors import Refused, StreamMoved
from reviewflow.following.assembled import all_followers
from reviewflow.following.follower import Follower
from reviewflow.following.rebuilding import Rebuilding
from reviewflow.following.runner import Runner
from reviewflow.following.sending import EffectsFollower
from reviewflow.ports import Record
from reviewflow.wiring import Installation, open_installation


class Lines:
    """A courier that writes lines."""

    kind, recipient = "lines", "a file"

    def __init__(self, sent: Path) -> None:
        """`sent`: the file."""
        self.sent = sent

    def wants(self, record: Record) -> bool:
        """Every note."""
        return record.topic == NoteAdded.topic

    def prepare(self, _snapshot: Any, effect_id: str, record: Record) -> Callable[[datetime], None]:
        """One line, in one write."""

        def send(_now: datetime) -> None:
            handle = os.open(self.sent, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(handle, f"{effect_id} {record.position}\n".encode())
            os.close(handle)

        return send


class Later:
    """When whatever a process had taken that died is tried again."""

    def now(self) -> datetime:
        """An hour from now."""
        return Now().now() + timedelta(hours=1)


def followers(opened: Installation, sent: Path) -> list[Follower]:
    """Those of the installation, and the lines."""
    return [*all_followers(opened.views.following, opened.settings), EffectsFollower(Lines(sent))]


def catch_up(opened: Installation, sent: Path) -> Runner:
    """Follow to the end, and send whatever was not."""
    runner = Runner(opened.store, followers(opened, sent), Later())
    runner.once()
    return runner


def main(settings: str, sent: str) -> None:
    """Follow until killed; a few records at a time, so that there are many moments to be killed in."""
    with open_installation(heard(settings), Now()) as opened:
        say("ready")
        Runner(opened.store, followers(opened, Path(sent)), Now(), batch=3).run()


def rebuild(settings: str) -> None:
    """Rebuild until killed, in small parts; `ready` before the first."""
    with open_installation(heard(settings), Now()) as opened:
        say("ready")
        while True:
            with suppress(Refused, StreamMoved):  # another process is rebuilding the same
                for one in Rebuilding(opened.store, opened.views, Now(), batch=9).run():
                    assert one.difference is None, one.difference
                    assert one.broken_at is None, one.view.name
                say("rebuilt")
