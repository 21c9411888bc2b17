"""Where a step is judged: the definition, the cycle, the day, who acts, and a way to ask the registry.

`Known` is answered by the engine from one snapshot; it remembers every key that was asked for, so that
the append can check that no decision stands on facts that had already changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from reviewflow.cycle.fold import fold
from reviewflow.cycle.state import Cycle
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Happened, Recorded
from reviewflow.registry.calendars import merge
from reviewflow.registry.events import INSTALLATION
from reviewflow.registry.known import Known as KnownRegistry
from reviewflow.registry.people import Person
from reviewflow.registry.programmes import Programme
from reviewflow.workflow.calendar import Calendar
from reviewflow.workflow.definition import Definition


class Known(KnownRegistry, Protocol):
    """What a decision about a cycle may ask, beyond the registry."""

    def cycle(self, cycle_id: str) -> Cycle | None:
        """A cycle as it stands."""

    def cycle_records(self, cycle_id: str) -> list[Recorded]:
        """Its events, to fold it as it was on an earlier day."""

    def definition(self, digest: str) -> Definition:
        """The definition of a published digest."""


@dataclass(slots=True)
class Setting:
    """A cycle (or one about to open) on a day. `before` is None for an opening.

    `cycle` is the cycle as now known, with everything in it; `then` the same as of `moment.on`: they differ
    only when something is recorded late.
    """

    known: Known
    definition: Definition
    digest: str
    programme: str
    partnership: str | None
    subject: str
    moment: Happened
    now: Happened
    """Today, and the time of day, as the programme's people say it."""
    backdating_days: int
    cycle: Cycle | None = None
    then: Cycle | None = None
    _roles: dict[tuple[str, date, int], list[str]] = field(default_factory=dict, repr=False)

    @property
    def here(self) -> Cycle:
        """The cycle, where there must be one: everywhere but at its opening."""
        assert self.cycle is not None
        return self.cycle

    @property
    def today(self) -> date:
        """The day of asking."""
        return self.now.on

    @property
    def earliest(self) -> date:
        """The first day that may be recorded without a lead's authority and a reason."""
        return self.now.on - timedelta(days=self.backdating_days)

    @property
    def day(self) -> date:
        """The day of the act."""
        return self.moment.on

    def states_then(self) -> list[str]:
        """The states the cycle was in when the act happened: the present one for what happens just now."""
        assert self.cycle is not None
        just_now = self.moment.on == self.now.on and self.moment == self.now
        return [self.cycle.state] if just_now else self.cycle.states_at(self.moment)

    def person(self, person_id: str) -> Person | None:
        """A person of the registry."""
        return self.known.person(person_id)

    def roles_of(self, person_id: str, day: date | None = None, *, cycle: Cycle | None = None) -> list[str]:
        """The workflow's roles that a person has here on a day: held ones, and those assigned in the cycle."""
        day = day or self.day
        cycle = cycle or self.then
        key = (person_id, day, cycle.version if cycle else 0)
        found = self._roles.get(key)
        if found is None:
            person = self.person(person_id)
            found = self._roles[key] = list(self.roles_held(person, day, cycle)) if person else []
        return found

    def roles_held(self, person: Person, day: date, cycle: Cycle | None) -> Iterator[str]:
        """The same for a person of whom the caller knows what counts."""
        if person.forgotten:
            return
        scopes = {"subject": self.subject, "partnership": self.partnership, "programme": self.programme}
        held = set(person.roles_on(day))
        for name, role in self.definition.roles.items():
            if role.held_in is not None:
                # An administrator of the installation is one in every programme of it.
                whole = role.held_in == "programme" and (name, INSTALLATION) in held
                if whole or (name, scopes[role.held_in]) in held:
                    yield name
            elif cycle is not None and person.id in cycle.assigned(name):
                yield name

    def may(self, who: tuple[str, ...], person_id: str) -> str | None:
        """The role in which a person may do what `who` may do (a step's `by`), or None."""
        roles = self.roles_of(person_id)
        for name in who:
            if name in roles:
                return name
            if name == "anyone" and roles:
                return roles[0]
            if "." in name and person_id in self.named(name):
                return name
        return None

    def named(self, place: str, day: date | None = None, *, cycle: Cycle | None = None) -> tuple[str, ...]:
        """The people to whom being named at `STEP.FIELD` gives a part here on a day.

        Who had a role here when they were named, and has none any more, has left: the form they were named in is
        no way to stay.
        """
        cycle, day = cycle or self.then, day or self.day
        said = cycle.last(place.partition(".")[0]) if cycle else None
        if cycle is None or said is None:
            return ()
        then = said.happened.on
        return tuple(one for one in cycle.named(place) if self._belongs(one, day) or not self._belongs(one, then))

    def _belongs(self, person_id: str, day: date) -> bool:
        """Whether a person has a role with the subject, in the partnership or in the programme."""
        person = self.person(person_id)
        here = (self.subject, self.partnership, self.programme, INSTALLATION)
        return person is not None and any(scope in here for _, scope in person.roles_on(day))

    def calendar_of(self, organisation: str) -> Calendar:
        """The days closed for an organisation: its own, the programme's and the installation's."""
        found = (self.known.calendar(owner) for owner in (organisation, self.programme, INSTALLATION))
        return merge(*(calendars.calendar for calendars in found if calendars))

    def rows(self, place: str) -> list[str]:
        """The ids of the rows said last at `STEP.FIELD`."""
        step, _, field = place.partition(".")
        said = self.then.last(step) if self.then else None
        value = said.values.get(field) if said else None
        return [row["id"] for row in value] if isinstance(value, list) else []

    def title(self, role: str) -> str:
        """A role as people call it."""
        if role in self.definition.roles:
            return self.definition.roles[role].title
        if "." in role:
            step, _, field = role.partition(".")
            found = self.definition.fields(step).get(field)
            return found.label if found and found.label else f"the person named in {role}"
        return role.replace("_", " ")


