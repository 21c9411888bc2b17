"""Who may come in: nothing under /api is answered, not even that an address is unknown, without a token or a session.

A session is good for questions alone: a command by cookie could be given by a page of another site. (RFC 6750)
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reviewflow.access.throttle import network
from reviewflow.access.tokens import Tokens
from reviewflow.errors import ReviewflowError, StoreUnreachable
from reviewflow.web.api.limiting import Limits
from reviewflow.web.api.problems import problem
from reviewflow.web.api.trouble import WAIT
from reviewflow.web.site import Site
from reviewflow.web.visiting import cookie_name, is_known

_CHALLENGE: Final = 'Bearer realm="reviewflow"'
_QUESTIONS: Final = ("GET", "HEAD")
_ASKED_BY_POST: Final = frozenset({"/api/workflows/check", "/api/imports/histories/check"})
"""Questions that come with a body: a token that may only read may ask them; the session of a browser may not."""


class Caller(NamedTuple):
    """Whoever a request comes from. `key` names the token or the session, and opens nothing."""

    person: str
    by: Literal["token", "session"]
    key: str
    acts: bool


class Entering:
    """ASGI middleware, around everything of the API."""

    def __init__(self, app: ASGIApp, site: Site, limits: Limits) -> None:
        """`limits` count requests."""
        self._app, self._site, self.limits = app, site, limits
        self._tokens = Tokens(site.installation.store, site.installation.vault, site.installation.clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its caller."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            caller = await run_in_threadpool(self._caller, request)
        except StoreUnreachable:
            await problem(request, "not-available", headers={"retry-after": WAIT})(scope, receive, send)
            return
        if caller is None:
            await self._nobody(request)(scope, receive, send)
            return
        left = self.limits.ask(caller.key)
        if left.wait:
            await problem(request, "too-many", headers=left.headers())(scope, receive, send)
            return
        asks = request.method in _QUESTIONS or request.url.path in _ASKED_BY_POST
        if not asks and not caller.acts:
            await problem(request, "token-may-only-read")(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(left.headers())
            await send(message)

        await self._app(scope, receive, sending)

    def _nobody(self, request: Request) -> Response:
        """Whoever has a token is answered, however many wrong ones come from the same school."""
        if "authorization" not in request.headers:
            return problem(request, "not-signed-in", headers={"www-authenticate": _CHALLENGE})
        tried = self.limits.wrong(network(request.client.host) if request.client else "")
        if tried.wait:
            return problem(request, "too-many", headers=tried.headers())
        return problem(request, "not-signed-in", headers={"www-authenticate": f'{_CHALLENGE}, error="invalid_token"'})

    def _caller(self, request: Request) -> Caller | None:
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        found = None
        try:
            if kind.lower() == "bearer":
                token = self._tokens.find(secret.strip())
                found = Caller(token.person, "token", token.id, "act" in token.scopes) if token else None
            elif not kind and request.method in _QUESTIONS and (cookie := request.cookies.get(cookie_name(self._site))):
                session = self._site.sessions.find(cookie)
                found = Caller(session.person, "session", session.id, acts=False) if session else None
            return found if found and is_known(self._site, found.person) else None
        except StoreUnreachable:
            raise
        except ReviewflowError:
            return None


def caller_of(request: Request) -> Caller:
    """Whoever a request comes from."""
    found: Caller = request.state.caller
    return found
