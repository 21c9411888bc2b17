"""Questions about organisations, partnerships, programmes and calendars."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from reviewflow.asking import calendars, organisations, partnerships, programmes
from reviewflow.web.api.answering import Then, named, told
from reviewflow.web.api.cycles_asked import Filter, Limit
from reviewflow.web.api.models import register as shapes
from reviewflow.web.api.operations import QUESTION
from reviewflow.web.api.people_asked import Typed

routes = APIRouter(tags=["places"], responses=QUESTION)


@routes.get(
    "/organisations", response_model=shapes.Organisations, operation_id="listOrganisations",
    summary="Organisations by handle",
)  # fmt: skip
def listed_organisations(
    request: Request, then: Then, find: Filter = None, kind: Filter = None, partnership: Filter = None,
    limit: Limit = 100,
) -> Response:  # fmt: skip
    """Those that fit; `more` says whether others do too."""
    return told(request, then, lambda question: organisations.organisations(question, find, kind, partnership, limit))


@routes.get(
    "/organisations/{organisation}", response_model=shapes.OneOrganisation, operation_id="showOrganisation",
    summary="One organisation",
)  # fmt: skip
def organisation(request: Request, organisation: Typed, then: Then) -> Response:
    """Identifiers, details, partnerships, what it became or came from."""
    return told(
        request,
        then,
        lambda question: organisations.organisation(question, named(question.find.organisation, organisation)),
    )


@routes.get(
    "/partnerships", response_model=shapes.Partnerships, operation_id="listPartnerships",
    summary="Partnerships by handle",
)  # fmt: skip
def listed_partnerships(request: Request, then: Then, programme: Filter = None) -> Response:
    """With the number of their members on the day asked about."""
    return told(request, then, lambda question: partnerships.partnerships(question, programme))


@routes.get(
    "/partnerships/{partnership}", response_model=shapes.OnePartnership, operation_id="showPartnership",
    summary="One partnership",
)  # fmt: skip
def partnership(request: Request, partnership: Typed, then: Then) -> Response:
    """And everyone who ever belonged to it."""
    return told(
        request,
        then,
        lambda question: partnerships.partnership(question, named(question.find.partnership, partnership)),
    )


@routes.get("/programmes", response_model=shapes.Programmes, operation_id="listProgrammes", summary="Programmes")
def listed_programmes(request: Request, then: Then) -> Response:
    """All of them."""
    return told(request, then, programmes.programmes)


@routes.get(
    "/programmes/{programme}", response_model=shapes.OneProgramme, operation_id="showProgramme",
    summary="One programme",
)  # fmt: skip
def programme(request: Request, programme: Typed, then: Then) -> Response:
    """Its policy and its partnerships."""
    return told(
        request, then, lambda question: programmes.programme(question, named(question.find.programme, programme))
    )


@routes.get("/calendars", response_model=shapes.Calendars, operation_id="listCalendars", summary="Calendars")
def listed_calendars(
    request: Request, then: Then, owner: Annotated[str | None, Query(alias="for", max_length=300)] = None,
    first: Annotated[date | None, Query(alias="from")] = None, last: Annotated[date | None, Query(alias="to")] = None,
) -> Response:  # fmt: skip
    """What was published for an organisation or a programme; without either, for everybody."""
    return told(request, then, lambda question: calendars.calendar(question, owner, first, last))
