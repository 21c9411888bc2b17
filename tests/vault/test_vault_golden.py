from __future__ import annotations

from binascii import a2b_base64
from contextlib import closing

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reviewflow.events import Sealed
from reviewflow.vault.commits import verify_commit
from vault.vault_given import MASTER, Counting, new_vault, noted

STREAM, VERSION = "cycle-hazel", 3
GOLDEN_BOX = "WFlaW1xdXl9gYWJjWTQBIPrxo/x+SJ/gHLNjeHxIKdNWeFPSMwAb6JjFyCZXoopOOPfXKdUVB5JxcqESzSfXBA=="
GOLDEN_COMMIT = "34cf120e21fb498327eba0f0593e8776dc0b022d2c2db88f95bb0d3257ea25af"
GOLDEN_WRAPPED = (
    "4c4d4e4f50515253545556573e9fc2f0994af28c9d426ccc2de88b95b47ae307a7d4a679f98f09bf1f0bafccffb55bee0be6"
    "8fcd17a5da25ca69b11c"
)
GOLDEN_LOOKUP = "1002940fe917d230999a76e32acaea24b312a4d69fd8700caf76007546a3cb1e"
GOLDEN_FILE = "8485868788898a8b8c8d8e8f53a2f3577691deb611c77b505c92558a63c653bf61fa"


def test_golden_bytes():
    """A stored format: if this fails, every store sealed so far can no longer be read."""
    with closing(new_vault(random=Counting())) as vault:
        sealed = vault.seal(noted("Zoë"), STREAM, VERSION)
        assert sealed.text == Sealed(box=GOLDEN_BOX, commit=GOLDEN_COMMIT, length=3)
        assert vault._keys.get(STREAM).hex() == GOLDEN_WRAPPED
        assert vault.lookup("email", "zoe@example.org") == GOLDEN_LOOKUP
        assert vault.seal_file(b"a file", STREAM).hex() == GOLDEN_FILE


def test_the_format_read_by_hand_as_the_design_states_it():
    wrapped = bytes.fromhex(GOLDEN_WRAPPED)
    key = AESGCM(MASTER).decrypt(wrapped[:12], wrapped[12:], b"\0\0\0\x03key\0\0\0\x0bcycle-hazel")
    box = a2b_base64(GOLDEN_BOX)
    place = b"\0\0\0\x04text\0\0\0\x0bcycle-hazel\0\0\0\x013\0\0\0\x04text"
    inner = AESGCM(key).decrypt(box[:12], box[12:], place)
    assert inner[32:] == "Zoë".encode()
    assert verify_commit(inner[:32], "Zoë", GOLDEN_COMMIT)
    file = bytes.fromhex(GOLDEN_FILE)
    assert AESGCM(key).decrypt(file[:12], file[12:], b"\0\0\0\x04file\0\0\0\x0bcycle-hazel") == b"a file"
