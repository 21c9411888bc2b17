"""What went wrong, as a page: the core knows no HTTP status, this is where they are given."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from reviewflow.errors import (
    BadInput,
    ConnectionLost,
    ImpossibleHistory,
    IntegrityBroken,
    Refused,
    ReviewflowError,
    StoreMoved,
    StoreUnreachable,
    StreamMoved,
)
from reviewflow.web.forms.entered import kept
from reviewflow.web.refusals import who_may_alone, why_not
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import SignInWanted, posted, sign_in_address, site_of, step_of

STATUS: Final[dict[type[ReviewflowError], int]] = {
    Refused: 403,
    BadInput: 404,
    StreamMoved: 409,
    IntegrityBroken: 500,
    ImpossibleHistory: 500,
    ConnectionLost: 503,
    StoreMoved: 503,
    StoreUnreachable: 503,
}
"""On a page `BadInput` that reaches here is about the address: what is wrong in a form is shown with the form."""

_TITLES: Final = {
    403: "You cannot do this",
    404: "Page not found",
    405: "Page not found",
    409: "Somebody else was first",
    413: "This is too large",
    500: "Something is wrong with this service",
    503: "The service is not available just now",
}


def answer_trouble(app: FastAPI) -> None:
    """Let an application answer every error with a page."""
    app.add_exception_handler(SignInWanted, _sign_in)
    app.add_exception_handler(ReviewflowError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _no_such_address)
    app.add_exception_handler(Exception, _unforeseen)


def status_of(error: ReviewflowError) -> int:
    """The status that an error of ours has."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


async def _sign_in(request: Request, error: Exception) -> Response:
    """Please sign in. Of a form that was being filled in, what was typed goes with the page to sign in on."""
    assert isinstance(error, SignInWanted)
    if request.method == "POST" and step_of(error.come_back):
        sent = await posted(request)
        typed = [(name, value) for name, values in kept(sent.pairs).items() for value in values]
        typed += [("version", sent.text("version"))]
        return page(
            request,
            "sign_in.html",
            next=error.come_back,
            email="",
            faults=[],
            typed=typed,
            status=401,
            service=False,
        )
    return RedirectResponse(sign_in_address(error.come_back), 303)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReviewflowError)
    status = status_of(error)
    lines: list[str] = []
    if isinstance(error, Refused):
        lines = _why_not(request, error)
    elif isinstance(error, StreamMoved):
        lines = ["Nothing was recorded. Go back, look again, and try once more."]
    elif status == 503:  # noqa: PLR2004
        lines = ["Nothing was lost. Wait a minute, then load the page again."]
    return told(request, status, lines)


def _why_not(request: Request, refused: Refused) -> list[str]:
    """Why not, with names only of those of whom the visitor may be told."""
    person, site = getattr(request.state, "person", None), site_of(request)
    if person is None:
        return []
    try:
        with asking(site.installation, person) as question:
            return why_not(question, who_may_alone(refused))
    except ReviewflowError:  # it went away meanwhile: then there is nothing to look names up in
        return []


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return told(request, error.status_code, [], dict(error.headers or {}))


def _no_such_address(request: Request, _error: Exception) -> Response:
    """A part of an address that is no number, say: there is no such page."""
    return told(request, 404, [])


def _unforeseen(request: Request, _error: Exception) -> Response:
    return told(request, 500, [])


def told(request: Request, status: int, lines: list[str], headers: dict[str, str] | None = None) -> Response:
    """A page that says what is wrong, and what to do."""
    title = _TITLES.get(status, _TITLES[500] if status >= 500 else "This could not be done")  # noqa: PLR2004
    number = getattr(request.state, "request_id", None)
    if status >= 500 and number:  # noqa: PLR2004
        lines = [*lines, f"If you tell somebody about it, give them this number: {number}"]
    return page(request, "trouble.html", status=status, title=title, lines=lines, headers=headers)
