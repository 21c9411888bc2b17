"""Signing in through a service: it goes well, and every way in which it must not."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from access.admitted import NOON
from access.sign_in_service import BACK, CLIENT, SECRET, SignInService, elliptic, signed_by_the_secret, unsigned
from reviewflow.access import oidc_service
from reviewflow.access.oidc import SENTENCES, Oidc, configured
from reviewflow.access.tables import identities
from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.settings import Settings


@pytest.fixture(scope="module")
def key():
    """Made once: it takes long."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@pytest.fixture
def service(key, file_door, monkeypatch):
    monkeypatch.setattr("access.sign_in_service.RSAKey", SimpleNamespace(generate_key=lambda *_: key))
    with SignInService() as made:
        made.now = lambda: file_door.clock.moment.timestamp()  # noqa: PLW0108 - the moment is another one each time
        yield made


class Register:
    """Whom the engine would know."""

    def __init__(self) -> None:
        self.addresses = {"hanna@hazel.example": "hanna"}
        self.gone = set()

    def person(self, one):
        return SimpleNamespace(forgotten=one in self.gone)

    def email_owner(self, email):
        return self.addresses.get(email.strip().casefold())


class Way:
    """One browser's way there and back."""

    def __init__(self, door, service, *, by_email=False) -> None:
        self.register, self.door, self.service = Register(), door, service
        settings = Settings(
            oidc_issuer=service.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_link_by_email=by_email
        )

        @contextmanager
        def knowing():
            yield self.register

        self.oidc = Oidc(settings, door.store, door.vault, door.clock, knowing)

    def close(self):
        self.oidc.close()

    def go(self, carry="", joining=None):
        url, cookie = self.oidc.begin(BACK, carry, joining=joining)
        return self.service.visit(url), cookie

    def there_and_back(self):
        return self.oidc.finish(*self.go())


@pytest.fixture
def way(file_door, service):
    file_door.identities.add("hanna", service.issuer, "s-1")
    with closing(Way(file_door, service)) as made:
        yield made


@pytest.fixture
def by_email(file_door, service):
    service.claims = {"sub": "s-1", "email": "Hanna@Hazel.example", "email_verified": True}
    with closing(Way(file_door, service, by_email=True)) as made:
        yield made


def test_somebody_whom_the_service_knows_comes_in(way):
    query, cookie = way.go("/cycles/hazel-2026-1")
    assert way.oidc.finish(query, cookie) == ("hanna", None, "", "/cycles/hazel-2026-1")


def test_what_is_asked_for_is_what_the_standard_wants(way):
    url, _ = way.oidc.begin(BACK)
    asked = dict(parse_qsl(urlsplit(url).query))
    assert asked["scope"] == "openid"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    other = dict(parse_qsl(urlsplit(way.oidc.begin(BACK)[0]).query))
    for name in ("state", "nonce", "code_challenge"):
        assert asked[name] != other[name]


def test_the_cookie_tells_nothing_and_fits(way):
    url, cookie = way.oidc.begin(BACK, "/somewhere")
    asked = dict(parse_qsl(urlsplit(url).query))
    assert re.fullmatch(r"[A-Za-z0-9_-]{100,1500}", cookie)
    assert asked["nonce"] not in cookie


def test_a_code_works_once(way):
    query, cookie = way.go()
    assert way.oidc.finish(query, cookie).person == "hanna"
    assert way.oidc.finish(query, cookie) == (None, "service-failed", "it answered with status 400 (invalid_grant)", "")


def test_another_browser_cannot_end_what_this_one_began(way):
    query, cookie = way.go()
    _, other = way.go()
    for given in (other, None, "", "x", "é", "x" * 5000, cookie[:-4] + "AAAA", cookie + "A"):
        assert way.oidc.finish(query, given).why == "too-late"
    assert way.oidc.finish({**query, "state": query["state"] + "x"}, cookie).why == "too-late"
    assert way.oidc.finish({"code": query["code"]}, cookie).why == "too-late"
    assert "/token" not in way.service.asked
    assert way.oidc.finish(query, cookie).person == "hanna"


