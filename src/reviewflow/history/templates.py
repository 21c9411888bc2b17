"""Templates of a mapping: texts with `{column}` and `{table.column}` in them, filled from a row. No code, ever."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

Cells = Mapping[str, str]
Look = Callable[[str], Cells]
"""A further table's name to its cells for the row at hand; no cells where it has none."""

LABEL: Final = ""
"""The column that `{}` names: what is being named."""
_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


class BadTemplate(ValueError):
    """A text that is no template; says what was got and what is wanted."""

    def __init__(self, got: str, want: str) -> None:
        """Both as a fault tells them."""
        super().__init__(got, want)
        self.got, self.want = got, want


class Hole(NamedTuple):
    """A place to fill: the column of the row, or of a further table."""

    table: str | None
    column: str


class Template:
    """A compiled template; what it gives has no blanks at its ends."""

    __slots__ = ("_only", "_parts", "holes")

    def __init__(self, text: str, tables: Collection[str] = ()) -> None:
        """`tables` are the names before a dot that mean a further table; raises `BadTemplate`."""
        parts: list[str | Hole] = []
        for found in _PART.finditer(text):
            piece, name = found.group(), found.group(1)
            if piece in ("{{", "}}"):
                parts.append(piece[0])
            elif name is not None:
                table, dot, column = name.partition(".")
                parts.append(Hole(table, column) if dot and table in tables else Hole(None, name))
            elif piece in "{}":
                raise BadTemplate(f"a {piece} without its other half", "write {column}, and {{ or }} for a brace")
            else:
                parts.append(piece)
        self._parts = tuple(parts)
        self.holes = tuple(part for part in parts if isinstance(part, Hole))
        only = parts[0] if len(parts) == 1 else None
        self._only = only.column if isinstance(only, Hole) and only.table is None else None

    @property
    def columns(self) -> list[str]:
        """The columns of the row that it reads."""
        return [hole.column for hole in self.holes if hole.table is None]

    @property
    def tables(self) -> list[str]:
        """The further tables that it reads."""
        return [hole.table for hole in self.holes if hole.table is not None]

    def fill(self, cells: Cells, look: Look) -> str:
        """The text for a row; what is not there is empty."""
        if self._only is not None:
            return cells.get(self._only, "").strip()
        return "".join(part if isinstance(part, str) else _cell(part, cells, look) for part in self._parts).strip()


def _cell(hole: Hole, cells: Cells, look: Look) -> str:
    return (cells if hole.table is None else look(hole.table)).get(hole.column, "")


def no_tables(_name: str) -> Cells:
    """For rows that know no further table."""
    return {}
