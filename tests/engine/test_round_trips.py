"""What a command costs across a network: how often it waits for the server, and how often while it holds the lock."""

from __future__ import annotations

import pytest

from kit.checking import check_everything
from kit.stored import StoredWorld
from kit.world import spp, spp_people
from reviewflow.store.postgresql_connection import GatheringConnection
from reviewflow.store.sql import SqlStore


class Waits:
    """How often somebody waited for the server: for one statement, or for several sent together."""

    def __init__(self, monkeypatch) -> None:
        self.all, self.appending = 0, 0
        wait, go, append = GatheringConnection.wait, GatheringConnection._go, SqlStore._append

        def counted(connection, *args: object, **more: object) -> object:
            self.all += 1
            return wait(connection, *args, **more)

        def gone(connection, *parts: object) -> object:
            self.all += 1
            return go(connection, *parts)

        def appended(*args: object, **more: object) -> object:
            before = self.all
            try:
                return append(*args, **more)
            finally:
                self.appending += self.all - before

        monkeypatch.setattr(GatheringConnection, "wait", counted)
        monkeypatch.setattr(GatheringConnection, "_go", gone)
        monkeypatch.setattr(SqlStore, "_append", appended)

    def of(self, job) -> tuple[int, int]:
        self.all = self.appending = 0
        job()
        return self.all, self.appending


@pytest.fixture
def waits(monkeypatch):
    return Waits(monkeypatch)


@pytest.fixture
def world(tmp_path, postgres_url):
    made = spp_people(StoredWorld(folder=tmp_path, url=postgres_url))
    made.open("hazel", "lena")
    made.do("choose_focus", "hanna", focus_areas=["Pupils' writing"])
    yield made
    made.close()


def test_a_command_waits_three_times_and_twice_of_it_for_the_append(world, waits):
    # Position, command id and the versions of what such a command reads; the append; the views with the commit.
    assert waits.of(lambda: world.do("choose_focus", "hanna", focus_areas=["Reading"])) == (3, 2)


def test_nor_does_it_wait_longer_under_the_lock_when_the_open_tasks_change(world, waits):
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    *_, appending = waits.of(lambda: world.do("start_self_evaluation", "hanna"))
    assert appending == 2


def test_a_statement_that_changes_no_row_is_found_out_and_all_of_it_done_again_one_by_one(
    tmp_path, postgres_url, waits
):
    world = StoredWorld(folder=tmp_path, url=postgres_url)
    world.install()
    *_, appending = waits.of(lambda: world.publish(spp()))  # takes the same edition away first, and there is none
    assert appending > 2
    check_everything(world)
    world.close()
