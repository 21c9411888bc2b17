"""Commands about organisations, partnerships, programmes and calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from reviewflow.asking import calendars_importing
from reviewflow.asking.acting import made
from reviewflow.asking.question import Question
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked, Command
from reviewflow.registry import commands as reg
from reviewflow.registry.events import Identity
from reviewflow.web.api.acting import Key, Ready, also, give
from reviewflow.web.api.answering import named
from reviewflow.web.api.models import done as shapes
from reviewflow.web.api.models import sent
from reviewflow.web.api.operations import COMMAND
from reviewflow.web.api.people_asked import Typed
from reviewflow.web.api.workflows_asked import DOCUMENT

routes = APIRouter(tags=["places"], responses=COMMAND)


def _registered(_question: Question, done: Done) -> dict[str, Any]:
    """By which names it is known now."""
    event = done.events[0].event
    return {"id": made(done), "handle": getattr(event, "handle", None), "name": getattr(event, "name", None)}


@routes.post(
    "/organisations", response_model=shapes.Made, operation_id="addOrganisation",
    summary="Register an organisation",
)  # fmt: skip
def add_organisation(request: Request, body: sent.NewOrganisation, key: Key) -> Response:
    """A school, a trust, a college, a council."""

    def prepare(_question: Question, asked: Asked) -> Ready:
        command = reg.RegisterOrganisation(
            asked=asked, organisation_name=body.name, kind=body.kind, handle=body.handle,
            identities=tuple(Identity(scheme=scheme, value=value) for scheme, value in body.identities.items()),
            details=body.details, place=body.place,
        )  # fmt: skip
        return Ready([command], {}, finish=_registered)

    return give(request, key, body, prepare)


@routes.post(
    "/organisations/successions", response_model=shapes.Done, operation_id="succeed",
    summary="Organisations became others",
)  # fmt: skip
def succeed(request: Request, body: sent.Succession, key: Key) -> Response:
    """Their histories stay separate."""

    def prepare(question: Question, asked: Asked) -> Ready:
        before = tuple(question.find.organisation(one, "predecessors") for one in body.predecessors)
        after = tuple(question.find.organisation(one, "successors") for one in body.successors)
        command = reg.SucceedOrganisation(asked=asked, kind=body.kind, predecessors=before, successors=after)
        return Ready([command], {"kind": body.kind, "predecessors": before, "successors": after})

    return give(request, key, body, prepare)


@routes.post(
    "/partnerships", response_model=shapes.Made, operation_id="addPartnership",
    summary="Form a partnership",
)  # fmt: skip
def add_partnership(request: Request, body: sent.NewPartnership, key: Key) -> Response:
    """In a programme."""

    def prepare(question: Question, asked: Asked) -> Ready:
        of = question.find.programme_or_only(body.programme)
        command = reg.FormPartnership(asked=asked, partnership_name=body.name, programme=of, handle=body.handle)
        return Ready([command], {}, finish=_registered)

    return give(request, key, body, prepare)


@routes.post(
    "/partnerships/{partnership}/members", response_model=shapes.Done, operation_id="join",
    summary="Organisations join",
)  # fmt: skip
def join(request: Request, partnership: Typed, body: sent.Joining, key: Key) -> Response:
    """Since the day this happened."""

    def make(asked: Asked, target: str, one: str) -> Command:
        return reg.BeginMembership(asked=asked, partnership=target, organisation=one, until=body.until)

    return _memberships(request, key, body, partnership, body.organisations, make)


@routes.post(
    "/partnerships/{partnership}/departures", response_model=shapes.Done, operation_id="leave",
    summary="Organisations leave",
)  # fmt: skip
def leave(request: Request, partnership: Typed, body: sent.Departing, key: Key) -> Response:
    """The day this happened was the last."""

    def make(asked: Asked, target: str, one: str) -> Command:
        return reg.EndMembership(asked=asked, partnership=target, organisation=one)

    return _memberships(request, key, body, partnership, body.organisations, make)


def _memberships(
    request: Request, key: str | None, how: sent.Now, partnership: str, organisations: list[str],
    make: Callable[[Asked, str, str], Command],
) -> Response:  # fmt: skip
    """One command for each organisation: all of them, or none."""

    def prepare(question: Question, asked: Asked) -> Ready:
        target = named(question.find.partnership, partnership)
        found = [question.find.organisation(one, f"organisations.{n}") for n, one in enumerate(organisations, 1)]
        commands = [make(also(asked, n), target, one) for n, one in enumerate(found)]
        return Ready(commands, {"partnership": target, "organisations": found})

    return give(request, key, how, prepare)


@routes.post(
    "/programmes",
    response_model=shapes.Made,
    operation_id="addProgramme",
    summary="Set up a programme",
)
def add_programme(request: Request, body: sent.NewProgramme, key: Key) -> Response:
    """Who runs partnerships, with which workflow, in which time zone."""

    def prepare(_question: Question, asked: Asked) -> Ready:
        command = reg.SetUpProgramme(
            asked=asked, programme_name=body.name, time_zone=body.time_zone, handle=body.handle,
            workflow=body.workflow, backdating_days=body.backdating_days, nation=body.nation,
        )  # fmt: skip
        return Ready([command], {}, finish=_registered)

    return give(request, key, body, prepare)


@routes.patch(
    "/programmes/{programme}", response_model=shapes.Done, operation_id="changeProgramme",
    summary="Change a programme",
)  # fmt: skip
def change_programme(request: Request, programme: Typed, body: sent.ProgrammeChange, key: Key) -> Response:
    """What is given; the rest stays."""
    given = (body.name, body.time_zone, body.workflow, body.backdating_days, body.nation)
    if all(one is None for one in given):
        raise BadInput("programme set", [Fault("name", "nothing", "give what is to change")])

    def prepare(question: Question, asked: Asked) -> Ready:
        target = named(question.find.programme, programme)
        command = reg.ChangeProgramme(
            asked=asked, programme=target, programme_name=body.name, time_zone=body.time_zone, workflow=body.workflow,
            backdating_days=body.backdating_days, nation=body.nation,
        )  # fmt: skip
        return Ready([command], {"programme": target})

    return give(request, key, body, prepare)


@routes.post("/calendars", response_model=shapes.Done, operation_id="importCalendar", summary="Publish days")
def publish_calendar(request: Request, body: sent.NewCalendar, key: Key) -> Response:
    """It replaces the one of that name. The format is told by how the document begins."""

    def prepare(question: Question, asked: Asked) -> Ready:
        command = calendars_importing.importing(
            question, asked, body.document.encode(), owner=body.owner, name=body.name, nation=body.nation, what=DOCUMENT
        )
        return Ready([command], calendars_importing.summary(command))

    return give(request, key, body, prepare)
