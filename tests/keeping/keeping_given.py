"""A small store with some of everything, and ways to move it and bring it back as the command line does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.clock import FixedClock
from kit.stored import StoredWorld, settings_in
from kit.world import spp_people
from reviewflow.cycle import commands as cy
from reviewflow.keeping.arriving import Arriving, Definitions
from reviewflow.keeping.backing_up import Written, back_up
from reviewflow.keeping.bringing_back import Back, Place, bring_back, try_out
from reviewflow.keeping.copying import Copied, copy
from reviewflow.keeping.keys_of_log import KeysOfLog
from reviewflow.keeping.restoring import check_file
from reviewflow.knowing import Folds
from reviewflow.ports import Record
from reviewflow.registry import commands as reg
from reviewflow.store.moved import address_of
from reviewflow.store.proving import first_difference
from reviewflow.store.sql import SqlStore
from reviewflow.wiring import store_at

FILES = (b"the plan of the school " * 40, b"a second file")


def small_world(folder: Path, url: str | None = None) -> StoredWorld:
    """Schools and people, a cycle under way, two files, a correction, somebody who was forgotten."""
    world = spp_people(StoredWorld(folder=folder, url=url))
    world.open("hazel", "lena")
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    for number, data in enumerate(FILES):
        added = cy.AddEvidence(
            asked=world.asked("hanna"), cycle=world.id("cycle"), kind="self_evaluation", file_name=f"{number}.pdf"
        )
        world.engine.add_evidence(added, data)
    world.handle(reg.RegisterPerson(asked=world.asked("ada", id="pia"), person_name="Pia Madeup"))
    pia = world.engine.handle(reg.RegisterPerson(asked=world.asked("ada", id="pia"), person_name="Pia Madeup"))
    world.names["pia"] = world.new_id(pia)
    world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.names["pia"]))
    for number in range(20):
        note(world, f"note-{number}")
    return world


def note(world: StoredWorld, command_id: str) -> int:
    """One more record; its position."""
    command = cy.AddNote(asked=world.asked("lena", id=command_id), cycle=world.id("cycle"), text=f"words {command_id}")
    position = world.handle(command).position
    assert position is not None
    return position


@dataclass
class Target:
    """A place to copy to."""

    world: StoredWorld
    url: str

    def __post_init__(self) -> None:
        self.definitions = Definitions()
        settings = self.world.settings.model_copy(update={"store": self.url})
        self.store, self.views = store_at(
            settings, self.world.clock, Folds(), self.world.vault, self.definitions.find
        )  # fmt: skip

    def copy(self, heard: Callable[..., None] = lambda *_: None, source: SqlStore | None = None, **more: Any) -> Copied:
        with self.store.arrival() as place:
            arriving = Arriving(place, self.views.synchronous, self.definitions)
            origin, to = address_of(self.world.settings.store), address_of(self.url)
            return copy(source or self.world.store, arriving, origin, to, self.world.clock, heard, **more)


def log_of(store: SqlStore) -> list[Record]:
    """Every record."""
    with store.snapshot() as snapshot:
        return snapshot.log(limit=1_000_000)


def same(one: SqlStore, other: SqlStore) -> None:
    """The same records and the same sets."""
    assert log_of(one) == log_of(other)
    with one.snapshot() as here, other.snapshot() as there:
        assert first_difference(here.connection, there.connection) is None


def backup(world: StoredWorld, path: Path, **more: Any) -> Written:
    return back_up(world.store, world.engine.files, path, **more)


def makes(clock: FixedClock, folder: Path) -> Callable[..., tuple[SqlStore, Sequence[Any]]]:
    """Stores where the settings of a folder say."""

    def make(url: str, definitions: Definitions, keys: KeysOfLog) -> tuple[SqlStore, Sequence[Any]]:
        store, views = store_at(settings_in(folder, url), clock, Folds(), None, definitions.find, keys.address_key)
        return store, views.synchronous

    return make


def restore(world: StoredWorld, path: Path, folder: Path, url: str | None = None, *, vault: Any = "its own") -> Back:
    """From a file into a folder, or a database."""
    file = None if url else folder / "reviewflow.db"
    place = Place(url or f"sqlite:///{file}", file, folder / "reviewflow.evidence")
    proved = check_file(path, None)
    held = world.vault if vault == "its own" else vault
    return bring_back(path, proved, place, makes(world.clock, folder), held)


def check(world: StoredWorld, path: Path) -> Back:
    """Whether it would come back."""
    return try_out(path, check_file(path, None), makes(world.clock, world.folder), world.vault)


@contextmanager
def opened(world: StoredWorld, folder: Path, url: str | None = None):
    """What is in a folder now, with the keys of another."""
    keys = folder / "reviewflow.keys"
    if not keys.exists():
        keys.write_bytes(world.settings.keys_path.read_bytes())
    other = StoredWorld(folder=folder, url=url, clock=world.clock, names=world.names)
    try:
        yield other
    finally:
        other.close()


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
