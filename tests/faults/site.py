"""Where an installation lies, and the invented world in it: on SQLite or on PostgreSQL, in one folder with its keys.

The settings go to other processes as JSON.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from kit.stored import MASTER_KEY, StoredWorld, settings_in
from kit.world import World, spp_people
from reviewflow.settings import Settings
from reviewflow.wiring import create_installation, open_installation


def on_sqlite(folder: Path) -> Settings:
    """Everything in one folder."""
    return settings_in(folder)


def on_postgres(folder: Path, url: str) -> Settings:
    """The log in a database, keys and evidence in a folder."""
    return Settings(
        store=url, keys=folder / "reviewflow.keys", evidence=folder / "reviewflow.evidence", master_key=MASTER_KEY
    )


def told(settings: Settings) -> str:
    """Settings in one word of a command line."""
    return settings.model_dump_json(exclude_none=True)


def heard(word: str) -> Settings:
    """The settings again."""
    return Settings.model_validate_json(word)


def at_work(world: World) -> World:
    """People, and a cycle whose self-evaluation is being written."""
    spp_people(world)
    world.open("hazel", "lena")
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    return world


@dataclass
class Site(StoredWorld):
    """The invented world where the settings say; made there unless it was."""

    settings: Settings = field(default_factory=Settings)
    there: bool = False
    """Nothing is made: it must be there."""

    def __post_init__(self) -> None:
        self._ids = count(1)
        if not self.there and not self.settings.keys_path.exists():
            create_installation(self.settings, self.clock)
        self.reopen()

    def reopen(self) -> None:
        """Open what is there; nothing of before is remembered."""
        self._open = ExitStack()
        self.installation = self._open.enter_context(open_installation(self.settings, self.clock))
        self.store, self.vault, self.engine = (
            self.installation.store, self.installation.vault, self.installation.engine,
        )  # fmt: skip
