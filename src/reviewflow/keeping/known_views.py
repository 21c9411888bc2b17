"""The views of this release where no store can be opened to ask: their names, their tables, how these are made."""

from __future__ import annotations

from typing import NoReturn

from reviewflow.views.assembled import all_views
from reviewflow.views.view import View


def every_view() -> tuple[View, ...]:
    """Those that appends keep, then those that followers keep."""
    known = all_views(_unasked, _unasked)
    return (*known.synchronous, *known.following)


def following() -> tuple[View, ...]:
    """Those that followers keep."""
    return all_views(_unasked, _unasked).following


def _unasked(*_: object) -> NoReturn:
    raise AssertionError("a view was told of events by somebody who only asked for its tables")
