"""The mark of a store that was moved elsewhere, and the trigger that keeps its log from growing ever after.

A trigger and not a question before each append: a store that was not moved pays nothing for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, text

from reviewflow.errors import StoreMoved
from reviewflow.store.addresses import database
from reviewflow.store.moments import from_micros, to_micros
from reviewflow.store.sqlite import Sqlite
from reviewflow.store.tables import moved

_REFUSES = {
    "sqlite": (
        """CREATE TRIGGER records_moved BEFORE INSERT ON records BEGIN
        SELECT RAISE(ABORT, 'this store was moved');
    END""",
    ),
    # The class of errors that a taken key belongs to: whoever appends looks for the reason then.
    "postgresql": (
        """CREATE FUNCTION records_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'this store was moved' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
        "CREATE TRIGGER records_moved BEFORE INSERT ON records FOR EACH STATEMENT EXECUTE FUNCTION records_moved()",
        "ALTER TABLE records ENABLE ALWAYS TRIGGER records_moved",
    ),
}
_TAKES_AGAIN = {
    "sqlite": ("DROP TRIGGER records_moved",),
    "postgresql": ("DROP TRIGGER records_moved ON records", "DROP FUNCTION records_moved()"),
}


class Moved(NamedTuple):
    """Where a store was moved (its address without a password), and when."""

    to: str
    at: datetime

    def refusal(self, what: str) -> StoreMoved:
        """The error for who wants to write there; `what` names the store."""
        why = f"it was moved to {self.to} on {self.at:%Y-%m-%d} and records nothing any more"
        return StoreMoved(what, why, "set REVIEWFLOW_STORE to where it is now")


def address_of(url: str) -> str:
    """How a place is noted: as its URL would be from anywhere, without user, password and parameters."""
    found = database(url, 0)
    if isinstance(found, Sqlite):
        return f"sqlite:///{found.path}"
    scheme, _, rest = found.what.removeprefix("the store ").partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def moved_to(connection: Connection) -> Moved | None:
    """Where this store was moved; None if it was not."""
    row = connection.execute(select(moved.c.to_where, moved.c.at)).first()
    return None if row is None else Moved(row.to_where, from_micros(row.at))


def check_not_moved(connection: Connection) -> None:
    """`StoreMoved` if the store was moved elsewhere, for those that go on without being asked."""
    gone = moved_to(connection)
    if gone is not None:
        raise gone.refusal("the store that is followed")


def mark_moved(connection: Connection, to: str, at: datetime) -> None:
    """Write the mark and close the log, in a transaction that holds the append lock; the caller commits."""
    connection.execute(insert(moved).values(to_where=to, at=to_micros(at)))
    for statement in _REFUSES[connection.dialect.name]:
        connection.execute(text(statement))


def unmark(connection: Connection) -> None:
    """Take the mark away and open the log again; the caller has made sure that no other store takes writes."""
    for statement in _TAKES_AGAIN[connection.dialect.name]:
        connection.execute(text(statement))
    connection.execute(delete(moved))
