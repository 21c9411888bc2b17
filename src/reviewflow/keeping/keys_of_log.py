"""Whether the keys at hand belong to a log: which streams have texts that no key opens any more, and why."""

from __future__ import annotations

from typing import Final

from reviewflow.events import Event, Sealed
from reviewflow.ports import Forgotten, Record
from reviewflow.vault.vault import OWN_KEYS, KeyVault
from reviewflow.views.addresses import keyed_by
from reviewflow.views.view import Told

_AT_ONCE: Final = 2000
_BOX: Final = b'"box":'


class KeysOfLog:
    """Looks at each record of a log once, in order; memory does not grow with it."""

    def __init__(self, vault: KeyVault | None) -> None:
        """Without a vault there is nothing to be found."""
        self._vault = vault if vault is not None and vault.readable else None
        self._any = vault
        self._waiting: dict[str, None] = {}
        self.lost: dict[str, None] = {}
        """Streams whose key is not there, though it was never destroyed; in the order of the log."""
        self._keyed = keyed_by(self._vault) if self._vault is not None else None

    def address_key(self, record: Record, event: Event) -> str | None:
        """The keyed hash of an address, as views keep it; none where there is no key for it."""
        if self._keyed is None or self._vault is None or not self._vault.has_key(record.stream):
            return None
        try:
            return self._keyed(record, event)
        except Forgotten:
            return None

    def note(self, told: Told) -> None:
        """Look at a record."""
        record, event, _ = told
        if self._any is None or not record.stream.startswith(OWN_KEYS) or record.stream in self._waiting:
            return
        # In JSON a quotation mark inside a text is escaped: this is never a text of somebody's.
        if record.body.count(_BOX) > isinstance(event.entered_by, Sealed):
            self._waiting[record.stream] = None
            if len(self._waiting) >= _AT_ONCE:
                self.finish()

    def finish(self) -> None:
        """Ask the vault about what was noted."""
        if self._any is None:
            return
        for stream in self._waiting:
            if not self._any.has_key(stream) and not self._any.forgotten(stream):
                self.lost[stream] = None
        self._waiting.clear()
