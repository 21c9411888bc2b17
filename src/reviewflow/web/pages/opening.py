"""Opening reviews: for whom, of which year, with the workflow's own questions; then a look at what would be opened."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acted import in_order
from reviewflow.asking.opening import Wanted, opening
from reviewflow.asking.opening_where import latest, may_open_in, partnerships_to_open_in, published
from reviewflow.asking.people_around import people_around
from reviewflow.asking.question import Question
from reviewflow.engine import Done
from reviewflow.errors import Refused, Unmet
from reviewflow.registry.partnerships import Partnership
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.doing import asked, refused, tried
from reviewflow.web.forms.asked import Around, Choice, Part, parts
from reviewflow.web.forms.entered import Raw, entered, kept
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import Faults
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of
from reviewflow.workflow.definition import Definition

routes = APIRouter()

_INPUTS: Final = {"year": "year", "workflow": "workflow"}


@dataclass
class Opening:
    """What was entered so far; `schools` are handles."""

    partnership: str = ""
    schools: list[str] = field(default_factory=list)
    year: str = ""
    workflow: str = ""
    raw: Raw = field(default_factory=dict)
    command: str = ""
    faults: Faults = field(default_factory=list)
    would: list[dict[str, str]] | None = None
    """What would be opened, if it was looked at."""


@routes.get("/cycles/open")
def ask(request: Request, who: Here, partnership: str = "", workflow: str = "") -> Response:
    """In which partnership; then for whom."""
    with asking(site_of(request).installation, who.person) as question:
        question.may("cycle open", ANYWHERE)
        if not partnership:
            there = [{"value": one.handle, "text": one.name} for one in partnerships_to_open_in(question)]
            return page(request, "opening_where.html", partnerships=there)
        folded = _partnership(question, partnership)
        members = [one["handle"] for one in _members(question, folded)]
        entry = Opening(folded.handle, members, workflow=workflow, command=secrets.token_hex(16))
        return _page(request, question, folded, entry)


@routes.post("/cycles/open")
def open_them(request: Request, who: Here, sent: Sent) -> Response:
    """Show what would be opened; once that was confirmed, open it."""
    site = site_of(request)
    entry = Opening(
        sent.text("partnership"), [str(value) for name, value in sent.pairs if name == "schools"],
        sent.text("year").strip(), sent.text("workflow"), kept(sent.pairs), command_id(sent.text("command")),
    )  # fmt: skip
    done = _handle(request, who, sent, entry)
    if done is not None and sent.text("confirmed"):
        handles = [cycle.handle for cycle in in_order(done)]
        if len(handles) == 1:
            return RedirectResponse(f"/cycles/{quote(handles[0])}?done={done.position or 0}", 303)
        return RedirectResponse(f"/partnerships/{quote(entry.partnership)}", 303)
    with asking(site.installation, who.person) as question:
        folded = _partnership(question, entry.partnership)
        if done is not None:
            entry.would = [
                {"name": question.called.organisation(cycle.subject), "handle": cycle.handle}
                for cycle in in_order(done)
            ]
        return _page(request, question, folded, entry)


def _handle(request: Request, who: Visitor, sent: Posted, entry: Opening) -> Done | None:
    """What came of it, recorded only when confirmed; None with the faults."""
    installation = site_of(request).installation

    def opened() -> Done:
        with asking(installation, who.person) as question:
            by = asked(installation, who.person, command=entry.command)
            command = opening(question, by, Wanted(
                tuple(entry.schools), entry.year, folded.id, None, entry.workflow or None, None, found.values,
            ))  # fmt: skip
        return installation.engine.handle(command, dry_run=not sent.text("confirmed"))

    with asking(installation, who.person) as question:
        folded = _partnership(question, entry.partnership)
        definition = _definition(question, folded, entry)
        if not entry.schools:
            entry.faults.append(("schools", "Choose at least one school"))
        if not entry.year:
            entry.faults.append(("year", "Enter the year, as in 2026-27"))
        if entry.faults or definition is None:
            return None
    found = entered(definition, "opens", entry.raw)
    outcome = tried(opened, lambda where: found.input_of(where) or _INPUTS.get(where, "schools"))
    entry.faults += outcome.faults
    if outcome.refused is not None:
        with asking(installation, who.person) as question:
            entry.faults += refused(question, outcome.refused)
    return outcome.done


def _partnership(question: Question, typed: str) -> Partnership:
    target = question.find.partnership(typed)
    question.may("cycle open", Scope("partnership", target))
    found: Partnership = question.there("partnership", target)
    if not may_open_in(question, found):
        raise Refused(
            "cycle open", [Unmet("not-permitted", "You hold no role that opens reviews in this partnership.")]
        )
    return found


def _members(question: Question, partnership: Partnership) -> list[dict[str, str]]:
    found = []
    for one in partnership.members_on(question.day(partnership.programme)):
        organisation = question.now.organisation(one)
        if organisation is not None:
            found.append({"id": one, "handle": organisation.handle, "name": organisation.name})
    return sorted(found, key=lambda row: row["name"].casefold())


def _definition(question: Question, partnership: Partnership, entry: Opening) -> Definition | None:
    """Of the workflow that was chosen, at first the programme's own."""
    programme, names = question.now.programme(partnership.programme), published(question)
    usual = (programme.workflow if programme else None) or (names[0] if len(names) == 1 else "")
    entry.workflow = entry.workflow or usual
    found = latest(question, entry.workflow)
    if found is None and not entry.faults:
        entry.faults.append(("workflow", "Choose a workflow"))
    return found


def _page(request: Request, question: Question, partnership: Partnership, entry: Opening) -> Response:
    definition = _definition(question, partnership, entry)
    members = _members(question, partnership)
    asked: list[Part] = []
    if definition is not None:
        asked = parts(
            definition, "opens", entry.raw, _around(question, partnership, members), dict(reversed(entry.faults))
        )
    editions = [(name, found.latest) for name in published(question) if (found := question.now.workflow(name))]
    return page(
        request, "opening.html", status=422 if entry.faults else 200, faults=entry.faults, entry=entry, parts=asked,
        members=members, partnership={"handle": partnership.handle, "name": partnership.name},
        workflows=[{"value": name, "text": str(one.document.get("title", name))} for name, one in editions],
        hidden=[(name, value) for name, values in entry.raw.items() for value in values],
    )  # fmt: skip


def _around(question: Question, partnership: Partnership, members: list[dict[str, Any]]) -> Around:
    def people() -> list[Choice]:
        return [Choice(row["id"], row["name"]) for row in people_around(question, partnership.id)]

    return Around(people, lambda: [Choice(one["id"], one["name"]) for one in members], lambda _place: ())
