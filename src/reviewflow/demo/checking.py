"""The demo is a check as well: what does not come out as told ends it loudly."""

from __future__ import annotations

from typing import Any


class StoryBroken(Exception):
    """Something did not come out as told: ours to mend."""

    def __init__(self, what: str, got: Any, want: Any) -> None:
        """`what` is what the story says of it."""
        self.what, self.got, self.want = what, got, want
        super().__init__(what, got, want)

    def __str__(self) -> str:
        return f"the story did not come out as told: {self.what}: got {self.got!r}; want {self.want!r}"


def expect(what: str, got: Any, want: Any = True) -> None:  # noqa: FBT002 - "expect that" reads without a second value
    """Go on only if it is so."""
    if got != want:
        raise StoryBroken(what, got, want)
