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
from reviewflow.asking.question import Question, asking
from reviewflow.events import Asked, Happened
from reviewflow.registry.commands import BeginMembership, EndMembership, FormPartnership
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.acting import Making, act
from reviewflow.web.administration.entry import HANDLE, entry_page
from reviewflow.web.forms.small import Faults, Small, day_of, needed
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

_BACK: Final = ("/administration/partnerships", "Partnerships")
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
    return _add_page(request, who.person, Posted(()), [])


@routes.post("/administration/partnerships/add")
def add(request: Request, who: Here, sent: Sent) -> Response:
    """Form one."""

    def formed(question: Question, asked: Asked) -> FormPartnership:
        given = needed(sent, name="its name", programme="the programme")
        return FormPartnership(
            asked=asked, partnership_name=given["name"],
            programme=question.find.programme(given["programme"], "programme"),
            handle=sent.text("handle").strip() or None,
        )  # fmt: skip

    outcome = act(request, who.person, sent, formed, {"partnership_name": "name"}, ask=("partnership add", ANYWHERE))
    if outcome.done is None:
        return _add_page(request, who.person, sent, outcome.faults)
    return RedirectResponse(_PAGE.format(partnership=quote(made(outcome.done))), 303)


@routes.get(_PAGE)
def show(request: Request, partnership: str, who: Here) -> Response:
    """Everyone who ever belonged to it."""
    return _page(request, who, partnership, Posted(()), [])


@routes.post(_PAGE + "/join")
def join(request: Request, partnership: str, who: Here, sent: Sent) -> Response:
    """An organisation joins, today or on the day that is given."""

    def joined(question: Question, asked: Asked) -> BeginMembership:
        given = needed(sent, organisation="the school that joins")
        return BeginMembership(
            asked=_on(sent, asked), partnership=question.find.partnership(partnership),
            organisation=question.find.organisation(given["organisation"], "organisation"), until=None,
        )  # fmt: skip

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


def _add_page(request: Request, viewer: str, sent: Posted, faults: Faults) -> Response:
    with asking(site_of(request).installation, viewer) as question:
        question.may("partnership add", ANYWHERE)
        ids = [
            one
            for one in question.find.all("programme")
            if question.allowed("partnership add", Scope("programme", one))
        ]
        programmes = [(one, question.called.programme(one)) for one in ids]
    small = Small(sent, faults)
    return entry_page(request, "Form a partnership", [
        small.text("name", "Name"),
        small.one_of("programme", "Who runs it", programmes, value=programmes[0][0] if programmes else ""),
        small.text("handle", "Short name", HANDLE, optional=True),
    ], "Form it", _BACK, sent=sent, faults=faults)  # fmt: skip
