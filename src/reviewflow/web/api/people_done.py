"""Commands about people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from fastapi import APIRouter, Request, Response

from reviewflow.asking.acting import made
from reviewflow.asking.handover import Wanted, handing_over, preview, undo_preview
from reviewflow.asking.question import Question
from reviewflow.cycle.commands import UndoHandover
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked, Command
from reviewflow.registry import commands as reg
from reviewflow.registry.events import INSTALLATION, ScopeKind
from reviewflow.registry.scopes import Scope
from reviewflow.web.api.acting import Key, Ready, give
from reviewflow.web.api.answering import named
from reviewflow.web.api.cycles_done import because
from reviewflow.web.api.models import done as shapes
from reviewflow.web.api.models import sent
from reviewflow.web.api.operations import COMMAND
from reviewflow.web.api.people_asked import Typed

routes = APIRouter(tags=["people"], responses=COMMAND)


def _about(
    request: Request, key: str | None, how: sent.Now, person: str,
    make: Callable[[Question, str, Asked], tuple[Command, dict[str, Any]]],
) -> Response:  # fmt: skip
    """One command about one person."""

    def prepare(question: Question, asked: Asked) -> Ready:
        target = named(question.find.person, person)
        command, data = make(question, target, asked)
        return Ready([command], {"person": target, **data})

    return give(request, key, how, prepare)


@routes.post("/people", response_model=shapes.Made, operation_id="addPerson", summary="Register somebody")
def add(request: Request, body: sent.NewPerson, key: Key) -> Response:
    """Names and addresses are stored sealed."""

    def prepare(question: Question, asked: Asked) -> Ready:
        place = question.find.organisation(body.organisation) if body.organisation else None
        command = reg.RegisterPerson(
            asked=asked, person_name=body.name, email=body.email, organisation=place, held=body.role, since=body.since
        )
        return Ready([command], {}, finish=lambda _question, done: {"id": made(done)})

    return give(request, key, body, prepare)


@routes.patch("/people/{person}", response_model=shapes.Done, operation_id="changePerson", summary="Change somebody")
def change(request: Request, person: Typed, body: sent.PersonChange, key: Key) -> Response:
    """The name or the e-mail address; what is not given stays."""
    if body.name is None and body.email is None:
        raise BadInput("person set", [Fault("name", "nothing", "give `name` or `email`")])

    def make(_question: Question, target: str, asked: Asked) -> tuple[Command, dict[str, Any]]:
        return reg.ChangePerson(asked=asked, person=target, person_name=body.name, email=body.email), {}

    return _about(request, key, body, person, make)


@routes.post(
    "/people/{person}/roles", response_model=shapes.Done, operation_id="giveRole", summary="Give or end a role"
)
def role(request: Request, person: Typed, body: sent.Grant, key: Key) -> Response:
    """In a place, from a day on; with `end` the day this happened was the last."""
    if body.end and (body.since or body.until):
        raise BadInput(
            "person role", [Fault("end", "true", "goes with `on`, the last day; not with `since` or `until`")]
        )

    def make(question: Question, target: str, asked: Asked) -> tuple[Command, dict[str, Any]]:
        kind, where = question.find.place(body.in_) if body.in_ not in (None, INSTALLATION) else (INSTALLATION,) * 2
        of: dict[str, Any] = {"held": body.role, "held_in": where, "held_in_kind": cast("ScopeKind", kind)}
        data = {"role": body.role, "in": where}
        if body.end:
            return reg.EndRole(asked=asked, person=target, **of), data
        return reg.GiveRole(asked=asked, person=target, since=body.since, until=body.until, **of), data

    return _about(request, key, body, person, make)


@routes.post("/people/{person}/training", response_model=shapes.Done, operation_id="train", summary="Record training")
def train(request: Request, person: Typed, body: sent.Course, key: Key) -> Response:
    """A completed course; or, with `withdraw`, that it no longer counts."""
    if not body.withdraw and body.completed is None:
        raise BadInput("person train", [Fault("completed", "nothing", "the day on which the course was completed")])

    def make(question: Question, target: str, asked: Asked) -> tuple[Command, dict[str, Any]]:
        if body.withdraw:
            question.may("person train", Scope("person", target))  # before it shows which training there is
            training = _training(question, target, asked, body)
            command = reg.WithdrawTraining(asked=asked, person=target, training=training, reason=body.reason or "")
            return command, {"course": body.course, "training": training}
        assert body.completed is not None
        recorded = reg.RecordTraining(
            asked=asked, person=target, course=body.course, completed=body.completed, valid_until=body.valid_until
        )
        data = {"course": body.course, "completed": body.completed, "valid_until": body.valid_until}
        return recorded, data

    return _about(request, key, body, person, make)


def _training(question: Question, person: str, asked: Asked, body: sent.Course) -> str:
    """The one training that counts and that is meant; of a command given before, the one that it was about."""
    found, before = question.now.person(person), bool(question.now.snapshot.command(asked.id))
    ours = [
        one for one in (found.training if found else ())
        if body.course in (one.course, one.id) and (before or one.withdrawn is None)
        and body.completed in (None, one.completed)
    ]  # fmt: skip
    if len(ours) != 1:
        want = "there are several: say which with `completed`" if ours else "no such training that counts"
        raise BadInput("training", [Fault("course", repr(body.course), want)])
    return ours[0].id


@routes.post(
    "/people/{person}/interests", response_model=shapes.Done, operation_id="declare", summary="Declare an interest"
)
def declare(request: Request, person: Typed, body: sent.Interest, key: Key) -> Response:
    """Between somebody and an organisation or another person."""

    def make(question: Question, target: str, asked: Asked) -> tuple[Command, dict[str, Any]]:
        other = question.find.anyone(body.other)
        command = reg.DeclareRelationship(
            asked=asked,
            person=target,
            other=other,
            nature=body.nature,
            note=body.note,
            since=body.since,
            until=body.until,
        )
        return command, {"other": other, "nature": body.nature}

    return _about(request, key, body, person, make)


@routes.post("/people/{person}/delegations", response_model=shapes.Done, operation_id="delegate", summary="Stand in")
def delegate(request: Request, person: Typed, body: sent.Delegation, key: Key) -> Response:
    """Let somebody act in this person's roles for some days, or end that."""
    because("person delegate", body.reason)
    if body.end and (body.since is not None or body.roles):
        raise BadInput("person delegate", [Fault("end", "true", "goes with `until` or `on`, the last day")])
    if not body.end and body.until is None:
        raise BadInput("person delegate", [Fault("until", "nothing", "say until when")])

    def make(question: Question, target: str, asked: Asked) -> tuple[Command, dict[str, Any]]:
        to, reason = question.find.person(body.to, "to"), body.reason or ""
        if body.end:
            return reg.EndAbsence(asked=asked, person=target, delegate=to, reason=reason, on=body.until), {"to": to}
        assert body.until is not None
        command = reg.DelegateAbsence(
            asked=asked,
            person=target,
            delegate=to,
            since=body.since,
            until=body.until,
            roles=tuple(body.roles),
            reason=reason,
        )
        return command, {"to": to, "since": body.since, "until": body.until, "roles": body.roles}

    return _about(request, key, body, person, make)


