"""Waiving a requirement: what it asks, what it means not to ask it, and why."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.mending import recorded_lines
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.asking.standing_in import absent
from reviewflow.asking.waiving import requirement_of, waiving
from reviewflow.audit.line import Line
from reviewflow.cycle.commands import WaiveRequirement
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.errors import BadInput, Fault
from reviewflow.registry.scopes import Scope
from reviewflow.web.doing import Outcome, asked, back, tried
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import Faults
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Sent, Visitor, site_of

routes = APIRouter()


class Filling(NamedTuple):
    """What is to be waived, and why."""

    of: str
    requirement: str
    person: str
    behalf: str
    command: str
    reason: str = ""


@routes.get("/cycles/{handle}/waive/{of}/{requirement}")
def show(request: Request, handle: str, of: str, requirement: str, who: Here, person: str = "") -> Response:
    """What it asks, and what it would mean."""
    behalf = request.query_params.get("for", "")
    return _page(request, who, handle, Filling(of, requirement, person, behalf, command_id()))


@routes.post("/cycles/{handle}/waive/{of}/{requirement}")
def waive(request: Request, handle: str, of: str, requirement: str, who: Here, sent: Sent) -> Response:
    """Show what would be recorded, then record it."""
    installation = site_of(request).installation
    filling = Filling(
        of, requirement, sent.text("person"), sent.text("for"), command_id(sent.text("command")),
        sent.text("reason").strip(),
    )  # fmt: skip
    if not filling.reason:
        return _page(request, who, handle, filling, [("reason", "Say why it need not be met")])
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        requirement_of(one, of, requirement)
        behalf = absent(question, one, filling.behalf)
    by = asked(installation, who.person, behalf, filling.command)
    command = WaiveRequirement(
        asked=by, cycle=one.cycle.id, of=of, requirement=requirement, reason=filling.reason,
        person=filling.person or None,
    )  # fmt: skip
    trial = not sent.text("sure")
    outcome = tried(lambda: installation.engine.handle(command, dry_run=trial), {"": "reason"})
    if outcome.done is not None and not trial:
        return back(one.cycle.handle, "", outcome.done)
    lines: list[Line] = []
    if outcome.done is not None and not sent.text("change"):
        with asking(installation, who.person) as question:
            lines = recorded_lines(question, one.cycle.id, outcome.done)
    return _page(request, who, handle, filling, list(outcome.faults), outcome, lines)


def _page(
    request: Request, who: Visitor, handle: str, filling: Filling, faults: Faults | None = None,
    outcome: Outcome | None = None, lines: list[Line] | None = None,
) -> Response:  # fmt: skip
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        wanted = requirement_of(one, filling.of, filling.requirement)
        behalf = absent(question, one, filling.behalf)
        by = asked(installation, who.person, behalf)
        found = waiving(question, one, by, filling.of, filling.requirement, filling.person or None)
        is_role = filling.of in one.definition.roles
        if filling.person and not (is_role and question.now.person(filling.person)):
            raise BadInput("person", [Fault("person", repr(filling.person), "nobody for whom this is asked")])
        refused = outcome.refused if outcome else None
        return page(
            request, "waive.html", status=422 if faults or refused else 200, cycle=one.data(), filling=filling,
            of=one.titles.role(filling.of) if is_role else one.titles.step(filling.of), is_role=is_role,
            person=_named(question, one, filling.person),
            otherwise=wanted.otherwise, who=[one.titles.role(role) for role in wanted.waivable_by],
            against_it=[] if found.open else found.data(question, one.seeing),
            faults=(faults or []) if found.open else [], lines=lines or [],
            unmet=outcome.unmet(question, one) if outcome else [], link=f"/cycles/{quote(one.cycle.handle)}",
            behalf=behalf.name if behalf else None,
        )  # fmt: skip


def _named(question: Question, one: OneCycle, person: str) -> str | None:
    """For whom it is waived, as far as the visitor may be told."""
    if not person:
        return None
    here = any(assigned == person for _, assigned in one.cycle.assignments)
    told = (here and one.seeing.people(person)) or question.allowed("person show", Scope("person", person))
    return question.called.person(person) if told else HIDDEN
