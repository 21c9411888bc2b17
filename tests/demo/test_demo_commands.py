"""What the story says one would type: all of it is understood, and the last chapter's commands work when kept."""

import re
import shlex
import shutil

import click
import pytest
from click.testing import CliRunner

from reviewflow.cli.app import door
from reviewflow.demo.afterwards import NOTE, commands
from reviewflow.demo.checking import StoryBroken, expect
from reviewflow.demo.story import STORE
from reviewflow.demo.telling import Teller, folded
from reviewflow.errors import Refused, Unmet


def shown(text):
    """Every command line of the story, as a shell would split it."""
    whole = re.sub(r" \\\n *", " ", text)
    lines = re.findall(r"^ *\$ (.+)$", whole, re.MULTILINE)
    return [[word for word in shlex.split(line) if not word.startswith("REVIEWFLOW_")] for line in lines]


def understood(words):
    """Parse a command line as the door would, and run nothing."""
    name, *rest = words
    assert name == "reviewflow"
    command, context = door, click.Context(door, info_name=name, **door.context_settings)
    while isinstance(command, click.Group):
        name, *rest = rest
        command = command.get_command(context, name)
        assert command is not None, name
        # Without its parent a command would remember other names of its help option, for all later tests.
        settings = command.context_settings
        group = isinstance(command, click.Group)
        context = (
            click.Context(command, context, name, **settings) if group else command.make_context(name, rest, context)
        )
    return context.params


def test_every_command_shown_is_understood(told):
    lines = [words for words in shown(told.text) if words[0] == "reviewflow"]
    assert len(lines) > 60
    for words in lines:
        assert understood(words) is not None


def test_the_kept_store_can_be_used_as_the_last_chapter_says(told, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(told.folder, copy)
    first, *rest = commands(copy / STORE)
    env = dict(word.partition("=")[::2] for word in first[1:])
    for words in rest:
        result = CliRunner().invoke(door, words[1:], env=env)
        assert result.exit_code == 0, (words, result.output)
        assert result.stdout.strip()
    assert shown(told.chapter(10))[-len(rest) :] == rest


def test_the_last_chapter_says_which_settings_would_be_in_the_way(told):
    assert ["unset", "REVIEWFLOW_KEYS", "REVIEWFLOW_MASTER_KEY"] in [
        line.split() for line in re.findall(r"\$ (unset .+)", told.text)
    ]


def test_a_kept_folder_says_what_it_is(told):
    assert "Everything in it is invented" in (told.folder / NOTE).read_text("utf-8")


def test_a_store_that_is_there_is_never_touched(told):
    before = {file: file.read_bytes() for file in told.folder.rglob("*") if file.is_file()}
    result = CliRunner().invoke(door, ["demo", "--keep", str(told.folder)])
    assert result.exit_code == 2
    assert "a file that exists" in result.stderr
    assert {file: file.read_bytes() for file in told.folder.rglob("*") if file.is_file()} == before


def test_a_story_that_does_not_come_out_as_told_ends_loudly_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("reviewflow.demo.story.create_installation", lambda *_: [])
    result = CliRunner().invoke(door, ["demo"])
    assert result.exit_code == 1
    assert "the story did not come out as told" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_that_the_story_does_not_tell_of_ends_it_as_well(tmp_path, monkeypatch):
    def refuse(_hand):
        raise Refused("something", [Unmet("odd", "nobody expected this")])

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("reviewflow.demo.story.found", refuse)
    result = CliRunner().invoke(door, ["demo", "--quiet"])
    assert result.exit_code == 1
    assert "the story did not come out as told: chapter 0" in result.stderr
    assert "nobody expected this" in result.stderr
    assert (result.stdout, list(tmp_path.iterdir())) == ("", [])


def test_what_is_expected_must_be_so():
    expect("one", 1, 1)
    with pytest.raises(StoryBroken, match="the number: got 2; want 1"):
        expect("the number", 2, 1)


def test_a_folded_command_is_still_one_command():
    words = ["reviewflow", "cycle", "do", "x", *(w for n in range(9) for w in ("--set", f"field{n}=it's a text"))]
    lines = folded(words)
    assert len(lines) > 1
    assert shlex.split("\n".join(lines).removeprefix("$ ").replace("\\\n", "")) == words


@pytest.mark.parametrize("word", ["$HOME", "a`b`", 'say "x"', "it's $1", "!x", "", "a b"])
def test_what_a_shell_would_expand_is_quoted(word):
    assert shlex.split(" ".join(folded(["reviewflow", word])))[2:] == [word]


def test_quietly_only_the_end_is_told(capsys):
    import sys

    teller = Teller(sys.stdout, quiet=True)
    teller.chapter("A title", "Text.")
    teller.command(["reviewflow", "status"])
    teller.outcome("done")
    with teller.passing("years", 1) as beat:
        beat()
    teller.always("the end")
    assert capsys.readouterr().out == "the end\n"
