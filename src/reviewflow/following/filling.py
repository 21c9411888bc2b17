"""Views being filled afresh from the log, several in one reading of it, each from where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviewflow.errors import ImpossibleHistory
from reviewflow.following.follower import BATCH, Reading
from reviewflow.following.positions import place_of
from reviewflow.views.assembled import Views
from reviewflow.views.comparing import Difference
from reviewflow.views.telling import Teller
from reviewflow.views.view import Told, View


@dataclass(slots=True)
class Filling:
    """One view, and how far it has come."""

    view: View
    followed: bool
    """Whether a follower keeps the view in use, so that it may stand behind the log."""
    position: int = 0
    free: bool = False
    """Whether it may go on past where the view in use is: after they were compared."""
    compared_at: int | None = None
    """The position at which it was compared with the view in use; None if it could not be."""
    difference: Difference | None = None
    broken_at: int | None = None
    why: str = ""

    def goal(self, snapshot: Reading) -> int:
        """How far it may go now: the end of the log, or where the view in use is until they were compared."""
        if self.free or not self.followed:
            return snapshot.position()
        place = place_of(snapshot.connection, self.view.name)
        return min(place.position, snapshot.position()) if place else 0

    def broke(self, part: Part, error: Exception) -> None:
        """It cannot go on: where, and why in words without anything that a person entered."""
        self.broken_at, self.why = part.told[0][0].position, type(error).__name__
        if isinstance(error, ImpossibleHistory):
            self.why, named = str(error), (error.stream, error.version)
            at = (record.position for record, _, _ in part.told if (record.stream, record.version) == named)
            self.broken_at = next(at, self.broken_at)


def fillings(views: Views, names: Iterable[str] = ()) -> list[Filling]:
    """Those of these names, in the order in which views are kept; without names all."""
    wanted = set(names)
    every = [Filling(view, followed=False) for view in views.synchronous]
    every += [Filling(view, followed=True) for view in views.following]
    return [one for one in every if not wanted or one.view.name in wanted]


class Progress(NamedTuple):
    """How far it is: so many records of so many, and what is being done: filling, comparing or waiting."""

    done: int
    of: int
    doing: str


Tell = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Nobody listens."""


class Part(NamedTuple):
    """The next records, for the views that stand right before them."""

    whose: list[Filling]
    told: list[Told]
    until: int
    """The position of the last."""


class Parts:
    """What is to be done next; events are decoded and cycles folded once, however many views are told."""

    def __init__(self, batch: int = BATCH) -> None:
        """`batch`: records at a time."""
        self._batch = batch
        self._teller = Teller()

    def next(self, snapshot: Reading, filled: Sequence[Filling]) -> Part | None:
        """The part that the furthest behind need; None when all are where they may go."""
        goals = [(one, one.goal(snapshot)) for one in filled]
        behind = [(one, goal) for one, goal in goals if one.position < goal]
        if not behind:
            return None
        here = min(one.position for one, _ in behind)
        whose = [(one, goal) for one, goal in behind if one.position == here]
        # Not past where another stands: from there on they go together.
        stop = min([goal for _, goal in whose] + [one.position for one in filled if one.position > here])
        records = snapshot.log(here, min(self._batch, stop - here))
        told = self._teller.tell(snapshot, records)
        return Part([one for one, _ in whose], told, records[-1].position)
