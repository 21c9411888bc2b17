"""Programmes: who runs partnerships, with which workflow, time zone and policy."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from reviewflow.asking.programmes import programme, programmes
from reviewflow.asking.question import asking
from reviewflow.registry.scopes import ANYWHERE
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()


@routes.get("/administration/programmes")
def listed(request: Request, who: Here) -> Response:
    """All of them, each with its partnerships."""
    with asking(site_of(request).installation, who.person) as question:
        question.may("programme list", ANYWHERE)
        rows = [programme(question, one["id"])["programme"] for one in programmes(question)["programmes"]]
    return page(request, "administration/programmes.html", rows=rows)
