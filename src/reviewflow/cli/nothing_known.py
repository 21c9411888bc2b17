"""What is known before there is a store: nothing. Lets a decision be tried before anything is made."""

from __future__ import annotations


class NothingKnown:
    """Implements `registry.known.Known` over an empty log."""

    def person(self, id: str) -> None:
        """Nobody."""
        return

    organisation = partnership = programme = person

    def calendar(self, owner: str) -> None:
        """No calendar."""
        return

    def workflow(self, name: str) -> None:
        """No workflow."""
        return

    def by_identity(self, scheme: str, value: str) -> list[str]:
        """No organisation."""
        return []

    def by_handle(self, handle: str) -> list[str]:
        """No handle is taken."""
        return []

    def touching(self, set_name: str) -> list[str]:
        """No stream."""
        return []

    def email_owner(self, email: str) -> None:
        """No address is taken."""
        return
