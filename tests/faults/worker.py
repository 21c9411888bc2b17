"""A process that works without end until it is killed: `worker.main(SETTINGS, NAME, PEOPLE...)`.

It says `ready`, then `try ID` before each command and `done ID EVENTS` once it was acknowledged. How many events a
command must write stands at the beginning of its id.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from faults.site import heard
from faults.told import acknowledgement
from reviewflow.cycle import commands as cy
from reviewflow.engine import Done
from reviewflow.errors import Refused, StreamMoved
from reviewflow.events import Asked, Command
from reviewflow.ports import Clock
from reviewflow.registry import commands as reg
from reviewflow.wiring import Installation, open_installation


class Now:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC)


def asked(command_id: str, by: str, clock: Clock) -> Asked:
    """Who asks, now."""
    return Asked(id=command_id, at=clock.now(), by=by, entered_by=by)


def note(command_id: str, by: str, cycle: str, clock: Clock) -> cy.AddNote:
    """The note that a worker writes under this id."""
    return cy.AddNote(asked=asked(command_id, by, clock), cycle=cycle, text=f"words of {command_id}")


def work(clock: Clock, name: str, who: dict[str, str]) -> Iterator[tuple[str, Command, bytes | None]]:
    """Commands without end: id, command, and the bytes of a file."""
    cycle, school = who["cycle"], who["hazel"]
    for number in count(1):
        lead = f"{name}-{number}"
        yield f"1-note-{lead}", note(f"1-note-{lead}", who["lena"], cycle, clock), None
        focus = {"focus_areas": [f"focus {lead}"]}
        yield (
            f"1-focus-{lead}",
            cy.TakeStep(
                asked=asked(f"1-focus-{lead}", who["hanna"], clock), cycle=cycle, step="choose_focus", values=focus
            ),
            None,
        )
        person = reg.RegisterPerson(
            asked=asked(f"2-person-{lead}", who["ada"], clock), person_name=f"Person {lead}", organisation=school,
            email=f"{lead}@example.org",
        )  # fmt: skip
        yield f"2-person-{lead}", person, None
        opening = cy.OpenCycles(
            asked=asked(f"3-open-{lead}", who["lena"], clock), workflow="spp-peer-review", programme=who["programme"],
            partnership=who["cluster"], subjects=tuple(who[s] for s in ("rowan", "willow", "alder")), year="2026-27",
        )  # fmt: skip
        yield f"3-open-{lead}", opening, None
        evidence = cy.AddEvidence(
            asked=asked(f"1-evidence-{lead}", who["hanna"], clock), cycle=cycle, kind="self_evaluation",
            file_name=f"{lead}.pdf",
        )  # fmt: skip
        yield f"1-evidence-{lead}", evidence, lead.encode() * 200


def do(opened: Installation, command: Any, data: bytes | None) -> Done:
    """Do one command."""
    return opened.engine.handle(command) if data is None else opened.engine.add_evidence(command, data)


def main(settings: str, name: str, *people: str) -> None:
    """Work until killed."""
    who = dict(pair.split("=") for pair in people)
    with open_installation(heard(settings), Now()) as opened:
        say("ready")
        for command_id, command, data in work(opened.clock, name, who):
            attempt(opened, command_id, command, data)


def attempt(opened: Installation, command_id: str, command: Command, data: bytes | None = None) -> None:
    """Try one command, and say what came of it."""
    say(f"try {command_id}")
    try:
        say(acknowledgement(command_id, do(opened, command, data)))
    except StreamMoved:
        say(f"moved {command_id}")
    except Refused as refused:
        say(f"refused {command_id} {' '.join(refused.codes)}")


def say(line: str) -> None:
    """Flushed at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
