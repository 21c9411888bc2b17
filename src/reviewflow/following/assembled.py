"""The followers of an installation: its views that follow the log, and the side effects that its settings name."""

from __future__ import annotations

from collections.abc import Sequence

from reviewflow.errors import BadInput, Fault
from reviewflow.following.follower import Follower, ViewFollower
from reviewflow.following.sending import EffectsFollower
from reviewflow.following.webhooks import webhooks
from reviewflow.settings import Settings
from reviewflow.views.view import View


def all_followers(views: Sequence[View], settings: Settings) -> list[Follower]:
    """Every one; `BadInput` if the settings do not fit."""
    return [*map(ViewFollower, views), *map(EffectsFollower, webhooks(settings))]


def chosen(followers: Sequence[Follower], names: Sequence[str]) -> list[Follower]:
    """Those with these names, all without any; `webhook` is every webhook. `BadInput` for a name that none has."""
    there = ", ".join(one.name for one in followers)
    faults = [
        Fault("--only", repr(name), f"there are: {there}")
        for name in names
        if not any(_called(one, name) for one in followers)
    ]
    if faults:
        raise BadInput("the followers", faults)
    return [one for one in followers if not names or any(_called(one, name) for name in names)]


def _called(follower: Follower, name: str) -> bool:
    return name in (follower.name, follower.name.partition(":")[0])
