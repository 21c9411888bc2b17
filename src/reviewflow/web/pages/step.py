"""Taking a step: the form that the definition asks for, a draft of it, and what to say when it cannot be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.cycle_next import next_steps
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.asking.standing_in import absent
from reviewflow.asking.step_forms import resolved
from reviewflow.cycle.commands import TakeStep
from reviewflow.cycle.steps import find_step
from reviewflow.errors import BadInput, ReviewflowError
from reviewflow.web.doing import Outcome, asked, back, tried
from reviewflow.web.forms.around import around, rows_of
from reviewflow.web.forms.asked import Choice, Part, parts
from reviewflow.web.forms.entered import Entered, entered
from reviewflow.web.forms.filling import Filling, filled, input_of
from reviewflow.web.forms.wrong import Faults, placed
from reviewflow.web.meanwhile import moved_since
from reviewflow.web.refusals import option_of
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.site import Site
from reviewflow.web.visiting import Here, Sent, Visitor, site_of
from reviewflow.workflow.definition import Act, Step

routes = APIRouter()


@routes.get("/cycles/{handle}/steps/{name}")
def form(request: Request, handle: str, name: str, who: Here, about: str = "") -> Response:
    """The form, filled with the visitor's draft if there is one."""
    site = site_of(request)
    with asking(site.installation, who.person) as question:
        one = look(question, handle, "cycle next")
        filling = Filling(version=one.cycle.version, about=about, behalf=request.query_params.get("for", ""))
        draft = site.drafts.load(who.person, one.cycle.id, name)
        if draft is not None:
            filling.raw, filling.draft = draft.values, True
            filling.since = moved_since(one, draft.version, name)
        return _page(request, question, one, name, filling)


@routes.post("/cycles/{handle}/steps/{name}")
def take(request: Request, handle: str, name: str, who: Here, sent: Sent) -> Response:
    """Do it; or keep a draft; or give one more row to fill in."""
    site, filling = site_of(request), filled(sent)
    with asking(site.installation, who.person) as question:
        one = look(question, handle, "cycle next")
        find_step(one.definition, name)
        if filling.grown:
            return _page(request, question, one, name, filling)
        if sent.text("save"):
            keep_draft(site, who.person, one, name, filling)
            return RedirectResponse(f"/cycles/{quote(one.cycle.handle)}?saved={quote(name)}", 303)
        filling.since = moved_since(one, filling.version, name)
        if filling.since and not sent.text("anyway"):
            filling.version = one.cycle.version
            return _page(request, question, one, name, filling, 409)
        found = entered(one.definition, name, filling.raw)
        command = _command(site, question, one, who, name, filling, found)
    outcome = Outcome()
    if command is not None:
        outcome = tried(lambda: site.installation.engine.handle(command), lambda where: input_of(where, found))
        if outcome.done is not None:
            site.drafts.drop(who.person, command.cycle, name)
            return back(one.cycle.handle, "", outcome.done)
        filling.faults += outcome.faults
    with asking(site.installation, who.person) as question:
        one = look(question, handle, "cycle next")
        filling.draft = _kept(site, who.person, one, name, filling)
        filling.unmet = outcome.unmet(question, one)
        return _page(request, question, one, name, filling, 422)


def _command(
    site: Site, question: Question, one: OneCycle, who: Visitor, name: str, filling: Filling, found: Entered
) -> TakeStep | None:
    """The command that was meant; None if what was entered names nothing that is."""
    try:
        happened = filling.earlier.happened()
        values = resolved(question.find, one.definition, name, found.values)
        behalf = absent(question, one, filling.behalf)
    except BadInput as error:
        filling.faults += placed(error.faults, lambda where: input_of(where, found))
        return None
    by = asked(site.installation, who.person, behalf, filling.command, happened=happened, reason=filling.earlier.reason)
    return TakeStep(asked=by, cycle=one.cycle.id, step=name, values=values, about=filling.about or None)


def keep_draft(site: Site, person: str, one: OneCycle, name: str, filling: Filling) -> None:
    """Keep what was typed as this person's draft of a step."""
    values = {key: list(value) for key, value in filling.raw.items()}
    site.drafts.save(person, one.cycle.id, name, values, filling.version or one.cycle.version)


def _kept(site: Site, person: str, one: OneCycle, name: str, filling: Filling) -> bool:
    """Whether what was typed is not lost if the page is closed now. Where it cannot be kept, the page still has it."""
    if not filling.raw:
        return False
    try:
        keep_draft(site, person, one, name, filling)
    except ReviewflowError:
        return False
    return True


def _page(
    request: Request, question: Question, one: OneCycle, name: str, filling: Filling, status: int = 200
) -> Response:
    step, setting = find_step(one.definition, name), one.setting()
    behalf = absent(question, one, filling.behalf)
    option = option_of(next_steps(question, one.cycle.id, behalf.id if behalf else None), name)
    errors = dict(reversed(filling.faults))
    shown = parts(one.definition, name, filling.raw, around(question, one, setting), errors, filling.grown)
    return page(
        request, "step.html", status=status, cycle=one.data(), name=name, step=step, option=option, parts=shown,
        filling=filling, earlier=filling.earlier.part(errors),
        faults=labelled(shown, filling.faults),
        about=_about(question, one, step), second=[setting.title(role) for role in step.second],
        behalf=behalf.name if behalf else None,
    )  # fmt: skip


def _about(question: Question, one: OneCycle, step: Step) -> list[Choice]:
    """The rows that an act may be about."""
    return rows_of(question, one, step.about) if isinstance(step, Act) and step.about else []


_BESIDE: Final = {"on.day": "When it happened", "about": "What it is about", "reason": "Why", "for": "For whom"}


def labelled(shown: Sequence[Part], faults: Faults) -> Faults:
    """Faults for the top of a page: each says which question it is about, in rows also which row."""
    return [(at, ": ".join([label, text] if (label := _label(shown, at)) else [text])) for at, text in faults]


def _label(shown: Sequence[Part], at: str) -> str:
    """What a question is called, also one within a list or rows."""
    part = next((one for one in shown if at == one.name or at.startswith(f"{one.name}.")), None)
    if part is None:
        return _BESIDE.get(at, "")
    for number, row in enumerate(part.parts if part.kind == "rows" else (), 1):
        cell = next((one for one in row if at == one.name or at.startswith(f"{one.name}.")), None)
        if cell is not None:
            title = part.titles[number - 1] if number <= len(part.titles) else f"number {number}"
            return f"{part.label}, {title}, {cell.label[:1].lower()}{cell.label[1:]}"
    return part.label
