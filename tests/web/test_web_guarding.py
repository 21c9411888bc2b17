"""What every answer carries, and orders that come from elsewhere."""

import re

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from reviewflow.web.app import create_app
from reviewflow.web.guarding import HEADERS, from_here
from reviewflow.web.site import WebOptions

PAGES = ("/sign-in", "/nothing-here", "/static/app.css", "/work")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_keeps_browsers_strict(still, path):
    found = still.nobody().get(path)
    for name, value in HEADERS:
        assert found.headers[name] == value
    assert found.headers["cache-control"]


@pytest.mark.parametrize("path", ["/sign-in", "/work"])
def test_pages_are_kept_by_no_cache(still, path):
    assert still.sign_in("hanna").get(path).headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_inside(still):
    client = still.sign_in("hanna")
    for path in ("/work", f"/cycles/{still.handle_of()}", f"/cycles/{still.handle_of()}/steps/check_in"):
        text = client.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count('<script type="module" src="/static/app.js?v=') == 1


OTHERS = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://testserver.evil.example"},
    {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    {"authorization": "Bearer rfl_nothing", "sec-fetch-site": "cross-site"},
    {},
]


@pytest.mark.parametrize("headers", OTHERS)
@pytest.mark.parametrize("path", ["/sign-out", "/cycles/hazel/steps/check_in", "/sign-in"])
def test_what_another_site_sends_is_not_done(web, headers, path):
    client = web.sign_in("hanna")
    client.headers.pop("sec-fetch-site")
    before = web.position()
    found = client.post(path, headers=headers, data={"email": "a", "password": "b"})
    assert found.status_code == 403
    assert web.position() == before
    client.headers["sec-fetch-site"] = "same-origin"
    assert client.get("/work").status_code == 200, "still signed in"


@pytest.mark.parametrize(
    ("url", "origin", "host", "answer"),
    [
        (None, "http://localhost:8000", "localhost:8000", True),
        (None, "http://localhost:8001", "localhost:8000", False),
        ("https://reviews.example", "https://reviews.example", "10.0.0.1:8000", True),
        ("https://reviews.example", "http://reviews.example", "reviews.example", False),
        ("https://reviews.example", "https://reviews.example.evil.example", "reviews.example", False),
    ],
)
def test_older_browsers_say_it_by_origin(url, origin, host, answer):
    assert from_here(Headers({"origin": origin, "host": host}), WebOptions(url=url)) is answer


def test_over_https_cookies_are_sent_no_other_way(web):
    app = create_app(web.installation, WebOptions(url="https://reviews.example"))
    password = web.password("hanna")
    client = TestClient(app, base_url="https://reviews.example", follow_redirects=False)
    found = client.post(
        "/sign-in", data={"email": web.email("hanna"), "password": password}, headers={"sec-fetch-site": "same-origin"}
    )
    cookie = found.headers["set-cookie"]
    assert cookie.startswith("__Host-reviewflow=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert found.headers["strict-transport-security"] == "max-age=31536000"


def test_browsers_keep_style_and_script_until_they_change(still):
    client = still.nobody()
    page = client.get("/sign-in").text
    addresses = re.findall(r'"(/static/[^"]+)"', page)
    assert len(addresses) >= 3
    for address in addresses:
        assert client.get(address).headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get(address.partition("?")[0]).headers["cache-control"] == "no-cache"
        assert client.get(f"{address}0").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("end", ["?done=soon", "?done=", "?done=1&done=x", "/events/x/correct", "/evidence/-"])
def test_an_address_that_is_none_is_answered_by_a_page(still, end):
    found = still.sign_in("hanna").get(f"/cycles/{still.handle_of()}{end}")
    assert found.status_code == 404
    assert "Page not found" in found.text
