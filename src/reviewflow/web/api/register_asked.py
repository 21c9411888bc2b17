"""Questions about people, places, calendars, workflows, and the store."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from reviewflow.asking import calendars, leaving, organisations, partnerships, people, programmes, status, workflows
from reviewflow.asking.question import Question
from reviewflow.web.api.answering import Then, answer, asking_for, named
from reviewflow.web.api.cycles_asked import Filter, Limit
from reviewflow.web.api.models import register as shapes
from reviewflow.web.api.operations import QUESTION

routes = APIRouter(responses=QUESTION)

Typed = Annotated[
    str, Path(description="An id, the beginning of one, a handle, an address or a name.", examples=["hazel"])
]


@routes.get("/status", response_model=shapes.Status, operation_id="status", tags=["service"], summary="What there is")
def in_store(request: Request, then: Then) -> Response:
    """Counts; more for those who may read the whole log."""
    with asking_for(request, then) as question:
        return answer(request, status.status(question))


@routes.get(
    "/people", response_model=shapes.People, operation_id="listPeople", tags=["people"], summary="People by name"
)
def listed_people(
    request: Request, then: Then, role: Filter = None, place: Annotated[str | None, Query(alias="in")] = None,
    trained: Filter = None, *, forgotten: bool = False,
) -> Response:  # fmt: skip
    """With a role, in a place, with valid training; on the day asked about. Those of whom you may be told."""
    with asking_for(request, then) as question:
        return answer(request, people.people(question, role, place, trained, forgotten=forgotten))


@routes.get(
    "/people/{person}",
    response_model=shapes.OnePerson,
    operation_id="showPerson",
    tags=["people"],
    summary="One person",
)
def person(request: Request, person: Typed, then: Then) -> Response:
    """Everything that is known of somebody."""
    with asking_for(request, then) as question:
        return answer(request, people.person(question, named(question.find.person, person)))


@routes.get(
    "/people/{person}/leaving",
    response_model=shapes.Leaving,
    operation_id="leaving",
    tags=["people"],
    summary="What is open",
)
def open_of(
    request: Request, person: Typed, cycle: Annotated[list[str] | None, Query(max_length=500)] = None,
    partnership: Filter = None,
) -> Response:  # fmt: skip
    """Everything that waits for somebody who leaves, and how it passes on."""
    with asking_for(request) as question:
        found = leaving.leaving(question, named(question.find.person, person), cycle or (), partnership)
        return answer(request, found)


@routes.get(
    "/organisations", response_model=shapes.Organisations, operation_id="listOrganisations", tags=["places"],
    summary="Organisations by handle",
)  # fmt: skip
def listed_organisations(
    request: Request,
    then: Then,
    find: Filter = None,
    kind: Filter = None,
    partnership: Filter = None,
    limit: Limit = 100,
) -> Response:
    """Those that fit; `more` says whether others do too."""
    with asking_for(request, then) as question:
        return answer(request, organisations.organisations(question, find, kind, partnership, limit))


@routes.get(
    "/organisations/{organisation}", response_model=shapes.OneOrganisation, operation_id="showOrganisation",
    tags=["places"], summary="One organisation",
)  # fmt: skip
def organisation(request: Request, organisation: Typed, then: Then) -> Response:
    """Identifiers, details, partnerships, what it became or came from."""
    with asking_for(request, then) as question:
        return answer(request, organisations.organisation(question, named(question.find.organisation, organisation)))


@routes.get(
    "/partnerships", response_model=shapes.Partnerships, operation_id="listPartnerships", tags=["places"],
    summary="Partnerships by handle",
)  # fmt: skip
def listed_partnerships(request: Request, then: Then, programme: Filter = None) -> Response:
    """With the number of their members on the day asked about."""
    with asking_for(request, then) as question:
        return answer(request, partnerships.partnerships(question, programme))


@routes.get(
    "/partnerships/{partnership}", response_model=shapes.OnePartnership, operation_id="showPartnership",
    tags=["places"], summary="One partnership",
)  # fmt: skip
def partnership(request: Request, partnership: Typed, then: Then) -> Response:
    """And everyone who ever belonged to it."""
    with asking_for(request, then) as question:
        return answer(request, partnerships.partnership(question, named(question.find.partnership, partnership)))


@routes.get(
    "/programmes",
    response_model=shapes.Programmes,
    operation_id="listProgrammes",
    tags=["places"],
    summary="Programmes",
)
def listed_programmes(request: Request, then: Then) -> Response:
    """All of them."""
    with asking_for(request, then) as question:
        return answer(request, programmes.programmes(question))


@routes.get(
    "/programmes/{programme}", response_model=shapes.OneProgramme, operation_id="showProgramme", tags=["places"],
    summary="One programme",
)  # fmt: skip
def programme(request: Request, programme: Typed, then: Then) -> Response:
    """Its policy and its partnerships."""
    with asking_for(request, then) as question:
        return answer(request, programmes.programme(question, named(question.find.programme, programme)))


@routes.get(
    "/calendars", response_model=shapes.Calendars, operation_id="listCalendars", tags=["places"], summary="Calendars"
)
def listed_calendars(
    request: Request, then: Then, owner: Annotated[str | None, Query(alias="for", max_length=300)] = None,
    first: Annotated[date | None, Query(alias="from")] = None, last: Annotated[date | None, Query(alias="to")] = None,
) -> Response:  # fmt: skip
    """What was published for an organisation or a programme; without either, for everybody."""
    with asking_for(request, then) as question:
        return answer(request, calendars.calendar(question, owner, first, last))


@routes.get(
    "/workflows", response_model=shapes.Workflows, operation_id="listWorkflows", tags=["workflows"], summary="Workflows"
)
def listed_workflows(request: Request, then: Then, *, editions: bool = False) -> Response:
    """The latest edition of each, or every one; and those that come with reviewflow."""
    with asking_for(request, then) as question:
        return answer(request, workflows.workflows(question, editions=editions))


@routes.get(
    "/workflows/{workflow}", response_model=shapes.OneWorkflow, operation_id="showWorkflow", tags=["workflows"],
    summary="One workflow",
)  # fmt: skip
def workflow(request: Request, workflow: str, then: Then, edition: Filter = None) -> Response:
    """Roles, steps, requirements with their sources, deadlines."""
    with asking_for(request, then) as question:
        return answer(request, _workflow(question, workflow, edition).whole())


@routes.get(
    "/workflows/{workflow}/facts", response_model=shapes.WorkflowFacts, operation_id="workflowFacts",
    tags=["workflows"], summary="Its facts",
)  # fmt: skip
def facts(request: Request, workflow: str, then: Then, edition: Filter = None) -> Response:
    """The facts that its rules may use: name, type, meaning."""
    with asking_for(request, then) as question:
        return answer(request, _workflow(question, workflow, edition).facts())


@routes.get(
    "/workflows/{workflow}/diagram", response_model=shapes.WorkflowDiagram, operation_id="workflowDiagram",
    tags=["workflows"], summary="Its picture",
)  # fmt: skip
def diagram(request: Request, workflow: str, then: Then, edition: Filter = None, *, in_words: bool = False) -> Response:
    """As a Mermaid state diagram, or the same in words."""
    with asking_for(request, then) as question:
        return answer(request, _workflow(question, workflow, edition).diagram(in_words=in_words))


def _workflow(question: Question, name: str, edition: str | None) -> workflows.Found:
    return named(lambda typed: workflows.workflow(question, typed, edition), name)
