"""What the bench borrows from the tests' kit: a server of PostgreSQL."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from bench.table import Size

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

SETTINGS = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "256MB", "max_connections": "60"}


class Running(Protocol):
    """A server on which databases can be made."""

    def database(self, name: str) -> str:
        """The address of a new one."""

    def ask(self, question: str, url: str) -> Any:
        """The one value that a question gives."""

    def slower(self, milliseconds: float) -> AbstractContextManager[None]:
        """Every flush takes so much longer meanwhile."""


class Durable(NamedTuple):
    """A cluster of our own, which waits for the disk at every commit."""

    cluster: Any

    def database(self, name: str) -> str:
        """See `Running`."""
        self.cluster.execute(f"CREATE DATABASE {name}")
        return str(self.cluster.url(name))

    def ask(self, question: str, url: str) -> Any:
        """See `Running`."""
        ((answer,),) = self.cluster.execute(question, urlsplit(url).path[1:])
        return answer

    @contextmanager
    def slower(self, milliseconds: float) -> Iterator[None]:
        """See `Running`."""
        # However few others are at work: whoever flushes waits first, and takes along who comes meanwhile.
        for name, value in (("commit_delay", round(milliseconds * 1000)), ("commit_siblings", 0)):
            self.cluster.execute(f"ALTER SYSTEM SET {name} = {value}")
        self.cluster.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            self.cluster.execute("ALTER SYSTEM RESET ALL")
            self.cluster.execute("SELECT pg_reload_conf()")


class Quick(NamedTuple):
    """The server of the tests: for the smallest form, which only shows that a part runs."""

    server: Any

    def database(self, name: str) -> str:
        """See `Running`."""
        del name
        return str(self.server.fresh())

    def ask(self, question: str, url: str) -> Any:
        """See `Running`."""
        import psycopg

        with psycopg.connect(url) as connection:
            ((answer,),) = connection.execute(question).fetchall()
        return answer

    @contextmanager
    def slower(self, milliseconds: float) -> Iterator[None]:
        """See `Running`: it waits for no disk at all."""
        del milliseconds
        yield


@contextmanager
def postgresql(size: Size) -> Iterator[Running]:
    """A server, gone afterwards."""
    from kit.postgres import Cluster, server

    if size == "tiny":
        yield Quick(server())
        return
    folder = Path(tempfile.mkdtemp(prefix="bench-pg"))
    # Its owner is another user, who must be able to walk there.
    folder.chmod(0o755)
    cluster = Cluster(folder / "cluster", **SETTINGS)
    try:
        cluster.start()
        yield Durable(cluster)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def version(running: Running, url: str) -> str:
    """As in `17.4`."""
    return str(running.ask("SHOW server_version", url)).split()[0]
