"""An import that several processes share comes to the same as one alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.shell import Shell
from history import imports
from reviewflow.history.sharing import Share, added_up
from reviewflow.history.told import PLACES
from reviewflow.wiring import SystemClock

SRC = Path(__file__).parents[2] / "src"
NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel")
LINES = [
    line
    for number, day in enumerate((1, 5, 9))
    for name in NAMES
    for line in (
        (f"{name},2020-03-0{day},submitted,", f"{name},2020-03-0{day},editor,Edith"),
        (f"{name},2020-03-0{day},reviewer,Rob", f"{name},bad,label,x", f"{name},2020-03-0{day},noise,"),
        (f"{name},2020-03-0{day},approved,", f"{name},2020-03-0{day},closed on,"),
    )[number]
]


def told(world):
    found = {}
    for name, cycle in imports.cycles(world).items():
        with world.knowing() as known:
            events = [(one.event.topic, one.event.happened) for one in known.cycle_records(cycle.id)]
        found[name] = (cycle.id, cycle.handle, cycle.state, events)
    return found


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_the_shares_together_are_the_whole(tmp_path, parts):
    alone, shared = imports.world(), imports.world()
    try:
        whole = imports.rows(alone, tmp_path, *LINES)
        reports = [imports.rows(shared, tmp_path, *LINES, share=Share(n, parts)) for n in reversed(range(parts))]
        assert told(shared).keys() == told(alone).keys()
        assert [one[1:] for _, one in sorted(told(shared).items())] == [
            one[1:] for _, one in sorted(told(alone).items())
        ]
        together = added_up(reports)
        assert together.data | {"refused_because": 0} == whole.data | {"refused_because": 0}
        assert whole.outcomes["refused"] > 0
        places = [place.place for place in together.refused["bad-date"].places]
        assert places == [place.place for place in whole.refused["bad-date"].places]
        assert len(places) <= PLACES
    finally:
        alone.close()
        shared.close()


def test_each_subject_belongs_to_one_share():
    for name in NAMES:
        assert sum(Share(n, 3).holds(name) for n in range(3)) == 1
    assert {n for name in NAMES for n in range(3) if Share(n, 3).holds(name)} == {0, 1, 2}


def test_processes_share_an_import_and_a_second_run_changes_nothing(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REVIEWFLOW_")}
    environment |= {
        "PYTHONPATH": str(SRC), "REVIEWFLOW_STORE": f"sqlite:///{tmp_path / 'reviewflow.db'}",
        "REVIEWFLOW_ACTOR": "ada@invented.example",
    }  # fmt: skip

    def run(*words: str, code=0):
        command = [sys.executable, "-m", "reviewflow", *words, "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    shell = Shell(tmp_path, SystemClock())
    shell.run("init", "--admin", "Ada Invented", "--email", "ada@invented.example", "--programme", "Invented Journal")
    shell.env["REVIEWFLOW_ACTOR"] = environment["REVIEWFLOW_ACTOR"]
    shell.run("workflow", "publish", "open-software-review")
    years = ["--since", "2010-01-01", "--until", "2020-12-31"]
    shell.run("person", "role", "ada@invented.example", "administrator", "--in", "installation", *years)
    (tmp_path / "mapping.yaml").write_text(imports.SIMPLE, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(imports.HEADER + "".join(f"{one}\n" for one in LINES), encoding="utf-8")
    words = ["history", "import", str(tmp_path / "rows.csv"), "--map", str(tmp_path / "mapping.yaml"), "--jobs"]
    first = run(*words, "3", code=1)
    assert (first["rows"], first["cases"]) == (len(LINES), len(NAMES))
    again = run(*words, "2", code=1)
    assert again["already"] == first["accepted"]
    assert again["events"] == 0
