"""What whoever gives a command is told, and how it is made of what was stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from reviewflow.cycle import fold as cycles
from reviewflow.cycle.state import Cycle
from reviewflow.errors import BadInput, Refused, Unmet
from reviewflow.events import Command, Event, Recorded
from reviewflow.knowing import Knowing, recorded
from reviewflow.ports import Record, Staged


class Done(NamedTuple):
    """The answer to a command: its events with their places, and the cycles they belong to, right after them.

    `position` is the last one written, None for a dry run or when nothing needed to change.
    """

    events: tuple[Recorded, ...]
    cycles: Mapping[str, Cycle]
    position: int | None
    repeated: bool = False


Answer = Done | Refused | BadInput
"""What one of many commands is told."""


class Settled(Mapping[str, Cycle]):
    """The cycles of an answer, with the place in the log that their events were given; worked out when asked for."""

    def __init__(self, after: Mapping[str, tuple[Cycle, Record]], reads: Mapping[str, int]) -> None:
        """Each by its stream, with the last record of it; `reads`: the versions stored before."""
        self._after, self._reads = after, reads

    def __getitem__(self, cycle_id: str) -> Cycle:
        stream = f"cycle-{cycle_id}"
        cycle, record = self._after[stream]
        return cycles.settle(cycle, self._reads[stream], record.position, record.recorded_at)

    def __iter__(self) -> Iterator[str]:
        return (stream.removeprefix("cycle-") for stream in self._after)

    def __len__(self) -> int:
        return len(self._after)


class Made(NamedTuple):
    """What a command made: the same events ready for the store, and as a fold takes them; the cycles after them."""

    command: Command
    staged: list[Staged]
    placed: list[Recorded]
    after: dict[str, Cycle]


def done_with(staged: Sequence[Staged], records: Sequence[Record], reads: Mapping[str, int]) -> Done:
    """The answer that stored events make; `reads`: the versions that their streams had before."""
    both = zip(staged, records, strict=True)
    placed = tuple([Recorded(r.position, r.recorded_at, r.stream, r.version, s.event) for s, r in both])
    return Done(placed, settled_cycles(staged, records, reads), placed[-1].position)


def settled_cycles(staged: Sequence[Staged], records: Sequence[Record], reads: Mapping[str, int]) -> Settled:
    """The cycles after stored events, by their ids."""
    both = zip(staged, records, strict=True)
    return Settled({s.stream: (s.after, r) for s, r in both if s.after is not None}, reads)


def would_be(made: Made) -> Done:
    """The answer of a dry run, or to a command that needed to change nothing."""
    at = made.command.asked.at
    return Done(tuple(one._replace(recorded_at=at) for one in made.placed), made.after, None)


def first_answer(command: Command, known: Knowing, first: Sequence[Record], *, repeated: bool) -> Done:
    """The answer to a command whose id is in the log: the first answer, if it is the same command."""
    placed = tuple(recorded(record) for record in first)
    check_same(command, placed[0].event)
    found = {}
    for stream in dict.fromkeys(p.stream for p in placed if p.stream.startswith("cycle-")):
        last = max(p.version for p in placed if p.stream == stream)
        folded = cycles.fold(r for r in known.stored(stream) if r.version <= last)
        if folded is not None:
            found[stream.removeprefix("cycle-")] = folded
    return Done(placed, found, placed[-1].position, repeated)


def check_same(command: Command, first: Event) -> None:
    """Refuse a command whose id was used before by somebody else or for something else; `first` is what that made."""
    from reviewflow.deciders import made_by_itself

    if first.by != command.asked.by and not made_by_itself(command):
        raise Refused(command.name, [Unmet("command-id-taken", "this command id was used by somebody else")])
    if first.cause != command.cause:
        sentence = f"this command id was used for another command: {first.cause}; this one is: {command.cause}"
        raise Refused(command.name, [Unmet("command-id-taken", sentence)])
