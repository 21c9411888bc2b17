"""What is known, with events of cycles ahead of it that one command has decided and nobody has recorded yet.

A command that is made of several decisions judges each on what those before it made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from reviewflow.cycle import fold
from reviewflow.cycle.setting import Known
from reviewflow.cycle.state import Cycle
from reviewflow.events import Event, Recorded
from reviewflow.registry.over import KnownOver
from reviewflow.workflow.definition import Definition


class CyclesAhead(KnownOver[Known]):
    """Implements `Known` over another one; only cycles may move ahead."""

    def __init__(self, known: Known, at: datetime) -> None:
        """`at` stands for the moment of recording."""
        super().__init__(known)
        self._at = at
        self._cycles: dict[str, Cycle] = {}
        self._more: dict[str, list[Recorded]] = defaultdict(list)
        self._touched: dict[str, list[str]] = defaultdict(list)

    def take(self, decided: Sequence[tuple[str, Event]]) -> None:
        """These events follow, each in its stream."""
        for stream, event in decided:
            one = stream.removeprefix("cycle-")
            before = self.cycle(one)
            place = Recorded(0, self._at, stream, before.version + 1 if before else 1, event)
            self._cycles[one] = fold.evolve(before, place, partial(self.cycle_records, one))
            self._more[one].append(place)
            for key in event.touches():
                self._touched[key].append(stream)

    def cycle(self, cycle_id: str) -> Cycle | None:
        """A cycle as it will stand."""
        return self._cycles.get(cycle_id) or self._known.cycle(cycle_id)

    def cycle_records(self, cycle_id: str) -> list[Recorded]:
        """Its events, with those to come."""
        return [*self._known.cycle_records(cycle_id), *self._more[cycle_id]]

    def touching(self, set_name: str) -> list[str]:
        """The streams whose events touched a named set, or will."""
        found, more = self._known.touching(set_name), self._touched[set_name]
        return sorted({*found, *more}) if more else found

    def touches(self, set_name: str) -> int:
        """How many events touched a named set, or will."""
        return self._known.touches(set_name) + len(self._touched[set_name])

    def definition(self, digest: str) -> Definition:
        """The definition of a published digest."""
        return self._known.definition(digest)
