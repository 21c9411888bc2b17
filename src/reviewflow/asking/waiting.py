"""What waits in a cycle, for whom and by when: told after each step, in `cycle next`, and in the inbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable
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


def deadlines_of(setting: Setting, only: Container[str] | None = None) -> dict[str, Deadline]:
    """By when each step (or each of these) is due that can still come."""
    return due_in(setting.definition, setting.here, setting.calendar_of(setting.subject), only)


def waiting(
    setting: Setting, shown: Shown, concerning: Collection[str] | None = None, *, others: bool = True
) -> list[dict[str, Any]]:
    """What waits, the most urgent first where days are known.

    `concerning`: only what waits for one of these people; `others`: whom else it waits for is told all the same.
    """
    found = tasks(setting.definition, setting.here)
    around = _around(setting, found) if others or concerning is None else list(concerning)
    if concerning is not None:
        some = [one for one in around if one in concerning]
        found = [task for task in found if any(one in concerning for one in _people(setting, task, some))]
    due = deadlines_of(setting, {task.step for task in found}) if found else {}
    told = [_data(setting, task, due.get(task.step), _people(setting, task, around), shown) for task in found]
    return sorted(told, key=lambda one: (one["due"] is None, one["due"] or ""))


def _around(setting: Setting, found: Iterable[Task]) -> list[str]:
    """Everybody who may have a part here; what part, `Setting.may` judges."""
    scopes = [setting.subject, setting.partnership, setting.programme, INSTALLATION]
    streams = [stream for scope in scopes if scope for stream in setting.known.touching(f"holders:{scope}")]
    assigned = [person for _, person in setting.here.assignments]
    # Whom a form named may hold no role here at all.
    named = [one for task in found for role in task.roles if "." in role for one in setting.named(role)]
    known = [one for one in named if (person := setting.person(one)) and not person.forgotten]
    return list(dict.fromkeys([*(stream.removeprefix("person-") for stream in streams), *assigned, *known]))


def _people(setting: Setting, task: Task, around: Iterable[str]) -> list[str]:
    """Whom a task waits for; what anyone may do waits for nobody."""
    if task.person is not None:
        return [task.person]
    if task.kind == "agree":
        proposal = setting.here.proposals.get(task.step)
        proposed = {proposal.by, proposal.on_behalf_of} if proposal else set()
        return [one for one in around if setting.may(task.roles, one) and one not in proposed]
    return [one for one in around if "anyone" not in task.roles and setting.may(task.roles, one)]


def _data(setting: Setting, task: Task, due: Deadline | None, people: Iterable[str], shown: Shown) -> dict[str, Any]:
    step = setting.definition.step(task.step)
    title = setting.title(task.step) if task.kind == "answer" else step.title if step else task.step
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
