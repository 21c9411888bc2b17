"""DBOS: the four steps as a durable function, each step's result written to its database before the next begins."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.turns import Job

SUMMARY = "What the paper says, in a sentence or two, so that the form has something to hold."


@contextmanager
def four_steps(client: int, folder: str = "", url: str = "") -> Iterator[Job]:
    """Whole workflows, on a PostgreSQL `url`, else on SQLite in `folder`; synchronous=FULL there."""
    from dbos import DBOS, DBOSConfig

    config: DBOSConfig = {"name": "four-steps", "log_level": "ERROR"}
    if url:
        config["system_database_url"] = url
    else:
        config["system_database_url"] = f"sqlite:///{Path(folder) / f'dbos-{client}.db'}"
        config["system_database_engine"] = _engine(config["system_database_url"])
    logging.getLogger("dbos").setLevel(logging.ERROR)
    DBOS(config=config)

    @DBOS.step()
    def opened(number: int) -> dict[str, Any]:
        return {"number": number}

    @DBOS.step()
    def hand_in(paper: dict[str, Any]) -> dict[str, Any]:
        return {**paper, "pages": 12, "summary": SUMMARY}

    @DBOS.step()
    def review(paper: dict[str, Any]) -> dict[str, Any]:
        if paper["pages"] < 3:
            raise ValueError("fewer than three pages")
        return {**paper, "reviewed": True}

    @DBOS.step()
    def accept(paper: dict[str, Any]) -> dict[str, Any]:
        return {**paper, "accepted": True}

    @DBOS.workflow()
    def four(number: int) -> bool:
        return bool(accept(review(hand_in(opened(number))))["accepted"])

    DBOS.launch()

    def job(n: int) -> None:
        assert four(n)

    yield job
    DBOS.destroy(destroy_registry=True)


def _engine(address: str) -> Any:
    """As it makes one itself, in WAL mode besides, which is quicker and which every other side here has."""
    from sqlalchemy import create_engine, event

    engine = create_engine(address, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
