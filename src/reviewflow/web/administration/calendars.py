"""Calendars: closed days and named days, for everybody or for one programme, partnership or organisation."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking.calendars import calendar
from reviewflow.asking.question import Question, asking
from reviewflow.errors import BadInput
from reviewflow.registry.events import INSTALLATION
from reviewflow.web.forms.small import Faults
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()

_AHEAD: Final = timedelta(days=500)
_BACK: Final = timedelta(days=100)


@routes.get("/administration/calendars")
def show(request: Request, who: Here, of: str = "") -> Response:
    """What was published, from some months ago to the end of the next school year."""
    faults: Faults = []
    with asking(site_of(request).installation, who.person) as question:
        owners = _owners(question)
        today = question.day(question.only_programme())
        first, last = today - _BACK, today + _AHEAD
        try:
            found = calendar(question, of.strip() or None, first, last)
        except BadInput:
            faults, found = [("of", "There is nothing of that name")], {"owner": INSTALLATION, "calendars": []}
        name = "everybody" if found["owner"] == INSTALLATION else question.called.named(found["owner"])
    return page(
        request, "administration/calendars.html", status=422 if faults else 200, faults=faults, name=name, of=of,
        owners=owners, calendars=found["calendars"], first=first, last=last,
    )  # fmt: skip


def _owners(question: Question) -> list[dict[str, str]]:
    folded = (question.now.programme(one) for one in question.find.all("programme"))
    return [{"value": one.handle, "text": one.name} for one in folded if one is not None]
