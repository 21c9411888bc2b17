"""What goes along when a store is copied elsewhere though it is not in the log."""

from __future__ import annotations

from typing import Any

from reviewflow.access.rows import carrying as access
from reviewflow.following import carrying as following


def carry(source: Any, target: Any) -> None:
    """What is still to be sent and how far that has come; passwords, identities, tokens, drafts. May be done again."""
    following.carry(source, target)
    access.carry(source, target)
