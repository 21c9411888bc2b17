"""Backups of the keys, made and brought back, for the tests."""

from __future__ import annotations

from binascii import b2a_base64
from datetime import UTC, datetime
from typing import Any

from reviewflow.vault.backing_up import back_up
from reviewflow.vault.master_source import MasterKeySource
from reviewflow.vault.places import open_keys
from reviewflow.vault.restoring import restore
from vault.vault_given import MASTER, OTHER_MASTER

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
SOURCE = MasterKeySource(value=b2a_base64(MASTER).decode())
OTHER = MasterKeySource(value=b2a_base64(OTHER_MASTER).decode())


def made(kept, file, source=SOURCE, days=35, **more: Any):
    keys = open_keys(kept.place)
    try:
        return back_up(keys, source, file, NOW, days, **more).header
    finally:
        keys.close()


def brought_back(kept, file, source=SOURCE, now=NOW, log=(), **more: Any):
    return restore(kept.place, file, source, now, log, **more)
