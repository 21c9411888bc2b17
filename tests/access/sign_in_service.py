"""A sign-in service on this machine that does as a test says: it can lie in every way that the standard warns of."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

CLIENT, SECRET = "reviewflow", "a secret/with: signs"
BACK = "https://reviews.example/sign-in/service/back"


class SignInService:
    """Enter it. Whoever is sent there is `claims`, signed in already."""

    def __init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.answer(self, None)

            def do_POST(self) -> None:
                service.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.published = [self.key]
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {"sub": "s-1"}
        self.known: dict[str, Any] | None = None
        self.change: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.sign: Callable[[dict[str, Any]], str] = self._signed
        self.describes: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.now = time.time
        self._codes: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def visit(self, url: str) -> dict[str, str]:
        """What a browser that goes there brings back."""
        assert url.startswith(f"{self.issuer}/authorize?")
        parts = urlsplit(url)
        browser = HTTPConnection(parts.netloc)
        browser.request("GET", f"{parts.path}?{parts.query}")
        found = browser.getresponse()
        assert found.status == 302, found.read()
        back = found.headers["location"]
        browser.close()
        assert back.startswith(BACK)
        return dict(parse_qsl(urlsplit(back).query))

    def answer(self, request: BaseHTTPRequestHandler, body: str | None) -> None:
        parts = urlsplit(request.path)
        self.asked.append(parts.path)
        location = None
        if parts.path in self.answers:
            status, data = self.answers[parts.path]
        elif parts.path == "/authorize":
            status, data, location = 302, b"", self._authorize(dict(parse_qsl(parts.query)))
        else:
            status, found = self._plain(parts.path, request, body)
            data = json.dumps(found).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(data)))
        if location:
            request.send_header("Location", location)
        request.end_headers()
        request.wfile.write(data)

    def _plain(self, path: str, request: BaseHTTPRequestHandler, body: str | None) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo", **self.describes,
            }  # fmt: skip
        if path == "/keys":
            return 200, KeySet(self.published).as_dict(private=False)
        if path == "/userinfo":
            assert request.headers["Authorization"] == "Bearer access"
            return 200, self.known or {}
        assert path == "/token"
        assert body is not None
        return self._token({name: values[0] for name, values in parse_qs(body).items()}, request)

    def _authorize(self, query: dict[str, str]) -> str:
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert min(map(len, (query["state"], query["nonce"]))) == 43
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def _token(self, form: dict[str, str], request: BaseHTTPRequestHandler) -> tuple[int, Any]:
        if "client_secret" in form:
            client = form["client_id"], form["client_secret"]
        else:
            user, _, word = base64.b64decode(request.headers["Authorization"].split()[1]).decode().partition(":")
            client = unquote_plus(user), unquote_plus(word)
        if client != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        asked = self._codes.pop(form["code"], None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        if asked is None or asked["redirect_uri"] != form["redirect_uri"] or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        now = int(self.now())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.claims,
        }  # fmt: skip
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.sign(self.change(claims))}

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, self.key, [self.algorithm])


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says it needs no signature."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])


def signed_by_the_secret(claims: dict[str, Any]) -> str:
    """A token that whoever knows the client's secret can make."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET + "x" * 32), ["HS256"])


def elliptic() -> ECKey:
    """A key of the other kind."""
    return ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
