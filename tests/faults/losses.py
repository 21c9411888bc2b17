"""Ways in which power is lost: what of the unsynced reaches the disk. All of them are legal for one disk or another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from faults.disk import SECTOR, File, Length, Loss, Pending, Write


def nothing_unsynced() -> Loss:
    """The harshest: only what was synced is there."""
    return Loss(lambda _names: [], lambda _file: [])


def everything() -> Loss:
    """As if only the processes had died."""
    return Loss(lambda names: names, lambda file: file.pending)


def in_order(random: Random) -> Loss:
    """A journal of the file system: what happened first is there, up to some moment, the last write torn."""

    def changes(file: File) -> Iterator[Pending]:
        end = random.randint(0, len(file.pending))
        yield from file.pending[:end]
        for last in file.pending[end : end + 1]:
            yield from _torn(last, random)

    return Loss(lambda names: names[: random.randint(0, len(names))], changes)


def some(random: Random, likely: float) -> Loss:
    """Each change for itself is there or not."""
    return Loss(lambda names: _some(names, random, likely), lambda file: _lose(file, random, likely))


def names_only(random: Random) -> Loss:
    """The bytes are there, of the names some; as when nobody syncs a folder."""
    return Loss(lambda names: _some(names, random, 0.3), lambda file: file.pending)


def bytes_only(random: Random) -> Loss:
    """The names are there, of the bytes some; as when a name reaches the disk before what it names."""
    return Loss(lambda names: names, lambda file: _lose(file, random, 0.5))


def torn(random: Random) -> Loss:
    """All names; every write in some of its sectors only."""

    def changes(file: File) -> Iterator[Pending]:
        for change in file.pending:
            yield from _torn(change, random)

    return Loss(lambda names: names, changes)


def any_loss(random: Random) -> Loss:
    """One of them."""
    kinds = (
        nothing_unsynced, lambda: in_order(random), lambda: some(random, random.choice([0.1, 0.5, 0.9])),
        lambda: names_only(random), lambda: bytes_only(random), lambda: torn(random),
    )  # fmt: skip
    return random.choice(kinds)()


def _some(changes: Sequence[Any], random: Random, likely: float) -> list[Any]:
    return [change for change in changes if random.random() < likely]


def _lose(file: File, random: Random, likely: float) -> Iterator[Pending]:
    size = len(file.synced)
    for change in file.pending:
        if random.random() < likely:
            yield from _torn(change, random) if random.random() < 0.2 else [change]
        elif isinstance(change, Write) and change.offset + len(change.data) > size and random.random() < 0.25:
            # The file has the length already, and zeros where the bytes should be.
            size = change.offset + len(change.data)
            yield Write(size - 1, b"\0")


def _torn(change: Pending, random: Random) -> Iterator[Pending]:
    if isinstance(change, Length):
        if random.random() < 0.5:
            yield change
        return
    start, end = change.offset, change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if random.random() < 0.5:
            yield Write(start, change.data[start - change.offset : stop - change.offset])
        start = stop
