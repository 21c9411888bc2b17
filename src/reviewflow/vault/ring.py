"""The keys that a process has in memory, and how it notices that they no longer count.

Before a key is used, the place where it lies is asked whether anything was forgotten, rotated or
restored since (`catch_up`); what another process forgot is then let go, and under a new mark
everything is, with the master key looked for again.
"""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reviewflow.errors import IntegrityBroken, Refused, StoreUnreachable, Unmet
from reviewflow.ports import Forgotten
from reviewflow.vault.boxes import KEY_BYTES, Broken, Randomness, bound, enbox, unbox
from reviewflow.vault.keys import INSTALLATION, Keys, Rewrapped

MOST_REMEMBERED = 4096
"""Unwrapped keys in memory; those unwrapped first are let go, and read again when wanted."""
MasterKeys = Callable[[], Iterable[bytes]]
"""The master keys that may be right by now, when the one that was given no longer is."""


class Wrapping(NamedTuple):
    """The master key, and the mark that goes with it."""

    master: AESGCM
    mark: bytes

    def wrap(self, random: Randomness, owner: str, key: bytes) -> bytes:
        """A key as it is stored."""
        return enbox(self.master, random, bound("key", owner), key)

    def unwrap(self, owner: str, wrapped: bytes) -> bytes:
        """The key again; `Broken` if it was altered, moved, or wrapped by another master key."""
        return unbox(self.master, bound("key", owner), wrapped)


def master_cipher(key: bytes) -> AESGCM:
    """The cipher of a master key; `StoreUnreachable` for one that is too short or too long."""
    if len(key) != KEY_BYTES:  # AES would take 16 bytes too
        raise StoreUnreachable("the master key", f"got {len(key)} bytes, want {KEY_BYTES}", "give base64 of 32 bytes")
    return AESGCM(key)


