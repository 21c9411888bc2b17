"""What is set, and which versions of everything there are."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reviewflow import __version__
from reviewflow.keeping.doctor_check import Check
from reviewflow.keeping.doctor_patient import Patient
from reviewflow.store.looking import Look

LIBRARIES = (
    "sqlalchemy",
    "psycopg",
    "alembic",
    "eventsourcing",
    "pydantic",
    "cryptography",
    "cel-expr-python",
    "click",
)
_SHOWN = frozenset({"evidence", "master_key_file", "new_master_key_file"})
"""Of the others only that they are set: keys, commands and addresses with secrets in them, who somebody is."""


def settings(patient: Patient) -> Iterator[Check]:
    """Everything that counts, secrets only as being there."""
    given = patient.settings
    told = {"store": Look(given.store).what.removeprefix("the store "), "keys": _keys(given.keys_place)}
    told["evidence"] = str(given.evidence_path)
    more = {name: value for name, value in given if value is not None and name not in told}
    told |= {name: str(value) if name in _SHOWN else "set, not shown" for name, value in more.items()}
    yield Check("settings", "ok", "; ".join(f"{name}: {value}" for name, value in told.items()))


def versions(_: Patient) -> Iterator[Check]:
    """Ours, Python's, and those of the libraries that a fault may come from."""
    ours = f"reviewflow {__version__}, Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Check("versions", "ok", f"{ours}; {', '.join(map(_library, LIBRARIES))}")


def _library(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def _keys(place: Path | str) -> str:
    return str(place) if isinstance(place, Path) else "a database, its address not shown"
