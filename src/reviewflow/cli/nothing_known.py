"""What is known before there is a store: nothing. Lets a decision be tried before anything is made."""

from __future__ import annotations


class NothingKnown:
    """Implements `registry.known.Known` over an empty log."""

    def person(self, id: str) -> None:  # noqa: A002, ARG002 - the port's signature
        """Nobody."""
        return

    organisation = partnership = programme = person

    def calendar(self, owner: str) -> None:  # noqa: ARG002 - the port's signature
        """No calendar."""
        return

    def workflow(self, name: str) -> None:  # noqa: ARG002 - the port's signature
        """No workflow."""
        return

    def by_identity(self, scheme: str, value: str) -> list[str]:  # noqa: ARG002 - the port's signature
        """No organisation."""
        return []

    def by_handle(self, handle: str) -> list[str]:  # noqa: ARG002 - the port's signature
        """No handle is taken."""
        return []

    def touching(self, set_name: str) -> list[str]:  # noqa: ARG002 - the port's signature
        """No stream."""
        return []

    def touches(self, set_name: str) -> int:  # noqa: ARG002 - the port's signature
        """No event."""
        return 0

    def email_owner(self, email: str) -> None:  # noqa: ARG002 - the port's signature
        """No address is taken."""
        return
