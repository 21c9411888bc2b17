"""The page about the command line equals the help."""

from pathlib import Path

import click

from reviewflow.cli.reference import commands, render

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


def test_the_page_is_what_the_help_says():
    want = "run: python -m reviewflow.cli.reference > docs/reference/cli.md"
    assert PAGE.read_text(encoding="utf-8") == render(), want


def test_the_page_does_not_depend_on_what_was_asked_before():
    before = render()
    for _, command, _ in commands():
        command._help_option = None
        command.get_help_option(click.Context(command))
    assert render() == before
