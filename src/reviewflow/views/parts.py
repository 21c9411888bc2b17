"""What belongs to a table of PostgreSQL beside its rows: indexes and constraints with names, an owner, privileges."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text

_INDEXES = text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = :named")
_CONSTRAINTS = text("SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(:named)")
_OWNER = text(
    "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass(:named)"
    " AND relowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)"
)
_PRIVILEGES = text(
    "SELECT one.privilege_type, CASE WHEN one.grantee <> 0 THEN pg_get_userbyid(one.grantee) END, one.is_grantable"
    " FROM pg_class, aclexplode(relacl) AS one WHERE pg_class.oid = to_regclass(:named)"
)


def have_names(connection: Connection) -> bool:
    """Whether this is a database that has them, and in which they can be renamed."""
    return connection.dialect.name == "postgresql"


def rename(connection: Connection, table: str, called: Callable[[str], str]) -> None:
    """Give all indexes and constraints of a table other names."""
    for name in connection.execute(_INDEXES, {"named": table}).scalars().all():
        if called(name) != name:
            connection.exec_driver_sql(f"ALTER INDEX {_quoted(name)} RENAME TO {_quoted(called(name))}")
    # Read now: the index of a key has taken its constraint with it.
    for name in connection.execute(_CONSTRAINTS, {"named": table}).scalars().all():
        if called(name) != name:
            renamed = f"{_quoted(name)} TO {_quoted(called(name))}"
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME CONSTRAINT {renamed}")


def hand_down(connection: Connection, table: str, heir: str) -> None:
    """Let the same roles do the same with another table, and let it belong to the same one."""
    for privilege, role, grantable in connection.execute(_PRIVILEGES, {"named": table}).all():
        to = "PUBLIC" if role is None else _quoted(role)
        on = " WITH GRANT OPTION" if grantable else ""
        connection.exec_driver_sql(f"GRANT {privilege} ON {heir} TO {to}{on}")
    for owner in connection.execute(_OWNER, {"named": table}).scalars().all():
        connection.exec_driver_sql(f"ALTER TABLE {heir} OWNER TO {_quoted(owner)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
