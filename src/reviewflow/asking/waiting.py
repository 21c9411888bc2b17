"""What waits in a cycle, for whom and by when: told after each step, in `cycle next`, and in the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from reviewflow.cycle.expected import Task, due_in, tasks
from reviewflow.cycle.seeing import HIDDEN, Seeing
from reviewflow.cycle.setting import Setting
from reviewflow.registry.events import INSTALLATION
from reviewflow.workflow.deadlines import Deadline

Shown = Callable[[str], str]
"""A person's name, or that it is not shown."""

DATES: Final = ("due", "overdue", "limit", "not_before", "because")
"""The keys of a deadline."""


def deadlines_of(setting: Setting) -> dict[str, Deadline]:
    """By when each step is due that can still come."""
    assert setting.cycle is not None
    return due_in(setting.definition, setting.cycle, setting.calendar_of(setting.subject))


def waiting(setting: Setting, shown: Shown) -> list[dict[str, Any]]:
    """What waits, the most urgent first where days are known."""
    assert setting.cycle is not None
    due = deadlines_of(setting)
    around = _around(setting)
    found = [
        _data(setting, task, due.get(task.step), around, shown) for task in tasks(setting.definition, setting.cycle)
    ]
    return sorted(found, key=lambda one: (one["due"] is None, one["due"] or ""))


def _around(setting: Setting) -> list[str]:
    """Everybody who may have a part here; what part, `Setting.may` judges."""
    scopes = [setting.subject, setting.partnership, setting.programme, INSTALLATION]
    streams = [stream for scope in scopes if scope for stream in setting.known.touching(f"holders:{scope}")]
    cycle = setting.cycle
    assigned = [person for _, person in cycle.assignments] if cycle else []
    return list(dict.fromkeys([*(stream.removeprefix("person-") for stream in streams), *assigned]))


def _data(setting: Setting, task: Task, due: Deadline | None, around: Iterable[str], shown: Shown) -> dict[str, Any]:
    step = setting.definition.step(task.step)
    title = setting.title(task.step) if task.kind == "answer" else step.title if step else task.step
    if task.person is not None:
        people = [task.person]
    elif task.kind == "agree":
        proposal = setting.cycle.proposals.get(task.step) if setting.cycle else None
        proposed = {proposal.by, proposal.on_behalf_of} if proposal else set()
        people = [one for one in around if setting.may(task.roles, one) and one not in proposed]
    else:
        people = [one for one in around if "anyone" not in task.roles and setting.may(task.roles, one)]
    return {
        "kind": task.kind,
        "step": task.step,
        "title": title,
        "roles": [setting.title(role) for role in task.roles],
        "people": [{"id": one, "name": shown(one)} for one in people],
        **due_data(due, setting.day),
    }


def due_data(due: Deadline | None, day: date) -> dict[str, Any]:
    """A deadline with stable keys; overdue from the day after."""
    return {
        "due": due.due.isoformat() if due else None,
        "overdue": due.due < day if due else None,
        "limit": due.limit.isoformat() if due and due.limit else None,
        "not_before": due.not_before.isoformat() if due and due.not_before else None,
        "because": due.because if due else None,
    }


def as_seen(task: dict[str, Any], seeing: Seeing) -> dict[str, Any]:
    """What waits without the people and days that are not shown to the viewer."""
    people = [p if seeing.people(p["id"]) else {"id": None, "name": HIDDEN} for p in task["people"]]
    return {**task, "people": people, **hidden_dates(seeing)}


def hidden_dates(seeing: Seeing) -> dict[str, None]:
    """Nothing in place of a deadline, where days are not shown."""
    return {} if seeing.may("dates") else dict.fromkeys(DATES)
