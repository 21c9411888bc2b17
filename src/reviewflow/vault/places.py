"""Where keys lie, by what the settings say: a path is a file, a URL a database."""

from __future__ import annotations

import re
from pathlib import Path

from reviewflow.vault.keyfile import KeyFile
from reviewflow.vault.keys import Damaged, Fill, Keys, Place

_URL = re.compile(r"postgres(ql)?(\+\w+)?://", re.IGNORECASE)


def is_database(place: Place) -> bool:
    """Whether this names a database."""
    return isinstance(place, str) and _URL.match(place) is not None


def create_keys(place: Place, fill: Fill) -> Keys:
    """New keys with their first rows, all or nothing; `BadInput` if there are some already."""
    if isinstance(place, str) and is_database(place):
        from reviewflow.vault.keydatabase import KeyDatabase

        return KeyDatabase.create(place, fill)
    return KeyFile.create(Path(place) if place else None, fill)


def open_keys(place: Path | str) -> Keys:
    """The keys that are there; `StoreUnreachable` if there are none of ours."""
    if isinstance(place, str) and is_database(place):
        from reviewflow.vault.keydatabase import KeyDatabase

        return KeyDatabase.open(place)
    return KeyFile.open(Path(place))


def keys_there(place: Path | str) -> Keys | None:
    """The same, None if there are none; `Damaged` if what is there cannot be read."""
    if isinstance(place, str) and is_database(place):
        from reviewflow.vault.keydatabase import KeyDatabase

        return KeyDatabase.there(place)
    path = Path(place)
    if not path.exists() or path.stat().st_size == 0:  # a killed `init` leaves an empty one
        return None
    keys = KeyFile.open(path)
    if damage := keys.damage():
        keys.close()
        raise Damaged(keys.name, damage)
    return keys


def remove_keys(place: Path | str) -> None:
    """Take away keys that were made a moment ago and that nothing was sealed with."""
    if isinstance(place, str) and is_database(place):
        from reviewflow.vault.keydatabase import KeyDatabase

        KeyDatabase.remove(place)
    else:
        Path(place).unlink(missing_ok=True)
