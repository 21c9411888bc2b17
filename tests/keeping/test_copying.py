"""A store moves: the same records elsewhere, and at no moment two that take writes."""

import sqlite3
from contextlib import closing
from threading import Thread

import pytest

from keeping.keeping_given import Target, log_of, note, opened, same
from kit.checking import check_everything
from kit.stored import StoredWorld
from reviewflow.cycle import commands as cy
from reviewflow.errors import IntegrityBroken, StoreUnreachable
from reviewflow.following import effects, positions
from reviewflow.keeping import arriving
from reviewflow.keeping.carrying import carry
from reviewflow.registry import commands as reg
from reviewflow.store.schema import ARRIVING


class Killed(BaseException):
    """The program is gone."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr("reviewflow.keeping.copying.BATCH", 7)
    monkeypatch.setattr("reviewflow.keeping.copying.LAST", 3)
    monkeypatch.setattr(arriving, "BATCH", 5)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, there):
    """An empty place, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{there / 'reviewflow.db'}"
    return request.getfixturevalue("postgres_url")


def takes_writes(world, url):
    """Which of both stores open and append: of the source, of the target."""

    def takes(store):
        before = store.moved() if store is world.store else None
        if before is not None:
            return False
        try:
            with store.snapshot():
                return store.moved() is None
        except StoreUnreachable:
            return False

    return takes(world.store), takes(Target(world, url).store)


def test_a_copy_is_the_same_store_elsewhere(world, url, there):
    before = log_of(world.store)
    target = Target(world, url)
    done = target.copy()
    assert (done.position, done.before, done.marked_before) == (len(before), 0, False)
    assert log_of(target.store) == before
    same(world.store, target.store)
    target.store.close()
    with opened(world, there, url) as other:
        (there / "reviewflow.evidence").symlink_to(world.settings.evidence_path)
        check_everything(other)
        note(other, "the first one there")
        check_everything(other)


def test_a_store_that_was_moved_records_nothing_and_says_where_it_went(world, url):
    Target(world, url).copy()
    before = log_of(world.store)
    with pytest.raises(StoreUnreachable) as info:
        note(world, "too late")
    assert "it was moved to" in info.value.why
    assert "REVIEWFLOW_STORE" in info.value.remedy
    assert log_of(world.store) == before
    world.reopen()
    with pytest.raises(StoreUnreachable, match="it was moved to"):
        note(world, "too late")
    # A command that was acknowledged before is still answered.
    assert world.handle(cy.AddNote(
        asked=world.asked("lena", id="note-1"), cycle=world.id("cycle"), text="words note-1"
    )).repeated  # fmt: skip


def test_from_a_database_back_into_a_file(world, there, postgres_url):
    over = Target(world, postgres_url)
    over.copy()
    back = Target(world, f"sqlite:///{there / 'reviewflow.db'}")
    back.copy(source=over.store)
    same(world.store, back.store)
    assert over.store.moved() is not None
    with pytest.raises(sqlite3.IntegrityError), closing(sqlite3.connect(world.settings.store_path)) as raw:
        raw.execute("INSERT INTO records SELECT position + 1, recorded_at, stream, version + 1, topic, body, NULL, NULL"
                    " FROM records ORDER BY position DESC LIMIT 1")  # fmt: skip


STEPS = ["copying 0", "copying 14", "comparing 0", "closing 0", "marked 0"]


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_goes_on_and_never_do_two_stores_take_writes(world, url, step):
    wanted, number = step.split()

    def killed(what, done, _of):
        if what == wanted and done >= int(number):
            raise Killed

    with pytest.raises(Killed):
        Target(world, url).copy(killed)
    of_source, of_target = takes_writes(world, url)
    assert not of_target
    assert of_source is (wanted != "marked")
    if of_source:
        note(world, "meanwhile")
    done = Target(world, url).copy()
    assert done.marked_before is (wanted == "marked")
    assert done.before == {"copying 0": 0, "copying 14": 14}.get(step, done.position - of_source)
    assert takes_writes(world, url) == (False, True)
    same(world.store, Target(world, url).store)


def test_what_is_not_finished_is_open_to_nobody(world, url):
    def killed(what, _done, _of):
        if what == "marked":
            raise Killed

    with pytest.raises(Killed):
        Target(world, url).copy(killed)
    with pytest.raises(StoreUnreachable, match="not finished"):
        log_of(Target(world, url).store)


