"""Whether a table that a database has is the one that a view writes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Connection, Table, inspect


def shape(connection: Connection, table: Table, name: str = "") -> str:
    """What is another than it should be, in words; empty if it is right. `name`: what it is called there."""
    looker = inspect(connection)
    called = name or table.name
    if not looker.has_table(called):
        return "the table is not there"
    live = {one["name"]: bool(one["nullable"]) for one in looker.get_columns(called)}
    wanted = {column.name: bool(column.nullable) for column in table.c}
    key = looker.get_pk_constraint(called)["constrained_columns"]
    checks = {one["name"] for one in looker.get_check_constraints(called)}
    edition = all(one.name in checks for one in table.constraints if isinstance(one, CheckConstraint))
    if live == wanted and key == [column.name for column in table.primary_key]:
        return "" if edition else "its rows are of another release"
    missing, more = sorted(wanted.keys() - live.keys()), sorted(live.keys() - wanted.keys())
    told = [f"{word} {', '.join(names)}" for word, names in (("lacks", missing), ("also has", more)) if names]
    return f"the table is of another release: {'; '.join(told) or 'its columns are other ones'}"
