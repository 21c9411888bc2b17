"""Questions about cycles."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Reading, reading


@click.command(
    "list",
    epilog=example("reviewflow cycle list --partnership north", "reviewflow cycle list --state follow_up --json"),
)
@click.option("--programme", metavar="PROGRAMME", help="Only those of a programme.")
@click.option("--partnership", metavar="PARTNERSHIP", help="Only those of a partnership.")
@click.option("--subject", metavar="ORGANISATION", help="Only those that review this organisation.")
@click.option("--workflow", metavar="WORKFLOW", help="Only those that follow a workflow.")
@click.option("--state", metavar="STATE", help="Only those in a state, or in a stage.")
@click.option("--year", metavar="YEAR", help="Only those of a year, as in 2026-27.")
@click.option("--involving", metavar="PERSON", help="Only those in which a person has a part.")
@click.option("--running", is_flag=True, help="Only those that have not ended.")
@click.option("--after", metavar="HANDLE", help="Only those whose handle comes after this one: the next page.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="At most this many.")
@reading
def list_(
    programme: str | None, partnership: str | None, subject: str | None, workflow: str | None, state: str | None,
    year: str | None, involving: str | None, running: bool, after: str | None, limit: int, how: Reading,
) -> None:  # fmt: skip
    """List cycles by handle, and where they stand."""
    from reviewflow.asking.cycle_list import Wanted
    from reviewflow.cli.cycle_listing import listing

    listing(Wanted(programme, partnership, subject, workflow, state, year, involving, running, after, limit), how)


@click.command(
    epilog=example(
        "reviewflow cycle show hazel-2026-1", "reviewflow cycle show hazel-2026-1 --as-of 2027-01-31 --history"
    )
)
@click.argument("cycle")
@click.option("--history", is_flag=True, help="Also everything that happened, in order.")
@reading
def show(cycle: str, history: bool, how: Reading) -> None:
    """Show a cycle: where it is, who takes part, what was said, what stands beside it."""
    from reviewflow.cli.cycle_showing import showing

    showing(cycle, history, how)


@click.command(
    "next",
    epilog=example("reviewflow cycle next hazel-2026-1", "reviewflow cycle next hazel-2026-1 --as lena@hazel.example"),
)
@click.argument("cycle")
@click.option("--all", "everything", is_flag=True, help="Also the steps that belong to other states, with why not.")
@click.option("--for", "behalf", metavar="PERSON", help="With --as: what that one can do, standing in for PERSON.")
@reading
def next_(cycle: str, everything: bool, behalf: str | None, how: Reading) -> None:
    """Show what can be done now, by whom and by when, and for the rest why not.

    With --as PERSON: what this person can do. It is judged by the very code that decides.
    """
    from reviewflow.cli.cycle_next import telling

    if behalf is not None and how.viewer is None:
        raise click.UsageError("--for says for whom somebody stands in: give --as PERSON with it")
    telling(cycle, everything, behalf, how)
