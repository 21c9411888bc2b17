"""What is known, up to a position of the log, of the facts that one decision stood on.

The decision keeps its place; what is known of it grows with the log. Other cycles are taken as they stood when it was
recorded, with what turned out since to have happened before its day: a visit booked afterwards is none of its facts.
That somebody was forgotten since takes names away, and nothing of what was so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, Protocol

from reviewflow.cycle.events import MendingEvent
from reviewflow.cycle.fold import fold_known
from reviewflow.cycle.history import History, as_known
from reviewflow.cycle.state import Cycle
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Recorded, Text
from reviewflow.registry import calendars, organisations, partnerships, people, programmes, workflows
from reviewflow.workflow.definition import Definition

_MOST_KEPT: Final = 1_000
"""Streams, and folds of them, that are kept between decisions: the same people come again and again."""


class Log(Protocol):
    """The log as known at the moment asked about."""

    def records(self, stream: str) -> list[Recorded]:
        """The events of a stream, in order."""

    def touching(self, set_name: str) -> list[str]:
        """The streams whose events touched a named set, sorted."""

    def definition(self, digest: str) -> Definition:
        """The definition of a published digest."""

    def open(self, text: Text, stream: str, version: int, path: str) -> str | None:
        """A sealed text; None if it cannot be read any more."""


class Shelf:
    """A log with what was last read of it at hand; the least used is put away."""

    def __init__(self, log: Log) -> None:
        """Reads each stream once, as long as it is kept."""
        self.log = log
        self._records: OrderedDict[str, list[Recorded]] = OrderedDict()
        self._folds: OrderedDict[tuple[str, int], Any] = OrderedDict()

    def records(self, stream: str, until: int | None = None) -> Sequence[Recorded]:
        """The events of a stream, up to a position."""
        found: list[Recorded] = _kept(self._records, stream, lambda: self.log.records(stream))
        if until is None or not found or found[-1].position <= until:
            return found
        return [one for one in found if one.position <= until]

    def fold(self, stream: str, until: int | None, fold: Callable[[Sequence[Recorded]], Any]) -> Any:
        """A stream of the registry, folded up to a position."""
        records = self.records(stream, until)
        return _kept(self._folds, (stream, len(records)), lambda: fold(records))


def _kept(kept: OrderedDict[Any, Any], key: Any, make: Callable[[], Any]) -> Any:
    if key in kept:
        kept.move_to_end(key)
        return kept[key]
    made = kept[key] = make()
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
    return made


class Hindsight:
    """Implements `cycle.setting.Known` for one decision, up to a position; `reads`: the streams asked for."""

    def __init__(self, shelf: Shelf, decision: Recorded, until: int | None) -> None:
        """`until` None: everything known. Raises `ImpossibleHistory` like any fold."""
        self.shelf, self.until = shelf, until
        self.stream, self.position = decision.stream, decision.position
        self.reads: dict[str, None] = {}
        self._cycles: dict[str, Cycle | None] = {}
        self.history = self._history(decision.stream)
        found = next((one for one in self.history.told if one.version == decision.version), decision)
        self.event: Any = found.event
        """The decision as it is understood: corrected, and its "by" day placed."""

    def told(self, version: int) -> Any:
        """An event of the decision's cycle, as understood."""
        for one in self.history.told:
            if one.version == version:
                return one.event
        raise ImpossibleHistory(self.stream, version, "an event that a decision names is not there")

    @property
    def day(self) -> date:
        """The day of the decision."""
        return self.event.happened.on  # type: ignore[no-any-return]

    def changed_by(self) -> Recorded | None:
        """The last record, after the decision's own, of those that could have changed what was read."""
        found: Recorded | None = None
        for stream in self.reads:
            for one in reversed(self.shelf.records(stream, self.until)):
                if one.position <= (found.position if found is not None else self.position):
                    break
                if not stream.startswith("cycle-") or self._tells_of_before(one):
                    found = one
                    break
        return found

    def _tells_of_before(self, one: Recorded) -> bool:
        """Whether a later event of a cycle says something about the time before the decision."""
        return isinstance(one.event, MendingEvent) or one.event.happened.on < self.day

    def _history(self, stream: str) -> History:
        self.reads[stream] = None
        return as_known(self.shelf.records(stream, self.until))

    def stood(self, history: History, *, on_the_day: bool = False) -> Cycle | None:
        """A cycle as the decision found it, or as it was at the end of the decision's day."""
        told = [
            one
            for one in history.told
            if self._came_before(one) and not (on_the_day and one.event.happened.on > self.day)
        ]
        if not told or told[0].version != 1:
            return None  # as it is known now, it was not open then
        return fold_known(history._replace(told=told, last=None))

    def _came_before(self, one: Recorded) -> bool:
        """Whether it was recorded before the decision or happened on an earlier day; in a day the log's order rules."""
        return one.position < self.position or (one.position > self.position and one.event.happened.on < self.day)

    def cycle(self, cycle_id: str) -> Cycle | None:
        """Another cycle, as it stood when the decision was recorded."""
        if cycle_id not in self._cycles:
            self._cycles[cycle_id] = self.stood(self._history(f"cycle-{cycle_id}"))
        return self._cycles[cycle_id]

    def person(self, id: str) -> people.Person | None:  # noqa: A002 - the port's word
        """A person, with all that was so before they were forgotten."""
        found: people.Person | None = self._fold(f"person-{id}", people.fold_person)
        return found._replace(forgotten_on=None) if found is not None and found.forgotten else found

    def organisation(self, id: str) -> organisations.Organisation | None:  # noqa: A002
        """An organisation."""
        return self._fold(f"organisation-{id}", organisations.fold_organisation)  # type: ignore[no-any-return]

    def partnership(self, id: str) -> partnerships.Partnership | None:  # noqa: A002
        """A partnership."""
        return self._fold(f"partnership-{id}", partnerships.fold_partnership)  # type: ignore[no-any-return]

    def programme(self, id: str) -> programmes.Programme | None:  # noqa: A002
        """A programme."""
        return self._fold(f"programme-{id}", programmes.fold_programme)  # type: ignore[no-any-return]

    def calendar(self, owner: str) -> calendars.Calendars | None:
        """What an owner published."""
        return self._fold(f"calendar-{owner}", calendars.fold_calendars)  # type: ignore[no-any-return]

    def workflow(self, name: str) -> workflows.Published | None:
        """The published editions of a workflow."""
        return self._fold(f"workflow-{name}", workflows.fold_workflow)  # type: ignore[no-any-return]

    def _fold(self, stream: str, fold: Callable[..., Any]) -> Any:
        self.reads[stream] = None
        return self.shelf.fold(stream, self.until, fold)

    def cycle_records(self, cycle_id: str) -> list[Recorded]:
        """The events of a cycle that came before the decision."""
        return [one for one in self._history(f"cycle-{cycle_id}").told if self._came_before(one)]

    def definition(self, digest: str) -> Definition:
        """The definition of a published digest; it never changes."""
        return self.shelf.log.definition(digest)

    def touching(self, set_name: str) -> list[str]:
        """The streams that ever touched a set: the folds tell those that had not yet."""
        return self.shelf.log.touching(set_name)

    def touches(self, set_name: str) -> int:
        """How many streams ever touched a set."""
        return len(self.touching(set_name))

    def by_identity(self, scheme: str, value: str) -> list[str]:
        """Organisations that have or had an identity."""
        return [s.removeprefix("organisation-") for s in self.touching(f"identity:{scheme}:{value}")]

    def by_handle(self, handle: str) -> list[str]:
        """Streams with a handle."""
        return self.touching(f"handle:{handle}")

    def email_owner(self, email: str) -> str | None:
        """No rule asks for an address."""
        raise LookupError(email)
