from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviewflow.errors import Refused
from reviewflow.events import Sealed
from reviewflow.ports import Forgotten
from reviewflow.vault.vault import open_vault
from vault.vault_given import MASTER, StandingClock, noted

HERE = Path(__file__).parent


class Child:
    """`vault_child.py`, running."""

    def __init__(self, keys: Path) -> None:
        path = os.pathsep.join([str(HERE.parent), str(HERE.parent.parent / "src")])
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "vault_child.py"), str(keys)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def say(self, *commands: str) -> None:
        self.process.stdin.write("".join(f"{command}\n" for command in commands))
        self.process.stdin.flush()

    def hear(self) -> str:
        return self.process.stdout.readline().strip()

    def ask(self, command: str) -> str:
        self.say(command)
        return self.hear()

    def rest(self) -> list[str]:
        """End it at once and give what it had still said."""
        self.process.kill()
        return self.process.stdout.read().split("\n")[:-1]


@contextmanager
def children(keys, count):
    started = [Child(keys) for _ in range(count)]
    try:
        for child in started:
            assert child.hear() == "ready"
        yield started
    finally:
        for child in started:
            child.process.kill()
            child.process.communicate()


def test_processes_that_make_the_same_keys_at_once_get_the_same(stored, keys):
    streams = [f"cycle-{number}" for number in range(25)]
    with children(keys, 3) as started:
        for child in started:
            child.say(*(f"seal {stream}" for stream in streams))
        for child in started:
            for stream in streams:
                sealed = Sealed.model_validate_json(child.hear())
                assert stored.open(sealed, stream, 1, "text") == f"of {stream}"


def test_what_one_process_forgets_no_other_uses_though_it_had_the_key(stored, keys):
    with children(keys, 2) as (one, two):
        mine = stored.seal(noted("mine"), "person-rowan", 1).text
        sealed = one.ask("seal person-rowan")
        assert two.ask(f"open person-rowan {sealed}") == "of person-rowan"
        assert two.ask("forget person-rowan") == "forgotten"
        assert one.ask("seal person-rowan") == "Refused"
        assert one.ask(f"open person-rowan {sealed}") == "Forgotten"
        with pytest.raises(Refused):
            stored.seal(noted(), "person-rowan", 2)
        with pytest.raises(Forgotten):
            stored.open(mine, "person-rowan", 1, "text")
        assert one.ask("seal person-ash").startswith('{"box"')


def test_killed_at_any_moment_no_key_in_use_is_lost_and_no_forgotten_one_comes_back(stored, keys):
    wrapped = {}
    for round_number, killed_after in enumerate((3, 18, 33)):
        streams = [f"cycle-{round_number}-{number}" for number in range(300)]
        gone = [f"cycle-{round_number}-gone-{number}" for number in range(300)]
        stored.prepare(gone)
        wrapped |= {stream: stored._keys.get(stream) for stream in gone}
        with children(keys, 1) as [child]:
            child.say(
                *(
                    f"{verb} {stream}"
                    for pair in zip(streams, gone, strict=True)
                    for verb, stream in zip(("seal", "forget"), pair, strict=True)
                )
            )
            heard = [child.hear() for _ in range(killed_after)] + child.rest()
        sealed = [said for said in heard if said.startswith("{")]
        assert len(sealed) >= 1
        assert heard.count("forgotten") >= 1
        stored.close()
        stored = open_vault(keys, MASTER, clock=StandingClock())
        for stream, box in zip(streams, sealed, strict=False):
            assert stored.open(Sealed.model_validate_json(box), stream, 1, "text") == f"of {stream}"
        on_disk = keys.read_bytes()
        for stream in gone[: heard.count("forgotten")]:
            assert stored.forgotten(stream)
            assert wrapped[stream] not in on_disk
        for stream in gone:  # half done: either both or neither
            assert stored.forgotten(stream) == (stored._keys.get(stream) is None)
    stored.close()


def test_killed_between_making_a_key_and_using_it(stored, keys):
    with children(keys, 1) as [child]:
        child.ask("seal cycle-a")  # the event itself was never appended
    wrapped = stored._keys.get("cycle-a")
    assert wrapped is not None
    sealed = stored.seal(noted("later"), "cycle-a", 1).text
    assert stored._keys.get("cycle-a") == wrapped
    assert stored.open(sealed, "cycle-a", 1, "text") == "later"
