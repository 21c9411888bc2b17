"""The keys' own keeping on the command line: backups, restores, a new master key."""

from __future__ import annotations

import shutil
from binascii import b2a_base64
from datetime import timedelta
from pathlib import Path

import pytest

from cli.shell import ADA, BEN, Shell

NEW = b2a_base64(bytes(range(32))).decode().strip()


@pytest.fixture
def north(north):
    """With the keys apart from the store's folder, and the master key apart from both."""
    for name in ("keys", "master-key"):
        (north.folder / name).mkdir()
        (north.folder / f"reviewflow.{name}").rename(north.folder / name / "it")
    north.env["REVIEWFLOW_KEYS"] = str(north.folder / "keys" / "it")
    north.env["REVIEWFLOW_MASTER_KEY_FILE"] = str(north.folder / "master-key" / "it")
    return north


def names(shell: Shell, **env: str) -> list[str]:
    return [person["name"] for person in shell.json("person", "list", **env)["people"]]


def test_a_backup_is_made_checked_and_brought_back(north):
    file = north.folder / "keys.backup"
    made = north.json("vault", "backup", str(file), "--days", "14")
    day = (north.clock.now() + timedelta(days=14)).date().isoformat()
    assert (made["file"], made["destroy_by"], made["forgotten"]) == (str(file), day, 0)
    checked = north.json("vault", "restore", str(file), "--check")
    assert (checked["keys"], checked["lost"], checked["log_asked"]) == (made["keys"], 0, True)
    everybody = names(north)
    Path(north.env["REVIEWFLOW_KEYS"]).unlink()
    assert north.fault("status", code=5)["kind"] == "store-unreachable"
    shown = north.run("vault", "restore", str(file)).stdout
    assert f"{made['keys']} keys came back; 0 on the list of the forgotten." in shown
    assert names(north) == everybody
    assert "the last is to be destroyed by" not in shown


def test_in_a_folder_the_name_says_by_when_to_destroy_it(north):
    made = north.json("vault", "backup", str(north.folder / "keys"))
    assert made["file"] == str(north.folder / "keys" / f"reviewflow-keys-destroy-by-{made['destroy_by']}.backup")
    assert (
        north.fault("vault", "backup", str(north.folder / "keys"), code=2)["faults"][0]["got"] == "a file that exists"
    )
    north.run("vault", "backup", str(north.folder / "keys"), "--force")


@pytest.mark.parametrize("name", ["reviewflow.db", "keys/it", "master-key/it"])
def test_no_part_of_the_installation_is_written_over(north, name):
    before = (north.folder / name).read_bytes()
    fault = north.fault("vault", "backup", str(north.folder / name), "--force", code=2)
    assert fault["faults"][0]["got"] == "a part of this installation"
    assert (north.folder / name).read_bytes() == before


@pytest.mark.parametrize("keys", ["as they are", "lost", "an older copy"])
def test_who_was_forgotten_since_a_backup_stays_forgotten(north, keys):
    file, place, older = north.folder / "keys.backup", north.env["REVIEWFLOW_KEYS"], north.folder / "older"
    north.run("vault", "backup", str(file))
    shutil.copy(place, older)
    day = north.json("vault", "show")["backups"][0]["destroy_by"]
    north.run("person", "forget", BEN, "--yes")
    if keys == "lost":
        Path(place).unlink()
    elif keys == "an older copy":
        shutil.copy(older, place)
    done = north.json("vault", "restore", str(file), "--replace")
    assert (done["kept_out"], done["forgotten"], done["warnings"]) == (1, 1, [])
    assert "Ben Example" not in names(north)
    assert day > north.clock.now().date().isoformat()


def test_forgetting_says_by_when_the_backups_of_the_key_are_to_be_gone(north):
    north.run("vault", "backup", str(north.folder / "keys.backup"), "--days", "7")
    day = north.json("vault", "show")["backups"][0]["destroy_by"]
    shown = north.run("person", "forget", BEN, "--yes").stdout
    assert f"Backups of the keys (`vault backup`) still hold this key; the last is to be destroyed by {day}." in shown


def test_without_the_store_the_log_is_not_asked_and_that_is_said(north):
    file = north.folder / "keys.backup"
    north.run("vault", "backup", str(file))
    north.run("person", "forget", BEN, "--yes")
    Path(north.env["REVIEWFLOW_KEYS"]).unlink()
    (north.folder / "reviewflow.db").rename(north.folder / "away")
    done = north.run("vault", "restore", str(file))
    assert "! the log could not be asked who is forgotten" in done.stderr
    (north.folder / "away").rename(north.folder / "reviewflow.db")
    assert "Ben Example" not in names(north)
    assert north.json("vault", "show")["forgotten"] == 1


def test_a_backup_past_its_day_and_one_that_was_altered(north):
    file = north.folder / "keys.backup"
    north.run("vault", "backup", str(file), "--days", "1")
    north.clock.moment += timedelta(days=3)
    assert "was to be destroyed by" in north.run("vault", "restore", str(file), "--check", code=2).stderr
    north.run("vault", "restore", str(file), "--check", "--past-its-life")
    file.write_bytes(file.read_bytes().replace(b"key installation", b"key Installation"))
    shown = north.run("vault", "restore", str(file), "--check", "--past-its-life", code=2).stderr
    assert "got a file that was altered; want every byte as `vault backup` wrote it" in shown
    assert any("was to be destroyed by" in one for one in north.json("vault", "show")["warnings"])


