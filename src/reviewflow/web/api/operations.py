"""What every operation's description has: its errors, each as a problem, and what its headers are."""

from __future__ import annotations

from typing import Any, Final

from reviewflow.web.api.models.problem import ConflictProblem, FaultyProblem, ForbiddenProblem, Problem
from reviewflow.web.api.problems import KINDS, MEDIA

PROBLEMS: Final = (Problem, ForbiddenProblem, ConflictProblem, FaultyProblem)
_SHAPES: Final[dict[int, type]] = {403: ForbiddenProblem, 404: FaultyProblem, 409: ConflictProblem, 422: FaultyProblem}
_ANY: Final = (400, 401, 403, 404, 405, 413, 422, 429, 431, 500, 503)
"""405 comes for methods that the address does not know, 400, 413 and 431 for requests that no operation is to see."""
_COMMAND: Final = (*_ANY[:5], 409, *_ANY[5:])


def _documented(status: int) -> dict[str, Any]:
    kinds = [kind for kind, found in KINDS.items() if found.status == status]
    text = (
        "; or ".join(KINDS[kind].title for kind in kinds) + ". Kinds: " + ", ".join(f"`{one}`" for one in kinds) + "."
    )
    model = _SHAPES.get(status, Problem).__name__
    found: dict[str, Any] = {
        "description": text,
        "content": {MEDIA: {"schema": {"$ref": f"#/components/schemas/{model}"}}},
    }
    headers = {
        401: {"WWW-Authenticate": "How to sign in."}, 405: {"Allow": "The methods that the address knows."},
        429: {"Retry-After": "Seconds to wait."}, 503: {"Retry-After": "Seconds to wait."},
    }.get(status, {})  # fmt: skip
    if headers:
        found["headers"] = {n: {"description": text, "schema": {"type": "string"}} for n, text in headers.items()}
    return found


QUESTION: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "The same as what `If-None-Match` names."},
    **{status: _documented(status) for status in _ANY},
}
"""The answers of a question, beside 200."""


def a_file(text: str, *media: str) -> dict[int | str, dict[str, Any]]:
    """The answer of an operation that gives a file out."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    headers = {"Content-Disposition": {"description": "Save it under this name.", "schema": {"type": "string"}}}
    return {200: {"description": text, "content": {one.partition(";")[0]: schema for one in media}, "headers": headers}}


COMMAND: Final[dict[int | str, dict[str, Any]]] = {status: _documented(status) for status in _COMMAND}
"""The answers of a command, beside 200."""
