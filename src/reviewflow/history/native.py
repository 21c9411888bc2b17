"""Taking in what reviewflow itself exported: whole cycles, event for event, or the reason why not.

Nothing is judged again. A cycle that is here already stays as it is: the same file twice changes nothing, and an
import that was cut short goes on where it stopped.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from typing import Any, Final, NamedTuple

from reviewflow.cycle.taking_over import only_administrators
from reviewflow.engine import Engine
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked
from reviewflow.exchange.held import Held
from reviewflow.exchange.reading import open_rows
from reviewflow.exchange.rows import Row
from reviewflow.exchange.source import Progress
from reviewflow.history.native_case import CYCLE, EVENT, NativeCase, cases
from reviewflow.history.native_places import Here
from reviewflow.history.native_taking import Outcome, Taking

NOWHERE_SAID = Here()
BATCH: Final = 500
"""Events that make a transaction full."""


def is_native(header_or_cells: Container[str]) -> bool:
    """Whether a file with this header, or with these cells in its first row, is an export of reviewflow."""
    return CYCLE in header_or_cells and EVENT in header_or_cells


class Report(NamedTuple):
    """What became of a whole file. `refusals` holds each cycle that was refused."""

    events: int
    cycles: int
    taken_over: int
    unchanged: int
    events_taken_over: int
    people: int
    organisations: int
    refusals: tuple[Outcome, ...]

    @property
    def reasons(self) -> dict[str, int]:
        """How many cycles were refused for what."""
        found = Counter(code for one in self.refusals for code in {unmet.code for unmet in one.reasons})
        return dict(sorted(found.items()))

    def data(self) -> dict[str, Any]:
        """The report as one document; its keys stay."""
        return {
            **{name: value for name, value in self._asdict().items() if name != "refusals"},
            "refused": len(self.refusals),
            "reasons": self.reasons,
            "refusals": [
                {"cycle": one.cycle, "handle": one.handle, "place": one.place,
                 "reasons": [{"code": unmet.code, "sentence": unmet.sentence} for unmet in one.reasons]}
                for one in self.refusals
            ],
        }  # fmt: skip


def import_file(
    file: str | Held, engine: Engine, asked: Asked, *, otherwise: str, here: Here = NOWHERE_SAID,
    progress: Progress | None = None, dry_run: bool = False,
) -> Report:  # fmt: skip
    """Take over every cycle of a file. `BadInput` for one that is no export; `otherwise` says what is done with it."""
    with open_rows(file, progress=progress, unquoted=True) as rows:
        first = next(rows, None)
        if first is None or not is_native(rows.header or first.cells):
            want = f"expected an export of reviewflow; {otherwise}"
            raise BadInput(str(file), [Fault("", "a file of another kind", want)])
        return import_rows(itertools.chain([first], rows), engine, asked, here=here, dry_run=dry_run)


def import_rows(
    rows: Iterable[Row], engine: Engine, asked: Asked, *, here: Here = NOWHERE_SAID, dry_run: bool = False
) -> Report:
    """Take over every cycle of an export. `Refused` where `asked.by` may not, `BadInput` where the file breaks off."""
    taken_over = unchanged = cycles = events = brought = 0
    people: set[str] = set()
    organisations: set[str] = set()
    refusals: list[Outcome] = []
    for one in import_cases(rows, engine, asked, here=here, dry_run=dry_run):
        cycles += 1
        events += one.events
        people |= one.people
        organisations |= one.organisations
        taken_over += one.outcome == "taken-over"
        unchanged += one.outcome == "unchanged"
        brought += one.events if one.outcome == "taken-over" else 0
        if one.outcome == "refused":
            refusals.append(one)
    return Report(events, cycles, taken_over, unchanged, brought, len(people), len(organisations), tuple(refusals))


def import_cases(
    rows: Iterable[Row], engine: Engine, asked: Asked, *, here: Here = NOWHERE_SAID, dry_run: bool = False
) -> Iterator[Outcome]:
    """The same, told cycle by cycle in the order of the file; several small ones are taken over in one transaction."""
    with engine.knowing() as known:
        only_administrators(asked, known)
    taking = Taking(engine, asked, here, dry_run=dry_run)
    batch: list[NativeCase] = []
    found = cases(rows)
    while True:
        try:
            case = next(found, None)
        except BadInput:
            yield from taking.done(batch)  # what was whole before the file breaks off
            raise
        full = sum(len(one.lines) for one in batch) >= BATCH
        if batch and (case is None or full or any(one.cycle == case.cycle for one in batch)):
            yield from taking.done(batch)
            batch = []
        if case is None:
            return
        batch.append(case)
