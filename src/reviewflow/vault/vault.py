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
import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reviewflow.errors import BadInput, Fault, IntegrityBroken, Refused, StoreUnreachable, Unmet
from reviewflow.events import Event, Sealed, Text, Unsealed
from reviewflow.ports import Clock, Forgotten, NewKeys
from reviewflow.vault.boxes import KEY_BYTES, Broken, Opened, Randomness, bound, enbox, open_text, seal_text, unbox
from reviewflow.vault.keyfile import ForgottenStream, KeyFile
from reviewflow.vault.texts import check_texts, replace_texts, surrogate

INSTALLATION = "installation"
"""Owner of the key of all streams that have none of their own, and of every `entered_by`."""
OWN_KEYS = ("person-", "cycle-")
FILE_LIMIT = 50 * 1024 * 1024
"""Bytes of one evidence file: it is encrypted in one piece, in memory."""
MOST_REMEMBERED = 4096
"""Unwrapped keys in memory; those unwrapped first are let go, and read again when wanted."""


class _Unkept(NamedTuple):
    """A key that is not durable yet."""

    wrapped: bytes
    cipher: AESGCM


def create_vault(path: Path | None, master_key: bytes, *, clock: Clock, random: Randomness = os.urandom) -> KeyVault:
    """A new vault in a new keys file (mode 0600), None: in memory; `BadInput` if there is one already."""
    wrapped = enbox(_master(master_key), random, bound("key", INSTALLATION), random(KEY_BYTES))
    return KeyVault(KeyFile.create(path, {INSTALLATION: wrapped}), master_key, clock=clock, random=random)


def open_vault(path: Path, master_key: bytes | None, *, clock: Clock, random: Randomness = os.urandom) -> KeyVault:
    """The vault in an existing keys file; without a master key every text is `Forgotten` and nothing is sealed."""
    keys = KeyFile.open(path)
    try:
        return KeyVault(keys, master_key, clock=clock, random=random)
    except BaseException:
        keys.close()
        raise


