"""The API described: OpenAPI 3.1 for programs, a plain page for people, every kind of problem."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field
from pydantic.json_schema import models_json_schema

from reviewflow.web.api.models.shape import Shape
from reviewflow.web.api.operations import PROBLEMS, QUESTION
from reviewflow.web.api.problems import KINDS, address, problem

routes = APIRouter(tags=["service"], responses=QUESTION)

_ABOUT: Final = """The questions and commands of reviewflow for programs.

Send `Authorization: Bearer rfl_...` with every request. A token may read, or act as well, and never more than the
person it belongs to. Things are named as people name them: an id, the beginning of one, a handle, an e-mail address.
Names of people are shown as far as you may be told them; what a workflow does not show you is `[not shown to you]`.

Two things are not here on purpose. No token makes a token, a sign-in link, a password or a session: whoever got hold of
one could stay after it was ended. And what needs the machine itself stays on its command line: making, moving and
upgrading a store, backups, keys (`vault`), `doctor`, rebuilding views, and what is done about messages that failed.
"""
_TAGS: Final = [
    {"name": "work", "description": "What waits."},
    {"name": "cycles", "description": "Reviews, and what is done in them."},
    {"name": "people", "description": "People, their roles, training, interests, and who stands in."},
    {"name": "places", "description": "Organisations, partnerships, programmes, calendars."},
    {"name": "workflows", "description": "What a review is made of."},
    {"name": "files", "description": "Whole files, brought in and taken away."},
    {"name": "log", "description": "What happened, and what was known when."},
    {"name": "service", "description": "The service itself."},
]


class ProblemKind(Shape):
    """A kind of problem."""

    type: str = Field(examples=["/api/problems/not-met"])
    title: str
    status: int
    meaning: str
    remedy: str


@routes.get("/problems/{kind}", response_model=ProblemKind, operation_id="problemKind", summary="A kind of problem")
def problem_kind(request: Request, kind: str) -> Response:
    """What the `type` of a problem means, and what to do about it."""
    found = KINDS.get(kind)
    if found is None:
        return problem(request, "not-found", faults=[])
    return JSONResponse({"type": address(kind), **found._asdict()})


def described(api: FastAPI) -> dict[str, Any]:
    """The whole description of everything that is in the API."""
    found = get_openapi(
        title="reviewflow", version=api.version, openapi_version="3.1.0", description=_ABOUT, routes=api.routes,
        tags=_TAGS, servers=[{"url": "/api"}],
    )  # fmt: skip
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    _, defined = models_json_schema(
        [(one, "serialization") for one in PROBLEMS], ref_template="#/components/schemas/{model}"
    )
    schemas.update(defined["$defs"])
    for gone in ("HTTPValidationError", "ValidationError"):
        schemas.pop(gone, None)
    found["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token, `rfl_...`; for commands with the scope `act`.",
        }
    }
    found["security"] = [{"token": []}]
    return found


def pages(description: Callable[[], dict[str, Any]]) -> APIRouter:
    """The description itself; it is made when somebody first wants it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    def openapi() -> Response:
        return JSONResponse(description())

    @router.get("/")
    def people() -> Response:
        return HTMLResponse(_page(description()))

    return router


def _page(described: dict[str, Any]) -> str:
    """For people: every operation with what it does. Nothing but text and links."""
    rows = [
        f"<h2><code>{method.upper()} /api{escape(path)}</code></h2><p><strong>{escape(one['summary'])}.</strong> "
        f"{escape(one.get('description', ''))}</p>"
        for path, methods in described["paths"].items()
        for method, one in methods.items()
    ]
    about = "".join(f"<p>{escape(part)}</p>" for part in _ABOUT.split("\n\n"))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The API of reviewflow</title>'
        '<meta name="viewport" content="width=device-width"></head><body><main>'
        f'<h1>The API</h1>{about}<p><a href="/api/openapi.json">The description for programs (OpenAPI 3.1)</a>.</p>'
        f"{''.join(rows)}</main></body></html>"
    )
