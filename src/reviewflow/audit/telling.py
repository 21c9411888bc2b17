"""What one viewer is told of one cycle: names, titles and the values of forms, or that they are not shown.

Everything that puts a cycle in words goes through here, so that history, summary and difference show
the same to the same person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from reviewflow.audit.beside import NOTHING, Beside
from reviewflow.audit.line import Detail, acting_for
from reviewflow.audit.naming import Names, Titles, as_text, quoted, shortened
from reviewflow.cycle import events as ev
from reviewflow.cycle.seeing import HIDDEN, Seeing
from reviewflow.cycle.state import NO_FIELDS, Cycle, StoodIn
from reviewflow.events import Event, Happened, Recorded, Text, Value
from reviewflow.workflow.definition import Definition, FormField


class Saying(NamedTuple):
    """One taking of a step, or one proposal of it; `values_at` is the version whose event holds the values."""

    step: str
    version: int
    values: dict[str, Value]
    values_at: int
    by: str
    fields_at: Mapping[str, int] = NO_FIELDS
    """Field -> version of the correction that holds its value."""

    def at(self, field: str) -> int:
        """The version whose event holds the value of a field."""
        return self.fields_at.get(field, self.values_at)


def sayings(records: Iterable[Recorded]) -> list[Saying]:
    """What the forms of these events say. Judges nothing: also a history that cannot be folded can be told."""
    found: list[Saying] = []
    proposed: dict[int, Saying] = {}
    for _, _, _, version, event in records:
        match event:
            case ev.CycleOpened():
                found.append(Saying("opens", version, event.values, version, event.by))
            case ev.AgreementGiven(proposal=None):
                proposed[version] = Saying(event.step, version, event.values, version, event.by)
            case ev.TransitionTaken() | ev.ActRecorded():
                one = proposed.get(event.proposal or 0)
                own = Saying(event.step, version, event.values, version, event.by)
                found.append(one._replace(version=version) if one else own)
    return found


def sayings_of(cycle: Cycle) -> list[Saying]:
    """What was said in a folded cycle."""
    return [
        Saying(s.step, s.version, s.values, s.values_at, s.by, s.fields_at)
        for said in cycle.said.values()
        for s in said
    ]


ActedFor = Mapping[int | tuple[int, str], str]
"""In whose name somebody acted: by the event's version, a signature by its proposal's version and the role."""
NOBODY: ActedFor = {}


def acted_for(stood_in: Iterable[StoodIn]) -> ActedFor:
    """The absent people."""
    found: dict[int | tuple[int, str], str] = {}
    for one in stood_in:
        found[one.version] = one.absent
        if one.signed is not None:
            found[one.signed, one.role] = one.absent
    return found


class Telling:
    """One cycle as one viewer is told of it. `hidden` counts what was asked for and is not shown."""

    def __init__(
        self, definition: Definition, names: Names, stream: str, said: Iterable[Saying] = (),
        seeing: Seeing | None = None, zone: str = "UTC", absent: ActedFor = NOBODY,
        beside: Beside = NOTHING,
    ) -> None:  # fmt: skip
        """Without `seeing` everything is shown; `zone` is the programme's, in which lateness is counted."""
        self.absent, self.beside = absent, beside
        self.titles, self.names, self.stream = Titles(definition), names, stream
        self.definition, self.seeing, self.zone = definition, seeing, zone
        self.said = sorted(said, key=lambda one: one.version)
        self.hidden = 0

    def sees(self, what: str, by: str) -> bool:
        """Whether an item of `visible` is shown; everyone sees what they wrote themselves."""
        return self.seeing is None or self.seeing.viewer in (None, by) or self.seeing.may(what)

    def tells(self, kind: type[Event], by: str, /, **what: Any) -> bool:
        """Whether it may be told that such an event happened: the answer of `Seeing`, for what is folded already."""
        return self.seeing is None or self.seeing.event(kind.model_construct(None, by=by, **what))

    def tells_step(self, step: str, by: str) -> bool:
        """Whether it may be told that a step was done."""
        kind = ev.ActRecorded if step in self.definition.acts else ev.TransitionTaken
        return self.tells(ev.CycleOpened if step == "opens" else kind, by, step=step)

    def day(self, happened: Happened, by: str) -> str:
        """When something happened; `by` is who did it."""
        return self.written(happened) if self.sees("dates", by) else self.hide()

    def written(self, day: Happened | date | str) -> str:
        """A day or a moment as the door writes it."""
        return self.names.writing.dates(str(day))

    def note_seen(self, version: int, by: str, beside: int | None) -> bool:
        """Whether a note may be shown, for itself and for what it stands beside."""
        return self.beside.note_seen(self.seeing, version, by, beside)

    def hide(self) -> str:
        """What stands where something is not shown."""
        self.hidden += 1
        return HIDDEN

    def person(self, person: str, by: str) -> str:
        """A person who has a part here; `by` is who wrote it."""
        return self.names.person(person) if self.sees_person(person, by) else self.hide()

    def actor(self, by: str, at: int | tuple[int, str]) -> str:
        """Who acted, and for whom; `at` is the event's version, or the proposal's with the role that was signed for."""
        absent = self.absent.get(at)
        return acting_for(self.person(by, by), self.person(absent, by) if absent is not None else None)

    def sees_person(self, person: str, by: str) -> bool:
        """Whether it may be told that this person has a part here; who wrote it knows."""
        return self.seeing is None or self.seeing.viewer in (None, by) or self.seeing.people(person)

    def text(self, text: Text, version: int, path: str, *, seen: bool) -> str:
        """A text of an event."""
        return self.names.open(text, self.stream, version, path) if seen else self.hide()

    def form(
        self, step: str, values: dict[str, Value], version: int, by: str, fields_at: Mapping[str, int] = NO_FIELDS
    ) -> list[Detail]:
        """The values of a step's form, in the order of the form; rows one by one."""
        fields = self.definition.fields(step)
        order = [*(name for name in fields if name in values), *(name for name in values if name not in fields)]
        found: list[Detail] = []
        for name in order:
            found += self._field(step, name, values[name], fields_at.get(name, version), by)
        return found

    def field_seen(self, step: str, field: str, by: str) -> bool:
        """Whether one field of a form is shown."""
        return self.seeing is None or self.seeing.field(step, field, by)

    def _field(self, step: str, name: str, value: Value, version: int, by: str) -> list[Detail]:
        label, path = self.titles.field(step, name), f"values.{name}"
        if not self.field_seen(step, name, by):
            return [Detail(label, self.hide(), name)]
        field = self.definition.fields(step).get(name)
        if not is_rows(value):
            return [Detail(label, self.value(field, value, version, path), name)]
        if not value:
            return [Detail(label, "none", name)]
        return [self._row(step, name, field, row, number, version) for number, row in enumerate(value, 1)]

    def _row(self, step: str, name: str, field: FormField | None, row: Value, number: int, version: int) -> Detail:
        cells = [
            f"{self.titles.field(step, name, column)}: {text}"
            for column, text in self.cells(field, row, version, f"values.{name}")
        ]
        called = self.names.writing.row(row["id"], number)
        title = self.row_title(field.over, row["id"], version) if field and field.over else called
        return Detail(f"{self.titles.field(step, name)}, {title}", "; ".join(cells) or "nothing", f"{name}.{row['id']}")

    def cells(self, field: FormField | None, row: dict[str, Value], version: int, path: str) -> list[tuple[str, str]]:
        """The cells of a row in the order of its columns: name and text."""
        return [
            (name, self.value(column, row[name], version, f"{path}.{row['id']}.{name}"))
            for name, column in columns_of(field, row)
        ]

    def value(self, field: FormField | None, value: Value, version: int, path: str) -> str:
        """A cell, or a list of cells, as people read it; whether it may be shown was asked before."""
        if not isinstance(value, list):
            return self._cell(field, value, version, path)
        return ", ".join(self.items(field, value, version, path)) if value else "none"

    def items(self, field: FormField | None, value: Value, version: int, path: str) -> tuple[str, ...]:
        """Each item of a list by itself; of a cell, the one."""
        if not isinstance(value, list):
            return (self._cell(field, value, version, path),)
        return tuple(self._cell(field, one, version, f"{path}.{n}") for n, one in enumerate(value))

    def _cell(self, field: FormField | None, value: Value, version: int, path: str) -> str:
        text = as_text(value, path)
        if text is not None:
            return self.names.open(text, self.stream, version, path)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if field is None or not isinstance(value, str):
            return str(value)
        kind = field.of if field.type == "list" else field.type
        if kind == "person":
            return self.names.person(value)
        if kind == "organisation":
            return self.names.organisation(value)
        if kind == "date":
            return self.written(value)
        is_choice = field.type == "choice" or isinstance(kind, tuple) or kind in self.definition.lists
        return self.titles.choice(field.of, value) if is_choice else value

    def row_title(self, place: str | None, row_id: str, before: int) -> str:
        """A row that was said earlier at `STEP.FIELD`: what it is called, and its first text where that is shown."""
        step, _, field = (place or "").partition(".")
        one = next((s for s in reversed(self.said) if s.step == step and s.version < before), None)
        rows = one.values.get(field) if one else None
        found = [(n, r) for n, r in enumerate(rows or (), 1) if r["id"] == row_id] if is_rows(rows) else []
        if one is None or not found:
            return row_id
        number, row = found[0]
        called = self.names.writing.row(row_id, number)
        if not self.field_seen(step, field, one.by):
            return called
        cells = self.cells(self.definition.fields(step).get(field), row, one.at(field), f"values.{field}")
        return f"{called} {quoted(shortened(cells[0][1]))}" if cells else called


def columns_of(field: FormField | None, row: dict[str, Value]) -> list[tuple[str, FormField | None]]:
    """The columns that a row has, in the author's order; at last those that the definition does not know."""
    columns = field.columns if field else {}
    order = [*(name for name in columns if name in row), *(name for name in row if name not in columns)]
    return [(name, columns.get(name)) for name in order if name != "id"]


def is_rows(value: Any) -> bool:
    """Whether a value is rows: a list of dicts with ids."""
    return isinstance(value, list) and all(isinstance(one, dict) and "id" in one for one in value)
