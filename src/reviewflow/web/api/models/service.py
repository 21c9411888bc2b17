"""The service itself, as it is told."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reviewflow.web.api.models.shape import Day, Id, Moment, Shape


class ViewStands(Shape):
    """One view, and how far it is."""

    view: str
    kept: str = Field(examples=["with every command", "by a follower"])
    position: int
    behind: int
    broken_at: int | None
    why: str | None
    rebuild: dict[str, Any] | None


class Views(Shape):
    """Every view, and where the log ends."""

    position: int
    views: list[ViewStands]


class Effects(Shape):
    """What is to be sent."""

    effects: list[dict[str, Any]]
    counted: dict[str, int]
    more: bool


class TokenRow(Shape):
    """A token, without what opens the service."""

    id: str = Field(examples=["a1b2c3d4e5f6"])
    person: Id
    name: str = Field(examples=["Lena Madeup"])
    called: str | None = Field(examples=["Nightly export"])
    scopes: list[str] = Field(examples=[["act", "read"]])
    by: Id | None
    made: Moment
    until: Moment
    used_on: Day | None
    ended: bool


class Tokens(Shape):
    """Tokens, the oldest first."""

    tokens: list[TokenRow]


class TokenRevoked(Shape):
    """The token that opens nothing any more."""

    id: str
    person: Id
    name: str
    called: str | None
    dry_run: bool
