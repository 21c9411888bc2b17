"""A large import shared among several processes: each reads the whole file and takes the cases of its own subjects.

All cases of one subject are one process's, so that they are numbered in the order of the file. What several of them
register (people) has the same id in each: the first one counts. The store keeps them apart: where one has read what
another changed, it decides again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from zlib import crc32

from reviewflow.history.told import PLACES, Place, Reason, Report


class Share(NamedTuple):
    """One of several parts of an import, counted from 0."""

    number: int
    of: int

    def holds(self, subject: str) -> bool:
        """Whether the cases of a subject belong to this part; the same in every process and at every import."""
        return crc32(subject.encode("utf-8", "surrogatepass")) % self.of == self.number


def added_up(reports: Sequence[Report]) -> Report:
    """The reports of all parts as that of the whole import."""
    whole = replace(reports[0])
    for one in reports[1:]:
        whole.cases += one.cases
        whole.rows += one.rows
        whole.outcomes = whole.outcomes + one.outcomes
        whole.events = whole.events + one.events
        whole.stopped = whole.stopped or one.stopped
    whole.ignored = {why: sum(r.ignored.get(why, 0) for r in reports) for r in reports for why in r.ignored}
    codes = dict.fromkeys(code for one in reports for code in one.refused)
    whole.refused = {code: _together([r.refused[code] for r in reports if code in r.refused]) for code in codes}
    return whole


def _together(parts: Sequence[Reason]) -> Reason:
    places = sorted((place for part in parts for place in part.places), key=_in_file)
    return Reason(sum(part.count for part in parts), places[:PLACES])


def _in_file(one: Place) -> tuple[int, ...]:
    """Where a place stands in its file: `line 12, column 3` after `line 9, column 40`."""
    digits = "".join(c if c.isdigit() else " " for c in one.place)
    return tuple(map(int, digits.split()))
