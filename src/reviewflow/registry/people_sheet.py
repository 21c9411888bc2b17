"""The sheets that people, roles, training and memberships are brought in with: columns, as a table.

Templates, exports and the reading all follow it. Columns may stand in any order; letter case, blanks and hyphens
of a header do not matter.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from reviewflow.registry.people_cells import Reader, code, day, words
from reviewflow.registry.permissions import STANDING_ROLES
from reviewflow.registry.sheet import Cell, Place


class PersonRow(NamedTuple):
    """A person as a sheet has them; what is empty is not known, and changes nothing."""

    place: Place
    name: str
    email: str
    organisation: str = ""
    role: str = ""
    since: date | None = None
    id: str = ""


class RoleRow(NamedTuple):
    """A role that a person holds somewhere."""

    place: Place
    person: str
    role: str
    held_in: str
    since: date | None = None
    until: date | None = None


class TrainingRow(NamedTuple):
    """A course that a person completed."""

    place: Place
    person: str
    course: str
    completed: date
    valid_until: date | None = None


class MembershipRow(NamedTuple):
    """An organisation's membership of a partnership."""

    place: Place
    organisation: str
    partnership: str
    since: date | None = None
    until: date | None = None


Row = PersonRow | RoleRow | TrainingRow | MembershipRow


class SheetColumn(NamedTuple):
    """A column: its header, how a cell is read, and what the notes of a template say of it."""

    header: str
    field: str
    read: Reader
    means: str
    example: Cell
    needed: bool = False
    """The column must be there."""
    filled: bool = False
    """Every row must hold something in it."""
    also: tuple[str, ...] = ()
    """Other headers under which it is known."""
    choices: tuple[str, ...] = ()
    """What a template offers; other values are allowed."""


class SheetKind(NamedTuple):
    """A kind of sheet; `name` is also what a template calls the sheet."""

    name: str
    title: str
    row: type[PersonRow | RoleRow | TrainingRow | MembershipRow]
    columns: tuple[SheetColumn, ...]

    @property
    def needed(self) -> list[SheetColumn]:
        """The columns without which a sheet is not of this kind."""
        return [c for c in self.columns if c.needed]


_FROM: Final = ("since", "start", "start date")
_UNTIL: Final = ("to", "end", "end date")
_PERSON: Final = SheetColumn(
    "person", "person", words, "Their e-mail address, or their id.", "zara@invented.example", needed=True, filled=True,
    also=("email", "email address"),
)  # fmt: skip
_ORGANISATION: Final = ("school", "organization")
_SINCE: Final = SheetColumn(
    "from", "since", day, "The first day; without it, the day of the import.", date(2026, 9, 1), also=_FROM
)
_LAST: Final = SheetColumn(
    "until", "until", day, "The last day, if there is one.", date(2027, 8, 31), also=_UNTIL
)  # fmt: skip

PEOPLE: Final = SheetKind("People", "who they are", PersonRow, (
    SheetColumn("name", "name", words, "The person's name; may be empty for somebody who is known already.",
                "Zara Invented", needed=True, also=("full name",)),
    SheetColumn("email", "email", words, "Their e-mail address: people are told apart by it. One address, one person.",
                "zara@invented.example", needed=True, also=("email address",)),
    SheetColumn("organisation", "organisation", code, "Where they work: a handle, a URN, an id or the whole name.",
                "invented-primary", also=_ORGANISATION),
    SheetColumn("role", "role", words, "The role they hold there; without it, staff.", "head",
                choices=("head", "staff")),
    SheetColumn("from", "since", day, "Since when they hold it; without it, the day of the import.",
                date(2026, 9, 1), also=_FROM),
    SheetColumn("id", "id", code, "Their id, where an export gave one: finds them when the address has changed.", ""),
))  # fmt: skip
ROLES: Final = SheetKind("Roles", "roles held in organisations, partnerships, programmes", RoleRow, (
    _PERSON,
    SheetColumn("role", "role", words, "The role's name.", "partnership_lead", needed=True, filled=True,
                choices=STANDING_ROLES),
    SheetColumn("held in", "held_in", code, "An organisation, partnership or programme: a handle, a URN, an id or the "
                "whole name; or installation.", "invented-cluster", needed=True, filled=True, also=("in", "place")),
    _SINCE, _LAST,
))  # fmt: skip
TRAINING: Final = SheetKind("Training", "courses completed", TrainingRow, (
    _PERSON,
    SheetColumn("course", "course", words, "The course's short name.", "peer-reviewer", needed=True, filled=True),
    SheetColumn("completed", "completed", day, "The day on which it was completed.", date(2026, 6, 1), needed=True,
                filled=True, also=("completed on", "date completed", "date")),
    SheetColumn("valid until", "valid_until", day, "The last day on which it counts, if there is one.",
                date(2028, 5, 31), also=("expires", "expiry date")),
))  # fmt: skip
MEMBERSHIPS: Final = SheetKind("Memberships", "which organisation belongs to which partnership", MembershipRow, (
    SheetColumn("organisation", "organisation", code, "The organisation: a handle, a URN, an id or the whole name.",
                "invented-primary", needed=True, filled=True, also=_ORGANISATION),
    SheetColumn("partnership", "partnership", code, "The partnership: a handle, an id or the whole name.",
                "invented-cluster", needed=True, filled=True),
    _SINCE, _LAST,
))  # fmt: skip

KINDS: Final = (PEOPLE, ROLES, TRAINING, MEMBERSHIPS)
NOTES: Final = "Notes"
"""The sheet of a template that explains the others; never read."""
NOTES_HEADER: Final = ("sheet", "column", "needed", "what it holds", "example")


def kind_called(name: str) -> SheetKind | None:
    """The kind of this name, whatever its letter case."""
    return next((kind for kind in KINDS if kind.name.casefold() == name.strip().casefold()), None)


def plain(header: Cell) -> str:
    """A header as it is compared: `E-mail`, `e mail` and `Email ` are one."""
    return re.sub(r"[\s_\-\u2010-\u2015*:]+", "", header).casefold() if isinstance(header, str) else ""
