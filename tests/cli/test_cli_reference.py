"""The page about the command line equals the help."""

from pathlib import Path

from reviewflow.cli.reference import render

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


def test_the_page_is_what_the_help_says():
    want = "run: python -m reviewflow.cli.reference > docs/reference/cli.md"
    assert PAGE.read_text(encoding="utf-8") == render(), want
