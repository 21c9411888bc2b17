"""Views rebuilt while commands go on: filled beside those in use, compared with them, put in their place.

How far each has come is kept like a follower's position, in the transaction of its rows: whoever is killed goes on
there, and of two that rebuild one view at once the second is told. Nothing is ever sent out: effects are no view.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from typing import Final

from sqlalchemy import Connection, bindparam, delete, update

from reviewflow import __version__
from reviewflow.engine.batches import uncollected
from reviewflow.errors import Refused, StoreUnreachable, StreamMoved, Unmet
from reviewflow.following import positions
from reviewflow.following.filling import Filling, Part, Parts, Progress, Tell, fillings, silent
from reviewflow.following.follower import BATCH, Reading, ViewFollower, step
from reviewflow.following.tables import followers
from reviewflow.ports import Clock
from reviewflow.store.replacing import InUse
from reviewflow.store.sql import SqlStore
from reviewflow.views.assembled import Views
from reviewflow.views.beside import OLD
from reviewflow.views.comparing import compare, misshapen
from reviewflow.views.statement import Statement
from reviewflow.views.swapping import drop, make_new, new_tables, swap, whole

PREFIX: Final = "rebuild:"
"""What the place of a rebuild is kept under, before the name of its view."""
_BEGUN: Final = f"begun by reviewflow {__version__}"
_PATIENCE: Final = ((0.05, 0.05), (0.1, 0.1), (0.2, 0.3), (0.5, 1.0), (0.5, 2.0), (0.5, 5.0))
"""Seconds to wait for readers, in which new ones wait too, and seconds to let them go on after that."""

_MARK = Statement(
    update(followers).where(followers.c.name == bindparam("the_name")).values(why=bindparam("begun")),
    "begun", "the_name",
)  # fmt: skip


_END = Statement(
    delete(followers).where(followers.c.name == bindparam("the_name"), followers.c.position == bindparam("here")),
    "the_name", "here",
)  # fmt: skip


class Rebuilding:
    """One rebuild of some views; `run` does all of it."""

    def __init__(
        self, store: SqlStore, views: Views, clock: Clock, names: Iterable[str] = (), *,
        batch: int = BATCH, tell: Tell = silent, rest: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        """`names` of views, all without; `rest` waits so many seconds."""
        self._store, self._clock, self._tell, self._rest = store, clock, tell, rest
        self._batch, self._parts = batch, Parts(batch)
        self._filled = fillings(views, names)
        self._applied: Part | None = None
        self._applying: Filling | None = None
        self._committed = False
        self._left = self._held = 0.0

    def run(self, *, afresh: bool = False) -> list[Filling]:
        """Rebuild them and put them in place, also those that differ; where each ended, and what came of it.

        A view that cannot apply a record is left as it is, with `broken_at`. Goes on where an earlier rebuild was
        cut short, unless `afresh`. Raises `Refused` when somebody else rebuilds one of them.
        """
        try:
            self._start(afresh=afresh)
            self._fill()
            self._bring_up()
            self._fill(self._compare)
            self._put_in_place()
        except positions.Overtaken as overtaken:
            names = ", ".join(one.view.name for one in self._filled)
            sentence = f"somebody else rebuilds this at the same time: {names}; the other one goes on"
            raise Refused("views rebuild", [Unmet("rebuilt-by-another", sentence)]) from overtaken
        return self._filled

    @property
    def _sound(self) -> list[Filling]:
        return [one for one in self._filled if one.broken_at is None]

    def _start(self, *, afresh: bool) -> None:
        with self._store.changing() as connection:
            for one in self._filled:
                name = PREFIX + one.view.name
                place = positions.place_of(connection, name)
                one.free = one.followed and not _kept_up(connection, one)
                if place and not afresh and place.why == _BEGUN and not place.broken_at and whole(connection, one.view):
                    one.position = place.position
                    continue
                positions.forget(connection, name)
                positions.begin(connection, name, 0, self._clock.now())  # first: whoever else begins waits here
                _MARK.run(connection, _BEGUN, name)
                make_new(connection, one.view)

    def _fill(self, there: Callable[[Reading], None] | None = None) -> None:
        """Up to where each may go, a batch at a time; between two batches whoever waits to write has a turn.

        `there` is called with a snapshot in which each is where it may go.
        """
        while True:
            with uncollected():
                with self._store.snapshot() as snapshot:
                    part = self._parts.next(snapshot, self._sound)
                    end, life = snapshot.position(), snapshot.life()
                    if part is None:
                        if there is not None:
                            there(snapshot)
                        return
                self._let_others_write()
                begun = time.perf_counter()
                with self._or_broken(), self._store.changing(life) as connection:
                    begun = time.perf_counter()
                    self._apply(connection, part)
                self._left, self._held = time.perf_counter(), time.perf_counter() - begun
            self._tell(Progress(part.until, end, "filling"))

    def _let_others_write(self) -> None:
        """Where only one can write, who waits looks every now and then: leave the door open for half the time."""
        if self._store.one_writer:
            pause = self._held / 2 - (time.perf_counter() - self._left)
            if pause > 0:
                self._rest(pause)

    def _begin(self) -> None:
        self._applied = self._applying = None
        self._committed = False

    def _apply(self, connection: Connection, part: Part) -> None:
        now = self._clock.now()
        self._applied = part
        for one in part.whose:
            self._applying = one
            positions.move(connection, PREFIX + one.view.name, one.position, part.until, now)
            one.view.apply(new_tables(connection, one.view), part.told)
        self._applying = None

    @contextmanager
    def _or_broken(self) -> Iterator[None]:
        """Apply a part, all or nothing. A view that cannot is set aside as broken; the others are to try again."""
        self._begin()
        try:
            yield
        except (StoreUnreachable, InUse, positions.Overtaken, MemoryError):
            raise
        except StreamMoved:
            """The database took it back because of somebody else; it is tried again."""
        except Exception as error:
            if self._applying is None or self._applied is None:
                raise
            self._break(self._applying, self._applied, error)
        else:
            self._committed = True
            self._forward()

    def _forward(self) -> None:
        part = self._applied
        if part is not None:
            for one in part.whose:
                one.position = part.until

    def _break(self, one: Filling, part: Part, error: Exception) -> None:
        one.broke(part, error)
        assert one.broken_at is not None
        with self._store.changing() as connection:
            positions.stop_at(connection, PREFIX + one.view.name, one.position, one.broken_at, one.why)

    def _bring_up(self) -> None:
        """A view in use that is behind comes to where the new one is, as its follower would bring it.

        Behind is it if an earlier rebuild was cut short after it had compared them; what it lacks is no difference.
        """
        for one in self._sound:
            while not one.free:
                with self._store.snapshot() as snapshot:
                    place = positions.place_of(snapshot.connection, one.view.name)
                    fit = misshapen(snapshot.connection, one.view) is None
                if not fit or place is None or place.broken_at is not None or place.position >= one.position:
                    break
                limit = min(self._batch, one.position - place.position)
                step(self._store, ViewFollower(one.view), self._clock, limit=limit)
                self._tell(Progress(place.position, one.position, "comparing"))

    def _compare(self, snapshot: Reading) -> None:
        """Each with the one in use, in a snapshot in which both hold the same records; nobody waits for it."""
        connection = snapshot.connection
        for one in self._sound:
            if not one.free:
                place = positions.place_of(connection, PREFIX + one.view.name)
                if place is None or place.position != one.position:
                    raise positions.Overtaken
                if one.goal(snapshot) < one.position:  # it could not be brought up
                    one.difference = misshapen(connection, one.view)
                    one.compared_at = one.position if one.difference else None
                    continue
                self._tell(Progress(one.position, snapshot.position(), "comparing"))
                one.difference = compare(connection, new_tables(connection, one.view), [one.view])
                one.compared_at = one.position
        for one in self._filled:
            one.free = True

    def _put_in_place(self) -> None:
        """The last records and the names in one transaction, while nobody writes. The old tables go after it."""
        for seconds, pause in chain(_PATIENCE, repeat(_PATIENCE[-1])):
            swapped: list[Filling] = []
            self._fill()
            if not self._sound:
                return
            try:
                with self._or_broken(), self._store.replacing(seconds) as held:
                    swapped = self._finish(held)
            except InUse:
                end = self._sound[0].position
                self._tell(Progress(end, end, "waiting"))
                self._rest(pause)
            if swapped and self._committed:
                break
        for one in swapped:
            # What is left, because somebody is in the way, the next rebuild takes away: this one is done.
            with suppress(StoreUnreachable), self._store.changing() as connection:
                drop(connection, one.view, OLD)

    def _finish(self, held: Reading) -> list[Filling]:
        """The views that were put in place; none, and nothing was written, if more is left than others can wait for."""
        connection, now, end = held.connection, self._clock.now(), held.position()
        part = self._parts.next(held, self._sound)
        if part:
            if part.until < end or part.whose != self._sound:
                return []
            self._apply(connection, part)
        for one in self._sound:
            if _END.run(connection, PREFIX + one.view.name, end) != 1:
                raise positions.Overtaken
            swap(connection, one.view)
            if one.followed:
                positions.forget(connection, one.view.name)
                positions.begin(connection, one.view.name, end, now)
        return self._sound


def _kept_up(connection: Connection, one: Filling) -> bool:
    """Whether a follower ever filled the view in use, so that there is something to compare with."""
    place = positions.place_of(connection, one.view.name)
    return place is not None and place.position > 0
