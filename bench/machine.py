"""What the figures were measured on, without naming it: processors, memory, versions, the cost of a sync."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version

from reviewflow import __version__

LIBRARIES = ("eventsourcing", "SQLAlchemy", "pydantic", "psycopg", "SpiffWorkflow", "dbos")
SYNCS = 200


def described() -> str:
    """One paragraph."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = ", ".join(f"{name} {number}" for name in LIBRARIES if (number := _version(name)))
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), {memory:.0f} GB, {platform.system()}; Python"
        f" {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {found}; reviewflow {__version__}. A write of"
        f" 4 kB with fsync took {sync() * 1e6:,.0f} µs in the median of {SYNCS}."
    )


def sync() -> float:
    """Seconds that the disk takes to make 4 kB durable."""
    found = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(SYNCS):
            started = time.perf_counter()
            os.write(file.fileno(), b"x" * 4096)
            os.fsync(file.fileno())
            found.append(time.perf_counter() - started)
    return statistics.median(found)


def load() -> str:
    """What else went on, if one can tell: figures of a busy machine are told as such."""
    if sys.platform == "win32":
        return ""
    busy, processors = os.getloadavg()[0], os.cpu_count() or 1
    return f"Load before it began: {busy:.1f} on {processors} processors."


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