def test_it_takes_ten_minutes_at_most(way):
    query, cookie = way.go()
    way.door.later(minutes=10)
    assert way.oidc.finish(query, cookie).why == "too-late"
    way.door.later(minutes=-20)
    assert way.oidc.finish(query, cookie).why == "too-late"


def test_who_turns_back_is_told_so(way):
    query, cookie = way.go()
    answer = way.oidc.finish({"error": "access_denied", "state": query["state"]}, cookie)
    assert (answer.person, answer.why, answer.sentence) == (None, "cancelled", SENTENCES["cancelled"])
    assert way.oidc.finish({"error": "server_error", "state": query["state"]}, cookie).why == "service-failed"
    assert way.oidc.finish({"state": query["state"]}, cookie).why == "not-proved"


NOW = NOON.timestamp()


@pytest.mark.parametrize("claims", [
    {"iss": "https://another.example"}, {"iss": None}, {"aud": "another"}, {"aud": ["another"]},
    {"aud": "another", "azp": CLIENT},
    {"aud": [CLIENT, "another"]}, {"aud": [CLIENT, "another"], "azp": "another"}, {"aud": None}, {"azp": "another"},
    {"exp": NOW - 61}, {"exp": None}, {"exp": "later"}, {"iat": NOW + 300}, {"iat": None}, {"nbf": NOW + 300},
    {"nonce": "another"}, {"nonce": None}, {"nonce": 5}, {"sub": None}, {"sub": ""}, {"sub": 5}, {"at_hash": "wrong"},
], ids=str)  # fmt: skip
def test_a_token_that_says_something_else_is_not_believed(way, claims):
    way.service.change = lambda said: {
        name: value for name, value in (said | claims).items() if claims.get(name, 0) is not None
    }
    answer = way.there_and_back()
    assert (answer.person, answer.why) == (None, "not-proved")
    assert "s-1" not in answer.detail


@pytest.mark.parametrize("claims", [{"aud": [CLIENT]}, {"aud": [CLIENT, "another"], "azp": CLIENT}, {"exp": NOW - 59}])
def test_a_token_that_says_the_same_otherwise_is_believed(way, claims):
    way.service.change = lambda said: said | claims
    assert way.there_and_back().person == "hanna"


OTHER = RSAKey.generate_key(2048, {"kid": "one"})


def other_key(claims):
    from joserfc import jwt

    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER, ["RS256"])


def spoilt(part):
    def sign(service, claims):
        parts = service._signed(claims).split(".")
        parts[part] = parts[part][:-5] + ("A" if parts[part][-5] != "A" else "B") + parts[part][-4:]
        return ".".join(parts)

    return sign


@pytest.mark.parametrize("sign", [
    lambda _, claims: unsigned(claims), lambda _, claims: signed_by_the_secret(claims),
    lambda _, claims: other_key(claims), spoilt(0), spoilt(1), spoilt(2), lambda *_: "", lambda *_: "a.b.c",
    lambda service, claims: service._signed(claims).rpartition(".")[0] + ".",
], ids=["none", "by the secret", "another key", "head", "claims", "sign", "empty", "rubbish", "cut off"])  # fmt: skip
def test_a_token_that_the_service_did_not_sign_is_not_believed(way, sign):
    way.service.sign = lambda claims: sign(way.service, claims)
    answer = way.there_and_back()
    assert answer.person is None
    assert answer.why == "service-failed"


def test_a_service_may_change_its_keys(way, monkeypatch):
    assert way.there_and_back().person == "hanna"
    way.service.key = elliptic()
    way.service.algorithm, way.service.published = "ES256", [way.service.key]
    assert way.there_and_back().why == "service-failed"  # asked for a moment ago
    monkeypatch.setattr(oidc_service, "_KEYS_AGAIN", -1.0)
    assert way.there_and_back().person == "hanna"
    assert way.service.asked.count("/keys") == 2
    assert way.service.asked.count("/.well-known/openid-configuration") == 1


