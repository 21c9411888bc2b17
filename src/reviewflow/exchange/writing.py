"""Writing events as a stream, in any of the formats: one interface, nothing held but the case being written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, TextIO

from reviewflow.exchange.csv_writing import CsvWriter
from reviewflow.exchange.destination import destination
from reviewflow.exchange.json_writing import JsonWriter
from reviewflow.exchange.rows import Format
from reviewflow.exchange.values import Value
from reviewflow.exchange.xes_writing import XesWriter


class Writer(Protocol):
    """Takes events one by one, those of one case consecutively."""

    replaced: int
    """Characters that the format cannot hold, written as U+FFFD so far."""

    def write(self, case: Mapping[str, Value], event: Mapping[str, Value]) -> None:
        """One event, and what is true of its whole case."""

    def close(self) -> None:
        """What ends the file, when every event was written."""


FORMATS: Final[tuple[Format, ...]] = ("csv", "jsonl", "xes")


@contextmanager
def writer(form: Format, target: str | Path | TextIO, *, columns: Sequence[str] = ()) -> Iterator[Writer]:
    """A writer of `form` to a path (`-`: standard output) or an open stream of text.

    A path holds the whole file when the block ends, and what it held before if the block raises. CSV alone needs
    `columns`, in their order: keys of events, and of cases as `case:KEY`.
    """
    with destination(target) as emit:
        made: Writer
        match form:
            case "csv":
                made = CsvWriter(emit, columns)
            case "jsonl":
                made = JsonWriter(emit)
            case "xes":
                made = XesWriter(emit)
        yield made
        made.close()
