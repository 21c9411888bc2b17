"""What waits for whom: questions to the tasks, joined with who holds or was assigned which role.

Deadlines are not here: whoever asks works them out from the folded cycle and the calendars of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Literal, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Row, or_, select, union_all

from reviewflow.registry.events import INSTALLATION
from reviewflow.views.cycles import CycleRow, assignments, cycle_row, cycles
from reviewflow.views.grants import grants, standing
from reviewflow.views.people import people
from reviewflow.views.table import portions
from reviewflow.views.tasks import tasks

TaskKind = Literal["transition", "act", "answer", "agree"]


class TaskRow(NamedTuple):
    """Something that waits in a cycle.

    `roles`: those it waits for; of a person's own tasks, those in which it waits for them. For `answer` the step
    is the role that was offered. `people`: whom it waits for on the day that was asked about.
    """

    cycle: CycleRow
    kind: TaskKind
    step: str
    roles: tuple[str, ...]
    people: tuple[str, ...]


_PLACES = len(CycleRow._fields)
_TASK = (tasks.c.kind, tasks.c.step, tasks.c.role, tasks.c.person)
_ORDER = (cycles.c.handle, cycles.c.id, tasks.c.place, tasks.c.kind, tasks.c.step, tasks.c.person, tasks.c.role)


def for_person(
    connection: Connection, person: str, day: date, *, after: str | None = None, limit: int | None = None
) -> list[TaskRow]:
    """What waits for a person: named, assigned, or holding the role on that day; nothing once they are forgotten.

    By the cycle's handle, then in the order of its workflow. A page is `limit` cycles after the handle `after`.
    """
    if person not in _known([person], connection, day):
        return []
    mine = _ways(day, person).subquery()
    wanted = (
        select(*cycles.c, *_TASK)
        .join(tasks, tasks.c.cycle == cycles.c.id)
        .join(mine, _same_task(mine))
        .order_by(*_ORDER)
    )
    if after is not None:
        wanted = wanted.where(cycles.c.handle > after)
    return list(_grouped(connection.execute(wanted), limit, {}, person))
