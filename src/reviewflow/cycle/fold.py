"""From events to a cycle. Copies what the events say; never judges, never runs a rule or the machine.

Two times: take what was known at a moment (a prefix of the stream, mended: see `history.py`), drop what happened
after a day, apply the rest in the order of the stream.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final

from reviewflow.cycle import events as ev
from reviewflow.cycle.history import NOWHERE, FieldsAt, History, as_known, binds, raise_floors
from reviewflow.cycle.state import Assignment, Cycle, Evidence, Note, Proposal, Said, Standing, Stay, StoodIn, Waiver
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Happened, Recorded


def fold(
    records: Iterable[Recorded],
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    until: Happened | None = None,
) -> Cycle | None:
    """The cycle on a day (`as_of`, all of it) as known at a moment (`known_at`); None if not opened by then.

    `until`: as it would be understood if a transition were taken at that moment.
    """
    return fold_known(as_known(records, known_at=known_at, until=until), as_of=as_of)


def fold_known(history: History, *, as_of: date | None = None) -> Cycle | None:
    """The cycle that a known history makes, on a day."""
    cycle: Cycle | None = None
    for recorded in history.told:
        if as_of is not None and recorded.event.happened.on > as_of:
            continue
        fields_at = history.fields_at.get(recorded.version, NOWHERE)
        if cycle is None:
            cycle = _open(recorded, fields_at, partial=as_of is not None)
            if cycle is None:
                return None
        else:
            _apply(cycle, recorded, fields_at)
    if cycle is not None and as_of is None and history.last is not None:
        _stand_at(cycle, history.last)
    return cycle


def evolve(cycle: Cycle | None, recorded: Recorded, earlier: Callable[[], Iterable[Recorded]] | None = None) -> Cycle:
    """The cycle after one more event; the cycle given stays as it is.

    `earlier` gives the records before it. It is asked only where an event changes what is known of them: for a
    correction, an undo, or a step that shows that something was earlier than the day "by" which it happened.
    """
    if cycle is None:
        opened = _open(recorded, NOWHERE, partial=False)
        assert opened is not None
        return opened
    if recorded.version != cycle.version + 1:
        raise ImpossibleHistory(recorded.stream, recorded.version, f"version {cycle.version + 1} was to follow")
    if reshapes(cycle, recorded):
        assert earlier is not None, "whoever evolves a cycle by this event must be able to read the earlier ones"
        folded = fold((*earlier(), recorded))
        assert folded is not None
        return folded
    after = Cycle(*_fields(cycle))
    for name in _DICTS:
        setattr(after, name, getattr(after, name).copy())
    _apply(after, recorded, NOWHERE)
    return after


def settle(cycle: Cycle, stored: int, position: int, recorded_at: datetime) -> Cycle:
    """A cycle folded before its events after version `stored` were, now that they are; `position` is the last one's."""
    after = Cycle(*_fields(cycle))
    after.position, after.recorded_at = position, recorded_at
    said = cycle.said
    for step, takings in said.items():
        if takings[-1].version > stored:
            if said is cycle.said:
                said = dict(said)
            said[step] = _settled(takings, stored, recorded_at)
    after.said = said
    return after


def _settled(takings: tuple[Said, ...], stored: int, recorded_at: datetime) -> tuple[Said, ...]:
    """Those after version `stored` were recorded at that moment. They are the last ones: versions only grow."""
    first = len(takings) - 1
    while first and takings[first - 1].version > stored:
        first -= 1
    return (*takings[:first], *(one._replace(recorded_at=recorded_at) for one in takings[first:]))


def reshapes(cycle: Cycle, recorded: Recorded) -> bool:
    """Whether an event changes what the ones before it come to mean."""
    if isinstance(recorded.event, ev.MendingEvent):
        return True
    return cycle.by_day is not None and recorded.event.happened.on <= cycle.by_day and binds(recorded)


def in_anothers_name(recorded: Recorded) -> tuple[StoodIn, ...]:
    """In whose name, if it was another's, somebody acted with an event."""
    event = recorded.event
    if event.on_behalf_of is None:
        return ()
    signed = event.proposal if isinstance(event, ev.AgreementGiven) else None
    return (StoodIn(recorded.version, event.by, event.on_behalf_of, event.role, signed),)


_fields = operator.attrgetter(*(field.name for field in dataclasses.fields(Cycle)))
"""Copying a cycle field by field costs a tenth of what `copy.copy` does."""
_DICTS: Final = ("said", "proposals", "assignments", "consents", "moved", "floors")
"""What an event changes in place; everything else it replaces."""


