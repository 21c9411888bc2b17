"""Signatures of webhooks as the Standard Webhooks specification (standardwebhooks.com, version 1.0.0) has them.

HMAC-SHA256 over `ID.TIMESTAMP.BODY`, in base64 after `v1,`; one for each secret, so that secrets can be changed
without an interruption. A secret is `whsec_` and the base64 of 24 to 64 random bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from reviewflow.errors import BadInput, Fault

_PREFIX = "whsec_"
_LEAST, _MOST = 24, 64
_WANT = f"{_PREFIX} and the base64 of {_LEAST} to {_MOST} random bytes; several with a space between"


def read_secrets(text: str, where: str) -> tuple[bytes, ...]:
    """The keys of one or several secrets; `BadInput` names those that are none, and never shows one."""
    keys, faults = [], []
    for number, one in enumerate(text.split(), 1):
        try:
            key = base64.b64decode(one.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not one.startswith(_PREFIX) or not _LEAST <= len(key) <= _MOST:
            faults.append(Fault(where, f"secret {number} of another form", _WANT))
        keys.append(key)
    if not keys:
        faults.append(Fault(where, "nothing", _WANT))
    if faults:
        raise BadInput("the secret of the webhook", faults)
    return tuple(keys)


def headers(keys: Sequence[bytes], message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one try."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    found = (base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in found),
    }
