"""One cycle: where it is, what can be done now, and for everything else why not and who can change that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.acting import asked_by
from reviewflow.asking.cycle_next import next_steps
from reviewflow.asking.cycle_show import cycle as shown_cycle
from reviewflow.asking.mending import mendable
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.standing_in import absent, standing_in_for
from reviewflow.asking.waiving import waivable
from reviewflow.cycle.expected import tasks
from reviewflow.web.doing import told_done
from reviewflow.web.pages.work import address
from reviewflow.web.picture import picture
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.stages import by_stage
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()

_TOLD_ABOVE = ("Cycle", "States")


@routes.get("/cycles/{handle}")
def show(request: Request, handle: str, who: Here, done: int = 0, saved: str = "") -> Response:
    """The cycle as the visitor may see it; with `for`, what they can do for somebody absent."""
    site, typed = site_of(request), request.query_params.get("for", "")
    with asking(site.installation, who.person) as question:
        one = look(question, handle, "cycle show")
        behalf = found.id if (found := absent(question, one, typed)) else None
        following = next_steps(question, handle, behalf)
        now = [_now(handle, option, behalf) for option in following["now"]]
        expected = {(t.step, t.kind == "agree") for t in tasks(one.definition, one.cycle) if t.roles != ("anyone",)}
        others = [option for option in following["not_yet"] if only_for_others(option) and option["kind"] != "agree"]
        asked = asked_by(site.installation, who.person, door="web", on_behalf_of=behalf)
        told = shown_cycle(question, handle, history=False)
        data = {
            "cycle": one.data(),
            "picture": picture(one.definition, one.cycle) if one.seeing.may("status") else None,
            "now": [option for option in now if _waits(option, expected)],
            "also": [option for option in now if not _waits(option, expected)],
            "waivers": waivable(question, one, following, asked),
            "consent": any(entry.consent_of for entry in one.definition.visible) and one.seeing.may("status"),
            "mends": len(one.cycle.stays) > 1 and one.cycle.stays[-1].since in mendable(question, one),
            "stands_in": standing_in_for(question, one),
            "behalf": behalf,
            "suffix": f"?for={behalf}" if behalf else "",
            "waiting": [_waiting(handle, task, who.person) for task in following["waiting"]],
            "not_yet": [option for option in following["not_yet"] if not only_for_others(option)],
            "others": [option for option in others if _waits(option, expected)],
            "elsewhere": [*(option for option in others if not _waits(option, expected)), *following["elsewhere"]],
            "people": following["people"],
            "said": by_stage(one, (part for part in told["sections"] if part["title"] not in _TOLD_ABOVE)),
            "facts": next((part["items"] for part in told["sections"] if part["title"] == "Cycle"), []),
            "hidden": told["hidden"],
            "done": told_done(question, one, done) if done else None,
            "saved": one.definition.step(saved),
            "drafts": _drafts(site.drafts.of(who.person), one),
        }
    return page(request, "cycle.html", **data)


def only_for_others(option: dict[str, Any]) -> bool:
    """Whether the one thing against a step is who asks."""
    return [one["code"] for one in option["requirements"] if one["status"] == "unmet"] == ["not-permitted"]


def _waits(option: dict[str, Any], expected: set[tuple[str, bool]]) -> bool:
    """Whether the workflow expects it next, and not only allows it."""
    return (option["step"], option["kind"] == "agree") in expected


def _now(handle: str, option: dict[str, Any], behalf: str | None) -> dict[str, Any]:
    return {**option, "href": address(handle, option["kind"], option["step"], behalf)}


def _waiting(handle: str, task: dict[str, Any], visitor: str) -> dict[str, Any]:
    mine = any(person["id"] == visitor for person in task["people"])
    return {**task, "mine": mine, "href": address(handle, task["kind"], task["step"]) if mine else None}


def _drafts(drafts: Sequence[Any], one: OneCycle) -> list[dict[str, str]]:
    """What was begun and not sent."""
    found = []
    for draft in drafts:
        step = one.definition.step(draft.step) if draft.cycle == one.cycle.id else None
        if step is not None:
            href = f"/cycles/{quote(one.cycle.handle)}/steps/{quote(draft.step)}"
            found.append({"title": step.title, "href": href})
    return found