def test_the_secret_may_be_sent_in_the_form(way):
    way.service.describes = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert way.there_and_back().person == "hanna"


def test_the_issuer_in_the_answer_counts_where_there_is_one(way):
    way.service.describes = {"authorization_response_iss_parameter_supported": True}
    query, cookie = way.go()
    assert way.oidc.finish({**query, "iss": "https://another.example"}, cookie).why == "not-proved"
    assert way.oidc.finish(query, cookie).why == "not-proved"
    assert way.oidc.finish({**query, "iss": way.service.issuer}, cookie).person == "hanna"


def test_nobody_is_made_of_nothing(way):
    way.service.claims = {"sub": "s-2", "email": "hanna@hazel.example", "email_verified": True}
    answer = way.there_and_back()
    assert (answer.person, answer.why) == (None, "unknown")
    assert len(way.door.rows(identities)) == 1


def test_whoever_was_forgotten_does_not_come_in(way):
    way.register.gone.add("hanna")
    assert way.there_and_back().why == "unknown"


def test_who_is_signed_in_joins_an_account_and_comes_in_by_it_from_then_on(way):
    way.service.claims = {"sub": "s-2"}
    query, cookie = way.go("/account", joining="bea")
    assert way.oidc.finish(query, cookie, signed_in="bea") == ("bea", None, "", "/account")
    assert way.there_and_back().person == "bea"


def test_an_account_that_somebody_has_is_joined_to_nobody_else(way):
    query, cookie = way.go(joining="bea")
    assert way.oidc.finish(query, cookie, signed_in="bea").why == "taken"
    assert way.there_and_back().person == "hanna"


@pytest.mark.parametrize("signed_in", [None, "", "hanna"])
def test_what_one_began_in_order_to_join_nobody_else_ends(way, signed_in):
    way.service.claims = {"sub": "s-2"}
    query, cookie = way.go(joining="bea")
    assert way.oidc.finish(query, cookie, signed_in=signed_in).why == "too-late"
    assert len(way.door.rows(identities)) == 1


def test_who_is_signed_in_already_may_sign_in_as_somebody_else(way):
    query, cookie = way.go()
    assert way.oidc.finish(query, cookie, signed_in="bea").person == "hanna"
    assert way.door.identities.of("bea") == []


def test_a_verified_address_leads_to_its_person_and_from_then_on_the_identity_does(by_email):
    assert by_email.there_and_back().person == "hanna"
    by_email.service.claims = {"sub": "s-1", "email": "another@hazel.example", "email_verified": False}
    assert by_email.there_and_back().person == "hanna"
    assert by_email.door.identities.find(by_email.service.issuer, "s-1") == "hanna"


@pytest.mark.parametrize("verified", [False, None, "false", "True", 1, "yes", ["true"]])
def test_an_address_that_is_not_verified_leads_nowhere(by_email, verified):
    by_email.service.claims["email_verified"] = verified
    answer = by_email.there_and_back()
    assert (answer.person, answer.why) == (None, "address-not-verified")
    assert by_email.door.rows(identities) == []


@pytest.mark.parametrize("email", ["nobody@hazel.example", "", None, 5, "hanna@hazel.example.attacker.example"])
def test_an_address_of_nobody_leads_nowhere(by_email, email):
    by_email.service.claims["email"] = email
    assert by_email.there_and_back().why == "unknown"
    assert by_email.door.rows(identities) == []


def test_the_address_may_be_asked_for_afterwards(by_email):
    by_email.service.known = by_email.service.claims
    by_email.service.claims = {"sub": "s-1"}
    assert by_email.there_and_back().person == "hanna"
    assert "/userinfo" in by_email.service.asked


def test_what_is_told_afterwards_of_somebody_else_is_not_believed(by_email):
    by_email.service.known = {**by_email.service.claims, "sub": "s-9"}
    by_email.service.claims = {"sub": "s-1"}
    assert by_email.there_and_back().why == "not-proved"


