"""Whoever reads in one snapshot while views are put in place sees one state of them, and is never turned away.

On PostgreSQL names are looked up as they are now, rows as they were when the snapshot began: a reader that waited
would find the new tables as they were then, half filled. So the swap waits for readers, and they for it only briefly.
"""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from reviewflow.store.replacing import InUse
from views.rebuilt import a_world, check_right, parts, rebuilding, rows, run


@pytest.fixture
def world(tmp_path, postgres_url):
    made = a_world(tmp_path, postgres_url)
    yield made
    made.close()


@pytest.fixture
def on_sqlite(tmp_path):
    made = a_world(tmp_path)
    yield made
    made.close()


def cycles(connection):
    return connection.execute(text("SELECT count(*) FROM cycles")).scalar()


def test_a_snapshot_that_began_before_sees_the_views_of_its_moment(world):
    paused = []
    with world.store.snapshot() as reader:
        before = reader.position()

        def meanwhile(seconds):
            paused.append(seconds)
            if len(paused) == 1:  # commands go on while the swap waits
                world.open("hazel", "lena", year="2029-30")
            elif len(paused) == 2:
                assert cycles(reader.connection) == 6
                reader.__exit__(None, None, None)

        found = rebuilding(world, rest=meanwhile).run()
    assert len(paused) == 2
    assert {one.position for one in found} == {before + 1}
    check_right(world)


def test_the_plain_swap_would_show_such_a_reader_half_filled_tables(world):
    """What we guard against is real."""
    with psycopg.connect(world.url, autocommit=True) as reader, psycopg.connect(world.url) as other:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        reader.execute("SELECT 1")
        assert other.execute("SELECT count(*) FROM cycles").fetchone() == (6,)
        other.rollback()
        run(world)
        assert reader.execute("SELECT count(*) FROM cycles").fetchone() == (0,)


def test_it_gives_up_waiting_for_a_moment_so_that_others_can_read(world):
    with world.store.snapshot(), pytest.raises(InUse), world.store.replacing(0.01):
        raise AssertionError("somebody was reading")
    with world.store.replacing(0.01) as held:
        assert held.position() == world.position(), "the same thread reads in its own turn"
        assert cycles(held.connection) == 6
    assert world.position() > 0


def test_what_is_read_and_written_while_nobody_reads_is_all_or_nothing(world):
    def fail():
        with world.store.replacing() as held:
            held.connection.execute(text("DELETE FROM cycles"))
            assert cycles(held.connection) == 0
            with world.store.reading() as inside:
                assert cycles(inside) == 0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with world.store.reading() as after:
        assert cycles(after) == 6


def test_roles_keep_their_rights_and_the_owner_their_tables(world):
    with psycopg.connect(world.url, autocommit=True) as link:
        for role in ("rf_reader", "rf_owner"):
            link.execute(f"DROP ROLE IF EXISTS {role}")
            link.execute(f"CREATE ROLE {role}")
        link.execute("GRANT SELECT ON cycles TO rf_reader WITH GRANT OPTION")
        link.execute("GRANT SELECT, UPDATE ON tasks TO PUBLIC")
        link.execute("GRANT CREATE ON SCHEMA public TO rf_owner")
        link.execute("ALTER TABLE people OWNER TO rf_owner")
        before = parts(world)
        run(world)
        assert parts(world) == before
        link.execute("DROP OWNED BY rf_reader, rf_owner")
        link.execute("DROP ROLE rf_reader, rf_owner")


def test_on_sqlite_a_reader_keeps_the_tables_that_it_began_with(on_sqlite):
    world = on_sqlite
    before = rows(world)["cycles"]
    with world.store.snapshot() as reader:
        run(world)
        world.open("hazel", "lena", year="2029-30")
        assert cycles(reader.connection) == len(before)
        with world.store.snapshot() as later:
            assert cycles(later.connection) == len(before) + 1
    check_right(world)
