"""What reviewflow is timed against; each is asked to do its best, and what it does not do is said beside its figure."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec


def missing(*modules: str) -> list[str]:
    """Those that are not installed here; `make bench` installs them."""
    return [name for name in modules if find_spec(name) is None]


def told(absent: Sequence[str]) -> list[str]:
    """A note that says so, if any is."""
    return [f"NOT INSTALLED, so not timed: {', '.join(absent)}. `make bench` installs them."] if absent else []
