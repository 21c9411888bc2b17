"""Attributes as they gather on one trace, event or default: each under one key, also where XES allows a key again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewflow.errors import Fault
from reviewflow.exchange.limits import MOST_CELLS, MOST_DEFAULTS
from reviewflow.exchange.rows import shown


class Stop(Exception):
    """What makes a file no XES log. It leaves this package as `BadInput`.

    It carries its place, since after an error the parser runs on, deaf, to the end of what it was fed.
    """

    def __init__(self, where: str, got: str, want: str) -> None:
        """As in `Fault`."""
        super().__init__(where, got, want)
        self.fault = Fault(where, got, want)


class Held:
    """The cells of what is being read, and what is wrong with them."""

    __slots__ = ("cells", "faults", "lists", "place", "room")

    def __init__(self, place: Callable[[], str]) -> None:
        """`place` tells where the parser is."""
        self.place = place
        self.cells: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.lists: dict[str, dict[str, int]] = {}
        """Keys of elements that hold others and have no value: how often each key came in them."""
        self.room = MOST_CELLS

    def begin(self, cells: dict[str, str]) -> None:
        """Forget everything and begin with these cells, which do not count against the room."""
        self.cells = cells
        self.room = MOST_CELLS + len(cells)
        if self.faults:
            self.faults = []
        if self.lists:
            self.lists = {}

    def copy(self) -> Held:
        """The same, for good."""
        held = Held(self.place)
        held.cells, held.faults, held.lists = self.cells, self.faults, self.lists
        return held

    def again(self, parent: str | None, key: str) -> str | None:
        """The key for one more of this key: items of a list are numbered from #2 on. None where it may come once."""
        numbers = self.lists.get(parent) if parent is not None else None
        if numbers is None:
            return None
        while True:
            numbers[key] = numbers.get(key, 1) + 1
            numbered = f"{key}#{numbers[key]}"
            if numbered not in self.cells and numbered not in self.lists:
                return numbered

    def add_list(self, key: str) -> None:
        """An element that holds others."""
        self.lists[key] = {}
        if len(self.lists) > MOST_CELLS:
            raise Stop(self.place(), f"more than {MOST_CELLS:,} lists", "expected fewer on one event or trace")

    def add_fault(self, got: str, want: str) -> None:
        """A fault here that ends nothing, unless there is no end of them."""
        if len(self.faults) >= MOST_CELLS:
            raise Stop(self.place(), f"more than {MOST_CELLS:,} faults on one event or trace", "expected an XES log")
        self.faults.append(Fault(self.place(), got, want))

    def fill(self, defaults: Mapping[str, Held]) -> None:
        """Give what is absent its default, with all that is nested in it."""
        cells = self.cells
        for key, default in defaults.items():
            if key not in cells and key not in self.lists:
                for name, value in default.cells.items():
                    cells.setdefault(name, value)
                self.faults += default.faults


class Defaults(dict[str, Held]):
    """What `<global>` says for one scope: by key, each with what is nested in it."""

    def keep(self, key: str, held: Held) -> None:
        """One attribute of it, complete."""
        if key in self:
            raise Stop(held.place(), f"the default {shown(key)} a second time", "expected each key once")
        self[key] = held
        if sum(len(default.cells) + 1 for default in self.values()) > 2 * MOST_DEFAULTS:
            raise Stop(held.place(), f"more than {MOST_DEFAULTS} defaults", "expected fewer")