class Ring:
    """Unwrapped keys of one process, over the place where they lie wrapped. Safe for threads."""

    def __init__(self, keys: Keys, master_key: bytes | None, random: Randomness, others: MasterKeys) -> None:
        """`StoreUnreachable` if neither `master_key` nor one of `others` is the right one."""
        self._keys, self._random, self._others = keys, random, others
        self._master_key = master_key
        self._lock = threading.RLock()
        self.ciphers: OrderedDict[str, AESGCM] = OrderedDict()
        self.forgotten: set[str] = set()
        self.lookup_key = b""
        self._wrapping: Wrapping | None = None
        self._mark: bytes | None = None
        self._made_elsewhere: set[str] = set()
        self._last_forgotten = 0
        self._seen = b""
        self.read_forgotten()

    @property
    def readable(self) -> bool:
        """Whether the master key is at hand."""
        return self._master_key is not None

    def catch_up(self) -> None:
        """Let go of what was forgotten, rotated or restored by anybody since; before every use of a key."""
        if self._keys.counter() != self._seen:
            self.read_forgotten()

    def read_forgotten(self) -> None:
        """The same, whatever the counter says."""
        with self._lock:
            news = self._keys.news(self._last_forgotten)
            while news.mark != self._mark:
                try:
                    self._meet(news.mark)
                except StoreUnreachable:
                    if self._keys.news(0).mark == news.mark:  # else it was changed once more while we looked for it
                        raise
                news = self._keys.news(0)
            for number, stream, _ in news.forgotten:
                self.forgotten.add(stream)
                self.ciphers.pop(stream, None)
                self._last_forgotten = number
            self._seen = news.counter  # last, so that no other thread takes itself for up to date too early

    def opening(self, owner: str) -> AESGCM:
        """The key that opens what is sealed under it; `Forgotten` if it is gone or the master key not at hand."""
        while (cipher := self.ciphers.get(owner)) is None:
            wrapping = self._wrapping
            if wrapping is None or owner in self.forgotten:
                raise Forgotten
            wrapped = self._keys.get(owner)
            if wrapped is None:
                self.read_forgotten()  # since we caught up
                if owner in self.forgotten:
                    raise Forgotten
                why = f"it has no key of {owner}, which was never forgotten"
                raise StoreUnreachable(self._keys.name, why, "restore the keys that belong to this store")
            try:
                key = self._unwrap(wrapping, owner, wrapped)
            except IntegrityBroken:
                self.read_forgotten()
                if self._wrapping is wrapping:
                    raise
                continue  # the master key was changed since we caught up
            if (cipher := self._remember(wrapping, owner, AESGCM(key))) is None:
                raise Forgotten
            return cipher
        return cipher

    def lacks(self, owner: str) -> bool:
        """Whether an owner, as far as is known, has no key and was not forgotten."""
        return not (owner in self.forgotten or owner in self._made_elsewhere)

    def sealing(self, owners: list[str]) -> list[AESGCM]:
        """The keys to seal with, made and durable where there was none; refused for one that was forgotten."""
        wrapping, found = self._ensure(owners, lambda _: self._random(KEY_BYTES))
        ciphers = {owner: key and self._remember(wrapping, owner, AESGCM(key)) for owner, key in found.items()}
        if gone := [owner for owner, cipher in ciphers.items() if not cipher]:
            self.read_forgotten()
            unmet = [Unmet("forgotten", f"{owner} was forgotten; nothing more can be sealed for it") for owner in gone]
            raise Refused("sealing a text", unmet)
        return [cipher for cipher in ciphers.values() if cipher]

    def keep(self, unkept: dict[str, bytes]) -> bool:
        """Make these keys durable; False if another was made, or one forgotten, by somebody else since."""
        wrapping, kept = self._ensure(list(unkept), unkept.__getitem__)
        ours = {owner for owner, key in kept.items() if key == unkept[owner]}
        for owner in ours:
            self._remember(wrapping, owner, AESGCM(unkept[owner]))
        self._made_elsewhere |= unkept.keys() - ours
        return len(ours) == len(unkept)

    def no_master_key(self) -> StoreUnreachable:
        """What is said where it is wanted."""
        remedy = "set REVIEWFLOW_MASTER_KEY, REVIEWFLOW_MASTER_KEY_FILE or REVIEWFLOW_MASTER_KEY_COMMAND"
        return StoreUnreachable(self._keys.name, "the master key is not at hand", remedy)

    def _meet(self, mark: bytes) -> None:
        """The mark is new: nothing in memory counts, and the master key may be another."""
        if self._master_key is not None:
            key = self._unlock(self._master_key, mark)
            self.ciphers.clear()
            self.ciphers[INSTALLATION] = AESGCM(key)
            self.lookup_key = hmac.digest(key, b"reviewflow lookup", "sha256")
        self._made_elsewhere.clear()
        self.forgotten.clear()
        self._last_forgotten = 0
        self._mark = mark

    def _unlock(self, master_key: bytes, mark: bytes) -> bytes:
        for candidates in (lambda: [master_key], self._others):
            for candidate in candidates():
                wrapping = Wrapping(master_cipher(candidate), mark)
                try:
                    key = wrapping.unwrap(INSTALLATION, mark)
                except Broken:
                    continue
                self._master_key, self._wrapping = candidate, wrapping
                return key
        if self._mark is not None:
            why = "its master key was changed, or it was restored, while this process ran"
            raise StoreUnreachable(self._keys.name, why, "start again with the master key it has now")
        raise StoreUnreachable(
            self._keys.name,
            "the master key is not the one it was made with, or the file is damaged",
            "set the right master key, or restore the keys that belong to it; `reviewflow vault show` says more",
        )

    def _ensure(self, owners: list[str], make: Callable[[str], bytes]) -> tuple[Wrapping, dict[str, bytes | None]]:
        """Each owner's key, durable now; made where there was none, wrapped by the master key of this moment."""
        while (wrapping := self._wrapping) is not None:

            def wrapped(owner: str, wrapping: Wrapping = wrapping) -> bytes:
                return wrapping.wrap(self._random, owner, make(owner))

            try:
                found = self._keys.ensure(owners, wrapped, wrapping.mark)
            except Rewrapped:
                self.read_forgotten()
                continue
            return wrapping, {owner: box and self._unwrap(wrapping, owner, box) for owner, box in found.items()}
        raise self.no_master_key()

    def _unwrap(self, wrapping: Wrapping, owner: str, wrapped: bytes) -> bytes:
        try:
            return wrapping.unwrap(owner, wrapped)
        except Broken as error:
            raise IntegrityBroken(0, f"the key of {owner} in {self._keys.name}: {error}") from error

    def _remember(self, wrapping: Wrapping, owner: str, cipher: AESGCM) -> AESGCM | None:
        with self._lock:
            if owner in self.forgotten:  # by another thread, since the wrapped key was read
                return None
            if wrapping is not self._wrapping:  # what was read under an old mark serves once, and is not kept
                return cipher
            cipher = self.ciphers.setdefault(owner, cipher)
            while len(self.ciphers) > MOST_REMEMBERED:
                if next(iter(self.ciphers)) == INSTALLATION:
                    self.ciphers.move_to_end(INSTALLATION)
                self.ciphers.popitem(last=False)
            return cipher
