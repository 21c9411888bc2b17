"""Bringing in people: from sheets that were read to the command, and what became of each row as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, cast

from reviewflow.asking.question import Question
from reviewflow.events import Asked
from reviewflow.registry.commands import ImportPeople
from reviewflow.registry.decided import Decided, Noted
from reviewflow.registry.people_reading import PeopleReading
from reviewflow.registry.people_sheet import MembershipRow, PersonRow, RoleRow
from reviewflow.views.organisations import list_organisations

_OUTCOMES: Final = ("new", "changed", "same", "refused")


def importing(
    question: Question, asked: Asked, reading: PeopleReading, *, from_elsewhere: bool = False
) -> ImportPeople:
    """The command for what was read, its faults with it; `Refused` for whoever may bring in nobody."""
    question.installation.engine.may_ask(question.now, "person import", asked.by)
    return ImportPeople(
        asked=replace(asked, door="import"), rows=reading.rows, faults=reading.faults, spoiled=reading.spoiled,
        opened=question.called.kept, called=_names(question, reading), from_elsewhere=from_elsewhere,
    )  # fmt: skip


def report(reading: PeopleReading, decided: Decided) -> dict[str, Any]:
    """What became of the rows; those that change nothing are only counted."""
    outcomes = Counter(one.outcome for one in decided.noted)
    unread = sum(one.rows for one in reading.sheets) - len(reading.rows)
    return {
        "sheets": [one._asdict() for one in reading.sheets],
        "rows": sum(one.rows for one in reading.sheets),
        "outcomes": {name: outcomes[name] + (unread if name == "refused" else 0) for name in _OUTCOMES},
        "noted": [_row(one) for one in decided.noted if one.outcome != "same"],
        "notes": list(reading.notes),
    }


def _row(one: Noted) -> dict[str, Any]:
    return {
        "sheet": one.sheet, "row": one.row, "outcome": one.outcome, "what": one.what, "why": one.reason,
        "changes": [{"field": c.field, "from": c.before, "to": c.after} for c in one.changes],
    }  # fmt: skip


def _names(question: Question, reading: PeopleReading) -> dict[str, tuple[str, ...]]:
    """The streams of what has one of the names that stand where a place is meant."""
    wanted: set[str] = set()
    for row in reading.rows:
        match row:
            case PersonRow():
                wanted.add(row.organisation.casefold())
            case RoleRow():
                wanted.add(row.held_in.casefold())
            case MembershipRow():
                wanted |= {row.organisation.casefold(), row.partnership.casefold()}
            case _:
                pass
    found: dict[str, list[str]] = {}
    with question.installation.store.reading() as connection:
        streams = [(one.name, f"organisation-{one.id}") for one in list_organisations(connection)]
    for kind in ("partnership", "programme"):
        label: Callable[[str], str] = getattr(question.called, kind)
        streams += [(label(one), f"{kind}-{one}") for one in question.find.all(cast("Any", kind))]
    for name, stream in streams:
        if (folded := name.casefold()) in wanted:
            found.setdefault(folded, []).append(stream)
    return {name: tuple(there) for name, there in found.items()}
