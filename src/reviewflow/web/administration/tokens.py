"""Tokens with which programs act for somebody: made by whom they act for, seen once, revoked."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.access.tokens import Tokens
from reviewflow.errors import BadInput
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.forms.small import Faults, Small
from reviewflow.web.forms.wrong import placed
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.site import Site
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

_SCOPES: Final = [("read", "It reads what I may read"), ("act", "It reads, and does what I may do")]
_DAYS: Final = [("7", "A week"), ("30", "30 days"), ("90", "90 days"), ("365", "A year")]


@routes.get("/account/tokens")
def own(request: Request, who: Here) -> Response:
    """The visitor's own tokens."""
    with asking(site_of(request).installation, who.person) as question:
        question.may("token list", Scope("person", who.person))
    return _own(request, who, Posted(()), [])


@routes.post("/account/tokens")
def make(request: Request, who: Here, sent: Sent) -> Response:
    """Make one for the visitor; it is shown this one time."""
    site, faults = site_of(request), list[tuple[str, str]]()
    with asking(site.installation, who.person) as question:
        question.may("token add", Scope("person", who.person))
    if sent.text("scope") not in dict(_SCOPES):
        faults.append(("scope", "Choose what it may do"))
    if sent.text("days") not in dict(_DAYS):
        faults.append(("days", "Choose for how long"))
    if not sent.text("name").strip():
        faults.append(("name", "Enter what it is for, so that you know it again"))
    if faults:
        return _own(request, who, sent, faults)
    try:
        _, secret = _tokens(site).make(
            who.person, sent.text("name").strip(), [sent.text("scope")], int(sent.text("days")), by=who.person
        )
    except BadInput as error:
        return _own(request, who, sent, placed(error.faults, {}))
    return page(request, "administration/token.html", secret=secret, name=sent.text("name").strip())


@routes.post("/account/tokens/revoke")
def revoke_own(request: Request, who: Here, sent: Sent) -> Response:
    """End one of the visitor's own."""
    site, wanted = site_of(request), sent.text("token")
    with asking(site.installation, who.person) as question:
        question.may("token revoke", Scope("person", who.person))
    if any(one.id == wanted for one in _tokens(site).of(who.person)):
        _tokens(site).revoke(wanted)
    return RedirectResponse("/account/tokens", 303)


@routes.get("/administration/tokens")
def everybodys(request: Request, who: Here) -> Response:
    """Everybody's tokens, for whoever may see them."""
    site = site_of(request)
    with asking(site.installation, who.person) as question:
        question.may("token list", ANYWHERE)
        rows = [{**_row(one), "owner": question.called.person(one.person)} for one in _tokens(site).of(None)]
    return page(request, "administration/tokens.html", rows=rows, now=site.installation.clock.now())


@routes.post("/administration/tokens/revoke")
def revoke(request: Request, who: Here, sent: Sent) -> Response:
    """End anybody's."""
    site, wanted = site_of(request), sent.text("token")
    owner = next((one.person for one in _tokens(site).of(None) if one.id == wanted), None)
    with asking(site.installation, who.person) as question:
        question.may("token revoke", Scope("person", owner) if owner else ANYWHERE)
    if owner is not None:
        _tokens(site).revoke(wanted)
    return RedirectResponse("/administration/tokens", 303)


def _tokens(site: Site) -> Tokens:
    installation = site.installation
    return Tokens(installation.store, installation.vault, installation.clock)


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name or "without a name", "made": one.made, "until": one.until,
        "used_on": one.used_on, "scopes": "reads and acts" if "act" in one.scopes else "reads",
    }  # fmt: skip


def _own(request: Request, who: Visitor, sent: Posted, faults: Faults) -> Response:
    site = site_of(request)
    small = Small(sent, faults)
    return page(
        request, "administration/own_tokens.html", status=422 if faults else 200, faults=faults,
        rows=[_row(one) for one in _tokens(site).of(who.person)], now=site.installation.clock.now(), parts=[
            small.text("name", "What it is for", "As in: figures for the office."),
            small.one_of("scope", "What may it do?", _SCOPES), small.one_of("days", "For how long?", _DAYS),
        ],
    )  # fmt: skip
