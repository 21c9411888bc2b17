"""The facts that rules are judged on: flat, typed, dotted names, computed only when a rule asks.

What each name means and its type is said in `workflow/vocabulary.py`; here are the values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from reviewflow.cycle.setting import MOST_VISIT, Setting, bookings, clashing
from reviewflow.events import Unsealed, Value, is_sealed
from reviewflow.registry.eligibility import person_facts
from reviewflow.registry.people import Person
from reviewflow.workflow.definition import FormField, Step


class Facts(Mapping[str, Any]):
    """A read-only mapping that computes a fact when asked for it, once."""

    def __init__(
        self,
        setting: Setting,
        *,
        actor: str | None = None,
        step: str = "",
        values: Mapping[str, Value] | None = None,
        candidate: str | None = None,
        days: tuple[date, date] | None = None,
        acting_as: str | None = None,
    ) -> None:
        """`values`: the form being judged. `candidate`: whose eligibility is judged, for `days` about to be booked.

        `acting_as`: the role of somebody absent in which the actor acts, besides their own.
        """
        self.acting_as = acting_as
        self.days = days
        self.setting, self.actor, self.step, self.candidate = setting, actor, step, candidate
        self.form = values or {}
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._kept:
            self._kept[name] = self._compute(name)
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def _compute(self, name: str) -> Any:
        room, _, rest = name.partition(".")
        match room:
            case "day":
                return self.setting.day.isoformat()
            case "actor":
                return self._actor(rest)
            case "person":
                return self._person(rest)
            case "subject":
                return self._subject(rest)
            case "form":
                return form_fact(self.setting.definition.fields(self.step), self.form, rest)
            case "said":
                return self._said(rest)
            case "booked":
                return self._booked(rest)
            case _:
                return self._counted(room, rest)

    def _actor(self, rest: str) -> Any:
        if rest == "id":
            return self.actor or ""
        if rest == "roles":
            own = self.setting.roles_of(self.actor) if self.actor else []
            return own if self.acting_as in (None, *own) else [*own, self.acting_as]
        person = self.setting.person(self.actor) if self.actor else None
        return person.organisations(self.setting.day) if person else []

    def _person(self, rest: str) -> Any:
        assert self.candidate is not None
        if rest == "clashing_visits":
            spans = [self.days] if self.days else self._booked_already()
            return sorted({c for first, last in spans for c in clashing(self.setting, self.candidate, first, last)})
        person = self.setting.person(self.candidate)
        if person is None:
            return self.candidate if rest == "id" else []
        return person_facts(person, self.setting.day, self._declared_by())[f"person.{rest}"]

    def _declared_by(self) -> Iterator[Person]:
        """Who declared an interest with the candidate: it binds both ends."""
        for stream in self.setting.known.touching(f"declared:{self.candidate}"):
            found = self.setting.person(stream.removeprefix("person-"))
            if found is not None:
                yield found

    def _booked_already(self) -> list[tuple[date, date]]:
        cycle = self.setting.cycle
        booked = bookings(self.setting.definition, cycle) if cycle else []
        return [(first, last) for first, last, _ in booked]

    def _subject(self, rest: str) -> Any:
        setting = self.setting
        if rest == "id":
            return setting.subject
        partnership = setting.known.partnership(setting.partnership) if setting.partnership else None
        return partnership is not None and partnership.member_on(setting.subject, setting.day)

    def _said(self, rest: str) -> Any:
        step, _, field = rest.partition(".")
        said = self.setting.then.last(step) if self.setting.then else None
        return form_fact(self.setting.definition.fields(step), said.values if said else {}, field)

    def _counted(self, room: str, rest: str) -> Any:
        then, cycle = self.setting.then, self.setting.cycle
        match room:
            case "taken":
                return bool(then and then.said.get(rest))
            case "count":
                return len(then.said.get(rest, ())) if then else 0
            case "assigned":
                return then.assigned(rest) if then else []
            case "ever_assigned":
                # Independence is about the whole cycle as now known, not about one day of it.
                return cycle.ever_assigned(rest) if cycle else []
            case "evidence":
                return sum(1 for e in then.evidence if e.kind == rest) if then else 0
            case "uncovered":
                return self._uncovered(rest)
        raise KeyError(f"{room}.{rest}")

    def _uncovered(self, place: str) -> list[str]:
        setting, then = self.setting, self.setting.then
        if then is None:
            return []
        kinds = {k for k, group in setting.definition.evidence_kinds().items() if group.about == place}
        acts = {name for name, act in setting.definition.acts.items() if act.about == place}
        covered = {e.about for e in then.evidence if e.kind in kinds}
        covered |= {said.about for name in acts for said in then.said.get(name, ())}
        return [row for row in setting.rows(place) if row not in covered]

    def _booked(self, rest: str) -> list[str]:
        setting = self.setting
        step = setting.definition.step(self.step)
        span = booked_days(step, self.form) if step else None
        if span is None:
            return []
        first, last = span
        what, _, whom = rest.partition(".")
        if whom == "subject":
            return [day.isoformat() for day in setting.calendar_of(setting.subject).closed_days(first, last)]
        people = setting.then.assigned(whom) if setting.then else []
        if what == "clashes":
            return [p for p in people if clashing(setting, p, first, last)]
        return [p for p in people if self._closed_for(p, first, last)]

    def _closed_for(self, person_id: str, first: date, last: date) -> bool:
        person = self.setting.person(person_id)
        schools = person.organisations(self.setting.day) if person else []
        return any(self.setting.calendar_of(school).closed_days(first, last) for school in schools)


def booked_days(step: Step, values: Mapping[str, Value]) -> tuple[date, date] | None:
    """The days a step books with these values; None if it books none, or they make no sense."""
    if step.books is None:
        return None
    first, last = values.get(step.books.first), values.get(step.books.last)
    if not isinstance(first, str) or not isinstance(last, str) or first > last:
        return None
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    return (begins, ends) if ends - begins <= MOST_VISIT else None


def form_fact(fields: Mapping[str, FormField], values: Mapping[str, Value], rest: str) -> Any:
    """One fact of a form: `F`, `F.given`, `F.length`, `F.COLUMN`, `F.COLUMN.given`, `F.COLUMN.length`, `F.id`."""
    name, _, more = rest.partition(".")
    field, value = fields[name], values.get(name)
    if more == "given":
        return value is not None
    if field.type == "rows":
        rows = value or []
        column, _, what = more.partition(".")
        if column == "id":
            return [row["id"] for row in rows]
        return [_cell_fact(field.columns[column], row.get(column), what) for row in rows]
    if field.type == "list":
        items = value or []
        return [_length(item) for item in items] if more == "length" else [_content(item) for item in items]
    return _cell_fact(field, value, more)


_NEUTRAL: dict[str, Any] = {"int": 0, "number": 0.0, "bool": False}


def _cell_fact(field: FormField, value: Value, what: str) -> Any:
    if what == "given":
        return value is not None
    if what == "length":
        return _length(value)
    if value is None:
        return _NEUTRAL.get(field.type, "")
    return float(value) if field.type == "number" else _content(value)


def _length(value: Value) -> int:
    if value is None:
        return 0
    if is_sealed(value):
        return int(value["length"])
    return len(value.text if isinstance(value, Unsealed) else value)


def _content(value: Value) -> Any:
    if isinstance(value, Unsealed):
        return value.text
    # A sealed text has no content a rule may read; the check refuses rules that try.
    return "" if is_sealed(value) else value
