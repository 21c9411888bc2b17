"""The sign-in service, over HTTP: what it says of itself, its keys, a code for an ID token, what it knows of somebody.

OpenID Connect Discovery 1.0; OpenID Connect Core 1.0, 3.1.3; RFC 7636 (PKCE); RFC 9700 (best current practice).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache, cached_property
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
"""Signatures with a public key. Never `none`, and never HS256: whoever knows the client's secret could sign."""
_TIMEOUT: Final = 10.0
_LARGEST: Final = 1_000_000
_KEPT: Final = 3600.0
"""Seconds that the service's own description and keys are kept."""
_KEYS_AGAIN: Final = 30.0
"""An unknown key makes us ask for the keys again, at most so often."""

_REST: Final = 5.0
"""Seconds in which one that did not answer is not asked again: everybody who waits here holds a thread."""


class ServiceFailed(Exception):
    """The service did not answer, or not as it should; says nothing of any person."""


class Service:
    """One service, as one client knows it. Safe for threads."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        """Nothing is asked yet; `ValueError` for an issuer that is not reached by https."""
        self.issuer, self.client_id, self._client_secret = issuer, client_id, client_secret
        _check_address("the issuer", issuer)
        self._lock = threading.Lock()
        self._described: tuple[float, dict[str, Any]] | None = None
        self._failed: tuple[float, str] | None = None
        self._keys: tuple[float, Any] | None = None

    def described(self) -> dict[str, Any]:
        """What it says of itself. Raises `ServiceFailed`."""
        with self._lock:
            if self._described is not None and monotonic() - self._described[0] <= _KEPT:
                return self._described[1]
            if self._failed is not None and monotonic() - self._failed[0] <= _REST:
                raise ServiceFailed(self._failed[1])
            try:
                found = self._described_now()
            except ServiceFailed as error:
                self._failed = monotonic(), str(error)
                raise
            self._described = monotonic(), found
            return found

    def id_token(self, code: str, redirect_uri: str, verifier: str) -> tuple[str, str]:
        """The ID token for a code, not looked into yet, and the access token. Raises `ServiceFailed`."""
        described = self.described()
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier,
        }  # fmt: skip
        auth = None
        ways = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in ways:
            auth = (_quoted(self.client_id), _quoted(self._client_secret))
        else:
            form |= {"client_id": self.client_id, "client_secret": self._client_secret}
        found = self._ask("POST", described["token_endpoint"], data=form, auth=auth)
        token, access = found.get("id_token"), found.get("access_token")
        if not isinstance(token, str) or not isinstance(access, str):
            raise ServiceFailed("it gave no ID token for the code")
        return token, access

    def read(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of an ID token whose signature is the service's. Raises `ServiceFailed`."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        for again in (False, True):
            try:
                made = jwt.decode(token, self._key_set(again=again), algorithms=list(ALGORITHMS))
            except (JoseError, ValueError) as error:
                if not again:
                    continue  # it may have changed its keys
                raise ServiceFailed(f"its ID token is not to be trusted: {type(error).__name__}") from error
            return dict(made.header), dict(made.claims)
        raise AssertionError

    def told(self, access_token: str) -> dict[str, Any]:
        """What it knows of whoever signed in. Raises `ServiceFailed`."""
        endpoint = self.described().get("userinfo_endpoint")
        if not isinstance(endpoint, str):
            return {}
        return self._ask("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})

    @cached_property
    def _client(self) -> Any:
        """One for all questions. Variables of the machine's environment (proxies) count."""
        import httpx

        return httpx.Client(timeout=_TIMEOUT, follow_redirects=False, verify=_certificates())

    def close(self) -> None:
        """Let go of what is connected; another question connects anew."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()

    def _described_now(self) -> dict[str, Any]:
        found = self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise ServiceFailed(f"it calls itself {found.get('issuer')!r}, want {self.issuer!r}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            try:
                _check_address(name, found.get(name))
            except ValueError as error:
                raise ServiceFailed(str(error)) from error
        return found

    def _key_set(self, *, again: bool) -> Any:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        described = self.described()
        with self._lock:
            age = monotonic() - self._keys[0] if self._keys else None
            if self._keys is None or age is None or age > (_KEYS_AGAIN if again else _KEPT):
                found = self._ask("GET", described["jwks_uri"])
                try:
                    # Keys of kinds that we do not know are for somebody else.
                    signing = [key for key in found.get("keys", ()) if key.get("kty") in ("RSA", "EC", "OKP")]
                    self._keys = monotonic(), KeySet.import_key_set({"keys": signing})
                except (JoseError, ValueError, AttributeError, KeyError, TypeError) as error:
                    raise ServiceFailed(f"its keys cannot be read: {type(error).__name__}") from error
            return self._keys[1]

    def _ask(self, method: str, url: str, **parts: Any) -> dict[str, Any]:
        import httpx

        try:
            with self._client.stream(method, url, **parts) as answer:
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > _LARGEST:
                        raise ServiceFailed(f"its answer is longer than {_LARGEST:,} bytes")
                status, found = answer.status_code, httpx.Response(200, content=body)
            data = found.json()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceFailed(f"it does not answer: {type(error).__name__}") from error
        except ValueError as error:
            raise ServiceFailed(f"it answered with status {status} and something that is no JSON") from error
        if not isinstance(data, Mapping) or status != httpx.codes.OK:
            code = data.get("error") if isinstance(data, Mapping) else None
            raise ServiceFailed(f"it answered with status {status}{f' ({code})' if _plain(code) else ''}")
        return dict(data)


@cache
def _certificates() -> Any:
    """Whom to believe; read from the disk once a process."""
    import httpx

    return httpx.create_ssl_context()


def _check_address(name: str, url: Any) -> None:
    """`ValueError` unless it is https, or http on this very machine."""
    parts = urlsplit(url if isinstance(url, str) else "")
    here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not ((parts.scheme == "https" and parts.hostname) or here):
        raise ValueError(f"{name}: got {url!r}, want an address that begins with https://")


def _quoted(text: str) -> str:
    """As RFC 6749, 2.3.1 wants it in the header."""
    from urllib.parse import quote_plus

    return quote_plus(text)


def _plain(code: Any) -> bool:
    """Whether it is one of the short words of the standard, which may be told."""
    return isinstance(code, str) and code.isascii() and code.replace("_", "").isalpha() and len(code) < 50  # noqa: PLR2004
