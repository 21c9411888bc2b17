"""What a function that puts an event in words may look at, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from reviewflow.audit.line import Detail
from reviewflow.audit.telling import Telling
from reviewflow.events import Recorded


class Words(NamedTuple):
    """What happened, and its details."""

    what: str
    details: tuple[Detail, ...] = ()


class Page(NamedTuple):
    """What a function below may look at: the telling of the cycle, the event's version, all events told of."""

    telling: Telling
    version: int
    records: Sequence[Recorded]
