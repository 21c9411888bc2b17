"""Undoing: the latest step of a cycle, or more, counts as never having happened. First it is shown what that means."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.consequences import consequences
from reviewflow.asking.mending import undone_lines
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.audit.line import Line
from reviewflow.cycle.commands import UndoSteps
from reviewflow.engine import Done
from reviewflow.web.doing import Outcome, asked, back, tried
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import Faults
from reviewflow.web.pages.notes import event_number
from reviewflow.web.refusals import against, who_may_alone
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Sent, Visitor, site_of

routes = APIRouter()

_TRIED: Final = "to see what it would do"
_HINT: Final = re.compile(r"[;:] undo from there on(?::| with) --from (\d+)")
"""How the engine says it on the command line; a page has a link for it."""


class Which(NamedTuple):
    """What is to be undone: everything from an event on, or one event; neither: the latest step."""

    since: int | None = None
    only: int | None = None


@routes.get("/cycles/{handle}/undo")
def show(request: Request, handle: str, who: Here) -> Response:
    """What it would do."""
    given = request.query_params
    which = Which(event_number(given.get("from", "")), event_number(given.get("event", "")))
    return _page(request, who, handle, which, command_id())


@routes.post("/cycles/{handle}/undo")
def undo(request: Request, handle: str, who: Here, sent: Sent) -> Response:
    """Do it, if it still means what was shown."""
    installation = site_of(request).installation
    which = Which(event_number(sent.text("from")), event_number(sent.text("event")))
    command, reason = command_id(sent.text("command")), sent.text("reason").strip()
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
    if not reason:
        faults = [("reason", "Say why: what was recorded stays, and so does the reason")]
        return _page(request, who, handle, which, command, faults=faults)
    by = asked(installation, who.person, command=command, reason=reason)
    undoing = UndoSteps(asked=by, cycle=one.cycle.id, since=which.since, only=which.only)
    trial = tried(lambda: installation.engine.handle(undoing, dry_run=True), {"": "reason"})
    if trial.done is not None and not trial.done.repeated and _touched(trial.done) != sent.text("touched"):
        return _page(request, who, handle, which, command, reason=reason, moved=True)
    outcome = tried(lambda: installation.engine.handle(undoing), {"": "reason"})
    if outcome.done is not None:
        return back(one.cycle.handle, "history", outcome.done)
    return _page(request, who, handle, which, command, reason=reason, outcome=outcome)


def _touched(done: Done) -> str:
    """The numbers of the events that are undone, as a page sends them back."""
    versions = [version for one in done.events for version in getattr(one.event, "undoes", ())]
    return ",".join(str(version) for version in versions)


def _page(
    request: Request, who: Visitor, handle: str, which: Which, command: str, *, reason: str = "",
    faults: Faults | None = None, outcome: Outcome | None = None, moved: bool = False,
) -> Response:  # fmt: skip
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
    by = asked(installation, who.person, reason=_TRIED)
    trying = UndoSteps(asked=by, cycle=one.cycle.id, since=which.since, only=which.only)
    trial = tried(lambda: installation.engine.handle(trying, dry_run=True), {"": ""})
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        lines = undone_lines(question, one.cycle.id, trial.done) if trial.done is not None else []
        found = [*(faults or []), *(outcome.faults if outcome else ())]
        status = 409 if moved else 422 if found or outcome else 200
        return page(
            request, "undo.html", status=status, cycle=one.data(), which=which, command=command, reason=reason,
            faults=found, lines=lines, moved=moved, link=f"/cycles/{quote(one.cycle.handle)}",
            touched=_touched(trial.done) if trial.done is not None else "", more=_hidden(trial.done, lines),
            why_not=_why_not(question, one, trial), instead=_instead(trial),
            unmet=_why_not(question, one, outcome) if outcome else [],
            comes=consequences(question, one, trial.done) if trial.done is not None else None,
            hidden=not one.seeing.may("status"),
        )  # fmt: skip


def _hidden(done: Done | None, lines: list[Line]) -> int:
    """How many of the events are not told to the visitor."""
    return len(_touched(done).split(",")) - len(lines) if done is not None else 0


def _instead(outcome: Outcome) -> int | None:
    """From which event on it could be undone, where it cannot be by itself."""
    sentences = (unmet.sentence for unmet in (outcome.refused.unmet if outcome.refused else ()))
    found = next((hint for hint in map(_HINT.search, sentences) if hint), None)
    return int(found[1]) if found else None


def _why_not(question: Question, one: OneCycle, outcome: Outcome) -> list[dict[str, Any]]:
    found = against(question, one, who_may_alone(outcome.refused)) if outcome.refused else []
    return [{**each, "sentence": _HINT.sub("", each["sentence"])} for each in found] + [
        {"code": "bad-input", "status": "unmet", "sentence": text, "who": [], "waivable_by": []}
        for _, text in outcome.faults
    ]
