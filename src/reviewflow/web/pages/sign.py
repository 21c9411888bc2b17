"""Signing what somebody proposed: its contents, and one button."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from reviewflow.asking.cycle_next import next_steps
from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import look
from reviewflow.asking.standing_in import absent
from reviewflow.cycle.commands import Agree
from reviewflow.cycle.steps import find_step
from reviewflow.web.doing import Outcome, asked, back, tried
from reviewflow.web.forms.filling import command_id
from reviewflow.web.refusals import option_of
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
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
    signing = Agree(asked=asked(site.installation, who.person, behalf, command), cycle=one.cycle.id, step=name)
    outcome = tried(lambda: site.installation.engine.handle(signing), {"": ""})
    if outcome.done is not None:
        return back(one.cycle.handle, "", outcome.done)
    return _page(request, who.person, handle, name, command, outcome)


def _page(
    request: Request, viewer: str, handle: str, name: str, command: str, outcome: Outcome | None, *, moved: bool = False
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
            request, "sign.html", status=422 if outcome else 409 if moved else 200, cycle=one.data(), step=step,
            option=option_of(following, name, signing=True), line=lines[0] if lines else None, command=command,
            version=proposal.version if proposal else 0, unmet=outcome.unmet(question, one) if outcome else [],
            faults=outcome.faults if outcome else [],
            moved=moved, behalf=behalf.id if behalf else "",
        )  # fmt: skip
