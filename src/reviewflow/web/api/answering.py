"""Questions answered: `asking`'s data and nothing else, with the times that the command line takes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import AwareDatetime

from reviewflow.asking.plain import as_json
from reviewflow.asking.question import Question, asking
from reviewflow.errors import BadInput, Fault
from reviewflow.web.api.entering import caller_of
from reviewflow.web.api.trouble import Unknown
from reviewflow.web.visiting import site_of

Found = TypeVar("Found")


class Times(NamedTuple):
    """Which past is asked about, if one is."""

    as_of: date | None = None
    known_at: datetime | None = None


def _times(
    as_of: Annotated[
        date | None, Query(description="As it was at the end of that day.", examples=["2026-11-20"])
    ] = None,
    known_at: Annotated[
        AwareDatetime | None,
        Query(description="As it was known at that moment, with its zone.", examples=["2026-11-20T12:00:00Z"]),
    ] = None,
) -> Times:
    return Times(as_of, utc(known_at, "known_at"))


Then = Annotated[Times, Depends(_times)]


def utc(moment: datetime | None, where: str) -> datetime | None:
    """The same moment in UTC; `BadInput` for one that no calendar has there."""
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        raise BadInput("the moment", [Fault(where, str(moment), "want a year from 1 to 9999 in UTC")]) from None


@contextmanager
def asking_for(request: Request, then: Times | None = None) -> Iterator[Question]:
    """The question of whoever a request comes from."""
    then = then or Times()
    viewer = caller_of(request).person
    with asking(site_of(request).installation, viewer, as_of=then.as_of, known_at=then.known_at) as question:
        yield question


def named(find: Callable[..., Found], typed: str, *where: str) -> Found:
    """What an address names; the answer is 404 if there is no such thing."""
    try:
        return find(typed, *where)
    except BadInput as error:
        raise Unknown(error) from error


def told(request: Request, then: Times | None, find: Callable[[Question], Any]) -> Response:
    """What is found for whoever asks, as an answer."""
    with asking_for(request, then) as question:
        return answer(request, find(question))


def answer(request: Request, data: Any, *, status: int = 200) -> Response:
    """Data as JSON, with a tag: whoever asks again with it is only told that it is the same (RFC 9110, 13.1.2).

    The program that asked may keep it, and nobody between; what a browser asks for with its session is kept nowhere.
    """
    body = json.dumps(as_json(data), ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    if request.method not in ("GET", "HEAD"):
        return Response(body, status, media_type="application/json")
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    keep = "private, no-cache" if caller_of(request).by == "token" else "no-store"
    headers = {"etag": tag, "cache-control": keep, "vary": "authorization, cookie"}
    given = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if status == 200 and (tag in given or "*" in given):  # noqa: PLR2004
        return Response(None, 304, headers)
    return Response(body, status, headers, "application/json")
