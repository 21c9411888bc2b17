"""Organisations: found, looked at, registered."""

from __future__ import annotations

from typing import Final, cast, get_args
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.acting import made
from reviewflow.asking.organisations import organisation as told_of
from reviewflow.asking.organisations import organisations
from reviewflow.asking.question import Question
from reviewflow.events import Asked
from reviewflow.registry.commands import RegisterOrganisation
from reviewflow.registry.events import Identity, OrganisationKind
from reviewflow.registry.scopes import ANYWHERE
from reviewflow.web.administration.entry import HANDLE, Entry, Gathered, entered, entry_page, one_of
from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.small import Small, needed
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, site_of

routes = APIRouter()

_KINDS: Final = [(kind, kind.capitalize()) for kind in get_args(OrganisationKind)]
_MOST: Final = 100
_HERE: Final = "/administration/organisations"


@routes.get("/administration/organisations")
def listed(request: Request, who: Here, find: str = "") -> Response:
    """Those whose name, handle or number has something in it."""
    with asking(site_of(request).installation, who.person) as question:
        found = organisations(question, find.strip() or None, limit=_MOST)
        may_add = question.allowed("organisation add", ANYWHERE)
    return page(
        request, "administration/organisations.html", rows=found["organisations"], more=found["more"],
        find=find.strip(), may_add=may_add,
    )  # fmt: skip


@routes.get("/administration/organisations/add")
def ask(request: Request, who: Here) -> Response:
    """What is to be registered."""
    return entry_page(request, who, _ADDING)


@routes.post("/administration/organisations/add")
def add(request: Request, who: Here, sent: Sent) -> Response:
    """Register one."""
    return entered(request, who, sent, _ADDING)


def _registered(sent: Posted, _question: Question, asked: Asked, form: Gathered) -> RegisterOrganisation:
    given = form.read(lambda: needed(sent, name="its name"), {"name": ""})
    kind, urn = form.read(lambda: one_of(sent, "kind", dict(_KINDS)), "school"), sent.text("urn").strip()
    return RegisterOrganisation(
        asked=asked, organisation_name=given["name"], kind=cast("OrganisationKind", kind),
        handle=sent.text("handle").strip() or None, place=sent.text("place").strip(),
        identities=(Identity(scheme="urn", value=urn),) if urn else (),
    )  # fmt: skip


def _asked(_question: Question, small: Small) -> list[Part]:
    return [
        small.text("name", "Name"), small.one_of("kind", "What it is", _KINDS, value="school"),
        small.text("urn", "Unique reference number", "If a register gave it one.", optional=True),
        small.text("handle", "Short name", HANDLE, optional=True),
        small.text("place", "Town", "Helps to tell it from others of the same name.", optional=True),
    ]  # fmt: skip


_ADDING: Final = Entry(
    title="Add an organisation", button="Add it", back=(_HERE, "Organisations"), ask="organisation add",
    parts=_asked, making=_registered, then=lambda done: f"{_HERE}/{quote(made(done))}", inputs={"identities": "urn"},
)  # fmt: skip


@routes.get("/administration/organisations/{organisation}")
def show(request: Request, organisation: str, who: Here) -> Response:
    """Everything that is known of one."""
    with asking(site_of(request).installation, who.person) as question:
        found = told_of(question, organisation)["organisation"]
        called = question.called.organisation
        became = {kind: [called(one) for one in found[kind]] for kind in ("came_from", "became")}
        in_partnerships = [
            {**one, "handle": folded.handle if (folded := question.now.partnership(one["id"])) else one["id"]}
            for one in found["partnerships"]
        ]
    return page(
        request, "administration/organisation.html", one=found, partnerships=in_partnerships, became=became,
    )  # fmt: skip
