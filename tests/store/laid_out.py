"""Everything that is in a database but the rows, so that two can be compared: no part of it is left out."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import make_url

from reviewflow.store.addresses import database
from reviewflow.store.upgrading import run

COLUMNS = """SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, collation_name
FROM information_schema.columns WHERE table_schema = current_schema()"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace"""
TRIGGERS = "SELECT tgname, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
FUNCTIONS = """SELECT proname, pg_get_function_arguments(oid), prosrc FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace"""


def laid_out(url: str) -> set[Any]:
    """Every object with its definition."""
    if "://" in url and not url.startswith("sqlite"):
        named = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(named) as link:
            return {
                (kind, *row)
                for kind, question in (("column", COLUMNS), ("index", INDEXES), ("constraint", CONSTRAINTS),
                                       ("trigger", TRIGGERS), ("function", FUNCTIONS))
                for row in link.execute(question).fetchall()
            }  # fmt: skip
    with_link = database(url, 5).link()
    try:
        found = with_link.cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        return {(kind, name, of, " ".join((text or "").split())) for kind, name, of, text in found}
    finally:
        with_link.close()


def made_as_of(url: str, version: int) -> None:
    """A store's tables as that version had them, made by the revisions; triggers come with an upgrade."""
    at = database(url, 5)
    link = at.link(create=True)
    try:
        at.begin_write(link.cursor)
        run(link.connection, 0, version)
        link.commit()
    finally:
        link.rollback()
        link.close()
