"""Rows of passwords."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from reviewflow.access.tables import passwords
from reviewflow.views.statement import Statement


class Row(NamedTuple):
    """As stored; `hash` says with which parameters it was made."""

    person: str
    hash: str
    changed_at: int


_PUT = Statement.inserting(passwords)
_ONE = Statement(select(*passwords.c).where(passwords.c.person == bindparam("of")), "of")
_CHANGE = Statement(
    update(passwords)
    .where(passwords.c.person == bindparam("of"))
    .values(hash=bindparam("new"), changed_at=bindparam("at")),
    "new", "at", "of",
)  # fmt: skip
_AGAIN = Statement(
    update(passwords)
    .where(passwords.c.person == bindparam("of"), passwords.c.hash == bindparam("old"))
    .values(hash=bindparam("new")),
    "new", "of", "old",
)  # fmt: skip
_REMOVE = Statement(delete(passwords).where(passwords.c.person == bindparam("of")), "of")


def get(connection: Connection, person: str) -> Row | None:
    """A person's."""
    found = _ONE.rows(connection, person)
    return Row._make(found[0]) if found else None


def put(connection: Connection, row: Row) -> None:
    """In the place of the one there was; `Taken` if somebody else sets one right now."""
    if _CHANGE.run(connection, row.hash, row.changed_at, row.person) == 0:
        _PUT.run(connection, *row)


def hash_again(connection: Connection, person: str, old: str, new: str) -> None:
    """The same password hashed better; nothing if it was changed meanwhile."""
    _AGAIN.run(connection, new, person, old)


def remove(connection: Connection, person: str) -> bool:
    """Whether there was one."""
    return _REMOVE.run(connection, person) == 1
