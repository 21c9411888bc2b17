"""Every route is in the table; every line of it is tried by everybody, on things of their own and of others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.routing import Mount, Route

from reviewflow.registry.permissions import TABLE
from reviewflow.web.routes import MOUNTED, ROUTES
from web.route_cast import OUT, PEOPLE, TARGETS, decided_by_workflow, expected
from web.route_examples import NO_ASKING, PLACES, body_of, values_of

LINES = [one for one in ROUTES if one.who != "anyone"]
AWAY = (403, 404)
"""Refused; or of something that this person is not even told exists."""


def served(app):
    """Method and path of everything that the application answers."""
    yield "GET", "/api"  # an entry of its own: see web/api/app.py
    for prefix, routes in (("", app.routes), ("/api", app.state.api.routes)):
        for route in _flat(routes):
            for method in sorted(set(route.methods or ()) - {"HEAD"}):
                yield method, prefix + route.path


def _flat(routes):
    for route in routes:
        inner = getattr(getattr(route, "original_router", None), "routes", None)
        if inner is not None:
            yield from _flat(inner)
        elif isinstance(route, Route):
            yield route
        elif not isinstance(route, Mount):
            pytest.fail(f"a kind of route that this test does not know: {route!r}")


def test_every_route_is_in_the_table_and_every_line_has_a_route(still):
    there, lines = sorted(served(still.app)), sorted((one.method, one.path) for one in ROUTES)
    assert there == lines, "missing in web/routes.py, or a line there without a route"
    assert {one.path for one in still.app.routes if isinstance(one, Mount)} == {*MOUNTED, "/api"}


def test_the_table_asks_only_for_what_the_permission_table_knows():
    assert {one.asks for one in ROUTES if one.asks} <= set(TABLE)


def test_whatever_is_about_something_asks_for_permission():
    assert not [one for one in ROUTES if one.about and one.asks is None and one.path not in NO_ASKING]


@pytest.fixture
def everybody_of(web):
    """A browser or a program for each."""
    now = web.clock.moment
    web.clock.moment = now - timedelta(days=8)
    gone = {"visitor": web.sign_in("lena"), "token": web.api("lena", days=7)}
    web.clock.moment = now
    out = {"nobody": web.nobody(), "fred": web.sign_in("fred")}
    return {
        "visitor": {**{name: web.sign_in(name) for name in PEOPLE}, **out, "expired": gone["visitor"]},
        "token": {**{name: web.api(name) for name in PEOPLE}, **out, "expired": gone["token"]},
    }


def asked(still, clients, line, name, target):
    """The answer of one line to somebody about something."""
    path = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: values_of(still, line, found[1], target, name), line.path)
    return clients[name].request(line.method, path, **body_of(line))


@pytest.mark.parametrize("line", LINES, ids=lambda one: f"{one.method} {one.path}")
def test_a_line_of_the_table_is_tried_by_everybody(web, everybody_of, line):
    clients = everybody_of[line.who]
    for target in TARGETS[line.about]:
        for name in OUT:
            before = web.position()
            answer = asked(web, clients, line, name, target)
            if line.who == "visitor":
                assert answer.status_code == 303, (name, answer.status_code)
                assert answer.headers["location"].startswith("/sign-in")
            else:
                assert answer.status_code == 401, (name, answer.status_code, answer.text)
                assert answer.headers["www-authenticate"].startswith("Bearer")
                assert answer.headers["content-type"] == "application/problem+json"
            assert web.position() == before
        for name in PEOPLE:
            before = web.position()
            answer = asked(web, clients, line, name, target)
            told = (line.method, line.path, name, target, answer.status_code, answer.text[:400])
            assert answer.status_code < 500, told
            if not expected(name, line.asks, line.about, target, PLACES.get((line.method, line.path), "")):
                assert answer.status_code in AWAY, told
                assert web.position() == before, told
            elif line.method == "GET" or not decided_by_workflow(line.asks):
                assert answer.status_code not in (401, 403), told
