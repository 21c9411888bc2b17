"""A rebuild that is killed goes on where it was; of two at once one is told; a view that cannot go on stops alone."""

from __future__ import annotations

from typing import Any

import pytest

from reviewflow.errors import ImpossibleHistory, Refused
from reviewflow.following import positions
from reviewflow.following import tables as following_tables
from reviewflow.following.checking import check
from reviewflow.following.follower import Outcome, ViewFollower, step
from reviewflow.following.rebuilding import Rebuilding
from reviewflow.store.sql import SqlStore
from reviewflow.views.activity import ActivityView, activity
from reviewflow.views.cycles import cycles
from views.histories import IDS, KINDS, History
from views.viewed import Log


@pytest.fixture
def log(tmp_path):
    """A log of some records with its views."""
    made = logged(str(tmp_path / "log.db"))
    yield made
    made.store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request, tmp_path):
    """The same on either database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else str(tmp_path / "log.db")
    made = logged(url)
    yield made
    made.store.close()


def logged(url):
    def make(clock, views):
        store = SqlStore(url, clock, views, beside=[following_tables.create, ActivityView().create])
        store.create()
        return store

    made = Log(make)
    kinds = [kind for kind in KINDS if kind not in ("finish", "forget")]
    History(made).play([(kind, one, "b", n % 10, n % 2 == 0) for n, kind in enumerate(kinds) for one in IDS])
    return made


def rebuilding(log, *names: str, **more: Any):
    more.setdefault("batch", 10)
    return Rebuilding(log.store, more.pop("views", log.views), log.clock, names, **more)


def places(log):
    with log.store.reading() as connection:
        return {one.name: one for one in positions.places(connection)}


def differing(log):
    return {one.view.name: one.difference for one in check(log.store, log.views) if one.difference}


class Cut(BaseException):
    """As a kill: nobody handles it."""


class After:
    """Cuts the rebuild short when it has told how far it is so many times."""

    def __init__(self, number) -> None:
        self.left = number

    def __call__(self, _progress) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cut


def cut_short(log, number, *names: str, **more: Any):
    with pytest.raises(Cut):
        rebuilding(log, *names, tell=After(number), **more).run()


def test_it_goes_on_where_it_was_cut_short_again_and_again(either):
    before = either.everything()
    for _ in range(5):
        cut_short(either, 0)
    told = []
    rebuilding(either, tell=told.append).run()
    assert told[0].done == 60, "it was begun anew"
    assert either.everything() == before
    assert not differing(either)
    assert [name for name in places(either) if name.startswith("rebuild:")] == []


def test_afresh_begins_anew(log):
    cut_short(log, 5)
    told = []
    rebuilding(log, tell=told.append).run(afresh=True)
    assert told[0].done == 10
    assert not differing(log)


def test_what_another_release_began_is_begun_anew(log):
    cut_short(log, 5)
    with log.store.changing() as connection:
        connection.exec_driver_sql("UPDATE followers SET why = 'begun by reviewflow 0.0.1'")
    told = []
    rebuilding(log, tell=told.append).run()
    assert told[0].done == 10
    assert not differing(log)


def test_new_tables_that_are_not_whole_are_made_again(log):
    cut_short(log, 5)
    with log.store.changing() as connection:
        connection.exec_driver_sql("DROP TABLE assignments__new")
        connection.exec_driver_sql("DROP TABLE cycles__new")
        connection.exec_driver_sql("CREATE TABLE cycles__new (id TEXT)")
    rebuilding(log).run()
    assert not differing(log)


def test_views_that_were_cut_short_at_different_places_go_on_together(log):
    cut_short(log, 2, "cycles")
    cut_short(log, 6, "tasks")
    told = []
    found = rebuilding(log, tell=told.append).run()
    assert {one.position for one in found} == {log.position()}
    assert not differing(log)


def test_of_two_at_once_one_goes_on_and_the_other_is_told(log):
    others = []

    def meanwhile(_progress):
        if not others:
            others.append(rebuilding(log))
            others[0].run()

    with pytest.raises(Refused) as told:
        rebuilding(log, tell=meanwhile).run()
    assert told.value.codes == ("rebuilt-by-another",)
    assert not differing(log)
    rebuilding(log).run()
    assert not differing(log)


@pytest.mark.parametrize("afresh", [False, True])
def test_one_that_starts_while_the_other_compares_does_no_harm(either, afresh):
    others = []

    def meanwhile(progress):
        if progress.doing == "comparing" and not others:
            others.append(rebuilding(either, tell=After(2)))
            with pytest.raises(Cut):
                others[0].run(afresh=afresh)

    try:
        rebuilding(either, tell=meanwhile).run()
    except Refused as told:
        assert told.codes == ("rebuilt-by-another",)
        rebuilding(either).run()
    assert others
    assert not differing(either)


class Failing:
    """As the view of cycles, until it meets a record of its dislike."""

    def __init__(self, view, at, error) -> None:
        self.view, self.at, self.error = view, at, error
        self.name, self.tables, self.create = view.name, view.tables, view.create

    def apply(self, connection, records):
        self.view.apply(connection, [told for told in records if told[0].position < self.at])
        for record, _, _ in records:
            if record.position >= self.at:
                raise self.error(record)


FAILURES = {
    "impossible": lambda record: ImpossibleHistory(record.stream, record.version, "it cannot be"),
    "a fault of ours": lambda _record: KeyError("a name that must not be told"),
}


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("last", [False, True])
def test_a_view_that_cannot_apply_a_record_stays_as_it_is_and_the_others_go_on(either, kind, last):
    at = either.position() + 1 if last else 37
    registry, failing, tasks = either.views.synchronous
    failing = Failing(failing, at, FAILURES[kind])
    views = either.views._replace(synchronous=(registry, failing, tasks))
    before = either.everything()
    appended = []

    def meanwhile(progress):
        if last and progress.doing == "comparing" and not appended:  # it meets the record in the very last transaction
            appended.append(either.open("late"))

    found = {one.view.name: one for one in rebuilding(either, views=views, tell=meanwhile).run()}
    broken = found.pop("cycles")
    assert {one.position for one in found.values()} == {either.position()}
    assert broken.why == (("impossible history: " in broken.why and broken.why) or "KeyError")
    assert broken.broken_at is not None
    assert broken.broken_at <= at
    place = places(either)["rebuild:cycles"]
    assert (place.broken_at, place.why) == (broken.broken_at, broken.why)
    if kind == "impossible":
        assert place.broken_at == at
    if not last:
        assert either.everything() == before
    assert "a name" not in str(places(either))
    rebuilding(either).run()
    assert not differing(either)
    assert [name for name in places(either) if name.startswith("rebuild:")] == []


def follow(log, times=1000):
    follower = ViewFollower(log.views.following[0])
    for _ in range(times):
        if step(log.store, follower, log.clock, limit=20).outcome is Outcome.THERE:
            return


def test_a_view_of_a_follower_is_set_to_where_the_rebuild_ended_and_is_no_longer_broken(log):
    follow(log)
    log.open("more")
    with log.store.changing() as connection:
        positions.stop_at(connection, "activity", log.position() - 1, log.position(), "as a test")
    found = rebuilding(log).run()
    compared = found[-1]
    assert (compared.compared_at, compared.difference) == (log.position() - 1, None)
    place = places(log)["activity"]
    assert (place.position, place.broken_at, place.why) == (log.position(), None, None)
    assert len(log.rows(activity)) == log.position()
    log.open("still-more")
    follow(log)
    assert len(log.rows(activity)) == log.position()
    assert not differing(log)


def test_a_follower_goes_on_while_its_view_is_rebuilt(either):
    follow(either, 3)

    def meanwhile(_progress):
        follow(either, 1)

    found = rebuilding(either, "activity", tell=meanwhile).run()
    assert (found[0].difference, found[0].compared_at is None) == (None, False)
    follow(either)
    assert [row[0] for row in either.rows(activity)] == list(range(1, either.position() + 1))
    assert not differing(either)


def test_a_damaged_row_of_a_followers_view_is_found_where_it_had_come_to(log):
    follow(log, 3)
    with log.store.changing() as connection:
        connection.exec_driver_sql("UPDATE activity SET person = 'nobody' WHERE position = 7")
    found = rebuilding(log, "activity").run()[0]
    assert found.difference.key == (7,)
    assert found.compared_at == 40
    assert not differing(log)


def compared_and_cut_short(log):
    """The new view of the follower is past the one in use, with which it was compared."""
    follow(log, 3)

    def cut(_seconds):
        raise Cut

    rebuild = rebuilding(log, "activity")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log.store, "replacing", cut)
        with pytest.raises(Cut):
            rebuild.run()
    assert places(log)["rebuild:activity"].position == log.position()
    assert places(log)["activity"].position == 40


def test_a_view_in_use_that_is_merely_behind_is_brought_up_to_a_rebuild_that_was_cut_short(either):
    compared_and_cut_short(either)
    told = []
    found = rebuilding(either, "activity", tell=told.append).run()[0]
    assert (found.difference, found.compared_at) == (None, either.position())
    assert "filling" not in {progress.doing for progress in told}, "it was begun anew"
    assert not differing(either)


def test_a_damaged_row_is_found_after_a_rebuild_was_cut_short(either):
    compared_and_cut_short(either)
    with either.store.changing() as connection:
        connection.exec_driver_sql("UPDATE activity SET person = 'nobody' WHERE position = 7")
    found = rebuilding(either, "activity").run()[0]
    assert found.difference.key == (7,)
    assert found.compared_at == either.position()
    assert not differing(either)


def test_a_row_too_many_that_keeps_a_view_in_use_from_being_brought_up_is_no_hindrance(either):
    compared_and_cut_short(either)
    with either.store.changing() as connection:
        connection.exec_driver_sql("UPDATE activity SET position = 51 WHERE position = 7")
    found = rebuilding(either, "activity").run()[0]
    assert found.compared_at is None
    assert places(either)["activity"].broken_at is None
    assert not differing(either)


def test_a_view_in_use_that_is_gone_is_made_again_after_a_rebuild_was_cut_short(either):
    compared_and_cut_short(either)
    with either.store.changing() as connection:
        connection.exec_driver_sql("DROP TABLE activity")
    found = rebuilding(either, "activity").run()[0]
    assert "activity" in str(found.difference)
    follow(either)
    assert not differing(either)


def test_a_live_table_that_is_gone_or_of_another_release_is_made_again(either):
    with either.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE assignments")
        connection.exec_driver_sql("ALTER TABLE cycles ADD COLUMN colour TEXT")
        connection.exec_driver_sql("ALTER TABLE tasks RENAME COLUMN place TO places")
    assert "also has colour" in str(differing(either)["cycles"])
    assert "lacks place; also has places" in str(differing(either)["tasks"])
    found = {one.view.name: str(one.difference) for one in rebuilding(either).run()}
    assert "also has colour" in found["cycles"]
    assert not differing(either)
    assert either.rows(cycles)
    either.open("afterwards")
    assert not differing(either)
