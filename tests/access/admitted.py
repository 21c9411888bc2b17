"""All of access over one store, and ways to look at what it keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from kit.clock import FixedClock
from reviewflow.access import tables
from reviewflow.access.argon import Cost
from reviewflow.access.drafts import Drafts
from reviewflow.access.identities import Identities
from reviewflow.access.links import Links
from reviewflow.access.passwords import Passwords
from reviewflow.access.sessions import Sessions
from reviewflow.access.throttle import Throttle
from reviewflow.access.tokens import Tokens
from reviewflow.store.sql import SqlStore
from reviewflow.vault.vault import create_vault

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
CHEAP = Cost(1, 64, 1)
GOOD = "violin otter marmalade"


class Door:
    """Everything over one store; the cost of a password is next to nothing here."""

    def __init__(self, place: Any, *, there: bool = False) -> None:
        self.place = place
        self.clock = FixedClock(NOON)
        self.store = SqlStore(place, self.clock, (), beside=[tables.create], patience=20)
        if there:
            self.empty()
        else:
            self.store.create()
        self.vault = create_vault(None, b"k" * 32, clock=self.clock)
        self.open()

    def empty(self) -> None:
        """As if it was just made."""
        with self.store.changing() as connection:
            for table in tables.TABLES:
                connection.execute(table.delete())

    def open(self) -> None:
        """As a process does that starts."""
        self.sessions = Sessions(self.store, self.clock)
        self.links = Links(self.store, self.clock)
        self.passwords = Passwords(self.store, self.vault, self.clock, cost=CHEAP)
        self.throttle = Throttle(self.store, self.vault, self.clock)
        self.tokens = Tokens(self.store, self.vault, self.clock)
        self.drafts = Drafts(self.store, self.vault, self.clock)
        self.identities = Identities(self.store, self.vault, self.clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.store.close()
        self.vault.close()

    def later(self, **span: float) -> None:
        self.clock.moment += timedelta(**span)

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with self.store.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(table.select().order_by(*table.primary_key))]

    def everything(self) -> bytes:
        """All that is in the tables, as bytes."""
        parts = [value for table in tables.TABLES for row in self.rows(table) for value in row.values()]
        return b"\n".join(part if isinstance(part, bytes) else str(part).encode() for part in parts)


def at_once(number: int, action: Callable[[int], Any]) -> list[Any]:
    """What each thread got, or the error it met; all begin together."""
    start, got = threading.Barrier(number), [None] * number

    def run(n: int) -> None:
        start.wait()
        try:
            got[n] = action(n)
        except Exception as error:  # noqa: BLE001 - what it met is what is asked
            got[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return got
