"""Drafts: what somebody has entered into a step and not done yet, sealed under their key.

One a person, cycle and step. It says at which version of the cycle it was begun, so that a page can tell that things
have moved on. Nobody but its owner ever sees it; it is no part of the history.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from reviewflow.access.changing import AccessStore, lasting, together
from reviewflow.access.sealing import Sealing, as_bytes, seal, unseal
from reviewflow.errors import BadInput, Fault
from reviewflow.ports import Clock, Forgotten

LARGEST: Final = 200_000
"""Bytes of the values as JSON."""
MOST: Final = 100
"""Of one person; the oldest make room."""
KEPT: Final = timedelta(days=90)


class Draft(NamedTuple):
    """What was entered."""

    cycle: str
    step: str
    values: dict[str, Any]
    version: int
    """The cycle's version when it was begun."""
    saved: datetime


class DraftPlace(NamedTuple):
    """That there is a draft."""

    cycle: str
    step: str
    version: int
    saved: datetime


class Drafts:
    """Drafts in a store. Safe for threads; several processes may share the store."""

    def __init__(self, store: AccessStore, vault: Sealing, clock: Clock) -> None:
        """`vault` seals them."""
        self._store, self._vault, self._clock = store, vault, clock

    def save(self, person: str, cycle: str, step: str, values: dict[str, Any], version: int) -> None:
        """Keep these values, in the place of what was kept for the same step. `values`: what JSON can hold.

        `BadInput` for more than 200 kB; `Refused` for a forgotten person; `StoreMoved` at a store that is elsewhere.
        """
        from reviewflow.access.rows import drafts
        from reviewflow.views.table import micros

        if (size := len(as_bytes(values))) > LARGEST:
            raise BadInput("the draft", [Fault("", f"{size:,} bytes", f"want at most {LARGEST:,}")])
        box = seal(self._vault, person, ("draft", cycle, step), values)
        row = drafts.Row(person, cycle, step, version, micros(self._clock.now()), box)

        def put() -> None:
            with lasting(self._store) as connection:
                drafts.put(connection, row)
                for old in drafts.of(connection, person)[MOST:]:
                    drafts.drop(connection, *old[:3])

        together(put)

    def load(self, person: str, cycle: str, step: str) -> Draft | None:
        """What is kept for this step; None if nothing is, if it is too old, or if nobody can read it any more.

        `IntegrityBroken` if it was altered, or is another's.
        """
        from reviewflow.access.rows import drafts
        from reviewflow.views.table import moment

        with self._store.reading() as connection:
            row = drafts.get(connection, person, cycle, step)
        if row is None or self._old(moment(row.saved_at)):
            return None
        try:
            values = unseal(self._vault, person, ("draft", cycle, step), row.box)
        except Forgotten:
            return None
        return Draft(cycle, step, values, row.version, moment(row.saved_at))

    def drop(self, person: str, cycle: str, step: str) -> bool:
        """Throw it away, as when the step was done; whether there was one."""
        from reviewflow.access.rows import drafts

        with lasting(self._store) as connection:
            return drafts.drop(connection, person, cycle, step)

    def of(self, person: str) -> list[DraftPlace]:
        """Where a person has drafts, newest first; what is in them is not opened."""
        from reviewflow.access.rows import drafts
        from reviewflow.views.table import moment

        if self._vault.forgotten(f"person-{person}"):
            return []
        with self._store.reading() as connection:
            rows = drafts.of(connection, person)
        found = [DraftPlace(row.cycle, row.step, row.version, moment(row.saved_at)) for row in rows]
        return [one for one in found if not self._old(one.saved)]

    def _old(self, saved: datetime) -> bool:
        return self._clock.now() - saved >= KEPT
