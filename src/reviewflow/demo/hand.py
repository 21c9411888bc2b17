"""The hand that gives the demo's commands: as the people of the story, at the story's time, told or in silence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from typing import Any, Final

from reviewflow.audit.naming import Titles
from reviewflow.audit.words import CycleHistory
from reviewflow.calling import Called
from reviewflow.cycle.commands import AddEvidence
from reviewflow.cycle.events import CycleOpened, TransitionTaken
from reviewflow.cycle.state import Cycle
from reviewflow.demo.cast import ZONE
from reviewflow.demo.checking import StoryBroken, expect
from reviewflow.demo.diary import StoryClock
from reviewflow.demo.telling import Teller
from reviewflow.demo.typed import typed
from reviewflow.engine import Done
from reviewflow.errors import Refused
from reviewflow.events import Asked, Command, Happened, Recorded, Unsealed
from reviewflow.knowing import Knowing
from reviewflow.wiring import Installation

_BETWEEN: Final = timedelta(seconds=20)
"""Two commands are never given in the same moment."""


class Hand:
    """Gives commands. What the story calls a person, a school or a cycle stands for its id everywhere."""

    def __init__(self, installation: Installation, clock: StoryClock, teller: Teller) -> None:
        """`clock` is the installation's own."""
        self.installation, self.clock, self.teller = installation, clock, teller
        self.ids: dict[str, str] = {}
        self.called_as: dict[str, str] = {}
        self._numbers = count(1)

    def register(self, key: str, one: str, called: str | None = None) -> None:
        """From now on `key` stands for an id; on the command line it is called so."""
        self.ids[key] = one
        self.called_as[one] = called or key

    def called(self, one: str) -> str:
        """What one types for an id."""
        return self.called_as.get(one, one)

    def give(
        self, command_: type[Command], by: str, *, on: date | None = None, entered_by: str | None = None,
        because: str | None = None, told: bool = False, file: tuple[str, bytes] | None = None, **fields: Any,
    ) -> Done:  # fmt: skip
        """Give a command; `file` is a file's name and bytes, as evidence has them."""
        command = self._command(command_, by, on, entered_by, because, fields)
        if told:
            self.teller.command(typed(command, self.called, file[0] if file else None))
        if file is not None and isinstance(command, AddEvidence):
            done = self.installation.engine.add_evidence(command, file[1])
        else:
            done = self.installation.engine.handle(command)
        if told:
            self.teller.outcome("; ".join([self._where(done), *self._states(done)]))
        return done

    def refused(
        self, codes: set[str], command_: type[Command], by: str, *, on: date | None = None, **fields: Any
    ) -> Refused:
        """Give a command that must be refused with exactly these codes, and must leave nothing behind."""
        command = self._command(command_, by, on, None, None, fields)
        before = self.position
        self.teller.command(typed(command, self.called))
        try:
            self.installation.engine.handle(command)
        except Refused as refused:
            expect("the reasons of the refusal", set(refused.codes), codes)
            expect("what a refusal leaves in the log", self.position, before)
            self.teller.outcome(*str(refused).split("\n"))
            return refused
        raise StoryBroken(f"{command.cause} is refused", "it was done", codes)

    @property
    def position(self) -> int:
        """The last position of the log."""
        with self.installation.store.snapshot() as snapshot:
            return snapshot.position()

    @contextmanager
    def knowing(self) -> Iterator[tuple[Knowing, Called]]:
        """What is known now, and how it is called."""
        with self.installation.engine.knowing() as known:
            yield known, Called(known, self.installation.vault)

    def cycle(self, handle: str) -> Cycle:
        """A cycle as it stands."""
        with self.knowing() as (known, _):
            cycle = known.cycle(self.ids[handle])
        assert cycle is not None
        return cycle

    def records(self, handle: str) -> list[Recorded]:
        """The events of a cycle."""
        with self.knowing() as (known, _):
            return known.cycle_records(self.ids[handle])

    def history(self, handle: str, known: Knowing, names: Called) -> CycleHistory:
        """The events of a cycle, ready to be put in words."""
        records = known.cycle_records(self.ids[handle])
        return CycleHistory(records, known.definition(self.cycle(handle).digest), names, zone=ZONE)

    def titles(self, cycle: Cycle) -> Titles:
        """What a cycle's definition calls its parts."""
        with self.knowing() as (known, _):
            return Titles(known.definition(cycle.digest))

    def _command(
        self, kind: type[Command], by: str, on: date | None, entered_by: str | None, because: str | None,
        fields: dict[str, Any],
    ) -> Command:  # fmt: skip
        self.clock.to(self.clock.now() + _BETWEEN)
        asked = Asked(
            id=f"demo-{next(self._numbers)}", at=self.clock.now(), by=self.ids.get(by, by),
            entered_by=self.ids.get(entered_by or by) or Unsealed("the demo"),  # nobody is registered at first
            happened=Happened(on=on) if on else None, reason=because,
        )  # fmt: skip
        return kind(asked=asked, **fields)

    def _where(self, done: Done) -> str:
        first = done.events[0]
        day = first.event.happened.on
        now = self.clock.now().date()
        when = f"{now}" if day == now else f"{now}, as of {day}"
        span = f"position {first.position}"
        if first.position != done.position:
            span = f"positions {first.position} to {done.position}"
        return f"{when}: recorded at {span}"

    def _states(self, done: Done) -> list[str]:
        """Where cycles are now, of those that moved."""
        moved = {one.stream for one in done.events if isinstance(one.event, CycleOpened | TransitionTaken)}
        cycles = sorted((one for one in done.cycles.values() if one.stream in moved), key=lambda one: one.handle)
        if len(cycles) > 1:
            return [f"opened {', '.join(cycle.handle for cycle in cycles)}"]
        return [f"{cycle.handle} is now in “{self.titles(cycle).state(cycle.state)}”" for cycle in cycles]
