"""A client in a race: does its commands as fast as it can, looks now and then, and says all of it as JSON lines.

`race(SETTINGS, NAME, COUNT, CHECKED, PEOPLE...)` says `ready`, waits for a line, and ends when it is done.
`follow(SETTINGS)` follows the log from its beginning until the command `the-end`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from time import monotonic_ns
from typing import Any

from faults.checker import Followed, Placed, Read, Wrote
from faults.racing import CYCLES, STAFF, THAT_DAY, commands
from faults.site import heard
from faults.told import digest_of
from faults.worker import say
from kit.clock import FixedClock
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Refused, StreamMoved
from reviewflow.events import Command, encode
from reviewflow.ports import Append, Record
from reviewflow.wiring import open_installation

END = "the-end"


class Watched:
    """A store that remembers what the last decision had read, and at which position it looked."""

    def __init__(self, store: Any, *, checked: bool) -> None:
        """Not `checked`: the store is not told what was read but not written, and cannot refuse for it."""
        self.store, self.checked = store, checked
        self.reads: dict[str, int] = {}
        self.position = self.tries = 0

    @contextmanager
    def snapshot(self, *likely: Any) -> Iterator[Any]:
        with self.store.snapshot(*likely) as snapshot:
            self.position = snapshot.position()
            yield snapshot

    def append(self, batch: Append) -> list[Record]:
        self.reads = dict(batch.reads)
        self.tries += 1
        if not self.checked:
            batch = batch._replace(reads={})
        return self.store.append(batch)  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def placed(done: Done) -> list[Placed]:
    """The events of an answer, with the digests of their bytes."""
    return [Placed(e.position, e.stream, e.version, digest_of(encode(e.event))) for e in done.events]


def race(settings: str, name: str, count: str, checked: str, *people: str) -> None:
    """Do commands and look."""
    who = dict(pair.split("=") for pair in people)
    random = Random(f"{name} looks")
    keys = [f"cycle-{who[f'cycle of {school}']}" for school in CYCLES] + [f"person-{who[one]}" for one in STAFF]
    keys += [f"visits-of:{who[one]}" for one in STAFF] + ["people"]
    with open_installation(heard(settings), FixedClock(THAT_DAY)) as opened:
        opened.engine.store = watched = Watched(opened.engine.store, checked=checked == "checked")
        say("ready")
        sys.stdin.readline()
        for command in commands(name, who, int(count)):
            tell(attempt(opened.engine, watched, name, command))
            if random.random() < 0.3:
                asked = monotonic_ns()
                with opened.store.snapshot() as snapshot:
                    position, heads = snapshot.position(), snapshot.heads(random.sample(keys, 5))
                tell({"read": Read(name, asked, monotonic_ns(), position, heads)._asdict()})


def attempt(engine: Any, watched: Watched, name: str, command: Command) -> dict[str, Any]:
    """Do one command; how it went."""
    asked, watched.tries = monotonic_ns(), 0
    try:
        done = engine.handle(command)
    except StreamMoved:
        outcome: dict[str, Any] = {"outcome": "moved"}
    except (Refused, BadInput) as error:
        codes = list(error.codes) if isinstance(error, Refused) else [fault.where for fault in error.faults]
        judged = watched.position
        with watched.snapshot():
            until = watched.position
        return {
            "wrote": Wrote(name, command.asked.id, asked, monotonic_ns(), "refused")._asdict(),
            "codes": codes, "at": judged, "until": until,
        }  # fmt: skip
    else:
        outcome = {"outcome": "done", "events": placed(done), "reads": watched.reads if done.events else {}}
    return {"wrote": Wrote(name, command.asked.id, asked, monotonic_ns(), **outcome)._asdict(), "tries": watched.tries}


def follow(settings: str) -> None:
    """Follow the log to its end."""
    with open_installation(heard(settings), FixedClock(THAT_DAY)) as opened:
        say("ready")
        with opened.store.subscribe(0) as records:
            for record in records:
                tell(Placed(record.position, record.stream, record.version, digest_of(record.body)))
                if record.command_id == END:
                    return


def tell(what: Any) -> None:
    """A line of JSON."""
    say(json.dumps(what))


def hear_wrote(fields: dict[str, Any]) -> Wrote:
    """What `race` said of a command."""
    events = tuple(Placed(*event) for event in fields.pop("events"))
    return Wrote(**fields, events=events)


def hear_followed(name: str, lines: list[str]) -> Followed:
    """What `follow` said."""
    return Followed(name, [Placed(*json.loads(line)) for line in lines])
