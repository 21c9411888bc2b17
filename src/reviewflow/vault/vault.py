"""The vault: one key per person and per cycle, one for everything else, all wrapped by the master key.

What forgetting promises: once `forget` has answered, no process can open a text of that stream and
none can seal one, because each asks the keys file before it uses a key it remembers. Not covered:
an event that was sealed before and is appended after. Its text can never be read, and the store
refuses the append where the stream itself has moved (`PersonForgotten` is in it). A key that was
used stays in the memory of a running process until Python reuses the place.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reviewflow.errors import BadInput, Fault, IntegrityBroken
from reviewflow.events import Event, Sealed, Text, Unsealed
from reviewflow.ports import Clock, Forgotten, NewKeys
from reviewflow.vault.boxes import KEY_BYTES, Broken, Opened, Randomness, bound, enbox, open_text, seal_text, unbox
from reviewflow.vault.keys import INSTALLATION, BackupNote, ForgottenStream, Keys, Place
from reviewflow.vault.places import create_keys, open_keys
from reviewflow.vault.ring import MasterKeys, Ring, Wrapping, master_cipher
from reviewflow.vault.texts import check_texts, replace_texts, surrogate

OWN_KEYS = ("person-", "cycle-")
FILE_LIMIT = 50 * 1024 * 1024
"""Bytes of one evidence file: it is encrypted in one piece, in memory."""


class _Unkept(NamedTuple):
    """A key that is not durable yet."""

    key: bytes
    cipher: AESGCM


def create_vault(place: Place, master_key: bytes, *, clock: Clock, random: Randomness = os.urandom) -> KeyVault:
    """A new vault in a new keys file (mode 0600) or database, None: in memory; `BadInput` if there is one already."""
    key = random(KEY_BYTES)
    mark = Wrapping(master_cipher(master_key), b"").wrap(random, INSTALLATION, key)
    keys = create_keys(place, lambda change: change.put([(INSTALLATION, mark)]))
    return KeyVault(keys, master_key, clock=clock, random=random)


def open_vault(
    place: Path | str,
    master_key: bytes | None,
    *,
    clock: Clock,
    random: Randomness = os.urandom,
    others: MasterKeys = tuple,
) -> KeyVault:
    """The vault in an existing keys file or database; without a master key every text is `Forgotten`.

    `others` are tried when the master key is not, or no longer, the right one: it may just be changing.
    """
    keys = open_keys(place)
    try:
        return KeyVault(keys, master_key, clock=clock, random=random, others=others)
    except BaseException:
        keys.close()
        raise


def owner_of(stream: str, path: str = "") -> str:
    """Whose key seals the text at `path` of an event of `stream`."""
    return stream if path != "entered_by" and stream.startswith(OWN_KEYS) else INSTALLATION


class KeyVault:
    """The `Vault` port over wrapped keys. Safe for threads; one per process, not carried over a fork."""

    def __init__(
        self,
        keys: Keys,
        master_key: bytes | None,
        *,
        clock: Clock,
        random: Randomness,
        others: MasterKeys = tuple,
    ) -> None:
        self._keys, self._clock, self._random = keys, clock, random
        self._ring = Ring(keys, master_key, random, others)
        self._ciphers = self._ring.ciphers

    @property
    def readable(self) -> bool:
        """Whether the master key is at hand: whether a text that is `Forgotten` is gone, or merely hidden."""
        return self._ring.readable

    def seal(self, event: Event, stream: str, version: int, unkept: NewKeys | None = None) -> Event:
        """The same event with every `Unsealed` turned into `Sealed`, bound to stream, version and field path.

        Refused for a forgotten stream; `BadInput` for texts that have no UTF-8 form; `IntegrityBroken` if
        a text in it is sealed already, but for another place. A stream's first key is on the disk before use,
        or else in `unkept`, for `keep`.
        """
        number = str(version)
        done: set[str] = set()

        def seal(text: Text, path: str) -> Text:
            if not done:
                self._ring.catch_up()
            cipher = self._ciphers.get(owner_of(stream, path)) or self._first_use(event, stream, version, path, unkept)
            if isinstance(text, Sealed):
                self._open(text, stream, version, path)
                return text
            try:
                value = text.text.encode()
            except UnicodeEncodeError:
                check_texts(event)
                raise
            if path in done:
                check_texts(event)
            done.add(path)
            return seal_text(cipher, self._random, bound("text", stream, number, path), value, len(text.text))

        return replace_texts(event, seal)

    def _first_use(self, event: Event, stream: str, version: int, path: str, unkept: NewKeys | None) -> AESGCM:
        owner = owner_of(stream, path)
        if unkept is not None and owner in unkept:
            return unkept[owner].cipher  # type: ignore[no-any-return]
        check_texts(event)  # before a key is made for nothing
        if unkept is None or not self._ring.readable or not self._lacks_key(owner, version):
            return self._sealing(owner)
        key = self._random(KEY_BYTES)
        made = unkept[owner] = _Unkept(key, AESGCM(key))
        return made.cipher

    def _lacks_key(self, owner: str, version: int) -> bool:
        # A stream that only begins has none, unless somebody else was about to begin it: `keep` finds that out.
        return self._ring.lacks(owner) and ((version == 1 and owner != INSTALLATION) or self._keys.get(owner) is None)

    def keep(self, unkept: NewKeys) -> bool:
        """Make gathered keys durable, in one commit; False if one was made or forgotten by somebody else since.

        What was sealed meanwhile is sealed again then: with the key that is there, or refused.
        """
        return not unkept or self._ring.keep({owner: made.key for owner, made in unkept.items()})

    def open(self, sealed: Text, stream: str, version: int, path: str) -> str:
        """The text; `Forgotten` if its key is gone or the master key is not at hand.

        `IntegrityBroken` if any part was altered, or the text belongs to another stream, version or path.
        """
        if isinstance(sealed, Unsealed):
            return sealed.text
        self._ring.catch_up()
        return self._open(sealed, stream, version, path).value

    def open_event(self, event: Event, stream: str, version: int, removed: str) -> Event:
        """The event with its texts opened to `Unsealed`; `removed` stands where one is `Forgotten`."""
        self._ring.catch_up()

        def unseal(text: Text, path: str) -> Text:
            if isinstance(text, Unsealed):
                return text
            try:
                return Unsealed(self._open(text, stream, version, path).value)
            except Forgotten:
                return Unsealed(removed)

        return replace_texts(event, unseal)

    def disclose(self, sealed: Sealed, stream: str, version: int, path: str) -> Opened:
        """(salt, value) of a text, which anyone can check with `commits.verify_commit`."""
        self._ring.catch_up()
        return self._open(sealed, stream, version, path)

    def _open(self, sealed: Sealed, stream: str, version: int, path: str) -> Opened:
        cipher = self._ring.opening(owner_of(stream, path))
        try:
            return open_text(cipher, bound("text", stream, str(version), path), sealed)
        except Broken as error:
            raise IntegrityBroken(0, f"the text {path} of {stream} version {version}: {error}") from error

    def seal_file(self, data: bytes, stream: str) -> bytes:
        """File bytes, at most `FILE_LIMIT`, encrypted under the stream's key and bound to the stream."""
        if len(data) > FILE_LIMIT:
            want = f"want at most {FILE_LIMIT} bytes ({FILE_LIMIT >> 20} MiB)"
            raise BadInput(f"a file for {stream}", [Fault("", f"{len(data)} bytes", want)])
        self._ring.catch_up()
        return enbox(self._sealing(owner_of(stream)), self._random, bound("file", stream), data)

    def open_file(self, data: bytes, stream: str) -> bytes:
        """The bytes again; `Forgotten` as for `open`."""
        self._ring.catch_up()
        try:
            return unbox(self._ring.opening(owner_of(stream)), bound("file", stream), data)
        except Broken as error:
            raise IntegrityBroken(0, f"a file of {stream}: {error}") from error

    def lookup(self, kind: str, value: str) -> str:
        """A keyed hash (64 hex digits) under which a view may keep `value`; the caller normalises it first."""
        if not self._ring.lookup_key:
            raise self._ring.no_master_key()
        if fault := surrogate(value, kind):
            raise BadInput("a look-up", [fault])
        return hmac.digest(self._ring.lookup_key, bound(kind, value), "sha256").hex()

    def prepare(self, streams: Iterable[str]) -> None:
        """Make the keys these streams still lack, in one commit instead of one each: before a long import."""
        self._ring.catch_up()
        wanted = sorted({owner_of(stream) for stream in streams} - self._ciphers.keys() - self._ring.forgotten)
        if wanted:
            self._ring.sealing(wanted)

    def forget(self, stream: str) -> None:
        """Destroy the key of this stream, for good. Idempotent: a half-done one is finished."""
        if not stream.startswith(OWN_KEYS):
            want = "want a person or a cycle; every other stream shares the installation's key"
            raise BadInput("what to forget", [Fault("stream", repr(stream), want)])
        self._keys.forget(stream, self._clock.now().isoformat())
        self._ring.read_forgotten()

    def forgotten(self, stream: str) -> bool:
        """Whether the key of this stream was destroyed."""
        self._ring.catch_up()
        return stream in self._ring.forgotten

    def has_key(self, stream: str) -> bool:
        """Whether a key of this stream is there, readable or not; none was ever made, it was forgotten, or is lost."""
        return self._keys.get(owner_of(stream)) is not None

    def all_forgotten(self) -> list[ForgottenStream]:
        """Everything ever forgotten, with when, oldest first; readable without the master key."""
        return self._keys.forgotten()

    def backups(self) -> list[BackupNote]:
        """The backups of the keys, oldest first: whoever is forgotten lives on in them until their day."""
        return self._keys.backups()

    def close(self) -> None:
        """Give the keys file back and let go of the keys. Idempotent."""
        self._ciphers.clear()
        self._keys.close()

    def _sealing(self, owner: str) -> AESGCM:
        return self._ciphers.get(owner) or self._ring.sealing([owner])[0]
