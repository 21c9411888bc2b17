"""The course of a cycle as an aggregate of eventsourcing: its events say what ours say, its state holds as much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.turns import Job
from reviewflow.ports import Record


class Course(Aggregate):
    """A cycle, told by the same facts. Days stay texts, which is kinder to the library than to parse them.

    What an event says goes into it as one mapping: its transcoder then meets as few kinds of values as it can.
    """

    @event("Opened")
    def __init__(self, said: dict[str, Any]) -> None:
        """Opened."""
        self.opened = said
        self.state = said["to"]
        self.stays = [[said["to"], said["happened"]["on"], None]]
        self.said: dict[str, list[dict[str, Any]]] = {}
        self.proposals: dict[str, dict[str, Any]] = {}
        self.assignments: dict[str, list[tuple[str, str]]] = {}
        self.evidence: list[dict[str, Any]] = []

    @event("Recorded")
    def act(self, said: dict[str, Any]) -> None:
        """A step that changes no state."""
        self._say(said)

    @event("Taken")
    def take(self, said: dict[str, Any]) -> None:
        """A step that does."""
        day = said["happened"]["on"]
        self.stays[-1][2] = day
        self.stays.append([said["to"], day, None])
        self.state = said["to"]
        self._say(said)
        self.proposals = {}

    @event("Agreed")
    def agree(self, said: dict[str, Any]) -> None:
        """A signature."""
        self.proposals.setdefault(said["step"], said)

    @event("Offered")
    def offer(self, said: dict[str, Any]) -> None:
        """Somebody was asked."""
        self.assignments.setdefault(f"{said['assigned']} {said['person']}", []).append(("offered", said["by"]))

    @event("Accepted")
    def accept(self, said: dict[str, Any]) -> None:
        """Somebody said yes."""
        self.assignments[f"{said['assigned']} {said['person']}"].append(("accepted", said["by"]))

    @event("Shown")
    def show(self, said: dict[str, Any]) -> None:
        """Evidence."""
        self.evidence.append(said)

    def _say(self, said: dict[str, Any]) -> None:
        proposal = self.proposals.get(said["step"]) if "proposal" in said else None
        values = proposal["values"] if proposal else said["values"]
        self.said.setdefault(said["step"], []).append({**said, "values": values})


_BY_TOPIC = {
    "cycle.act-recorded/1": Course.act,
    "cycle.transition-taken/1": Course.take,
    "cycle.agreement-given/1": Course.agree,
    "cycle.assignment-offered/1": Course.offer,
    "cycle.assignment-accepted/1": Course.accept,
    "cycle.evidence-added/1": Course.show,
}


def told(records: list[Record]) -> Course:
    """The aggregate that says what the records of one of our cycles say."""
    first, *others = ((one.topic, json.loads(one.body)) for one in records)
    course = Course(first[1])
    for topic, said in others:
        _BY_TOPIC[topic](course, said)
    return course


@contextmanager
def replay(path: Path, courses: Iterator[Course], long: int) -> Iterator[Job]:
    """`repository.get` of them, one after another."""
    application: Application = Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    )
    ids = []
    for course in courses:
        application.save(course)
        ids.append(course.id)

    def job(n: int) -> None:
        course = application.repository.get(ids[n % len(ids)])
        assert course.version == long

    yield job
    application.close()
