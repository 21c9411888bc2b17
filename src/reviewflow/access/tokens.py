"""Tokens: what a program shows instead of a person. It may read, or act as well; it ends on a day; it can be revoked.

`rfl_` and 256 bits: scanners of published code know it by its beginning. The name that its owner gave it is sealed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

from reviewflow.access.changing import AccessStore, lasting, together
from reviewflow.access.sealing import Sealing, readable, seal
from reviewflow.access.secret import hashed, new_secret, same
from reviewflow.errors import BadInput, Fault, StoreUnreachable, StreamMoved, unheld
from reviewflow.ports import Clock

if TYPE_CHECKING:
    from reviewflow.access.rows.tokens import Row

PREFIX: Final = "rfl_"
SCOPES: Final = ("read", "act")
MOST_DAYS: Final = 365
LONGEST_NAME: Final = 100
KEPT: Final = timedelta(days=90)
"""So long an ended one is still shown as ended."""

Scope = Literal["read", "act"]


class Token(NamedTuple):
    """A token as its owner may see it: never its secret."""

    id: str
    person: str
    name: str | None
    """None: the master key is not at hand."""
    scopes: frozenset[Scope]
    """`act` never comes without `read`."""
    by: str | None
    """Who made it, by id; None: the operator, at the command line."""
    made: datetime
    until: datetime
    used_on: date | None
    """The last day (UTC) on which it was used."""


class Tokens:
    """Tokens in a store. Safe for threads; several processes may share the store."""

    def __init__(self, store: AccessStore, vault: Sealing, clock: Clock) -> None:
        """`vault` seals the names."""
        self._store, self._vault, self._clock = store, vault, clock

    def make(
        self, person: str, name: str, scopes: Iterable[str], days: int, *, by: str | None = None
    ) -> tuple[str, str]:
        """A new one: its id, and its secret, which is shown once. `by`: the id of whoever makes it.

        `BadInput` for a name, scopes or days that cannot be, with every fault; `Refused` for a forgotten person;
        `StoreMoved` at a store that is elsewhere now.
        """
        from reviewflow.access.rows import tokens
        from reviewflow.views.table import micros

        scopes = check_token(name, scopes, days)
        secret, now = new_secret(PREFIX), self._clock.now()

        def put() -> str:
            one = secrets.token_hex(6)
            box = seal(self._vault, person, ("token", one), name)
            until = micros(now + timedelta(days=days))
            row = tokens.Row(one, hashed(secret), person, " ".join(scopes), box, by, micros(now), until, None)
            with lasting(self._store) as connection:
                tokens.put(connection, row)
            return one

        return together(put), secret

    def find(self, secret: str) -> Token | None:
        """The token of this secret; None if it ended, was revoked, or its owner was forgotten. Its day is noted."""
        from reviewflow.access.rows import tokens

        if not secret.startswith(PREFIX):
            return None
        mine, now = hashed(secret), self._clock.now()
        with self._store.reading() as connection:
            row = tokens.by_secret(connection, mine)
        found = self._token(row) if row is not None and same(row.secret, mine) else None
        if found is None or now >= found.until:
            return None
        today = now.astimezone(UTC).date()
        if found.used_on != today:
            # Whoever reads need not wait for a store that takes no writes just now.
            with suppress(StoreUnreachable, StreamMoved), self._store.changing() as connection:
                tokens.used(connection, found.id, today.isoformat())
        return found

    def of(self, person: str | None = None) -> list[Token]:
        """A person's, or everybody's, oldest first, also those that ended some weeks ago."""
        from reviewflow.access.rows import tokens

        with self._store.reading() as connection:
            rows = tokens.listed(connection, person)
        return [found for row in rows if (found := self._token(row)) is not None]

    def revoke(self, token: str) -> bool:
        """Let it open nothing any more, by its id; whether there was such a one."""
        from reviewflow.access.rows import tokens

        with lasting(self._store) as connection:
            return tokens.remove(connection, token)

    def _token(self, row: Row) -> Token | None:
        from reviewflow.views.table import day, moment

        there, name = readable(self._vault, row.person, ("token", row.id), row.box)
        if not there:
            return None
        scopes = frozenset(cast("list[Scope]", row.scopes.split()))
        made, until = moment(row.made_at), moment(row.until)
        return Token(row.id, row.person, name, scopes, row.made_by, made, until, day(row.used_on))


def check_token(name: str, scopes: Iterable[str], days: int) -> tuple[Scope, ...]:
    """The scopes that are meant; `BadInput` with every fault."""
    given, faults = set(scopes), []
    if (fault := unheld("name", name)) or not 1 <= len(name.strip()) <= LONGEST_NAME:
        faults.append(fault or Fault("name", f"{len(name.strip())} characters", f"want 1 to {LONGEST_NAME}"))
    if not given or given - set(SCOPES):
        got = ", ".join(map(repr, sorted(given - set(SCOPES)))) or "none"
        faults.append(Fault("scope", got, "want read, or act (which reads too)"))
    if not 1 <= days <= MOST_DAYS:
        faults.append(Fault("days", str(days), f"want 1 to {MOST_DAYS}: every token ends"))
    if faults:
        raise BadInput("the token", faults)
    return ("act", "read") if "act" in given else ("read",)
