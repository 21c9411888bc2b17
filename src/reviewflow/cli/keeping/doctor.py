"""Looking at everything that could be wrong."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example


@click.command(epilog=example("reviewflow doctor", "reviewflow doctor --deep --json > doctor.json"))
@click.option("--deep", is_flag=True, help="Also read every record, open every text and file, rebuild every view.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
@click.pass_context
def doctor(ctx: click.Context, deep: bool, as_json: bool) -> None:
    """Look at everything that could be wrong, say how each is, and what to do about it.

    Nothing is changed. It does not stop at the first thing that is wrong, and looks as far as it can at a store that
    cannot be opened. Exit code 1 if there is any fault; warnings alone give 0. What it writes holds no names, texts
    or keys, and may be passed on to whoever helps you.
    """
    from reviewflow.cli.keeping.doctoring import looking

    if looking(deep, as_json):
        ctx.exit(1)
