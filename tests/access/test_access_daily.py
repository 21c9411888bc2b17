"""Cleaning goes on beside everything else: once a day, and it stops nobody who has more to do."""

from contextlib import contextmanager
from types import SimpleNamespace

from reviewflow.access import tables
from reviewflow.asking.tidying import Daily
from reviewflow.errors import StoreUnreachable
from reviewflow.settings import Settings


class Engine:
    def __init__(self) -> None:
        self.gone, self.away, self.asked = [], False, 0

    @contextmanager
    def knowing(self):
        self.asked += 1
        if self.away:
            raise StoreUnreachable("the store", "away", "wait")
        settled = []
        yield SimpleNamespace(
            touching=lambda name: {"forgotten": self.gone}[name],
            snapshot=SimpleNamespace(settle=lambda: settled.append(1)),
        )
        assert settled, "a key that is lost does not come back"


def daily(door):
    one = SimpleNamespace(store=door.store, clock=door.clock, engine=Engine(), settings=Settings(session_hours=1))
    return one.engine, Daily(one)


def test_it_is_done_at_once_and_then_once_a_day(file_door):
    engine, call = daily(file_door)
    file_door.sessions.begin("ada", "link")
    assert call().sessions == 0
    file_door.later(hours=23)
    assert call() is None
    file_door.later(hours=1)
    assert call().sessions == 1
    assert call() is None
    assert engine.asked == 2


def test_those_who_were_forgotten_are_asked_of_the_log(file_door):
    engine, call = daily(file_door)
    file_door.links.make("ada", by=None)
    file_door.links.make("bea", by=None)
    engine.gone = ["person-ada", "cycle-c1"]
    assert call().forgotten == 1
    assert [row["person"] for row in file_door.rows(tables.links)] == ["bea"]


def test_a_store_that_is_away_is_tried_again_in_an_hour_and_stops_nobody(file_door):
    engine, call = daily(file_door)
    engine.away = True
    assert call() is call() is None
    assert engine.asked == 1
    engine.away = False
    file_door.later(hours=1)
    assert call() is not None


def test_a_clock_that_is_set_back_does_not_put_it_off(file_door):
    engine, call = daily(file_door)
    call()
    file_door.later(days=-400)
    assert call() is not None
    assert engine.asked == 2
