"""Deciding the undo of a handover: in every cycle of its batch that still runs, or in none.

It says that the handover never happened, so nothing may stand on it: where the successor has acted in the role
since, or the role has changed hands again, what came of it stays, and the role is handed back by a new handover.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import UndoHandover
from reviewflow.cycle.deciding import Decided, refuse, said_by
from reviewflow.cycle.handover import may_reassign, of_cycle
from reviewflow.cycle.history import as_known
from reviewflow.cycle.mending import order_faults
from reviewflow.cycle.setting import Known, Setting, setting_at
from reviewflow.cycle.state import Cycle
from reviewflow.cycle.timing import judge_time
from reviewflow.errors import BadInput, Fault, Unmet
from reviewflow.events import Event, Recorded, Unsealed
from reviewflow.workflow.definition import Act


class Return(NamedTuple):
    """One cycle of a handover that is undone: which events, and what stands against it."""

    setting: Setting
    handed: tuple[ev.RoleHandedOver, ...]
    versions: tuple[int, ...]
    """Versions of those that still count; none where the handover was undone already."""
    ended: bool
    """The cycle has ended: what was handed over stays so."""
    event: ev.TransitionUndone | None
    unmet: tuple[Unmet, ...]

    @property
    def cycle(self) -> Cycle:
        """The cycle as it stands."""
        return self.setting.here


def undo_handover(command: UndoHandover, known: Known) -> Decided:
    """One undo for each cycle; refused as a whole if anything stands against any of them."""
    returns = plan_undo(command, known)
    refuse(
        f"undoing the handover {command.batch}", [of_cycle(one.cycle, unmet) for one in returns for unmet in one.unmet]
    )
    return [(one.cycle.stream, one.event) for one in returns if one.event is not None]


def plan_undo(command: UndoHandover, known: Known) -> list[Return]:
    """What would be undone in each cycle, and what stands against it; the preview, and what is done."""
    streams = known.touching(f"batch:{command.batch}")
    faults = [] if streams else [Fault("batch", repr(command.batch), "no handover was made under this batch")]
    if not (command.asked.reason and command.asked.reason.strip()):
        faults.append(Fault("reason", "", "say why: it stands in the history of every cycle"))
    if faults:
        raise BadInput("person handover", faults)
    return [_hand_back(command, known, stream.removeprefix("cycle-")) for stream in streams]


def _hand_back(command: UndoHandover, known: Known, cycle_id: str) -> Return:
    cycle = known.cycle(cycle_id)
    assert cycle is not None
    asked = command.asked
    setting = setting_at(cycle, known, asked.at, asked.happened)
    records = known.cycle_records(cycle_id)
    told = as_known(records).told
    handed = tuple(event for _, event in _of(command.batch, records))
    there = list(_of(command.batch, told))
    versions = tuple(version for version, _ in there)
    ended = setting.definition.all_states()[cycle.state].final
    if ended or not versions:
        return Return(setting, handed, versions, ended, None, ())
    unmet = judge_time(asked, setting)
    actor = ""
    for version, event in there:
        found, may_not = may_reassign(setting, event.assigned, asked.by)
        actor = actor or found or ""
        unmet += [] if found is not None else [may_not]
        unmet += _since(setting, event, [one for one in told if one.version > version and one.version not in versions])
    made = ev.TransitionUndone(
        **said_by(asked, command.cause, actor, setting), undoes=list(versions),
        people=sorted({person for one in handed for person in (one.person, one.successor)}),
        reason=Unsealed((asked.reason or "").strip()),
    )  # fmt: skip
    unmet += [] if unmet else order_faults(setting, records, [made])
    return Return(setting, handed, versions, ended, made, tuple(dict.fromkeys(unmet)))


def _of(batch: str, records: Iterable[Recorded]) -> Iterator[tuple[int, ev.RoleHandedOver]]:
    for one in records:
        if isinstance(one.event, ev.RoleHandedOver) and one.event.batch == batch:
            yield one.version, one.event


def _since(setting: Setting, event: ev.RoleHandedOver, later: list[Recorded]) -> Iterator[Unmet]:
    """What has come of the handover since: what the successor did in the role, and who else came to have it."""
    roles = {event.assigned, *_chosen_from(setting, event.assigned)}
    successor, title = event.successor, setting.title(event.assigned)
    for one in later:
        next_event = one.event
        if getattr(next_event, "assigned", None) in roles and {event.person, successor} & _whom(next_event):
            yield Unmet("changed-since", f"the role {title} has changed since (event {one.version})")
        elif successor in (next_event.by, next_event.on_behalf_of) and next_event.role in roles:
            sentence = f"{successor} has acted as {title} since (event {one.version}); hand the role back instead"
            yield Unmet("acted-since", sentence)
        elif successor in _named(setting, roles, next_event):
            sentence = f"{successor} was counted on as {title} since (event {one.version}); hand the role back instead"
            yield Unmet("relied-on-since", sentence)


def _chosen_from(setting: Setting, role: str) -> Iterator[str]:
    for name, definition in setting.definition.roles.items():
        if definition.among == role:
            yield name
            yield from _chosen_from(setting, name)


def _whom(event: Event) -> set[str]:
    return {getattr(event, "person", ""), getattr(event, "successor", "")}


def _named(setting: Setting, roles: set[str], event: Event) -> set[str]:
    """People of the role whose days a step booked, and those whom its form names."""
    found: set[str] = set()
    if isinstance(event, ev.TransitionTaken):
        step = setting.definition.step(event.step)
        books = step.books.people if step is not None and step.books is not None and not isinstance(step, Act) else ()
        found |= set(event.booked) if roles & set(books) else set()
    return found | set(_texts(getattr(event, "values", None)))


def _texts(value: object) -> Iterator[str]:
    """Every plain text in the values of a form; ids of people are plain."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and "box" not in value:
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