def programme_of(known: Known, programme_id: str) -> Programme:
    """The programme, which must exist."""
    programme = known.programme(programme_id)
    if programme is None:
        raise BadInput("programme", [Fault("programme", repr(programme_id), "no such programme; see: programme list")])
    return programme


def setting_at(
    cycle: Cycle, known: Known, at: datetime, happened: Happened | None = None, *, moves: bool = False
) -> Setting:
    """The setting of a cycle for something that happened as said; None: just now, `at` that moment.

    `moves`: it is a transition, so that whatever was recorded before it "by" a day was no later than it.
    """
    programme = programme_of(known, cycle.programme)
    now = local_day(at, programme.time_zone)
    moment = happened or now
    then: Cycle | None = cycle
    if moment.on < cycle.last_day:
        until = moment if moves else None
        then = fold(known.cycle_records(cycle.id), as_of=moment.on, until=until)
    return Setting(
        known, known.definition(cycle.digest), cycle.digest, cycle.programme, cycle.partnership, cycle.subject,
        moment, now, programme.backdating_days, cycle, then,
    )  # fmt: skip


def bookings(definition: Definition, cycle: Cycle) -> list[tuple[date, date, list[str]]]:
    """First day, last day and people of every visit this cycle has booked and not given up."""
    state = definition.all_states().get(cycle.state)
    if state is None or state.final or state.side:
        return []
    found = []
    for name, step in definition.steps().items():
        said = cycle.last(name)
        if step.books is None or said is None:
            continue
        first, last = said.values.get(step.books.first), said.values.get(step.books.last)
        if isinstance(first, str) and isinstance(last, str):
            people = [person for role in step.books.people for person in cycle.assigned(role)]
            found.append((date.fromisoformat(first), date.fromisoformat(last), people))
    return found


def clashing(setting: Setting, person_id: str, first: date, last: date) -> list[str]:
    """Handles of other cycles that have this person on a visit between two days."""
    found = []
    for stream in setting.known.touching(f"visits-of:{person_id}"):
        cycle = setting.known.cycle(stream.removeprefix("cycle-"))
        if cycle is None or (setting.cycle is not None and cycle.id == setting.cycle.id):
            continue
        definition = setting.known.definition(cycle.digest)
        for begins, ends, people in bookings(definition, cycle):
            if person_id in people and begins <= last and first <= ends:
                found.append(cycle.handle)
    return sorted(set(found))


@lru_cache(maxsize=64)  # the commands of one batch ask for one moment
def local_day(at: datetime, zone: str) -> Happened:
    """A moment as the programme's people say it: their day and minute."""
    local = at.astimezone(ZoneInfo(zone))
    return Happened(on=local.date(), at=time(local.hour, local.minute))


MOST_VISIT = timedelta(days=60)
"""A visit longer than this is a slip of the pen: days in it are not listed one by one."""
