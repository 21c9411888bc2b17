"""Clients that go on whatever happens to the server: started, listened to while they work, stopped, judged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

from faults.cradle import Child, Cradle
from faults.site import Site, told
from faults.told import Told
from kit.checking import check_commands, check_everything, check_order, whole
from reviewflow.settings import Settings

PATIENCE = 60.0


class Clients:
    """Workers on an installation, each a process, and what they have been told so far."""

    def __init__(
        self, cradle: Cradle, world: Site, count: int, name: str = "w", *, settings: Settings | None = None
    ) -> None:
        """They begin at once; `settings` if they are to reach the installation by another way."""
        self._world, self._stack = world, ExitStack()
        with world.store.snapshot() as snapshot:
            self._earlier = frozenset(record.command_id for record in whole(snapshot) if record.command_id)
        people = [f"{key}={value}" for key, value in world.names.items()]
        words = [[told(settings or world.settings), f"{name}{n}", *people] for n in range(count)]
        self._children = [
            self._stack.enter_context(cradle.child("faults.worker:main", *one, errors=True)) for one in words
        ]
        self.told = [Told() for _ in self._children]
        """By worker; each is written by the thread that listens to that one."""
        both = zip(self._children, self.told, strict=True)
        self._listening = [threading.Thread(target=_listen, args=one, daemon=True) for one in both]
        for one in self._listening:
            one.start()

    @property
    def acknowledged(self) -> list[int]:
        """How many commands of each were acknowledged."""
        return [len(one.acknowledged) for one in self.told]

    def go_on(self, more: int = 3) -> None:
        """Wait until each was told that so many more are done."""
        want = [done + more for done in self.acknowledged]
        self.wait(lambda: all(map(int.__ge__, self.acknowledged, want)), f"{want} done, had {self.acknowledged}")

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Wait for something that must come, while all of them live."""
        end = time.monotonic() + PATIENCE
        while not until():
            alive = [thread.is_alive() for thread in self._listening]
            assert all(alive), f"a client gave up: {alive}"
            assert time.monotonic() < end, f"in vain for {PATIENCE:g} s: {what}; they said {self.heard().other}"
            time.sleep(0.01)

    def stop(self) -> None:
        """End them, wherever they are."""
        for child in self._children:
            child.kill()
        for thread in self._listening:
            thread.join()
        self._stack.close()

    def heard(self) -> Told:
        """What they said, all together."""
        all_of_it = Told()
        for one in self.told:
            all_of_it.acknowledged |= dict(one.acknowledged)
            all_of_it.tried += list(one.tried)
            all_of_it.moved += list(one.moved)
            all_of_it.other += list(one.other)
        return all_of_it

    def check(self, world: Site | None = None) -> Told:
        """Raise unless the log holds all that was acknowledged, once, and everything else that it promises."""
        world = world or self._world
        heard = self.heard()
        with world.store.snapshot() as snapshot:
            records = whole(snapshot)
        check_order(records)
        check_commands(records)
        heard.check(records, foreign=self._earlier)
        check_everything(world)
        assert heard.other == []
        return heard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _listen(child: Child, said: Told) -> None:
    while line := child.line():
        said.hear(line)
