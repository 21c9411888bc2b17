"""What every event says. THE NAMES AND FIELDS OF EVENTS ARE A STORED FORMAT: see tests/golden.

An event is frozen, named in the past tense, and carries an explicit versioned topic. `topics` finds
the class again; an unknown topic is tampering or a newer release, never a guess.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Final, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticSerializationError

from reviewflow.errors import BadInput, IntegrityBroken
from reviewflow.events.clear import faults_in_the_clear
from reviewflow.events.happened import Happened
from reviewflow.events.sealed import Text

Door = Literal["web", "api", "cli", "import"]

topics: dict[str, type[Event]] = {}

_NUL: Final = b"\\u0000"
"""As JSON writes it."""


class Event(BaseModel):
    """An event: who, in which role, entered by whom, through which door, when, because of what."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    topic: ClassVar[str] = ""

    by: str
    """The person who acted (opaque id), judged on the day of the act."""
    role: str
    """The role in which they acted."""
    entered_by: str | Text
    """Who was signed in: a person's id, else the operating-system user's name, sealed."""
    door: Door
    happened: Happened
    cause: str
    """The command that caused it and its target, as in `cycle do schedule_visit`."""
    on_behalf_of: str | None = None
    batch: str | None = None

    def __init_subclass__(cls, topic: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if topic:
            cls.topic = topic
            topics[topic] = cls

    def touches(self) -> tuple[str, ...]:
        """The named sets this event changes, besides its own stream (`visits-of:PERSON`); none by default.

        Set names are kept in the clear: they hold opaque ids and public identifiers, never personal data.
        """
        return ()


E = TypeVar("E", bound=Event)


class Recorded(NamedTuple):
    """An event with its place: position in the log, moment of recording (UTC), stream and version."""

    position: int
    recorded_at: datetime
    stream: str
    version: int
    event: Event


def encode(event: Event) -> bytes:
    """The stored bytes of an event: compact JSON in the order of its fields, absent ones left out.

    `BadInput` for a text in it that not every database can hold: views keep some of them.
    """
    try:
        body = event.__pydantic_serializer__.to_json(event, exclude_none=True, warnings="error")
    except PydanticSerializationError:
        check_clear(event)
        raise
    if _NUL in body:  # perhaps: it may be a backslash before "u0000"
        check_clear(event)
    return body


def check_clear(event: Event) -> None:
    """`BadInput` with every text in the clear that not every database can hold."""
    if faults := faults_in_the_clear(event):
        raise BadInput(f"the texts of {event.topic or type(event).__name__}", faults)


def decode(topic: str, body: bytes, position: int = 0) -> Event:
    """The event of stored bytes; `IntegrityBroken` if topic or bytes are not what they should be."""
    cls = topics.get(topic)
    if cls is None:
        raise IntegrityBroken(position, f"unknown topic {topic!r}: tampering, or written by a newer release")
    try:
        return cls.__pydantic_validator__.validate_json(body)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise IntegrityBroken(
            position, f"{topic}: the stored bytes are not such an event: {error.error_count()} faults"
        ) from error


_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _BASE32 for other in _BASE32]
_SHIFTS = range(70, -1, -10)
_ID: Final = re.compile(r"[a-z2-7]{16}", re.ASCII)


@lru_cache(maxsize=4096)  # those who plan, decide and record one command all ask
def identify(command_id: str, number: int = 0) -> str:
    """An opaque id (16 letters and digits, 80 bits), the same for the same command and number."""
    bits = int.from_bytes(hashlib.sha256(f"{command_id}\x00{number}".encode()).digest()[:10])
    # Two characters of base32 at a time: `base64.b32encode` takes more than twice as long, and imports ask often.
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def is_id(text: str) -> bool:
    """Whether a text has the shape of an id that `identify` gives."""
    return _ID.fullmatch(text) is not None
