"""Programmes: who runs partnerships, with which workflow, time zone and policy; set up, looked at, changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.acting import made
from reviewflow.asking.programmes import programme as told_of
from reviewflow.asking.programmes import programmes
from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked
from reviewflow.registry.bank_holidays import NATIONS
from reviewflow.registry.commands import ChangeProgramme, SetUpProgramme
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.administration.entry import HANDLE, Entry, Gathered, entered, entry_page, one_of
from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.small import Small, needed
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

_HERE: Final = "/administration/programmes"
_BACK: Final = (_HERE, "Programmes")
_DAYS: Final = 30
_MOST_DAYS: Final = 9_999
NATIONS_CALLED: Final = [(name, name.replace("-", " ").title().replace(" And ", " and ")) for name in NATIONS]
_INPUTS: Final = {"time zone": "time_zone", "backdating days": "backdating_days"}
_SAID: Final = {"changed": "The programme is as it says below.", "added": "The programme is set up."}


@routes.get(_HERE)
def listed(request: Request, who: Here, said: str = "") -> Response:
    """All of them, each with its partnerships."""
    with asking(site_of(request).installation, who.person) as question:
        question.may("programme list", ANYWHERE)
        rows = [told_of(question, one["id"])["programme"] for one in programmes(question)["programmes"]]
        mine = {row["id"] for row in rows if question.allowed("programme set", Scope("programme", row["id"]))}
        may_add = question.allowed("programme add", ANYWHERE)
    return page(
        request, "administration/programmes.html", rows=rows, mine=mine, may_add=may_add, said=_SAID.get(said),
        nations=dict(NATIONS_CALLED),
    )  # fmt: skip


@routes.get(f"{_HERE}/add")
def ask(request: Request, who: Here) -> Response:
    """What it is called, and by which policy it goes."""
    return entry_page(request, who, _ADDING)


@routes.post(f"{_HERE}/add")
def add(request: Request, who: Here, sent: Sent) -> Response:
    """Set one up."""
    return entered(request, who, sent, _ADDING)


@routes.get(_HERE + "/{programme}")
def show(request: Request, programme: str, who: Here) -> Response:
    """What is so now, to be changed."""
    return entry_page(request, who, _changing(request, who, programme))


@routes.post(_HERE + "/{programme}")
def change(request: Request, programme: str, who: Here, sent: Sent) -> Response:
    """Change what was given otherwise."""
    return entered(request, who, sent, _changing(request, who, programme))


def _changing(request: Request, who: Visitor, typed: str) -> Entry:
    with asking(site_of(request).installation, who.person) as question:
        there = told_of(question, typed)["programme"]
    target = there["id"]

    def making(sent: Posted, question: Question, asked: Asked, form: Gathered) -> ChangeProgramme:
        given = _given(sent, question, form, there["workflow"])
        return ChangeProgramme(
            asked=asked, programme=target, programme_name=given["name"], time_zone=given["time_zone"],
            workflow=given["workflow"] or None, backdating_days=_days(sent, form), nation=given["nation"] or None,
        )  # fmt: skip

    return Entry(
        title=f"Change {there['name']}", button="Change it", back=_BACK, ask="programme set",
        scope=Scope("programme", target), parts=lambda question, small: _parts(question, small, there),
        making=making, then=lambda _done: f"{_HERE}?said=changed", inputs=_INPUTS,
    )  # fmt: skip


def _set_up(sent: Posted, question: Question, asked: Asked, form: Gathered) -> SetUpProgramme:
    given = _given(sent, question, form, None)
    return SetUpProgramme(
        asked=asked, programme_name=given["name"], time_zone=given["time_zone"],
        handle=sent.text("handle").strip() or None, workflow=given["workflow"] or None,
        backdating_days=_days(sent, form), nation=given["nation"] or None,
    )  # fmt: skip


def _given(sent: Posted, question: Question, form: Gathered, workflow: str | None) -> dict[str, str]:
    texts = form.read(
        lambda: needed(sent, name="its name", time_zone="a time zone, as in Europe/London"),
        {"name": sent.text("name").strip() or "?", "time_zone": sent.text("time_zone").strip() or "UTC"},
    )
    # Neither can be taken away again: what there is once may only become another.
    workflows = dict(_workflows(question, workflow)) | ({} if workflow else {"": ""})
    texts["workflow"] = form.read(lambda: one_of(sent, "workflow", workflows), "")
    texts["nation"] = form.read(lambda: one_of(sent, "nation", dict(NATIONS_CALLED) | {"": ""}), "")
    return texts


def _days(sent: Posted, form: Gathered) -> int:
    def days() -> int:
        text = sent.text("backdating_days").strip()
        if text.isascii() and text.isdigit() and int(text[:9]) <= _MOST_DAYS:
            return int(text)
        raise BadInput("the form", [Fault("backdating_days", repr(text) if text else "", "expected a number of days, "
                                          f"from 0 to {_MOST_DAYS:,}")])  # fmt: skip

    return form.read(days, _DAYS)


def _parts(question: Question, small: Small, there: Mapping[str, object]) -> list[Part]:
    workflow, nation = str(there["workflow"] or ""), str(there["nation"] or "")
    return [
        small.text("name", "Name", value=str(there["name"])),
        small.one_of("workflow", "Workflow", _workflows(question, workflow or None),
                     "What the reviews follow that are opened from now on.", optional=not workflow, value=workflow),
        small.text("time_zone", "Time zone", "Days begin and end by it, as in Europe/London.",
                   value=str(there["time_zone"])),
        small.text("backdating_days", "Days for recording late",
                   "Whatever is recorded more days after it happened takes a reason, and a lead or administrator.",
                   value=str(there["backdating_days"]))._replace(kind="number"),
        small.one_of("nation", "Whose bank holidays count", NATIONS_CALLED,
                     "For a file of bank holidays that is brought in later.", optional=not nation, value=nation),
    ]  # fmt: skip


def _workflows(question: Question, now: str | None) -> list[tuple[str, str]]:
    """Published ones; and the one that is chosen, which may be published later."""
    names = [stream.removeprefix("workflow-") for stream in question.now.touching("workflows")]
    return [(name, name) for name in dict.fromkeys([*names, *([now] if now else [])])]


def _asked(question: Question, small: Small) -> list[Part]:
    fresh = {"name": "", "workflow": None, "time_zone": "Europe/London", "backdating_days": _DAYS, "nation": None}
    handle = small.text("handle", "Short name", HANDLE, optional=True)
    return [*_parts(question, small, fresh), handle]


_ADDING: Final = Entry(
    title="Set up a programme", button="Set it up", back=_BACK, ask="programme add", parts=_asked, making=_set_up,
    then=lambda done: f"{_HERE}?said=added#{quote(made(done))}", inputs=_INPUTS,
)  # fmt: skip
