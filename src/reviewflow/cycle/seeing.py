"""Who sees what of a cycle: nothing that the definition's `visible` does not allow.

People see what they wrote themselves. `None` as viewer is the operator's own unsigned view, which shows
all; the door says so beside it.
"""

from __future__ import annotations

from reviewflow.cycle import events as ev
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.state import Cycle
from reviewflow.events import Event
from reviewflow.workflow.definition import Visible

HIDDEN = "[not shown to you]"


class Seeing:
    """What one person may see of one cycle. `setting.moment` is the day whose roles count: today."""

    def __init__(self, setting: Setting, viewer: str | None, extra_roles: tuple[str, ...] = ()) -> None:
        """`extra_roles` are standing roles that the definition may name in `to` though it defines no such role."""
        self.setting, self.viewer = setting, viewer
        cycle = setting.cycle
        assert cycle is not None
        self.cycle: Cycle = cycle
        self.roles: set[str] = set()
        if viewer is not None:
            own = setting.roles_of(viewer, setting.today, cycle=cycle)
            places = setting.definition.named_places()
            named = (one for one in places if viewer in setting.named(one, setting.today, cycle=cycle))
            self.roles = {*own, *extra_roles, *named, *_for_others(setting, viewer, cycle)}

    def may(self, what: str) -> bool:
        """Whether an item is shown: `status`, `dates`, `people`, `evidence`, `notes`, `STEP` or `STEP.FIELD`."""
        if self.viewer is None:
            return True
        return any(self._allows(entry, what) for entry in self.setting.definition.visible)

    def _allows(self, entry: Visible, what: str) -> bool:
        step = what.partition(".")[0]
        if what not in entry.what and step not in entry.what:
            return False
        if not self.roles & set(entry.to):
            return False
        if entry.since is not None and not self.cycle.said.get(entry.since):
            return False
        if entry.when and not any(self.cycle.said.get(name) for name in entry.when):
            return False
        return entry.consent_of is None or any(self.cycle.consented(w) for w in (what, step) if w in entry.what)

    @property
    def anything(self) -> bool:
        """Whether the cycle may be shown to this person at all: its status, or their own part in it."""
        return self.viewer is None or self.may("status") or bool(self.roles) or self._asked()

    def _asked(self) -> bool:
        return any(
            person == self.viewer and past[-1].standing in ("offered", "accepted")
            for (_, person), past in self.cycle.assignments.items()
        )

    def event(self, event: Event) -> bool:
        """Whether it may be told that this event happened, without its contents."""
        if self.viewer is None or self.viewer in (event.by, event.on_behalf_of):
            return True
        match event:
            case ev.RoleHandedOver():
                return self.viewer in (event.person, event.successor) or self.may("people")
            case ev.AssignmentOffered() | ev.AssignmentAccepted() | ev.AssignmentDeclined() | ev.AssignmentWithdrawn():
                return event.person == self.viewer or self.may("people")
            case ev.EvidenceAdded():
                return self.may("evidence") or self.may("status")
            case ev.NoteAdded():
                return self.may("notes")
            case ev.ActRecorded() | ev.AgreementGiven():
                return self._told(event.step)
            case _:
                return self.may("status")

    def _told(self, step: str) -> bool:
        """Whether it may be told that a step was done: a transition shows in the status, an act does not."""
        definition = self.setting.definition
        if step not in definition.acts:
            return self.may("status")
        return self.may(step) or any(self.may(f"{step}.{field}") for field in definition.fields(step))

    def field(self, step: str, field: str, by: str) -> bool:
        """Whether one field of a step may be shown; `by` is who wrote it."""
        return self.viewer is None or by == self.viewer or self.may(f"{step}.{field}")

    def people(self, person: str) -> bool:
        """Whether it may be told that this person has a part here."""
        return self.viewer is None or person == self.viewer or self.may("people")

    def evidence(self, by: str) -> bool:
        """Whether the contents of evidence may be shown."""
        return self.viewer is None or by == self.viewer or self.may("evidence")

    def note(self, by: str) -> bool:
        """Whether a note may be shown."""
        return self.viewer is None or by == self.viewer or self.may("notes")


def _for_others(setting: Setting, viewer: str, cycle: Cycle) -> set[str]:
    """The roles of the absent: who stands in for somebody must see what these see, as long as they stand in."""
    if not setting.known.touching(f"delegated:{viewer}"):
        return set()
    from reviewflow.cycle.standing_in import roles_for_others  # nearly nobody stands in: a question loads no judging

    return roles_for_others(setting, viewer, setting.today, cycle)
