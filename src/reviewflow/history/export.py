"""A cycle as it leaves this store: one case with one row an event, for process-mining tools and for another store.

The keys without `reviewflow:` are those that XES (IEEE 1849-2016) and its tools know. They say what is known now: a
corrected day is the corrected one. `reviewflow:event` is the event as it was recorded, from which another store makes
the same history again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from reviewflow.audit.naming import REMOVED, SEALED, Titles
from reviewflow.audit.words import CycleHistory
from reviewflow.calling import Called
from reviewflow.cycle import events as ev
from reviewflow.cycle.seeing import HIDDEN as NOT_SHOWN
from reviewflow.cycle.seeing import Seeing
from reviewflow.cycle.state import Cycle
from reviewflow.events import Event, Happened, Recorded
from reviewflow.exchange import Format, Writer
from reviewflow.history.export_document import HIDDEN, as_json, document_of
from reviewflow.history.export_seeing import hidden_in, step_of
from reviewflow.history.named import MANY_PEOPLE, PEOPLE, change_form
from reviewflow.workflow.definition import Definition

FORMAT: Final = 1
"""The number of this format: a store that does not know it refuses the file."""

CASE: Final = (
    "concept:name", "reviewflow:format", "reviewflow:cycle", "reviewflow:subject", "reviewflow:identities",
    "reviewflow:programme", "reviewflow:partnership", "reviewflow:workflow", "reviewflow:edition", "reviewflow:digest",
    "reviewflow:year", "reviewflow:number", "reviewflow:events", "reviewflow:people", "reviewflow:organisations",
)  # fmt: skip
"""What is said of every cycle."""

EVENT: Final = (
    "concept:name", "time:timestamp", "org:resource", "org:role", "lifecycle:transition", "identity:id",
    "reviewflow:version", "reviewflow:position", "reviewflow:recorded_at", "reviewflow:topic",
    "reviewflow:happened_on", "reviewflow:happened_at", "reviewflow:by", "reviewflow:person",
    "reviewflow:on_behalf_of", "reviewflow:entered_by", "reviewflow:corrected_by", "reviewflow:undone_by",
    "reviewflow:event",
)  # fmt: skip
"""What is said of every event; what there is nothing to say of is left out."""

_NAMESPACE: Final = UUID("7d0c5f5e-6f3c-5c9e-9d5b-2f8f6a1e0b47")
"""Of the ids of exported events: exported again, an event has the same one."""


class Exported(NamedTuple):
    """A cycle ready to be written. `untold`: events that may not even be told to the viewer; `hidden`: parts."""

    case: dict[str, Any]
    events: list[dict[str, Any]]
    untold: int
    hidden: int


@dataclass
class Exporting:
    """One cycle as one viewer may take it away. `records` are all its events as known at the moment asked about."""

    cycle: Cycle
    records: Sequence[Recorded]
    definition: Definition
    called: Called
    seeing: Seeing | None = None
    zone: str = "UTC"
    names: bool = True
    chosen: Sequence[Recorded] | None = None
    """Those to be told: what had happened by a day; None: all."""

    def made(self) -> Exported:
        """The case and its rows, in the order of the stream."""
        chosen = self.records if self.chosen is None else self.chosen
        everything = self.seeing is None or self.seeing.viewer is None
        told = [one for one in chosen if everything or self._history.line(one) is not None]
        people: dict[str, str] = {}
        organisations: dict[str, Any] = {}
        rows = [self._row(one, people, organisations) for one in told]
        hidden = sum(1 for row in rows if row.pop("hidden"))
        return Exported(self._case(len(rows), people, organisations), rows, len(chosen) - len(told), hidden)

    @cached_property
    def _history(self) -> CycleHistory:
        """What the viewer is told in words; an export tells no more."""
        return CycleHistory(self.records, self.definition, self.called, seeing=self.seeing, zone=self.zone)

    @property
    def _titles(self) -> Titles:
        return self._history.telling.titles

    @cached_property
    def _moments(self) -> dict[int, Happened]:
        """When each event happened, as last corrected."""
        moments = {one.version: one.event.happened for one in self.records}
        for one in self.records:
            if isinstance(one.event, ev.EventCorrected) and one.event.occurred is not None:
                moments[one.event.corrects] = one.event.occurred
        return moments

    def _corrected(self, event: Event) -> Event | None:
        """The event that a correction is about."""
        return self.records[event.corrects - 1].event if isinstance(event, ev.EventCorrected) else None

    def _case(self, count: int, people: Mapping[str, str], organisations: Mapping[str, Any]) -> dict[str, Any]:
        cycle, known = self.cycle, self.called.known
        subject = known.organisation(cycle.subject)
        programme = known.programme(cycle.programme)
        partnership = known.partnership(cycle.partnership) if cycle.partnership else None
        identities = " ".join(f"{i.scheme}:{i.value}" for i in subject.identities) if subject else ""
        found = (
            cycle.handle, FORMAT, cycle.id, subject.name if subject else cycle.subject, identities or None,
            programme.handle if programme else cycle.programme, partnership.handle if partnership else None,
            cycle.workflow, cycle.edition, cycle.digest, cycle.year, cycle.number, count, dict(people),
            dict(organisations),
        )  # fmt: skip
        return _filled(CASE, found)

    def _row(self, recorded: Recorded, people: dict[str, str], organisations: dict[str, Any]) -> dict[str, Any]:
        event, version = recorded.event, recorded.version
        hidden = hidden_in(event, self._history.telling, self._corrected(event))
        vault = self.called.vault
        document = document_of(recorded, vault.open, readable=vault.readable, hidden=hidden)
        for person in _people_of(document):
            self._name(person, people)
        self._named_in_form(recorded, hidden, people, organisations)
        moment = self._moments[version]
        dated = "happened" not in hidden
        entered = document["entered_by"]
        found = (
            self._concept(event), self._timestamp(moment) if dated else None, self._who(document["by"], people),
            self._titles.role(event.role), "complete", str(uuid5(_NAMESPACE, f"{self.cycle.id} {version}")),
            version, recorded.position, recorded.recorded_at if dated else None, event.topic,
            moment.on.isoformat() if dated else None,
            moment.at.isoformat() if dated and moment.at else None,
            True if dated and moment.latest else None,
            None if document["by"] == HIDDEN else event.by,
            self._who(document.get("on_behalf_of"), people),
            NOT_SHOWN if isinstance(entered, dict) else self._who(entered, people),
            self._history.corrected.get(version), self._history.undone.get(version), document,
        )  # fmt: skip
        return {**_filled(EVENT, found), "hidden": bool(hidden)}

    def _concept(self, event: Event) -> str:
        titles = self._titles
        step = step_of(event)
        kind = event.topic.partition(".")[2].rpartition("/")[0].replace("-", " ").capitalize()
        if isinstance(event, ev.TransitionTaken | ev.ActRecorded):
            return titles.step(event.step)
        if isinstance(event, ev.AgreementGiven):
            return f"{kind}: {titles.step(step or '')}"
        assigned = getattr(event, "assigned", None)
        return f"{kind}: {titles.role(assigned)}" if assigned else kind

    def _timestamp(self, moment: Happened) -> datetime:
        """The moment in the programme's time zone; the day's first where no time is known."""
        return datetime.combine(moment.on, moment.at or time(), ZoneInfo(self.zone))

    def _who(self, person: Any, people: Mapping[str, str]) -> str | None:
        """A name where it may be said and can be read, else the id."""
        if person == HIDDEN:
            return NOT_SHOWN
        return people.get(person, person) if isinstance(person, str) else None

    def _name(self, person: str, people: dict[str, str]) -> None:
        if self.names and person not in people and self.called.known.person(person) is not None:
            name = self.called.person(person)
            if name not in (REMOVED, SEALED):
                people[person] = name

    def _named_in_form(
        self, recorded: Recorded, hidden: frozenset[str], people: dict[str, str], organisations: dict[str, Any]
    ) -> None:
        event = recorded.event

        def look(kind: str, one: Any) -> Any:
            if kind == "person":
                self._name(one, people)
            else:
                self._organisation(one, organisations)
            return one

        if isinstance(event, ev.CycleOpened):
            self._organisation(event.subject, organisations)
        step = step_of(self._corrected(event) or event)
        values = {name: v for name, v in getattr(event, "values", {}).items() if f"values.{name}" not in hidden}
        if step is not None:
            change_form(self.definition.fields(step), values, look)

    def _organisation(self, one: str, organisations: dict[str, Any]) -> None:
        found = self.called.known.organisation(one)
        if found is not None and one not in organisations:
            identities = [[i.scheme, i.value] for i in found.identities]
            organisations[one] = {
                "name": found.name, "handle": found.handle, "kind": found.kind, "identities": identities,
            }  # fmt: skip


def columns() -> tuple[str, ...]:
    """The columns of a table, as `exchange.writer` wants them for CSV."""
    return (*(f"case:{key}" for key in CASE), *EVENT)


def write(to: Writer, form: Format, exported: Exported) -> None:
    """Every event of a cycle, with documents as JSON where the format has one text a value."""
    case = exported.case if form == "jsonl" else _flat(exported.case)
    for event in exported.events:
        to.write(case, event if form == "jsonl" else _flat(event))


def _flat(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {key: as_json(value) if isinstance(value, dict) else value for key, value in cells.items()}


def _people_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Everybody whom a document names outside its form, and who may be known to be named."""
    for name in (*PEOPLE, "entered_by"):
        if isinstance(person := document.get(name), str):
            yield person
    for name in MANY_PEOPLE:
        if isinstance(several := document.get(name), list):
            yield from several


def _filled(keys: Sequence[str], found: Sequence[Any]) -> dict[str, Any]:
    return {key: value for key, value in zip(keys, found, strict=True) if value is not None}
