"""Coming in and going out."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Final

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.access.sessions import How
from reviewflow.asking.one_cycle import look
from reviewflow.errors import ReviewflowError
from reviewflow.registry.scopes import Scope
from reviewflow.web.forms.entered import PREFIX
from reviewflow.web.forms.filling import filled
from reviewflow.web.metrics import Metrics
from reviewflow.web.pages.step import keep_draft
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.site import Site
from reviewflow.web.visiting import (
    Here,
    Posted,
    Sent,
    Visitor,
    cookie_name,
    is_known,
    keep,
    let_go,
    local,
    site_of,
    step_of,
    visitor_or_nobody,
)
from reviewflow.web.words import plural

routes = APIRouter()

_STATE: Final = "reviewflow-service"
_BACK: Final = "/sign-in/service/back"
_WRONG = "The e-mail address or the password is wrong."


@routes.get("/")
def start(who: Annotated[Visitor | None, Depends(visitor_or_nobody)]) -> Response:
    """Whoever is signed in comes to their work."""
    return RedirectResponse("/work" if who else "/sign-in", 303)


@routes.get("/sign-in")
def ask(
    request: Request,
    who: Annotated[Visitor | None, Depends(visitor_or_nobody)],
    next: str = "",  # noqa: A002 - the word in addresses
) -> Response:
    """The page to sign in on."""
    if who:
        return RedirectResponse(local(next), 303)
    return _page(request, next, "", [], [])


@routes.post("/sign-in")
def sign_in(request: Request, sent: Sent) -> Response:
    """By e-mail address and password. The same answer whether or not somebody has that address."""
    site, email, come_back = site_of(request), sent.text("email").strip(), sent.text("next")
    faults = [
        ("email", "Enter your e-mail address") if not email else None,
        ("password", "Enter your password") if not sent.text("password") else None,
    ]
    typed = [(name, value) for name, value in sent.pairs if name.startswith(PREFIX) and isinstance(value, str)]
    typed += [("version", sent.text("version"))] if typed else []
    if any(faults):
        return _page(request, come_back, email, [one for one in faults if one], typed)
    address = request.client.host if request.client else ""
    doors = (("account", email.casefold()), ("address", address))
    wait = site.throttle.enter(*doors)
    if wait > 0:
        minutes = plural(max(1, round(wait / 60)), "minute")
        return _page(request, come_back, email, [("email", f"Too many attempts. Try again in {minutes}.")], typed, 429)
    person = _owner(site, email)
    if not site.passwords.check(person, sent.text("password")) or not person or not is_known(site, person):
        _count(request, "password", done=False)
        return _page(request, come_back, email, [("email", _WRONG)], typed)
    for kind, key in doors:
        site.throttle.cleared(kind, key)
    if typed:
        _keep_typed(site, person, come_back, sent)
    return come_in(request, person, "password", come_back)


@routes.get("/sign-in/link/{secret}")
def link(request: Request, secret: str) -> Response:
    """Shows a button only: programs that look at links in mail do not press it."""
    return page(request, "link.html", secret=secret, used=False)


@routes.post("/sign-in/link/{secret}")
def follow_link(request: Request, secret: str) -> Response:
    """A link that was made for one person lets them in once."""
    site = site_of(request)
    made = site.links.take(secret)
    if made is None or not is_known(site, made.person):
        _count(request, "link", done=False)
        return page(request, "link.html", secret="", used=True, status=410)
    return come_in(request, made.person, "link", "", let_in_by=made.by)


@routes.get("/sign-in/service")
def go_to_service(request: Request, next: str = "") -> Response:  # noqa: A002 - the word in addresses
    """On to the service that says who somebody is (OpenID Connect)."""
    site = site_of(request)
    if site.service is None:
        raise HTTPException(404)
    address, state = site.service.begin(_back(request), local(next))
    return _with_state(site, RedirectResponse(address, 303), state)


@routes.post("/account/service")
def join_service(request: Request, who: Here) -> Response:
    """Somebody who is signed in wants to come in by that service from now on.

    Begun by a form, which no other site can send: else somebody could be led to join another's account. Then by a
    link, for browsers that are told where forms may lead follow no form to another site.
    """
    site = site_of(request)
    with asking(site.installation, who.person) as question:
        question.may("person sign-in", Scope("person", who.person))
    if site.service is None:
        raise HTTPException(404)
    address, state = site.service.begin(_back(request), "/account", joining=who.person)
    return _with_state(site, page(request, "join_service.html", address=address), state)


def _with_state(site: Site, answer: Response, state: str) -> Response:
    """What the browser must bring back from there."""
    answer.set_cookie(_STATE, state, path=_BACK, max_age=600, secure=site.options.secure, httponly=True, samesite="lax")
    return answer


@routes.get("/sign-in/service/back")
def come_from_service(request: Request, who: Annotated[Visitor | None, Depends(visitor_or_nobody)]) -> Response:
    """From there, with what it says."""
    site = site_of(request)
    if site.service is None:
        raise HTTPException(404)
    here = who.person if who else None
    found = site.service.finish(dict(request.query_params), request.cookies.get(_STATE), signed_in=here)
    answer: Response
    if here is not None and found.person == here:
        answer = RedirectResponse(local(found.carry), 303)
    elif found.person is None or not is_known(site, found.person):
        _count(request, "oidc", done=False)
        answer = _page(request, found.carry, "", [("", found.sentence)], [], 403)
    else:
        answer = come_in(request, found.person, "oidc", found.carry)
    answer.delete_cookie(_STATE, path=_BACK, secure=site.options.secure, httponly=True, samesite="lax")
    return answer


def _back(request: Request) -> str:
    """Where the service sends people back to: never made of what a request says of its own address, if we know ours."""
    site = site_of(request)
    return f"{site.options.url}{_BACK}" if site.options.url else str(request.url_for("come_from_service"))


@routes.post("/sign-out")
def sign_out(request: Request) -> Response:
    """The session ends on the server too."""
    site = site_of(request)
    secret = request.cookies.get(cookie_name(site))
    if secret:
        site.sessions.end(secret)
    answer = RedirectResponse("/sign-in", 303)
    let_go(answer, site)
    return answer


def come_in(request: Request, person: str, how: How, come_back: str, *, let_in_by: str | None = None) -> Response:
    """A session of its own for each time somebody signs in; the one the browser had before ends."""
    site = site_of(request)
    _count(request, how, done=True)
    earlier = request.cookies.get(cookie_name(site))
    if earlier:
        site.sessions.end(earlier)
    answer = RedirectResponse(local(come_back), 303)
    keep(answer, site, site.sessions.begin(person, how, let_in_by=let_in_by))
    return answer


def _count(request: Request, how: How, *, done: bool) -> None:
    metrics: Metrics = request.app.state.metrics
    metrics.sign_in(how, done=done)


def _owner(site: Site, email: str) -> str | None:
    with site.installation.engine.knowing() as known:
        return known.email_owner(email)


def _keep_typed(site: Site, person: str, come_back: str, sent: Posted) -> None:
    """What somebody typed who was signed out meanwhile becomes their draft, if it is theirs to write."""
    place = step_of(come_back)
    if place is None:
        return
    with suppress(ReviewflowError), asking(site.installation, person) as question:
        keep_draft(site, person, look(question, place[0], "cycle next"), place[1], filled(sent))


def _page(
    request: Request, come_back: str, email: str, faults: list[tuple[str, str]], typed: list[tuple[str, str]],
    status: int | None = None,
) -> Response:  # fmt: skip
    status = status or (400 if faults else 200)
    return page(
        request,
        "sign_in.html",
        status=status,
        next=come_back,
        email=email,
        faults=faults,
        typed=typed,
        service=site_of(request).service is not None,
    )
