"""Commands about organisations, partnerships, programmes, calendars and workflows."""

from __future__ import annotations

from typing import Any, Final, cast

from fastapi import APIRouter, Request, Response

from reviewflow.asking.acting import made
from reviewflow.asking.question import Question
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked
from reviewflow.registry import commands as reg
from reviewflow.registry.bank_holidays import NATIONS, Days, read_bank_holidays, read_days
from reviewflow.registry.events import INSTALLATION, Identity, ScopeKind
from reviewflow.shipped import shipped
from reviewflow.web.api.acting import Key, Ready, also, give
from reviewflow.web.api.answering import named
from reviewflow.web.api.models import done as shapes
from reviewflow.web.api.models import sent
from reviewflow.web.api.operations import COMMAND
from reviewflow.web.api.register_asked import Typed
from reviewflow.workflow.parse import parse

routes = APIRouter(responses=COMMAND)

_DOCUMENT: Final = "the document"


def _registered(_question: Question, done: Done) -> dict[str, Any]:
    """By which names it is known now."""
    event = done.events[0].event
    return {"id": made(done), "handle": getattr(event, "handle", None), "name": getattr(event, "name", None)}


@routes.post(
    "/organisations", response_model=shapes.Made, operation_id="addOrganisation", tags=["places"],
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
    "/organisations/successions", response_model=shapes.Done, operation_id="succeed", tags=["places"],
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
    "/partnerships", response_model=shapes.Made, operation_id="addPartnership", tags=["places"],
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
    "/partnerships/{partnership}/members", response_model=shapes.Done, operation_id="join", tags=["places"],
    summary="Organisations join",
)  # fmt: skip
def join(request: Request, partnership: Typed, body: sent.Joining, key: Key) -> Response:
    """Since the day this happened."""

    def prepare(question: Question, asked: Asked) -> Ready:
        target, joining = _members(question, partnership, body.organisations)
        commands = [
            reg.BeginMembership(asked=also(asked, n), partnership=target, organisation=one, until=body.until)
            for n, one in enumerate(joining)
        ]
        return Ready(commands, {"partnership": target, "organisations": joining})

    return give(request, key, body, prepare)


@routes.post(
    "/partnerships/{partnership}/departures", response_model=shapes.Done, operation_id="leave", tags=["places"],
    summary="Organisations leave",
)  # fmt: skip
def leave(request: Request, partnership: Typed, body: sent.Departing, key: Key) -> Response:
    """The day this happened was the last."""

    def prepare(question: Question, asked: Asked) -> Ready:
        target, leaving = _members(question, partnership, body.organisations)
        commands = [
            reg.EndMembership(asked=also(asked, n), partnership=target, organisation=one)
            for n, one in enumerate(leaving)
        ]  # fmt: skip
        return Ready(commands, {"partnership": target, "organisations": leaving})

    return give(request, key, body, prepare)


def _members(question: Question, partnership: str, organisations: list[str]) -> tuple[str, list[str]]:
    target = named(question.find.partnership, partnership)
    return target, [question.find.organisation(one, f"organisations.{n}") for n, one in enumerate(organisations, 1)]


@routes.post(
    "/programmes",
    response_model=shapes.Made,
    operation_id="addProgramme",
    tags=["places"],
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
    "/programmes/{programme}", response_model=shapes.Done, operation_id="changeProgramme", tags=["places"],
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


@routes.post(
    "/calendars", response_model=shapes.Done, operation_id="importCalendar", tags=["places"], summary="Publish days"
)
def publish_calendar(request: Request, body: sent.NewCalendar, key: Key) -> Response:
    """It replaces the one of that name. The format is told by how the document begins."""

    def prepare(question: Question, asked: Asked) -> Ready:
        whole = body.owner in (None, INSTALLATION)
        kind, owner = (INSTALLATION, INSTALLATION) if whole else question.find.place(str(body.owner), "owner")
        days, source, name = _days(question, body, owner)
        command = reg.PublishCalendar(
            asked=asked, calendar=name, owner=owner, owner_kind=cast("ScopeKind", kind), closed=days.closed,
            named=days.named, source=source,
        )  # fmt: skip
        data = {"calendar": name, "owner": owner, "closed": len(days.closed), "named": sorted(days.named)}
        return Ready([command], data)

    return give(request, key, body, prepare)


def _days(question: Question, body: sent.NewCalendar, owner: str) -> tuple[Days, str, str]:
    data = body.document.encode()
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_days(data, _DOCUMENT), "table", body.name or "days"
    programme = question.now.programme(owner)
    nation = body.nation or (programme.nation if programme else None)
    if nation not in NATIONS:
        raise BadInput("bank holidays", [Fault("nation", repr(nation), f"expected one of {', '.join(NATIONS)}")])
    closed = read_bank_holidays(data, nation, _DOCUMENT)
    return Days(closed, {}), "gov-uk-bank-holidays", body.name or f"bank-holidays-{nation}"


@routes.post(
    "/workflows",
    response_model=shapes.Done,
    operation_id="publishWorkflow",
    tags=["workflows"],
    summary="Publish a workflow",
)
def publish_workflow(request: Request, body: sent.NewWorkflow, key: Key) -> Response:
    """It is checked first; every fault is told. Cycles that run stay with the edition they were opened with."""

    def prepare(question: Question, asked: Asked) -> Ready:
        question.may("workflow publish")
        parsed = parse(_document(body), body.shipped or _DOCUMENT)
        definition = parsed.definition
        command = reg.PublishWorkflow(
            asked=asked, workflow=definition.workflow, edition=definition.edition, digest=parsed.digest,
            document=parsed.document,
        )  # fmt: skip
        data = {"workflow": definition.workflow, "title": definition.title, "edition": definition.edition}
        return Ready([command], {**data, "digest": parsed.digest})

    return give(request, key, body, prepare)


def _document(body: sent.NewWorkflow) -> bytes:
    if body.document is not None:
        return body.document.encode()
    there = shipped()
    if body.shipped not in there:
        want = f"those that come with reviewflow are: {', '.join(there)}"
        raise BadInput("workflow", [Fault("shipped", repr(body.shipped), want)])
    from pathlib import Path

    return Path(there[str(body.shipped)]).read_bytes()
