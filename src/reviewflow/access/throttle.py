"""Slows down whoever guesses: by the account that is tried, and by the address that tries.

The pause doubles with each failure and ends after a quarter of an hour at most: nobody is ever locked out, and who only
forgot a password can come in by link all the time. Kept in the store, by keyed hashes: a restart forgives nothing, and
the table tells no addresses. An account is counted as it was typed, whether there is such a one or not.
OWASP, Authentication Cheat Sheet, "Login throttling"; NIST SP 800-63B, 5.2.2.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from reviewflow.access.changing import AccessStore, together
from reviewflow.access.passwords import Keyed
from reviewflow.ports import Clock

if TYPE_CHECKING:
    from reviewflow.access.rows.failures import Row

FREE: Final = {"account": 5, "address": 20}
"""From which failure on there is a pause. A school's people come from one address, and each may mistype."""
FIRST: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(minutes=15)
FORGIVEN: Final = timedelta(days=1)
"""After so long without a failure the count begins anew, and the row is removed."""
_NETWORK: Final = 64
_MICRO: Final = 1_000_000


class Throttle:
    """Counts failures in a store. Safe for threads; several processes may share the store."""

    def __init__(self, store: AccessStore, vault: Keyed, clock: Clock) -> None:
        """`vault` makes the keyed hashes."""
        self._store, self._vault, self._clock = store, vault, clock

    def may(self, kind: str, key: str) -> float:
        """Seconds to wait before the next try, 0 for none. Counts nothing: `attempt` does both at once.

        `kind`: `account` (the address or the name as typed) or `address` (of the network).
        """
        from reviewflow.access.rows import failures

        keyed = self._keyed(kind, key)
        with self._store.reading() as connection:
            found = failures.get(connection, keyed)
        if found is not None and found.last_at > self._now():  # the clock was set back
            self._set_back(keyed)
        return self._wait(kind, found)

    def attempt(self, kind: str, key: str) -> float:
        """The same, and where there is nothing to wait the try is counted as a failure, before anybody knows.

        So a hundred tries at once are a hundred tries. `cleared` takes it back where it went well.
        """

        def count() -> float:
            with self._store.changing() as connection:
                found = self._found(connection, keyed)
                wait = self._wait(kind, found)
                if not wait:
                    self._count(connection, keyed, found)
            return wait

        keyed = self._keyed(kind, key)
        return together(count)

    def enter(self, *doors: tuple[str, str]) -> float:
        """`attempt` of several at once, as of an account and an address: the longest wait among them.

        Where one makes wait, nothing is counted at the others: whoever is impatient uses up no tries of their school.
        """
        wait = max((self.may(kind, key) for kind, key in doors), default=0.0)
        return wait or max((self.attempt(kind, key) for kind, key in doors), default=0.0)

    def failed(self, kind: str, key: str) -> None:
        """One more failure."""

        def count() -> None:
            with self._store.changing() as connection:
                self._count(connection, keyed, self._found(connection, keyed))

        keyed = self._keyed(kind, key)
        together(count)

    def cleared(self, kind: str, key: str) -> None:
        """It went well: an account begins anew; of an address one failure is taken back.

        Else whoever has an account of their own could try others for ever, by signing in between.
        """
        from reviewflow.access.rows import failures

        def take_back() -> None:
            with self._store.changing() as connection:
                found = failures.get(connection, keyed)
                if found is None:
                    return
                if kind != "address" or found.number <= 1:
                    failures.remove(connection, keyed)
                elif not failures.move(connection, found, found.number - 1, found.last_at):
                    raise _again()

        keyed = self._keyed(kind, key)
        together(take_back)

    def _found(self, connection: Any, keyed: str) -> Row | None:
        """What is there; moments that have not come yet are taken for now: the clock was set back."""
        from reviewflow.access.rows import failures

        found, now = failures.get(connection, keyed), self._now()
        if found is not None and found.last_at > now:
            if not failures.move(connection, found, found.number, now):
                raise _again()
            found = found._replace(last_at=now)
        return found

    def _count(self, connection: Any, keyed: str, found: Row | None) -> None:
        from reviewflow.access.rows import failures

        now = self._now()
        if found is None:
            failures.clean(connection, now - _micros(FORGIVEN))
            failures.put(connection, failures.Row(keyed, 1, now))
            return
        forgiven = now - found.last_at >= _micros(FORGIVEN)
        if not failures.move(connection, found, 1 if forgiven else found.number + 1, now):
            raise _again()

    def _set_back(self, keyed: str) -> None:
        def correct() -> None:
            with self._store.changing() as connection:
                self._found(connection, keyed)

        together(correct)

    def _wait(self, kind: str, found: Row | None) -> float:
        since = self._now() - found.last_at if found else 0
        if found is None or since >= _micros(FORGIVEN):
            return 0.0
        over = found.number - FREE.get(kind, 5)
        if over < 0:
            return 0.0
        pause = min(FIRST * 2 ** min(over, 20), LONGEST)
        return max(0, _micros(pause) - max(0, since)) / _MICRO

    def _now(self) -> int:
        from reviewflow.views.table import micros

        return micros(self._clock.now())

    def _keyed(self, kind: str, key: str) -> str:
        plain = network(key) if kind == "address" else key.strip().casefold()
        return self._vault.lookup("throttle", f"{kind}\0{plain.encode(errors='surrogatepass').hex()[:2000]}")


def network(address: str) -> str:
    """What counts as one: an IPv4 address, or the /64 of an IPv6 address, which one household has whole."""
    try:
        found = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _NETWORK), strict=False))
    return str(found)


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _again() -> Exception:
    from reviewflow.errors import StreamMoved

    return StreamMoved()