def _open(recorded: Recorded, fields_at: FieldsAt, *, partial: bool) -> Cycle | None:
    event = recorded.event
    if not isinstance(event, ev.CycleOpened):
        if partial:
            return None
        raise ImpossibleHistory(recorded.stream, recorded.version, f"{event.topic} before the cycle was opened")
    if not partial and recorded.version != 1:
        raise ImpossibleHistory(recorded.stream, recorded.version, "a cycle opens with version 1")
    opening = Said(
        "opens", recorded.version, event.happened, recorded.recorded_at, event.by, event.role, event.values,
        recorded.version, tuple(event.met), tuple(event.waived), None, fields_at,
    )  # fmt: skip
    adopted = isinstance(event, ev.CycleAdopted)
    day = event.happened.on
    floors: dict[Any, Happened] = {}
    raise_floors(floors, recorded)
    return Cycle(
        id=recorded.stream.removeprefix("cycle-"), version=recorded.version, workflow=event.workflow,
        edition=event.edition, digest=event.digest, programme=event.programme, partnership=event.partnership,
        subject=event.subject, year=event.year, number=event.number, handle=event.handle, state=event.to,
        opened=event.happened, opened_by=event.by, position=recorded.position, recorded_at=recorded.recorded_at,
        returns_to=event.returns_to if isinstance(event, ev.CycleAdopted) else None,
        stays=(Stay(event.to, recorded.version, event.happened),), said={} if adopted else {"opens": (opening,)},
        stood_in=in_anothers_name(recorded), adopted=adopted, last_day=day,
        by_day=day if event.happened.latest else None, floors=floors,
    )  # fmt: skip


def _apply(cycle: Cycle, recorded: Recorded, fields_at: FieldsAt) -> None:
    """Change `cycle` and its dicts in place: they are its own, see `evolve`. Tuples are shared."""
    event = recorded.event
    apply = _APPLY.get(type(event))
    if apply is None:
        raise ImpossibleHistory(recorded.stream, recorded.version, f"{event.topic} is no event of a cycle")
    if fields_at:
        _APPLY_MENDED.get(type(event), apply)(cycle, recorded, event, fields_at)
    else:
        apply(cycle, recorded, event)
    if event.on_behalf_of is not None:
        cycle.stood_in = (*cycle.stood_in, *in_anothers_name(recorded))
    raise_floors(cycle.floors, recorded)
    happened = event.happened
    day = happened.on
    cycle.last_day = max(cycle.last_day, day)
    if happened.latest:
        cycle.by_day = day if cycle.by_day is None else max(cycle.by_day, day)
    _stand_at(cycle, recorded)


def _stand_at(cycle: Cycle, recorded: Recorded) -> None:
    cycle.version = recorded.version
    cycle.position = recorded.position
    cycle.recorded_at = recorded.recorded_at


def _transition(cycle: Cycle, recorded: Recorded, event: ev.TransitionTaken, fields_at: FieldsAt = NOWHERE) -> None:
    if event.origin != cycle.state:
        raise ImpossibleHistory(
            recorded.stream, recorded.version, f"{event.step} leaves {event.origin}, but the cycle is in {cycle.state}"
        )
    *before, last = cycle.stays
    moment = event.happened
    if moment.before(last.entered):
        raise ImpossibleHistory(
            recorded.stream, recorded.version, f"{event.step} happened {moment}, before {last.entered}"
        )
    left, entered = Stay(last.state, last.since, last.entered, moment), Stay(event.to, recorded.version, moment)
    cycle.stays = (*before, left, entered)
    cycle.state = event.to
    cycle.returns_to = event.returns_to
    _say(cycle, recorded, event, None, fields_at)
    # What was proposed for another state can no longer be signed.
    cycle.proposals.clear()


def _say(cycle: Cycle, recorded: Recorded, event: Any, about: str | None, fields_at: FieldsAt) -> None:
    values, at = event.values, recorded.version
    if event.proposal is not None:
        proposal = cycle.proposals.get(event.step)
        if proposal is None or proposal.version != event.proposal:
            raise ImpossibleHistory(recorded.stream, recorded.version, f"no proposal {event.proposal} of {event.step}")
        values, at, about, fields_at = proposal.values, proposal.version, proposal.about, proposal.fields_at
    said = Said(
        event.step, recorded.version, event.happened, recorded.recorded_at, event.by, event.role, values, at,
        tuple(event.met), tuple(event.waived), about, fields_at,
    )  # fmt: skip
    before = cycle.said.get(event.step)
    cycle.said[event.step] = (said,) if before is None else (*before, said)


def _act(cycle: Cycle, recorded: Recorded, event: ev.ActRecorded, fields_at: FieldsAt = NOWHERE) -> None:
    _say(cycle, recorded, event, event.about, fields_at)
    cycle.proposals.pop(event.step, None)


def _agreement(cycle: Cycle, recorded: Recorded, event: ev.AgreementGiven, fields_at: FieldsAt = NOWHERE) -> None:
    if event.proposal is None:
        proposal = Proposal(
            event.step, recorded.version, event.happened, event.by, event.role, event.values, event.about, {},
            event.on_behalf_of, fields_at,
        )  # fmt: skip
    else:
        found = cycle.proposals.get(event.step)
        if found is None or found.version != event.proposal:
            raise ImpossibleHistory(recorded.stream, recorded.version, f"no proposal {event.proposal} of {event.step}")
        if event.role in found.signed:
            raise ImpossibleHistory(recorded.stream, recorded.version, f"{event.role} has signed {event.step} already")
        proposal = found._replace(signed={**found.signed, event.role: event.by})
    cycle.proposals[event.step] = proposal


