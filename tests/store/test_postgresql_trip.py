"""Several statements in one packet: every answer comes to the statement it belongs to, whatever goes wrong between."""

from __future__ import annotations

import psycopg
import pytest

from reviewflow.store import postgresql_trip
from reviewflow.store.postgresql import Postgresql


@pytest.fixture
def link(postgres_url):
    with Postgresql(postgres_url, 5).connect() as connection:
        yield connection


def rows(answers):
    return [answer.rows for answer in answers]


def prepared(link) -> int:
    return link.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]


def test_values_and_answers_of_every_kind(link):
    asked = [
        ("SELECT %s::bigint, %s::text, %s::bytea", (1 << 40, "Zo\u00eb's", b"\x00\xff")),
        ("SELECT %s::bigint, %s::text, %s::bytea", (None, "", None)),
        ("SELECT '100%'", None),
        ("SELECT '100%%' || %s::text", ("!",)),
        ("SELECT '100%%'", ()),
        ("SELECT '{\"a\": [1, 2]}'::json, ARRAY[1, NULL]", None),
        ("CREATE TEMPORARY TABLE t (n bigint)", None),
        ("INSERT INTO t SELECT generate_series(1, %s)", (7,)),
        ("UPDATE t SET n = n + 1 WHERE n > %s", (4,)),
        ("SELECT n FROM t WHERE n > 100", None),
    ]
    for _ in range(2):
        answers = link.together(asked)
        assert rows(answers) == [
            [(1 << 40, "Zo\u00eb's", b"\x00\xff")], [(None, "", None)], [("100%",)], [("100%!",)], [("100%",)],
            [({"a": [1, 2]}, [1, None])], [], [], [], [],
        ]  # fmt: skip
        assert [answer.changed for answer in answers[-4:]] == [0, 7, 3, 0]
        link.execute("DROP TABLE t")


def test_a_statement_is_prepared_once_for_each_kind_of_values(link):
    for value in (1, 2, None, 3, None):
        link.together([("SELECT %s::bigint", (value,))] * 2)
    assert prepared(link) == 2


def test_what_comes_behind_the_most_is_prepared_each_time(link, monkeypatch):
    monkeypatch.setattr(postgresql_trip, "_MOST", 3)
    for turn in range(2):
        asked = [(f"SELECT {number} + %s", (turn,)) for number in range(10)]
        assert rows(link.together(asked + asked)) == [[(number + turn,)] for number in range(10)] * 2
    assert prepared(link) == 3


def test_of_a_part_what_comes_behind_an_error_is_passed_over(link):
    one, other = link._go(
        [("SELECT 1", None), ("SELECT 1 / %s", (0,)), ("SELECT 2", None)], [("SELECT 3 + %s", (0,)), ("SELECT 4", None)]
    )
    assert (rows(one.answers), type(one.error)) == ([[(1,)]], psycopg.errors.DivisionByZero)
    assert (rows(other.answers), other.error) == ([[(3,)], [(4,)]], None)
    # What was to be prepared behind the error is not, and that is known.
    assert rows(link.together([("SELECT 2", None), ("SELECT 1 / %s", (1,))])) == [[(2,)], [(1,)]]


def test_of_several_errors_the_first_is_raised(link):
    with pytest.raises(psycopg.errors.UndefinedTable):
        link.together([("SELECT 1", None), ("SELECT FROM nowhere", None), ("SELECT 1 / 0", None)])
    link.together([("BEGIN", None)])
    with pytest.raises(psycopg.errors.DivisionByZero):
        link.together([("SELECT 1 / %s", (0,))])
    link.rollback()
    assert rows(link.together([("SELECT 1", None)])) == [[(1,)]]


def test_a_value_that_cannot_be_sent_stops_everything_before_it_is_sent(link):
    link.together([("BEGIN", None), ("CREATE TEMPORARY TABLE t (w text)", None)])
    with pytest.raises(psycopg.DataError):
        link.together([("INSERT INTO t VALUES ('x')", None), ("INSERT INTO t VALUES (%s)", ("a\x00b",))])
    assert rows(link.together([("SELECT count(*) FROM t", None)])) == [[(0,)]]
    assert not link.closed


def test_much_in_both_directions_at_once(link):
    """More than the buffers of either side hold: who only sends, or only reads, would wait for ever."""
    words = "w" * 100_000
    answers = link.together([("SELECT %s::text || %s::bigint", (words, number)) for number in range(300)])
    assert [row for answer in answers for row in answer.rows] == [(f"{words}{number}",) for number in range(300)]


def test_a_connection_that_is_ended_in_the_middle(link, postgres_url):
    with pytest.raises(psycopg.OperationalError) as caught:
        link.together([("SELECT 1", None), ("SELECT pg_terminate_backend(pg_backend_pid())", None), ("SELECT 2", None)])
    assert caught.value.sqlstate == "57P01"
    assert link.closed
    with pytest.raises(psycopg.OperationalError, match="the connection is closed"):
        link.together([("SELECT 1", None)])


def test_an_answer_that_was_not_waited_for_is_in_nobodys_way(link):
    for _ in range(3):
        link.together([("BEGIN", None)])
        link.rollback()
        assert rows(link.together([("SELECT 1", None)])) == [[(1,)]]
        link.together([("BEGIN", None)])
        link.rollback()
        assert link.execute("SELECT 2").fetchone() == (2,)
