"""Taking away what nobody can use any more: ended sessions, links and tokens, old failures and drafts, and whatever is
kept of people who were forgotten.

Nothing depends on it: what ended opens nothing, and what was sealed for a forgotten person cannot be read.
"""  # noqa: D205 - one sentence

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, Protocol

from reviewflow.access import drafts as drafting
from reviewflow.access import throttle, tokens
from reviewflow.access.changing import AccessStore
from reviewflow.access.sessions import IDLE
from reviewflow.ports import Clock


class Known(Protocol):
    """What cleaning needs of what is known now."""

    def touching(self, set_name: str) -> list[str]:
        """The streams whose events touched this set."""


class Cleaned(NamedTuple):
    """How many rows were removed."""

    sessions: int
    links: int
    failures: int
    tokens: int
    drafts: int
    forgotten: int
    """Of people who were forgotten."""


def clean(store: AccessStore, known: Known, clock: Clock, *, idle: timedelta = IDLE) -> Cleaned:
    """Remove it, in one transaction; call it once a day, from as many processes as there are."""
    from reviewflow.access.rows import counting, failures, links, sessions
    from reviewflow.access.rows import drafts as draft_rows
    from reviewflow.access.rows import tokens as token_rows
    from reviewflow.views.table import micros

    now = clock.now()
    with store.changing() as connection:
        return Cleaned(
            sessions=sessions.clean(connection, micros(now), micros(now - idle)),
            links=links.clean(connection, micros(now)),
            failures=failures.clean(connection, micros(now - throttle.FORGIVEN)),
            tokens=token_rows.clean(connection, micros(now - tokens.KEPT)),
            drafts=draft_rows.clean(connection, micros(now - drafting.KEPT)),
            forgotten=counting.remove_of(connection, forgotten(known)),
        )


def forgotten(known: Known) -> list[str]:
    """The ids of everybody who was forgotten."""
    kind = "person-"
    return [stream.removeprefix(kind) for stream in known.touching("forgotten") if stream.startswith(kind)]
