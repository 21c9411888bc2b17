"""What waits for whom, by when."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Reading, reading


@click.command(
    epilog=example("reviewflow inbox --person lena@hazel.example", "reviewflow inbox --partnership north --json")
)
@click.option(
    "--person", metavar="PERSON", help="Only what waits for this person; with --as and nothing else, for that one."
)
@click.option("--programme", metavar="PROGRAMME", help="Only cycles of a programme.")
@click.option("--partnership", metavar="PARTNERSHIP", help="Only cycles of a partnership.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    metavar="N",
    help="Look at no more than this many cycles.",
)
@click.option("--after", metavar="HANDLE", help="Only cycles whose handle comes after this one: the next page.")
@reading
def inbox(
    person: str | None, programme: str | None, partnership: str | None, limit: int, after: str | None, how: Reading
) -> None:
    """List what waits for whom, the most urgent first."""
    from reviewflow.cli.inbox_reading import listing

    listing(person, programme, partnership, limit, after, how)
