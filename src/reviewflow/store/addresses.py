"""Which database an address names."""

from __future__ import annotations

import re
from os import PathLike, fspath
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from reviewflow.errors import StoreUnreachable
from reviewflow.store.dialect import Database
from reviewflow.store.sqlite import Sqlite

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+]*", re.ASCII)
_WANT: Final = "as in sqlite:///reviewflow.db or postgresql://user@host/database"
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
        return Sqlite(_file(text, text), patience)
    scheme, _, rest = text.partition("://")
    if scheme.lower() != "sqlite":
        what = f"{scheme}://{rest.rpartition('@')[2]}"  # whatever it is, it may hold a password
        if not _SCHEME.fullmatch(scheme):
            raise StoreUnreachable(what, "this is not the address of a store", _WANT)
        raise StoreUnreachable(what, "this release keeps its log in SQLite or PostgreSQL only", _WANT)
    host, _, path = rest.partition("/")
    return Sqlite(_file("" if host or "?" in path else unquote(path), text), patience)


def _file(path: str, told: str) -> Path:
    if not path or path == ":memory:" or "\0" in path:
        raise StoreUnreachable(told, "it names no file that could keep a log", "as in sqlite:///reviewflow.db")
    return Path(path)
