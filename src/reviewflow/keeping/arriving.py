"""Records that arrive in a new store, a batch at a time: as they are, with the views that an append would have kept.

What cannot be a history is found here: each event is decoded, each cycle folded, each view brought forward.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from reviewflow.errors import ImpossibleHistory, IntegrityBroken
from reviewflow.events import Event, decode
from reviewflow.keeping.tally import Tally
from reviewflow.ports import Record
from reviewflow.registry.events import WorkflowPublished
from reviewflow.store.arriving import Arrival
from reviewflow.views.telling import Teller
from reviewflow.views.view import Told, View
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.digest import load

BATCH: Final = 1000
"""Records of one transaction."""
_FOLDED: Final = 512
"""Cycles kept folded: some tens of MB."""


class Definitions:
    """The definitions that a log publishes, by digest, as far as it has been read."""

    def __init__(self) -> None:
        """None yet."""
        self._documents: dict[str, dict[str, Any]] = {}
        self._loaded: dict[str, Definition] = {}

    def learn(self, event: Event) -> None:
        """Keep what is published."""
        if isinstance(event, WorkflowPublished):
            self._documents[event.digest] = event.document

    def find(self, digest: str) -> Definition:
        """The definition; `ImpossibleHistory` if it was not published so far."""
        found = self._loaded.get(digest)
        if found is None:
            document = self._documents.get(digest)
            if document is None:
                why = f"a cycle follows the definition {digest[:12]}, which nothing before it publishes"
                raise ImpossibleHistory("workflows", 0, why)
            found = self._loaded[digest] = load(document, digest)
        return found


class Arriving:
    """A place with the views of a store, brought forward batch by batch."""

    def __init__(
        self, place: Arrival, views: Sequence[View], definitions: Definitions,
        hears: Callable[[Told], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """`views` find definitions where `definitions` keeps them; `hears` is told each record before they are."""
        self.place, self._views, self._definitions, self._hears = place, views, definitions, hears
        self._teller = Teller(_FOLDED)

    def resume(self) -> None:
        """Learn the definitions of what arrived before."""
        with self.place.filling() as filling:
            for stream in filling.touching("workflows"):
                for record in filling.stream(stream):
                    self._definitions.learn(decode(record.topic, record.body, record.position))

    def take(self, records: Sequence[Record], heard: Callable[[Told], None] | None = None) -> None:
        """Write a batch and what follows from it, all or nothing; `heard` is told each record with its event.

        Raises `IntegrityBroken` and `ImpossibleHistory` for records that no store could hold.
        """
        with self.place.filling() as filling:
            filling.write(records)
            told = self._teller.tell(filling, records)
            for one in told:
                self._definitions.learn(one[1])
                self._hears(one)
                if heard is not None:
                    heard(one)
            filling.move_heads((record, event) for record, event, _ in told)
            for view in self._views:
                view.apply(filling.connection, told)

    def read_back(self, tally: Tally, until: int) -> None:
        """Let a tally take what lies there, behind what it has taken, up to a position."""
        while tally.position < until:
            with self.place.filling() as filling:
                records = filling.log(tally.position, min(BATCH, until - tally.position))
            if not records:
                raise IntegrityBroken(tally.position + 1, f"{self.place.what} has no record here")
            tally.take(records)
