"""The main job, told step by step, in a store of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reviewflow.cli.lazy import example


@click.command(epilog=example("reviewflow demo", "reviewflow demo --keep my-demo"))
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Keep the store, in DIR/reviewflow.db; a store that is there already is never touched.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Only say how it ended.")
@click.pass_context
def demo(ctx: click.Context, keep: Path | None, quiet: bool) -> None:
    """Tell the main job step by step, in a store of its own.

    Seven invented schools, three years, 21 cycles: steps, a refusal, a waiver, what is recorded late, somebody
    who is forgotten, and the past replayed. Takes some seconds. Anything that does not come out as told ends it
    with exit code 1.
    """
    from reviewflow.demo.checking import StoryBroken
    from reviewflow.demo.story import tell

    try:
        tell(sys.stdout, keep, quiet=quiet)
    except StoryBroken as broken:
        click.echo(str(broken), err=True)
        ctx.exit(1)
