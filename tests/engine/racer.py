"""What the tests let another process do: `python racer.py FOLDER NAME PERSON CYCLE...`.

It says `ready`, waits for a line, then starts the self-evaluation of each cycle, and says what it was told: `done`,
the codes of a refusal, or `moved`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from kit.clock import FixedClock
from kit.stored import settings_in
from reviewflow.cycle.commands import TakeStep
from reviewflow.errors import Refused, StreamMoved
from reviewflow.events import Asked
from reviewflow.wiring import open_installation

NOW = datetime(2026, 9, 8, 12, tzinfo=UTC)


def main(folder: str, name: str, person: str, *cycles: str) -> None:
    """Race for every cycle in turn."""
    with open_installation(settings_in(Path(folder)), FixedClock(NOW)) as opened:
        print("ready", flush=True)
        sys.stdin.readline()
        for cycle in cycles:
            asked = Asked(id=f"{name}-{cycle}", at=NOW, by=person, entered_by=person)
            command = TakeStep(asked=asked, cycle=cycle, step="start_self_evaluation")
            try:
                done = opened.engine.handle(command)
                print(cycle, "done", done.position, flush=True)
            except Refused as refused:
                print(cycle, *refused.codes, flush=True)
            except StreamMoved:
                print(cycle, "moved", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
