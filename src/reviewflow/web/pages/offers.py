"""Answering the question whether one takes a role."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acting import asked_by
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import asking
from reviewflow.cycle.commands import AcceptAssignment, DeclineAssignment
from reviewflow.errors import BadInput, Fault, Refused
from reviewflow.web.forms.filling import command_id
from reviewflow.web.rendering import page
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
        return _page(request, who.person, handle, role, command, faults=[("answer", "Say yes or no")])
    with asking(site.installation, who.person) as question:
        one = look(question, handle, "cycle next")
    asked = asked_by(site.installation, who.person, door="web", command_id=command)
    kind = AcceptAssignment if said == "yes" else DeclineAssignment
    reason = sent.text("reason").strip() or None if said == "no" else None
    try:
        done = site.installation.engine.handle(
            kind(asked=asked, cycle=one.cycle.id, role=role, person=who.person, reason=reason)
        )
    except Refused as error:
        return _page(request, who.person, handle, role, command, faults=[("", u.sentence) for u in error.unmet])
    return RedirectResponse(f"/cycles/{quote(one.cycle.handle)}?done={done.position or 0}", 303)


def _page(
    request: Request, viewer: str, handle: str, name: str, command: str, faults: list[tuple[str, str]] | None = None
) -> Response:
    with asking(site_of(request).installation, viewer) as question:
        one = look(question, handle, "cycle next")
        role = _role(one, name)
        faults = [(at, question.names_in(text, one.seeing.people)) for at, text in faults or []]
        return page(
            request, "offer.html", status=422 if faults else 200, cycle=one.data(), role=role, command=command,
            offered=viewer in one.cycle.offered(name), faults=faults,
        )  # fmt: skip


def _role(one: OneCycle, name: str) -> Role:
    role = one.definition.roles.get(name)
    if role is None or role.assigned is None:
        raise BadInput("role", [Fault("role", repr(name), "no role that is assigned in this review")])
    return role
