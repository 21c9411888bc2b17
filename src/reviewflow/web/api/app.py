"""The API as an application of its own within the whole: everything under /api, behind its own entry."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from reviewflow import __version__
from reviewflow.web.api import (
    audit_asked,
    cycles_asked,
    cycles_done,
    description,
    exports_asked,
    imports_asked,
    imports_done,
    people_asked,
    people_done,
    places_asked,
    places_done,
    service_asked,
    workflows_asked,
    workflows_done,
)
from reviewflow.web.api.entering import Entering
from reviewflow.web.api.limiting import Limits
from reviewflow.web.api.sent_files import keep_in_memory
from reviewflow.web.api.trouble import answer_trouble
from reviewflow.web.site import Site

ROOMS = (
    cycles_asked, cycles_done, people_asked, people_done, places_asked, places_done, workflows_asked, workflows_done,
    imports_asked, imports_done, exports_asked, audit_asked, service_asked, description,
)  # fmt: skip
PREFIX = "/api"


def include_api(app: FastAPI, site: Site, limits: Limits | None = None) -> FastAPI:
    """Put the API into the application; the API itself."""
    api = make_api(site)
    keep_in_memory()
    entering = Entering(api, site, limits or Limits(site.installation.settings.api_per_minute))
    entry = _Named(entering)
    app.router.routes.append(Route(PREFIX, _Root(entry), methods=None))
    mount = Mount(PREFIX, entry, name="api")
    # Starlette's own pattern ends at a line break, and what has one would be answered by the pages.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    app.router.routes.append(mount)
    app.state.api, app.state.entering = api, entering
    return api


def make_api(site: Site) -> FastAPI:
    """The API without its entry."""
    api = _bare()
    api.state.site = site
    pages = description.pages(described)
    api.state.operations = [route for one in (pages, *(room.routes for room in ROOMS)) for route in one.routes]
    api.include_router(pages)
    answer_trouble(api)
    return api


def _bare() -> FastAPI:
    api = FastAPI(title="reviewflow", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    for room in ROOMS:
        api.include_router(room.routes)
    return api


@cache
def described() -> dict[str, Any]:
    """OpenAPI 3.1, the same for every store: it takes most of a second to make."""
    return description.described(_bare())


class _Root:
    """`/api` itself, without a slash after it: the page for people."""

    def __init__(self, api: ASGIApp) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["root_path"] = scope.get("root_path", "") + PREFIX
        scope["path"] += "/"
        await self._api(scope, receive, send)


class _Named:
    """Lets whoever watches see the template of a route with its prefix, as in `/api/cycles/{cycle}`."""

    def __init__(self, api: ASGIApp) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.pop("route", None)
        try:
            await self._api(scope, receive, send)
        finally:
            path = getattr(scope.get("route"), "path", None)
            scope["route"] = _Template(PREFIX + path if isinstance(path, str) else PREFIX)


class _Template:
    """A route, as far as whoever watches looks at it."""

    def __init__(self, path: str) -> None:
        self.path = path
