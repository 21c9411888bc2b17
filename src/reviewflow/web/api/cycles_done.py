"""Commands about cycles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile

from reviewflow.asking.mending import corrections, recorded_lines, undone_lines
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.opening import Wanted, opening
from reviewflow.asking.question import Question
from reviewflow.asking.step_forms import resolved
from reviewflow.cycle import commands as cy
from reviewflow.cycle.steps import find_step
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked, Command
from reviewflow.web.api.acting import Key, Ready, give
from reviewflow.web.api.answering import named
from reviewflow.web.api.cycles_asked import Cycle
from reviewflow.web.api.models import done as shapes
from reviewflow.web.api.models import sent
from reviewflow.web.api.operations import COMMAND
from reviewflow.web.api.sent_files import only_known
from reviewflow.web.uploads import ROOM, Uploaded, uploaded

routes = APIRouter(tags=["cycles"], responses=COMMAND)


def _there(question: Question, cycle: str) -> OneCycle:
    """The cycle, of which whoever acts must see something."""
    return look(question, named(question.find.cycle, cycle), "cycle next")


def _about(
    request: Request, key: str | None, how: sent.Now, cycle: str,
    make: Callable[[Question, OneCycle, Asked], tuple[Command, dict[str, Any]]],
) -> Response:  # fmt: skip
    """One command about one cycle."""

    def prepare(question: Question, asked: Asked) -> Ready:
        one = _there(question, cycle)
        command, data = make(question, one, asked)
        return Ready([command], {"cycle": one.cycle.id, **data}, one.cycle.id)

    return give(request, key, how, prepare)


@routes.post("/cycles", response_model=shapes.CycleDone, operation_id="openCycles", summary="Open cycles")
def open_cycles(request: Request, body: sent.Opening, key: Key) -> Response:
    """One for each subject, or for each member of a partnership; all of them or none."""

    def prepare(question: Question, asked: Asked) -> Ready:
        wanted = Wanted(
            body.subjects, body.year, body.partnership, body.programme, body.workflow, body.edition, body.values
        )  # fmt: skip
        command = opening(question, asked, wanted)
        return Ready([command], {"workflow": command.workflow, "year": command.year})

    return give(request, key, body, prepare)


@routes.post(
    "/cycles/{cycle}/steps/{step}", response_model=shapes.CycleDone, operation_id="takeStep", summary="Take a step"
)
def take(request: Request, cycle: Cycle, step: str, body: sent.Step, key: Key) -> Response:
    """A transition or an act; where it needs a second signature this is the proposal."""

    def make(question: Question, one: OneCycle, asked: Asked) -> tuple[Command, dict[str, Any]]:
        named(lambda typed: find_step(one.definition, typed), step)
        values = resolved(question.find, one.definition, step, body.values)
        command = cy.TakeStep(asked=asked, cycle=one.cycle.id, step=step, values=values, about=body.about)
        return command, {"step": step}

    return _about(request, key, body, cycle, make)


@routes.post("/cycles/{cycle}/agreements/{step}", response_model=shapes.CycleDone, operation_id="agree", summary="Sign")
def agree(request: Request, cycle: Cycle, step: str, body: sent.Agreement, key: Key) -> Response:
    """What was proposed for a step; with the last signature it is taken."""

    def make(_question: Question, one: OneCycle, asked: Asked) -> tuple[Command, dict[str, Any]]:
        named(lambda typed: find_step(one.definition, typed), step)
        return cy.Agree(asked=asked, cycle=one.cycle.id, step=step), {"step": step}

    return _about(request, key, body, cycle, make)


_ASSIGNMENTS: dict[str, type[cy.AboutAssignment]] = {
    "offer": cy.OfferAssignment, "accept": cy.AcceptAssignment, "decline": cy.DeclineAssignment,
    "withdraw": cy.WithdrawAssignment,
}  # fmt: skip


@routes.post(
    "/cycles/{cycle}/assignments", response_model=shapes.CycleDone, operation_id="assign", summary="Ask, or answer"
)
def assign(request: Request, cycle: Cycle, body: sent.Assignment, key: Key) -> Response:
    """Offer somebody a role, take or decline one, leave it, or take it back."""

    def make(question: Question, one: OneCycle, asked: Asked) -> tuple[Command, dict[str, Any]]:
        if body.action == "offer" and body.person is None:
            raise BadInput("cycle assign", [Fault("person", "nothing", "say whom")])
        if body.action in ("accept", "decline") and body.for_ is not None:
            raise BadInput("cycle accept", [Fault("for", repr(body.for_), "an offer is only theirs to answer")])
        whom = question.find.person(body.person) if body.person is not None else asked.by
        command = _ASSIGNMENTS[body.action](
            asked=asked, cycle=one.cycle.id, role=body.role, person=whom, reason=body.reason
        )
        return command, {"role": body.role, "person": whom}

    return _about(request, key, body, cycle, make)


@routes.post(
    "/cycles/{cycle}/evidence",
    response_model=shapes.CycleDone,
    operation_id="addEvidence",
    summary="Add evidence",
    dependencies=[Depends(only_known)],
)
def add_evidence(
    request: Request, cycle: Cycle, kind: Annotated[str, Form(max_length=300, examples=["self_evaluation"])], key: Key,
    text: Annotated[str | None, Form(max_length=50_000)] = None,
    about: Annotated[str | None, Form(max_length=300)] = None,
    on: Annotated[str | None, Form(max_length=10, examples=["2026-11-20"])] = None,
    behalf: Annotated[str | None, Form(alias="for", max_length=300)] = None,
    reason: Annotated[str | None, Form(max_length=50_000)] = None,
    dry_run: Annotated[bool, Form()] = False,  # noqa: FBT002 - a field of a form
    file: Annotated[UploadFile | None, File(description="At most 25 MB.")] = None,
) -> Response:  # fmt: skip
    """A text, a file, or both."""
    how = _how(on, behalf, reason, dry_run=dry_run)
    kept = uploaded(file)
    with ROOM.taken(2 * len(kept.data) if kept else 0):
        return _evidence(request, key, how, cycle, (kind, text, about), kept)


def _how(on: str | None, behalf: str | None, reason: str | None, *, dry_run: bool) -> sent.ForAnother:
    """The same checks as where it comes as JSON."""
    try:
        return sent.ForAnother.model_validate(
            {"on": on or None, "for": behalf or None, "reason": reason, "dry_run": dry_run}
        )
    except ValueError:
        raise BadInput("evidence", [Fault("on", repr(on), "want a day as in 2026-11-20")]) from None


def _evidence(
    request: Request, key: str | None, how: sent.ForAnother, cycle: str, said: tuple[str, str | None, str | None],
    kept: Uploaded | None,
) -> Response:  # fmt: skip
    kind, text, about = said

    def prepare(question: Question, asked: Asked) -> Ready:
        if not text and kept is None:
            raise BadInput("evidence", [Fault("text", "nothing", "give a text, a file, or both")])
        one = _there(question, cycle)
        command = cy.AddEvidence(
            asked=asked, cycle=one.cycle.id, kind=kind, about=about or None, text=text or None,
            file_name=kept.name if kept else None,
        )  # fmt: skip
        data = {"cycle": one.cycle.id, "kind": kind}
        return Ready([command], data, one.cycle.id, file=kept.data if kept else None)

    return give(request, key, how, prepare)


@routes.post("/cycles/{cycle}/notes", response_model=shapes.CycleDone, operation_id="addNote", summary="Write a note")
def note(request: Request, cycle: Cycle, body: sent.Note, key: Key) -> Response:
    """Beside the cycle, or beside one of its events."""

    def make(_question: Question, one: OneCycle, asked: Asked) -> tuple[Command, dict[str, Any]]:
        command = cy.AddNote(asked=asked, cycle=one.cycle.id, text=body.text, beside=body.beside)
        return command, {"beside": body.beside}

    return _about(request, key, body, cycle, make)


@routes.post("/cycles/{cycle}/waivers", response_model=shapes.CycleDone, operation_id="waive", summary="Waive")
def waive(request: Request, cycle: Cycle, body: sent.Waiver, key: Key) -> Response:
    """A requirement of a step or a role is not asked; it counts as waived, never as met."""
    because("cycle waive", body.reason)

    def make(question: Question, one: OneCycle, asked: Asked) -> tuple[Command, dict[str, Any]]:
        whom = question.find.person(body.person) if body.person is not None else None
        command = cy.WaiveRequirement(
            asked=asked,
            cycle=one.cycle.id,
            of=body.of,
            requirement=body.requirement,
            reason=body.reason or "",
            person=whom,
        )
        return command, {"of": body.of, "requirement": body.requirement, "person": whom}

    return _about(request, key, body, cycle, make)


@routes.post("/cycles/{cycle}/consents", response_model=shapes.CycleDone, operation_id="consent", summary="Consent")
def consent(request: Request, cycle: Cycle, body: sent.Consent, key: Key) -> Response:
    """Let others see something, or end that."""

    def make(_question: Question, one: OneCycle, asked: Asked) -> tuple[Command, dict[str, Any]]:
        command = cy.Consent(asked=asked, cycle=one.cycle.id, what=body.what, withdraw=body.withdraw)
        return command, {"what": body.what, "withdraw": body.withdraw}

    return _about(request, key, body, cycle, make)


@routes.post("/cycles/{cycle}/corrections", response_model=shapes.CycleDone, operation_id="correct", summary="Correct")
def correct(request: Request, cycle: Cycle, body: sent.Corrections, key: Key) -> Response:
    """What events should have said; all of it counts together, and what comes out must be a possible history."""

    def prepare(question: Question, asked: Asked) -> Ready:
        one = _there(question, cycle)
        said: dict[int, dict[str, Any]] = {}
        for number, single in enumerate(body.corrections, 1):
            if single.event in said:
                fault = Fault(f"corrections.{number}.event", str(single.event), "expected each event once")
                raise BadInput("cycle correct", [fault])
            said[single.event] = _parts(single)
        command = cy.CorrectEvents(
            asked=asked, cycle=one.cycle.id, corrections=corrections(question, one.cycle.id, said)
        )

        def finish(later: Question, done: Done) -> dict[str, Any]:
            return {"corrections": [line.data() for line in recorded_lines(later, one.cycle.id, done)]}

        return Ready([command], {"cycle": one.cycle.id}, one.cycle.id, finish=finish)

    return give(request, key, body, prepare)


def _parts(one: sent.Correction) -> dict[str, Any]:
    given: dict[str, Any] = {"on": one.on, "by": one.by, "about": one.about, "values": one.values or None}
    if one.at is not None:
        given["at"] = one.at.isoformat("minutes")[:5]
    return {name: value for name, value in given.items() if value is not None}


@routes.post("/cycles/{cycle}/undo", response_model=shapes.CycleDone, operation_id="undo", summary="Undo")
def undo(request: Request, cycle: Cycle, body: sent.Undo, key: Key) -> Response:
    """The latest transition never happened, or everything from an event on, or one event that is no transition."""
    if body.since is not None and body.only is not None:
        raise BadInput("cycle undo", [Fault("only", str(body.only), "give `since` or `only`, not both")])

    def prepare(question: Question, asked: Asked) -> Ready:
        one = _there(question, cycle)
        command = cy.UndoSteps(asked=asked, cycle=one.cycle.id, since=body.since, only=body.only)

        def finish(later: Question, done: Done) -> dict[str, Any]:
            return {"undone": [line.data() for line in undone_lines(later, one.cycle.id, done)]}

        return Ready([command], {"cycle": one.cycle.id}, one.cycle.id, finish=finish)

    return give(request, key, body, prepare)


def because(what: str, reason: str | None) -> None:
    """`BadInput` where a reason is wanted and none was given."""
    if not (reason or "").strip():
        raise BadInput(what, [Fault("reason", "nothing", "say why")])
