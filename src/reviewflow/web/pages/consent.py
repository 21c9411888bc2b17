"""Consent: what is shown to others only if somebody agrees, giving that and ending it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.consents import consents
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.asking.standing_in import absent
from reviewflow.cycle.commands import Consent
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked
from reviewflow.web.doing import Outcome, asked, back, told_done, tried
from reviewflow.web.forms.filling import command_id
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Sent, Visitor, site_of

routes = APIRouter()


@routes.get("/cycles/{handle}/consent")
def show(request: Request, handle: str, who: Here, done: int = 0) -> Response:
    """Everything that needs consent, and whether it was given."""
    installation, typed = site_of(request).installation, request.query_params.get("for", "")
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        behalf = absent(question, one, typed)
        by = asked(installation, who.person, behalf)
        return page(
            request, "consent.html", cycle=one.data(), rows=consents(question, one, by),
            behalf_id=behalf.id if behalf else None,
            behalf=behalf.name if behalf else None, link=f"/cycles/{quote(one.cycle.handle)}",
            done=told_done(question, one, done) if done else None,
        )  # fmt: skip


@routes.get("/cycles/{handle}/consent/{what}")
def one_page(request: Request, handle: str, what: str, who: Here) -> Response:
    """What it would mean to give or end one."""
    return _page(request, who, handle, what, command_id(), request.query_params.get("for", ""), None)


@routes.post("/cycles/{handle}/consent/{what}")
def give_or_end(request: Request, handle: str, what: str, who: Here, sent: Sent) -> Response:
    """Do it."""
    installation, typed = site_of(request).installation, sent.text("for")
    command, withdraw = command_id(sent.text("command")), sent.text("withdraw") == "yes"
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        behalf = absent(question, one, typed)
        by = asked(installation, who.person, behalf, command)
        _row(question, one, what, by)
    consent = Consent(asked=by, cycle=one.cycle.id, what=what, withdraw=withdraw)
    outcome = tried(lambda: installation.engine.handle(consent), {"": ""})
    if outcome.done is not None:
        return back(one.cycle.handle, "consent", outcome.done)
    return _page(request, who, handle, what, command, typed, outcome)


def _row(question: Question, one: OneCycle, what: str, by: Asked) -> dict[str, Any]:
    found = next((row for row in consents(question, one, by) if row["what"] == what), None)
    if found is None:
        raise BadInput("consent", [Fault("what", repr(what), "nothing that needs consent in this review")])
    return found


def _page(
    request: Request, who: Visitor, handle: str, what: str, command: str, typed: str, outcome: Outcome | None
) -> Response:
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        behalf = absent(question, one, typed)
        by = asked(installation, who.person, behalf)
        return page(
            request, "consent_one.html", status=422 if outcome else 200, cycle=one.data(), command=command,
            row=_row(question, one, what, by), behalf_id=behalf.id if behalf else None,
            link=f"/cycles/{quote(one.cycle.handle)}/consent",
            behalf=behalf.name if behalf else None, faults=list(outcome.faults) if outcome else [],
            unmet=outcome.unmet(question, one) if outcome else [],
        )  # fmt: skip
