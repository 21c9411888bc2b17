"""Notes and replies beside a cycle and its events, and writing one. A note changes nothing but that it is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.foretelling import foretold
from reviewflow.asking.notes import event_told, threads
from reviewflow.asking.one_cycle import look
from reviewflow.asking.standing_in import absent
from reviewflow.cycle.commands import AddNote
from reviewflow.web.doing import Outcome, asked, back, told_done, tried
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import Faults
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Sent, Visitor, site_of

routes = APIRouter()


@dataclass
class Filling:
    """A note being written."""

    text: str = ""
    beside: int | None = None
    """The event that it stands beside."""
    behalf: str = ""
    command: str = ""
    faults: Faults = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)


@routes.get("/cycles/{handle}/notes")
def show(request: Request, handle: str, who: Here, done: int = 0, beside: str = "") -> Response:
    """All that stands beside, and a form for one more."""
    filling = Filling("", event_number(beside), request.query_params.get("for", ""), command_id())
    return _page(request, who, handle, filling, done=done)


@routes.post("/cycles/{handle}/notes")
def write(request: Request, handle: str, who: Here, sent: Sent) -> Response:
    """Write it."""
    installation = site_of(request).installation
    filling = Filling(
        sent.text("text").replace("\r\n", "\n"), event_number(sent.text("beside")), sent.text("for"),
        command_id(sent.text("command")),
    )  # fmt: skip
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        behalf = absent(question, one, filling.behalf)
    if not filling.text.strip():
        filling.faults.append(("text", "Write the note"))
    else:
        by = asked(installation, who.person, behalf, filling.command)
        command = AddNote(asked=by, cycle=one.cycle.id, text=filling.text, beside=filling.beside)
        outcome = tried(lambda: installation.engine.handle(command), {"": "text"})
        if outcome.done is not None:
            return back(one.cycle.handle, "notes", outcome.done)
        filling.faults += outcome.faults
        filling.outcome = outcome
    return _page(request, who, handle, filling, status=422)


def event_number(text: str) -> int | None:
    """The number of an event, None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - fits anywhere


def _page(
    request: Request, who: Visitor, handle: str, filling: Filling, *, status: int = 200, done: int = 0
) -> Response:
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        behalf = absent(question, one, filling.behalf)
        by = asked(installation, who.person, behalf)
        may = foretold(question, AddNote(asked=by, cycle=one.cycle.id, text="a note"))
        beside = event_told(one, filling.beside) if filling.beside is not None else None
        return page(
            request, "notes.html", status=status, cycle=one.data(), filling=filling, faults=filling.faults,
            threads=threads(one), beside=beside, may=may.data(question, one.seeing), told_all=one.seeing.may("notes"),
            behalf=behalf.name if behalf else None, link=f"/cycles/{quote(one.cycle.handle)}/notes",
            done=told_done(question, one, done) if done else None,
            unmet=filling.outcome.unmet(question, one),
        )  # fmt: skip
