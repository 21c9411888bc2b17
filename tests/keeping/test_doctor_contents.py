"""What the doctor finds in the log, in views, in keys and in files."""

import base64
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from corpus.noting import settings_in
from keeping.patients import NOW, change, faults, looked, store_in
from kit.clock import FixedClock
from reviewflow.following import effects, positions
from reviewflow.keeping.doctor import examine


class TestLog:
    def test_records_that_are_gone(self, folder):
        change(folder, "DELETE FROM records WHERE position = 7")
        assert faults(looked(folder)) == {"records"}
        found = looked(folder, deep=True)
        assert "position 7" in found["events"].found
        assert found["sets"].found.startswith("not looked at")

    def test_a_record_that_is_no_event(self, folder):
        change(folder, "UPDATE records SET body = x'7b7d' WHERE position = 20")
        assert "position 20" in looked(folder, deep=True)["events"].found

    def test_a_record_that_cannot_follow(self, folder):
        change(folder, "UPDATE records SET version = 900 WHERE position = 60")
        assert "events" in faults(looked(folder, deep=True))

    def test_a_moment_before_the_one_before(self, folder):
        change(folder, "UPDATE records SET recorded_at = 5 WHERE position = 30")
        assert "position 30" in looked(folder, deep=True)["events"].found

    def test_sets_that_are_counted_otherwise(self, folder):
        change(folder, "UPDATE heads SET version = version + 1 WHERE key = 'people'")
        found = looked(folder, deep=True)
        assert faults(found) == {"sets"}
        assert found["sets"].found == "people is counted 12 times, events touch it 11 times"

    def test_sets_that_are_not_there(self, folder):
        change(folder, "DELETE FROM touched WHERE key = 'people'", "INSERT INTO heads VALUES ('nobody:x', 3)")
        told = looked(folder, deep=True)["sets"].found
        assert "nobody:x is counted 3 times, no event touches it" in told
        assert "touched lacks" in told

    def test_a_clock_that_is_behind(self, folder):
        found = looked(folder, now=datetime(2020, 1, 1, tzinfo=UTC))["clock"]
        assert found.verdict == "warning"
        assert "2026-02-12" in found.found
        assert looked(folder, now=datetime(2026, 2, 12, 9, 0, tzinfo=UTC) + timedelta(hours=1))["clock"].verdict == "ok"

    def test_a_workflow_that_is_another_one(self, folder):
        change(
            folder,
            """UPDATE records SET body = replace(CAST(body AS TEXT), 'Headteacher', 'Headteachex')
                          WHERE topic = 'registry.workflow-published/1'""".replace(
                "replace(CAST(body AS TEXT)", "CAST(replace(CAST(body AS TEXT)"
            ).replace("'Headteachex')", "'Headteachex') AS BLOB)"),
        )
        found = looked(folder)
        assert faults(found) == {"workflow spp-peer-review"}


class TestViews:
    def test_a_row_that_the_log_does_not_give(self, folder):
        change(folder, "UPDATE cycles SET state = 'closed' WHERE handle = 'hazel-2025-1'")
        assert faults(looked(folder)) == set()
        found = looked(folder, deep=True)
        assert faults(found) == {"view cycles rebuilt"}
        assert "state is 'closed', rebuilt 'completed'" in found["view cycles rebuilt"].found

    def test_a_follower_that_is_broken(self, folder):
        with store_in(folder) as store, store.changing() as connection:
            positions.begin(connection, "activity", 5, NOW)
            positions.stop_at(connection, "activity", 5, 6, "it could not")
        found = looked(folder)
        assert faults(found) == {"follower activity"}
        assert "broken at 6: it could not" in found["follower activity"].found

    def test_a_follower_of_another_release(self, folder):
        with store_in(folder) as store, store.changing() as connection:
            positions.begin(connection, "ancient", 5, NOW)
        assert looked(folder)["follower ancient"].verdict == "warning"

    def test_effects_that_were_set_aside(self, folder):
        with store_in(folder) as store, store.changing() as connection:
            effects.derive(connection, "webhook", "one", [(3, "id-3")], NOW)
            [one] = effects.due(connection, "webhook", "one", NOW, 5)
            assert effects.settle(connection, one, "aside", NOW, why="refused")
        found = looked(folder)["effects"]
        assert (found.verdict, found.found) == ("warning", "0 waiting, 1 set aside")


