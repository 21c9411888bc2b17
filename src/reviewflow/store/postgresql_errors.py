"""What an error of PostgreSQL means to a person: by its SQLSTATE, for its text may be in any language.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import psycopg
from sqlalchemy.exc import DBAPIError

from reviewflow.errors import BadInput, ConnectionLost, Fault, ReviewflowError, StoreUnreachable, StreamMoved

_AGAIN = "nothing was written; make it right and do it again"
_ROOM = ("there is no room left on the disk of the server", _AGAIN)
_DAMAGED = ("its pages are damaged", "keep it as it is, and restore a backup beside it")

_WHY = {
    "22P05": ("it cannot hold such a character", "make the database with ENCODING 'UTF8'"),
    "42501": ("this role may not do that", "docs/how-to/postgresql.md lists the rights that it needs"),
    "53100": _ROOM,
    "53200": ("the server ran out of memory", _AGAIN),
    "53300": ("the server has as many connections as it takes", "end some, or raise max_connections"),
    "54000": ("the server's limits are too narrow for this", _AGAIN),
    "57014": ("it took longer than the server allows", "see statement_timeout and lock_timeout there"),
    "58030": ("the server's disk failed", "check the disk before you go on"),
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
_TABLES = {"42P01", "42703", "42883", "42P10", "42804"}
_LOST = {
    "25006",  # read-only: another server has taken over, or this one is a standby
    "25P03",  # idle in a transaction for too long
    "57P01",  # admin_shutdown
    "57P02",  # crash_shutdown
    "57P03",  # cannot_connect_now
    "57P04",  # database_dropped
    "57P05",  # idle for too long
}
_IN_THE_WAY = {"40001", "40P01"}  # serialization_failure (on a standby also: conflict with recovery), deadlock
_NOT_GRANTED = "55P03"

_LOOK = "what was under way may or may not have been done: look, or do it again with the same command id"


class NotConnected(psycopg.OperationalError):
    """The connection could not be made; `lost`: there had been one before."""

    lost = False


class NotWaitedFor(psycopg.OperationalError):
    """It was committed, and nobody knows whether it is where acknowledged events must be."""


def told(what: str, patience: float, error: BaseException) -> ReviewflowError | None:
    """The error in our words; None if the store is not to blame."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return None
    state = cause.sqlstate or ""
    if isinstance(cause, NotConnected):
        kind = ConnectionLost if cause.lost or state in _LOST else StoreUnreachable
        return kind(what, f"no connection: {_said(cause)}", "see that the server runs and takes this user")
    if isinstance(cause, NotWaitedFor):
        return ConnectionLost(what, f"it was written, but may yet be lost: {_said(cause)}", _LOOK)
    if state in _LOST or state.startswith("08") or _broken(cause, state):
        return ConnectionLost(what, f"the connection was lost: {_said(cause)}", _LOOK)
    if isinstance(cause, psycopg.DataError) and not state:  # the driver's own word on a text that it cannot send
        return BadInput("a text", [Fault("", _said(cause), "want signs that a text can have")])
    if state in _IN_THE_WAY:
        return StreamMoved()
    if state == _NOT_GRANTED:
        return busy(what, patience)
    if state in _TABLES:
        why = f"its tables are not those of this release: {_said(cause)}"
        return StoreUnreachable(what, why, "`reviewflow doctor` says more")
    if state in _WHY:
        why, remedy = _WHY[state]
        return StoreUnreachable(what, f"{why}: {_said(cause)}", remedy)
    return None


def busy(what: str, patience: float) -> StoreUnreachable:
    """Somebody else has been writing for too long."""
    why = f"somebody else has been writing to it for more than {patience:g} seconds"
    return StoreUnreachable(what, why, "nothing was written; try again, or find who holds it in pg_stat_activity")


def _broken(cause: psycopg.Error, state: str) -> bool:
    """A socket that died has no SQLSTATE; nor has a connection that was found closed."""
    return not state and isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)


def _said(cause: psycopg.Error) -> str:
    """The server's own sentence, in one line, without the values of a row."""
    lines = [line.strip() for line in (cause.diag.message_primary or str(cause)).splitlines()]
    each = [line.removeprefix("- ") for line in lines if line.startswith("- host: ")]  # of several servers
    return "; ".join(each or [line for line in lines if line and not line.endswith("?")])
