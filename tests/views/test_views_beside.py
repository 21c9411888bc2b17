"""Tables under other names: what a view writes lands there, and whatever would miss them fails."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Index, Integer, bindparam, create_engine, insert, inspect, select, update
from sqlalchemy.dialects.sqlite import insert as upserting

from reviewflow.views.beside import beside
from reviewflow.views.comparing import Difference, compare
from reviewflow.views.cycles import list_cycles
from reviewflow.views.statement import Statement
from reviewflow.views.swapping import drop, make_new, new_tables, swap, whole
from reviewflow.views.table import make, table, word
from reviewflow.views.table import whole as number

things = table("things", word("name", key=True), Column("weight", Integer), Index("things_by_weight", "weight"))
others = table("others", word("thing", key=True))


class ThingsView:
    name = "things"
    tables = (things,)

    def create(self, connection):
        make(connection, self.tables)


VIEW = ThingsView()
PUT = Statement(insert(things), "name", "weight")
SHOW = Statement(select(things.c.name, things.c.weight).order_by(things.c.name))


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        VIEW.create(made)
        yield made
    engine.dispose()


def test_statements_reach_the_new_tables_and_leave_the_live_ones(connection):
    make_new(connection, VIEW)
    new = new_tables(connection, VIEW)
    PUT.run(connection, "live", 1)
    PUT.run_each(new, [("new", 2), ("newer", 3)])
    heavier = update(things).where(things.c.name == bindparam("n")).values(weight=things.c.weight + bindparam("by"))
    assert Statement(heavier, "n", "by").run(new, "new", 40) == 1
    put = upserting(things).values(name=bindparam("n"), weight=bindparam("w"))
    put = put.on_conflict_do_update(index_elements=[things.c.name], set_={"weight": put.excluded.weight})
    Statement(put, "n", "w").run(new, "newer", 4)
    assert SHOW.rows(connection) == [("live", 1)]
    assert SHOW.rows(new) == [("new", 42), ("newer", 4)]
    assert connection.exec_driver_sql("SELECT * FROM things__new ORDER BY 1").all() == [("new", 42), ("newer", 4)]


def test_a_swap_puts_the_new_tables_in_place_time_and_again(connection):
    for turn in range(4):
        make_new(connection, VIEW)
        assert whole(connection, VIEW)
        PUT.run(new_tables(connection, VIEW), f"turn {turn}", turn)
        swap(connection, VIEW)
        drop(connection, VIEW, "__old")
        assert SHOW.rows(connection) == [(f"turn {turn}", turn)]
        looker = inspect(connection)
        assert looker.get_table_names() == ["things"]
        assert [one["column_names"] for one in looker.get_indexes("things")] == [["weight"]]


def test_what_an_interrupted_rebuild_left_is_cleared_away(connection):
    make_new(connection, VIEW)
    PUT.run(new_tables(connection, VIEW), "left over", 1)
    swap(connection, VIEW)  # and the old one was never dropped
    make_new(connection, VIEW)
    assert SHOW.rows(new_tables(connection, VIEW)) == []
    assert SHOW.rows(connection) == [("left over", 1)]
    assert sorted(inspect(connection).get_table_names()) == ["things", "things__new"]


def test_a_view_may_use_its_own_tables_only(connection):
    make_new(connection, VIEW)
    new = new_tables(connection, VIEW)
    for wanted in (
        select(others),
        select(things).where(things.c.name.in_(select(others.c.thing))),
        select(things.join(others, others.c.thing == things.c.name)),
        insert(others).from_select(["thing"], select(things.c.name)),
    ):
        with pytest.raises(AssertionError, match="not others"):
            Statement(wanted).rows(new)


def test_a_view_that_goes_past_statements_fails_loudly(connection):
    make_new(connection, VIEW)
    new = new_tables(connection, VIEW)
    with pytest.raises(AttributeError):
        new.execute(insert(things).values(name="a", weight=1))
    with pytest.raises(AttributeError):
        list_cycles(new)
    assert SHOW.rows(connection) == SHOW.rows(new) == []


def test_a_column_that_is_called_like_a_table_is_refused(connection):
    with pytest.raises(AssertionError, match="called like a table: sizes"):
        beside(connection, (table("sizes", word("id", key=True), number("sizes")),))


def test_only_whole_words_are_renamed(connection):
    tables = (table("thing", word("id", key=True)), table("thing_parts", word("thing_id", key=True)))
    text = beside(connection, tables).text("SELECT thing.id, thing_parts.thing_id FROM thing, thing_parts", ["thing"])
    assert text == "SELECT thing__new.id, thing_parts__new.thing_id FROM thing__new, thing_parts__new"


def test_many_rows_are_compared_page_by_page(connection):
    make_new(connection, VIEW)
    new = new_tables(connection, VIEW)
    rows = [(f"{n:05}", n) for n in range(2500)]
    PUT.run_each(connection, rows)
    PUT.run_each(new, rows)
    assert compare(connection, new, [VIEW]) is None
    for at in (0, 999, 1000, 1001, 2499):
        connection.exec_driver_sql(f"UPDATE things SET weight = -1 WHERE name = '{at:05}'")
        found = compare(connection, new, [VIEW])
        assert (found.key, found.columns) == ((f"{at:05}",), {"weight": (-1, at)})
        connection.exec_driver_sql(f"DELETE FROM things WHERE name = '{at:05}'")
        found = compare(connection, new, [VIEW])
        assert (found.key, found.live, found.rebuilt["weight"]) == ((f"{at:05}",), None, at)
        PUT.run(connection, f"{at:05}", at)
    PUT.run(connection, "99999", None)
    assert str(compare(connection, new, [VIEW])) == "view things: things 99999: is in the live view only"


def test_long_values_are_told_in_short():
    told = str(Difference("cycles", "cycles", ("a",), {"state": "x" * 500}, {"state": "y" * 500}))
    assert len(told) < 300
    assert "..." in told