class TestKeys:
    def test_no_keys_file(self, folder):
        (folder / "reviewflow.keys").unlink()
        found = looked(folder, deep=True)
        assert faults(found) == {"keys"}
        assert found["forgotten"].found == "not looked at: the vault cannot be opened"
        assert found["texts"].verdict == "warning"
        assert found["events"].verdict == "ok"

    def test_no_master_key(self, folder):
        (folder / "reviewflow.master-key").unlink()
        given = settings_in(folder).model_copy(update={"master_key_file": None})
        found = {one.name: one for one in examine(given, FixedClock(NOW), deep=True)}
        assert faults(found) == set()
        assert found["master key"].verdict == found["texts"].verdict == "warning"

    def test_a_master_key_of_another_vault(self, folder):
        (folder / "reviewflow.master-key").write_bytes(base64.b64encode(b"x" * 32))
        found = looked(folder)
        assert "master key" in faults(found)
        assert "does not open these keys" in found["master key"].found

    def test_a_master_key_that_is_none(self, folder):
        (folder / "reviewflow.master-key").write_text("what was it again")
        found = looked(folder, deep=True)
        assert "master key" in faults(found)
        assert found["records"].verdict == "ok"

    def test_the_keys_of_another_store(self, folder):
        with closing(sqlite3.connect(folder / "reviewflow.keys")) as link:
            [(one,)] = link.execute("SELECT owner FROM keys WHERE owner LIKE 'person-%' LIMIT 1").fetchall()
            link.execute("DELETE FROM keys WHERE owner = ?", (one,))
            link.execute("INSERT INTO forgotten (stream, at) VALUES ('person-nobody', '2026-01-01')")
            link.commit()
        found = looked(folder, deep=True)
        assert faults(found) == {"keys of people", "forgotten", "texts", "view registry rebuilt"}
        assert one in found["keys of people"].found
        assert "person-nobody" in found["forgotten"].found

    def test_somebody_forgotten_by_half(self, folder):
        with closing(sqlite3.connect(folder / "reviewflow.keys")) as link:
            link.execute("DELETE FROM forgotten")
            link.commit()
        found = looked(folder)["forgotten"]
        assert found.verdict == "fault"
        assert found.todo == "any command finishes it, as in `reviewflow status`"


class TestFiles:
    def evidence(self, folder):
        [file] = (path for path in (folder / "reviewflow.evidence").rglob("*") if path.is_file())
        return file

    def test_evidence_that_is_missing(self, folder):
        self.evidence(folder).unlink()
        found = looked(folder)["evidence"]
        assert found.verdict == "fault"
        assert "is missing" in found.found

    def test_evidence_that_was_altered(self, folder):
        file = self.evidence(folder)
        file.write_bytes(file.read_bytes()[:-1])
        found = looked(folder, deep=True)["evidence"]
        assert found.verdict == "fault"
        assert "of position" in found.found

    @pytest.mark.parametrize(
        ("name", "told"), [("reviewflow.keys", "keys file"), ("reviewflow.master-key", "master key file")]
    )
    def test_keys_that_others_may_read(self, folder, name, told):
        (folder / name).chmod(0o644)
        found = looked(folder)
        assert faults(found) == {told}
        assert found[told].todo == f"chmod 600 {folder / name}"

    @pytest.mark.parametrize(("free", "verdict"), [(10**9, "ok"), (10**8, "warning"), (10**6, "fault")])
    def test_room(self, folder, monkeypatch, free, verdict):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 0, free))
        assert looked(folder)["disk"].verdict == verdict
