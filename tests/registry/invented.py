"""An invented registry in memory: folds over a list of events, and a way to say what is asked and what comes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from reviewflow.errors import BadInput, Refused
from reviewflow.events import Asked, Event, Happened, Kept, Recorded, Unsealed
from reviewflow.registry import commands as c
from reviewflow.registry.calendars import Calendars, fold_calendars
from reviewflow.registry.decide import explain
from reviewflow.registry.decided import Decided
from reviewflow.registry.organisations import Organisation, fold_organisation
from reviewflow.registry.partnerships import Partnership, fold_partnership
from reviewflow.registry.people import Person, fold_person
from reviewflow.registry.programmes import Programme, fold_programme
from reviewflow.registry.workflows import Published, fold_workflow

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOW.date()


def text_of(kept: Kept | None) -> str | None:
    """The text of a kept value that was never sealed."""
    return None if kept is None else kept.text.text if isinstance(kept.text, Unsealed) else "[sealed]"


@dataclass
class Registry:
    """A `Known` over a plain list, and short ways to ask."""

    log: list[Recorded] = field(default_factory=list)
    now: datetime = NOW
    by: str = "invented-admin"
    numbers: Any = field(default_factory=lambda: count(1))
    reads: set[str] = field(default_factory=set)
    streams: dict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    sets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def _records(self, stream: str) -> list[Recorded]:
        self.reads.add(stream)
        return self.streams.get(stream, [])

    def person(self, id: str) -> Person | None:  # noqa: A002 - the word of the port
        return fold_person(self._records(f"person-{id}"))

    def organisation(self, id: str) -> Organisation | None:  # noqa: A002 - the word of the port
        return fold_organisation(self._records(f"organisation-{id}"))

    def partnership(self, id: str) -> Partnership | None:  # noqa: A002 - the word of the port
        return fold_partnership(self._records(f"partnership-{id}"))

    def programme(self, id: str) -> Programme | None:  # noqa: A002 - the word of the port
        return fold_programme(self._records(f"programme-{id}"))

    def calendar(self, owner: str) -> Calendars | None:
        return fold_calendars(self._records(f"calendar-{owner}"))

    def workflow(self, name: str) -> Published | None:
        return fold_workflow(self._records(f"workflow-{name}"))

    def touching(self, set_name: str) -> list[str]:
        self.reads.add(set_name)
        return sorted(self.sets.get(set_name, ()))

    def by_identity(self, scheme: str, value: str) -> list[str]:
        return [s.removeprefix("organisation-") for s in self.touching(f"identity:{scheme}:{value}")]

    def by_handle(self, handle: str) -> list[str]:
        return self.touching(f"handle:{handle}")

    def email_owner(self, email: str) -> str | None:
        self.reads.add("people")
        for stream in self.touching("people"):
            person = self.person(stream.removeprefix("person-"))
            if person and (text_of(person.email) or "").casefold() == email.strip().casefold():
                return person.id
        return None

    # -- asking ---------------------------------------------------------------------------------------------------

    def asked(self, on: date | str | None = None, **more: Any) -> Asked:
        day = date.fromisoformat(on) if isinstance(on, str) else on
        more.setdefault("id", f"command-{next(self.numbers)}")
        more.setdefault("at", self.now)
        return Asked(by=self.by, entered_by=Unsealed("operator"), happened=Happened(on=day) if day else None, **more)

    def explain(self, make: Callable[..., c.RegistryCommand], on: date | str | None = None, **values: Any) -> Decided:
        """What a command would give, with nothing written."""
        asked = values.pop("asked", None) or self.asked(on)
        return explain(make(asked=asked, **values), self)

    def do(self, make: Callable[..., c.RegistryCommand], on: date | str | None = None, **values: Any) -> list[Event]:
        """A command that must be accepted; its events are written."""
        return self.write(self.explain(make, on, **values))

    def write(self, decided: Decided) -> list[Event]:
        for stream, event in decided.events:
            self.add(stream, event)
        return [event for _, event in decided.events]

    def add(self, stream: str, event: Event) -> None:
        position = len(self.log) + 1
        record = Recorded(position, self.now, stream, len(self.streams[stream]) + 1, event)
        self.log.append(record)
        self.streams[stream].append(record)
        for name in event.touches():
            self.sets[name].add(stream)

    def make(self, make: Callable[..., c.RegistryCommand], on: date | str | None = None, **values: Any) -> str:
        """As `do`; answers the id of the first stream written."""
        self.do(make, on, **values)
        last = self.log[-1]
        return last.stream.partition("-")[2]

    @contextmanager
    def nothing_happens(self):
        before = list(self.log)
        yield
        assert self.log == before

    def refused(self, make: Callable[..., c.RegistryCommand], *codes: str, on: date | str | None = None, **values: Any):
        """The command is refused with these codes, and nothing happens."""
        with self.nothing_happens(), pytest.raises(Refused) as caught:
            self.do(make, on, **values)
        assert caught.value.codes == codes
        return caught.value

    def bad(self, make: Callable[..., c.RegistryCommand], *where: str, on: date | str | None = None, **values: Any):
        """The command is bad input with faults at these places, and nothing happens."""
        with self.nothing_happens(), pytest.raises(BadInput) as caught:
            self.do(make, on, **values)
        assert tuple(f.where for f in caught.value.faults) == where
        return caught.value

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    # -- an invented world ----------------------------------------------------------------------------------------

    def programme_set_up(self, name: str = "Invented Programme", zone: str = "Europe/London") -> str:
        return self.make(c.SetUpProgramme, programme_name=name, time_zone=zone)

    def school(self, name: str, **more: Any) -> str:
        return self.make(c.RegisterOrganisation, organisation_name=name, **more)

    def administrator(self, name: str = "Ada Administrator") -> str:
        return self.make(c.SetUpInstallation, admin_name=name)

    def somebody(self, name: str = "Mo Madeup", **more: Any) -> str:
        return self.make(c.RegisterPerson, person_name=name, **more)
