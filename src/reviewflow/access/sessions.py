"""Sessions: who is signed in. The cookie holds the secret, the table its SHA-256.

Over when nobody used it for a while (12 hours), and in any case after some days (7). OWASP, Session Management Cheat
Sheet: a new secret at each sign-in, an idle limit, an absolute one, and an end on the server.
Whether the person still is there is asked by whoever makes a visitor of it: nothing here knows the register.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

from reviewflow.access.changing import AccessStore
from reviewflow.access.secret import hashed, new_secret, same
from reviewflow.errors import StoreUnreachable, StreamMoved
from reviewflow.ports import Clock

if TYPE_CHECKING:
    from reviewflow.access.rows.sessions import Row

How = Literal["password", "link", "oidc"]

IDLE: Final = timedelta(hours=12)
WHOLE: Final = timedelta(days=7)
_LOOKED: Final = timedelta(minutes=1)
"""That it was used is written at most so often."""
_ID: Final = 16


class Session(NamedTuple):
    """One sign-in. `id` names it to its owner, and opens nothing; `seen` is right to a minute."""

    id: str
    person: str
    begun: datetime
    seen: datetime
    until: datetime
    """The moment at which it ends whatever happens."""
    how: How
    let_in_by: str | None
    """Who made the link, by id, where that is how; None: the operator, or nobody needed to."""


class Sessions:
    """Sessions in a store. Safe for threads; several processes may share the store."""

    def __init__(self, store: AccessStore, clock: Clock, *, idle: timedelta = IDLE, whole: timedelta = WHOLE) -> None:
        """`idle`: how long one stays though nobody uses it; `whole`: how long at all."""
        self._store, self._clock, self._idle, self._whole = store, clock, idle, whole

    def begin(self, person: str, how: How, *, let_in_by: str | None = None) -> str:
        """Sign in: the secret for the cookie, which is new and nowhere else. End the old one, if there was one.

        `let_in_by`: who made the link, so that whoever is signed in can see that somebody else could have been it.
        """
        from reviewflow.access.rows import sessions
        from reviewflow.views.table import micros

        secret, now = new_secret(), self._clock.now()
        until = micros(now + self._whole)
        row = sessions.Row(hashed(secret), person, how, let_in_by, micros(now), micros(now), until)
        with self._store.changing() as connection:
            sessions.put(connection, row)
        return secret

    def find(self, secret: str) -> Session | None:
        """The session of this secret, if it is not over; that it was used is noted."""
        from reviewflow.access.rows import sessions
        from reviewflow.views.table import micros

        mine, now = hashed(secret), self._clock.now()
        with self._store.reading() as connection:
            row = sessions.get(connection, mine)
        if row is None or not same(row.secret, mine):
            return None
        found = _session(row)
        if self._over(found, now):
            return None
        if abs(now - found.seen) >= _LOOKED:  # also where the clock was set back
            # Whoever reads a page need not wait for a store that takes no writes just now.
            with suppress(StoreUnreachable, StreamMoved), self._store.changing() as connection:
                sessions.seen(connection, mine, micros(now))
        return found

    def of(self, person: str) -> list[Session]:
        """A person's sessions that are not over, oldest first."""
        from reviewflow.access.rows import sessions

        now = self._clock.now()
        with self._store.reading() as connection:
            found = [_session(row) for row in sessions.of(connection, person)]
        return [one for one in found if not self._over(one, now)]

    def count(self) -> int:
        """How many are not over, of everybody."""
        from reviewflow.access.rows import sessions
        from reviewflow.views.table import micros

        now = self._clock.now()
        with self._store.reading() as connection:
            return sessions.count(connection, micros(now), micros(now - self._idle))

    def end(self, secret: str) -> bool:
        """Sign out; whether there was such a session."""
        from reviewflow.access.rows import sessions

        with self._store.changing() as connection:
            return sessions.end(connection, hashed(secret))

    def end_one(self, person: str, session: str) -> bool:
        """Sign out one of a person's sessions by its id; whether there was such a one."""
        from reviewflow.access.rows import sessions

        with self._store.changing() as connection:
            mine = [row for row in sessions.of(connection, person) if _session(row).id == session]
            return sum(sessions.end(connection, row.secret) for row in mine) > 0

    def end_all(self, person: str, *, but: str | None = None) -> int:
        """Sign a person out everywhere, except from the session of the secret `but`; how many there were."""
        from reviewflow.access.rows import sessions

        with self._store.changing() as connection:
            return sessions.end_all(connection, person, hashed(but) if but else "")

    def _over(self, one: Session, now: datetime) -> bool:
        return now >= one.until or now >= one.seen + self._idle


def _session(row: Row) -> Session:
    from reviewflow.views.table import moment

    begun, seen, until = moment(row.begun_at), moment(row.seen_at), moment(row.until)
    return Session(row.secret[:_ID], row.person, begun, seen, until, cast("How", row.how), row.let_in_by)
