"""What an event says as it is now understood, ready to be said otherwise: its day, what it is about, its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.audit.naming import REMOVED, SEALED, as_text
from reviewflow.audit.telling import is_rows
from reviewflow.cycle import events as ev
from reviewflow.cycle.history import as_known
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Event, Happened, Value
from reviewflow.workflow.definition import FormField

Plain = str | list[str] | list[dict[str, str | list[str]]]
"""A value with its texts opened: one, several, or rows with their ids."""


class Correctable(NamedTuple):
    """One event, with every correction of it applied."""

    version: int
    happened: Happened
    dated: bool
    """Whether the viewer may see when it happened."""
    step: str
    """Whose form it holds; empty where it has none."""
    fields: Mapping[str, FormField]
    """Those of which the viewer may see what they say, and which can be read."""
    values: Mapping[str, Plain]
    unseen: int
    """Fields that were left out."""
    place: str | None
    """Where the rows stand that it may be about."""
    about: str | None
    corrected_by: int
    """The last correction of it, 0 for none."""


def correctable(question: Question, one: OneCycle, version: int) -> Correctable:
    """An event of a cycle; `BadInput` for one that is not there, was undone, or is itself a correction or an undo."""
    history = as_known(question.now.cycle_records(one.cycle.id))
    told = {record.version: record for record in history.told}
    if version not in told or not one.seeing.event(told[version].event):
        raise BadInput("event", [Fault("event", str(version), "no event of this cycle that can be corrected")])
    event = told[version].event
    # With a second signature the values stand in the proposal.
    holder = told.get(getattr(event, "proposal", None) or version, told[version])
    step = _step(holder.event)
    at = {name: history.fields_at.get(holder.version, {}).get(name, holder.version) for name in _fields(one, step)}
    opened = {
        name: _opened(question, one, value, at[name], f"values.{name}")
        for name, value in getattr(holder.event, "values", {}).items()
        if name in at and one.seeing.field(step, name, holder.event.by)
    }
    fields = {
        name: field for name, field in _fields(one, step).items()
        if one.seeing.field(step, name, holder.event.by) and opened.get(name, "") is not None
    }  # fmt: skip
    return Correctable(
        version, event.happened, one.seeing.may("dates") or event.by == question.viewer, step, fields,
        {name: value for name, value in opened.items() if value is not None},
        len(_fields(one, step)) - len(fields), _place(one, holder.event), getattr(holder.event, "about", None),
        max(history.corrected.get(version, 0), history.corrected.get(holder.version, 0)),
    )  # fmt: skip


def _step(event: Event) -> str:
    if isinstance(event, ev.CycleOpened):
        return "opens"
    return event.step if isinstance(event, ev.TransitionTaken | ev.ActRecorded | ev.AgreementGiven) else ""


def _fields(one: OneCycle, step: str) -> Mapping[str, FormField]:
    return one.definition.fields(step) if step else {}


def _place(one: OneCycle, event: Event) -> str | None:
    act = one.definition.acts.get(getattr(event, "step", ""))
    if act is not None:
        return act.about
    group = one.definition.evidence_kinds().get(event.kind) if isinstance(event, ev.EvidenceAdded) else None
    return group.about if group else None


def _opened(question: Question, one: OneCycle, value: Value, version: int, path: str) -> Plain | None:
    """None where some of it can no longer be read: nobody says anew what they do not know."""
    if is_rows(value):
        rows: list[dict[str, Any]] = []
        for row in value:
            cells = {
                name: cell if name == "id" else _opened(question, one, cell, version, f"{path}.{row['id']}.{name}")
                for name, cell in row.items()
            }
            if any(cell is None for cell in cells.values()):
                return None
            rows.append(cells)
        return rows
    if isinstance(value, list):
        found = [_cell(question, one, each, version, f"{path}.{n}") for n, each in enumerate(value)]
        return None if any(each is None for each in found) else [str(each) for each in found]
    return _cell(question, one, value, version, path)


def _cell(question: Question, one: OneCycle, value: Value, version: int, path: str) -> str | None:
    text = as_text(value, path)
    if text is not None:
        found = question.called.open(text, one.cycle.stream, version, path)
        return None if found in (REMOVED, SEALED) else found
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
