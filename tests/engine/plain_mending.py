"""What later facts make of earlier ones, the slow way: corrections, undos, and days that are only known as "by".

A fact that mends names others by their version. Nothing here is fast, and nothing is shared with the engine.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

When = tuple[date, time | None, bool]
"""Day, time, and whether it was "by" then."""
Fact = dict[str, Any]


def understood(known: list[Fact], until: When | None = None) -> list[Fact]:
    """The facts that happened, as the mending ones among them say they did; the mending ones left out."""
    kept = [dict(one) for one in known]
    for mending in known:
        if mending["kind"] == "corrected":
            for one in kept:
                if one["version"] == mending["corrects"]:
                    _correct(one, mending)
        if mending["kind"] == "undone":
            kept = [one for one in kept if one["version"] not in mending["undoes"]]
    told = [one for one in kept if one["kind"] not in ("corrected", "undone")]
    for place in reversed(range(len(told))):
        told[place]["when"] = effective(told, place, until)
    return told


def _correct(one: Fact, mending: Fact) -> None:
    if mending.get("occurred"):
        one["when"] = mending["occurred"]
    if mending.get("values"):
        values = {**one["values"], **mending["values"]}
        one["values"] = {name: value for name, value in values.items() if value != ""}
        one["fields_at"] = one.get("fields_at", {}) | dict.fromkeys(mending["values"], mending["version"])
    if mending.get("about"):
        one["about"] = mending["about"]


def effective(told: list[Fact], place: int, until: When | None) -> When:
    """The latest moment, not after a "by", at which a fact can have happened: no later than what had to follow it.

    What follows it has been placed before.
    """
    one = told[place]
    best: When = one["when"]
    if not best[2]:
        return best
    bounds = [later["when"] for later in told[place + 1 :] if is_transition(later) or orders(one) & orders(later)]
    # A transition whose moment is known says more than one that is only about to be taken.
    known = any(is_transition(later) and not later["when"][2] for later in told[place + 1 :])
    for bound in [*bounds, *([until] if until and not known else [])]:
        if before(bound, best):
            best = (bound[0], bound[1], True)
    follows = [low for key, low in floors(told[:place]).items() if key in courses(one)]
    for exact in follows:
        if before(best, exact):
            best = (exact[0], exact[1], True)
    return best


def is_transition(one: Fact) -> bool:
    """Whether it changes the state."""
    return one["kind"] == "moved"


def is_course(one: Fact) -> bool:
    """Whether it stands in the one order of the states."""
    return one["kind"] in ("opened", "moved")


def orders(one: Fact) -> set[Any]:
    """What comes in its own order of time, besides the transitions."""
    match one["kind"]:
        case "assigned":
            return {("assigned", one["role"], one["person"])}
        case "handed":
            return {("assigned", one["role"], one["person"]), ("assigned", one["role"], one["successor"])}
        case "consent":
            return {("consent", one["what"])}
        case "proposed":
            return {("proposal", one["version"])}
        case "signed" | "acted" | "moved" if "proposal" in one:
            return {("proposal", one["proposal"])}
    return set()


def before(one: When, other: When) -> bool:
    """Days first, times only where both are known."""
    if one[0] != other[0]:
        return one[0] < other[0]
    return one[1] is not None and other[1] is not None and one[1] < other[1]


def courses(one: Fact) -> set[Any]:
    """The same, and the one order of the states."""
    return orders(one) | ({("course",)} if is_course(one) else set())


def floors(told: list[Fact]) -> dict[Any, When]:
    """For each order of time the moment that what comes next in it cannot be before.

    What happened "by" a day was not before anything that it follows, in whichever order.
    """
    found: dict[Any, When] = {}
    for one in told:
        low = None if one["when"][2] else one["when"]
        if low is None:
            for key in sorted(courses(one), key=repr):
                known = found.get(key)
                if known and (low is None or before(low, known)):
                    low = known
        if low:
            found |= dict.fromkeys(courses(one), low)
    return found
