"""The demo with a door: its story, the round that goes on now, and a sign-in for somebody of each role.

All in a folder that is gone at the end. Nobody in it exists, and the password is another one each time.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from reviewflow.access.passwords import Passwords
from reviewflow.demo import cast
from reviewflow.demo.calendar import BEGINS, ENDS
from reviewflow.demo.diary import StoryClock, moment
from reviewflow.demo.hand import Hand
from reviewflow.demo.present import CHAMPION, LEAST, begin_present
from reviewflow.demo.story import chapters, settings_in
from reviewflow.demo.telling import Teller
from reviewflow.ports import Clock
from reviewflow.settings import Settings
from reviewflow.wiring import SystemClock, create_installation, open_installation

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""


class SignIn(NamedTuple):
    """Somebody who can come in, and what waits for them."""

    role: str
    key: str
    waits: str


PEOPLE: Final = (
    SignIn("Improvement champion", CHAMPION, "Juniper: sign the action plan. Birch: record the workshop"),
    SignIn("Headteacher", cast.HEADS["rowan"], "Rowan: start the self-evaluation"),
    SignIn("Reviewer, leads a visit", "agnes", "Willow: start the visit. Hazel: answer whether to come"),
    SignIn("Partnership lead", cast.LENA.key, "Alder: arrange the visit. Birch 2025: take it up again"),
    SignIn("Administrator", cast.ADA.key, "people, organisations, workflows"),
    SignIn("Auditor", cast.OTTO.key, "the history of every cycle, on any day"),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is ready."""

    settings: Settings
    clock: Clock
    password: str

    def lines(self) -> list[str]:
        """Who can come in, as text."""
        people = [(one.role, cast.person(one.key), one.waits) for one in PEOPLE]
        rows = [(role, person.name, person.email, waits) for role, person, waits in people]
        widths = [max(len(row[place]) for row in rows) for place in range(3)]
        table = [
            "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])) for row in rows
        ]
        return ["", f"Sign in as one of these; everybody's password is {self.password}", "", *table, ""]


@contextmanager
def demo_store() -> Iterator[Demo]:
    """A demo in a folder of its own, gone at the end."""
    with TemporaryDirectory(prefix="reviewflow-demo-") as folder:
        yield make_demo(Path(folder), SystemClock())


def make_demo(folder: Path, clock: Clock) -> Demo:
    """The story in a folder, and what goes on today by this clock."""
    settings, runs = settings_in(folder), running(clock)
    story = StoryClock(moment(BEGINS))
    create_installation(settings, story)
    demo = Demo(settings, runs, new_password())
    with open_installation(settings, story) as installation:
        hand = Hand(installation, story, Teller(io.StringIO(), quiet=True))
        chapters(hand, None)
        begin_present(hand, runs.now())
        passwords = Passwords(installation.store, installation.vault, story)
        for one in PEOPLE:
            passwords.set(hand.ids[one.key], demo.password)
    return demo


def new_password() -> str:
    """Sixteen letters and digits in fours: 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def running(clock: Clock) -> Clock:
    """That clock; where it stands before the story's end, one that is ahead of it by as much as is missing."""
    missing = moment(ENDS) + LEAST - clock.now()
    return clock if missing <= timedelta() else _Ahead(clock, missing)


class _Ahead:
    """A clock that is ahead of another."""

    def __init__(self, clock: Clock, by: timedelta) -> None:
        self._clock, self._by = clock, by

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return self._clock.now() + self._by
