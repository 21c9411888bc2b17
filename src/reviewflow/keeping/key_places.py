"""Where the settings say that keys come from, and who the log says is forgotten."""

from __future__ import annotations

from typing import NamedTuple

from reviewflow.errors import BadInput, Fault, ReviewflowError
from reviewflow.ports import Clock
from reviewflow.settings import Settings
from reviewflow.store.sql import SqlStore
from reviewflow.vault.master_key import NEW_NAMES
from reviewflow.vault.master_source import MasterKeySource

_SAME_SERVER = (
    "WARNING: keys and log lie on the same server. A copy of that server's files, and each of its standbys, holds "
    "both, and keeps what is forgotten later. Better keep the keys on another server."
)


class ForgottenInLog(NamedTuple):
    """(stream, moment) of everyone whose forgetting was recorded; or why the log could not be asked."""

    streams: list[tuple[str, str]]
    unasked: str = ""


def master_key_of(settings: Settings) -> MasterKeySource:
    """The one place that was given; else the file beside the store, if `init` wrote one there."""
    given = settings.master_key or settings.master_key_file or settings.master_key_command
    file = settings.master_key_file
    if not given and settings.beside_master_key.exists():
        file = settings.beside_master_key
    return MasterKeySource(settings.master_key, file, settings.master_key_command)


def new_master_key_of(settings: Settings) -> MasterKeySource:
    """The place of the master key that is to come."""
    return MasterKeySource(
        settings.new_master_key, settings.new_master_key_file, settings.new_master_key_command, NEW_NAMES
    )


def keys_apart(settings: Settings) -> list[str]:
    """`BadInput` if keys would lie in the log's own database; a warning if they would lie on its server."""
    if not isinstance(settings.keys_place, str) or settings.in_file:
        return []
    from reviewflow.vault.keydatabase import identity

    keys, store = identity(settings.keys_place), identity(settings.store)
    if keys == store:
        want = "want a database of their own: every backup of the log would carry the keys, and keep the forgotten"
        raise BadInput("init", [Fault("REVIEWFLOW_KEYS", "the database of the log", want)])
    if keys[0] == store[0]:
        return [_SAME_SERVER]
    return []


def forgotten_in_log(settings: Settings, clock: Clock) -> ForgottenInLog:
    """Whom the log says to be forgotten, if it is at hand."""
    try:
        with SqlStore(settings.store, clock, ()) as store, store.snapshot() as snapshot:
            found = []
            for stream in snapshot.touching("forgotten"):
                told = [record for record in snapshot.stream(stream) if "forgotten" in record.topic]
                moment = told[0].recorded_at if told else clock.now()
                found.append((stream, moment.isoformat()))
            if found:
                snapshot.settle()  # whoever asks destroys keys because of it
            return ForgottenInLog(found)
    except ReviewflowError as error:
        return ForgottenInLog([], str(error))
