"""The serial order as an oracle: the commands of a race once more, one after the other as the log has them, in memory.

What the race did must then be done again, event by event; what it refused must be refused at the place in the log that
it was judged at. So no decision was made on anything that had moved, whatever the store believes to have checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from kit.world import World
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Command, Recorded, Sealed, Unsealed
from reviewflow.registry.commands import RegisterPerson

HIDDEN = "a text"


class Addresses(dict[str, str]):
    """Who has which address, for a world in memory, which has no views."""

    def by_email(self, keyed: str) -> str | None:
        """The id of the person."""
        return self.get(keyed)


class Refusal(NamedTuple):
    """A command that was refused, why, up to which position the log was read for it, and where it ended then.

    A look-up in a view is a reading of its own, perhaps a little later; so it may be right at any place between.
    """

    command: str
    codes: tuple[str, ...]
    position: int
    until: int


def differences(
    make: Callable[[], World],
    log: Iterable[tuple[str, list[Recorded]]],
    asked: Mapping[str, Command],
    refusals: Iterable[Refusal],
) -> list[str]:
    """Where the race was not what its serial order gives; `make` sets up the same world in memory.

    `log`: the commands after the setting up, in their order, each with its events.
    """
    world = make()
    world.engine.directory = addresses = Addresses()
    waiting = sorted(refusals, key=lambda one: one.position)
    found, waiting = _refused(world, waiting, asked)
    for command, events in log:
        try:
            done = world.handle(asked[command])
        except (Refused, BadInput) as error:
            return [*found, f"{command} was done in the race, and one after the other it is refused: {error}"]
        if isinstance(asked[command], RegisterPerson):
            addresses[world.vault.lookup("email", asked[command].email)] = world.new_id(done)
        got, want = [_plain(e) for e in done.events], [_plain(e) for e in events]
        if got != want:
            return [*found, f"{command} gave {want} in the race, and one after the other {got}"]
        wrong, waiting = _refused(world, waiting, asked)
        found += wrong
    return [*found, *(f"never right: {refusal}" for refusal in waiting)]


def _refused(world: World, waiting: list[Refusal], asked: Mapping[str, Command]) -> tuple[list[str], list[Refusal]]:
    """What is wrong by now, and what is still to be judged."""
    wrong, still, here = [], [], world.position()
    for refusal in waiting:
        if refusal.position > here:
            still.append(refusal)
            continue
        codes = _codes(world, asked[refusal.command])
        if codes != refusal.codes and here < refusal.until:
            still.append(refusal)
        elif codes != refusal.codes:
            wrong.append(f"{refusal} was not right up to there: at {here} it gets {codes}")
    return wrong, still


def _codes(world: World, command: Command) -> tuple[str, ...]:
    try:
        world.handle(command, dry_run=True)
    except Refused as error:
        return error.codes
    except BadInput as error:
        return tuple(fault.where for fault in error.faults)
    return ()


def _plain(one: Recorded) -> tuple[Any, ...]:
    """An event without what differs from one sealing to the next."""
    return one.position, one.stream, one.version, one.event.topic, _without_texts(dict(one.event))


def _without_texts(value: Any) -> Any:
    if isinstance(value, Sealed | Unsealed):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _without_texts(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_texts(one) for one in value]
    return _without_texts(dict(value)) if isinstance(value, BaseModel) else value
