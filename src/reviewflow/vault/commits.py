"""The commitment to a text: hex HMAC-SHA256(salt, UTF-8 of the text). Standard library only.

Anyone who is given salt and text can check them against the log; without the 32-byte random salt
the commitment says nothing about the text, also after its key was destroyed.
"""

from __future__ import annotations

import hmac

SALT_BYTES = 32


def commit_to(salt: bytes, value: bytes) -> str:
    """The commitment, 64 lower-case hex digits. `value` is the canonical form, see `boxes`."""
    return hmac.digest(salt, value, "sha256").hex()


def verify_commit(salt: bytes, value: str, commit: str) -> bool:
    """Whether `commit` was made of exactly this salt and this text."""
    try:
        data = value.encode()
    except UnicodeEncodeError:
        return False
    # HMAC pads a short key with zeros, so another salt's length could give the same commitment.
    return len(salt) == SALT_BYTES and commit_to(salt, data) == commit
