"""`cycle next` for a person: what can be done now, what not yet and why, what is for others."""

from __future__ import annotations

from typing import Any, Final

from reviewflow.cli.printing import say
from reviewflow.cli.waiting import by_when, words

STATUS: Final = {"depends": "depends on what is entered", "unmet": "not met", "waived": "waived"}

Options = list[dict[str, Any]]


def show(data: dict[str, Any], everything: bool) -> None:
    """The whole answer; the steps of other states in full only with `everything`."""
    cycle = data["cycle"]
    say(f"{cycle['handle']} ({cycle['subject_name']}) is in {cycle['state_title']} since {cycle['since']}")
    others = [option for option in data["not_yet"] if _only_for_others(option)]
    not_yet = [option for option in data["not_yet"] if option not in others]
    _group("Can be done now:", data["now"], ("depends", "waived"), none="Nothing can be done now.")
    if data["waiting"]:
        say("\nWaits for an answer or a signature:")
        for task in data["waiting"]:
            say(f"  {words(task)}")
    _group("Not yet:", not_yet, ("unmet", "waived", "depends"))
    if others:
        named = (f"{option['step']} ({' or '.join(option['by'])})" for option in others)
        say(f"\nFor others: {', '.join(named)}")
    _tell_people(data["people"])
    if everything:
        _group("Not in this state:", data["elsewhere"], ("unmet",))
    elif data["elsewhere"]:
        say(f"\nNot in this state (--all says why): {', '.join(option['step'] for option in data['elsewhere'])}")


def _group(title: str, options: Options, told: tuple[str, ...], none: str = "") -> None:
    if options or none:
        say(f"\n{title if options else none}")
    for option in options:
        _tell(option, told)


def _only_for_others(option: dict[str, Any]) -> bool:
    """Whether the one thing against it is who asks."""
    return [one["code"] for one in option["requirements"] if one["status"] == "unmet"] == ["not-permitted"]


def _tell(option: dict[str, Any], told: tuple[str, ...]) -> None:
    sign = "sign: " if option["kind"] == "agree" else ""
    say(f"  {option['step']}  {sign}{option['title']} - {' or '.join(option['by'])}{by_when(option)}")
    for one in option["requirements"]:
        if one["status"] in told and not (one["code"] == "not-permitted" and one["status"] == "depends"):
            who = f"; can be met by: {', '.join(one['who'])}" if one["who"] else ""
            waive = f"; may be waived by: {', '.join(one['waivable_by'])}" if one["waivable_by"] else ""
            say(f"      {STATUS[one['status']]}: {one['sentence']} [{one['code']}]{who}{waive}")


def _tell_people(people: list[dict[str, Any]]) -> None:
    open_ones = [one for one in people if len(one["accepted"]) < one["least"] or one["asked"]]
    if open_ones:
        say("\nPeople:")
    for one in open_ones:
        names = ", ".join(p["name"] for p in one["accepted"])
        accepted = f"{len(one['accepted'])} of {_span(one['least'], one['most'])}" + (f" ({names})" if names else "")
        asked = f"; asked: {', '.join(p['name'] for p in one['asked'])}" if one["asked"] else ""
        by = f" - offered by {' or '.join(one['offered_by'])}" if one["offered_by"] else ""
        say(f"  {one['role']}  {one['title']}: {accepted}{asked}{by}")


def _span(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more"
    return f"{least} to {most}" if most != least else str(least)
