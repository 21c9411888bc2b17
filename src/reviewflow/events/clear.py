"""Texts that stand in an event in the clear: no database may be unable to hold what another does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from reviewflow.errors import Fault, unheld


def faults_in_the_clear(event: BaseModel) -> list[Fault]:
    """Every text in it, a key too, with half of a surrogate pair or with U+0000, by its path as in `values.theme`."""
    return [fault for where, text in _texts("", event) if (fault := unheld(where, text))]


def _texts(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
        return
    inside: Any = ()
    if isinstance(value, BaseModel):
        inside = value.__dict__.items()
    elif isinstance(value, Mapping):
        for key in value:
            yield f"a name in {where}", str(key)
        inside = value.items()
    elif isinstance(value, list | tuple | set | frozenset):
        inside = enumerate(value)
    for name, one in inside:
        yield from _texts(f"{where}.{name}" if where else str(name), one)
