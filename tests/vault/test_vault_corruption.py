from __future__ import annotations

from binascii import a2b_base64, b2a_base64

import pytest

from reviewflow.errors import IntegrityBroken
from vault.vault_given import noted

STREAM, VERSION = "cycle-hazel", 3


def flip(text: str, position: int) -> str:
    """The base64 of the same bytes with one bit changed."""
    data = bytearray(a2b_base64(text))
    data[position] ^= 1
    return b2a_base64(data, newline=False).decode()


CORRUPTIONS = {
    "a bit flipped in the nonce": lambda s: s.model_copy(update={"box": flip(s.box, 0)}),
    "a bit flipped in the salt": lambda s: s.model_copy(update={"box": flip(s.box, 12)}),
    "a bit flipped in the value": lambda s: s.model_copy(update={"box": flip(s.box, 12 + 32)}),
    "a bit flipped in the tag": lambda s: s.model_copy(update={"box": flip(s.box, -1)}),
    "a bit flipped in the commit": lambda s: s.model_copy(update={"commit": f"{int(s.commit, 16) ^ 1:064x}"}),
    "the commit in capitals": lambda s: s.model_copy(update={"commit": s.commit.upper()}),
    "no commit": lambda s: s.model_copy(update={"commit": ""}),
    "the commit not ASCII": lambda s: s.model_copy(update={"commit": "é" * 64}),
    "length plus one": lambda s: s.model_copy(update={"length": s.length + 1}),
    "length in bytes": lambda s: s.model_copy(update={"length": len("Rowan said só".encode())}),
    "truncated by a byte": lambda s: s.model_copy(update={"box": b2a_base64(a2b_base64(s.box)[:-1]).decode().strip()}),
    "truncated to a nonce": lambda s: s.model_copy(update={"box": s.box[:16]}),
    "empty": lambda s: s.model_copy(update={"box": ""}),
    "a byte after": lambda s: s.model_copy(update={"box": b2a_base64(a2b_base64(s.box) + b"x").decode().strip()}),
    "garbage after the base64": lambda s: s.model_copy(update={"box": s.box + "!"}),
    "a newline after": lambda s: s.model_copy(update={"box": s.box + "\n"}),
    "not base64": lambda s: s.model_copy(update={"box": "é" + s.box}),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corrupted(vault, name):
    sealed = vault.seal(noted("Rowan said só"), STREAM, VERSION).text
    assert vault.open(sealed, STREAM, VERSION, "text") == "Rowan said só"
    with pytest.raises(IntegrityBroken, match=f"the text text of {STREAM} version 3") as caught:
        vault.open(CORRUPTIONS[name](sealed), STREAM, VERSION, "text")
    assert caught.value.position == 0


def test_base64_that_decodes_to_the_same_bytes_is_altered_too(vault):
    # 13 characters give 12 + 32 + 13 + 16 = 73 bytes, so the last letter before "==" has four unused bits.
    sealed = vault.seal(noted("Rowan said so"), STREAM, VERSION).text
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = sealed.box[:-3] + letters[letters.index(sealed.box[-3]) + 1] + "=="
    assert a2b_base64(other) == a2b_base64(sealed.box)
    with pytest.raises(IntegrityBroken):
        vault.open(sealed.model_copy(update={"box": other}), STREAM, VERSION, "text")


@pytest.mark.parametrize(
    ("stream", "version", "path"),
    [
        ("cycle-other", VERSION, "text"),
        ("organisation-a", VERSION, "text"),
        (STREAM, VERSION + 1, "text"),
        (STREAM, 33, "text"),
        (STREAM, VERSION, "why"),
        (STREAM, VERSION, "entered_by"),
        (STREAM, VERSION, ""),
        (STREAM, VERSION, "\ud800"),
    ],
)
def test_moved_to_another_place(vault, stream, version, path):
    vault.seal(noted(), "cycle-other", 1)
    sealed = vault.seal(noted(), STREAM, VERSION).text
    with pytest.raises(IntegrityBroken):
        vault.open(sealed, stream, version, path)


def test_moved_within_streams_that_share_a_key(vault):
    sealed = vault.seal(noted(), "organisation-a1", 1).text
    for stream, version in (("organisation-a", 11), ("organisation-a2", 1), ("organisation-a1", 11)):
        with pytest.raises(IntegrityBroken):
            vault.open(sealed, stream, version, "text")


def test_sealed_under_another_key(vault, another):
    vault.seal(noted(), STREAM, VERSION)
    with pytest.raises(IntegrityBroken, match="another key"):
        vault.open(another.seal(noted(), STREAM, VERSION).text, STREAM, VERSION, "text")


def test_two_boxes_swapped_within_an_event(vault):
    sealed = vault.seal(noted("one", why="two"), STREAM, VERSION)
    with pytest.raises(IntegrityBroken):
        vault.open_event(sealed.model_copy(update={"text": sealed.why, "why": sealed.text}), STREAM, VERSION, "")
