"""The sheets of people as files, to be filled in or given out: a workbook, or one sheet as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.people_sheet import KINDS, SheetKind, kind_called
from reviewflow.registry.sheet import Cell

_WIDTH: Final = 28
_NARROW: Final = 14

Form = Literal["xlsx", "csv"]
Filled = Sequence[tuple[SheetKind, Sequence[Sequence[Cell]]]]


def chosen(sheets: Sequence[str], where: str) -> list[SheetKind]:
    """The kinds of these names; all, if none is named. `where` they were named, for faults."""
    kinds = [(name, kind_called(name)) for name in sheets]
    if unknown := [name for name, kind in kinds if kind is None]:
        there = ", ".join(kind.name for kind in KINDS)
        raise BadInput(where, [Fault(where, repr(name), f"expected one of {there}") for name in unknown])
    wanted = {kind.name for _, kind in kinds if kind}
    return [kind for kind in KINDS if not wanted or kind.name in wanted]


def written(form: Form, filled: Filled, notes: Sequence[Sequence[Cell]] = ()) -> bytes:
    """The file. CSV holds the first sheet and no notes."""
    return _csv(*filled[0]) if form == "csv" else _workbook(filled, notes)


def notes_of(kinds: Sequence[SheetKind]) -> list[list[Cell]]:
    """What each column means, with an invented example: for a file to fill in."""
    return [
        [kind.name, c.header, "yes" if c.filled else "column" if c.needed else "no", c.means, c.example]
        for kind in kinds for c in kind.columns
    ]  # fmt: skip


def _csv(kind: SheetKind, rows: Sequence[Sequence[Cell]]) -> bytes:
    from reviewflow.sheets import separated

    return separated.write([column.header for column in kind.columns], rows)


def _workbook(filled: Filled, notes: Sequence[Sequence[Cell]]) -> bytes:
    from reviewflow.registry.people_sheet import NOTES, NOTES_HEADER
    from reviewflow.sheets.writing import Leaf, write_workbook

    leaves = [
        Leaf(
            kind.name,
            [column.header for column in kind.columns],
            rows,
            [_WIDTH] * len(kind.columns),
            {number: c.choices for number, c in enumerate(kind.columns, 1) if c.choices},
        )
        for kind, rows in filled
    ]
    if notes:
        leaves.append(Leaf(NOTES, NOTES_HEADER, notes, (_NARROW, _NARROW, _NARROW, 90, _WIDTH)))
    return write_workbook(leaves)
