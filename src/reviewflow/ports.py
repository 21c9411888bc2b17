"""Our own words for what adapters do. The engine knows these and no adapter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from reviewflow.events import Event, Sealed, Unsealed


class Record(NamedTuple):
    """An event as stored. `recorded_at` is UTC and never runs backwards; positions are 1, 2, 3, ... with no gaps."""

    position: int
    recorded_at: datetime
    stream: str
    version: int
    topic: str
    body: bytes
    command_id: str | None = None
    ordinal: int | None = None


class Staged(NamedTuple):
    """An event ready to be appended: sealed, turned into bytes once, with the place it expects.

    `touches` names the sets whose version it bumps (its own stream is always bumped). `after` is the
    folded state of its stream right after it, for the synchronous views; None where none is kept.
    """

    stream: str
    version: int
    topic: str
    body: bytes
    event: Event
    touches: tuple[str, ...] = ()
    after: Any = None


class Append(NamedTuple):
    """One transaction: what is written, under which command id, and what the decision had read.

    `reads`: key -> version; a key is a stream or a named set (`visits-of:PERSON`). Version 0: nothing there.
    For several commands `commands` says how many of `staged` each made, by its id, in their order; `command_id` is
    None then.
    """

    staged: Sequence[Staged]
    command_id: str | None
    reads: Mapping[str, int]
    commands: Mapping[str, int] | None = None
    life: int | None = None
    """The `Snapshot.life` in which `reads` were read; None: whichever it is."""

    def ids(self) -> list[str]:
        """The ids of its commands."""
        if self.commands is not None:
            return list(self.commands)
        return [] if self.command_id is None else [self.command_id]


class CommandRepeated(Exception):  # not an error: the first answer stands
    """Somebody appended under one of these command ids already; read it back with `Snapshot.command`."""


class Snapshot(Protocol):
    """One consistent reading of the store.

    It may show what is not acknowledged yet, and would be lost if the store's server died right now.
    """

    def life(self) -> int:
        """Which life of the store this is; larger numbers are later.

        In a later one nothing that was read before need be true: a server died, and it, or another in its place, does
        not have what was acknowledged to nobody.
        """

    def settle(self) -> None:
        """Return once all that this can see is where acknowledged events must be. The last thing to ask of it.

        Whatever is said or done outside the store, for good, because of what was read, comes after this.
        """

    def position(self) -> int:
        """The last position, 0 for an empty log."""

    def heads(self, keys: Sequence[str]) -> dict[str, int]:
        """The version of each key; 0 for one that nobody touched."""

    def stream(self, stream: str, after: int = 0) -> list[Record]:
        """Records of one stream with version > `after`, in order."""

    def touching(self, key: str) -> list[str]:
        """The streams whose events touched this set, sorted."""

    def command(self, command_id: str) -> list[Record]:
        """The records appended under a command id, by ordinal."""

    def commands(self, command_ids: Sequence[str]) -> dict[str, list[Record]]:
        """The same for many, in few questions; ids under which nothing was appended are left out."""

    def log(self, after: int = 0, limit: int = 500, until: datetime | None = None) -> list[Record]:
        """Records with position > `after` (recorded not after `until`), in log order."""


class EventStore(Protocol):
    """The one ordered log, with its synchronous views updated in the same transaction."""

    def snapshot(self, command_id: str = "", keys: Sequence[str] = ()) -> AbstractContextManager[Snapshot]:
        """A consistent reading; cheap, short-lived, never across commands.

        It will probably be asked for this command and for the heads of these keys: a store across a network asks for
        them at once.
        """

    def append(self, batch: Append) -> list[Record]:
        """Check reads and versions, give positions, insert, update synchronous views, commit, answer.

        Raises `StreamMoved` if a read or an expected version moved, or was read in another life of the store;
        `CommandRepeated` if a command id is in the log already. All or nothing.
        """

    def close(self) -> None:
        """Give back what is held open."""


class SynchronousView(Protocol):
    """A read model that is updated inside the append's transaction."""

    @property
    def name(self) -> str:
        """What it is called where views are checked."""

    def apply(self, connection: Any, records: Sequence[tuple[Record, Event, Any]]) -> None:
        """Change the rows for (record, event, folded state after it); uses the connection's transaction."""


class Forgotten(Exception):  # an answer, not an error: there is nothing left to read
    """The key of this text was destroyed, or the vault is closed; show it as removed."""


NewKeys = dict[str, Any]
"""Keys that are not durable yet, by their owner; only the vault looks into one."""


class Vault(Protocol):
    """Keys per person and per cycle, else the installation's; sealing, opening, forgetting.

    Which key: stream `person-ID` and `cycle-ID` have keys of their own, every other stream uses the
    installation's; the field `entered_by` always uses the installation's.
    """

    def seal(self, event: Event, stream: str, version: int, unkept: NewKeys | None = None) -> Event:
        """The same event with every `Unsealed` turned into `Sealed`, bound to stream, version and field path.

        A key that is made for it is durable at once; or it is gathered in `unkept`, and nothing sealed so may be
        stored before `keep` has said yes.
        """

    def keep(self, unkept: NewKeys) -> bool:
        """Make gathered keys durable, in one commit; False if another was made or destroyed since: seal again."""

    def open(self, sealed: Sealed | Unsealed, stream: str, version: int, path: str) -> str:
        """The text; `Forgotten` if its key is gone or the master key is not at hand."""

    def forget(self, stream: str) -> None:
        """Destroy the key of this stream, for good. Idempotent."""

    def forgotten(self, stream: str) -> bool:
        """Whether the key of this stream was destroyed."""

    def lookup(self, kind: str, value: str) -> str:
        """A keyed hash (hex HMAC) under which a view may keep `value`, as for e-mail addresses."""

    def seal_file(self, data: bytes, stream: str) -> bytes:
        """File bytes encrypted under the stream's key."""

    def open_file(self, data: bytes, stream: str) -> bytes:
        """The bytes again; `Forgotten` as for `open`."""


class Files(Protocol):
    """Where encrypted evidence lies, by the SHA-256 (hex) of the encrypted bytes."""

    def put(self, data: bytes) -> str:
        """Store durably and answer the digest; the same bytes twice are stored once."""

    def get(self, digest: str) -> bytes:
        """The bytes; `IntegrityBroken` if they no longer match their digest."""


class Clock(Protocol):
    """The one place that knows what time it is."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""


class Subscription(Protocol):
    """Records as they are committed, in order, from a position on; blocks until there is one."""

    def __enter__(self) -> Iterator[Record]:
        """Start."""

    def __exit__(self, *args: object) -> None:
        """Stop."""
