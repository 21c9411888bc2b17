"""Who is asking: found by the cookie of their session, at each request anew."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Final, NamedTuple
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response
from starlette.formparsers import MultiPartParser

from reviewflow.access.sessions import Session
from reviewflow.web.site import Site
from reviewflow.web.uploads import MOST

_SECURE, _PLAIN = "__Host-reviewflow", "reviewflow"


class Visitor(NamedTuple):
    """Somebody who is signed in."""

    person: str
    session: Session


_STEP: Final = re.compile(r"/cycles/([^/]+)/steps/([^/?]+)")


def step_of(path: str) -> tuple[str, str] | None:
    """The cycle and the step whose form has this address."""
    found = _STEP.fullmatch(path.partition("?")[0])
    return (unquote(found[1]), unquote(found[2])) if found else None


class SignInWanted(Exception):  # an answer, not an error: please sign in
    """Nobody is signed in; `come_back` is where they wanted to go."""

    def __init__(self, come_back: str) -> None:
        super().__init__(come_back)
        self.come_back = come_back


def site_of(request: Request) -> Site:
    """The site."""
    found: Site = request.app.state.site
    return found


def visitor(request: Request) -> Visitor:
    """Whoever is signed in; `SignInWanted` if nobody is, or they are not known any more."""
    found = visitor_or_nobody(request)
    if found is None:
        raise SignInWanted(here(request))
    return found


def visitor_or_nobody(request: Request) -> Visitor | None:
    """The same, for pages that are for anybody."""
    site = site_of(request)
    secret = request.cookies.get(cookie_name(site))
    session = site.sessions.find(secret) if secret else None
    if session is None or not is_known(site, session.person):
        return None
    request.state.person = session.person
    return Visitor(session.person, session)


def is_known(site: Site, person: str) -> bool:
    """Whether somebody is registered and not forgotten."""
    with site.installation.engine.knowing() as known:
        found = known.person(person)
    return found is not None and found.name is not None


def here(request: Request) -> str:
    """The page that was asked for, as somewhere to come back to; of a form only its page."""
    if request.method not in ("GET", "HEAD"):
        return request.url.path
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def local(path: str | None) -> str:
    """A path on this site, whatever was asked for: nobody is ever sent elsewhere (OWASP: open redirect)."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/work"
    return path if "\\" not in path else "/work"


def sign_in_address(come_back: str) -> str:
    """Where to sign in, to come back here."""
    return f"/sign-in?next={quote(come_back, safe='')}"


def cookie_name(site: Site) -> str:
    """`__Host-`: no other host and no plain http can set it (RFC 6265bis)."""
    return _SECURE if site.options.secure else _PLAIN


def keep(response: Response, site: Site, secret: str) -> None:
    """Let the browser keep the secret of a session until it is closed."""
    response.set_cookie(cookie_name(site), secret, path="/", secure=site.options.secure, httponly=True, samesite="lax")


def let_go(response: Response, site: Site) -> None:
    """Let the browser forget it."""
    response.delete_cookie(cookie_name(site), path="/", secure=site.options.secure, httponly=True, samesite="lax")


MOST_FIELDS: Final = 5_000
MOST_FILE: Final = MOST + 1024 * 1024
"""Bytes of a file that is kept in memory; a larger one is refused, see `uploads.py`."""
MOST_TEXT: Final = 400_000
"""Bytes of one field; the engine takes 50,000 characters."""


async def posted(request: Request) -> Posted:
    """The fields of a form that was sent."""
    # In memory: a file that somebody sends is not written anywhere before it is sealed.
    MultiPartParser.spool_max_size = MOST_FILE
    form = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT)
    return Posted(tuple(form.multi_items()))


class Posted(NamedTuple):
    """What a browser sent, in its order."""

    pairs: tuple[tuple[str, object], ...]

    def text(self, name: str) -> str:
        """One field as text; empty if it was not sent."""
        return next((value for key, value in reversed(self.pairs) if key == name and isinstance(value, str)), "")

    def file(self, name: str) -> object | None:
        """One file, or None."""
        return next((value for key, value in self.pairs if key == name and not isinstance(value, str)), None)


Here = Annotated[Visitor, Depends(visitor)]


async def _sent(request: Request) -> AsyncIterator[Posted]:
    """The same; its files are let go when the answer is made."""
    try:
        yield await posted(request)
    finally:
        await request.close()


Sent = Annotated[Posted, Depends(_sent)]
