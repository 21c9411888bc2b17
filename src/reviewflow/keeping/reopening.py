"""Taking a move back: the store that was closed takes writes again, once it is certain that no other does.

The order is that of the copy the other way round: first the new store is shut, then the mark is taken away. A crash
between leaves none that takes writes, and the same command goes on. What stands at the new place decides:

- nothing, or a copy that was never finished: nobody ever wrote there. Whoever fills it just now is stopped.
- a store whose last record is ours: nothing was recorded there; it is shut.
- a store with records of its own: refused. It is the log now, and can be copied on to wherever it is wanted.
- it cannot be asked: refused. If it is lost for good, restore a backup of it; where there was none, this store is the
  newest that is left, and putting an empty database or folder in the lost one's place says so.
"""

from __future__ import annotations

from typing import Literal

from reviewflow.errors import StoreUnreachable
from reviewflow.ports import Record
from reviewflow.store.arriving import Arrival
from reviewflow.store.moved import unmark
from reviewflow.store.sql import SqlStore

Found = Literal["nothing", "unfinished", "shut"]


def reopen(source: SqlStore, target: SqlStore, origin: str, *, nothing_there: bool, dry_run: bool = False) -> Found:
    """Let `source` take writes again instead of `target`; what was found there.

    `nothing_there`: whoever asks has said that an empty place is not to be taken for one that lies elsewhere by now.
    Raises `StoreUnreachable` where it is not certain that nothing is lost.
    """
    with source.snapshot() as snapshot:
        position = snapshot.position()
        ours = snapshot.log(position - 1) if position else []
    with target.arrival() as place:
        found = _look(target, place)
        if found == "nothing" and not nothing_there:
            remedy = "if it was never written to, or is lost for good, say --nothing-there; else say where it lies now"
            raise StoreUnreachable(place.what, "there is nothing, and it may lie elsewhere", remedy)
        if found == "shut":
            with target.snapshot() as snapshot:
                theirs = snapshot.log(snapshot.position() - 1) if snapshot.position() else []
            if ours != theirs:
                why = f"its last record is another one ({_last(theirs)}, not {_last(ours)})"
                raise StoreUnreachable(place.what, why, "go on with it, or copy it to a third place")
        if dry_run:
            return found
        if found == "unfinished":
            place.begin("copy", origin)
        elif found == "shut":
            place.shut("copy", origin, position)
        with source.writing() as connection:
            unmark(connection)
    return found


def _look(target: SqlStore, place: Arrival) -> Found:
    try:
        begun = place.look()
    except StoreUnreachable:
        with target.snapshot():  # a store that is open; anything else is told as what it is
            return "shut"
    return "nothing" if begun is None else "unfinished"


def _last(records: list[Record]) -> str:
    return f"position {records[-1].position}" if records else "none"
