"""Views are rebuilt while other processes command and ask: nobody is refused, and the live ones equal the log."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from reviewflow.views.cycles import list_cycles
from views.rebuilt import a_world, check_right, commands_meanwhile, parts, rows, run


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request, tmp_path):
    """On either database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    made = a_world(tmp_path, url)
    yield made
    made.close()


def test_commands_and_questions_go_on_in_another_process_through_several_rebuilds(world):
    before = parts(world)
    rebuilds = 0
    with commands_meanwhile(world) as said:
        while len(said) < 20 or rebuilds < 3:
            at = world.position()
            found = run(world)
            assert {name: str(one.difference) for name, one in found.items()} == dict.fromkeys(found, "None")
            assert min(one.position for one in found.values()) >= at
            rebuilds += 1
            assert rebuilds < 300, f"only {len(said)} commands could be given meanwhile"
    check_right(world)
    assert parts(world) == before


def test_a_damaged_row_is_found_told_and_mended(world):
    right = rows(world)
    with world.store.reading() as connection:
        hazel = next(row.id for row in list_cycles(connection) if row.handle.startswith("hazel"))
    with world.store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE cycles SET state = 'nowhere' WHERE id = '{hazel}'")
        connection.exec_driver_sql("DELETE FROM grants")
    found = run(world)
    assert found["tasks"].difference is None
    assert (found["cycles"].difference.key, found["cycles"].difference.columns.keys()) == ((hazel,), {"state"})
    assert "grants" in str(found["registry"].difference)
    assert "is not in the live view" in str(found["registry"].difference)
    assert rows(world) | {"activity": [], "activity_subjects": []} == right
    check_right(world)


def test_a_process_killed_at_any_moment_leaves_what_another_goes_on_with(world):
    before = parts(world)
    words = [sys.executable, str(Path(__file__).with_name("rebuilder.py")), str(world.folder), world.settings.store]
    chance, said = random.Random(7), 0
    for _ in range(2):
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(5, 40)):
                said += bool(process.stdout.readline())
            process.kill()
        world.do("choose_focus", "hanna", focus_areas=[f"Another focus {said}"])
    assert said > 10
    run(world)
    check_right(world)
    assert parts(world) == before
