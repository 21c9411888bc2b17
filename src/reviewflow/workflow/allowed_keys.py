"""Which keys may stand at a place of a definition, read off the models; for spelling guesses."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from reviewflow.workflow.definition import Definition


def allowed_keys(path: tuple[str | int, ...]) -> list[str]:
    """The keys of the mapping at `path`; none where its author chooses the names."""
    here: list[Any] = [Definition]
    for part in path:
        here = [inner for kind in here for inner in _inside(kind, part)]
    return [
        field.alias or name
        for kind in here
        if isinstance(kind, type) and issubclass(kind, BaseModel)
        for name, field in kind.model_fields.items()
    ]


def _inside(kind: Any, part: str | int) -> Iterator[Any]:
    """The types that may stand under `part` of a value of type `kind`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if part == (field.alias or name):
                yield from _arms(field.annotation)
    elif origin is dict:
        yield from _arms(arguments[1])
    elif origin is tuple and isinstance(part, int):
        yield from _arms(arguments[0])


def _arms(kind: Any) -> Iterator[Any]:
    """The alternatives of a union; any other type is its own only one."""
    if get_origin(kind) in {Union, types.UnionType}:
        for arm in get_args(kind):
            yield from _arms(arm)
    else:
        yield kind
