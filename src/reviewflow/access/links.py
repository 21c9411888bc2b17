"""Sign-in links: each lets one person in once, for some days. Somebody who may makes one, and hands it over.

The secret stands in the path of an address (/sign-in/link/SECRET). A mail scanner may open that address before the
person does: a page must therefore use it only when somebody presses the button on it (POST), never when it is shown
(`whose`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from reviewflow.access.changing import AccessStore, lasting, together
from reviewflow.access.secret import hashed, new_secret, same
from reviewflow.errors import BadInput, Fault
from reviewflow.ports import Clock

if TYPE_CHECKING:
    from reviewflow.access.rows.links import Row

HOURS: Final = 72
MOST_HOURS: Final = 14 * 24


class Link(NamedTuple):
    """A link as its owner and administrators may see it: never its secret."""

    person: str
    by: str | None
    """Who made it, by id; None: the operator, at the command line."""
    made: datetime
    until: datetime


class Links:
    """Links in a store. Safe for threads; several processes may share the store."""

    def __init__(self, store: AccessStore, clock: Clock) -> None:
        """The store keeps one for each person at most."""
        self._store, self._clock = store, clock

    def make(self, person: str, hours: int = HOURS, *, by: str | None) -> str:
        """A new link: its secret, which is shown once. One made earlier for the same person opens nothing any more.

        `by`: the id of whoever makes it, None for the operator. `BadInput` for hours out of 1 to 336 (14 days);
        `StoreMoved` at a store that is elsewhere now: links do not go along.
        """
        from reviewflow.access.rows import links
        from reviewflow.views.table import micros

        check_hours(hours)
        secret, now = new_secret(), self._clock.now()
        until = now + timedelta(hours=hours)
        row = links.Row(person, hashed(secret), by, micros(now), micros(until))

        def put() -> None:
            with lasting(self._store) as connection:
                links.put(connection, row)

        together(put)
        return secret

    def whose(self, secret: str) -> str | None:
        """Whom it would let in; None if it was used, replaced, or is too old. Changes nothing."""
        from reviewflow.access.rows import links

        with self._store.reading() as connection:
            row = links.get(connection, hashed(secret))
        return row.person if row is not None and self._lives(row) else None

    def use(self, secret: str) -> str | None:
        """Whom it lets in, once; None if it was used, replaced, or is too old. Of two at once one is let in."""
        used = self.take(secret)
        return used.person if used is not None else None

    def take(self, secret: str) -> Link | None:
        """The same, with who made it: `Sessions.begin` notes that."""
        from reviewflow.access.rows import links

        mine = hashed(secret)

        def take() -> Link | None:
            with self._store.changing() as connection:
                row = links.get(connection, mine)
                if row is None or not same(row.secret, mine) or not links.take(connection, mine):
                    return None
            return _link(row) if self._lives(row) else None

        return together(take)

    def of(self, person: str) -> Link | None:
        """The one that waits for a person."""
        from reviewflow.access.rows import links

        with self._store.reading() as connection:
            row = links.of(connection, person)
        return _link(row) if row is not None and self._lives(row) else None

    def drop(self, person: str) -> bool:
        """Let it open nothing any more; whether there was one."""
        from reviewflow.access.rows import links

        with self._store.changing() as connection:
            return links.remove(connection, person)

    def _lives(self, row: Row) -> bool:
        from reviewflow.views.table import micros

        return micros(self._clock.now()) < row.until


def _link(row: Row) -> Link:
    from reviewflow.views.table import moment

    return Link(row.person, row.made_by, moment(row.made_at), moment(row.until))


def check_hours(hours: int) -> None:
    """`BadInput` for a life that no link has."""
    if not 1 <= hours <= MOST_HOURS:
        raise BadInput("the sign-in link", [Fault("hours", str(hours), f"want 1 to {MOST_HOURS}")])
