"""JSON Lines: one object per event, with its case told again, so that each line can be understood alone."""

from __future__ import annotations

from collections.abc import Mapping

from reviewflow.exchange.characters import clean
from reviewflow.exchange.destination import Emit
from reviewflow.exchange.values import Value, json_text


class JsonWriter:
    """`{"case": {…}, "event": {…}}` on each line; values inside one another stay so."""

    def __init__(self, emit: Emit) -> None:
        """`emit` takes each line once."""
        self.replaced = 0
        self._emit = emit

    def write(self, case: Mapping[str, Value], event: Mapping[str, Value]) -> None:
        """One line."""
        line, count = clean(json_text({"case": case, "event": event}))
        self.replaced += count
        self._emit(line + "\n")

    def close(self) -> None:
        """A file of lines has no end of its own."""
