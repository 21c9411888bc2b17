"""Help, accessibility and privacy: for anyone, also signed out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from reviewflow.web.rendering import page
from reviewflow.web.visiting import Visitor, visitor_or_nobody

routes = APIRouter()

Anyone = Annotated[Visitor | None, Depends(visitor_or_nobody)]
"""Only so that the navigation is there for whoever is signed in."""


@routes.get("/help")
def help_(request: Request, _who: Anyone) -> Response:
    """How to do what people come for."""
    return page(request, "help.html")


@routes.get("/accessibility")
def accessibility(request: Request, _who: Anyone) -> Response:
    """What was tested, how, and what was not."""
    return page(request, "accessibility.html")


@routes.get("/privacy")
def privacy(request: Request, _who: Anyone) -> Response:
    """What is stored of whom, how it is kept, and how it is forgotten."""
    return page(request, "privacy.html")
