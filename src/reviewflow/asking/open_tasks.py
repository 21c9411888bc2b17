"""What waits for one person in a cycle, and by which way: assigned, asked, held or named. Each way ends differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reviewflow.asking.waiting import deadlines_of, due_data
from reviewflow.cycle.expected import Task, tasks
from reviewflow.cycle.setting import Setting


def roles_of(setting: Setting, person: str) -> list[tuple[str, str]]:
    """The assigned roles that a person has here, or is asked to take, with their standing."""
    cycle, found = setting.here, []
    for name in setting.definition.roles:
        if person in cycle.assigned(name):
            found.append((name, "accepted"))
        elif person in cycle.offered(name):
            found.append((name, "offered"))
    return found


def waits_for(setting: Setting, person: str) -> Iterator[dict[str, Any]]:
    """The tasks of a cycle that a person could do, most urgent first where days are known."""
    due, found = deadlines_of(setting), []
    for task in tasks(setting.definition, setting.here):
        ways = list(_ways(setting, task, person))
        if ways:
            step = setting.definition.step(task.step)
            found.append({
                "cycle": setting.here.id,
                "handle": setting.here.handle,
                "kind": task.kind,
                "step": task.step,
                "title": setting.title(task.step) if task.kind == "answer" else step.title if step else task.step,
                **due_data(due.get(task.step), setting.day),
                "ways": [{"way": way, "role": role, "title": setting.title(role)} for way, role in ways],
            })  # fmt: skip
    return iter(sorted(found, key=lambda one: (one["due"] is None, one["due"] or "")))


def _ways(setting: Setting, task: Task, person: str) -> Iterator[tuple[str, str]]:
    if task.kind == "answer":
        if task.person == person:
            yield "offered", task.step
        return
    for name in task.roles:
        # What anyone may do waits for nobody.
        if name == "anyone" or setting.may((name,), person) is None:
            continue
        role = setting.definition.roles.get(name)
        yield "named" if role is None else "held" if role.held_in else "assigned", name
