"""The application: every page and address there is, behind one guard."""

from __future__ import annotations

from fastapi import FastAPI

from reviewflow import __version__
from reviewflow.web import health, metrics
from reviewflow.web.administration import rooms
from reviewflow.web.api.app import include_api
from reviewflow.web.guarding import Guarding
from reviewflow.web.metrics import Metrics
from reviewflow.web.pages import (
    account,
    consent,
    correcting,
    cycle,
    cycle_history,
    evidence,
    helping,
    log,
    notes,
    offers,
    opening,
    partnerships,
    reviews,
    sign,
    signing_in,
    step,
    team,
    undoing,
    waiving,
    work,
)
from reviewflow.web.site import WebOptions, site
from reviewflow.web.static_files import StyleAndScript
from reviewflow.web.trouble import answer_trouble
from reviewflow.wiring import Installation

PAGES = (
    signing_in, work, reviews, partnerships, account, rooms, opening, log, helping, cycle, step, sign, offers,
    evidence, notes, team, cycle_history, undoing, correcting, waiving, consent,
)  # fmt: skip


def create_app(installation: Installation, options: WebOptions) -> FastAPI:
    """An ASGI application over an open installation."""
    app = FastAPI(title="reviewflow", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    counted = Metrics(installation)
    app.state.metrics = counted
    app.state.site = site(counted.counting(installation), options)
    app.include_router(health.routes(installation), include_in_schema=False)
    app.include_router(metrics.routes(installation, counted), include_in_schema=False)
    for pages in PAGES:
        app.include_router(pages.routes, include_in_schema=False)
    include_api(app, app.state.site)
    app.mount("/static", StyleAndScript(), name="static")
    answer_trouble(app)
    app.add_middleware(Guarding, options=options)
    return app
