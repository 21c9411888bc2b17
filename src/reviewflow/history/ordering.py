"""Rows in the order in which they happened, where a source has them in another. What it orders it holds in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time
from itertools import groupby

from reviewflow.exchange.rows import Row
from reviewflow.history.mapping import Mapping
from reviewflow.history.rules import Rules
from reviewflow.history.tables import Tables
from reviewflow.history.templates import Template


def in_time(rows: Iterable[Row], mapping: Mapping, rules: Rules, further: Tables, *, together: bool) -> Iterator[Row]:
    """Each case's rows by their days. Where cases stand together one is held at a time, else the whole file.

    A row without a day that can be read stays behind the row that it stood behind.
    """
    case = Template(mapping.case, set(mapping.tables))

    def case_of(row: Row) -> str:
        further.cells = row.cells
        return case.fill(row.cells, further.look)

    held: Iterable[tuple[str, Iterable[Row]]]
    if together:
        held = groupby(rows, key=case_of)
    else:
        cases: dict[str, list[Row]] = {}
        for row in rows:
            cases.setdefault(case_of(row), []).append(row)
        held = cases.items()
    for _, some in held:
        yield from _sorted(some, rules, further)


def _sorted(rows: Iterable[Row], rules: Rules, further: Tables) -> list[Row]:
    keyed: list[tuple[tuple[date, time], int, Row]] = []
    last = (date.min, time.min)
    for number, row in enumerate(rows):
        further.cells = row.cells
        rule = rules.of(row.cells)
        text = rule.happened.fill(row.cells, further.look) if rule is not None and rule.happened is not None else ""
        found = rule.dates.read(text) if rule is not None and text else None
        if found is not None:
            last = (found.on, found.at or time.min)
        keyed.append((last, number, row))
    return [row for _, _, row in sorted(keyed, key=lambda one: one[:2])]
