"""Signing in by another service, from our page and back to it."""

import re
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient

from access.sign_in_service import BACK, CLIENT, SECRET, SignInService
from reviewflow.access.identities import Identities
from reviewflow.web.app import create_app
from reviewflow.web.site import WebOptions

OURS = BACK.removesuffix("/sign-in/service/back")


@pytest.fixture
def way(web):
    """A browser that sends people to a service, which knows Hanna."""
    with SignInService() as service:
        service.now = web.clock.moment.timestamp
        store, vault = web.installation.store, web.installation.vault
        Identities(store, vault, web.clock).add(web.id("hanna"), service.issuer, "s-1")
        given = {"oidc_issuer": service.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        settings = web.installation.settings.model_copy(update=given)
        app = create_app(replace(web.installation, settings=settings), WebOptions(url=OURS))
        with closing(app.state.site.service):
            yield service, TestClient(app, base_url=OURS, follow_redirects=False)


def back(client, service, come_back="/work"):
    begun = client.get(f"/sign-in/service?{urlencode({'next': come_back})}")
    assert begun.status_code == 303
    query = service.visit(begun.headers["location"])
    return client.get(f"{urlsplit(BACK).path}?{urlencode(query)}")


def test_somebody_whom_the_service_knows_comes_in_where_they_wanted(way):
    service, client = way
    assert "Sign in with your organisation" in client.get("/sign-in?next=/cycles/x").text
    came = back(client, service, "/cycles/hazel-2026-1")
    assert came.status_code == 303
    assert came.headers["location"] == "/cycles/hazel-2026-1"
    assert client.get("/work").status_code == 200


def test_nobody_is_sent_elsewhere_by_it(way):
    service, client = way
    assert back(client, service, "https://evil.example").headers["location"] == "/work"


def test_whom_it_knows_and_we_do_not_is_told_so(way):
    service, client = way
    service.claims = {"sub": "somebody else"}
    came = back(client, service)
    assert came.status_code == 403
    assert "There is a problem" in came.text
    assert client.get("/work").status_code == 303


def test_without_what_was_begun_nobody_comes_in(way):
    service, client = way
    begun = client.get("/sign-in/service")
    query = service.visit(begun.headers["location"])
    client.cookies.clear()
    assert client.get(f"{urlsplit(BACK).path}?{urlencode(query)}").status_code == 403


@pytest.mark.parametrize("path", ["/sign-in/service", "/sign-in/service/back"])
def test_where_no_service_is_set_up_there_is_none(still, path):
    assert still.nobody().get(path).status_code == 404
    assert "organisation's account" not in still.nobody().get("/sign-in").text


def test_whoever_is_signed_in_joins_an_account_and_comes_in_by_it_afterwards(way, web):
    service, client = way
    service.claims = {"sub": "s-2"}
    client.cookies.set("__Host-reviewflow", web.site.sessions.begin(web.id("chloe"), "link"), domain="reviews.example")
    own = {"sec-fetch-site": "same-origin"}
    assert "Join it" in client.get("/account").text
    begun = client.post("/account/service", headers=own)
    address = re.search(r'href="(http://127[^"]+)"', begun.text)[1].replace("&amp;", "&")
    came = client.get(f"{urlsplit(BACK).path}?{urlencode(service.visit(address))}")
    assert (came.status_code, came.headers["location"]) == (303, "/account")
    client.post("/sign-out", headers=own)
    assert back(client, service).headers["location"] == "/work"
    assert "Chloe" in client.get("/account").text


def test_nobody_is_led_by_another_site_to_join_an_account(way, web):
    _, client = way
    client.cookies.set("__Host-reviewflow", web.site.sessions.begin(web.id("chloe"), "link"), domain="reviews.example")
    assert client.post("/account/service", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/account/service").status_code == 405
