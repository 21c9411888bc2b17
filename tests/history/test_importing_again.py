"""An import that is repeated changes nothing; one that was cut short goes on where it stopped."""

import os
import signal
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from cli.shell import Shell
from history import imports
from reviewflow.history import importing
from reviewflow.wiring import SystemClock

LINES = [
    "One,2020-03-01,submitted,", "One,2020-03-05,reviewer,Rob", "One,2020-03-05,reviewer,Rob",
    "Two,2020-03-01,submitted,", "One,2020-04-01,approved on,", "One,2020-05-01,closed on,",
    "One,2020-06-01,approved on,",  # refused: after the closing
    "One,2020-07-01,closed on,", "Two,2020-04-01,label,a", "Two,2020-04-01,label,a", "Two,bad,label,b",
]  # fmt: skip


@pytest.fixture
def world():
    made = imports.world()
    yield made
    made.close()


def state(world):
    found = {}
    for name, cycle in imports.cycles(world).items():
        with world.knowing() as known:
            told = [(one.event.topic, one.event.happened) for one in known.cycle_records(cycle.id)]
        found[name] = (cycle.id, cycle.state, told)
    return found


def test_the_same_rows_twice_are_there_once(world, tmp_path):
    first = imports.rows(world, tmp_path, *LINES)
    assert first.outcomes == {"accepted": 8, "unchanged": 1, "refused": 2}
    before, there = state(world), world.position()
    second = imports.rows(world, tmp_path, *LINES)
    assert (state(world), world.position()) == (before, there)
    assert second.outcomes == {"already": 8, "unchanged": 1, "refused": 2}
    assert imports.why(second) == {"bad-date": 1, "later-rows-recorded": 1}


def test_a_row_refused_before_is_not_judged_by_what_came_after_it(world, tmp_path):
    """The approval in June was refused, for the cycle closed in May; now it closed in July."""
    imports.rows(world, tmp_path, *LINES)
    assert str(imports.cycles(world)["One"].last("record_approval").happened) == "2020-04-01"
    imports.rows(world, tmp_path, *LINES, retry=True)
    assert str(imports.cycles(world)["One"].last("record_approval").happened) == "2020-06-01"


def test_what_was_refused_is_tried_again_when_asked_for(world, tmp_path):
    parsed = imports.SIMPLE.replace("people: {register: true}\n", "")
    lines = ["One,2020-03-01,submitted,", "One,2020-03-05,reviewer,rob@birch.example", "One,2020-04-01,approved,"]
    assert imports.why(imports.rows(world, tmp_path, *lines, parsed=parsed)) == {"no-such-person": 1}
    assert imports.why(imports.rows(world, tmp_path, *lines)) == {"later-rows-recorded": 1}
    assert imports.rows(world, tmp_path, *lines, retry=True).outcomes == {"already": 2, "accepted": 1}


def test_the_very_same_row_twice_in_a_case_is_two_rows(world, tmp_path):
    imports.rows(world, tmp_path, *LINES)
    assert len(imports.cycles(world)["Two"].said["add_label"]) == 2


def test_a_longer_file_adds_what_is_new(world, tmp_path):
    imports.rows(world, tmp_path, *LINES[:4])
    report = imports.rows(world, tmp_path, *LINES)
    assert report.outcomes == {"already": 3, "unchanged": 1, "accepted": 5, "refused": 2}


def test_what_came_since_may_come_in_a_file_of_its_own(world, tmp_path):
    imports.rows(world, tmp_path, *LINES[:4])
    report = imports.rows(world, tmp_path, *LINES[4:])
    assert report.outcomes == {"accepted": 5, "refused": 2}


def test_the_order_of_columns_does_not_matter(world, tmp_path):
    imports.rows(world, tmp_path, "One,2020-03-01,submitted,")
    file = tmp_path / "turned.csv"
    file.write_text("What,Who,When,Case\nsubmitted,,2020-03-01,One\n", encoding="utf-8")
    assert imports.take(world, file).outcomes == {"already": 1}


