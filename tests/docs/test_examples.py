"""The examples in the documents run: each `$ ` line of a console block, in order, in one empty folder a page."""

import os
import re
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
TUTORIAL = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
"""Run by `test_tutorial.py`: long pages of their own, so that another worker may take them."""
OTHERS = [ROOT / "README.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
PAGES = [*TUTORIAL, *OTHERS]
INSTALLED = str(Path(sys.executable).parent)


def commands(page: Path) -> list[tuple[str, int]]:
    """Each command with the exit code it should have: 0, or what `# exit N` says."""
    found = []
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        lines = iter(block.replace("\\\n", " ").splitlines())
        for line in lines:
            if line.startswith("$ "):
                said = re.search(r"# exit (\d+)", line)
                command = line[2:].partition("  # exit")[0]
                if ends := re.search(r"<<'(\w+)'$", command):  # what a file is made of, up to its last word
                    command = "\n".join([command, *takewhile(ends.group(1).__ne__, lines), ends.group(1)])
                found.append((command, int(said.group(1)) if said else 0))
    return found


def run(page: Path, folder: Path, programs: Path, **more: str) -> None:
    """Every command of a page, in one shell, in an empty folder; each must end with the code it says.

    `programs` is the folder of the `reviewflow` that the shell finds.
    """
    found = commands(page)
    assert found or page.name != "README.md", "the README shows no command"
    script = ["set -u"]
    for number, (command, code) in enumerate(found):
        script.append(
            f'{command}\ncode=$?; [ $code = {code} ] || {{ echo "command {number} gave $code, want {code}"; exit 99; }}'
        )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REVIEWFLOW_")}
    environment |= more
    environment["PATH"] = os.pathsep.join([str(programs), INSTALLED, environment["PATH"]])
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "here-document" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("page", OTHERS, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page, tmp_path, request, forked):
    named = sorted(set(re.findall(r"\$(\w+_DATABASE)\b", page.read_text(encoding="utf-8"))))
    server = request.getfixturevalue("postgres") if named else None
    databases = {name: server.fresh() for name in named}  # the page says that they are there already
    try:
        # The README's commands are started, as everybody does; those of the others are forked, in a fifth of the time.
        run(page, tmp_path, Path(INSTALLED) if page.name == "README.md" else forked, **databases)
    finally:
        for url in databases.values():
            server.drop(url)
