"""Work on a disk that remembers, and the question whether a store survived the loss of power.

What a worker says goes to a file on that disk, so that it stands in the trace at its place among the changes.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from faults.cradle import Cradle
from faults.disk import Change, Disk, Loss, read_trace
from faults.shim import DEADLY, Faulty, watch
from faults.site import Site, heard, on_sqlite, told
from faults.told import Told
from faults.worker import Now, asked, attempt, note, say, work
from kit.checking import check_everything
from reviewflow.events import Command, identify
from reviewflow.keeping.backing_up import back_up
from reviewflow.keeping.key_places import master_key_of, new_master_key_of
from reviewflow.registry import commands as reg
from reviewflow.vault import files
from reviewflow.vault.places import open_keys
from reviewflow.vault.rotation import rotate
from reviewflow.wiring import Installation, create_installation, open_installation

MARKS = "marks"

WEAK: dict[str, tuple[Callable[[Installation], Any], str]] = {
    "nothing": (lambda _opened: None, ""),
    "the log without waiting for the disk": (lambda o: _log(o, "synchronous = OFF"), "was acknowledged as"),
    "the log waiting at checkpoints only": (lambda o: _log(o, "synchronous = NORMAL"), "was acknowledged as"),
    "the keys without waiting for the disk": (lambda o: _keys(o, "synchronous = OFF"), "it has no key of"),
    "the keys not waiting for the end of their journal": (
        lambda o: _keys(o, "synchronous = FULL"), "it has no key of|came back"
    ),
    "evidence whose folder is not synced": (
        lambda _opened: setattr(files, "sync_folder", lambda _folder: None), "evidence .* is missing"
    ),
    "evidence whose bytes are not synced": (
        lambda _opened: setattr(files, "write_durably", _hastily), "evidence .* now have the digest"
    ),
}  # fmt: skip
"""What a worker may neglect, so that the test can show that it sees it; and what is found then."""


def _log(opened: Installation, pragma: str) -> None:
    opened.store._links.writer().raw.execute(f"PRAGMA {pragma}")


def _keys(opened: Installation, pragma: str) -> None:
    opened.vault._keys._db.execute(f"PRAGMA {pragma}")


def _hastily(path: Path, data: bytes, _mode: int) -> None:
    path.write_bytes(data)


def main(settings: str, trace: str, name: str, count: str, weakness: str, *people: str) -> None:
    """Do so many commands."""
    place = heard(settings)
    who = dict(pair.split("=") for pair in people)
    _mark(place.store_path.parent, trace)
    with open_installation(place, Now()) as opened:
        # So that the log goes into the main file every few commands, and its beginning is written over.
        _log(opened, "wal_autocheckpoint = 60")
        WEAK[weakness][0](opened)
        for command_id, command, data in islice(_work(opened, name, who), int(count)):
            attempt(opened, command_id, command, data)


def again(settings: str, trace: str, control: str, dies: str, *people: str) -> None:
    """Do one command; `dies`: and be killed while the log waits for the disk."""
    place, disk = heard(settings), Faulty(Path(control))
    who = dict(pair.split("=") for pair in people)
    _mark(place.store_path.parent, trace, disk.control)
    with open_installation(place, Now()) as opened:
        if dies == "dies":
            # One before, so that it is the commit that waits for the disk, and not the head of a new file.
            opened.engine.handle(note("before", who["lena"], who["cycle"], opened.clock))
            disk.become(DEADLY)
        attempt(opened, "1-again", note("1-again", who["lena"], who["cycle"], opened.clock))


def initialise(settings: str, trace: str) -> None:
    """Make an installation, and say when it is there."""
    place = heard(settings)
    _mark(place.store_path.parent, trace)
    say("begun")
    create_installation(place, Now())
    say("made")


def backing_up(settings: str, trace: str) -> None:
    """Write a backup, say its digest, and write another in its place."""
    place = heard(settings)
    _mark(place.store_path.parent, trace)
    with open_installation(place, Now()) as opened:
        for force in (False, True):
            say("begun")
            path = place.store_path.with_name("backup")
            written = back_up(opened.store, opened.engine.files, path, force=force)
            say(f"made {written.digest}")


def rotating(settings: str, trace: str) -> None:
    """Change the master key, twice."""
    place = heard(settings)
    _mark(place.store_path.parent, trace)
    keys = open_keys(place.keys_place)
    for _ in range(2):
        rotate(keys, master_key_of(place), new_master_key_of(place))
        say("made")
    keys.close()


def _mark(folder: Path, trace: str, control: Path | None = None) -> None:
    watch(folder, trace=Path(trace), control=control)
    handle = os.open(folder / MARKS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)


def _work(opened: Installation, name: str, who: dict[str, str]) -> Iterator[tuple[str, Command, bytes | None]]:
    """As other workers do; and now and then somebody who was registered is forgotten again."""
    clock = opened.clock
    for command_id, command, data in work(clock, name, who):
        yield command_id, command, data
        if isinstance(command, reg.RegisterPerson):
            person = identify(command_id)
            # A text of their own is sealed under a key that was made for them.
            change = reg.ChangePerson(asked=asked(f"1-change-{person}", who["ada"], clock), person=person,
                                      person_name=f"New name of {command_id}")  # fmt: skip
            yield change.asked.id, change, None
            if command_id.endswith(("1", "3")):
                forget = reg.ForgetPerson(asked=asked(f"1-forget-{person}", who["ada"], clock), person=person)
                yield forget.asked.id, forget, None


@dataclass
class Recording:
    """What happened on the disk, to be gone through once."""

    folder: Path
    trace: Path
    before: Path
    inodes: dict[str, int]
    names: dict[str, str] = field(default_factory=dict)
    earlier: frozenset[str] = frozenset()

    @property
    def image(self) -> Path:
        """Where an image of the disk is looked at."""
        return self.folder.with_name("image")

    def play(self) -> Iterator[tuple[int, Change, Disk, Told]]:
        """After each change: its number, itself, the disk, and what was said up to then."""
        disk, said, rest = Disk(self.folder, self.before), Told(), {}
        disk.remember(self.inodes)
        marks = None
        for number, change in enumerate(read_trace(self.trace)):
            disk.follow(change)
            if change.kind == "C" and change.name.endswith(f"/{MARKS}"):
                marks = change.inode
            elif change.kind == "W" and change.inode == marks:
                *lines, rest[0] = (rest.get(0, b"") + change.data).split(b"\n")
                said.hear_all(line.decode() for line in lines)
            yield number, change, disk, said


def recording(world: Site) -> Recording:
    """Close the world, and keep what is in its folder."""
    folder = world.settings.store_path.parent
    with world.store.snapshot() as snapshot:
        earlier = frozenset(r.command_id for r in snapshot.log(0, 10_000) if r.command_id)
    world.close()
    before = folder.with_name("before")
    shutil.copytree(folder, before)
    inodes = {str(p.relative_to(folder)): p.stat().st_ino for p in folder.rglob("*") if p.is_file()}
    return Recording(folder, folder.with_name("trace"), before, inodes, dict(world.names), earlier)


def record(world: Site, cradle: Cradle, count: int, weakness: str = "nothing", workers: int = 1) -> Recording:
    """Let some workers do their commands in the world's folder, and keep what they did to the disk."""
    made = recording(world)
    people = [f"{key}={value}" for key, value in world.names.items()]
    words = [[told(world.settings), str(made.trace), f"p{n}", str(count), weakness, *people] for n in range(workers)]
    busy = [cradle.child("faults.power:main", *one, errors=True) for one in words]
    assert [child.wait() for child in busy] == [0] * workers
    return made


def survived(recording: Recording, disk: Disk, said: Told, keep: Loss) -> None:
    """Write an image and raise unless the store in it is whole, has all that was acknowledged, and works."""
    image = recording.image
    disk.write_image(image, keep)
    try:
        _keys_are_gone(image, said)
        world = Site(settings=on_sqlite(image), clock=Now(), names=dict(recording.names))
        try:
            events = check_everything(world)
            with world.store.snapshot() as snapshot:
                said.check(snapshot.log(0, len(events)), foreign=recording.earlier)
            done = world.handle(note("1-after", world.id("lena"), world.id("cycle"), world.clock))
            assert done.position == len(events) + 1
        finally:
            world.close()
    finally:
        shutil.rmtree(image)


def _keys_are_gone(image: Path, said: Told) -> None:
    """Whom we said to have forgotten has no key any more, before any start-up could have finished it."""
    gone = {f"person-{c.removeprefix('1-forget-')}" for c in said.acknowledged if c.startswith("1-forget-")}
    with sqlite3.connect(image / "reviewflow.keys") as db:
        kept = {owner for (owner,) in db.execute("SELECT owner FROM keys")}
    db.close()
    assert not gone & kept, f"the keys of {gone & kept} came back"
