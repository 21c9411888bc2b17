"""People: found by place, name or address; registered; their roles and training."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acting import made
from reviewflow.asking.people import person
from reviewflow.asking.people_around import people_around
from reviewflow.asking.question import Question, asking
from reviewflow.errors import BadInput
from reviewflow.events import Asked
from reviewflow.registry.commands import RegisterPerson
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.acting import act
from reviewflow.web.administration.entry import entry_page
from reviewflow.web.forms.small import Faults, Small, day_of, needed
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Here, Posted, Sent, site_of

routes = APIRouter()

_BACK: Final = ("/administration/people", "People")
_HERE: Final = "/administration/people"


@routes.get("/administration/people")
def people(request: Request, who: Here, place: str = "") -> Response:
    """The people of a place."""
    return _list(request, who.person, place.strip(), "")


@routes.post("/administration/people")
def find(request: Request, who: Here, sent: Sent) -> Response:
    """People by name or address: sent, for an address of a page must name nobody."""
    return _list(request, who.person, "", sent.text("find").strip())


def _list(request: Request, viewer: str, place: str, wanted: str) -> Response:
    faults: Faults = []
    rows: list[dict[str, Any]] = []
    with asking(site_of(request).installation, viewer) as question:
        question.may("person list", ANYWHERE)
        places = _places(question)
        place = place or (places[0]["value"] if places and not wanted else "")
        try:
            rows = _found(question, wanted) if wanted else people_around(question, place) if place else []
        except BadInput:
            faults = [("place", "There is no such place")]
        may_add = question.allowed("person add", ANYWHERE)
    return page(
        request, "administration/people.html", status=422 if faults else 200, faults=faults, rows=rows, places=places,
        place=place, wanted=wanted, may_add=may_add,
    )  # fmt: skip


@routes.get("/administration/people/add")
def ask(request: Request, who: Here) -> Response:
    """Who is to be registered."""
    with asking(site_of(request).installation, who.person) as question:
        question.may("person add", ANYWHERE)
    return _add_page(request, Posted(()), [])


@routes.post("/administration/people/add")
def add(request: Request, who: Here, sent: Sent) -> Response:
    """Register somebody, with a first role if a place is given."""

    def registered(question: Question, asked: Asked) -> RegisterPerson:
        given = needed(sent, name="their name")
        place = sent.text("organisation").strip()
        return RegisterPerson(
            asked=asked, person_name=given["name"], email=sent.text("email").strip() or None,
            organisation=question.find.organisation(place, "organisation") if place else None,
            held=sent.text("role").strip() or None, since=day_of(sent, "since"),
        )  # fmt: skip

    names = {"person_name": "name", "held": "role", "since": "since.day"}
    outcome = act(request, who.person, sent, registered, names, ask=("person add", ANYWHERE))
    if outcome.done is None:
        return _add_page(request, sent, outcome.faults)
    return RedirectResponse(f"{_HERE}/{made(outcome.done)}?said=added", 303)


def _add_page(request: Request, sent: Posted, faults: Faults) -> Response:
    small = Small(sent, faults)
    return entry_page(request, "Add somebody", [
        small.text("name", "Name"), small.text("email", "E-mail address", "They sign in with it.", optional=True),
        small.text("organisation", "School or organisation", "Its name, short name or number.", optional=True),
        small.text("role", "Role there", "As in head. Without one they are staff.", optional=True),
        small.day("since", "Since when", "Leave it empty for today.", optional=True),
    ], "Add them", _BACK, sent=sent, faults=faults)  # fmt: skip


def _places(question: Question) -> list[dict[str, str]]:
    """Programmes, and partnerships, whose people the visitor may list."""
    found = []
    for kind in ("partnership", "programme"):
        for one in question.find.all(kind):
            folded = getattr(question.now, kind)(one)
            if folded is not None and question.allowed("person list", Scope(kind, one)):
                found.append(
                    {"value": folded.handle, "text": folded.name + (" (who runs it)" if kind == "programme" else "")}
                )
    return found


def _found(question: Question, wanted: str) -> list[dict[str, Any]]:
    """Those whose name, address or id this is, as far as the visitor may be shown them."""
    day = question.day(question.only_programme())
    rows = []
    for one in question.find.look("person", wanted):
        if not question.allowed("person show", Scope("person", one.id)):
            continue
        data = person(question, one.id)["person"]
        folded = question.now.person(one.id)
        roles = (
            [{"role": g.held, "place": question.called.named(g.scope)} for g in folded.grants_on(day)] if folded else []
        )
        rows.append({**data, "roles": roles, "training": folded.valid_training(day) if folded else []})
    return rows
