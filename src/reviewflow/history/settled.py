"""What earlier imports made of a source: which rows they took, and which they left although they took later ones.

A row that was refused left no trace. Taken again it would be judged by what came after it, and an old slip could
overwrite what is right by now: so it is only told what would become of it, unless somebody asks for it to be taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from reviewflow.engine import Engine
from reviewflow.history.arranging import Item

A_QUESTION = 500
"""Ids asked for at once."""


class Settled:
    """The ids of rows that an earlier import did not take, but took a later one of the same case."""

    def __init__(self, left: set[bytes]) -> None:
        """Each id as bytes: they may be many."""
        self._left = left

    def __contains__(self, item_id: str) -> bool:
        return _short(item_id) in self._left


NOTHING = Settled(set())


def settled(items: Iterable[Item], engine: Engine, *, together: bool) -> Settled:
    """Read a source once for what earlier imports made of it. `together` as for the reading itself."""
    left: set[bytes] = set()
    waiting: dict[str, list[bytes]] = defaultdict(list)
    items = iter(items)
    while some := list(islice(items, A_QUESTION)):
        there = recorded(engine, some)
        for item in some:
            if item.first and together:
                waiting.clear()
            if there.isdisjoint(item.commands):
                waiting[item.case].append(_short(item.id))
            else:
                left.update(waiting.pop(item.case, ()))
    return Settled(left)


def recorded(engine: Engine, items: Iterable[Item]) -> set[str]:
    """The ids of those commands of some rows that are in the log."""
    with engine.store.snapshot() as snapshot:
        return set(snapshot.commands([one for item in items for one in item.commands]))


def _short(item_id: str) -> bytes:
    return bytes.fromhex(item_id[:32])
