"""PURE. The grammar of events: what every event says, two times, sealed texts. Knows nothing of the domain."""

from reviewflow.events.asked import Asked, Command
from reviewflow.events.event import Door, Event, Recorded, decode, encode, identify, is_id, topics
from reviewflow.events.happened import Happened, Period
from reviewflow.events.sealed import Kept, Sealed, Text, Unsealed, Value, is_sealed

__all__ = [
    "Asked",
    "Command",
    "Door",
    "Event",
    "Happened",
    "Kept",
    "Period",
    "Recorded",
    "Sealed",
    "Text",
    "Unsealed",
    "Value",
    "decode",
    "encode",
    "identify",
    "is_id",
    "is_sealed",
    "topics",
]
