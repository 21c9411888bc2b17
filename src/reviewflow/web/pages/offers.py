"""Answering the question whether one takes a role."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.cycle.commands import AcceptAssignment, DeclineAssignment
from reviewflow.errors import BadInput, Fault
from reviewflow.web.doing import Outcome, asked, back, tried
from reviewflow.web.forms.filling import command_id
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Sent, site_of
from reviewflow.workflow.definition import Role

routes = APIRouter()


@routes.get("/cycles/{handle}/offers/{role}")
def ask(request: Request, handle: str, role: str, who: Here) -> Response:
    """What is asked."""
    return _page(request, who.person, handle, role, command_id())


@routes.post("/cycles/{handle}/offers/{role}")
def answer(request: Request, handle: str, role: str, who: Here, sent: Sent) -> Response:
    """Yes or no."""
    site, said = site_of(request), sent.text("answer")
    command = command_id(sent.text("command"))
    if said not in ("yes", "no"):
        return _page(request, who.person, handle, role, command, Outcome(faults=[("answer", "Say yes or no")]))
    with asking(site.installation, who.person) as question:
        one = look(question, handle, "cycle next")
        _role(one, role)
    by = asked(site.installation, who.person, command=command)
    kind = AcceptAssignment if said == "yes" else DeclineAssignment
    reason = sent.text("reason").strip() or None if said == "no" else None
    answered = kind(asked=by, cycle=one.cycle.id, role=role, person=who.person, reason=reason)
    outcome = tried(lambda: site.installation.engine.handle(answered), {"": "answer", "reason": "reason"})
    if outcome.done is not None:
        return back(one.cycle.handle, "", outcome.done)
    return _page(request, who.person, handle, role, command, outcome)


def _page(
    request: Request, viewer: str, handle: str, name: str, command: str, outcome: Outcome | None = None
) -> Response:
    with asking(site_of(request).installation, viewer) as question:
        one = look(question, handle, "cycle next")
        role, offered = _role(one, name), viewer in one.cycle.offered(name)
        return page(
            request, "offer.html", status=422 if outcome else 200, cycle=one.data(), role=role, command=command,
            offered=offered, faults=outcome.faults if outcome and offered else [],
            unmet=outcome.unmet(question, one) if outcome else [],
        )  # fmt: skip


def _role(one: OneCycle, name: str) -> Role:
    role = one.definition.roles.get(name)
    if role is None or role.assigned is None:
        raise BadInput("role", [Fault("role", repr(name), "no role that is assigned in this review")])
    return role