def test_commands_go_on_while_it_is_copied(world, url):
    acknowledged, stop = [], []

    def write():
        other = StoredWorld(folder=world.folder, names=world.names, clock=world.clock)
        try:
            number = 0
            while not stop:
                number += 1
                acknowledged.append(note(other, f"meanwhile-{number}"))
        except StoreUnreachable as error:
            stop.append(error)
        finally:
            other.close()

    writer = Thread(target=write)

    def heard(what, _done, _of):
        if what == "copying" and not writer.is_alive() and not stop:
            writer.start()
            while not acknowledged:
                pass

    target = Target(world, url)
    done = target.copy(heard)
    writer.join(30)
    [error] = stop
    assert "it was moved to" in error.why
    # Every one that was acknowledged is there, and none besides.
    assert done.position == max(acknowledged)
    same(world.store, target.store)


def test_a_place_that_holds_something_else_is_refused_and_left_alone(world, there, tmp_path):
    file = there / "reviewflow.db"
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("CREATE TABLE mine (x)")
    before = file.read_bytes()
    with pytest.raises(StoreUnreachable, match="something else"):
        Target(world, f"sqlite:///{file}").copy()
    assert file.read_bytes() == before
    with pytest.raises(StoreUnreachable, match="a store already"):
        Target(world, world.settings.store).copy()
    (there / "new.db-wal").write_bytes(b"of another store")
    with pytest.raises(StoreUnreachable, match="of another store"):
        Target(world, f"sqlite:///{there / 'new.db'}").copy()
    with pytest.raises(StoreUnreachable, match="no folder"):
        Target(world, f"sqlite:///{tmp_path / 'nowhere' / 'new.db'}").copy()
    note(world, "it goes on")


def test_what_an_earlier_copy_of_another_store_left_is_refused(world, url, tmp_path):
    def killed(what, done, _of):
        if what == "copying" and done >= 14:
            raise Killed

    other = StoredWorld(folder=tmp_path / "other", clock=world.clock) if (tmp_path / "other").mkdir() is None else None
    try:
        other.install()
        with pytest.raises(Killed):
            Target(other, url).copy(lambda what, *_: killed("copying", 14, 0) if what == "comparing" else None)
    finally:
        other.close()
    with pytest.raises(StoreUnreachable, match="other records"):
        Target(world, url).copy()
    note(world, "it goes on")


def test_of_two_that_fill_one_place_the_first_stops(world, url):
    second = []

    def heard(what, done, _of):
        if what == "copying" and done == 7:
            second.append(Target(world, url).copy())

    with pytest.raises(StoreUnreachable, match="another program"):
        Target(world, url).copy(heard)
    assert second[0].before == 7
    same(world.store, Target(world, url).store)


def test_two_copies_to_two_places_leave_one_store_that_takes_writes(world, there):
    urls = [f"sqlite:///{there / name}.db" for name in "ab"]

    def heard(what, _done, _of):
        if what == "comparing":
            Target(world, urls[1]).copy()

    with pytest.raises(StoreUnreachable, match="another program"):
        Target(world, urls[0]).copy(heard)
    assert takes_writes(world, urls[0]) == (False, False)
    assert takes_writes(world, urls[1]) == (False, True)
    with pytest.raises(StoreUnreachable, match="it was moved to"):
        Target(world, urls[0]).copy()


def test_a_target_that_is_gone_is_not_made_again(world, there):
    url = f"sqlite:///{there / 'reviewflow.db'}"
    Target(world, url).copy()
    (there / "reviewflow.db").unlink()
    with pytest.raises(StoreUnreachable, match="nothing is here any more"):
        Target(world, url).copy()


SPOILT = {
    "UPDATE heads SET version = version + 1 WHERE key = 'people'": "people is at",
    "DELETE FROM touched WHERE key = 'people' AND stream = (SELECT max(stream) FROM touched WHERE key = 'people')":
        "people was touched by",
    "INSERT INTO heads VALUES ('made-up:key', 1)": "made-up:key is at 1",
}  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_store_whose_sets_are_not_what_its_events_say_is_not_closed(world, url, spoil):
    with closing(sqlite3.connect(world.settings.store_path)) as raw, raw:
        raw.execute(spoil)
    with pytest.raises(IntegrityBroken) as info:
        Target(world, url).copy()
    assert SPOILT[spoil] in info.value.why
    assert world.store.moved() is None


