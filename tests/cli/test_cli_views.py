"""`views status`, `check` and `rebuild` from the command line: what is said, and the exit codes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

VIEWS = ["registry", "cycles", "tasks", "activity"]


def change(shell, *statements: str):
    with closing(sqlite3.connect(shell.folder / "reviewflow.db")) as raw:
        for one in statements:
            assert raw.execute(one).rowcount > 0
        raw.commit()


def by_name(document):
    return {one["view"]: one for one in document["views"]}


def test_the_views_of_a_sound_store_are_equal_and_nothing_changes(still):
    before = still.records
    assert [one["equal"] for one in still.json("views", "check")["views"]] == [True] * 4
    assert "tasks: equal at position" in still.run("views", "check", "tasks").stdout
    assert list(by_name(still.json("views", "check", "tasks", "cycles"))) == ["cycles", "tasks"]
    assert still.records == before


def test_a_damaged_row_is_named_then_mended(north):
    change(north, "UPDATE people SET email_key = 'x' WHERE id = (SELECT min(id) FROM people)")
    found = by_name(north.json("views", "check", code=1))
    assert [name for name, one in found.items() if not one["equal"]] == ["registry"]
    difference = found["registry"]["difference"]
    assert (difference["table"], difference["columns"], difference["live"]["email_key"]) == (
        "people",
        ["email_key"],
        "x",
    )
    assert difference["rebuilt"]["id"] == difference["key"][0]
    assert "registry: differs at position" in north.run("views", "check", code=1).stdout
    said = north.run("views", "rebuild").stdout
    assert "registry: rebuilt up to position" in said
    assert "it was wrong at position" in said
    assert "email_key is 'x'" in said
    north.run("views", "check")
    assert "it was right at position" in north.run("views", "rebuild", "registry").stdout


def test_a_rebuild_brings_a_followers_view_up_to_date_and_says_so(north):
    before = by_name(north.json("views", "status"))
    assert (before["activity"]["kept"], before["activity"]["behind"]) == ("by a follower", north.records)
    assert (before["cycles"]["kept"], before["cycles"]["behind"]) == ("with every command", 0)
    found = by_name(north.json("views", "rebuild", "activity"))
    assert (found["activity"]["equal"], found["activity"]["position"]) == (None, north.records)
    assert by_name(north.json("views", "status"))["activity"]["behind"] == 0
    again = by_name(north.json("views", "rebuild", "activity"))
    assert (again["activity"]["equal"], again["activity"]["compared_at"]) == (True, north.records)


def test_status_shows_what_is_broken_and_what_is_being_rebuilt(north):
    change(
        north,
        "INSERT INTO followers VALUES ('activity', 3, 4, 'as a test', 0)",
        "INSERT INTO followers VALUES ('rebuild:cycles', 7, NULL, 'begun by reviewflow 0', 0)",
        "INSERT INTO followers VALUES ('rebuild:tasks', 8, 9, 'as another', 0)",
    )
    said = north.run("views", "status").stdout
    assert "broken at 4: as a test" in said
    assert "being rebuilt: 7 of" in said
    assert "its rebuild is broken at 9: as another" in said
    found = by_name(north.json("views", "status"))
    assert [found[name]["rebuild"] and found[name]["rebuild"]["position"] for name in VIEWS] == [None, 7, 8, None]
    assert found["activity"]["broken_at"] == 4
    north.run("views", "rebuild")
    after = by_name(north.json("views", "status"))
    assert not any(one["rebuild"] or one["broken_at"] or one["behind"] for one in after.values())


def test_a_log_that_cannot_be_is_told_with_its_place(north):
    position = north.records + 1
    change(
        north,
        "INSERT INTO records SELECT max(position) + 1, max(recorded_at), 'cycle-aaaaaaaaaaaaaaaa', 1,"
        " 'cycle.note-added/1', x'7b7d', NULL, NULL FROM records",
    )
    for command in ("check", "rebuild", "check"):
        fault = north.fault("views", command, code=4)
        assert (fault["kind"], fault["position"]) == ("integrity-broken", position)


@pytest.mark.parametrize("command", ["check", "rebuild"])
def test_an_unknown_view_is_told_with_those_there_are(still, command):
    fault = still.fault("views", command, "cycles", "nothing", "cycle", code=2)
    assert [(one["got"], one["want"]) for one in fault["faults"]] == [
        (repr(name), f"there are: {', '.join(VIEWS)}") for name in ("nothing", "cycle")
    ]


@pytest.mark.parametrize("command", ["check", "rebuild"])
def test_without_the_master_key_the_registry_cannot_be_filled_and_the_others_can(north, command):
    (north.folder / "reviewflow.master-key").rename(north.folder / "elsewhere")
    fault = north.fault("views", command, code=5)
    assert "master key" in fault["why"]
    north.fault("views", command, "registry", code=5)
    found = by_name(north.json("views", command, "cycles", "tasks", "activity"))
    assert list(found) == ["cycles", "tasks", "activity"]
    assert found["cycles"]["equal"]


def test_afresh_and_the_help_say_what_they_do(north):
    north.run("views", "rebuild", "cycles", "--afresh")
    assert "goes on where it was" in " ".join(north.run("views", "rebuild", "--help").stdout.split())


def test_two_rebuilds_of_one_view_the_second_is_told(north, monkeypatch):
    from reviewflow.following import rebuilding

    first = rebuilding.Rebuilding._fill

    def meanwhile(self, *there: Any):
        monkeypatch.setattr(rebuilding.Rebuilding, "_fill", first)
        north.run("views", "rebuild", "cycles")
        first(self, *there)

    monkeypatch.setattr(rebuilding.Rebuilding, "_fill", meanwhile)
    fault = north.fault("views", "rebuild", "cycles", code=1)
    assert [one["code"] for one in fault["unmet"]] == ["rebuilt-by-another"]
    north.run("views", "check")
