"""The workflow definitions that come with the package, and the mappings for importing into them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent
_PLACES: Final = (_PACKAGE / "workflows", _PACKAGE.parents[1] / "workflows")
"""In an installed package they lie inside it; in the source tree at its top."""


def shipped() -> dict[str, Path]:
    """Name -> file."""
    found = (sorted(place.glob("*.yaml")) for place in _PLACES if place.is_dir())
    return {file.stem: file for file in next(found, [])}


def definition_file(typed: str) -> str:
    """A file's name as typed; the name of a shipped definition where there is no such file."""
    files = shipped()
    return str(files[typed]) if typed in files and not Path(typed).is_file() else typed


def shipped_mappings() -> dict[str, Path]:
    """Name -> file."""
    found = (sorted((place / "mappings").glob("*.yaml")) for place in _PLACES if place.is_dir())
    return {file.stem: file for file in next(found, [])}


def mapping_file(typed: str) -> str:
    """A file's name as typed; the name of a shipped mapping where there is no such file."""
    files = shipped_mappings()
    return str(files[typed]) if typed in files and not Path(typed).is_file() else typed
