"""A small world on a real store of either kind, and what its views' tables are, down to their indexes."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from kit.stored import StoredWorld
from kit.world import spp_people
from reviewflow.following.filling import Filling
from reviewflow.following.rebuilding import Rebuilding
from reviewflow.views.comparing import compare
from reviewflow.views.rebuild import rebuild
from reviewflow.views.scratch import scratch

HERE = Path(__file__).parent


def a_world(folder: Path, url: str | None = None) -> StoredWorld:
    """People, schools and a few cycles under way: some 70 records."""
    world = spp_people(StoredWorld(folder=folder, url=url))
    world.open("hazel", "lena")
    world.do("choose_focus", "hanna", focus_areas=["Pupils' writing"])
    world.assign("peer_reviewer", "rob", "lena")
    world.offer("peer_reviewer", "wilma", "lena")
    world.leave("peer_reviewer", "rob")
    for school in ("rowan", "willow", "alder", "birch"):
        world.names["cycle"] = ""
        world.open(school, "lena")
    world.open("hazel", "lena", year="2027-28")
    return world


def rebuilding(world: StoredWorld, *names: str, **more: Any) -> Rebuilding:
    installation = world.installation
    more.setdefault("batch", 20)
    return Rebuilding(installation.store, installation.views, installation.clock, names, **more)


def run(world: StoredWorld, *names: str, afresh: bool = False, **more: Any) -> dict[str, Filling]:
    """What came of it, by the name of the view."""
    return {one.view.name: one for one in rebuilding(world, *names, **more).run(afresh=afresh)}


def every_view(world: StoredWorld) -> list[Any]:
    views = world.installation.views
    return [*views.synchronous, *views.following]


def rows(world: StoredWorld) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every view."""
    with world.store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for view in every_view(world)
            for table in view.tables
        }


def check_right(world: StoredWorld) -> None:
    """The synchronous views are what a plain rebuild in another place gives, and nothing is left over."""
    views = world.installation.views.synchronous
    with world.store.snapshot() as snapshot, scratch() as elsewhere:
        rebuild(snapshot, elsewhere, views)
        assert compare(snapshot.connection, elsewhere, views) is None
        assert not [name for name in inspect(snapshot.connection).get_table_names() if "__" in name]
        left = text("SELECT name FROM followers WHERE name LIKE 'rebuild:%'")
        assert snapshot.connection.execute(left).all() == []


def parts(world: StoredWorld) -> set[tuple[str, ...]]:
    """Tables, columns, keys, indexes and constraints; on SQLite without the `__2` of every second rebuild's indexes."""
    with world.store.reading() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all()
            return {tuple(re.sub(r"__2\b", "", str(part)).replace('"', "") for part in row) for row in found}
        asked = [
            "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
            """SELECT conname, contype::text, pg_get_constraintdef(oid), conrelid::regclass::text FROM pg_constraint
            WHERE connamespace = current_schema()::regnamespace""",
            """SELECT attrelid::regclass::text, attname, atttypid::regtype::text, attnotnull::text, attcollation::text
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = current_schema()::regnamespace AND attnum > 0""",
            """SELECT relname, pg_get_userbyid(relowner), relacl::text FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace""",
        ]
        return {tuple(map(str, row)) for one in asked for row in connection.execute(text(one))}


@contextmanager
def commands_meanwhile(world: StoredWorld) -> Iterator[list[str]]:
    """Another process commands and asks all the time inside; what it said so far. It has nothing but success."""
    people = [f"{name}={id_}" for name, id_ in world.names.items()]
    words = [sys.executable, str(HERE / "commanding.py"), str(world.folder), world.settings.store, *people]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    assert process.stderr
    said: list[str] = []
    heard = threading.Thread(target=said.extend, args=(process.stdout,))
    try:
        heard.start()
        yield said
        process.stdin.close()
        heard.join(60)
        assert process.wait(60) == 0, process.stderr.read()
        assert all(line.startswith("done ") for line in said), said
    finally:
        process.kill()
        process.wait()
        heard.join()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
