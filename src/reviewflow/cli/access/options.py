"""The options of commands that change what is not in the log: they have no day, no reason and no command id."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from reviewflow.cli.options import Acting


def acting_here(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--as`, `--dry-run` and `--json`; they come as `how`."""

    @wraps(command)
    def run(*args: Any, actor: str | None, dry_run: bool, as_json: bool, **rest: Any) -> Any:
        return command(*args, how=Acting(actor, dry_run=dry_run, json=as_json), **rest)

    for option in reversed([
        click.option("--as", "actor", metavar="PERSON", help="Who asks; without it, REVIEWFLOW_ACTOR or the operator."),
        click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
        click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay."),
    ]):  # fmt: skip
        run = option(run)
    return run
