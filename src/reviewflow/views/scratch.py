"""A database of its own for views that are only looked at: a temporary file, gone afterwards; nothing is kept safe."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from sqlalchemy import Connection, NullPool, create_engine

from reviewflow.errors import StoreUnreachable

# Whatever goes wrong, it is made again: no journal, nothing written before it must be, and nobody else reads.
_SETTINGS = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -16000")


SCRATCH_FAULTS: Final = sqlite3.OperationalError
"""What says that the file cannot be written, as when the disk is full."""


@contextmanager
def scratch() -> Iterator[Connection]:
    """One open transaction in it; for this thread. The file is the user's own, in the system's temporary folder."""
    with TemporaryDirectory(prefix="reviewflow-views-") as folder:

        def connect() -> sqlite3.Connection:
            raw = sqlite3.connect(Path(folder, "views.db"), isolation_level=None, cached_statements=512)
            for setting in _SETTINGS:
                raw.execute(f"PRAGMA {setting}")
            raw.execute("BEGIN")
            return raw

        engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)
        try:
            with engine.connect() as connection:
                yield connection
        except SCRATCH_FAULTS as error:
            remedy = "make room there, or name another folder with TMPDIR"
            raise StoreUnreachable(f"the temporary folder {gettempdir()}", str(error), remedy) from error
        finally:
            engine.dispose()
