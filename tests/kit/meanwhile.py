"""What somebody else does between the moment a command has read the log and the moment it is appended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit.world import World
from reviewflow.engine import Done, Engine
from reviewflow.events import Command
from reviewflow.knowing import Folds


class Meanwhile:
    """A store in which others are quicker: before each append the next of `actions` is done."""

    def __init__(self, store: Any, *actions: Callable[[], Any]) -> None:
        self.store, self.actions, self.appends = store, list(actions), 0

    def append(self, batch: Any) -> Any:
        self.appends += 1
        if self.actions:
            self.actions.pop(0)()
        return self.store.append(batch)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def elsewhere(world: World) -> Engine:
    """Another process: the same store and keys, nothing remembered."""
    old = world.engine
    return Engine(old.store, old.vault, old.clock, old.files, old.directory, Folds())


def while_others(world: World, command: Command, *actions: Callable[[], Any]) -> Done:
    """Do a command; before each of its appends the next of `actions` is done, through the world's own engine."""
    slower = elsewhere(world)
    slower.store = Meanwhile(world.store, *actions)
    return slower.handle(command)
