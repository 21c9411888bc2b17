"""Which database an address names."""

from __future__ import annotations

import re
from os import PathLike, fspath
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from reviewflow.errors import StoreUnreachable
from reviewflow.store.dialect import Database
from reviewflow.store.sqlite import Sqlite

_POSTGRESQL = re.compile(r"postgres(ql)?(\+psycopg)?://", re.IGNORECASE)


def is_postgresql(url: str | PathLike[str]) -> bool:
    """Whether an address names a PostgreSQL database."""
    return _POSTGRESQL.match(fspath(url)) is not None


def shown(url: str | PathLike[str]) -> str:
    """An address as people may see it: without user and password, and without parameters, which may hold one."""
    text = fspath(url)
    if not is_postgresql(text):
        return text
    scheme, _, rest = text.partition("://")
    # Up to the last @: a password that was not written as it should be may hold one.
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def database(url: str | PathLike[str], patience: float) -> Database:
    """The database that a URL or a file's path names."""
    text = fspath(url)
    if is_postgresql(text):
        from reviewflow.store.postgresql import Postgresql  # only who has one waits for the driver

        return Postgresql(text, patience)
    if "://" not in text:
        text = f"sqlite:///{text}"
    want = "as in sqlite:///reviewflow.db or postgresql://user@host/database"
    try:
        parsed = make_url(text)
    except ArgumentError:
        raise StoreUnreachable(shown(text), "this is not the address of a store", want) from None
    what = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() != "sqlite":
        raise StoreUnreachable(what, "this release keeps its log in SQLite or PostgreSQL only", want)
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise StoreUnreachable(what, "it names no file that could keep a log", "as in sqlite:///reviewflow.db")
    return Sqlite(Path(parsed.database), patience)
