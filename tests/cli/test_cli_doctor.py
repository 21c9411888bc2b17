"""`doctor` and `store upgrade` as they are typed: what they say, and with which exit code."""

import json
import sqlite3
from contextlib import closing

import pytest

from cli.shell import Shell
from corpus.make import unpack
from reviewflow.store.schema import SCHEMA


@pytest.fixture
def old(tmp_path):
    """A store of version 1, with its master key beside it."""
    return Shell(unpack("schema-1", tmp_path / "old"))


class TestDoctor:
    def test_all_is_well(self, north):
        told = north.run("doctor").stdout
        assert "0 faults, 1 warning in" in told
        assert "`reviewflow doctor --deep` reads every record" in told
        assert "  ok       records: " in told
        assert "! warning  keys: the master key" in told

    def test_as_data(self, north):
        found = north.json("doctor", "--deep")
        assert (found["deep"], found["faults"], found["warnings"]) == (True, 0, 1)
        for one in found["checks"]:
            assert set(one) == {"name", "verdict", "found", "todo"}
            assert one["verdict"] in ("ok", "warning", "fault")
        assert {"events", "sets", "texts", "view registry rebuilt"} <= {one["name"] for one in found["checks"]}

    def test_a_fault_gives_exit_code_1(self, north):
        (north.folder / "reviewflow.keys").chmod(0o644)
        told = north.run("doctor", code=1).stdout
        assert "X fault    keys file: " in told
        assert "           -> chmod 600 " in told
        assert north.json("doctor", code=1)["faults"] == 1

    def test_where_there_is_nothing(self, empty):
        done = empty.run("doctor", "--deep", code=1)
        assert "store: the store" in done.stdout
        assert "`reviewflow init` makes it" in done.stdout
        assert done.stdout.count("not looked at, because") == 2
        assert list(empty.folder.iterdir()) == []


class TestUpgrade:
    def test_every_command_says_what_to_do(self, old):
        told = f"its tables have version 1; this release wants {SCHEMA}; run `reviewflow store upgrade`"
        assert told in old.run("status", code=5).stderr
        assert old.fault("cycle", "list", code=5)["remedy"] == "run `reviewflow store upgrade`"

    def test_rehearsed_then_done(self, old):
        before = (old.folder / "reviewflow.db").read_bytes()
        told = old.run("store", "upgrade", "--dry-run").stdout
        assert f"has tables of version 1; an upgrade would bring them to {SCHEMA}:" in told
        assert "  to 2: Adds how far followers have come" in told
        assert "Dry run: nothing was done." in told
        assert "First end whatever uses this store, and copy it" in told
        assert (old.folder / "reviewflow.db").read_bytes() == before
        told = old.run("store", "upgrade").stdout
        assert f"had tables of version 1 and has {SCHEMA} now:" in told
        assert "the view activity is new; `reviewflow run` fills it" in told
        assert old.json("status")["records"] == 117
        assert "which is what this release wants" in old.run("store", "upgrade").stdout
        for view in ("cycles", "tasks"):
            assert f"the view {view} is kept otherwise now: run `reviewflow views rebuild {view}`" in told
            old.run("views", "rebuild", view)
        assert old.json("doctor", "--deep")["faults"] == 0

    def test_as_data(self, old):
        planned = old.json("store", "upgrade", "--dry-run")
        done = old.json("store", "upgrade")
        assert planned == {**done, "dry_run": True}
        assert (done["from"], done["to"]) == (1, SCHEMA)
        assert [step["version"] for step in done["steps"]] == list(range(2, SCHEMA + 1))
        assert {"view": "activity", "what": "make"} in done["views"]
        assert old.json("store", "upgrade")["steps"] == []

    def test_a_newer_store(self, old):
        with closing(sqlite3.connect(old.folder / "reviewflow.db")) as link:
            link.execute("UPDATE log_schema SET version = 99")
            link.commit()
        told = old.run("store", "upgrade", code=5).stderr
        assert f"its tables have version 99; this release knows versions up to {SCHEMA}" in told
        assert "use the release that made it, or a newer one" in told
        assert "Traceback" not in told

    def test_a_store_that_cannot_be_written(self, old):
        file = old.folder / "reviewflow.db"
        with closing(sqlite3.connect(file)) as link:
            link.execute("BEGIN IMMEDIATE")
            said = json.loads(old.run("store", "upgrade", "--dry-run", "--json").stdout)
        assert said["steps"], "a plan waits for nobody"

    def test_a_view_that_is_kept_otherwise_now(self, old):
        with closing(sqlite3.connect(old.folder / "reviewflow.db")) as link:
            link.execute("ALTER TABLE cycles DROP COLUMN opened_on")
            link.commit()
        told = old.run("store", "upgrade").stdout
        for view in ("cycles", "tasks"):
            assert f"the view {view} is kept otherwise now: run `reviewflow views rebuild {view}`" in told
            old.run("views", "rebuild", view)
        assert old.json("doctor", "--deep")["faults"] == 0
