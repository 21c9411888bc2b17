"""Help that helps: every command says what it does, shows an example, and explains each of its options."""

import re
import shlex

import click
import pytest

from reviewflow.cli.app import TABLE, door
from reviewflow.cli.lazy import Commands
from reviewflow.cli.reference import commands

ALL = {path: (command, context) for path, command, context in commands()}
FIXED = """
demo init status doctor inbox run serve backup restore
programme: add list show set
calendar: import show
workflow: list show check publish diagram diff
organisation: import add list show succeed
partnership: add join leave list show
person: add import export role train declare delegate handover forget list show sign-in
token: add list revoke
cycle: open list show next do agree assign accept decline withdraw evidence note waive consent correct undo
history: import
audit: log replay diff recheck export
vault: show backup restore rotate
store: upgrade copy reopen
effects: list retry drop
views: status rebuild check
"""


def fixed_names():
    for line in FIXED.strip().splitlines():
        group, colon, names = line.partition(":")
        yield from (
            (f"reviewflow {group} {name}" for name in names.split())
            if colon
            else (f"reviewflow {n}" for n in line.split())
        )


def test_the_names_are_those_of_the_design():
    assert {path for path, (command, _) in ALL.items() if not isinstance(command, click.Group)} == set(fixed_names())


@pytest.mark.parametrize("path", ALL)
def test_help_works_and_shows_an_example(path, empty):
    shown = empty.run(*path.split()[1:], "--help").stdout
    assert shown.startswith(f"Usage: {path} ")
    assert "Example:\n" in shown
    assert f"  {path}" in shown.partition("Example:\n")[2]


@pytest.mark.parametrize("path", ALL)
def test_every_option_is_explained(path):
    command, _ = ALL[path]
    unexplained = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert unexplained == []
    assert command.help
    assert command.help.split("\n\n")[0].rstrip().endswith(".")


def examples():
    for path, (command, _) in ALL.items():
        for line in (command.epilog or "").replace("\b", "").splitlines():
            if line.startswith("  reviewflow "):
                yield pytest.param(path, line.strip().partition(" > ")[0], id=line.strip())


@pytest.mark.parametrize(("path", "line"), list(examples()))
def test_every_example_can_be_parsed(path, line):
    words = shlex.split(line)[1:]
    command, context = door, click.Context(door, info_name="reviewflow")
    while isinstance(command, Commands):
        _, command, words = command.resolve_command(context, words)
        context = click.Context(command, context, command.name)
    command.parse_args(context, words)


@pytest.mark.parametrize(
    "path", [path for path, (command, _) in ALL.items() if isinstance(command, Commands) and command.table]
)
def test_a_table_says_the_same_as_the_command(path):
    command, context = ALL[path]
    for name, (_, sentence) in command.table.items():
        loaded = command.get_command(context, name)
        assert loaded.name == name
        assert re.fullmatch(r"[A-Z].*\.", sentence)


def test_reading_commands_share_their_options():
    reading = {"viewer", "as_of", "known_at", "as_json"}
    for path, (command, _) in ALL.items():
        names = {p.name for p in command.params}
        if "viewer" in names:
            assert reading <= names, path
        if path in {"reviewflow cycle correct", "reviewflow cycle undo"}:
            # They are about what is known, and happen when they are given: they have no day of their own.
            assert names >= {"actor", "dry_run", "as_json", "why_", "command_id"}
            assert names.isdisjoint({"on", "at", "latest"})
        elif "actor" in names and "command_id" in names:
            assert {"on", "at", "latest", "dry_run", "as_json", "why_"} <= names, path


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (["cylce"], "cycle"),
        (["cycle", "opn"], "open"),
        (["person", "trian"], "train"),
        (["workflow", "publsh"], "publish"),
    ],
)
def test_a_misspelt_command_is_met_with_what_was_perhaps_meant(typed, wanted, empty):
    assert f"did you mean: {wanted}" in empty.run(*typed, code=2).stderr


def test_a_word_like_no_command_lists_them_all(empty):
    shown = empty.run("xyzzy", code=2).stderr
    assert all(name in shown for name in TABLE)


def test_no_command_at_all_shows_the_help(empty):
    assert "Commands:" in empty.run(code=2).stderr
    assert "Commands:" in empty.run("cycle", code=2).stderr


def test_the_version(empty):
    assert empty.run("--version").stdout.startswith("reviewflow 0.")
