from __future__ import annotations

import pytest

from reviewflow.errors import BadInput, IntegrityBroken, StoreUnreachable
from reviewflow.vault.commits import verify_commit
from vault.vault_given import noted

STREAM, VERSION = "cycle-hazel", 3


def test_disclosed_texts_can_be_checked_by_anyone(vault):
    sealed = vault.seal(noted("Zoë"), STREAM, VERSION).text
    salt, value = vault.disclose(sealed, STREAM, VERSION, "text")
    assert (len(salt), value) == (32, "Zoë")
    assert verify_commit(salt, value, sealed.commit)


def test_a_lookup_is_the_same_for_the_same_value_only(vault, another):
    found = vault.lookup("email", "zoe@example.org")
    assert found == vault.lookup("email", "zoe@example.org")
    assert (
        len(
            {
                found,
                vault.lookup("email", "Zoe@example.org"),
                vault.lookup("emailzoe", "@example.org"),
                another.lookup("email", "zoe@example.org"),
            }
        )
        == 4
    )
    with pytest.raises(BadInput, match="U\\+D800"):
        vault.lookup("email", "\ud800")


def test_files_come_back_and_only_for_their_stream(vault):
    data = bytes(range(256)) * 40
    box = vault.seal_file(data, STREAM)
    assert vault.open_file(box, STREAM) == data
    assert vault.open_file(vault.seal_file(b"", STREAM), STREAM) == b""
    vault.seal_file(b"", "cycle-other")
    for broken in (box[:-1], box + b"x", b"", box[:27], bytes([box[0] ^ 1]) + box[1:], box[:-1] + bytes([box[-1] ^ 1])):
        with pytest.raises(IntegrityBroken, match=f"a file of {STREAM}"):
            vault.open_file(broken, STREAM)
    with pytest.raises(IntegrityBroken):
        vault.open_file(box, "cycle-other")


def test_a_file_under_the_installations_key_belongs_to_its_stream(vault):
    box = vault.seal_file(b"x", "organisation-a")
    assert vault.open_file(box, "organisation-a") == b"x"
    with pytest.raises(IntegrityBroken):
        vault.open_file(box, "organisation-b")


def test_a_file_above_the_limit_is_refused_and_no_key_is_made(vault, monkeypatch):
    monkeypatch.setattr("reviewflow.vault.vault.FILE_LIMIT", 1 << 20)
    with pytest.raises(BadInput, match=r"got 1048577 bytes; want at most 1048576 bytes \(1 MiB\)"):
        vault.seal_file(bytes((1 << 20) + 1), STREAM)
    assert vault._keys.get(STREAM) is None
    assert len(vault.seal_file(bytes(1 << 20), STREAM)) == (1 << 20) + 28


def test_a_lost_key_is_no_forgotten_one(vault):
    sealed = vault.seal(noted(), STREAM, VERSION).text
    with pytest.raises(StoreUnreachable, match="no key of cycle-lost, which was never forgotten"):
        vault.open(sealed, "cycle-lost", 1, "text")


def test_a_wrapped_key_moved_to_another_stream_is_found_out(vault):
    vault.seal(noted(), "cycle-a", 1)
    with vault._keys.changing() as change:
        change.put([("cycle-b", vault._keys.get("cycle-a"))])
    with pytest.raises(IntegrityBroken, match="the key of cycle-b"):
        vault.seal(noted(), "cycle-b", 1)
