"""The log read forwards or backwards, all of it or what one person did.

What a person did is found in the view `activity` as far as its follower has come, and read from the log behind it:
in one snapshot, so that the answer is complete and the same however far behind the follower is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from reviewflow.events import Recorded
from reviewflow.knowing import recorded
from reviewflow.ports import Record

if TYPE_CHECKING:
    # Who asks the log alone does not wait for the views.
    from reviewflow.following.follower import Reading

_PAGE = 500


def last_known(snapshot: Reading, known_at: datetime | None) -> int:
    """The last position that was recorded not after a moment; 0 if none was."""
    if known_at is None:
        return snapshot.position()
    # Recorded moments never run backwards: halve until the last one that is not too late is found.
    low, high = 0, snapshot.position()
    while low < high:
        middle = (low + high + 1) // 2
        known = snapshot.log(middle - 1, 1)[0].recorded_at <= known_at
        low, high = (middle, high) if known else (low, middle - 1)
    return low


def forwards(
    snapshot: Reading, after: int = 0, *, by: str | None = None, known_at: datetime | None = None
) -> Iterator[Recorded]:
    """Events with position > `after`, those of a person if one is named, known at a moment."""
    end = last_known(snapshot, known_at)
    if by is not None:
        from reviewflow.views.activity import positions_of

        followed = min(_followed(snapshot), end)
        while page := positions_of(snapshot.connection, by, after=after, until=followed, limit=_PAGE):
            yield from _by(by, (one for position in page for one in snapshot.log(position - 1, 1)))
            after = page[-1]
        after = max(after, followed)
    while after < end:
        records = snapshot.log(after, min(_PAGE, end - after))
        yield from _by(by, records)
        after += len(records)


def backwards(snapshot: Reading, *, by: str | None = None, known_at: datetime | None = None) -> Iterator[Recorded]:
    """The same, the last one first."""
    end = last_known(snapshot, known_at)
    followed = _followed(snapshot) if by is not None else 0
    while end > followed:
        after = max(end - _PAGE, followed)
        yield from _by(by, reversed(snapshot.log(after, end - after)))
        end = after
    if by is None:
        return
    from reviewflow.views.activity import positions_of

    while page := positions_of(snapshot.connection, by, until=end, last_first=True, limit=_PAGE):
        yield from _by(by, (one for position in page for one in snapshot.log(position - 1, 1)))
        end = page[-1] - 1


def _followed(snapshot: Reading) -> int:
    from reviewflow.following.positions import place_of
    from reviewflow.views.activity import ActivityView

    place = place_of(snapshot.connection, ActivityView.name)
    return place.position if place else 0


def _by(person: str | None, records: Iterable[Record]) -> Iterator[Recorded]:
    """Their events; the log has the last word on whose a record is."""
    for record in records:
        one = recorded(record)
        if person is None or one.event.by == person:
            yield one
