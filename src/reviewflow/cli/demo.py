"""The main job, told step by step."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example


@click.command(epilog=example("reviewflow demo", "reviewflow demo --keep ./try"))
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Keep the store, in this folder; without it, it is gone at the end.",
)
def demo(keep: str | None) -> None:
    """Tell the main job step by step, in a store of its own: one cycle from opening to follow-up.

    Everybody in it is invented. With --keep the store stays, and every other command can be tried on it.
    """
    from pathlib import Path

    from reviewflow.demo.story import tell

    tell(keep=Path(keep) if keep else None)
