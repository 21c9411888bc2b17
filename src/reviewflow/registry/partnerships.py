"""A partnership as the log tells: its programme, and who was a member on which days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Period, Recorded
from reviewflow.registry.events import MembershipBegan, MembershipEnded, PartnershipFormed


class Membership(NamedTuple):
    """An organisation's membership between two days, both included."""

    organisation: str
    since: date
    until: date | None = None

    @property
    def period(self) -> Period:
        """The days on which it stands."""
        return Period(self.since, self.until)


class Partnership(NamedTuple):
    """A partnership at a version of its stream."""

    id: str
    version: int
    name: str
    handle: str
    programme: str
    memberships: tuple[Membership, ...] = ()

    def member_on(self, organisation: str, day: date) -> bool:
        """Whether the organisation was a member on `day`."""
        return any(m.organisation == organisation and m.period.holds(day) for m in self.memberships)

    def members_on(self, day: date) -> list[str]:
        """The members on `day`, in the order in which they joined."""
        return list(dict.fromkeys(m.organisation for m in self.memberships if m.period.holds(day)))


def evolve_partnership(partnership: Partnership | None, record: Recorded) -> Partnership:
    """The partnership after one more record."""
    event, stream, version = record.event, record.stream, record.version

    def impossible(why: str) -> ImpossibleHistory:
        return ImpossibleHistory(stream, version, why)

    if partnership is None:
        if not isinstance(event, PartnershipFormed):
            raise impossible(f"{event.topic} before the partnership was formed")
        return Partnership(stream.removeprefix("partnership-"), version, event.name, event.handle, event.programme)
    if version <= partnership.version:
        raise impossible(f"it follows version {partnership.version}")
    match event:
        case MembershipBegan():
            began = Membership(event.organisation, event.happened.on, event.until)
            if overlapping(partnership, began):
                raise impossible(f"{event.organisation} is a member on {began.since} already, or joins again later")
            return partnership._replace(version=version, memberships=(*partnership.memberships, began))
        case MembershipEnded():
            day = event.happened.on
            if not partnership.member_on(event.organisation, day):
                raise impossible(f"{event.organisation} is no member on {day}")
            ended = tuple(
                m._replace(until=day) if m.organisation == event.organisation and m.period.holds(day) else m
                for m in partnership.memberships
            )
            return partnership._replace(version=version, memberships=ended)
        case _:
            raise impossible(f"{event.topic or type(event).__name__} does not belong to a partnership that was formed")


def overlapping(partnership: Partnership, new: Membership) -> Membership | None:
    """A membership of the same organisation that shares a day with `new`."""
    last = new.until or date.max
    return next(
        (
            m
            for m in partnership.memberships
            if m.organisation == new.organisation and m.since <= last and new.since <= (m.until or date.max)
        ),
        None,
    )


def fold_partnership(records: Sequence[Recorded], start: Partnership | None = None) -> Partnership | None:
    """The partnership after these records; None for no records."""
    partnership = start
    for record in records:
        partnership = evolve_partnership(partnership, record)
    return partnership