_STANDING: dict[type[Event], Standing] = {
    ev.AssignmentOffered: "offered",
    ev.AssignmentAccepted: "accepted",
    ev.AssignmentDeclined: "declined",
    ev.AssignmentWithdrawn: "withdrawn",
}


_FOLLOWS: dict[Standing, frozenset[Standing | None]] = {
    "offered": frozenset({None, "declined", "withdrawn"}),
    "accepted": frozenset({"offered"}),
    "declined": frozenset({"offered"}),
    "withdrawn": frozenset({"offered", "accepted"}),
}
"""What each standing may follow; None: nobody asked them yet."""
_HANDED: frozenset[Standing | None] = frozenset({None, "offered", "declined", "withdrawn"})
"""What somebody may be who takes a role over: anything but having it."""


def _assignment(cycle: Cycle, recorded: Recorded, event: Any) -> None:
    _stand(cycle, recorded, event, event.person, _STANDING[type(event)])


def _stand(
    cycle: Cycle, recorded: Recorded, event: Any, person: str, standing: Standing, *, handed: bool = False
) -> None:
    key = (event.assigned, person)
    past = cycle.assignments.get(key, ())
    before = past[-1].standing if past else None
    follows = _HANDED if handed else _FOLLOWS[standing]
    if before not in follows:
        why = f"{person} as {event.assigned} is {standing} after {before or 'nothing'}"
        raise ImpossibleHistory(recorded.stream, recorded.version, why)
    entry = Assignment(event.assigned, person, standing, recorded.version, event.happened, event.by)
    cycle.assignments[key] = (*past, entry)


def _handed_over(cycle: Cycle, recorded: Recorded, event: ev.RoleHandedOver) -> None:
    past = cycle.assignments.get((event.assigned, event.person), ())
    if not past or past[-1].standing != event.standing:
        now = past[-1].standing if past else "never asked"
        why = f"{event.person} hands over {event.assigned} as {event.standing}, but is {now}"
        raise ImpossibleHistory(recorded.stream, recorded.version, why)
    _stand(cycle, recorded, event, event.person, "withdrawn")
    _stand(cycle, recorded, event, event.successor, event.standing, handed=True)


def _evidence(cycle: Cycle, recorded: Recorded, event: ev.EvidenceAdded) -> None:
    item = Evidence(
        event.kind, recorded.version, event.happened, event.by, event.about, event.text, event.file_name,
        event.file_digest, event.file_size,
    )  # fmt: skip
    cycle.evidence = (*cycle.evidence, item)


def _note(cycle: Cycle, recorded: Recorded, event: ev.NoteAdded) -> None:
    if event.beside is not None and not 0 < event.beside < recorded.version:
        raise ImpossibleHistory(recorded.stream, recorded.version, f"a note beside version {event.beside}")
    cycle.notes = (*cycle.notes, Note(recorded.version, event.happened, event.by, event.text, event.beside))


def _waiver(cycle: Cycle, recorded: Recorded, event: ev.RequirementWaived) -> None:
    waiver = Waiver(event.of, event.requirement, event.person, recorded.version, event.by)
    cycle.waivers = (*cycle.waivers, waiver)


def _consent(cycle: Cycle, recorded: Recorded, event: Any) -> None:
    given = isinstance(event, ev.ConsentGiven)
    if cycle.consented(event.what) is given:
        why = f"consent to show {event.what} {'stands already' if given else 'was not given'}"
        raise ImpossibleHistory(recorded.stream, recorded.version, why)
    entry = (given, event.happened, recorded.version)
    cycle.consents[event.what] = (*cycle.consents.get(event.what, ()), entry)


def _moved(cycle: Cycle, _recorded: Recorded, event: ev.DeadlineMoved) -> None:
    cycle.moved[event.step] = event.due


_APPLY: dict[type[Event], Callable[..., None]] = {
    ev.TransitionTaken: _transition,
    ev.ActRecorded: _act,
    ev.AgreementGiven: _agreement,
    ev.AssignmentOffered: _assignment,
    ev.AssignmentAccepted: _assignment,
    ev.AssignmentDeclined: _assignment,
    ev.AssignmentWithdrawn: _assignment,
    ev.EvidenceAdded: _evidence,
    ev.NoteAdded: _note,
    ev.RequirementWaived: _waiver,
    ev.ConsentGiven: _consent,
    ev.ConsentWithdrawn: _consent,
    ev.DeadlineMoved: _moved,
    ev.RoleHandedOver: _handed_over,
}

_APPLY_MENDED: dict[type[Event], Callable[..., None]] = {
    ev.TransitionTaken: _transition,
    ev.ActRecorded: _act,
    ev.AgreementGiven: _agreement,
}
"""Those that hold the values of a form, of which some may stand in a correction."""
