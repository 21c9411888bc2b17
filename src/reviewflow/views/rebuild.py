"""All views afresh from the log, in another place, and whether they are what the live ones are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from reviewflow.ports import Snapshot
from reviewflow.views.comparing import Difference, compare
from reviewflow.views.telling import MOST_CYCLES, Teller
from reviewflow.views.view import View

__all__ = ["Difference", "compare", "rebuild"]


def rebuild(
    snapshot: Snapshot, connection: Connection, views: Sequence[View], *, batch: int = 500, most: int = MOST_CYCLES
) -> int:
    """Make the tables where `connection` is, and apply the whole log; the last position it has.

    The caller commits. `most` cycles are kept folded.
    """
    for view in views:
        view.create(connection)
    teller = Teller(most)
    position = 0
    while records := snapshot.log(position, batch):
        told = teller.tell(snapshot, records)
        for view in views:
            view.apply(connection, told)
        position = records[-1].position
    return position
