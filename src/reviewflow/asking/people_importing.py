"""Bringing in people: from files to the command, and what became of each row as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from reviewflow.asking.question import Question
from reviewflow.events import Asked
from reviewflow.registry.commands import ImportPeople
from reviewflow.registry.decide import explain
from reviewflow.registry.decided import Decided, Noted
from reviewflow.registry.people_cells import Order
from reviewflow.registry.people_reading import PeopleReading, read_people
from reviewflow.registry.people_sheet import MembershipRow, PersonRow, RoleRow
from reviewflow.registry.sheet import Sheet
from reviewflow.sheets.reading import read_sheets
from reviewflow.views.organisations import list_organisations

if TYPE_CHECKING:
    from reviewflow.wiring import Installation

_OUTCOMES: Final = ("new", "changed", "same", "refused")


class Looked(NamedTuple):
    """What an import would do. `decided.stopped` stands against all of it."""

    command: ImportPeople
    decided: Decided
    report: dict[str, Any]


def read(files: Sequence[tuple[str, bytes]], only: Sequence[str] = (), dates: Order | None = None) -> PeopleReading:
    """Files, each with what it is called, as rows; of their sheets `only` those of these names."""
    sheets: list[Sheet] = []
    for called, data in files:
        found = read_sheets(data, called)
        if len(files) > 1:
            name = PurePath(called).name
            found = [s if s.called == name else s._replace(called=f"{name}, {s.called}") for s in found]
        sheets += found
    return read_people(sheets, ", ".join(called for called, _ in files), dates=dates, only=only)


def look(question: Question, asked: Asked, reading: PeopleReading, *, from_elsewhere: bool = False) -> Looked:
    """Decide it in thought; `Refused` for whoever may bring in nobody."""
    command = importing(question, asked, reading, from_elsewhere=from_elsewhere)
    decided = explain(command, question.now)
    return Looked(command, decided, report(reading, decided))


def prepare(installation: Installation, decided: Decided) -> None:
    """One commit for the keys of all new people, just before it is recorded; else each would be one."""
    installation.vault.prepare(stream for stream, _ in decided.events)


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
