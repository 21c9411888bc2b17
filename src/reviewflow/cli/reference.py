"""docs/reference/cli.md, made of every command's help: `python -m reviewflow.cli.reference > docs/reference/cli.md`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from reviewflow.cli.app import door
from reviewflow.cli.failures import EXIT_CODES

WIDTH: Final = 100

_HEAD: Final = """# The command line

Made from the help of every command; a test compares the two. `reviewflow COMMAND --help` says the same.

## Exit codes

| code | meaning |
|---|---|
| 0 | done |
"""
_MEANS: Final = {
    1: "the answer is no: refused, or a difference was found that `--exit-code` asked about",
    2: "wrong usage, or a fault in what was given, a file included",
    3: "somebody else was first, again after three retries",
    4: "integrity broken, or a history that cannot be",
    5: "the store or its keys cannot be reached",
    70: "a fault of ours; `REVIEWFLOW_DEBUG=1` shows all of it",
    74: "the answer could not be written",
    130: "interrupted",
}


def commands(
    command: click.Command = door, parent: click.Context | None = None, name: str = "reviewflow"
) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command and group with its path, in the order of the help."""
    context = click.Context(command, parent, name, terminal_width=WIDTH, **command.context_settings)
    yield context.command_path, command, context
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            yield from commands(found, context, sub)


def render() -> str:
    """The whole page."""
    assert set(EXIT_CODES.values()) <= set(_MEANS)
    parts = [_HEAD + "".join(f"| {code} | {means} |\n" for code, means in _MEANS.items())]
    for path, command, context in commands():
        # click keeps the help option of the first context it meets, which may have been one without our -h.
        command._help_option = None  # noqa: SLF001
        level = "##" if isinstance(command, click.Group) else "###"
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        parts.append(f"{level} {path}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    click.echo(render(), nl=False)