@routes.post("/people/{person}/handovers", response_model=shapes.Handover, operation_id="handOver", summary="Hand over")
def hand_over(request: Request, person: Typed, body: sent.HandOver, key: Key) -> Response:
    """Pass on the roles that somebody was assigned in running cycles: all of it, or nothing. Try `dry_run` first."""
    because("person handover", body.reason)

    def prepare(question: Question, asked: Asked) -> Ready:
        target = named(question.find.person, person)
        wanted = Wanted(
            target, body.to, tuple(body.roles), tuple(body.cycles), body.partnership, tuple(body.leave_out)
        )  # fmt: skip
        command, left_out = handing_over(question, asked, wanted)
        data: dict[str, Any] = {"person": command.person, "to": command.successor, "batch": asked.id}
        if not question.now.snapshot.command(asked.id):
            day = asked.happened.on if asked.happened else question.day()
            data = preview(question, command, left_out, day)
        return Ready([command], data)

    return give(request, key, body, prepare)


@routes.post("/handovers/undo", response_model=shapes.Handover, operation_id="undoHandover", summary="Undo a handover")
def take_back(request: Request, body: sent.HandOverUndo, key: Key) -> Response:
    """In every cycle of its batch that still runs, or in none."""
    because("person handover", body.reason)

    def prepare(question: Question, asked: Asked) -> Ready:
        command = UndoHandover(asked=asked, batch=body.batch)
        data: dict[str, Any] = {"undoes": body.batch, "batch": asked.id}
        if not question.now.snapshot.command(asked.id):
            data = undo_preview(question, command)
        return Ready([command], data)

    return give(request, key, body, prepare)


@routes.post(
    "/people/{person}/forgetting", response_model=shapes.Done, operation_id="forget", summary="Forget somebody"
)
def forget(request: Request, person: Typed, body: sent.Forgetting, key: Key) -> Response:
    """For good: nobody can read the name again. What they did stays, under an id that says nothing."""

    def make(_question: Question, target: str, asked: Asked) -> tuple[Command, dict[str, Any]]:
        return reg.ForgetPerson(asked=asked, person=target, why=body.why), {}

    def prepare(question: Question, asked: Asked) -> Ready:
        target = named(question.find.person, person)
        command, _ = make(question, target, asked)
        return Ready([command], {"person": target}, finish=_in_backups)

    return give(request, key, body, prepare)


def _in_backups(question: Question, _done: Done) -> dict[str, Any]:
    """Until when backups of the keys still hold this one."""
    installation = question.installation
    today = installation.clock.now().date().isoformat()
    days = [one.destroy_by for one in installation.vault.backups() if one.destroy_by >= today]
    return {"in_backups_of_keys_until": max(days, default=None)}
