"""What the workflow expects next in a cycle: its open tasks, and what days their deadlines hang on.

Offers wait for their answer, proposals for a signature; which steps a state expects is the workflow's to say.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import NamedTuple

from reviewflow.cycle.state import Cycle
from reviewflow.workflow.calendar import Calendar
from reviewflow.workflow.deadlines import Days, Deadline, deadlines
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.expectations import expected_in


class Task(NamedTuple):
    """Something that waits for someone: for holders of `roles`, or for one `person`."""

    kind: str
    """`transition`, `act`, `answer` (to an offer) or `agree` (a second signature)."""
    step: str
    """The step; for `answer` the role."""
    roles: tuple[str, ...]
    person: str | None = None


def tasks(definition: Definition, cycle: Cycle) -> list[Task]:
    """What waits in this cycle: signatures, answers, then steps in the order of the definition."""
    found: list[Task] = []
    if definition.all_states()[cycle.state].final:
        return found
    for name, proposal in cycle.proposals.items():
        step = definition.step(name)
        waiting = tuple(r for r in step.second if r not in proposal.signed) if step else ()
        found.append(Task("agree", name, waiting))
    for (role, person), past in cycle.assignments.items():
        if past[-1].standing == "offered":
            found.append(Task("answer", role, (), person))
    for kind, step_name, roles, most in expected_in(definition, cycle.digest, cycle.state):
        done = most is not None and len(cycle.said.get(step_name, ())) >= most
        if not done and step_name not in cycle.proposals:
            found.append(Task(kind, step_name, roles))
    return found


def days_of(definition: Definition, cycle: Cycle) -> Days:
    """The days that deadlines hang on: the opening, dates that forms said, days on which steps were taken."""
    said: dict[str, date | None] = {}
    for step in cycle.said:
        last = cycle.last(step)
        for name, field in definition.fields(step).items():
            value = last.values.get(name) if last else None
            if field.type == "date" and isinstance(value, str):
                said[f"{step}.{name}"] = date.fromisoformat(value)
    return Days(
        opened=cycle.opened.on,
        said=said,
        last={step: takings[-1].happened.on for step, takings in cycle.said.items()},
        count={step: len(takings) for step, takings in cycle.said.items()},
    )


def due_in(
    definition: Definition, cycle: Cycle, calendar: Calendar, only: Container[str] | None = None
) -> dict[str, Deadline]:
    """By when each step (or each of these) is due that can still come; a deadline moved by hand replaces its own."""
    days = days_of(definition, cycle)
    found = deadlines(definition, cycle.digest, cycle.state, cycle.returns_to, days, calendar, only)
    for step, day in cycle.moved.items():
        if step in found:
            found[step] = found[step]._replace(due=day, because=f"moved to {day}")
    return found
