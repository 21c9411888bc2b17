"""Signing in through a sign-in service (OpenID Connect): authorization code with PKCE, state and nonce.

Whom the service knows is looked for among identities; else, where the settings allow it, by an e-mail address that the
service has verified. Nobody is ever registered here because a service knows them.
OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9207 (the issuer in the answer); RFC 9700.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, NamedTuple, Protocol
from urllib.parse import urlencode

from reviewflow.access.changing import AccessStore
from reviewflow.access.identities import Identities
from reviewflow.access.oidc_service import Service, ServiceFailed
from reviewflow.access.oidc_state import State, as_cookie, from_cookie, new_state
from reviewflow.access.sealing import Sealing
from reviewflow.errors import BadInput, Fault, Refused, StoreUnreachable
from reviewflow.ports import Clock
from reviewflow.settings import PREFIX, Settings

_LEEWAY: Final = 60
"""Seconds by which clocks may differ."""

Why = Literal["cancelled", "too-late", "not-proved", "service-failed", "unknown", "address-not-verified", "taken"]

SENTENCES: Final[dict[Why, str]] = {
    "cancelled": "You did not sign in there.",
    "too-late": "That took too long, or was begun in another browser. Begin again.",
    "not-proved": "The sign-in service's answer could not be trusted. Begin again.",
    "service-failed": "The sign-in service does not answer as it should. Try again in a minute, or ask for a link.",
    "unknown": "You are signed in there, but nobody here is known by that account. Ask whoever runs this for a link.",
    "address-not-verified": "The sign-in service has not checked that your e-mail address is yours. Ask for a link.",
    "taken": "That account belongs to somebody else here. Ask whoever runs this.",
}


class OidcAnswer(NamedTuple):
    """Who came back, or why nobody did."""

    person: str | None
    why: Why | None = None
    detail: str = ""
    """For whoever runs this, in logs: nothing of any person."""
    carry: str = ""
    """What was given to `begin`."""

    @property
    def sentence(self) -> str:
        """For whoever tried."""
        return SENTENCES[self.why] if self.why else ""


class People(Protocol):
    """Whom the engine knows now."""

    def person(self, id: str, /) -> Any:  # noqa: A002 - the engine's word
        """Somebody by id, forgotten or not."""

    def email_owner(self, email: str, /) -> str | None:
        """The id of the person whose address this is."""


class Oidc:
    """One sign-in service for an installation. Safe for threads; keep one a process: it remembers the keys."""

    def __init__(
        self, settings: Settings, store: AccessStore, vault: Sealing, clock: Clock,
        knowing: Callable[[], AbstractContextManager[People]],
    ) -> None:  # fmt: skip
        """`knowing` is the engine's; `BadInput` for settings that do not fit, every fault of them."""
        self._service = _service(settings)
        self._by_email = settings.oidc_link_by_email
        self._vault, self._clock, self._knowing = vault, clock, knowing
        self._identities = Identities(store, vault, clock)

    def begin(self, redirect_uri: str, carry: str = "", *, joining: str | None = None) -> tuple[str, str]:
        """Where to send the browser, and the cookie that it must bring back (HttpOnly, SameSite=Lax, ten minutes).

        `redirect_uri`: the whole address of our page to come back to, as the service knows it. `joining`: the id of
        whoever is signed in here and wants to come in by an account of the service from now on. `StoreUnreachable`
        if the service does not answer, or the master key is not at hand.
        """
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state = new_state(redirect_uri, carry, joining or "", self._clock.now())
        try:
            described = self._service.described()
        except ServiceFailed as error:
            raise StoreUnreachable("the sign-in service", str(error), "try again in a minute, or use a link") from error
        asked = {
            "response_type": "code", "client_id": self._service.client_id, "redirect_uri": redirect_uri,
            "scope": "openid email" if self._by_email else "openid", "state": state.state, "nonce": state.nonce,
            "code_challenge": create_s256_code_challenge(state.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        endpoint = described["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", as_cookie(self._vault, state)

    def finish(self, query: Mapping[str, str], state_cookie: str | None, *, signed_in: str | None = None) -> OidcAnswer:
        """Who came back with this query and this cookie; throw the cookie away in any case.

        `signed_in`: who is signed in here now. What somebody began in order to join an account is ended by nobody else.
        Raises what the store raises. Each query leads to one sign-in at most: the service takes its code once.
        """
        state = from_cookie(self._vault, state_cookie or "", self._clock.now())
        if state is None or not _same(query.get("state"), state.state):
            return OidcAnswer(None, "too-late", "no cookie of ours with this state")
        if state.joining and state.joining != signed_in:
            return OidcAnswer(None, "too-late", "begun by somebody who is not signed in any more", state.carry)
        try:
            return self._finished(query, state)._replace(carry=state.carry)
        except _NotProved as error:
            return OidcAnswer(None, "not-proved", str(error), state.carry)
        except ServiceFailed as error:
            return OidcAnswer(None, "service-failed", str(error), state.carry)

    def close(self) -> None:
        """Let go of what is connected."""
        self._service.close()

    def _finished(self, query: Mapping[str, str], state: State) -> OidcAnswer:
        issuer = query.get("iss")
        wanted = self._service.described().get("authorization_response_iss_parameter_supported") is True
        if (wanted or issuer is not None) and issuer != self._service.issuer:
            raise _NotProved("the answer names another issuer")
        if "error" in query:
            return OidcAnswer(None, "cancelled" if query["error"] == "access_denied" else "service-failed", "error")
        if not query.get("code"):
            raise _NotProved("no code")
        token, access = self._service.id_token(query["code"], state.redirect_uri, state.verifier)
        claims = self._checked(token, access, state.nonce)
        if state.joining:
            return self._joined(state.joining, claims["sub"])
        return self._who(claims, access)

    def _checked(self, token: str, access: str, nonce: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        header, claims = self._service.read(token)
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": self._service.issuer},
            "aud": {"essential": True, "value": self._service.client_id},
            "exp": {"essential": True},
            "sub": {"essential": True},
        }
        given = {"nonce": nonce, "client_id": self._service.client_id, "access_token": access}
        try:
            # Authlib has no types; what it raises beside its own errors are claims of other kinds than they should be.
            CodeIDToken(claims, header, options, given).validate(int(self._clock.now().timestamp()), _LEEWAY)
        except (JoseError, TypeError, ValueError, AttributeError) as error:
            raise _NotProved(f"its ID token: {type(error).__name__} {getattr(error, 'claim', '')}".strip()) from error
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise _NotProved("its ID token names nobody")
        return claims

    def _who(self, claims: dict[str, Any], access: str) -> OidcAnswer:
        issuer, subject = self._service.issuer, claims["sub"]
        found = self._identities.find(issuer, subject)
        with self._knowing() as known:
            if found is not None:
                person = known.person(found)
                there = person is not None and not person.forgotten
                return OidcAnswer(found) if there else OidcAnswer(None, "unknown", "that person was forgotten")
            if not self._by_email:
                return OidcAnswer(None, "unknown", "no identity, and addresses are not looked at")
            email, verified = self._address(claims, access)
            owner = known.email_owner(email) if email and verified else None
        if owner is None:
            if email and not verified:
                return OidcAnswer(None, "address-not-verified", "its address is not verified")
            return OidcAnswer(None, "unknown", "nobody has that address" if email else "it told no address")
        return self._joined(owner, subject)

    def _joined(self, person: str, subject: str) -> OidcAnswer:
        try:
            self._identities.add(person, self._service.issuer, subject)
        except Refused:
            return OidcAnswer(None, "taken", "it is somebody else's")
        return OidcAnswer(person)

    def _address(self, claims: dict[str, Any], access: str) -> tuple[str, bool]:
        """The address, and whether the service says that it is theirs: `true`, or the word that some send for it."""
        if "email" not in claims:
            told = self._service.told(access)
            if told and told.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0, 5.3.2
                raise _NotProved("what it knows is of somebody else")
            claims = told
        email, verified = claims.get("email"), claims.get("email_verified")
        return (email if isinstance(email, str) else ""), verified is True or verified == "true"


class _NotProved(Exception):
    """The answer is not to be trusted; says why, and nothing of any person."""


def _same(given: str | None, wanted: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(errors="replace"), wanted.encode())


def _service(settings: Settings) -> Service:
    names = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")
    found = {name: getattr(settings, name) for name in names}
    faults = [
        Fault(f"{PREFIX}{name.upper()}", "nothing", "want all three: the issuer, the client's id and its secret")
        for name, value in found.items()
        if not value
    ]
    if not faults:
        try:
            return Service(*(found[name] for name in names))
        except ValueError as error:
            faults = [Fault(f"{PREFIX}OIDC_ISSUER", "", str(error))]
    raise BadInput("the settings", faults)


def configured(settings: Settings) -> bool:
    """Whether there is a sign-in service at all."""
    return bool(settings.oidc_issuer or settings.oidc_client_id or settings.oidc_client_secret)