@pytest.mark.parametrize(("status", "body"), [
    (500, b"{}"), (200, b"no json"), (200, b"[]"), (404, b""), (302, b"{}"), (200, b"x" * 1_100_000),
])  # fmt: skip
def test_a_service_that_says_nothing_sensible_of_itself_is_told(way, status, body):
    way.service.answers["/.well-known/openid-configuration"] = status, body
    with pytest.raises(StoreUnreachable) as caught:
        way.oidc.begin(BACK)
    assert caught.value.what == "the sign-in service"


@pytest.mark.parametrize(("describes", "told"), [
    ({"issuer": "https://another.example"}, "it calls itself 'https://another.example', want 'http://127.0.0.1"),
    ({"issuer": None}, "it calls itself None"), ({"more": "x" * 1_000_000}, "longer than 1,000,000 bytes"),
])  # fmt: skip
def test_a_service_that_is_another_or_does_not_come_to_an_end_is_told(way, describes, told):
    way.service.describes = describes
    with pytest.raises(StoreUnreachable, match=told):
        way.oidc.begin(BACK)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("url", ["http://another.example/x", "file:///etc/passwd", "", None, 5])
def test_what_it_leads_to_is_reached_by_https(way, name, url):
    way.service.describes = {name: url}
    with pytest.raises(StoreUnreachable, match="want an address that begins with https://"):
        way.oidc.begin(BACK)


@pytest.mark.parametrize("path", ["/token", "/keys"])
@pytest.mark.parametrize(
    "body", [(503, b"{}"), (200, b"{}"), (200, b'{"keys": [5]}'), (200, b'{"keys": [{"kty": "RSA"}]}')]
)
def test_a_service_that_fails_later_lets_nobody_in(way, path, body):
    query, cookie = way.go()
    way.service.answers[path] = body
    assert way.oidc.finish(query, cookie).why == "service-failed"


def test_a_service_that_is_away_is_not_asked_by_everybody(file_door):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = SimpleNamespace(issuer=f"http://127.0.0.1:{free.getsockname()[1]}")
    with closing(Way(file_door, away)) as way:
        failed = []
        for _ in range(2):
            with pytest.raises(StoreUnreachable, match="it does not answer: ConnectError"):
                way.oidc.begin(BACK)
            failed.append(way.oidc._service._failed)
        assert failed[0] is failed[1]


@pytest.mark.parametrize("given", [
    {"oidc_issuer": "https://login.example"}, {"oidc_client_id": "x", "oidc_client_secret": "y"},
    {"oidc_issuer": "http://login.example", "oidc_client_id": "x", "oidc_client_secret": "y"},
])  # fmt: skip
def test_settings_that_do_not_fit_are_told(file_door, given):
    assert configured(Settings(**given))
    with pytest.raises(BadInput) as caught:
        Oidc(Settings(**given), file_door.store, file_door.vault, file_door.clock, None)
    assert len(caught.value.faults) == 3 - len(given) or given["oidc_issuer"].startswith("http:")
    assert not configured(Settings())


@pytest.fixture
def somebody_elses():
    """A service that others wrote, as a program of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    claims = json.dumps({"sub": "s-7", "email": "hanna@hazel.example", "email_verified": True})
    words = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--user-claims", claims]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONWARNINGS": "ignore"}) as running:
        issuer = f"http://127.0.0.1:{port}"
        try:
            for _ in range(200):
                with socket.socket() as tried:
                    if tried.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield SimpleNamespace(issuer=issuer)
        finally:
            running.terminate()


def test_it_goes_well_with_a_service_that_others_wrote(file_door, somebody_elses):
    file_door.clock.moment = NOON.fromtimestamp(time.time(), NOON.tzinfo)
    with closing(Way(file_door, somebody_elses, by_email=True)) as way:
        url, cookie = way.oidc.begin(BACK)
        assert httpx.get(url).status_code == 200
        back = httpx.post(url, data={"sub": "s-7"})
        query = dict(parse_qsl(urlsplit(back.headers["location"]).query))
        assert way.oidc.finish(query, cookie) == ("hanna", None, "", "")
    assert file_door.identities.find(somebody_elses.issuer, "s-7") == "hanna"
