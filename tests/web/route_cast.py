"""Everybody who tries every route, with what they are where; written down by hand, so that no code is its own judge."""

from __future__ import annotations

from typing import Final

from reviewflow.registry.permissions import REGISTERED, SELF, allowed, by_workflow

STANDING: Final = {
    "ada": ("administrator", "installation"),
    "mona": ("programme_manager", "programme"),
    "otto": ("auditor", "programme"),
    "lena": ("partnership_lead", "cluster"),
    "hanna": ("head", "hazel"),
    "wilma": ("staff", "willow"),
    "chloe": ("staff", "birch"),
    "bea": ("staff", "birch"),
    "vera": ("partnership_lead", "valley"),
    "omar": ("head", "oak"),
    "esme": ("staff", "elm"),
}
PEOPLE: Final = tuple(STANDING)
TRYING: Final = {
    "first": ("ada", "mona", "otto", "lena", "hanna", "wilma", "bea", "vera", "omar"),
    "second": ("ada", "otto", "lena", "hanna", "vera", "omar", "esme"),
}
"""Who tries a thing of the cluster, and who one of the valley: each role of both."""
EACH_ROLE: Final = ("ada", "mona", "otto", "lena", "hanna", "bea")
"""One of each: enough where an address is about nothing of anybody."""
OUT: Final = ("nobody", "fred", "expired")
"""Not signed in, forgotten since, signed in too long ago."""

ABOVE: Final = {
    "installation": ("installation",),
    "programme": ("programme", "installation"),
    **{one: (one, "programme", "installation") for one in ("cluster", "valley")},
    **{one: (one, "cluster", "programme", "installation") for one in ("hazel", "willow", "birch")},
    **{one: (one, "valley", "programme", "installation") for one in ("oak", "elm")},
}
"""A place -> the places whose roles count there."""

SEES: Final = {
    "hazel-review": {"ada", "mona", "otto", "lena", "hanna", "wilma", "chloe"},
    "oak-review": {"ada", "mona", "otto", "vera", "omar"},
}
"""Whom the definition's `visible` shows anything: `to` of its entries, whoever has a part, and those above both."""
IN: Final = {"hazel-review": "cluster", "oak-review": "valley"}

TARGETS: Final = {
    "cycle": ("hazel-review", "oak-review"),
    "person": ("bea", "esme"),
    "organisation": ("hazel", "oak"),
    "partnership": ("cluster", "valley"),
    "programme": ("programme",),
    "self": ("",),
    "": ("",),
}


def expected(name: str, asks: str | None, about: str, target: str, place: str = "") -> bool:
    """Whether somebody who is signed in is let through: what the table says of their roles, and `visible`."""
    if asks is None:
        return True
    held, at = STANDING[name]
    if about == "self":
        return allowed(asks, {REGISTERED, SELF, held})
    place = place or {"cycle": IN.get(target, ""), "person": STANDING.get(target, ("", ""))[1]}.get(about, target)
    counts = not place or at in ABOVE[place]
    roles = {REGISTERED, *((held,) if counts else ()), *((SELF,) if about == "person" and name == target else ())}
    return allowed(asks, roles) and (about != "cycle" or name in SEES[target])


def decided_by_workflow(asks: str | None) -> bool:
    """Whether the definition has a say: whoever sees a cycle may still be told no, in its own words."""
    return asks is not None and by_workflow(asks)
