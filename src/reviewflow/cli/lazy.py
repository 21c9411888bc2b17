"""Groups of commands that cost nothing until one is used: help is a table, the code comes when it runs.

Imports nothing but click: `reviewflow --help` must feel instant.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

Table = Mapping[str, tuple[str, str]]
"""Name -> (`module:attribute` in this package, one sentence), in the order in which help lists them."""


class Commands(click.Group):
    """A group that keeps the order it was written in, and says what was perhaps meant."""

    def __init__(self, *args: Any, table: Table | None = None, **kwargs: Any) -> None:
        """`table` holds the commands whose modules are loaded only when they are asked for."""
        super().__init__(*args, **kwargs)
        self.table: Table = table or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in their order."""
        return [*self.table, *(name for name in self.commands if name not in self.table)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of that name, loaded now if it was not before."""
        if cmd_name in self.table and cmd_name not in self.commands:
            module, _, attribute = self.table[cmd_name][0].partition(":")
            self.commands[cmd_name] = getattr(import_module(f"reviewflow.cli.{module}"), attribute)
        return self.commands.get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; for an unknown word, those that it may have meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            names = self.list_commands(ctx)
            near = get_close_matches(name, names, n=3)
            wanted = f"did you mean: {', '.join(near)}?" if near else f"there are: {', '.join(names)}"
            ctx.fail(f"no command {name!r}; {wanted}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table where there is one: nothing is loaded for it."""
        rows = []
        for name in self.list_commands(ctx):
            loaded = None if name in self.table else self.get_command(ctx, name)
            rows.append((name, loaded.get_short_help_str(90) if loaded else self.table[name][1]))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def example(*lines: str) -> str:
    """The end of a command's help: commands that work as they stand."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)
