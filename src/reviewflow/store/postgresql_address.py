"""The address of a PostgreSQL store: libpq reads it, several hosts and all; its password is never shown."""

from __future__ import annotations

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from reviewflow.errors import StoreUnreachable
from reviewflow.store.addresses import shown

WANT = "as in postgresql://user@host/database, with a % before the hexadecimal code of each special sign of a password"

# A dead server or network is noticed in half a minute, not in the two hours of most systems. An address may say else.
_DEFAULTS = {
    "application_name": "reviewflow",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


def read(url: str) -> dict[str, str]:
    """What libpq is to be told; raises `StoreUnreachable` for what it cannot read."""
    scheme, _, rest = url.partition("://")
    try:
        given = conninfo_to_dict(f"{scheme.partition('+')[0]}://{rest}")
    except ProgrammingError:  # whose text may quote a part of the password
        raise StoreUnreachable(shown(url), "this is not the address of a PostgreSQL database", WANT) from None
    told = {name: str(value) for name, value in given.items() if value is not None}
    if not all(port.isdecimal() for port in told.get("port", "").split(",") if port):
        # A slash or a colon in a password makes a "port" of its rest, which libpq would show.
        raise StoreUnreachable(shown(url), "this is not the address of a PostgreSQL database", WANT)
    if "," in told.get("host", "") + told.get("hostaddr", ""):
        # Of several servers one takes writes. Which one it is changes; libpq looks for it.
        told.setdefault("target_session_attrs", "read-write")
    return {**_DEFAULTS, **told, "client_encoding": "UTF8"}


def name_of(told: dict[str, str]) -> str:
    """How errors name it: without the password, and without what libpq was told besides."""
    hosts = told.get("host", told.get("hostaddr", "")).split(",")
    ports = told.get("port", "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    places = [f"{host}:{port}" if port else host for host, port in zip(hosts, ports, strict=False)]
    user = f"{told['user']}@" if "user" in told else ""
    return f"the store postgresql://{user}{','.join(places)}/{told.get('dbname', '')}"
