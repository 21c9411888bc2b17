"""What a store does on a disk that is full, read-only or broken: scenarios for a process on a disk that we play.

Each says what it found as lines; an assertion that fails ends the process with its traceback.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from itertools import count
from pathlib import Path
from random import Random

import pytest

from faults.shim import BROKEN, FULL, READ_ONLY, SOUND, Faulty, watch
from faults.site import Site, heard, on_sqlite
from faults.worker import Now, asked, note, say
from kit.checking import check_everything
from kit.world import World
from reviewflow.cli.app import door as door_of_cli
from reviewflow.cycle import commands as cy
from reviewflow.errors import StoreUnreachable
from reviewflow.events import Command
from reviewflow.keeping.backing_up import back_up
from reviewflow.registry import commands as reg

MODES = {"full": FULL, "read-only": READ_ONLY, "broken": BROKEN}
WORDS = {
    # A disk that turns read-only under an open file answers as a broken one does; the keys are asked first.
    "full": "there is no room left|database or disk is full",
    "read-only": "may be read but not written|the disk failed|keys file",
    "broken": "the disk failed|keys file",
}


def main(settings: str, control: str, scenario: str, mode: str, *people: str) -> None:
    """Run one scenario in one mode."""
    place = heard(settings)
    disk = Faulty(Path(control))
    watch(place.store_path.parent, control=disk.control)
    SCENARIOS[scenario](settings, disk, mode, dict(pair.split("=") for pair in people))
    say("well")


@contextmanager
def opened(settings: str, names: dict[str, str]) -> Iterator[Site]:
    world = Site(settings=heard(settings), clock=Now(), names=dict(names), there=True)
    try:
        yield world
    finally:
        world.close()


def told(world: World, command: Command, words: str = "", data: bytes | None = None) -> StoreUnreachable:
    """It is refused in plain words, and nothing happened."""
    before = world.position()
    with pytest.raises(StoreUnreachable) as caught:
        world.handle(command) if data is None else world.engine.add_evidence(command, data)
    assert re.search(words, str(caught.value)), str(caught.value)
    assert caught.value.why
    assert world.position() == before
    return caught.value


def log(settings: str, disk: Faulty, mode: str, names: dict[str, str]) -> None:
    """Notes until no more can be written, with room for any number of bytes; then it goes on."""
    random, numbers = Random(f"log {mode}"), count(1)
    with opened(settings, names) as world:
        world.store._links.writer().raw.execute("PRAGMA wal_autocheckpoint = 20")
        world.handle(note(f"1-{mode}", names["lena"], names["cycle"], world.clock))
        for _ in range(8):
            done, refused = [], None
            disk.become(MODES[mode], random.randrange(60_000))
            for number in numbers:
                command = note(f"1-{mode}-{number}", names["lena"], names["cycle"], world.clock)
                try:
                    done.append((command, world.handle(command).position))
                except StoreUnreachable as error:
                    refused = command
                    assert re.search(WORDS[mode], str(error)), str(error)
                    break
            assert refused is not None
            assert world.cycle.notes[-1].version == world.cycle.version  # reading works
            told(world, refused, WORDS[mode])
            disk.become(SOUND)
            check_everything(world)
            assert not world.handle(refused).repeated
            for command, at in done:
                again = world.handle(command)
                assert (again.repeated, again.position) == (True, at)
        check_everything(world)


def keys(settings: str, disk: Faulty, mode: str, names: dict[str, str]) -> None:
    """A key is durable before its first event: without room for it there is no event."""
    with opened(settings, names) as world:
        for number, room in enumerate((0, 600, 3000)):
            command = reg.RegisterPerson(
                asked=asked(f"1-person-{number}", names["ada"], world.clock), person_name=f"Pia {number}"
            )
            disk.become(MODES[mode], room)
            assert "keys" in told(world, command).what
            disk.become(SOUND)
            check_everything(world)
            world.handle(command)
        check_everything(world)


def evidence(settings: str, disk: Faulty, mode: str, names: dict[str, str]) -> None:
    """A file that does not get its place is no evidence, and what is left of it is never taken for it."""
    with opened(settings, names) as world:
        folder = world.settings.evidence_path
        for number, room in enumerate((0, 5000, 200_000)):
            command = cy.AddEvidence(
                asked=asked(f"1-evidence-{number}", names["hanna"], world.clock), cycle=names["cycle"],
                kind="self_evaluation", file_name="a.pdf",
            )  # fmt: skip
            data = os.urandom(300_000)
            disk.become(MODES[mode], room)
            assert "evidence" in told(world, command, data=data).what
            left = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".part"]
            assert len(left) == number
            disk.become(SOUND)
            check_everything(world)
            world.engine.add_evidence(command, data)
        check_everything(world)


def opening(settings: str, disk: Faulty, mode: str, names: dict[str, str]) -> None:
    """A store that cannot be opened for writing is read, or the reason is told; afterwards nothing is different."""
    place = heard(settings)
    for keep in (True, False):
        if keep:
            with opened(settings, names) as world:
                before = world.position()
        disk.become(MODES[mode])
        with suppress(StoreUnreachable), opened(settings, names) as world:
            assert world.position() == before
            told(world, note(f"1-open-{keep}", names["lena"], names["cycle"], world.clock))
        disk.become(SOUND)
        assert place.store_path.exists()
    with opened(settings, names) as world:
        assert world.position() == before
        check_everything(world)
        world.handle(note("1-open", names["lena"], names["cycle"], world.clock))


def making(settings: str, disk: Faulty, mode: str, _names: dict[str, str]) -> None:
    """An installation that cannot be made is told so, nothing of it stays, and it can be made on a sound disk."""
    folder = heard(settings).store_path.parent / "new"
    folder.mkdir()
    other = folder / "other.db-wal"
    other.write_text("of somebody else")
    place = on_sqlite(folder).model_copy(update={"master_key": None})
    os.environ["REVIEWFLOW_STORE"] = place.store
    os.environ.pop("REVIEWFLOW_MASTER_KEY", None)
    words = ["init", "--admin", "Ada Example", "--programme", "Example Partnership"]
    for room in _rooms(mode):
        disk.become(MODES[mode], room)
        code, said = run_door(words)
        disk.become(SOUND)
        left = [path for path in sorted(folder.iterdir()) if path != other]
        if code == 0:
            break
        assert code == 5, said
        assert "Traceback" not in said
        if mode == "broken":  # what could not be taken away again is told
            assert not left or f"taken away again: {', '.join(map(str, reversed(left)))}" in said, said
            for path in left:
                path.unlink()
        else:
            assert left == [], f"with room for {room} bytes there is left: {left}"
    else:
        assert run_door(words)[0] == 0
    assert other.read_text() == "of somebody else"
    world = Site(settings=place, there=True)
    assert world.position() == 3
    check_everything(world)


def _rooms(mode: str) -> Iterator[int]:
    """Bytes that there is room for: ever more on a full disk, until it is enough."""
    yield from (0, 30, 3000)
    if mode == "full":
        yield from count(20_000, 37_777)


def backup(settings: str, disk: Faulty, mode: str, names: dict[str, str]) -> None:
    """A backup that finds no room is told so, and nothing of it is there; the one that was there before still is."""
    place = heard(settings).store_path.parent / "backup"
    with opened(settings, names) as world:
        for number, room in enumerate((0, 100, 3000)):
            for force in (False, True):
                disk.become(MODES[mode], room)
                before = place.read_bytes() if place.exists() else b""
                with pytest.raises(StoreUnreachable) as caught:
                    back_up(world.store, world.engine.files, place if force else place.with_name("new"), force=force)
                assert caught.value.why
                disk.become(SOUND)
                assert (place.read_bytes() if place.exists() else b"") == before
                assert mode == "broken" or not list(place.parent.glob("*.partial"))
                assert not place.with_name("new").exists()
            back_up(world.store, world.engine.files, place, force=bool(number))
        check_everything(world)


def door(settings: str, disk: Faulty, mode: str, names: dict[str, str]) -> None:
    """On the command line: exit code 5 and a sentence; the same command under the same id once the disk is sound."""
    place = heard(settings)
    os.environ |= {"REVIEWFLOW_STORE": place.store, "REVIEWFLOW_MASTER_KEY": place.master_key or ""}
    words = ["organisation", "add", "Full Disk School", "--as", names["ada"], "--command-id", f"door-{mode}"]
    disk.become(MODES[mode])
    code, said = run_door(words)
    assert code == 5, said
    assert "Traceback" not in said
    disk.become(SOUND)
    assert run_door(words)[0] == 0
    with opened(settings, names) as world:
        check_everything(world)


def run_door(words: list[str]) -> tuple[object, str]:
    """A command of the command line in this process: its exit code, and all it said."""
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output), pytest.raises(SystemExit) as end:
        door_of_cli.main(words)
    return end.value.code, output.getvalue()


SCENARIOS: dict[str, Callable[[str, Faulty, str, dict[str, str]], None]] = {
    "log": log, "keys": keys, "evidence": evidence, "opening": opening, "making": making,
    "backup": backup, "door": door,
}  # fmt: skip
