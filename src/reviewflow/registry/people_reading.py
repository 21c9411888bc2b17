"""Sheets of people, roles, training and memberships as rows: recognised by their header, every fault with its cell.

Nothing is passed over in silence: columns and sheets that are not read are named in `notes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.cells import BadCell
from reviewflow.registry.names import shown
from reviewflow.registry.people_cells import Order, as_typed
from reviewflow.registry.people_sheet import (
    KINDS,
    NOTES,
    NOTES_HEADER,
    PEOPLE,
    MembershipRow,
    PersonRow,
    RoleRow,
    Row,
    SheetColumn,
    SheetKind,
    kind_called,
    plain,
)
from reviewflow.registry.sheet import Cell, Merged, Place, Sheet, address

MOST_ROWS: Final = 100_000
_HEADER_WITHIN: Final = 20
"""So many rows may stand above the header, or be empty there."""


class Read(NamedTuple):
    """A sheet that was read: how it is called, its kind, and how many rows of data it has."""

    called: str
    kind: str
    rows: int


class PeopleReading(NamedTuple):
    """The good rows in the order of the file, the faults of the others, and what was not read."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    sheets: tuple[Read, ...]
    spoiled: frozenset[str] = frozenset()
    """Addresses and ids of people whose own row could not be read: other rows about them are not to blame."""


class _Header(NamedTuple):
    at: int
    kind: SheetKind
    columns: dict[str, int]


def read_people(
    sheets: Sequence[Sheet], what: str, *, dates: Order | None = None, only: Sequence[str] = ()
) -> PeopleReading:
    """What the sheets say; `only` names the sheets to read. `BadInput` where nothing in them is known."""
    notes: list[str] = []
    faults: list[Fault] = []
    rows: list[Row] = []
    spoiled: set[str] = set()
    read: list[Read] = []
    unknown: list[tuple[Sheet, list[Fault]]] = []
    for sheet in _chosen(sheets, only, what, notes):
        header, wrong = _header(sheet)
        faults += wrong
        if header is not None:
            found, total = _rows(sheet, header, dates, faults, notes, spoiled)
            rows += found
            read.append(Read(sheet.called, header.kind.name, total))
        elif not wrong and sheet.rows and not _is_notes(sheet):
            unknown.append((sheet, _closest(sheet)))
    for sheet, closest in unknown:
        if only or not read or kind_called(sheet.name):
            faults += closest
        else:
            notes.append(f"{sheet.called} was not read: {closest[0].want}")
    if not read and not faults:
        raise BadInput(what, [Fault("", "nothing", f"expected a sheet with one of: {_all_kinds()}")])
    if (total := sum(one.rows for one in read)) > MOST_ROWS:
        raise BadInput(what, [Fault("", f"{total:,} rows", f"expected at most {MOST_ROWS:,}; bring it in parts")])
    return PeopleReading(tuple(rows), tuple(faults), tuple(notes), tuple(read), frozenset(spoiled))


def _chosen(sheets: Sequence[Sheet], only: Sequence[str], what: str, notes: list[str]) -> list[Sheet]:
    wanted = {name.strip().casefold() for name in only}
    if missing := wanted - {sheet.name.casefold() for sheet in sheets}:
        there = ", ".join(sheet.name for sheet in sheets)
        raise BadInput(what, [Fault("--sheet", shown(name), f"there are: {there}") for name in sorted(missing)])
    if wanted:
        return [sheet for sheet in sheets if sheet.name.casefold() in wanted]
    notes += [f"{sheet.called} is hidden and was not read" for sheet in sheets if sheet.hidden and sheet.rows]
    return [sheet for sheet in sheets if not sheet.hidden]


def _is_notes(sheet: Sheet) -> bool:
    return sheet.name == NOTES and tuple(sheet.rows[0][1][: len(NOTES_HEADER)]) == NOTES_HEADER


def _all_kinds() -> str:
    return "; ".join(f"{kind.name} ({', '.join(c.header for c in kind.needed)})" for kind in KINDS)


def _columns(kind: SheetKind, cells: Sequence[Cell]) -> dict[str, list[int]]:
    """Which columns each field is found in, counted from 1; another header for it counts only where its own is not."""
    there = [plain(cell) for cell in cells]
    found = {}
    for column in kind.columns:
        own = [n for n, header in enumerate(there, 1) if header == plain(column.header)]
        also = {plain(name) for name in column.also}
        found[column.field] = own or [n for n, header in enumerate(there, 1) if header in also]
    return found


def _header(sheet: Sheet) -> tuple[_Header | None, list[Fault]]:
    """The first row that is the header of some kind."""
    for index, (number, cells) in enumerate(sheet.rows[:_HEADER_WITHIN]):
        fits = []
        for kind in KINDS:
            found = _columns(kind, cells)
            if all(found[column.field] for column in kind.needed):
                # The kind that most of the columns belong to; the name of the sheet decides between equals.
                weight = (sum(map(bool, found.values())), kind is kind_called(sheet.name))
                fits.append((weight, kind, found))
        if not fits:
            continue
        best = max(weight for weight, _, _ in fits)
        kinds = [(kind, found) for weight, kind, found in fits if weight == best]
        where = f"{sheet.called}, row {number}"
        if len(kinds) > 1:
            names = " or ".join(kind.name for kind, _ in kinds)
            want = f"this could be {names}; name the sheet as one of them, or leave out columns"
            return None, [Fault(where, "", want)]
        kind, found = kinds[0]
        twice = [(kind_column, found[kind_column.field]) for kind_column in kind.columns]
        wrong = [
            Fault(where, f"column {shown(column.header)} in {' and '.join(address(number, n) for n in places)}",
                  "expected it once")
            for column, places in twice if len(places) > 1
        ]  # fmt: skip
        return (None, wrong) if wrong else (_Header(index, kind, {f: n[0] for f, n in found.items() if n}), [])
    return None, []


