"""The open tasks of every cycle that is not at its end; `waiting.py` asks whose they are.

Written from what the workflow expects of the folded cycle. A row says who it waits for as far as the cycle
can tell: a person, or a role, held in a scope or assigned in the cycle. Who holds the role on a day is asked
when reading, and so are deadlines: holders and calendars change without an event of the cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Index, bindparam, delete, select

from reviewflow.cycle import expected
from reviewflow.cycle.events import (
    ConsentGiven,
    ConsentWithdrawn,
    CycleEvent,
    CycleOpened,
    DeadlineMoved,
    EvidenceAdded,
    NoteAdded,
    RequirementWaived,
)
from reviewflow.cycle.state import Cycle
from reviewflow.events import Event
from reviewflow.ports import Record, Staged
from reviewflow.views.cycles import folded
from reviewflow.views.named import named_at
from reviewflow.views.statement import Statement
from reviewflow.views.table import make, table, whole, word
from reviewflow.views.view import Told
from reviewflow.workflow.definition import Definition

tasks = table(
    "tasks",
    word("cycle", key=True),
    word("kind", key=True),
    word("step", key=True),
    word("role", key=True),
    word("person", key=True),
    word("held_in"),
    word("scope"),
    whole("place"),
    Index("tasks_by_role", "role", "scope"),
    edition=2,
)
"""Empty texts stand for "none": `person` where a role is waited for, `held_in` and `scope` where it is assigned."""

# Partial: nearly every row names nobody, and a planner that looks those up reads the whole table. As text, because
# Index(postgresql_where=...) imports that whole dialect: 40 ms of every start of the command line.
_BY_PERSON = "CREATE INDEX tasks_by_person ON tasks (person) WHERE person <> ''"

# They change nothing that the workflow expects next.
_BESIDE = (ConsentGiven, ConsentWithdrawn, DeadlineMoved, EvidenceAdded, NoteAdded, RequirementWaived)

_ADD = Statement.inserting(tasks)
_PRESENT = Statement(select(*tasks.c).where(tasks.c.cycle == bindparam("of")), "of")
_KEY = ("cycle", "kind", "step", "role", "person")
_REMOVE = Statement(delete(tasks).where(*(tasks.c[name] == bindparam(f"the_{name}") for name in _KEY)),
    *(f"the_{name}" for name in _KEY),
)  # fmt: skip

_Row = tuple[Any, ...]


class TasksView:
    """What waits in each cycle."""

    name = "tasks"
    tables = (tasks,)

    def __init__(self, definitions: Callable[[str], Definition]) -> None:
        """`definitions` finds the definition of a digest."""
        self._definitions = definitions
        self._places: dict[str, dict[str, int]] = {}

    def create(self, connection: Connection) -> None:
        """Make the table."""
        make(connection, self.tables)
        connection.exec_driver_sql(_BY_PERSON)

    def foresee(self, connection: Connection, staged: Sequence[Staged]) -> None:
        """The tasks of each cycle as they are are needed to change only what changes."""
        for stream in dict.fromkeys(one.stream for one in staged if one.version > 1 and _counts(one.event)):
            _PRESENT.foresee(connection, stream.removeprefix("cycle-"))

    def apply(self, connection: Connection, records: Sequence[Told]) -> None:
        """Bring each cycle's tasks to what is expected of it now; rows that stay are not written again."""
        last: dict[str, tuple[Record, Cycle]] = {}
        opened: set[str] = set()
        for record, event, after in records:
            if _counts(event):
                last[record.stream] = (record, folded(record, after))
                if isinstance(event, CycleOpened):
                    opened.add(record.stream)
        new: list[_Row] = []
        gone: list[_Row] = []
        for stream, (_, cycle) in last.items():
            wanted = set(self._rows(cycle))
            present = set() if stream in opened else set(_PRESENT.rows(connection, cycle.id))
            gone += (row[: len(_KEY)] for row in present - wanted)
            new += wanted - present
        if gone:
            _REMOVE.run_each(connection, gone)
        if new:
            _ADD.run_each(connection, new)

    def _rows(self, cycle: Cycle) -> Iterator[_Row]:
        definition = self._definitions(cycle.digest)
        places = self._places.get(cycle.digest)
        if places is None:
            places = {step: place for place, step in enumerate(definition.steps(), start=1)}
            self._places[cycle.digest] = places
        scopes = {"subject": cycle.subject, "partnership": cycle.partnership or "", "programme": cycle.programme}
        for task in expected.tasks(definition, cycle):
            if task.person is not None:  # an offer: the step is the role
                yield cycle.id, task.kind, task.step, task.step, task.person, "", "", 0
                continue
            what = (cycle.id, task.kind, task.step)
            for name in tuple(definition.roles) if "anyone" in task.roles else task.roles:
                role = definition.roles.get(name)
                if role is None:
                    for person in named_at(definition, cycle, name) or ("",):
                        yield *what, name, person, "", "", places[task.step]
                else:
                    scope = scopes[role.held_in] if role.held_in else ""
                    yield *what, name, "", role.held_in or "", scope, places[task.step]


def _counts(event: Event) -> bool:
    return isinstance(event, CycleEvent) and not isinstance(event, _BESIDE)
