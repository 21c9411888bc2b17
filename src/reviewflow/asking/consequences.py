"""What a command would come to in a cycle, told before it is recorded: where the cycle stands, what waits, by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.asking.waiting import deadlines_of
from reviewflow.cycle.expected import tasks
from reviewflow.cycle.setting import Setting, setting_at
from reviewflow.engine import Done
from reviewflow.workflow.deadlines import Deadline


class Moved(NamedTuple):
    """The day by which a step is due; None for no day."""

    title: str
    before: date | None
    after: date | None


class Consequences(NamedTuple):
    """What would be otherwise. Empty parts: nothing would be, or it is not shown to the viewer."""

    state: str | None
    """The state that the cycle would be in, if that is another."""
    begins: tuple[str, ...] = ()
    """What would newly wait for somebody."""
    ends: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether all of it stays as it is."""
        return not (self.state or self.begins or self.ends or self.moved)


def consequences(question: Question, one: OneCycle, done: Done) -> Consequences:
    """What a command that was tried (or given) changes about a cycle, as far as the viewer may see it."""
    if one.cycle.id not in done.cycles:
        return Consequences(None)
    before = one.now
    after = setting_at(done.cycles[one.cycle.id], question.now, question.installation.clock.now(), None)
    status = one.seeing.may("status")
    state = after.here.state if status and after.here.state != before.here.state else None
    was, will = (_waits(setting, one) if status else {} for setting in (before, after))
    return Consequences(
        one.titles.state(state) if state else None,
        tuple(title for task, title in will.items() if task not in was),
        tuple(title for task, title in was.items() if task not in will),
        tuple(_moved(one, before, after)) if status and one.seeing.may("dates") else (),
    )


def _waits(setting: Setting, one: OneCycle) -> dict[tuple[Any, ...], str]:
    """What waits, each called by its title and by who may do it."""
    found = {}
    for task in tasks(setting.definition, setting.here):
        title = one.titles.role(task.step) if task.kind == "answer" else one.titles.step(task.step)
        who = " or ".join(setting.title(role) for role in task.roles)
        found[task.kind, task.step, task.roles, task.person] = f"{title} ({who})" if who else title
    return found


def _moved(one: OneCycle, before: Setting, after: Setting) -> list[Moved]:
    was, will = deadlines_of(before), deadlines_of(after)
    steps = [step for step in one.definition.steps() if step in was or step in will]
    days = [Moved(one.titles.step(step), _due(was, step), _due(will, step)) for step in steps]
    return [one for one in days if one.before != one.after]


def _due(found: Mapping[str, Deadline], step: str) -> date | None:
    return found[step].due if step in found else None