def test_a_new_master_key_in_the_place_of_the_old_one(north):
    everybody, before = names(north), north.json("vault", "show")
    old = (north.folder / "master-key" / "it").read_bytes()
    file = north.folder / "keys.backup"
    north.run("vault", "backup", str(file))
    tried = north.json("vault", "rotate", "--dry-run")
    assert (tried["keys"], tried["fingerprint"]) == (before["keys"], None)
    assert (north.folder / "master-key" / "it").read_bytes() == old
    done = north.json("vault", "rotate")
    assert (done["keys"], done["finished"], len(done["old_backups"])) == (before["keys"], False, 1)
    assert names(north) == everybody
    after = north.json("vault", "show")
    assert after["master_key"] == {**before["master_key"], "fingerprint": done["fingerprint"]}
    assert after["master_key"]["opens"]
    shown = north.run("vault", "restore", str(file), "--check", code=5).stderr
    assert "it was sealed under another master key" in shown
    assert (
        "master key is not the one it was made with"
        in north.run(
            "person", "list", code=5, REVIEWFLOW_MASTER_KEY_FILE=None, REVIEWFLOW_MASTER_KEY=old.decode().strip()
        ).stderr
    )


def test_a_new_master_key_that_is_given(north):
    everybody = names(north)
    shown = north.run("vault", "rotate", REVIEWFLOW_NEW_MASTER_KEY=NEW).stdout
    assert "are wrapped by the new master key" in shown
    assert "REVIEWFLOW_NEW_MASTER_KEY." in shown
    assert NEW not in shown
    assert "does NOT open it" in north.run("vault", "show").stdout
    assert "the master key is not the one it was made with" in north.run("status", code=5).stderr
    env = {"REVIEWFLOW_MASTER_KEY_FILE": None, "REVIEWFLOW_MASTER_KEY": NEW}
    assert names(north, **env) == everybody
    assert "only a key in a file can be made" in north.run("vault", "rotate", code=2, **env).stderr


def test_a_rotation_that_was_cut_short_is_told_and_finished(north):
    everybody = names(north)
    beside = north.folder / "master-key" / "it.new"
    beside.write_text(NEW)
    waiting = north.json("vault", "show")
    assert (waiting["master_key"]["opens"], waiting["new_master_key"]["opens"]) == (True, False)
    assert "is there and serves nothing yet" in waiting["warnings"][-1]
    north.run("vault", "rotate", REVIEWFLOW_NEW_MASTER_KEY=NEW)  # as if killed before the file took its place
    shown = north.json("vault", "show")
    assert (shown["master_key"]["opens"], shown["new_master_key"]["opens"]) == (False, True)
    assert any("`reviewflow vault rotate` moves it there" in one for one in shown["warnings"])
    assert names(north) == everybody, "every command looks in both files"
    north.run("vault", "backup", str(north.folder / "keys.backup"))
    assert north.json("vault", "rotate")["finished"]
    assert north.json("vault", "show")["new_master_key"] is None
    assert names(north) == everybody


def test_showing_how_the_vault_stands(north):
    (north.folder / "keys" / "it").chmod(0o644)
    shown = north.json("vault", "show")
    assert shown["warnings"] == [
        f"others may read {north.folder}/keys/it (mode 644): chmod 600 {north.folder}/keys/it",
        shown["warnings"][1],
    ]
    assert "lies beside the store" in shown["warnings"][1]
    north.env["REVIEWFLOW_MASTER_KEY_FILE"] = "/nowhere/key"
    told = north.json("vault", "show")["master_key"]
    assert (told["opens"], told["why"]) == (None, "cannot read /nowhere/key: No such file or directory")
    assert "none is set" in north.run("vault", "show", REVIEWFLOW_MASTER_KEY_FILE=None).stdout
    assert north.fault("vault", "show", code=5, REVIEWFLOW_KEYS="/nowhere")["kind"] == "store-unreachable"


def test_keys_in_a_database(postgres_url, tmp_path):
    shell = Shell(tmp_path)
    shell.env = {"REVIEWFLOW_KEYS": postgres_url}
    made = shell.json("init", "--admin", "Ada Example", "--email", ADA)
    assert made["keys"].startswith("postgresql://")
    assert not (tmp_path / "reviewflow.keys").exists()
    shell.env["REVIEWFLOW_ACTOR"] = ADA
    shell.run("person", "add", "Ben Example", "--email", BEN)
    shell.run("vault", "backup", str(tmp_path / "keys.backup"))
    shell.run("person", "forget", BEN, "--yes")
    shell.run("vault", "rotate")
    assert names(shell) == ["Ada Example"]
    shown = shell.json("vault", "show")
    assert (shown["in_database"], shown["keys"], shown["forgotten"]) == (True, 2, 1)
    again = tmp_path / "again.backup"
    shell.run("vault", "backup", str(again))
    done = shell.json("vault", "restore", str(again), "--replace")
    assert done["kept_aside"].startswith(f"{again}.before-restore-")
    assert names(shell) == ["Ada Example"]
    place = Shell(tmp_path / "second", env=dict(shell.env))
    place.folder.mkdir()
    assert "keys that exist" in place.run("init", code=2).stderr
    assert list(place.folder.iterdir()) == []
    assert names(shell) == ["Ada Example"]


@pytest.mark.parametrize("url", ["mysql://db.example/keys", "sqlite:///keys", "http://x"])
def test_keys_in_a_database_of_another_kind(empty, url):
    shown = empty.run("init", code=2, REVIEWFLOW_KEYS=url).stderr
    assert "REVIEWFLOW_KEYS" in shown
    assert "want the path of a file, or postgresql://host/database" in shown
    assert list(empty.folder.iterdir()) == []
