"""The serial order as an oracle: the commands of a race once more, one after the other as the log has them, in memory.

What the race did must then be done again, event by event; what it refused must be refused at the place in the log that
it was judged at. So no decision was made on anything that had moved, whatever the store believes to have checked.
"""

from __future__ import annotations

from collections import defaultdict
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
    """A command that was refused, why, and up to which position the log was read for it."""

    command: str
    codes: tuple[str, ...]
    position: int


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
    at: dict[int, list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        at[refusal.position].append(refusal)
    found = [sentence for refusal in at.pop(world.position(), ()) for sentence in _refused(world, refusal, asked)]
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
        for refusal in at.pop(events[-1].position, ()):
            found += _refused(world, refusal, asked)
    return [*found, *(f"judged at a position that is none: {refusal}" for part in at.values() for refusal in part)]


def _refused(world: World, refusal: Refusal, asked: Mapping[str, Command]) -> Iterable[str]:
    try:
        world.handle(asked[refusal.command], dry_run=True)
    except Refused as error:
        codes = error.codes
    except BadInput as error:
        codes = tuple(fault.where for fault in error.faults)
    else:
        codes = ()
    if codes != refusal.codes:
        yield f"{refusal.command} was refused with {refusal.codes} at {refusal.position}; there it gets {codes}"


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
