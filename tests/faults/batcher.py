"""A process that gives batches of commands without end until it is killed: `batcher.main(SETTINGS, NAME, PEOPLE...)`.

It says `ready`, then `try NAME-N` before each batch, and `done NAME-N POSITION` once it was acknowledged. A batch opens
cycles, and each is written in. Every command's id begins with the batch's name.
"""

from __future__ import annotations

import sys
from itertools import count

from faults.site import heard
from faults.worker import Now, asked, note, say
from reviewflow.cycle import commands as cy
from reviewflow.engine import Done
from reviewflow.errors import StreamMoved
from reviewflow.events import Command, identify
from reviewflow.ports import Clock
from reviewflow.wiring import open_installation

CYCLES = 6
A_BATCH = 3 * CYCLES
"""Events of a batch: it opens cycles, and writes two notes in each."""


def batch(name: str, who: dict[str, str], clock: Clock) -> list[Command]:
    """The commands that this process gives under this name."""
    commands: list[Command] = []
    for number in range(CYCLES):
        opening = f"{name}-open-{number}"
        commands.append(
            cy.OpenCycles(
                asked=asked(opening, who["lena"], clock), workflow="spp-peer-review", programme=who["programme"],
                partnership=who["cluster"], subjects=(who["rowan"],), year="2026-27",
            )
        )  # fmt: skip
        cycle = identify(opening)
        commands += [note(f"{name}-note-{number}-{n}", who["lena"], cycle, clock) for n in range(2)]
    return commands


def main(settings: str, name: str, *people: str) -> None:
    """Work until killed."""
    who = dict(pair.split("=") for pair in people)
    with open_installation(heard(settings), Now()) as opened:
        say("ready")
        for number in count(1):
            say(f"try {name}-{number}")
            try:
                answers = opened.engine.handle_all(batch(f"{name}-{number}", who, opened.clock))
            except StreamMoved:
                say(f"moved {name}-{number}")
                continue
            last = answers[-1]
            assert isinstance(last, Done), last
            say(f"done {name}-{number} {last.position}")


if __name__ == "__main__":
    main(*sys.argv[1:])
