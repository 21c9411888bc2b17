"""Every route is in the table; every line of it is tried by everybody, on things of their own and of others."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from functools import cache

import pytest
from starlette.routing import Mount, Route

from reviewflow.registry.permissions import TABLE
from reviewflow.web.api.limiting import Limits
from reviewflow.web.routes import MOUNTED, ROUTES
from web.conftest import opened
from web.route_cast import EACH_ROLE, OUT, PEOPLE, TARGETS, TRYING, decided_by_workflow, expected
from web.route_examples import NO_ASKING, PLACES, body_of, values_of

LINES = [one for one in ROUTES if one.who != "anyone"]
LONG = os.environ.get("REVIEWFLOW_FAULTS") == "long"
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


@pytest.fixture(scope="module")
def tried(neighbourhood, tmp_path_factory):
    """One application for all lines: what is sent changes little, and who may what not at all."""
    with opened(neighbourhood, tmp_path_factory.mktemp("tried") / "store") as found:
        found.app.state.entering.limits = Limits(100_000, 100_000)
        yield found


def clients_of(web, who):
    """A browser, or a program, for each."""
    make = web.sign_in if who == "visitor" else web.api
    now = web.clock.moment
    web.clock.moment = now - timedelta(days=40)
    expired = make("lena")
    web.clock.moment = now
    return {
        **{name: make(name) for name in PEOPLE},
        "nobody": web.nobody(),
        "fred": web.sign_in("fred"),
        "expired": expired,
    }


@pytest.fixture(scope="module")
def everybody(tried):
    """Both for each."""
    return {who: clients_of(tried, who) for who in ("visitor", "token")}


@cache
def shapes(app):
    """Method and path of the API -> the shape that its description gives the answer."""
    return {
        (method, "/api" + route.path): route.response_model
        for route in _flat(app.state.api.routes)
        for method in route.methods
        if getattr(route, "response_model", None)
    }


def asked(still, clients, line, name, target):
    """The answer of one line to somebody about something."""
    path = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: values_of(still, line, found[1], target, name), line.path)
    return clients[name].request(line.method, path, **body_of(line))


def asks_to_sign_in(answer, line):
    """Sent to the page to sign in on; or shown it, where what was typed is not to be lost."""
    if answer.status_code == 401 and line.method == "POST":
        assert "Sign in" in answer.text
    else:
        assert answer.status_code == 303, answer.status_code
        assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("line", LINES, ids=lambda one: f"{one.method} {one.path}")
def test_a_line_of_the_table_is_tried_by_everybody(tried, everybody, request, line):
    web, clients = tried, everybody[line.who]
    if line.who == "visitor" and line.method != "GET":  # pages do what they are told
        web = request.getfixturevalue("web")
        clients = clients_of(web, "visitor")
    for target, names in zip(TARGETS[line.about], TRYING.values(), strict=False):
        for name in OUT if names == TRYING["first"] else ():
            before = web.position()
            answer = asked(web, clients, line, name, target)
            if line.who == "visitor":
                asks_to_sign_in(answer, line)
            else:
                assert answer.status_code == 401, (name, answer.status_code, answer.text)
                assert answer.headers["www-authenticate"].startswith("Bearer")
                assert answer.headers["content-type"] == "application/problem+json"
            assert web.position() == before
        place = PLACES.get((line.method, line.path), "")
        may = {
            name: expected(name, line.asks, line.about, target, place) for name in (names if line.about else EACH_ROLE)
        }
        for name in _who(may, LINES.index(line)):
            before = web.position()
            answer = asked(web, clients, line, name, target)
            told = (line.method, line.path, name, target, answer.status_code, answer.text[:400])
            assert answer.status_code < 500, told
            if not may[name]:
                assert answer.status_code in AWAY, told
                assert web.position() == before, told
            elif line.method == "GET" or not decided_by_workflow(line.asks):
                assert answer.status_code not in (401, 403), told
            if answer.status_code == 200 and (shape := shapes(web.app).get((line.method, line.path))):
                shape.model_validate(answer.json())


def _who(may, turn):
    """All who may not, first: whoever may can change who may. Of those who may three, others at each line.

    `REVIEWFLOW_FAULTS=long` tries everybody everywhere.
    """
    denied, allowed = [one for one in may if not may[one]], [one for one in may if may[one]]
    begin = turn % max(len(allowed), 1)
    return denied + (allowed if LONG else [*allowed[begin:], *allowed[:begin]][:3])
