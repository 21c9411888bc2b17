"""A rehearsal: an import into a copy of the store and its keys, taken away again afterwards.

What a row becomes depends on what the rows before it became, so only an import that writes can tell. The copy holds
names and texts sealed as the store does, and lies in a folder that nobody else can read.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from reviewflow.errors import StoreUnreachable
from reviewflow.ports import Clock
from reviewflow.settings import Settings
from reviewflow.wiring import Installation, open_installation


@contextmanager
def rehearsing(settings: Settings, clock: Clock) -> Iterator[Installation]:
    """The same installation as it is now; nothing done to it stays."""
    with tempfile.TemporaryDirectory(prefix="reviewflow-rehearsal-") as name:
        folder = Path(name)
        store, keys = folder / "reviewflow.db", folder / "reviewflow.keys"
        _copy(settings.store_path, store)
        _copy(settings.keys_path, keys)
        beside = settings.beside_master_key
        given = settings.master_key or settings.master_key_file or settings.master_key_command
        copied = settings.model_copy(update={
            "store": f"sqlite:///{store}", "keys": keys, "evidence": settings.evidence_path,
            "master_key_file": settings.master_key_file or (beside if not given and beside.exists() else None),
        })  # fmt: skip
        with open_installation(copied, clock) as installation:
            yield installation


def _copy(place: Path, to: Path) -> None:
    """A consistent copy, also while somebody writes."""
    if not place.exists():
        raise StoreUnreachable(str(place), "there is no store here", "make one with `reviewflow init`")
    to.touch(mode=0o600)
    with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
