from __future__ import annotations

import os
import resource
import sys
from base64 import b64encode

import pytest

from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.vault.master_key import create_master_key, master_key_beside, resolve_master_key

KEY = bytes(range(100, 132))
TEXT = b64encode(KEY).decode()


def prints(text, code=0):
    return f"{sys.executable} -c \"import sys; print({text!r}); sys.stderr.write('locked'); sys.exit({code})\""


def test_from_each_place(tmp_path):
    (tmp_path / "key").write_text(f"  {TEXT}\n")
    assert resolve_master_key(TEXT) == KEY
    assert resolve_master_key(file=tmp_path / "key") == KEY
    assert resolve_master_key(command=prints(TEXT)) == KEY
    assert resolve_master_key() is None
    assert resolve_master_key("", None, "") is None


def test_two_places_are_no_choice_of_ours(tmp_path):
    with pytest.raises(StoreUnreachable, match="REVIEWFLOW_MASTER_KEY and REVIEWFLOW_MASTER_KEY_FILE are all set"):
        resolve_master_key(TEXT, tmp_path / "key")


@pytest.mark.parametrize(
    ("text", "got"),
    [
        (b64encode(KEY[:31]).decode(), "base64 of 31 bytes"),
        (b64encode(KEY + b"x").decode(), "base64 of 33 bytes"),
        (TEXT[:-1], "not base64"),
        (TEXT + "!", "not base64"),
        (KEY.hex() + "!", "not base64"),
        ("é" * 44, "not base64"),
        (" ", "base64 of 0 bytes"),
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(tmp_path, text, got):
    (tmp_path / "key").write_text(text, encoding="utf-8")
    for place in ({"value": text}, {"file": tmp_path / "key"}, {"command": f"cat {tmp_path / 'key'}"}):
        with pytest.raises(StoreUnreachable, match=f"{got}, want base64 of 32 bytes") as caught:
            resolve_master_key(**place)
        assert not text.strip() or text.strip()[:10] not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(StoreUnreachable, match=r"No such file.*put the file back, or unset REVIEWFLOW_MASTER_KEY_FILE"):
        resolve_master_key(file=tmp_path / "key")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (prints("half-a-key", 3), "it ended with 3: locked"),
        ("no-such-command-anywhere", "No such file"),
        ("echo 'unclosed", "No closing quotation"),
    ],
)
def test_a_command_that_fails(command, why):
    with pytest.raises(StoreUnreachable, match=f"REVIEWFLOW_MASTER_KEY_COMMAND: {why}") as caught:
        resolve_master_key(command=command)
    assert "half-a-key" not in str(caught.value)


def test_a_command_that_never_answers():
    with pytest.raises(StoreUnreachable, match=r"no answer within 0\.1 seconds"):
        resolve_master_key(command="sleep 30", seconds=0.1)


def test_a_command_sees_no_shell_and_no_standard_input(tmp_path):
    with pytest.raises(StoreUnreachable):
        resolve_master_key(command=f"echo {TEXT} > {tmp_path / 'made'}")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreUnreachable, match="base64 of 0 bytes"):
        resolve_master_key(command="cat")


@pytest.mark.parametrize("umask", [0, 0o277])
def test_a_new_key_file(tmp_path, umask):
    before = os.umask(umask)
    try:
        create_master_key(tmp_path / "key")
    finally:
        os.umask(before)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    one = resolve_master_key(file=tmp_path / "key")
    create_master_key(tmp_path / "other")
    assert one != resolve_master_key(file=tmp_path / "other")


def test_a_key_file_is_never_written_over(tmp_path):
    (tmp_path / "key").write_text("old")
    with pytest.raises(BadInput, match="got a file that exists; a new file"):
        create_master_key(tmp_path / "key")
    assert (tmp_path / "key").read_text() == "old"


def test_a_key_file_on_a_full_disk_or_in_no_folder_leaves_nothing(tmp_path):
    with pytest.raises(StoreUnreachable, match="No such file"):
        create_master_key(tmp_path / "missing" / "key")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(StoreUnreachable, match="no key was made"):
            create_master_key(tmp_path / "key")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_the_warning_when_key_and_store_lie_together(tmp_path):
    store = tmp_path / "data" / "reviewflow.db"
    for key in (store.parent / "master.key", store.parent / "conf" / "key", tmp_path / "x" / ".." / "data" / "key"):
        warning = master_key_beside(store, key)
        assert warning is not None
        assert str(key.resolve()) in warning
        assert str(store) in warning
    for key in (tmp_path / "master.key", tmp_path / "data-2" / "key"):
        assert master_key_beside(store, key) is None


def test_the_warning_sees_through_links(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "key").write_text(TEXT)
    (tmp_path / "link").symlink_to(tmp_path / "data" / "key")
    assert master_key_beside(tmp_path / "data" / "reviewflow.db", tmp_path / "link") is not None
