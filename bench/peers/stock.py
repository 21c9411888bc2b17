"""eventsourcing as it comes: its aggregates, its application, its own recorders for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.turns import Job

POOL = "psycopg_pool"
"""What its recorder for PostgreSQL wants besides."""
LONG = 10
"""Events of an aggregate that is loaded and saved."""
AGGREGATES = 200
"""Many, so that none grows much while it is timed."""


class Note(Aggregate):
    """The least an aggregate can be."""

    @event("Created")
    def __init__(self) -> None:
        """Nothing written yet."""
        self.text = ""

    @event("Written")
    def write(self, text: str) -> None:
        """One event."""
        self.text = text


@contextmanager
def sqlite(folder: str, client: int, *, cached: bool = False) -> Iterator[Job]:
    """Load an aggregate, trigger one event, save it. `cached`: the library keeps aggregates in memory."""
    name = "stock-cached" if cached else "stock"
    environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{Path(folder) / name}-{client}.db"}
    yield from _job(environment, cached=cached)


@contextmanager
def postgresql(url: str, client: int) -> Iterator[Job]:
    """The same on a PostgreSQL server; every client has aggregates of its own in one table."""
    del client
    yield from _job(postgresql_environment(url), cached=False)


def postgresql_environment(url: str) -> dict[str, str]:
    """The library's settings for an address."""
    at = urlsplit(url)
    host = at.hostname or parse_qs(at.query)["host"][0]
    port = at.port or int(parse_qs(at.query)["port"][0])
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_DBNAME": at.path[1:],
        "POSTGRES_HOST": unquote(host), "POSTGRES_PORT": str(port), "POSTGRES_USER": at.username or "",
        "POSTGRES_PASSWORD": at.password or "none",
    }  # fmt: skip


def _job(environment: dict[str, str], *, cached: bool) -> Iterator[Job]:
    if cached:
        environment["AGGREGATE_CACHE_MAXSIZE"] = str(AGGREGATES)
    application: Application = Application(env=environment)
    ids = []
    for _ in range(AGGREGATES):
        note = Note()
        for number in range(LONG - 1):
            note.write(str(number))
        application.save(note)
        ids.append(note.id)

    def job(n: int) -> None:
        note = application.repository.get(ids[n % AGGREGATES])
        note.write("x" * 400)
        application.save(note)

    yield job
    application.close()


@contextmanager
def replay(folder: str, client: int, *, aggregates: int, long: int) -> Iterator[Job]:
    """`repository.get` of aggregates of so many events, one after another."""
    path = Path(folder) / f"stock-replay-{client}.db"
    environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    application: Application = Application(env=environment)
    ids = []
    for _ in range(aggregates):
        note = Note()
        for _ in range(long - 1):
            note.write("x" * 400)
        application.save(note)
        ids.append(note.id)

    def job(n: int) -> None:
        note = application.repository.get(ids[n % aggregates])
        assert note.version == long

    yield job
    application.close()
