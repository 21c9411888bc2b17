"""The front page of administration: what the visitor may open there."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from reviewflow.registry.scopes import ANYWHERE
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()

_ROOMS: Final = (
    ("people", "person list", "People", "Who is there, their roles and training; links to sign in."),
    ("organisations", "organisation add", "Organisations", "Schools, trusts and others."),
    ("partnerships", "partnership leave", "Partnerships", "Who belongs to which, and since when."),
    ("import/people", "person import", "Bring in people", "From a spreadsheet, looked at before anything is recorded."),
    ("import/organisations", "organisation import", "Bring in organisations", "From a register, looked at first."),
    ("import/history", "history import", "Bring in past reviews", "From another system, looked at first."),
    ("programmes", "programme list", "Programmes", "Who runs reviews, with which workflow and time zone."),
    ("workflows", "workflow list", "Workflows", "What happens in a review, step by step, and who may do it."),
    ("calendars", "calendar show", "Calendars", "Terms, holidays and other days that deadlines hang on."),
    ("tokens", "token list", "Tokens", "What programs use to act for people."),
    ("health", "status", "How the service is doing", "What is stored, and whether everything keeps up."),
)  # fmt: skip


@routes.get("/administration")
def front(request: Request, who: Here) -> Response:
    """Everything that may be opened."""
    with asking(site_of(request).installation, who.person) as question:
        question.may("person add", ANYWHERE)
        rooms = [room for room in _ROOMS if question.allowed(room[1], ANYWHERE)]
    return page(request, "administration/front.html", rooms=rooms)
