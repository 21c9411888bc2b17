"""Which database an address names."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from reviewflow.errors import StoreUnreachable
from reviewflow.store.dialect import Database
from reviewflow.store.sqlite import Sqlite


def database(url: str | PathLike[str], patience: float) -> Database:
    """The database that a URL or a file's path names."""
    text = fspath(url)
    if "://" not in text:
        text = f"sqlite:///{text}"
    try:
        parsed = make_url(text)
    except ArgumentError:
        raise StoreUnreachable(text, "this is not the address of a store", "as in sqlite:///reviewflow.db") from None
    what = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() != "sqlite":
        raise StoreUnreachable(what, "this release keeps its log in SQLite only", "as in sqlite:///reviewflow.db")
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise StoreUnreachable(what, "it names no file that could keep a log", "as in sqlite:///reviewflow.db")
    return Sqlite(Path(parsed.database), patience)
