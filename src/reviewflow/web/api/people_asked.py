"""Questions about people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from reviewflow.asking import leaving, people
from reviewflow.web.api.answering import Then, named, told
from reviewflow.web.api.cycles_asked import Filter
from reviewflow.web.api.models import register as shapes
from reviewflow.web.api.operations import QUESTION

routes = APIRouter(tags=["people"], responses=QUESTION)

Typed = Annotated[
    str, Path(description="An id, the beginning of one, a handle, an address or a name.", examples=["hazel"])
]


@routes.get("/people", response_model=shapes.People, operation_id="listPeople", summary="People by name")
def listed(
    request: Request, then: Then, role: Filter = None, place: Annotated[str | None, Query(alias="in")] = None,
    trained: Filter = None, *, forgotten: bool = False,
) -> Response:  # fmt: skip
    """With a role, in a place, with valid training; on the day asked about. Those of whom you may be told."""
    return told(request, then, lambda question: people.people(question, role, place, trained, forgotten=forgotten))


@routes.get("/people/{person}", response_model=shapes.OnePerson, operation_id="showPerson", summary="One person")
def show(request: Request, person: Typed, then: Then) -> Response:
    """Everything that is known of somebody."""
    return told(request, then, lambda question: people.person(question, named(question.find.person, person)))


@routes.get(
    "/people/{person}/leaving", response_model=shapes.Leaving, operation_id="leaving", summary="What is open"
)  # fmt: skip
def open_of(
    request: Request, person: Typed, cycle: Annotated[list[str] | None, Query(max_length=500)] = None,
    partnership: Filter = None,
) -> Response:  # fmt: skip
    """Everything that waits for somebody who leaves, and how it passes on."""
    return told(
        request, None,
        lambda question: leaving.leaving(question, named(question.find.person, person), cycle or (), partnership),
    )  # fmt: skip
