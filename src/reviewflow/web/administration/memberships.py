"""Partnerships: formed, joined and left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acting import made
from reviewflow.asking.partnerships import partnership as told_of
from reviewflow.asking.partnerships import partnerships
from reviewflow.asking.question import Question
from reviewflow.events import Asked, Happened
from reviewflow.registry.commands import BeginMembership, EndMembership, FormPartnership
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.administration.entry import HANDLE, Entry, Gathered, entered, entry_page, one_of
from reviewflow.web.doing import Making, act
from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.small import Faults, Small, day_of, needed
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

_PAGE: Final = "/administration/partnerships/{partnership}"


@routes.get("/administration/partnerships")
def listed(request: Request, who: Here) -> Response:
    """All of them, and those first that the visitor may change."""
    with asking(site_of(request).installation, who.person) as question:
        question.may("partnership leave", ANYWHERE)
        rows = partnerships(question)["partnerships"]
        mine = [row for row in rows if question.allowed("partnership leave", Scope("partnership", row["id"]))]
        may_add = question.allowed("partnership add", ANYWHERE)
    return page(request, "administration/partnerships.html", rows=mine, may_add=may_add)


@routes.get("/administration/partnerships/add")
def ask(request: Request, who: Here) -> Response:
    """What it is called, and who runs it."""
    return entry_page(request, who, _FORMING)


@routes.post("/administration/partnerships/add")
def add(request: Request, who: Here, sent: Sent) -> Response:
    """Form one."""
    return entered(request, who, sent, _FORMING)


def _formed(sent: Posted, question: Question, asked: Asked, form: Gathered) -> FormPartnership:
    given = form.read(lambda: needed(sent, name="its name"), {"name": ""})
    programmes = dict(_programmes(question))
    programme = form.read(lambda: one_of(sent, "programme", programmes), next(iter(programmes), ""))
    return FormPartnership(
        asked=asked, partnership_name=given["name"], programme=programme, handle=sent.text("handle").strip() or None
    )


def _asked(question: Question, small: Small) -> list[Part]:
    programmes = _programmes(question)
    return [
        small.text("name", "Name"),
        small.one_of("programme", "Who runs it", programmes, value=programmes[0][0] if programmes else ""),
        small.text("handle", "Short name", HANDLE, optional=True),
    ]


def _programmes(question: Question) -> list[tuple[str, str]]:
    """Those in which the visitor may form one."""
    found = question.find.all("programme")
    may = [one for one in found if question.allowed("partnership add", Scope("programme", one))]
    return [(one, question.called.programme(one)) for one in may]


_FORMING: Final = Entry(
    title="Form a partnership", button="Form it", back=("/administration/partnerships", "Partnerships"),
    ask="partnership add", parts=_asked, making=_formed,
    then=lambda done: _PAGE.format(partnership=quote(made(done))),
)  # fmt: skip


@routes.get(_PAGE)
def show(request: Request, partnership: str, who: Here) -> Response:
    """Everyone who ever belonged to it."""
    return _page(request, who, partnership, Posted(()), [])


@routes.post(_PAGE + "/join")
def join(request: Request, partnership: str, who: Here, sent: Sent) -> Response:
    """An organisation joins, today or on the day that is given."""

    def joined(question: Question, asked: Asked) -> BeginMembership:
        form = Gathered()
        asked = form.read(lambda: _on(sent, asked), asked)
        organisation = form.read(lambda: _named(sent, question), "")
        form.check()
        return BeginMembership(
            asked=asked, partnership=question.find.partnership(partnership), organisation=organisation, until=None
        )

    return _act(request, who, partnership, sent, joined, "partnership join")


@routes.post(_PAGE + "/leave")
def leave(request: Request, partnership: str, who: Here, sent: Sent) -> Response:
    """Today, or the day that is given, is an organisation's last."""

    def left(question: Question, asked: Asked) -> EndMembership:
        organisation = question.find.organisation(sent.text("organisation"), "organisation")
        return EndMembership(
            asked=_on(sent, asked), partnership=question.find.partnership(partnership), organisation=organisation
        )

    return _act(request, who, partnership, sent, left, "partnership leave")


def _named(sent: Posted, question: Question) -> str:
    typed = needed(sent, organisation="the school that joins")["organisation"]
    return question.find.organisation(typed, "organisation")


def _on(sent: Posted, asked: Asked) -> Asked:
    day = day_of(sent, "on")
    return replace(asked, happened=Happened(on=day)) if day else asked


def _act(request: Request, who: Visitor, handle: str, sent: Posted, making: Making, ask: str) -> Response:
    with asking(site_of(request).installation, who.person) as question:
        question.may(ask, Scope("partnership", question.find.partnership(handle)))
    outcome = act(request, who.person, sent, making, {"on": "on.day"})
    if outcome.done is None:
        return _page(request, who, handle, sent, outcome.faults)
    return RedirectResponse(_PAGE.format(partnership=quote(handle)), 303)


def _page(request: Request, who: Visitor, handle: str, sent: Posted, faults: Faults) -> Response:
    with asking(site_of(request).installation, who.person) as question:
        found: dict[str, Any] = told_of(question, handle)["partnership"]
        scope = Scope("partnership", found["id"])
        question.may("partnership leave", scope)
        may = {name: question.allowed(f"partnership {name}", scope) for name in ("join", "leave")}
        day = question.day(found["programme"])
    small = Small(sent, faults)
    now = [one for one in found["memberships"] if one["until"] is None or one["until"] >= day]
    return page(
        request, "administration/partnership.html", status=422 if faults else 200, faults=faults, one=found, may=may,
        members=sorted(now, key=lambda row: str(row["name"]).casefold()),
        former=[one for one in found["memberships"] if one not in now], parts=[
            small.text("organisation", "School or organisation", "Its name, short name or number."),
            small.day("on", "Since when", "Leave it empty for today.", optional=True),
        ],
    )  # fmt: skip
