"""What views write is gathered and sent with the commit: what is then found out too late, and is put right."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, delete, select, update

from reviewflow.store.postgresql_trip import Trips
from reviewflow.store.sql import SqlStore
from reviewflow.views.statement import Statement, Taken
from store.batches import batch, check_log, staged

kept = Table("kept", MetaData(), Column("stream", String, primary_key=True), Column("number", Integer))
PUT = Statement.inserting(kept)
COUNT = Statement(
    update(kept).where(kept.c.stream == bindparam("s")).values(number=kept.c.number + 1), "s"
)  # fmt: skip
DROP = Statement(delete(kept).where(kept.c.stream == bindparam("s")), "s")
LOOK = Statement(select(kept.c.number).where(kept.c.stream == bindparam("s")), "s")


class Kept:
    """Does with its rows what `do` says, and notes what it was told."""

    name = "kept"

    def __init__(self) -> None:
        self.do, self.told = lambda *_: None, []

    def create(self, connection):
        kept.create(connection)

    def apply(self, connection, records):
        for record, *_ in records:
            self.told.append(self.do(connection, record))


@pytest.fixture
def view():
    return Kept()


@pytest.fixture
def sent(monkeypatch):
    """How many statements went together, each time; behind a + those that are synchronised by themselves."""
    found = []
    send = Trips.send

    def noted(self, packed):
        found.append("+".join(str(len(part)) for part in packed))
        return send(self, packed)

    monkeypatch.setattr(Trips, "send", noted)
    return found


def rows(store: SqlStore) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(select(kept).order_by(kept.c.stream))]


def test_all_of_it_goes_with_the_commit(postgresql, view, sent):
    view.do = lambda connection, record: PUT.run(connection, record.stream, 0)
    postgresql.append(batch(staged("cycle-a", 1), staged("cycle-b", 1)))
    assert sent == ["2", "3+1"]  # BEGIN and the call; two rows and COMMIT, and what waits for the disk
    assert rows(postgresql) == [("cycle-a", 0), ("cycle-b", 0)]


def test_a_question_sees_what_was_gathered_before_it(postgresql, view, sent):
    def do(connection, record):
        PUT.run(connection, record.stream, 41)
        COUNT.run(connection, record.stream)
        return LOOK.rows(connection, record.stream)

    view.do = do
    postgresql.append(batch(staged("cycle-a", 1)))
    assert view.told == [[(42,)]]
    assert sent == ["2", "3", "1+1"]


def test_a_question_put_to_sqlalchemy_sees_it_too(postgresql, view):
    def do(connection, record):
        PUT.run(connection, record.stream, 7)
        return connection.execute(select(kept.c.number)).scalars().all()

    view.do = do
    postgresql.append(batch(staged("cycle-a", 1)))
    assert view.told == [[7]]


def test_a_statement_that_changed_no_row_says_so_the_second_time_round(postgresql, view, sent):
    """Often enough that every statement is prepared by then: what the server passed over is not."""

    def do(connection, record):
        gone = DROP.run(connection, record.stream)
        PUT.run(connection, f"{record.stream}-{record.version}", record.version)
        return gone

    view.do = do
    for version in range(1, 10):
        postgresql.append(batch(staged("cycle-a", version)))
    assert view.told == [1, 0] * 9  # taken for one, and then found out
    assert [number for _, number in rows(postgresql)] == list(range(1, 10))
    assert check_log(postgresql) == 9


def test_a_key_that_is_taken_is_told_to_the_view(postgresql, view):
    def do(connection, record):
        try:
            PUT.run(connection, "one and the same", record.version)
        except Taken:
            raise KeyError("the view says what that means") from None

    view.do = do
    postgresql.append(batch(staged("cycle-a", 1)))
    with pytest.raises(KeyError):
        postgresql.append(batch(staged("cycle-a", 2)))
    assert rows(postgresql) == [("one and the same", 1)]
    assert check_log(postgresql) == 1
    view.do = lambda connection, _: COUNT.run(connection, "one and the same")
    postgresql.append(batch(staged("cycle-a", 2)))
    assert rows(postgresql) == [("one and the same", 2)]


def test_what_is_gathered_for_an_append_that_fails_is_gone(postgresql, view):
    def do(connection, record):
        PUT.run(connection, record.stream, 0)
        raise ZeroDivisionError

    view.do = do
    with pytest.raises(ZeroDivisionError):
        postgresql.append(batch(staged("cycle-a", 1)))
    view.do = lambda *_: None
    postgresql.append(batch(staged("cycle-a", 1)))
    assert rows(postgresql) == []
