"""A cycle as its events make it. Values, never behaviour: `fold.py` changes it, others read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from reviewflow.cycle.history import COURSE
from reviewflow.events import Happened, Text, Value

NO_FIELDS: Mapping[str, int] = {}


class Said(NamedTuple):
    """One taking of a step. `values_at` is the version whose event holds the values, but for those corrected since."""

    step: str
    version: int
    happened: Happened
    recorded_at: datetime
    by: str
    role: str
    values: dict[str, Value]
    values_at: int
    met: tuple[str, ...]
    waived: tuple[str, ...]
    about: str | None = None
    fields_at: Mapping[str, int] = NO_FIELDS
    """Field -> version of the correction that holds its value."""

    def at(self, field: str) -> int:
        """The version whose event holds the value of a field."""
        return self.fields_at.get(field, self.values_at)


class Proposal(NamedTuple):
    """A step proposed and not yet signed by all. `signed`: role -> person."""

    step: str
    version: int
    happened: Happened
    by: str
    role: str
    values: dict[str, Value]
    about: str | None
    signed: dict[str, str]
    on_behalf_of: str | None = None
    fields_at: Mapping[str, int] = NO_FIELDS

    def at(self, field: str) -> int:
        """The version whose event holds the value of a field."""
        return self.fields_at.get(field, self.version)


class Stay(NamedTuple):
    """A time spent in a state; `left` None while in it. `since` is the version that entered it."""

    state: str
    since: int
    entered: Happened
    left: Happened | None = None


Standing = Literal["offered", "accepted", "declined", "withdrawn"]


class Assignment(NamedTuple):
    """One change in a person's standing in a role; the last one counts."""

    role: str
    person: str
    standing: Standing
    version: int
    happened: Happened
    by: str


class Evidence(NamedTuple):
    """One item of evidence."""

    kind: str
    version: int
    happened: Happened
    by: str
    about: str | None
    text: Text | None
    file_name: Text | None
    file_digest: str | None
    file_size: int | None


class Note(NamedTuple):
    """One note; `beside` is the version of the event it stands beside."""

    version: int
    happened: Happened
    by: str
    text: Text
    beside: int | None


class Waiver(NamedTuple):
    """A requirement of a step or role that is not asked; for a step, until the step is next taken."""

    of: str
    requirement: str
    person: str | None
    version: int
    by: str


class StoodIn(NamedTuple):
    """Somebody acted in the name of another who was absent."""

    version: int
    """The event's."""
    by: str
    absent: str
    role: str
    """The absent person's, in which it was done."""
    signed: int | None = None
    """For a signature: the version of what was proposed."""


@dataclass(slots=True)
class Cycle:
    """A cycle at one moment of knowledge. Treat as frozen: a change makes a copy (see `fold.evolve`)."""

    id: str
    version: int
    workflow: str
    edition: str
    digest: str
    programme: str
    partnership: str | None
    subject: str
    year: str
    number: int
    handle: str
    state: str
    opened: Happened
    opened_by: str
    position: int
    recorded_at: datetime
    returns_to: str | None = None
    stays: tuple[Stay, ...] = ()
    said: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    assignments: dict[tuple[str, str], tuple[Assignment, ...]] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[Note, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    consents: dict[str, tuple[tuple[bool, Happened, int], ...]] = field(default_factory=dict)
    moved: dict[str, date] = field(default_factory=dict)
    stood_in: tuple[StoodIn, ...] = ()
    adopted: bool = False
    """First seen midway: what came before is not known."""
    last_day: date = date.min
    """Nothing in it happened after this day."""
    by_day: date | None = None
    """The last day of anything that is only known to have happened "by" a day."""
    floors: dict[Any, Happened] = field(default_factory=dict)
    """For each order of time (see `history.orders_of`) the moment that what comes next in it cannot be before."""

    @property
    def stream(self) -> str:
        """The stream its events stand in."""
        return f"cycle-{self.id}"

    @property
    def since(self) -> Happened:
        """When it came into the state it is in."""
        return self.stays[-1].entered

    def last(self, step: str) -> Said | None:
        """The last taking of a step."""
        takings = self.said.get(step)
        return takings[-1] if takings else None

    def named(self, place: str) -> tuple[str, ...]:
        """The people whom the last taking of a step names at `STEP.FIELD`: a person, or a list of them."""
        step, _, field = place.partition(".")
        said = self.last(step)
        value = said.values.get(field) if said else None
        if isinstance(value, str):
            return (value,)
        return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()

    def assigned(self, role: str) -> list[str]:
        """People who accepted a role and have not left it, in the order they came."""
        return [p for (r, p), past in self.assignments.items() if r == role and past[-1].standing == "accepted"]

    def ever_assigned(self, role: str) -> list[str]:
        """Everyone who ever accepted a role, also those who left it."""
        return [
            p for (r, p), past in self.assignments.items() if r == role and any(a.standing == "accepted" for a in past)
        ]

    def offered(self, role: str) -> list[str]:
        """People asked to take a role who have not answered."""
        return [p for (r, p), past in self.assignments.items() if r == role and past[-1].standing == "offered"]

    @property
    def floor(self) -> Happened | None:
        """The moment that the next transition cannot be before; None if nothing is known exactly."""
        return self.floors.get(COURSE)

    def states_at(self, moment: Happened) -> list[str]:
        """The states it may have been in at a moment, as far as days (and times, where known) can tell.

        A state entered "by" a day may have been entered as soon as what came before; for a moment that is "by" a
        day itself, every state up to then.
        """
        found, earliest = [], None
        for stay in self.stays:
            if not stay.entered.latest:
                earliest = stay.entered
            begun = earliest is None or not moment.before(earliest)
            if begun and (moment.latest or not (stay.left is not None and stay.left.before(moment))):
                found.append(stay.state)
        return found

    def consented(self, what: str) -> bool:
        """Whether consent to show something stands."""
        past = self.consents.get(what)
        return bool(past and past[-1][0])
