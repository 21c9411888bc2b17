"""What the workflow expects next in a cycle: its open tasks, and what days their deadlines hang on.

A step is expected if it leaves the present state by name (not through `active`), or if it has a deadline
and may be done here and has not been. Offers wait for their answer, proposals for a signature.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from reviewflow.cycle.state import Cycle
from reviewflow.workflow.calendar import Calendar
from reviewflow.workflow.deadlines import Days, Deadline, deadlines
from reviewflow.workflow.definition import Definition


class Task(NamedTuple):
    """Something that waits for someone: for holders of `roles`, or for one `person`."""

    kind: str
    """`transition`, `act`, `answer` (to an offer) or `agree` (a second signature)."""
    step: str
    """The step; for `answer` the role."""
    roles: tuple[str, ...]
    person: str | None = None


def tasks(definition: Definition, cycle: Cycle) -> list[Task]:
    """What waits in this cycle, in the order of the definition."""
    states = definition.all_states()
    found: list[Task] = []
    if states[cycle.state].final:
        return found
    for name, proposal in cycle.proposals.items():
        step = definition.step(name)
        waiting = tuple(r for r in step.second if r not in proposal.signed) if step else ()
        found.append(Task("agree", name, waiting))
    for (role, person), past in cycle.assignments.items():
        if past[-1].standing == "offered":
            found.append(Task("answer", role, (), person))
    for name, transition in definition.transitions.items():
        origins = (transition.origin,) if isinstance(transition.origin, str) else transition.origin
        expected = cycle.state in origins or any(
            cycle.state in definition.expand(o) for o in origins if o in definition.stages
        )
        if expected and name not in cycle.proposals:
            found.append(Task("transition", name, transition.by))
    for name, act in definition.acts.items():
        here = cycle.state in definition.expand(act.within)
        dues = act.due if isinstance(act.due, tuple) else (act.due,) if act.due else ()
        if here and len(cycle.said.get(name, ())) < len(dues) and name not in cycle.proposals:
            found.append(Task("act", name, act.by))
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


def due_in(definition: Definition, cycle: Cycle, calendar: Calendar) -> dict[str, Deadline]:
    """By when each step is due that can still come; a deadline moved by hand replaces the one worked out."""
    found = deadlines(definition, cycle.digest, cycle.state, cycle.returns_to, days_of(definition, cycle), calendar)
    for step, day in cycle.moved.items():
        if step in found:
            found[step] = found[step]._replace(due=day, because=f"moved to {day}")
    return found
