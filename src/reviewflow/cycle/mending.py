"""What corrections and undos share: who may mend a history, why, and whether the result is a possible one.

They change what is known, never what was recorded. Requirements are not judged again: later knowledge never
undoes a decision; `audit recheck` tells which would not be met.
"""

from __future__ import annotations

from typing import Any

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import CycleCommand
from reviewflow.cycle.history import as_known
from reviewflow.cycle.order import misplaced
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.timing import LEADS, authority
from reviewflow.errors import Unmet
from reviewflow.events import Event, Recorded
from reviewflow.workflow.definition import Act

_ABOUT_A_PERSON = (
    ev.AssignmentOffered,
    ev.AssignmentAccepted,
    ev.AssignmentDeclined,
    ev.AssignmentWithdrawn,
    ev.RoleHandedOver,
)


def may_mend(command: CycleCommand, setting: Setting, events: list[Event]) -> tuple[str | None, list[Unmet]]:
    """The role in which somebody mends: as lead or administrator, else as the author of every event; and a reason."""
    asked = command.asked
    unmet: list[Unmet] = []
    own = bool(events) and all(event.by == asked.by for event in events)
    role = authority(setting, asked.by) or (events[-1].role if own else None)
    if role is None and events:
        sentence = "only whoever recorded it, a lead or an administrator may say that it was otherwise"
        unmet.append(Unmet("not-permitted", sentence, LEADS))
    if not (asked.reason and asked.reason.strip()):
        unmet.append(Unmet("no-reason", "say why: what was recorded stays, and so does the reason"))
    return role, unmet


def order_faults(setting: Setting, records: list[Recorded], made: list[Any], hint: str = "") -> list[Unmet]:
    """What would be out of place in the history that the mending makes."""
    cycle, now = setting.here, records[-1].recorded_at
    new = [Recorded(0, now, cycle.stream, len(records) + number, event) for number, event in enumerate(made, start=1)]
    more = f"; {hint}" if hint else ""
    return [
        Unmet("out-of-order", f"event {one.version} could not stand: {one.why}{more}")
        for one in misplaced(setting.definition, as_known([*records, *new]))
    ]


def people_of(setting: Setting, events: list[Event]) -> set[str]:
    """Whose visits change when these events did not happen, or happened otherwise."""
    people: set[str] = set()
    for event in events:
        people |= set(getattr(event, "booked", ()))
        if isinstance(event, _ABOUT_A_PERSON):
            people.add(event.person)
        if isinstance(event, ev.RoleHandedOver):
            people.add(event.successor)
        step = setting.definition.step(getattr(event, "step", ""))
        if step is not None and step.books is not None and not isinstance(step, Act):
            people |= {person for role in step.books.people for person in setting.here.assigned(role)}
    return people
