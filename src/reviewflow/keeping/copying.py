"""The same log in a new store, and the old store closed: `store copy`.

The order of commits, and what a crash leaves at each place. There is no moment at which two stores take writes:

1. The new store is made, shut (`store/arriving.py`). Crash: the old one goes on; the next run goes on from here.
2. Records arrive in batches, each with its views, one transaction each, while commands go on at the old store.
   Crash: as before; the next run reads what is there and compares it, then goes on behind it.
3. The old store's append lock is taken: nothing is recorded meanwhile. What came last is copied, and the copy is
   proved: positions, count, last position, one SHA-256 over all records read from either side, streams and commands
   without gaps, sets counted from the events equal to those of the old store. Most of that was done before the lock,
   for records never change; under it only what came last is read.
   Crash, or a proof that fails: the lock goes with the transaction, the old store goes on.
4. The mark is committed at the old store: from now on its log refuses to grow. Crash: no store takes writes until the
   next run, which finds the mark, proves again and does step 5. Two databases have no common commit, so that either
   none or both take writes for a moment; two would be two histories.
5. The new store is opened.

Not covered: a database that loses a commit which it acknowledged (`synchronous_commit = off`, a standby promoted that
had not got the mark) loses the mark of step 4 as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from reviewflow.errors import IntegrityBroken, StoreUnreachable
from reviewflow.keeping.arriving import BATCH, Arriving
from reviewflow.keeping.tally import Tally
from reviewflow.ports import Clock, Record
from reviewflow.store.moved import Moved, mark_moved, moved_to
from reviewflow.store.proving import count_sets, first_difference, first_gap, last_position, read_log
from reviewflow.store.sql import SqlStore
from reviewflow.views.view import Told

LAST: Final = 200
"""So many records may be left for the time in which nothing can be recorded."""
ROUNDS: Final = 50
"""Where commands come faster than they are copied, the lock is taken after so many rounds all the same."""

Heard = Callable[[str, int, int], None]
"""Told what is being done (`reading`, `copying`, `comparing`, `closing`, `marked`, `opened`), how far, of how much."""

Carry = Callable[[Any, Any], None]
"""Puts rows of the old store, by its connection, into the new one, by its; may be done again."""

Read = Callable[[int, int], list[Record]]
"""The next records behind a position, so many at most."""


class Copied(NamedTuple):
    """What was copied."""

    position: int
    digest: str
    before: int
    """How many records an earlier run had copied."""
    under_lock: int
    """How many were copied while nothing could be recorded."""
    marked_before: bool
    """Whether an earlier run had closed the old store already."""


def copy(
    source: SqlStore, arriving: Arriving, origin: str, to: str, clock: Clock, heard: Heard = lambda *_: None,
    carry: Carry = lambda *_: None,
) -> Copied:  # fmt: skip
    """Everything in `source` into the place of `arriving`, which is empty or was begun by an earlier run.

    `origin` and `to` are the addresses of both without passwords; `carry` takes along what is not in the log.
    Raises `StoreUnreachable` for a place that another program fills or that holds something else, `IntegrityBroken`
    or `ImpossibleHistory` for a log that is not whole.
    """
    place = arriving.place
    marked = _mark_for(source.moved(), to)
    if place.look() is None and marked:
        remedy = "restore a backup of it; if nothing was ever recorded there: reviewflow store reopen"
        raise StoreUnreachable(place.what, "the store was moved here, and nothing is here any more", remedy)
    before = place.begin("copy", origin)
    copying = _Copying(source, arriving, heard)
    copying.resume(before)
    copying.catch_up()
    with source.writing() as connection:
        mark = moved_to(connection)
        if (mark is not None) != marked:
            why = "another program that copied the same store closed it meanwhile"
            raise StoreUnreachable(place.what, why, "run this again: it goes on, or says where the store is")
        heard("closing", 0, 0)
        under_lock = copying.last(connection, carry)
        if not marked:
            mark_moved(connection, to, clock.now())
    heard("marked", 0, 0)
    place.finish()
    heard("opened", 0, 0)
    return Copied(copying.here.position, copying.here.digest, before, under_lock, marked)


def _mark_for(mark: Moved | None, to: str) -> bool:
    """Whether the source is marked as moved to this place; raises if it is elsewhere."""
    if mark is not None and mark.to != to:
        raise mark.refusal("the store that is to be copied")
    return mark is not None


class _Copying:
    """One run: both sides, and what was read of each."""

    def __init__(self, source: SqlStore, arriving: Arriving, heard: Heard) -> None:
        self.source, self.arriving, self.heard = source, arriving, heard
        self.here, self.there = Tally(), Tally()
        self.compared: int | None = None
        """The position at which all sets were compared."""
        self.touched: set[str] = set()
        """The sets that were touched behind it."""

    def resume(self, before: int) -> None:
        """Read what an earlier run copied, on both sides; it must be the same."""
        if not before:
            return
        position = self._position()
        if position < before:
            raise self._other(f"it holds {before} records, the store that is to be copied {position}")
        while self.here.position < before:
            self.heard("reading", self.here.position, before)
            self.here.take(self._next(before, self._read))
            self.arriving.read_back(self.there, self.here.position)
            if self.here != self.there:
                raise self._other(f"up to position {self.here.position} it holds other records")
        self.arriving.resume()

    def catch_up(self) -> None:
        """Copy until little is left, and compare everything once, with both at the same position."""
        self._copy(self._position(), self._read)
        with self.source.snapshot() as snapshot:
            # Read by this one: another could have to wait for somebody who waits for this one to end.
            self._copy(snapshot.position(), snapshot.log)
            self.heard("comparing", self.here.position, self.here.position)
            with self.arriving.place.filling() as filling:
                _sound(first_gap(filling.connection))
                self._same(first_difference(snapshot.connection, filling.connection))
            snapshot.settle()
        self.compared = self.here.position
        for _ in range(ROUNDS):
            position = self._position()
            if position - self.here.position <= LAST:
                return
            self._copy(position, self._read)

    def last(self, still: Any, carry: Carry) -> int:
        """Copy what is left, read by a connection that holds the log still, and prove that both are the same.

        How many were left. No other reading is begun here.
        """
        before, until = self.here.position, last_position(still)
        self._copy(until, lambda after, limit: read_log(still, after, limit))
        if self.here != self.there or self.here.position != until:
            raise IntegrityBroken(self.here.position, f"the copy has {self.there!r}, want {self.here!r}")
        with self.arriving.place.filling() as filling:
            _sound(first_gap(filling.connection, self.compared or 0))
            self._same(first_difference(still, filling.connection, self.touched))
            both = count_sets(still), count_sets(filling.connection)
            if both[0] != both[1]:
                self._same(f"the sets add up to {tuple(both[0])}, in the copy to {tuple(both[1])}")
            carry(still, filling.connection)
        return self.here.position - before

    def _copy(self, until: int, read: Read) -> None:
        while self.here.position < until:
            self.heard("copying", self.here.position, until)
            records = self._next(until, read)
            self.here.take(records)
            self.arriving.take(records, self._note)
            self.arriving.read_back(self.there, self.here.position)

    def _note(self, told: Told) -> None:
        if self.compared is not None:  # what was touched before is compared with everything else
            self.touched.update(told[1].touches())

    def _next(self, until: int, read: Read) -> list[Record]:
        after = self.here.position
        records = read(after, min(BATCH, until - after))
        if not records:
            raise IntegrityBroken(after + 1, "the store that is to be copied has no record here")
        return records

    def _read(self, after: int, limit: int) -> list[Record]:
        with self.source.snapshot() as snapshot:
            return snapshot.log(after, limit)

    def _position(self) -> int:
        """Where the log ends; up to there it stays what it is, even if the server dies right now."""
        with self.source.snapshot() as snapshot:
            position = snapshot.position()
            snapshot.settle()
            return position

    def _same(self, difference: str | None) -> None:
        if difference is not None:
            why = f"the sets counted from the events are not those of the store: {difference}"
            raise IntegrityBroken(self.here.position, why)

    def _other(self, why: str) -> StoreUnreachable:
        return StoreUnreachable(self.arriving.place.what, why, "name a place where there is nothing yet")


def _sound(broken: IntegrityBroken | None) -> None:
    if broken is not None:
        raise broken
