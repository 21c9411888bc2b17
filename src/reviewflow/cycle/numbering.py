"""The number of a new cycle among those that its subject began in a year, and the handle that is made of it."""

from __future__ import annotations

from itertools import count

from reviewflow.cycle.events import numbered_among
from reviewflow.cycle.setting import Known


def next_number(known: Known, subject: str, name: str, year: str) -> tuple[int, str]:
    """One more than the highest so far, and a handle that nothing else has; `name` is the subject's own handle.

    Cycles that are opened here leave no gaps, so that how many there are is the highest, and no other cycle need be
    read. One that was taken over keeps its number, and its handle.
    """
    among = numbered_among(subject, year)
    highest = known.touches(among)
    none_missing = not highest or _taken(known, _handle(name, year, highest))
    if not none_missing or _taken(known, _handle(name, year, highest + 1)):
        cycles = (known.cycle(stream.removeprefix("cycle-")) for stream in known.touching(among))
        highest = max((cycle.number for cycle in cycles if cycle is not None), default=0)
    handles = ((number, _handle(name, year, number)) for number in count(highest + 1))
    return next((number, handle) for number, handle in handles if not _taken(known, handle))


def handles_ahead(known: Known, subject: str, name: str, year: str, cycles: int) -> list[str]:
    """The sets that will be asked for when so many cycles are numbered one after another."""
    highest = known.touches(numbered_among(subject, year))
    return [f"handle:{_handle(name, year, highest + number)}" for number in range(cycles + 1)]


def _taken(known: Known, handle: str) -> bool:
    """Counted, and not looked up: an import opens many cycles."""
    return known.touches(f"handle:{handle}") > 0


def _handle(name: str, year: str, number: int) -> str:
    return f"{name}-{year[:4]}-{number}"
