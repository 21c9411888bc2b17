"""A process that gives commands and asks views until its input ends: `commanding.py FOLDER URL NAME=ID...`.

Says `done POSITION` for each command. Anything but success is said as it is, and ends it with code 1.
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kit.clock import FixedClock
from kit.stored import settings_in
from reviewflow.cycle import commands as cy
from reviewflow.events import Asked
from reviewflow.registry import commands as reg
from reviewflow.views.cycles import assignments_of, list_cycles
from reviewflow.views.people import list_people
from reviewflow.views.tasks import tasks
from reviewflow.wiring import open_installation

NOW = datetime(2026, 9, 7, 12, tzinfo=UTC)


def main(folder: str, url: str, *people: str) -> None:
    who = dict(pair.split("=") for pair in people)
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    with open_installation(settings_in(Path(folder), url), FixedClock(NOW)) as opened:
        for number in count(1):
            if over.is_set():
                return
            for position in commands(opened, who, number):
                print("done", position, flush=True)
            with opened.store.reading() as connection:
                rows = list_cycles(connection)
                assert any(row.handle.startswith("hazel") for row in rows)
                assert {one.cycle for one in assignments_of(connection)} <= {row.id for row in rows}
                assert set(connection.execute(tasks.select()).scalars()) <= {row.id for row in rows}
                assert len(list_people(connection)) >= number


def commands(opened, who, number):
    def asked(name: str, by: str) -> Asked:
        return Asked(id=f"meanwhile-{name}-{number}", at=NOW, by=who[by], entered_by=who[by])

    def handle(command):
        return opened.engine.handle(command)

    done = handle(reg.RegisterPerson(asked=asked("person", "ada"), person_name=f"Person {number}"))
    yield done.position
    subject = handle(
        reg.RegisterOrganisation(asked=asked("school", "ada"), organisation_name="A school", handle=f"new-{number}")
    )
    school = subject.events[0].stream.partition("-")[2]
    yield handle(
        reg.BeginMembership(asked=asked("join", "ada"), partnership=who["cluster"], organisation=school)
    ).position
    cycle = handle(
        cy.OpenCycles(
            asked=asked("open", "lena"), workflow="spp-peer-review", programme=who["programme"],
            partnership=who["cluster"], subjects=(school,), year="2026-27",
        )
    ).events[0].stream.partition("-")[2]  # fmt: skip
    offered = cy.OfferAssignment(asked=asked("offer", "lena"), cycle=cycle, role="peer_reviewer", person=who["rob"])
    yield handle(offered).position
    accepted = cy.AcceptAssignment(asked=asked("accept", "rob"), cycle=cycle, role="peer_reviewer", person=who["rob"])
    yield handle(accepted).position
    yield handle(cy.AddNote(asked=asked("note", "lena"), cycle=who["cycle"], text=f"words {number}")).position


if __name__ == "__main__":
    main(*sys.argv[1:])
