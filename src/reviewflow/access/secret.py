"""Secrets of 256 bits: made here, shown once, known ever after by their SHA-256 alone.

A plain hash is enough for what has 256 bits of chance in it: nobody can try them. OWASP, Session Management Cheat
Sheet, asks for 64 bits at least.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

_BYTES: Final = 32
_LONGEST: Final = 200
"""Characters; what is longer is none of ours, and is not worth a hash."""


def new_secret(prefix: str = "") -> str:
    """43 characters that may stand in a URL or a cookie, behind the prefix."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> str:
    """SHA-256 in hex; of what is too long to be a secret of ours, that of nothing, which is never stored."""
    given = secret.encode(errors="surrogatepass") if len(secret) <= _LONGEST else b""
    return hashlib.sha256(given).hexdigest()


def same(found: str, wanted: str) -> bool:
    """Whether two hashes are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(found, wanted)