def _closest(sheet: Sheet) -> list[Fault]:
    """What is missing for the kinds that come closest."""
    missing: list[tuple[float, str, str]] = []
    for kind in KINDS:
        lacks = min(
            ([c.header for c in kind.needed if not _columns(kind, cells)[c.field]] for _, cells in
             sheet.rows[:_HEADER_WITHIN]), key=len,
        )  # fmt: skip
        missing.append((len(lacks) / len(kind.needed), kind.name, ", ".join(lacks)))
    best = min(missing)[0]
    named = kind_called(sheet.name)
    close = [m for m in missing if (m[1] == named.name if named else m[0] == best)]
    header = " | ".join(as_typed(cell) for cell in sheet.rows[0][1] if cell is not None)
    return [
        Fault(sheet.called, shown(header), f"for {name} these columns are missing: {lacks}") for _, name, lacks in close
    ]


def _rows(
    sheet: Sheet, header: _Header, dates: Order | None, faults: list[Fault], notes: list[str], spoiled: set[str]
) -> tuple[list[Row], int]:
    number, cells = sheet.rows[header.at]
    if header.at:
        above = ", ".join(str(n) for n, _ in sheet.rows[: header.at])
        notes.append(f"{sheet.called}: above the header, not read: row {above}")
    used = set(header.columns.values())
    extra = [shown(as_typed(c)) for n, c in enumerate(cells, 1) if n not in used and plain(c)]
    if extra:
        notes.append(f"{sheet.called}: not read, no column of {header.kind.name}: {', '.join(extra)}")
    faults += [_merged(sheet, one) for one in sheet.merged if _matters(one, number, used)]
    rows: list[Row] = []
    empty: list[int] = []
    total = 0
    for row_number, row in sheet.rows[header.at + 1 :]:
        held: dict[str, Cell] = {
            field: cell
            for field, n in header.columns.items()
            if n <= len(row) and (cell := row[n - 1]) is not None and not (isinstance(cell, str) and not cell.strip())
        }
        if not held:
            empty.append(row_number)
            continue
        total += 1
        place = Place(sheet.called, row_number, header.columns)
        made = _row(header.kind, place, held, dates, faults)
        if made is not None:
            rows.append(made)
        elif header.kind is PEOPLE:
            spoiled |= {as_typed(held[f]).strip().casefold() for f in ("email", "id") if f in held}
    if empty:
        notes.append(f"{sheet.called}: nothing in the columns that are read: row {', '.join(map(str, empty[:10]))}"
                     + (f" and {len(empty) - 10} more" if len(empty) > 10 else ""))  # fmt: skip  # noqa: PLR2004
    return rows, total


def _matters(merged: Merged, header: int, used: Iterable[int]) -> bool:
    """Whether a cell that is read shares its value with another: a spreadsheet keeps it in the first one only."""
    inside = [n for n in used if merged.left <= n <= merged.right]
    return merged.bottom > header and bool(inside)


def _merged(sheet: Sheet, merged: Merged) -> Fault:
    return Fault(
        f"{sheet.called}, cells {merged}", "merged cells", "expected each cell to say what it holds: unmerge them"
    )


def _row(kind: SheetKind, place: Place, held: dict[str, Cell], dates: Order | None, faults: list[Fault]) -> Row | None:
    values: dict[str, Any] = {}
    wrong: list[Fault] = []
    for column in kind.columns:
        cell = held.get(column.field)
        try:
            value = column.read(cell, dates)
            if column.filled and value in ("", None):
                raise BadCell(f"something here: {_lower(column)}")  # noqa: TRY301 - one way to say what is wrong
        except BadCell as error:
            wrong.append(Fault(place.cell(column.field), shown(as_typed(cell)), f"expected {error.want}"))
        else:
            values[column.field] = value
    row = kind.row(place=place, **values) if not wrong else None
    if row is not None:
        wrong += _together(row)
    faults += wrong
    return None if wrong else row


def _lower(column: SheetColumn) -> str:
    return column.means[0].lower() + column.means[1:].rstrip(".")


def _together(row: Row) -> list[Fault]:
    """What is wrong although each cell alone is well."""
    place = row.place
    match row:
        case PersonRow():
            if row.role and not row.organisation:
                return [Fault(place.cell("organisation"), "nothing", f"expected where {shown(row.role)} is held")]
            if row.since and not row.organisation:
                return [Fault(place.cell("organisation"), "nothing", "expected the organisation they belong to")]
            if not row.email and not row.id:
                want = "expected an e-mail address, or an id: by a name alone nobody can be told from others"
                return [Fault(place.cell("email"), "nothing", want)]
            if not row.name and not row.id:
                return [Fault(place.cell("name"), "nothing", "expected a name")]
        case RoleRow() | MembershipRow():
            if _backwards(row.since, row.until):
                return [Fault(place.cell("until"), str(row.until), f"expected a day not before {row.since}")]
        case _:
            if _backwards(row.completed, row.valid_until):
                want = f"expected a day not before {row.completed}"
                return [Fault(place.cell("valid_until"), str(row.valid_until), want)]
    return []


def _backwards(since: date | None, until: date | None) -> bool:
    return since is not None and until is not None and until < since
