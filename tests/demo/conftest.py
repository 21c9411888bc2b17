"""The demo is told once for all of these tests, with settings about that must not lead it astray."""

from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from reviewflow.cli.app import door


class Told(NamedTuple):
    """What was printed, and the folder that was kept."""

    text: str
    folder: Path

    def chapter(self, number: int) -> str:
        """One chapter with its heading."""
        _, _, after = self.text.partition(f"\n{number}. ")
        return after.partition(f"\n{number + 1}. ")[0]


ASTRAY = {
    "REVIEWFLOW_STORE": "sqlite:////nowhere/else.db",
    "REVIEWFLOW_KEYS": "/nowhere/else.keys",
    "REVIEWFLOW_MASTER_KEY": "no key at all",
    "REVIEWFLOW_ACTOR": "nobody",
}


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    """The whole story, kept."""
    folder = tmp_path_factory.mktemp("demo") / "a new folder"
    result = CliRunner().invoke(door, ["demo", "--keep", str(folder)], env=ASTRAY)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return Told(result.stdout, folder)
