"""The team of a cycle: who takes part, asking somebody, taking an offer back, leaving a role."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.asking.standing_in import absent
from reviewflow.asking.team import against_asking, assigned_role, candidates, ending, team
from reviewflow.cycle.assignments import chosen_from
from reviewflow.cycle.commands import OfferAssignment, WithdrawAssignment
from reviewflow.errors import BadInput, Fault
from reviewflow.web.doing import Outcome, asked, back, told_done, tried
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import Faults, placed
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Sent, Visitor, site_of

routes = APIRouter()

_INPUTS: Final = {"person": "other", "for": "other", "": "other"}


@routes.get("/cycles/{handle}/team")
def show(request: Request, handle: str, who: Here, done: int = 0) -> Response:
    """Every role with its people."""
    installation, typed = site_of(request).installation, request.query_params.get("for", "")
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        behalf = absent(question, one, typed)
        by = asked(installation, who.person, behalf)
        return page(
            request, "team.html", cycle=one.data(), roles=team(question, one, by), link=_link(one,
            behalf.id if behalf else None),
            behalf=behalf.name if behalf else None, suffix=f"?for={behalf.id}" if behalf else "",
            done=told_done(question, one, done) if done else None, told_all=one.seeing.may("people"),
        )  # fmt: skip


@routes.get("/cycles/{handle}/team/{role}")
def candidates_page(request: Request, handle: str, role: str, who: Here) -> Response:
    """Who could be asked to take a role."""
    return _asking_page(request, who, handle, role, command_id(), request.query_params.get("for", ""))


@routes.post("/cycles/{handle}/team/{role}")
def ask(request: Request, handle: str, role: str, who: Here, sent: Sent) -> Response:
    """Ask one of them, or somebody else by their e-mail address."""
    installation = site_of(request).installation
    command, typed, chosen, other = (sent.text(name).strip() for name in ("command", "for", "person", "other"))
    command = command_id(command)
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        assigned_role(one, role)
        behalf = absent(question, one, typed)
        by = asked(installation, who.person, behalf, command)
        # Whoever may ask nobody is not told either whose address this is, or why they could not be asked.
        open_ = against_asking(question, one, role, by).open
        found = tried_name(question, other or chosen) if open_ and (other or chosen) else None
    if isinstance(found, str):
        offer = OfferAssignment(asked=by, cycle=one.cycle.id, role=role, person=found)
        outcome = tried(lambda: installation.engine.handle(offer), _INPUTS)
        if outcome.done is not None:
            return back(one.cycle.handle, "team", outcome.done)
    elif found is not None:
        outcome = Outcome(faults=placed(found, _INPUTS))
    else:
        nobody = ("person", "Choose somebody, or enter an e-mail address")
        outcome = Outcome(faults=[nobody] if open_ else [])
    return _asking_page(request, who, handle, role, command, typed, outcome=outcome, chosen=chosen, other=other)


def tried_name(question: Question, typed: str) -> str | tuple[Fault, ...]:
    """The person who is meant, or what is wrong with how they were named."""
    try:
        return question.find.person(typed)
    except BadInput as error:
        return error.faults


def _asking_page(
    request: Request, who: Visitor, handle: str, name: str, command: str, typed: str, *,
    outcome: Outcome | None = None, chosen: str = "", other: str = "",
) -> Response:  # fmt: skip
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        assigned_role(one, name)
        behalf = absent(question, one, typed)
        by = asked(installation, who.person, behalf)
        role = next(each for each in team(question, one, by) if each["role"] == name)
        found = candidates(question, one, name, by) if role["open"] else {"could": [], "could_not": [], "more": False}
        return page(
            request, "team_ask.html", status=422 if outcome else 200, cycle=one.data(), role=role, found=found,
            command=command, chosen=chosen, other=other, faults=list(outcome.faults) if outcome else [],
            unmet=outcome.unmet(question, one) if outcome else [], behalf_id=behalf.id if behalf else None,
            behalf=behalf.name if behalf else None, link=_link(one, None),
        )  # fmt: skip


@routes.get("/cycles/{handle}/team/{role}/{person}/end")
def end_page(request: Request, handle: str, role: str, person: str, who: Here) -> Response:
    """What it means that somebody leaves a role, or is asked no more."""
    return _end_page(request, who, handle, role, person, command_id(), request.query_params.get("for", ""))


@routes.post("/cycles/{handle}/team/{role}/{person}/end")
def end(request: Request, handle: str, role: str, person: str, who: Here, sent: Sent) -> Response:
    """End it."""
    installation = site_of(request).installation
    command, typed, reason = command_id(sent.text("command")), sent.text("for"), sent.text("reason").strip()
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        _standing(one, role, person)
        behalf = absent(question, one, typed)
    by = asked(installation, who.person, behalf, command, reason=reason)
    leave = WithdrawAssignment(asked=by, cycle=one.cycle.id, role=role, person=person, reason=reason or None)
    outcome = tried(lambda: installation.engine.handle(leave), {"": "reason"})
    if outcome.done is not None:
        return back(one.cycle.handle, "team", outcome.done)
    return _end_page(request, who, handle, role, person, command, typed, outcome=outcome, reason=reason)


def _end_page(
    request: Request, who: Visitor, handle: str, name: str, person: str, command: str, typed: str, *,
    outcome: Outcome | None = None, reason: str = "",
) -> Response:  # fmt: skip
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        standing = _standing(one, name, person)
        behalf = absent(question, one, typed)
        by = asked(installation, who.person, behalf)
        stands = ending(question, one, name, person, by)
        setting = installation.engine.setting(question.now, one.cycle.id)
        faults: Faults = list(outcome.faults) if outcome else []
        return page(
            request, "team_end.html", status=422 if outcome else 200, cycle=one.data(), role=one.titles.role(name),
            person=question.called.person(person), own=person == who.person, standing=standing, command=command,
            also=[one.titles.role(each) for each in chosen_from(setting, name, person)], reason=reason, faults=faults,
            unmet=outcome.unmet(question, one) if outcome else [], behalf_id=behalf.id if behalf else None,
            link=_link(one, behalf.id if behalf else None),
            against_it=stands.data(question, one.seeing),
            behalf=behalf.name if behalf else None,
        )  # fmt: skip


def _standing(one: OneCycle, role: str, person: str) -> str:
    """Whether somebody was asked to take a role, or has it; `BadInput` where the visitor may not be told of it."""
    assigned_role(one, role)
    past = one.cycle.assignments.get((role, person))
    if not past or not one.seeing.people(person):
        raise BadInput("person", [Fault("person", repr(person), "nobody who was asked to take this role")])
    return past[-1].standing


def _link(one: OneCycle, behalf: str | None) -> str:
    return f"/cycles/{quote(one.cycle.handle)}/team" + (f"?for={quote(behalf)}" if behalf else "")
