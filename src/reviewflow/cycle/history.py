"""A history as it is known: corrections and undos applied, and every "by" placed in time.

What was recorded stays as it was; here is what it comes to mean. First what was known at a moment (a prefix
of the stream), then corrections and undos in the order in which they were recorded, then the days of what
is only known to have happened "by" a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from reviewflow.cycle import events as ev
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Happened, Recorded, Value

FieldsAt = Mapping[str, int]
"""Field of a form -> version of the correction that holds its value; the others stand with the event itself."""
NOWHERE: FieldsAt = {}
NO_VALUES: Mapping[str, Value] = {}


class History(NamedTuple):
    """What is known of a cycle. `told`: every event that happened, as it is now understood, in recorded order.

    Corrections and undos are left out of `told`, and so is what was undone; `undone` and `corrected` say which
    event (version) was mended last by which.
    """

    told: list[Recorded]
    fields_at: dict[int, FieldsAt]
    corrected: dict[int, int]
    undone: dict[int, int]
    last: Recorded | None
    """The last record known, of whatever kind."""


def as_known(
    records: Iterable[Recorded], *, known_at: datetime | None = None, until: Happened | None = None
) -> History:
    """The history known at a moment. `until`: a step about to be taken at that moment, which bounds what is "by" a day.

    Raises `ImpossibleHistory` where a correction or an undo speaks of an event that is not there.
    """
    plain = True
    kept: list[Recorded] = []
    for recorded in records:
        if known_at is not None and recorded.recorded_at > known_at:
            break
        if recorded.version != len(kept) + 1:
            raise ImpossibleHistory(recorded.stream, recorded.version, f"version {len(kept) + 1} was to follow")
        kept.append(recorded)
        event = recorded.event
        if event.happened.latest or type(event) in _MENDING:
            plain = False
    last = kept[-1] if kept else None
    if plain:
        return History(kept, {}, {}, {}, last)
    return _mended(kept, last, until)


def _mended(kept: list[Recorded], last: Recorded | None, until: Happened | None) -> History:
    told: dict[int, Recorded] = {}
    fields_at: dict[int, FieldsAt] = {}
    corrected: dict[int, int] = {}
    undone: dict[int, int] = {}
    for recorded in kept:
        event = recorded.event
        if isinstance(event, ev.EventCorrected):
            target = _target(told, recorded, event.corrects)
            told[event.corrects] = target._replace(
                event=mend(
                    target.event,
                    occurred=event.occurred,
                    values=event.values,
                    emptied=event.emptied,
                    about=event.about,
                )
            )
            moved = {**fields_at.get(event.corrects, NOWHERE), **dict.fromkeys(event.values, recorded.version)}
            fields_at[event.corrects] = moved
            corrected[event.corrects] = recorded.version
        elif isinstance(event, ev.TransitionUndone):
            for version in event.undoes:
                _target(told, recorded, version)
                del told[version]
                undone[version] = recorded.version
        else:
            told[recorded.version] = recorded
    return History(place(list(told.values()), until), fields_at, corrected, undone, last)


def _target(told: dict[int, Recorded], mending: Recorded, version: int) -> Recorded:
    if version not in told:
        why = f"{mending.event.topic} speaks of event {version}, which is not there or was undone"
        raise ImpossibleHistory(mending.stream, mending.version, why)
    return told[version]


def mend(
    event: Event,
    *,
    occurred: Happened | None = None,
    values: Mapping[str, Value] = NO_VALUES,
    emptied: Iterable[str] = (),
    about: str | None = None,
) -> Event:
    """The event as it should have been recorded."""
    update: dict[str, Any] = {}
    if occurred is not None:
        update["happened"] = occurred
    if values or emptied:
        merged = {**getattr(event, "values", {}), **values}
        update["values"] = {name: value for name, value in merged.items() if name not in emptied}
    if about is not None:
        update["about"] = about
    return event.model_copy(update=update)


def place(told: list[Recorded], until: Happened | None = None) -> list[Recorded]:
    """Each "by" as the latest moment not after it that the order allows; everything else as it is.

    The order is the stream's: nothing recorded before a transition is later than it, and what a person said
    about a role, a consent or a proposal comes in the order in which it was recorded.
    """
    floors = _floors(told)
    ceiling = until
    of: dict[Any, Happened] = {}
    placed: list[Recorded] = []
    for recorded, floor_here in zip(reversed(told), reversed(floors), strict=True):
        event, keys = recorded.event, orders_of(recorded)
        happened = event.happened
        if happened.latest:
            for bound in (ceiling, *map(of.get, keys)):
                if bound is not None and bound.before(happened):
                    happened = Happened(on=bound.on, at=bound.at, latest=True)
            if floor_here is not None and happened.before(floor_here):
                # An exact moment that it follows: whatever comes before that moment is no bound to it.
                happened = Happened(on=floor_here.on, at=floor_here.at, latest=True)
            if happened is not event.happened:
                recorded = recorded._replace(event=event.model_copy(update={"happened": happened}))  # noqa: PLW2901
        if isinstance(event, ev.TransitionTaken | ev.CycleOpened):
            ceiling = happened
        of |= dict.fromkeys(keys, happened)
        placed.append(recorded)
    placed.reverse()
    return placed


COURSE = "transitions"
"""The order of the transitions, among those that `orders_of` gives."""

Floors = Mapping[Any, Happened]
"""For each order the moment that what comes next in it cannot be before."""


def raise_floors(floors: dict[Any, Happened], recorded: Recorded) -> None:
    """Bring the floors past one more event. What happened "by" a day was no earlier than whatever it follows."""
    keys = _keys(recorded)
    if keys:
        happened = recorded.event.happened
        low = _highest(floors, keys) if happened.latest else happened
        if low is not None:
            for key in keys:
                floors[key] = low


def _floors(told: list[Recorded]) -> list[Happened | None]:
    """For each event the last exact moment of what it follows: no "by" is placed before it."""
    floors: dict[Any, Happened] = {}
    found: list[Happened | None] = []
    for recorded in told:
        found.append(_highest(floors, _keys(recorded)))
        raise_floors(floors, recorded)
    return found


def _keys(recorded: Recorded) -> tuple[Any, ...]:
    keys = orders_of(recorded)
    if type(recorded.event) not in _IN_COURSE:
        return keys
    return (*keys, COURSE) if keys else _ONLY_COURSE


def _highest(floors: Floors, keys: tuple[Any, ...]) -> Happened | None:
    highest: Happened | None = None
    for key in keys:
        one = floors.get(key)
        if one is not None and (highest is None or highest.before(one)):
            highest = one
    return highest


def orders_of(recorded: Recorded) -> tuple[Any, ...]:
    """The orders that an event stands in, besides that of the transitions."""
    orders = _ORDERS.get(type(recorded.event))
    return orders(recorded.event, recorded.version) if orders else ()


def _of_assignment(event: Any, _version: int) -> tuple[Any, ...]:
    return (("assigned", event.assigned, event.person),)


def _of_handing_over(event: ev.RoleHandedOver, _version: int) -> tuple[Any, ...]:
    return ("assigned", event.assigned, event.person), ("assigned", event.assigned, event.successor)


def _of_consent(event: ev.ConsentGiven | ev.ConsentWithdrawn, _version: int) -> tuple[Any, ...]:
    return (("consent", event.what),)


def _of_agreement(event: ev.AgreementGiven, version: int) -> tuple[Any, ...]:
    return (("proposal", event.proposal or version),)


def _of_step(event: ev.ActRecorded | ev.TransitionTaken, _version: int) -> tuple[Any, ...]:
    return () if event.proposal is None else (("proposal", event.proposal),)


# By type, and not by `isinstance`: each event of each history is asked, and a class of pydantic answers slowly.
_ORDERS: dict[type[Event], Callable[[Any, int], tuple[Any, ...]]] = {
    ev.AssignmentOffered: _of_assignment,
    ev.AssignmentAccepted: _of_assignment,
    ev.AssignmentDeclined: _of_assignment,
    ev.AssignmentWithdrawn: _of_assignment,
    ev.RoleHandedOver: _of_handing_over,
    ev.ConsentGiven: _of_consent,
    ev.ConsentWithdrawn: _of_consent,
    ev.AgreementGiven: _of_agreement,
    ev.ActRecorded: _of_step,
    ev.TransitionTaken: _of_step,
}
_MENDING: frozenset[type[Event]] = frozenset({ev.EventCorrected, ev.TransitionUndone})
_IN_COURSE: frozenset[type[Event]] = frozenset({ev.TransitionTaken, ev.CycleOpened, ev.CycleAdopted})
_ONLY_COURSE = (COURSE,)


def binds(recorded: Recorded) -> bool:
    """Whether what was recorded before an event cannot be later than it."""
    return isinstance(recorded.event, ev.TransitionTaken) or bool(orders_of(recorded))
