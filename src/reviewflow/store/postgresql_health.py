"""What a PostgreSQL server says of itself: what survives a loss of power, and what our role may do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Connection

from reviewflow.store.found import TRIGGER, Found, Verdict, plain, rows

_FUNCTION = re.compile(r"\bFUNCTION\s+(\w+)\s*\(.*?\$(\w*)\$(.*)\$\2\$", re.IGNORECASE | re.DOTALL)
_LASTS = "what was acknowledged outlives a loss of power"
_WANTED: tuple[tuple[str, tuple[str, ...], Verdict, str], ...] = (
    ("fsync", ("on",), "fault", f"on: {_LASTS}"),
    ("full_page_writes", ("on",), "fault", "on: a page that was written by half is put right"),
    ("synchronous_commit", ("on", "remote_apply"), "fault", f"on: {_LASTS}"),
    ("synchronous_standby_names", (), "ok", ""),
    ("data_checksums", ("on",), "warning", "on: a damaged page is noticed when it is read"),
    ("server_encoding", ("UTF8",), "fault", "UTF8: every text can be kept"),
)
_RIGHTS = ("UPDATE", "DELETE", "TRUNCATE")


def server(connection: Connection) -> str:
    """The server's own version."""
    [(version,)] = rows(connection, "SHOW server_version")
    return f"PostgreSQL {version}"


def settings(connection: Connection) -> list[Found]:
    """As they are in our session: a database or a role may have its own."""
    found = []
    for name, good, otherwise, want in _WANTED:
        [(value,)] = rows(connection, f"SHOW {name}")
        found.append(Found(name, "ok" if not good or value in good else otherwise, value or "none", want))
    [(standby,)] = rows(connection, "SELECT pg_is_in_recovery()")
    if standby:
        found.append(
            Found("server", "fault", "a standby: it may be read only", "the primary; name all hosts in the URL")
        )
    return found


def damage(connection: Connection, *, deep: bool) -> list[str]:
    """PostgreSQL checks pages when it reads them, if checksums are on; `deep` reads the log from end to end anyway."""
    invalid = rows(
        connection,
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_class t ON t.oid = i.indrelid WHERE NOT i.indisvalid AND pg_table_is_visible(t.oid)",
    )
    if deep:
        rows(connection, "SELECT sum(length(body)) FROM records")
    return [f"index {name} is not valid: REINDEX it" for (name,) in invalid]


def rights(connection: Connection) -> list[Found]:
    """The role of every day needs SELECT and INSERT on records, nothing more; the triggers refuse the rest anyway."""
    [(role, superuser)] = rows(connection, "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
    asked = ", ".join(f"has_table_privilege(current_user, 'records', '{right}')" for right in _RIGHTS)
    [held] = rows(connection, f"SELECT {asked}")
    more = [right for right, may in zip(_RIGHTS, held, strict=True) if may]
    want = "a role of its own with SELECT and INSERT on records (docs/how-to/postgresql.md)"
    if superuser:
        return [Found("role", "warning", f"{role} is a superuser: it may take the triggers away", want)]
    if more:
        return [Found("role", "warning", f"{role} may {', '.join(more)} on records; triggers alone refuse it", want)]
    return [Found("role", "ok", f"{role} may not change records", want)]


def guards(connection: Connection, wanted: Sequence[str]) -> list[str]:
    """Triggers that are not there or were disabled, and functions whose text is another."""
    enabled = {
        name for (name,) in rows(
            connection,
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE pg_table_is_visible(c.oid) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')",
        )
    }  # fmt: skip
    found = rows(connection, "SELECT proname, prosrc FROM pg_proc WHERE pg_function_is_visible(oid)")
    sources = {(name, plain(source or "")) for name, source in found}
    text = "\n".join(wanted)
    wrong = [name for name in TRIGGER.findall(text) if name not in enabled]
    for one in wanted:
        wrong += [name for name, _, body in _FUNCTION.findall(one) if (name, plain(body)) not in sources]
    return wrong
