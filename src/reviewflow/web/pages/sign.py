"""Signing what somebody proposed: its contents, and one button."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acting import asked_by
from reviewflow.asking.cycle_next import next_steps
from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import look
from reviewflow.asking.question import asking
from reviewflow.asking.standing_in import absent
from reviewflow.cycle.commands import Agree
from reviewflow.cycle.steps import find_step
from reviewflow.errors import Refused
from reviewflow.web.forms.filling import command_id
from reviewflow.web.refusals import against, option_of
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Here, Sent, site_of

routes = APIRouter()


@routes.get("/cycles/{handle}/sign/{name}")
def show(request: Request, handle: str, name: str, who: Here) -> Response:
    """What was proposed, and by whom."""
    return _page(request, who.person, handle, name, command_id(), None)


@routes.post("/cycles/{handle}/sign/{name}")
def sign(request: Request, handle: str, name: str, who: Here, sent: Sent) -> Response:
    """Sign it: with the last signature the step is taken."""
    site, given = site_of(request), sent.text("proposal")
    command = command_id(sent.text("command"))
    with asking(site.installation, who.person) as question:
        one = look(question, handle, "cycle next")
        proposal = one.cycle.proposals.get(name)
        behalf = absent(question, one, sent.text("for"))
    if proposal is not None and str(proposal.version) != given:
        return _page(request, who.person, handle, name, command, None, moved=True)
    asked = asked_by(
        site.installation, who.person, door="web", command_id=command, on_behalf_of=behalf.id if behalf else None
    )
    try:
        done = site.installation.engine.handle(Agree(asked=asked, cycle=one.cycle.id, step=name))
    except Refused as error:
        return _page(request, who.person, handle, name, command, error)
    return RedirectResponse(f"/cycles/{quote(one.cycle.handle)}?done={done.position or 0}", 303)


def _page(
    request: Request, viewer: str, handle: str, name: str, command: str, refused: Refused | None, *, moved: bool = False
) -> Response:
    typed = request.query_params.get("for", "")
    with asking(site_of(request).installation, viewer) as question:
        one = look(question, handle, "cycle next")
        step = find_step(one.definition, name)
        behalf = absent(question, one, typed)
        following = next_steps(question, one.cycle.id, behalf.id if behalf else None)
        proposal = one.cycle.proposals.get(name)
        proposed = [r for r in one.records if proposal is not None and r.version == proposal.version]
        lines = history_of(one).tell(proposed).lines
        return page(
            request, "sign.html", status=422 if refused else 409 if moved else 200, cycle=one.data(), step=step,
            option=option_of(following, name, signing=True), line=lines[0] if lines else None, command=command,
            version=proposal.version if proposal else 0, unmet=against(question, one, refused) if refused else [],
            moved=moved, behalf=behalf.id if behalf else "",
        )  # fmt: skip
