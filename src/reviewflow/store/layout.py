"""Whether tables are in a database as they should be: columns, keys, indexes, checks. The same for both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Table, inspect
from sqlalchemy.engine.reflection import Inspector


def differences(connection: Connection, tables: tuple[Table, ...]) -> dict[str, list[str]]:
    """For each table that is not as it should be what is wrong with it, in words; empty if all are right."""
    looker = inspect(connection)
    there = set(looker.get_table_names())
    found = {}
    for table in tables:
        wrong = list(_faults(connection, looker, table)) if table.name in there else ["is not there"]
        if wrong:
            found[table.name] = wrong
    return found


def _faults(connection: Connection, looker: Inspector, table: Table) -> Iterator[str]:
    yield from _columns(connection, looker, table)
    key = looker.get_pk_constraint(table.name)["constrained_columns"]
    wanted_key = [column.name for column in table.primary_key]
    if key != wanted_key:
        yield f"the key is ({', '.join(key)}), want ({', '.join(wanted_key)})"
    # By what they are of and not by name: a rebuilt view has its indexes under other names, and more do no harm.
    indexes = [(one["column_names"], bool(one["unique"])) for one in looker.get_indexes(table.name)]
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        wanted = ([column.name for column in index.columns], bool(index.unique))
        if wanted not in indexes:
            yield f"the index {index.name} on ({', '.join(wanted[0])}) is not there"
    checks = {one["name"] for one in looker.get_check_constraints(table.name)}
    for check in table.constraints:
        if isinstance(check, CheckConstraint) and check.name not in checks:
            yield f"the check {check.name} is not there"


def _columns(connection: Connection, looker: Inspector, table: Table) -> Iterator[str]:
    live = {one["name"]: one for one in looker.get_columns(table.name)}
    for column in table.columns:
        one = live.pop(column.name, None)
        if one is None:
            yield f"column {column.name} is not there"
            continue
        got, want = (_kind(connection, kind) for kind in (one["type"], column.type))
        if got != want:
            yield f"column {column.name} is {got}, want {want}"
        if one["nullable"] and not column.nullable:
            yield f"column {column.name} may be empty"
        elif column.nullable and not one["nullable"]:
            yield f"column {column.name} must not be empty, but may be"
    yield from (f"column {name} is none of ours" for name in live)


def _kind(connection: Connection, kind: Any) -> str:
    return str(kind.compile(dialect=connection.dialect))