def _master(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:  # AES would take 16 bytes too
        raise StoreUnreachable("the master key", f"got {len(key)} bytes, want {KEY_BYTES}", "give base64 of 32 bytes")
    return AESGCM(key)


def owner_of(stream: str, path: str = "") -> str:
    """Whose key seals the text at `path` of an event of `stream`."""
    return stream if path != "entered_by" and stream.startswith(OWN_KEYS) else INSTALLATION


class KeyVault:
    """The `Vault` port over a keys file. Safe for threads; one per process, not carried over a fork."""

    def __init__(self, keys: KeyFile, master_key: bytes | None, *, clock: Clock, random: Randomness) -> None:
        self._keys, self._clock, self._random = keys, clock, random
        self._master = _master(master_key) if master_key is not None else None
        self._lock = threading.RLock()
        self._ciphers: OrderedDict[str, AESGCM] = OrderedDict()
        self._forgotten: set[str] = set()
        self._made_elsewhere: set[str] = set()
        self._last_forgotten = 0
        self._lookup_key = b""
        if self._master is not None:
            self._meet_installation(self._master)
        self._read_forgotten()

    def _meet_installation(self, master: AESGCM) -> None:
        wrapped = self._keys.get(INSTALLATION)
        try:
            key = unbox(master, bound("key", INSTALLATION), wrapped or b"")
        except Broken as error:
            raise StoreUnreachable(
                self._keys.name,
                "the master key is not the one it was made with, or the file is damaged",
                "set the right master key, or restore the keys file that belongs to it",
            ) from error
        self._ciphers[INSTALLATION] = AESGCM(key)
        self._lookup_key = hmac.digest(key, b"reviewflow lookup", "sha256")

    @property
    def readable(self) -> bool:
        """Whether the master key is at hand: whether a text that is `Forgotten` is gone, or merely hidden."""
        return self._master is not None

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
                self._catch_up()
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
        if unkept is None or self._master is None or not self._lacks_key(owner, version):
            return self._sealing(owner)
        key = self._random(KEY_BYTES)
        made = unkept[owner] = _Unkept(enbox(self._master, self._random, bound("key", owner), key), AESGCM(key))
        return made.cipher

    def _lacks_key(self, owner: str, version: int) -> bool:
        if owner in self._forgotten or owner in self._made_elsewhere:
            return False
        # A stream that only begins has none, unless somebody else was about to begin it: `keep` finds that out.
        return (version == 1 and owner != INSTALLATION) or self._keys.get(owner) is None

    def keep(self, unkept: NewKeys) -> bool:
        """Put gathered keys on the disk, in one commit; False if one was made or forgotten by somebody else since.

        What was sealed meanwhile is sealed again then: with the key that is there, or refused.
        """
        if not unkept:
            return True
        kept = self._keys.ensure(list(unkept), lambda owner: unkept[owner].wrapped)
        ours = {owner for owner, wrapped in kept.items() if wrapped == unkept[owner].wrapped}
        for owner in ours:
            self._remember(owner, unkept[owner].cipher)
        self._made_elsewhere |= unkept.keys() - ours
        return len(ours) == len(unkept)

    def open(self, sealed: Text, stream: str, version: int, path: str) -> str:
        """The text; `Forgotten` if its key is gone or the master key is not at hand.

        `IntegrityBroken` if any part was altered, or the text belongs to another stream, version or path.
        """
        if isinstance(sealed, Unsealed):
            return sealed.text
        self._catch_up()
        return self._open(sealed, stream, version, path).value

    def open_event(self, event: Event, stream: str, version: int, removed: str) -> Event:
        """The event with its texts opened to `Unsealed`; `removed` stands where one is `Forgotten`."""
        self._catch_up()

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
        self._catch_up()
        return self._open(sealed, stream, version, path)

    def _open(self, sealed: Sealed, stream: str, version: int, path: str) -> Opened:
        cipher = self._opening(owner_of(stream, path))
        try:
            return open_text(cipher, bound("text", stream, str(version), path), sealed)
        except Broken as error:
            raise IntegrityBroken(0, f"the text {path} of {stream} version {version}: {error}") from error

    def seal_file(self, data: bytes, stream: str) -> bytes:
        """File bytes, at most `FILE_LIMIT`, encrypted under the stream's key and bound to the stream."""
        if len(data) > FILE_LIMIT:
            want = f"want at most {FILE_LIMIT} bytes ({FILE_LIMIT >> 20} MiB)"
            raise BadInput(f"a file for {stream}", [Fault("", f"{len(data)} bytes", want)])
        self._catch_up()
        return enbox(self._sealing(owner_of(stream)), self._random, bound("file", stream), data)

    def open_file(self, data: bytes, stream: str) -> bytes:
        """The bytes again; `Forgotten` as for `open`."""
        self._catch_up()
        try:
            return unbox(self._opening(owner_of(stream)), bound("file", stream), data)
        except Broken as error:
            raise IntegrityBroken(0, f"a file of {stream}: {error}") from error

    def lookup(self, kind: str, value: str) -> str:
        """A keyed hash (64 hex digits) under which a view may keep `value`; the caller normalises it first."""
        if not self._lookup_key:
            raise self._no_master_key()
        if fault := surrogate(value, kind):
            raise BadInput("a look-up", [fault])
        return hmac.digest(self._lookup_key, bound(kind, value), "sha256").hex()

    def prepare(self, streams: Iterable[str]) -> None:
        """Make the keys these streams still lack, in one commit instead of one each: before a long import."""
        self._catch_up()
        wanted = sorted({owner_of(stream) for stream in streams} - self._ciphers.keys() - self._forgotten)
        if wanted:
            self._ensure(wanted)

    def forget(self, stream: str) -> None:
        """Destroy the key of this stream, for good. Idempotent: a half-done one is finished."""
        if not stream.startswith(OWN_KEYS):
            want = "want a person or a cycle; every other stream shares the installation's key"
            raise BadInput("what to forget", [Fault("stream", repr(stream), want)])
        self._keys.forget(stream, self._clock.now().isoformat())
        self._read_forgotten()

    def forgotten(self, stream: str) -> bool:
        """Whether the key of this stream was destroyed."""
        self._catch_up()
        return stream in self._forgotten

    def all_forgotten(self) -> list[ForgottenStream]:
        """Everything ever forgotten, with when, oldest first; readable without the master key."""
        return self._keys.forgotten()

    def close(self) -> None:
        """Give the keys file back and let go of the keys. Idempotent."""
        self._ciphers.clear()
        self._keys.close()

    def _catch_up(self) -> None:
        if self._keys.counter() != self._seen:
            self._read_forgotten()

    def _read_forgotten(self) -> None:
        with self._lock:
            seen, news = self._keys.news(self._last_forgotten)
            for number, stream, _ in news:
                self._forgotten.add(stream)
                self._ciphers.pop(stream, None)
                self._last_forgotten = number
            self._seen = seen  # last, so that no other thread takes itself for up to date too early

    def _opening(self, owner: str) -> AESGCM:
        cipher = self._ciphers.get(owner)
        if cipher is not None:
            return cipher
        if self._master is None or owner in self._forgotten:
            raise Forgotten
        wrapped = self._keys.get(owner)
        if wrapped is None:
            self._read_forgotten()  # since we caught up
            if owner in self._forgotten:
                raise Forgotten
            raise StoreUnreachable(
                self._keys.name,
                f"it has no key of {owner}, which was never forgotten",
                "restore the keys file that belongs to this store",
            )
        if (cipher := self._unwrap(self._master, owner, wrapped)) is None:
            raise Forgotten
        return cipher

    def _sealing(self, owner: str) -> AESGCM:
        return self._ciphers.get(owner) or self._ensure([owner])[0]

    def _ensure(self, owners: list[str]) -> list[AESGCM]:
        master = self._master
        if master is None:
            raise self._no_master_key()
        found = self._keys.ensure(owners, self._new_key)
        ciphers = {owner: self._unwrap(master, owner, wrapped) for owner, wrapped in found.items()}
        if gone := [owner for owner, cipher in ciphers.items() if cipher is None]:
            self._read_forgotten()
            unmet = [Unmet("forgotten", f"{owner} was forgotten; nothing more can be sealed for it") for owner in gone]
            raise Refused("sealing a text", unmet)
        return [cipher for cipher in ciphers.values() if cipher is not None]

    def _new_key(self, owner: str) -> bytes:
        assert self._master is not None  # asked by `_ensure` before
        return enbox(self._master, self._random, bound("key", owner), self._random(KEY_BYTES))

    def _unwrap(self, master: AESGCM, owner: str, wrapped: bytes | None) -> AESGCM | None:
        if wrapped is None:
            return None
        try:
            key = unbox(master, bound("key", owner), wrapped)
        except Broken as error:
            raise IntegrityBroken(0, f"the key of {owner} in {self._keys.name}: {error}") from error
        return self._remember(owner, AESGCM(key))

    def _remember(self, owner: str, cipher: AESGCM) -> AESGCM | None:
        with self._lock:
            if owner in self._forgotten:  # by another thread, since the wrapped key was read
                return None
            cipher = self._ciphers.setdefault(owner, cipher)
            while len(self._ciphers) > MOST_REMEMBERED:
                if next(iter(self._ciphers)) == INSTALLATION:
                    self._ciphers.move_to_end(INSTALLATION)
                self._ciphers.popitem(last=False)
            return cipher

    def _no_master_key(self) -> StoreUnreachable:
        remedy = "set REVIEWFLOW_MASTER_KEY, REVIEWFLOW_MASTER_KEY_FILE or REVIEWFLOW_MASTER_KEY_COMMAND"
        return StoreUnreachable(self._keys.name, "the master key is not at hand", remedy)
