"""How much the registry holds: counted by the database, nothing listed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Table, func, select

from reviewflow.views.organisations import organisations
from reviewflow.views.partnerships import partnerships
from reviewflow.views.people import people
from reviewflow.views.programmes import programmes

_TABLES: Final[dict[str, Table]] = {
    "programmes": programmes,
    "partnerships": partnerships,
    "organisations": organisations,
    "people": people,
}


def how_many(connection: Connection) -> dict[str, int]:
    """Programmes, partnerships, organisations and people that were ever registered, the forgotten among them."""
    return {
        name: connection.execute(select(func.count()).select_from(counted)).scalar_one()
        for name, counted in _TABLES.items()
    }