def test_under_another_name_of_the_mapping_rows_are_others(world, tmp_path):
    imports.rows(world, tmp_path, "One,2020-03-01,submitted,")
    other = imports.SIMPLE.replace("mapping: simple", "mapping: other")
    assert imports.rows(world, tmp_path, "One,2020-03-01,submitted,", parsed=other).outcomes == {"accepted": 1}


def test_a_key_tells_one_row_from_another(world, tmp_path):
    parsed = imports.SIMPLE.replace("rows:", 'key: "{What} {When}"\nrows:', 1)
    imports.rows(world, tmp_path, "One,2020-03-01,submitted,x", parsed=parsed)
    assert imports.rows(world, tmp_path, "One,2020-03-01,submitted,y", parsed=parsed).outcomes == {"already": 1}


@pytest.mark.parametrize("batch", [1, 2, 3, 5, 500])
def test_the_size_of_a_batch_changes_nothing(tmp_path, monkeypatch, batch):
    told = []
    for size in (batch, 500):
        monkeypatch.setattr(importing, "A_BATCH", size)
        made = imports.world()
        report = imports.rows(made, tmp_path, *LINES)
        told.append((report.outcomes, imports.why(report), {name: rest[1:] for name, rest in state(made).items()}))
        made.close()
    assert told[0] == told[1]


@pytest.mark.parametrize("stopped", range(1, len(LINES) + 1))
def test_cut_short_anywhere_it_goes_on(tmp_path, monkeypatch, stopped):
    """Batches of one row, and the process dies after some of them."""
    whole = imports.world()
    imports.rows(whole, tmp_path, *LINES)
    made = imports.world()
    monkeypatch.setattr(importing, "A_BATCH", 1)
    left = [stopped]
    real = made.engine.handle_all

    def dying(commands: Any, **more: Any) -> Any:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return real(commands, **more)

    monkeypatch.setattr(made.engine, "handle_all", dying)
    try:
        imports.rows(made, tmp_path, *LINES)
    except KeyboardInterrupt:
        monkeypatch.setattr(made.engine, "handle_all", real)
        imports.rows(made, tmp_path, *LINES)
    first, second = state(whole), state(made)
    assert {name: rest[1:] for name, rest in first.items()} == {name: rest[1:] for name, rest in second.items()}
    whole.close()
    made.close()


KILLED = """
import os, signal, sys
from reviewflow.history import importing
importing.A_BATCH = 7
from reviewflow.engine import Engine
real, left = Engine.handle_all, [int(sys.argv[1])]
def dying(self, commands, **more):
    answers = real(self, commands, **more)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return answers
Engine.handle_all = dying
from reviewflow.cli.app import door
door(["history", "import", "rows.csv", "--map", "mapping.yaml", "--json"])
"""


def test_killed_between_batches_it_goes_on(tmp_path):
    mapping = imports.SIMPLE
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    lines = [f"Case {n % 9},2026-0{1 + n // 90}-{1 + n // 9 % 28:02},label,{n}" for n in range(180)]
    begin = [f"Case {n},2026-01-01,submitted," for n in range(9)]
    (tmp_path / "rows.csv").write_text(imports.HEADER + "\n".join([*begin, *lines]) + "\n", encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REVIEWFLOW_")}
    environment["REVIEWFLOW_ACTOR"] = "ada@council.example"

    shell = Shell(tmp_path, SystemClock())
    shell.run("init", "--admin", "Ada", "--email", "ada@council.example", "--programme", "Invented")
    shell.env["REVIEWFLOW_ACTOR"] = environment["REVIEWFLOW_ACTOR"]
    shell.run("workflow", "publish", "open-software-review")
    shell.run("person", "role", "ada@council.example", "editor_in_chief", "--in", "invented", "--since", "2020-01-01")
    (tmp_path / "killed.py").write_text(textwrap.dedent(KILLED), encoding="utf-8")
    for batches in (2, 5, 9):
        done = subprocess.run(
            [sys.executable, "killed.py", str(batches)], cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
    words = ("history", "import", str(tmp_path / "rows.csv"), "--map", str(tmp_path / "mapping.yaml"))
    assert shell.json(*words)["refused"] == 0
    assert shell.json(*words)["already"] == 189
    assert len(shell.json("cycle", "list")["cycles"]) == 9
