"""The invented world on a real installation: an SQLite store with its views, a keys file, a folder of evidence."""

from __future__ import annotations

import base64
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kit.world import World
from reviewflow.settings import Settings
from reviewflow.wiring import create_installation, open_installation

MASTER_KEY = base64.b64encode(b"k" * 32).decode()


def settings_in(folder: Path, url: str | None = None) -> Settings:
    """Everything in one folder, or the store where `url` says; the master key is told."""
    beside = {"keys": folder / "reviewflow.keys", "evidence": folder / "reviewflow.evidence"}
    return Settings(store=url or f"sqlite:///{folder / 'reviewflow.db'}", master_key=MASTER_KEY, **beside)


@dataclass
class StoredWorld(World):
    """As `World`, in a folder; a second one on the same folder is like another process.

    With `url` the store is in that database, and only the keys and the evidence are in the folder.
    """

    url: str | None = None

    def __post_init__(self) -> None:
        self.settings = settings_in(self.folder, self.url)
        if not self.settings.keys_path.exists():
            create_installation(self.settings, self.clock)
        self._ids = count(1)
        self.reopen()

    def reopen(self) -> None:
        """Open what is in the folder; nothing of before is remembered."""
        self._open = ExitStack()
        self.installation = self._open.enter_context(open_installation(self.settings, self.clock))
        self.store, self.vault, self.engine = (
            self.installation.store, self.installation.vault, self.installation.engine,
        )  # fmt: skip

    def close(self) -> None:
        self._open.close()
