"""CSV that a spreadsheet opens without running anything: every cell quoted, what looks like a formula marked."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from reviewflow.apostrophe import with_apostrophe
from reviewflow.exchange.characters import clean_for_csv
from reviewflow.exchange.destination import Emit
from reviewflow.exchange.rows import shown
from reviewflow.exchange.values import Value, text_of


class CsvWriter:
    """Rows under columns that are given first. Nothing is an empty cell."""

    def __init__(self, emit: Emit, columns: Sequence[str]) -> None:
        """`ValueError` for columns that could not be told apart when read."""
        bad = [name for name in columns if not name or name != name.strip()]
        bad += [name for name, count in Counter(columns).items() if count > 1]
        if bad or not columns:
            raise ValueError(f"columns need names, each its own: {', '.join(map(shown, bad)) or 'there are none'}")
        self.replaced = 0
        self._columns = tuple(columns)
        self._known = frozenset(columns)
        self._csv = csv.writer(SimpleNamespace(write=emit), quoting=csv.QUOTE_ALL)
        self._csv.writerow([self._cell(name) for name in columns])

    def write(self, case: Mapping[str, Value], event: Mapping[str, Value]) -> None:
        """One row; `ValueError` for a key that no column holds, since nothing may be lost unseen."""
        cells = {f"case:{key}": value for key, value in case.items()} | dict(event)
        if lost := cells.keys() - self._known:
            raise ValueError(f"no column for {', '.join(map(shown, sorted(lost)))}")
        self._csv.writerow([self._cell(cells.get(name)) for name in self._columns])

    def close(self) -> None:
        """A CSV file has no end of its own."""

    def _cell(self, value: Value) -> str:
        text = text_of(value)
        if isinstance(value, str):
            text, count = clean_for_csv(text)
            self.replaced += count
            return with_apostrophe(text)
        if isinstance(value, int | float) or value is None:
            return text  # a negative number is a number
        return clean_for_csv(text)[0]
