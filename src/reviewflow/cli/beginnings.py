"""Ids by how they begin, and public names: asked of the views where there is one, else of the log's sets."""

from __future__ import annotations

from reviewflow.knowing import Knowing
from reviewflow.wiring import Installation


class ViewBeginnings:
    """Implements `naming.Beginnings`."""

    def __init__(self, installation: Installation, known: Knowing) -> None:
        """`known` is of now."""
        self.installation, self.known = installation, known

    def beginning(self, kind: str, start: str) -> list[str]:
        """Ids of a kind that begin like this."""
        raise NotImplementedError(kind, start)

    def named(self, kind: str, name: str) -> list[str]:
        """Ids of a kind with this public name."""
        raise NotImplementedError(kind, name)
