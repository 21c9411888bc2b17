"""`workflow diff`: what a definition changes against the edition that is published here."""

from pathlib import Path

import pytest

from cli.shell import ADA, Shell
from reviewflow.shipped import shipped

TEXT = Path(shipped()["open-software-review"]).read_text(encoding="utf-8")


@pytest.fixture
def shell(tmp_path):
    """A store with one workflow."""
    made = Shell(tmp_path)
    made.env["REVIEWFLOW_ACTOR"] = ADA
    made.run("init", "--admin", "Ada Example", "--email", ADA, "--programme", "Open Reviews")
    return made


def written(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_each_difference_is_a_line_with_what_was_and_what_is(shell, tmp_path):
    shell.run("workflow", "publish", "open-software-review")
    assert "0 differences" in shell.run("workflow", "diff", "open-software-review").stdout
    title = next(line for line in TEXT.splitlines() if line.startswith("title: "))
    file = written(tmp_path, TEXT.replace(title, "title: Another title"))
    told = shell.run("workflow", "diff", file).stdout.splitlines()
    assert told[0].startswith("open-software-review, edition 2026: 1 difference from edition 2026")
    assert told[1:] == [f"title: {title.removeprefix('title: ')} -> Another title"]
    data = shell.json("workflow", "diff", file)
    assert [one["how"] for one in data["changes"]] == ["changed"]
    assert data["before"]["edition"] == "2026"
    shell.run("workflow", "publish", file)
    assert "0 differences" in shell.run("workflow", "diff", file).stdout
    first = data["before"]["digest"][:12]
    assert "1 difference" in shell.run("workflow", "diff", file, "--against", first).stdout


def test_what_cannot_be_compared_is_said(shell, tmp_path):
    assert "no edition of it is published here" in shell.run("workflow", "diff", "open-software-review").stdout
    shell.run("workflow", "publish", "open-software-review")
    fault = shell.fault("workflow", "diff", "open-software-review", "--against", "none", code=2)
    assert fault["faults"][0]["where"] == "--against"
    broken = written(tmp_path, TEXT.replace("subject: project", "subject: castle"))
    found = shell.run("workflow", "diff", broken, code=2).stderr
    assert "castle" in found
