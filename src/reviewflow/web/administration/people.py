"""People: found by place, name or address; registered; their roles and training."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking.acting import made
from reviewflow.asking.people import person
from reviewflow.asking.people_around import people_around
from reviewflow.asking.question import Question
from reviewflow.errors import BadInput
from reviewflow.events import Asked
from reviewflow.registry.commands import RegisterPerson
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.administration.entry import Entry, Gathered, entered, entry_page
from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.small import Faults, Small, day_of, needed
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, site_of

routes = APIRouter()

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
    return entry_page(request, who, _ADDING)


@routes.post("/administration/people/add")
def add(request: Request, who: Here, sent: Sent) -> Response:
    """Register somebody, with a first role if a place is given."""
    return entered(request, who, sent, _ADDING)


def _registered(sent: Posted, question: Question, asked: Asked, form: Gathered) -> RegisterPerson:
    given = form.read(lambda: needed(sent, name="their name"), {"name": ""})
    place = sent.text("organisation").strip()
    found = form.read(lambda: question.find.organisation(place, "organisation"), None) if place else None
    role, since = sent.text("role").strip() or None, form.read(lambda: day_of(sent, "since"), None)
    if place and found is None:  # what is wrong with the place is said; no role can be tried without it
        role = since = None
    return RegisterPerson(
        asked=asked, person_name=given["name"], email=sent.text("email").strip() or None, organisation=found,
        held=role, since=since,
    )  # fmt: skip


def _asked(_question: Question, small: Small) -> list[Part]:
    return [
        small.text("name", "Name"), small.text("email", "E-mail address", "They sign in with it.", optional=True),
        small.text("organisation", "School or organisation", "Its name, short name or number.", optional=True),
        small.text("role", "Role there", "As in head. Without one they are staff.", optional=True),
        small.day("since", "Since when", "Leave it empty for today.", optional=True),
    ]  # fmt: skip


_ADDING: Final = Entry(
    title="Add somebody", button="Add them", back=(_HERE, "People"), ask="person add", parts=_asked,
    making=_registered, then=lambda done: f"{_HERE}/{made(done)}?said=added",
    inputs={"since": "since.day", "held": "role"},
)  # fmt: skip


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
