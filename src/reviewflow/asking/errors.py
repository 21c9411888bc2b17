"""Our errors as data, the same for every door: what kind it is, and its fields."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from reviewflow.errors import (
    BadDefinition,
    BadInput,
    ImpossibleHistory,
    IntegrityBroken,
    Refused,
    ReviewflowError,
    StoreUnreachable,
    StreamMoved,
)


def data_of(error: ReviewflowError) -> tuple[str, dict[str, Any]]:
    """The kind and the data of one of our errors, with keys that stay."""
    match error:
        case Refused():
            return "refused", {"what": error.what, "unmet": [asdict(one) for one in error.unmet]}
        case BadInput():
            return "bad-input", {"what": error.what, "faults": [asdict(one) for one in error.faults]}
        case BadDefinition():
            return "bad-definition", {"name": error.name, "faults": [asdict(one) for one in error.faults]}
        case StreamMoved():
            return "stream-moved", {"moved": {k: {"read": r, "now": n} for k, (r, n) in error.moved.items()}}
        case IntegrityBroken():
            return "integrity-broken", {"position": error.position, "why": error.why}
        case ImpossibleHistory():
            return "impossible-history", {"stream": error.stream, "version": error.version, "why": error.why}
        case StoreUnreachable():
            return "store-unreachable", {"what": error.what, "why": error.why, "remedy": error.remedy}
        case _:
            return "error", {}
