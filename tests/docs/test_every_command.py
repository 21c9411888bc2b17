"""Every command there is stands in the README, the tutorial or a how-to, in an example that runs."""

import shlex

import click

from docs.test_examples import PAGES, commands
from reviewflow.cli.app import door
from reviewflow.cli.lazy import Commands

BETWEEN = {";", "|", "&&", "||", ">", ">>"}
"""What stands between two commands on one line."""


def leaves(command: click.Command, path: str):
    if isinstance(command, Commands):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from leaves(below, f"{path} {name}")
    else:
        yield path


def run():
    """The commands that the examples run, also those inside a loop or behind a pipe."""
    for page in PAGES:
        for line, _ in commands(page):
            words: list[str] = []
            for word in [*shlex.shlex(line, posix=True, punctuation_chars=True), ";"]:
                if word in BETWEEN:
                    if words[:1] == ["reviewflow"]:
                        yield tuple(words[1:])
                    words = []
                elif not (words == [] and word in {"do", "then"}):
                    words.append(word)


def test_every_command_is_run_by_an_example():
    examples = list(run())
    unshown = []
    for path in leaves(door, "reviewflow"):
        names = tuple(path.split()[1:])
        if not any(words[: len(names)] == names and "--help" not in words for words in examples):
            unshown.append(path)
    assert unshown == []


def test_the_search_would_miss_a_command_that_is_not_there():
    assert not any(words[:2] == ("cycle", "unheard-of") for words in run())
    assert any(words[:2] == ("cycle", "open") for words in run())
