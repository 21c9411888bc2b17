"""Passwords: an argon2id hash a person, made from a keyed hash of the text.

The text is keyed first, with a key that is not in the database and together with the person's id: whoever has only the
database can try nothing, and a hash that was put beside another person opens nothing (a pepper, OWASP Password Storage
Cheat Sheet). What a password must be: `access/weak.py`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from reviewflow.access.argon import Argon, Cost
from reviewflow.access.changing import AccessStore, lasting, together
from reviewflow.access.secret import hashed
from reviewflow.access.weak import check_password
from reviewflow.errors import StoreUnreachable, StreamMoved
from reviewflow.ports import Clock


class Keyed(Protocol):
    """What access needs of the vault for a keyed hash."""

    def lookup(self, kind: str, value: str) -> str:
        """A keyed hash, hex; `StoreUnreachable` without the master key."""


class Passwords:
    """Passwords in a store. Safe for threads; several processes may share the store."""

    def __init__(self, store: AccessStore, vault: Keyed, clock: Clock, *, cost: Cost | None = None) -> None:
        """`cost`: of one argon2 computation; the recommended one without it."""
        self._store, self._vault, self._clock = store, vault, clock
        self._argon = Argon(cost)

    def set(self, person: str, text: str, *, about: Iterable[str] = (), keep: str | None = None) -> None:
        """A new password: every session of the person ends, but the one whose secret is `keep`; so does a link.

        `about`: what whoever knows the person would try: the address, the name, the organisation's name.
        `BadInput` for a weak one, with every fault; nothing of what was given stands in it.
        """
        from reviewflow.access.rows import links, passwords, sessions
        from reviewflow.views.table import micros

        check_password(text, about)
        row = passwords.Row(person, self._argon.hash(self._keyed(person, text)), micros(self._clock.now()))

        def put() -> None:
            with lasting(self._store) as connection:
                passwords.put(connection, row)
                sessions.end_all(connection, person, hashed(keep) if keep else "")
                links.remove(connection, person)

        together(put)

    def check(self, person: str | None, text: str) -> bool:
        """Whether it is this person's; takes as long for somebody without one, and for nobody (None).

        Never writes, but where the parameters grew since it was set. The throttle is asked before.
        """
        from reviewflow.access.rows import passwords

        with self._store.reading() as connection:
            row = passwords.get(connection, person or "")
        keyed = self._keyed(person or "", text)
        right = self._argon.check(row.hash if row else self._argon.nobody, keyed)
        if row is None or not right:
            return False
        if self._argon.grew(row.hash):
            again = self._argon.hash(keyed)
            # It is right whether or not that can be written just now.
            with suppress(StoreUnreachable, StreamMoved), lasting(self._store) as connection:
                passwords.hash_again(connection, row.person, row.hash, again)
        return True

    def has(self, person: str) -> bool:
        """Whether there is one."""
        from reviewflow.access.rows import passwords

        with self._store.reading() as connection:
            return passwords.get(connection, person) is not None

    def remove(self, person: str) -> bool:
        """Take it away: the person comes in by link, or through the sign-in service; whether there was one."""
        from reviewflow.access.rows import passwords

        with lasting(self._store) as connection:
            return passwords.remove(connection, person)

    def _keyed(self, person: str, text: str) -> str:
        if len(text) > _LONGEST:  # none was ever set; and what is sent to us need not be hashed whole
            text = ""
        plain = unicodedata.normalize("NFC", text).encode(errors="surrogatepass").hex()
        return self._vault.lookup("password", f"{person}\0{plain}")


_LONGEST = 4096
"""Characters."""
