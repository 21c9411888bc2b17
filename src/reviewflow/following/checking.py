"""Whether the views in use are what the log gives: filled again elsewhere, compared at one position."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from reviewflow.engine.batches import uncollected
from reviewflow.following.filling import Filling, Part, Parts, Progress, Tell, fillings, silent
from reviewflow.following.follower import BATCH
from reviewflow.store.sql import SqlStore
from reviewflow.views.assembled import Views
from reviewflow.views.comparing import compare
from reviewflow.views.scratch import SCRATCH_FAULTS, scratch


def check(
    store: SqlStore, views: Views, names: Iterable[str] = (), *, batch: int = BATCH, tell: Tell = silent
) -> list[Filling]:
    """Each view with `difference`, or with `broken_at` where it cannot be filled at all; commands go on meanwhile.

    A view that a follower keeps is compared where the follower is.
    """
    filled, parts = fillings(views, names), Parts(batch)
    with scratch() as connection:
        for one in filled:
            one.view.create(connection)
        while True:
            sound = [one for one in filled if one.broken_at is None]
            with uncollected(), store.snapshot() as snapshot:
                part = parts.next(snapshot, sound)
                end = snapshot.position()
                if part is None:  # each holds what the view in use holds in this very snapshot
                    for one in sound:
                        tell(Progress(end, end, "comparing"))
                        one.difference = compare(snapshot.connection, connection, [one.view])
                        one.compared_at = one.position
                    return filled
            with uncollected():
                _apply(connection, part)
            tell(Progress(part.until, end, "filling"))


def _apply(connection: Connection, part: Part) -> None:
    for one in part.whose:
        try:
            one.view.apply(connection, part.told)
        except SCRATCH_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a view raises is told, and the others go on
            one.broke(part, error)
        else:
            one.position = part.until
