"""One cycle as somebody asks about it: as it was on the day and moment asked about, seen with today's eyes.

Who may see what is judged on the cycle as it stands now: a consent withdrawn today hides the past as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from reviewflow.asking.question import Question
from reviewflow.audit.naming import Titles
from reviewflow.cycle.events import EventCorrected, TransitionUndone
from reviewflow.cycle.history import as_known
from reviewflow.cycle.seeing import HIDDEN, Seeing
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.state import Cycle
from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.events import Recorded
from reviewflow.knowing import Knowing
from reviewflow.registry.permissions import STANDING_ROLES
from reviewflow.registry.scopes import Scope
from reviewflow.workflow.definition import Definition

if TYPE_CHECKING:
    from reviewflow.wiring import Installation

NOT_VISIBLE: Final = "the workflow shows nothing of this cycle to this person"


@dataclass
class OneCycle:
    """A cycle, and what the viewer may see of it."""

    question: Question
    cycle: Cycle
    definition: Definition
    seeing: Seeing
    now: Setting
    """Where its steps are judged today, as it stands now."""

    @cached_property
    def titles(self) -> Titles:
        """What the definition calls its parts."""
        return Titles(self.definition)

    @cached_property
    def day(self) -> date:
        """The day asked about."""
        return self.question.day(self.cycle.programme)

    @cached_property
    def zone(self) -> str:
        """The programme's time zone."""
        found = self.question.known.programme(self.cycle.programme)
        return found.time_zone if found else "UTC"

    @property
    def records(self) -> list[Recorded]:
        """Its events as known at the moment asked about; those of a later day are left out."""
        day = self.question.as_of
        found = self.question.known.cycle_records(self.cycle.id)
        return found if day is None else by_day(found, day)

    def setting(self) -> Setting:
        """Where its steps are judged on the day asked about."""
        if not self.question.past:
            return self.now
        return self.question.installation.engine.setting(self.question.known, self.cycle.id, self.question.as_of)

    def data(self) -> dict[str, Any]:
        """What it is and where it stands, as far as the viewer may see."""
        cycle, called = self.cycle, self.question.called
        status, dates = self.seeing.may("status"), self.seeing.may("dates")
        state = self.definition.all_states().get(cycle.state)
        return {
            "id": cycle.id,
            "handle": cycle.handle,
            "subject": cycle.subject,
            "subject_name": called.organisation(cycle.subject),
            "partnership": cycle.partnership,
            "programme": cycle.programme,
            "year": cycle.year,
            "number": cycle.number,
            "workflow": cycle.workflow,
            "edition": cycle.edition,
            "digest": cycle.digest,
            "state": cycle.state if status else HIDDEN,
            "state_title": self.titles.state(cycle.state) if status else HIDDEN,
            "final": bool(state and state.final) if status else None,
            "since": cycle.since.on if dates else HIDDEN,
            "opened_on": cycle.opened.on if dates else HIDDEN,
            "version": cycle.version,
        }


def by_day(records: list[Recorded], day: date) -> list[Recorded]:
    """What had happened by a day, as it is now known, and what was undone or corrected of it."""
    known = as_known(records)
    moved = {one.version: one.event.happened.on for one in known.told}
    kept: set[int] = set()
    for one in records:
        event = one.event
        if isinstance(event, EventCorrected):
            kept |= {one.version} if event.corrects in kept else set()
        elif isinstance(event, TransitionUndone):
            kept |= {one.version} if kept.intersection(event.undoes) else set()
        elif moved.get(one.version, event.happened.on) <= day:
            kept.add(one.version)
    return [one for one in records if one.version in kept]


def look(question: Question, typed: str, ask: str) -> OneCycle:
    """The cycle that was named; `Refused` if the viewer may see nothing of it."""
    found = see(question, question.find.cycle(typed), ask)
    if found is None:
        handle = question.called.cycle(question.find.cycle(typed))
        raise BadInput(
            "cycle", [Fault("cycle", handle, "it was not open then, or not known; ask about a later moment")]
        )
    if not found.seeing.anything:
        raise Refused(f"{ask} {found.cycle.handle}", [Unmet("not-visible", NOT_VISIBLE)])
    return found


def see(question: Question, cycle_id: str, ask: str) -> OneCycle | None:
    """A cycle with what the viewer may see of it; None if it was not open or not known then."""
    now = question.installation.engine.setting(question.now, cycle_id)
    assert now.cycle is not None
    scope = scope_of(now.cycle)
    question.may(ask, scope)
    seeing = seeing_of(question.installation, question.now, now, question.viewer)
    then = question.known.cycle(cycle_id)
    return OneCycle(question, then, now.definition, seeing, now) if then is not None else None


def scope_of(cycle: Cycle) -> Scope:
    """What a question about a cycle is about, for the permission table."""
    return Scope("partnership", cycle.partnership) if cycle.partnership else Scope("programme", cycle.programme)


def seeing_of(installation: Installation, now: Knowing, setting: Setting, viewer: str | None) -> Seeing:
    """What the viewer may see of a cycle, with the standing roles that they hold above it."""
    if viewer is None:
        return Seeing(setting, None)
    held = installation.engine.standing(now, viewer, scope_of(setting.here))
    return Seeing(setting, viewer, tuple(role for role in STANDING_ROLES if role in held))


def seen(question: Question, ids: Iterable[str], ask: str) -> Iterable[OneCycle]:
    """Those of several cycles of which the viewer may see something."""
    ids = list(ids)
    question.now.preload([f"cycle-{one}" for one in ids])
    for one in ids:
        try:
            found = see(question, one, ask)
        except Refused:
            continue
        if found is not None and found.seeing.anything:
            yield found
