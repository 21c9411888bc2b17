"""What workers said before they died, and whether the log holds to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from reviewflow.engine import Done
from reviewflow.events import encode
from reviewflow.ports import Record


def digest_of(body: bytes) -> str:
    """The SHA-256 that is kept outside the store."""
    return sha256(body).hexdigest()


def acknowledgement(command: str, done: Done) -> str:
    """The line in which a worker says that a command was acknowledged: its events with the digests of their bytes."""
    events = ",".join(f"{one.position}:{digest_of(encode(one.event))}" for one in done.events)
    return f"done {command} {events}"


@dataclass
class Told:
    """Everything that was tried, and what of it was acknowledged: position -> SHA-256 of the event's bytes."""

    acknowledged: dict[str, dict[int, str]] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        """One whole line."""
        match line.split():
            case ["done", command, events]:
                pairs = (one.split(":") for one in events.split(","))
                self.acknowledged[command] = {int(position): digest for position, digest in pairs}
            case ["try", command]:
                self.tried.append(command)
            case ["moved", command]:
                self.moved.append(command)
            case ["ready"]:
                pass
            case _:
                self.other.append(line)

    def hear_all(self, lines: Iterable[str]) -> None:
        """Several."""
        for line in lines:
            self.hear(line)

    def check(self, records: list[Record], *, foreign: frozenset[str] = frozenset()) -> dict[str, list[Record]]:
        """Nothing acknowledged is lost or changed, nothing is there twice or by half; the records of each command.

        How many events a command must write stands at the beginning of its id, as in `3-open-w1-7`. `foreign`: the
        command ids of those who wrote before.
        """
        found: dict[str, list[Record]] = {}
        for record in records:
            if record.command_id is not None and record.command_id not in foreign:
                found.setdefault(record.command_id, []).append(record)
        for command, events in self.acknowledged.items():
            there = {record.position: digest_of(record.body) for record in found.get(command, ())}
            assert there == events, f"{command} was acknowledged as {events}, and is there as {there}"
        for command, of in found.items():
            assert len(of) == int(command.partition("-")[0]), f"{command} is there by half: {of}"
            assert [record.ordinal for record in of] == list(range(len(of))), f"{command} is not there just once"
        assert set(found) <= set(self.tried), "something is there that nobody tried"
        assert not set(found) & set(self.moved), "something is there of which it was said that nothing was written"
        return found
