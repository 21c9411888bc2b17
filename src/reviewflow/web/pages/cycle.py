"""One cycle: where it is, what can be done now, and for everything else why not and who can change that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.cycle_next import next_steps
from reviewflow.asking.cycle_show import cycle as shown_cycle
from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question, asking
from reviewflow.web.pages.work import address
from reviewflow.web.picture import picture
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()

_TOLD_ABOVE = ("Cycle", "States")


@routes.get("/cycles/{handle}")
def show(request: Request, handle: str, who: Here, done: int = 0, saved: str = "") -> Response:
    """The cycle as the visitor may see it."""
    site = site_of(request)
    with asking(site.installation, who.person) as question:
        one = look(question, handle, "cycle show")
        following = next_steps(question, handle, None)
        told = shown_cycle(question, handle, history=False)
        data = {
            "cycle": one.data(),
            "picture": picture(one.definition, one.cycle) if one.seeing.may("status") else None,
            "now": [_now(handle, option) for option in following["now"]],
            "waiting": [_waiting(handle, task, who.person) for task in following["waiting"]],
            "not_yet": [option for option in following["not_yet"] if not only_for_others(option)],
            "others": [option for option in following["not_yet"] if only_for_others(option)],
            "elsewhere": following["elsewhere"],
            "people": following["people"],
            "sections": [one for one in told["sections"] if one["title"] not in _TOLD_ABOVE],
            "facts": next((one["items"] for one in told["sections"] if one["title"] == "Cycle"), []),
            "hidden": told["hidden"],
            "done": _done(question, one, who.person, done),
            "saved": one.definition.step(saved),
            "drafts": _drafts(site.drafts.of(who.person), one),
        }
    return page(request, "cycle.html", **data)


def only_for_others(option: dict[str, Any]) -> bool:
    """Whether the one thing against a step is who asks."""
    return [one["code"] for one in option["requirements"] if one["status"] == "unmet"] == ["not-permitted"]


def _now(handle: str, option: dict[str, Any]) -> dict[str, Any]:
    return {**option, "href": address(handle, option["kind"], option["step"])}


def _waiting(handle: str, task: dict[str, Any], visitor: str) -> dict[str, Any]:
    mine = any(person["id"] == visitor for person in task["people"])
    return {**task, "mine": mine, "href": address(handle, task["kind"], task["step"]) if mine else None}


def _done(question: Question, one: OneCycle, visitor: str, position: int) -> str | None:
    """What the visitor did just now, in words: told from the log, so that no address can claim what was not done."""
    mine = [r for r in question.known.cycle_records(one.cycle.id) if r.position == position and r.event.by == visitor]
    if not mine:
        return None
    lines = history_of(one).tell(mine).lines
    return lines[0].what if lines else None


def _drafts(drafts: Sequence[Any], one: OneCycle) -> list[dict[str, str]]:
    """What was begun and not sent."""
    found = []
    for draft in drafts:
        step = one.definition.step(draft.step) if draft.cycle == one.cycle.id else None
        if step is not None:
            href = f"/cycles/{quote(one.cycle.handle)}/steps/{quote(draft.step)}"
            found.append({"title": step.title, "href": href})
    return found
