"""A rehearsal: an import into a copy of the store and its keys, taken away again afterwards.

What a row becomes depends on what the rows before it became, so only an import that writes can tell. The copy holds
names and texts sealed as the store does, and lies in a folder that nobody else can read. Of a store in PostgreSQL it
is filled from the records, which takes as long as `store copy`.
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
from reviewflow.vault.keys import Change
from reviewflow.vault.places import create_keys, open_keys
from reviewflow.wiring import Installation, open_installation, store_at, vault_at


@contextmanager
def rehearsing(settings: Settings, clock: Clock) -> Iterator[Installation]:
    """The same installation as it is now; nothing done to it stays."""
    with tempfile.TemporaryDirectory(prefix="reviewflow-rehearsal-") as name:
        folder = Path(name)
        store, keys = folder / "reviewflow.db", folder / "reviewflow.keys"
        if isinstance(settings.keys_place, Path):
            _copy(settings.keys_place, keys)
        else:
            _copy_keys(settings.keys_place, keys)
        beside = settings.beside_master_key
        given = settings.master_key or settings.master_key_file or settings.master_key_command
        copied = settings.model_copy(update={
            "store": f"sqlite:///{store}", "keys": keys, "evidence": settings.evidence_path,
            "master_key_file": settings.master_key_file or (beside if not given and beside.exists() else None),
        })  # fmt: skip
        if settings.in_file:
            _copy(settings.store_path, store)
        else:
            _fill(settings, copied, clock)
        with open_installation(copied, clock) as installation:
            yield installation


def _copy(place: Path, to: Path) -> None:
    """A consistent copy, also while somebody writes."""
    if not place.exists():
        raise StoreUnreachable(str(place), "there is no store here", "make one with `reviewflow init`")
    to.touch(mode=0o600)
    with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def _copy_keys(place: str, to: Path) -> None:
    """The wrapped keys of a database as a file; what else is there is of no use to a rehearsal."""
    with closing(open_keys(place)) as keys, keys.whole() as whole:

        def fill(change: Change) -> None:
            for rows in whole.chunks():
                change.put(rows)
            change.note_forgotten((one.stream, one.at) for one in whole.forgotten())

        create_keys(to, fill).close()


def _fill(settings: Settings, copied: Settings, clock: Clock) -> None:
    """A store in a file with the records of one that is in none, and its views."""
    from reviewflow.keeping.arriving import BATCH, Arriving, Definitions
    from reviewflow.knowing import Folds

    definitions = Definitions()
    with closing(vault_at(copied, clock)) as vault:
        source, _ = store_at(settings, clock, Folds(), vault)
        target, views = store_at(copied, clock, Folds(), vault, definitions.find)
        with source, target, source.snapshot() as snapshot, target.arrival() as place:
            position = place.begin("rehearsal", "", at_once=True)
            arriving = Arriving(place, views.synchronous, definitions)
            while records := snapshot.log(position, BATCH):
                arriving.take(records)
                position = records[-1].position
            place.finish()
