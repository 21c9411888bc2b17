"""Questions about cycles."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from reviewflow.asking import cycle_list, inbox
from reviewflow.asking.cycle_next import next_steps
from reviewflow.asking.cycle_show import cycle as shown
from reviewflow.asking.evidence import evidence_of, file_of
from reviewflow.asking.one_cycle import look
from reviewflow.asking.question import Question
from reviewflow.asking.step_forms import form
from reviewflow.cycle.steps import find_step
from reviewflow.web.api.answering import Then, answer, asking_for, named, told
from reviewflow.web.api.models import cycles as shapes
from reviewflow.web.api.operations import QUESTION
from reviewflow.web.api.problems import problem
from reviewflow.web.sending_files import SentFile
from reviewflow.web.uploads import MOST, ROOM, media_type

routes = APIRouter(tags=["cycles"], responses=QUESTION)

Cycle = Annotated[str, Path(description="An id, the beginning of one, or a handle.", examples=["hazel-2026-1"])]
Limit = Annotated[int, Query(ge=1, le=500)]
Filter = Annotated[str | None, Query(max_length=300)]
After = Annotated[str | None, Query(max_length=300, description="A handle: those after it.")]


@routes.get("/cycles", response_model=shapes.Cycles, operation_id="listCycles", summary="Cycles by handle")
def listed(
    request: Request, then: Then, programme: Filter = None, partnership: Filter = None, subject: Filter = None,
    workflow: Filter = None, state: Filter = None, year: Filter = None, involving: Filter = None, *,
    running: bool = False, after: After = None,
    limit: Limit = 100,
) -> Response:  # fmt: skip
    """Those that fit everything that is asked for, and of which you may see something."""
    wanted = cycle_list.Wanted(
        programme, partnership, subject, workflow, state, year, involving, running, after, limit
    )  # fmt: skip
    return told(request, then, lambda question: cycle_list.cycles(question, wanted))


@routes.get("/inbox", response_model=shapes.Inbox, operation_id="inbox", summary="What waits", tags=["work"])
def waiting(
    request: Request, then: Then, person: Filter = None, programme: Filter = None, partnership: Filter = None, *,
    after: After = None, limit: Limit = 200,
) -> Response:  # fmt: skip
    """For you, for one person, or in one place; the most urgent first, of so many cycles by their handles."""
    return told(
        request, then, lambda question: inbox.tasks(question, person, programme, partnership, limit, after=after)
    )


@routes.get("/cycles/{cycle}", response_model=shapes.OneCycle, operation_id="showCycle", summary="One cycle")
def show(request: Request, cycle: Cycle, then: Then) -> Response:
    """Where it is, who takes part, what was said, what stands beside it, as far as its workflow lets you see it."""
    return told(request, then, lambda question: shown(question, named(question.find.cycle, cycle)))


@routes.get(
    "/cycles/{cycle}/history", response_model=shapes.History, operation_id="cycleHistory", summary="Its history"
)
def history(request: Request, cycle: Cycle, then: Then) -> Response:
    """The same with everything that happened, in words."""
    return told(request, then, lambda question: shown(question, named(question.find.cycle, cycle), history=True))


@routes.get("/cycles/{cycle}/next", response_model=shapes.Next, operation_id="nextSteps", summary="What can be done")
def following(
    request: Request, cycle: Cycle, then: Then, behalf: Annotated[str | None, Query(alias="for", max_length=300)] = None
) -> Response:
    """Every step, whether you can take it now, and else everything that stands against it."""
    return told(request, then, lambda question: next_steps(question, named(question.find.cycle, cycle), behalf))


@routes.get(
    "/cycles/{cycle}/steps/{step}", response_model=shapes.Form, operation_id="stepForm", summary="A step's form"
)
def empty_form(request: Request, cycle: Cycle, step: str) -> Response:
    """The empty form of a step, and what each field wants."""
    with asking_for(request) as question:
        one = look(question, named(question.find.cycle, cycle), "cycle next")
        named(lambda typed: find_step(one.definition, typed), step)
        return answer(request, form(question, one.cycle.id, step))


@routes.get(
    "/cycles/{cycle}/evidence", response_model=shapes.EvidenceList, operation_id="listEvidence", summary="Its evidence"
)
def evidence(request: Request, cycle: Cycle, then: Then) -> Response:
    """What was added and counts, the last first."""
    with asking_for(request, then) as question:
        one = look(question, named(question.find.cycle, cycle), "cycle show")
        return answer(request, {"cycle": one.data(), **evidence_of(question, one)})


@routes.get(
    "/cycles/{cycle}/evidence/{version}/file", operation_id="evidenceFile", summary="A file", response_class=Response,
    responses={200: {"description": "The file, to be saved.", "content": {"application/octet-stream": {
        "schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
def file(request: Request, cycle: Cycle, version: Annotated[int, Path(ge=1, le=2**31)]) -> Any:
    """The file of one piece of evidence (the event that added it), to whom evidence is shown."""
    size = 2 * MOST
    ROOM.take(size)
    try:
        with asking_for(request) as question:
            return _file(request, question, cycle, version, size)
    except BaseException:
        ROOM.give(size)
        raise


def _file(request: Request, question: Question, cycle: str, version: int, size: int) -> Any:
    one = look(question, named(question.find.cycle, cycle), "cycle show")
    kept = named(lambda typed: file_of(question, typed, version), one.cycle.id)
    if kept.data is None:
        ROOM.give(size)
        return problem(request, "not-found", "The file cannot be read any more.", faults=[])
    return SentFile(kept.name, kept.data, media_type(kept.name, kept.data), ROOM, size)
