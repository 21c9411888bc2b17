"""The program as people start it: a process of its own, with pipes, signals and odd environments."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SRC = Path(__file__).parents[2] / "src"


def start(world: Path, *words: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REVIEWFLOW_")}
    environment |= {
        "PYTHONPATH": str(SRC),
        "REVIEWFLOW_STORE": f"sqlite:///{world / 'reviewflow.db'}",
        **more.pop("env", {}),
    }
    command = [sys.executable, "-m", "reviewflow", *words]
    return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False, **more)


def test_it_answers_and_exits(world):
    done = start(world, "cycle", "list", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["cycles"][0]["handle"] == "hazel-2026-1"
    assert done.stderr == b""


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["nonsense"], 2), (["cycle", "show", "nothing"], 2)])
def test_exit_codes_reach_the_shell(world, words, code):
    done = start(world, *words)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


def test_help_loads_nothing_but_click():
    script = (
        "import sys; sys.argv = ['reviewflow', '--help']\n"
        "from reviewflow.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "foreign = {n.partition('.')[0] for n in sys.modules} - sys.stdlib_module_names\n"
        "print('LOADED', *sorted(foreign), file=sys.stderr)\n"
        "print('OURS', *sorted(n for n in sys.modules if n.startswith('reviewflow')), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = next(line for line in done.stderr.splitlines() if line.startswith("LOADED")).split()[1:]
    ours = next(line for line in done.stderr.splitlines() if line.startswith("OURS")).split()[1:]
    assert {name for name in loaded if not name.startswith("_")} - {
        "click",
        "reviewflow",
        "sitecustomize",
        "usercustomize",
        "colorama",
    } == set()
    assert ours == ["reviewflow", "reviewflow.cli", "reviewflow.cli.app", "reviewflow.cli.lazy"]


def test_a_group_loads_only_its_own_module():
    script = (
        "import sys; sys.argv = ['reviewflow', 'cycle', '--help']\n"
        "from reviewflow.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('OURS', *sorted(n for n in sys.modules if n.startswith('reviewflow')), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.split()[1:] == [
        "reviewflow",
        "reviewflow.cli",
        "reviewflow.cli.app",
        "reviewflow.cli.cycle",
        "reviewflow.cli.lazy",
    ]


def test_nobody_reads_any_more(world):
    environment = {**os.environ, "PYTHONPATH": str(SRC), "REVIEWFLOW_STORE": f"sqlite:///{world / 'reviewflow.db'}"}
    words = f"'{sys.executable}' -m reviewflow workflow show spp-peer-review --facts"
    script = f"{words} 2>err | head -n 1 >/dev/null; echo ${{PIPESTATUS[0]}}; cat err"
    done = subprocess.run(
        ["bash", "-c", script], env=environment, cwd=world, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "Exception ignored" not in done.stdout + done.stderr
    assert done.stdout.split()[0] in ("0", "141")
    assert "should not have happened" not in done.stdout


def test_nobody_reads_what_went_wrong_either(world):
    reading, writing = os.pipe()
    os.close(reading)
    environment = {**os.environ, "PYTHONPATH": str(SRC), "REVIEWFLOW_STORE": f"sqlite:///{world / 'reviewflow.db'}"}
    command = [sys.executable, "-m", "reviewflow", "status"]
    done = subprocess.run(command, env=environment, cwd=world, stdout=writing, stderr=writing, check=False)
    os.close(writing)
    assert done.returncode == 141, "1 would be an answer"


def test_a_terminal_of_few_characters(world):
    for encoding in ("ascii", "latin-1", "cp1252"):
        few = {"LC_ALL": "C", "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        done = start(world, "cycle", "next", "hazel-2026-1", "--all", env=few)
        assert done.returncode == 0, encoding
        assert b"Can be done now" in done.stdout


def test_a_full_disk_behind_the_output(world):
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        environment = {**os.environ, "PYTHONPATH": str(SRC), "REVIEWFLOW_STORE": f"sqlite:///{world / 'reviewflow.db'}"}
        done = subprocess.run(
            [sys.executable, "-m", "reviewflow", "cycle", "list"],
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 74
    assert b"could not be written" in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_argument_that_is_no_text(world):
    done = start(world, "cycle", "show", os.fsdecode(b"\xff\xfe"))
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
