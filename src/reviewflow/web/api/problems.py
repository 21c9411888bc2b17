"""What went wrong, as data (RFC 9457): every kind there is, with its status and what to do about it.

403 or 409 for what the engine refuses? 403 where who asks is what stands against it (RFC 9110, 15.5.4: the credentials
given are not enough, and asking again does not help); 409 where the state of things does (15.5.10: whoever asks may be
able to resolve it and ask again), as in two of three reviewers having accepted.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from fastapi import Request
from fastapi.responses import JSONResponse

MEDIA: Final = "application/problem+json"


class Kind(NamedTuple):
    """One kind of problem."""

    status: int
    title: str
    meaning: str
    remedy: str


KINDS: Final[dict[str, Kind]] = {
    "not-signed-in": Kind(
        401,
        "No token",
        "The request came without a token that is valid now. Questions may also come with the session of somebody who "
        "is signed in to the pages; commands may not.",
        "Send `Authorization: Bearer rfl_...`; make a token on the page of your account, or `reviewflow token add`.",
    ),
    "not-permitted": Kind(
        403,
        "You may not do this",
        "Whoever the token belongs to may not do or see this. `unmet` says which roles may.",
        "Ask somebody who may; asking again changes nothing.",
    ),
    "token-may-only-read": Kind(
        403,
        "This token may only read",
        "The token has the scope `read`; commands need the scope `act`.",
        "Use a token with the scope `act`.",
    ),
    "not-found": Kind(
        404,
        "No such thing",
        "There is nothing at this address, or several things fit: `faults` tells.",
        "Look at the address; ids and handles are in the lists.",
    ),
    "method-not-allowed": Kind(
        405, "No such method", "The address knows other methods: see the header `Allow`.", "Use one of them."
    ),
    "not-met": Kind(
        409,
        "Not yet, or not any more",
        "Nothing was recorded. `unmet` says everything that stands against it, who can change that, by when, and who "
        "may waive it.",
        "See to what is listed, then ask again.",
    ),
    "moved": Kind(
        409,
        "Somebody else was first",
        "What the decision had read has changed meanwhile. Nothing was recorded.",
        "Look again, then send the same command again.",
    ),
    "not-understood": Kind(
        400,
        "Not understood",
        "The request says in two ways how long it is, or breaks off in the middle. Nothing was recorded.",
        "Send it again, whole.",
    ),
    "too-large": Kind(
        413, "Too large", "The body has more bytes than are taken. Nothing was recorded.", "Send less at once."
    ),
    "too-long": Kind(
        431, "Too long", "The address or the headers are too long. Nothing was recorded.", "Send less in them."
    ),
    "wrong-input": Kind(
        422,
        "Something in it is wrong",
        "`faults` lists everything: where, what was got, what is wanted.",
        "Correct it and send it again.",
    ),
    "key-used": Kind(
        422,
        "Idempotency key used before",
        "The key came with another command before. Nothing was recorded.",
        "Use a new key for each command, and the same only to send one command again.",
    ),
    "too-many": Kind(
        429,
        "Too many requests",
        "More was asked in a minute than is answered.",
        "Wait as long as `Retry-After` says.",
    ),
    "broken": Kind(
        500,
        "Something is wrong with this service",
        "It was noted.",
        "Tell whoever runs it the header `X-Request-Id`.",
    ),
    "not-available": Kind(
        503,
        "Not available just now",
        "The store does not answer. Whatever was sent may or may not have been recorded: sent again with the same "
        "Idempotency-Key it is recorded once.",
        "Wait as long as `Retry-After` says, then send it again.",
    ),
}


def address(kind: str) -> str:
    """The `type` of a kind of problem: where it is described."""
    return f"/api/problems/{kind}"


def problem(
    request: Request, kind: str, detail: str | None = None, *, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """The answer; `more` are members of its own (RFC 9457, 3.2)."""
    found = KINDS[kind]
    body: dict[str, Any] = {"type": address(kind), "title": found.title, "status": found.status}
    body |= {"detail": detail or found.meaning, "instance": request.url.path, **more}
    return JSONResponse(body, found.status, {"cache-control": "no-store", **(headers or {})}, MEDIA)
