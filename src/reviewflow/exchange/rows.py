"""What reading a file gives, in any format: rows of texts, each with its place and with what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from reviewflow.errors import Fault

Format = Literal["csv", "xes", "jsonl"]


class Row(NamedTuple):
    """One event as its file tells it; nothing is read into the texts yet.

    `number` counts events from 1; `place` is for a person who looks the row up in the file. A row with `faults`
    does not say what it should say: take none of its cells as true.
    """

    number: int
    place: str
    cells: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


class Rows:
    """The rows of one open file, once through; `header` is empty where the format has none.

    Rows before a fault that ends the file (`BadInput`) have been given out by then: who must have all or nothing
    reads the file to its end first.
    """

    def __init__(self, form: Format, header: tuple[str, ...], rows: Iterator[Row]) -> None:
        """`rows` is read once, as this is."""
        self.format: Format = form
        self.header = header
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def __next__(self) -> Row:
        return next(self._rows)


def shown(text: str, longest: int = 60) -> str:
    """A value for a message: quoted, escaped where it cannot be seen, cut where it is long."""
    cut = text if len(text) <= longest else text[:longest] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + "'" if text else "nothing"