def test_sets_that_are_spoilt_at_the_last_moment_are_noticed(world, there):
    """All sets were compared already, and their sums are right: those touched since are compared once more."""
    seen = []

    def heard(what, _done, _of):
        seen.append(what)
        if seen.count("comparing") == 1 and what == "comparing":
            for number in range(5):
                asked = world.asked("ada", id=f"late-{number}")
                world.handle(reg.RegisterPerson(asked=asked, person_name=f"Late {number}"))
        elif "comparing" in seen and "spoilt" not in seen:
            seen.append("spoilt")
            with closing(sqlite3.connect(world.settings.store_path)) as raw, raw:
                raw.execute("UPDATE heads SET version = version + 1 WHERE key = 'people'")
                raw.execute("UPDATE heads SET version = version - 1 WHERE key = 'workflows'")

    with pytest.raises(IntegrityBroken, match="people is at"):
        Target(world, f"sqlite:///{there / 'new.db'}").copy(heard)
    assert world.store.moved() is None


BROKEN = {
    "UPDATE records SET body = CAST('{' AS BLOB) WHERE position = 11": 11,
    "UPDATE records SET recorded_at = 1 WHERE position = 12": 12,
    "UPDATE records SET position = 900 WHERE position = 13": 13,
    "UPDATE records SET version = version + 40 WHERE position = 3": 3,
    "UPDATE records SET ordinal = 5 WHERE position = (SELECT max(position) FROM records)": "last",
    "UPDATE records SET topic = 'cycle.unheard-of/1' WHERE position = 14": 14,
}


@pytest.mark.parametrize("spoil", BROKEN)
def test_a_log_that_was_tampered_with_is_not_copied_and_the_place_is_named(world, there, spoil):
    position = world.position() if BROKEN[spoil] == "last" else BROKEN[spoil]
    with closing(sqlite3.connect(world.settings.store_path)) as raw, raw:
        raw.execute("DROP TRIGGER records_never_change")
        raw.execute(spoil)
    with pytest.raises(IntegrityBroken) as info:
        Target(world, f"sqlite:///{there / 'new.db'}").copy()
    assert info.value.position == position
    assert world.store.moved() is None


def test_a_copy_whose_bytes_are_others_is_not_opened(world, there):
    """What was copied before is read again: a copy that was tampered with meanwhile is found out."""
    url = f"sqlite:///{there / 'new.db'}"

    def spoil(what, done, _of):
        if what == "copying" and done == 14:
            raise Killed

    with pytest.raises(Killed):
        Target(world, url).copy(spoil)
    with closing(sqlite3.connect(there / "new.db")) as raw, raw:
        raw.execute("DROP TRIGGER records_never_change")
        raw.execute("UPDATE records SET body = CAST(body || ' ' AS BLOB) WHERE position = 9")
    with pytest.raises(StoreUnreachable, match="other records"):
        Target(world, url).copy()
    assert world.store.moved() is None


def test_what_is_still_to_be_sent_goes_along(world, url):
    now = world.clock.now()
    with world.store.changing() as connection:
        positions.begin(connection, "webhook:there", 5, now)
        positions.begin(connection, "activity", 5, now)
        effects.derive(connection, "webhook", "there", [(3, "msg_a"), (4, "msg_b")], now)
        [first, _] = effects.due(connection, "webhook", "there", now, 5)
        effects.settle(connection, first, "done", now)
    target = Target(world, url)
    target.copy(carry=carry)
    with target.store.reading() as connection:
        assert [(one.name, one.position) for one in positions.places(connection)] == [("webhook:there", 5)]
        assert [one.id for one in effects.listed(connection)] == ["msg_b"]


def test_an_empty_store_can_be_moved(tmp_path, there):
    (tmp_path / "new").mkdir()
    world = StoredWorld(folder=tmp_path / "new")
    try:
        target = Target(world, f"sqlite:///{there / 'reviewflow.db'}")
        assert target.copy().position == 0
        assert log_of(target.store) == []
    finally:
        world.close()


def test_the_mark_of_an_unfinished_store_is_gone_at_the_end(world, there):
    Target(world, f"sqlite:///{there / 'reviewflow.db'}").copy()
    with closing(sqlite3.connect(there / "reviewflow.db")) as raw:
        names = {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
    with closing(sqlite3.connect(world.settings.store_path)) as raw:
        assert names == {name for (name,) in raw.execute("SELECT name FROM sqlite_master")} - {"records_moved"}
    assert ARRIVING not in names
