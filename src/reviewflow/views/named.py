"""Whom the forms of a cycle name, where its workflow gives them a part for it: a table of the view of cycles."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Index, bindparam, delete, select

from reviewflow.cycle.events import ActRecorded, CycleEvent, CycleOpened, TransitionTaken
from reviewflow.cycle.state import Cycle
from reviewflow.views.statement import Statement
from reviewflow.views.table import table, word
from reviewflow.workflow.definition import Definition

named = table(
    "named",
    word("cycle", key=True),
    word("place", key=True),
    word("person", key=True),
    Index("named_by_person", "person"),
)
"""Whom a form names at `STEP.FIELD`, where the workflow gives them a part for it."""

_NAME = Statement.inserting(named)
_NAMES = Statement(select(*named.c).where(named.c.cycle == bindparam("of")), "of")
_UNNAME = Statement(
    delete(named).where(
        named.c.cycle == bindparam("in_cycle"), named.c.place == bindparam("at"), named.c.person == bindparam("who")
    ),
    "in_cycle", "at", "who",
)  # fmt: skip


class Naming:
    """Writes the rows, from the folded cycle."""

    def __init__(self, definitions: Callable[[str], Definition]) -> None:
        """`definitions` finds the definition of a digest."""
        self._definitions = definitions
        self._steps: dict[str, frozenset[str]] = {}

    def write(self, connection: Connection, cycle: Cycle, *, opened: bool) -> None:
        """Bring the rows of a cycle to whom its forms name now; of one that was only just opened there is none yet."""
        definition = self._definitions(cycle.digest)
        places = definition.named_places()
        wanted = {(cycle.id, place, one) for place in places for one in named_at(definition, cycle, place)}
        present = set() if opened else {tuple(row) for row in _NAMES.rows(connection, cycle.id)}
        for row in present - wanted:
            _UNNAME.run(connection, *row)
        if new := wanted - present:
            _NAME.run_each(connection, sorted(new))

    def concerns(self, event: CycleEvent, cycle: Cycle) -> bool:
        """Whether an event may give a part to somebody whom its form names."""
        if not isinstance(event, TransitionTaken | ActRecorded | CycleOpened):
            return False
        steps = self._steps.get(cycle.digest)
        if steps is None:
            places = self._definitions(cycle.digest).named_places()
            steps = self._steps[cycle.digest] = frozenset(place.partition(".")[0] for place in places)
        return ("opens" if isinstance(event, CycleOpened) else event.step) in steps


def named_at(definition: Definition, cycle: Cycle, place: str) -> tuple[str, ...]:
    """The people whom `STEP.FIELD` names; only ever ids, whatever the definition says."""
    step, _, name = place.partition(".")
    field = definition.fields(step).get(name)
    people = field is not None and (field.of if field.type == "list" else field.type) == "person"
    return tuple(dict.fromkeys(cycle.named(place))) if people else ()
