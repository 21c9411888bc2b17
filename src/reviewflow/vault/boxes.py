"""The boxes texts and files lie in. THIS IS A STORED FORMAT: tests/vault holds golden bytes.

A text's box is base64(nonce(12) + AES-256-GCM(salt(32) + value)), with the tag at its end. The
associated data name its place, so that a box moved to another place cannot be opened. `value` is
the canonical form of a text: its characters in UTF-8 exactly as they were given, with no Unicode
normalisation, no change of line ends, no terminator and no byte-order mark of ours; a lone
surrogate has no such form and is refused. A file's box is nonce(12) + AES-256-GCM(bytes); a
wrapped key likewise, under the master key.

Nonces are random. NIST SP 800-38D allows 2**32 boxes under one key then. A person or a cycle has
hundreds, the installation's key seals a few per registry event, and the master key wraps one key
per person and cycle: all far below. Salt and nonce are fresh for every sealing, also when the same
event is sealed again after a retry.
"""

from __future__ import annotations

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reviewflow.events import Sealed
from reviewflow.vault.commits import SALT_BYTES, commit_to

Randomness = Callable[[int], bytes]
"""Gives that many random bytes: `os.urandom`, or fixed bytes in golden tests."""

NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32


class Broken(Exception):
    """A box does not open; says why."""


class Opened(NamedTuple):
    """A text with the salt of its commitment: what a bundle may disclose."""

    salt: bytes
    value: str


def bound(*parts: str) -> bytes:
    """Parts as associated data, each after its length (4 bytes, big-endian): no two lists give the same bytes."""
    # Half surrogate pairs pass: where they cannot stand is said elsewhere, and here nothing may fail.
    data = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join([len(part).to_bytes(4, "big") + part for part in data])


def seal_text(cipher: AESGCM, random: Randomness, place: bytes, value: bytes, length: int) -> Sealed:
    """A text's `value` (canonical, of `length` characters) in a box bound to its `place`."""
    chance = random(NONCE_BYTES + SALT_BYTES)
    nonce, salt = chance[:NONCE_BYTES], chance[NONCE_BYTES:]
    box = nonce + cipher.encrypt(nonce, salt + value, place)
    return Sealed(box=b2a_base64(box, newline=False).decode(), commit=commit_to(salt, value), length=length)


def open_text(cipher: AESGCM, place: bytes, sealed: Sealed) -> Opened:
    """The text again, checked against all three parts of the sealed value; `Broken` otherwise."""
    try:
        box = a2b_base64(sealed.box)
    except (NotBase64, ValueError) as error:
        raise Broken("the box is not base64") from error
    # Many texts decode to the same bytes (spaces, unused bits at the end); all but ours are altered.
    if b2a_base64(box, newline=False).decode() != sealed.box:
        raise Broken("the box is not base64 as we write it")
    inner = unbox(cipher, place, box)
    if len(inner) < SALT_BYTES:
        raise Broken(f"the box holds {len(inner)} bytes, a salt alone has {SALT_BYTES}")
    salt, value = inner[:SALT_BYTES], inner[SALT_BYTES:]
    if commit_to(salt, value) != sealed.commit:
        raise Broken("the commitment is not that of the text in the box")
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise Broken("the box holds no text") from error
    if len(text) != sealed.length:
        raise Broken(f"length says {sealed.length}, the text has {len(text)} characters")
    return Opened(salt, text)


def enbox(cipher: AESGCM, random: Randomness, place: bytes, data: bytes) -> bytes:
    """Bytes (a file, a key) in a box bound to its `place`."""
    nonce = random(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, data, place)


def unbox(cipher: AESGCM, place: bytes, box: bytes) -> bytes:
    """The bytes again; `Broken` if the box was altered, moved, or belongs to another key."""
    if len(box) < NONCE_BYTES + TAG_BYTES:
        raise Broken(f"the box has {len(box)} bytes, an empty one would have {NONCE_BYTES + TAG_BYTES}")
    try:
        return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], place)
    except InvalidTag as error:
        raise Broken("the box was altered, moved from another place, or sealed under another key") from error
