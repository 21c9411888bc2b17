"""`store copy` and `store reopen`: a store moves, and comes back if nothing was recorded at its new place."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example


@click.command(
    epilog=example(
        "reviewflow store copy --to sqlite:////srv/reviewflow/reviewflow.db --dry-run",
        "reviewflow store copy --to postgresql://reviewflow@db.example/reviewflow",
    )
)
@click.option("--to", "to", required=True, metavar="URL", help="A place where there is nothing: a file, or a database.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def copy(to: str, dry_run: bool, as_json: bool) -> None:
    """Move the store: the same records at another place, and this one closed.

    People go on working meanwhile; only at the end nothing can be recorded for a moment. Killed, it goes on where it
    was when it is run again. Keys and evidence stay where they are; what is to be set afterwards is said.
    """
    from reviewflow.cli.keeping.copying import copying

    copying(to, dry_run=dry_run, as_json=as_json)


@click.command(epilog=example("reviewflow store reopen --dry-run", "reviewflow store reopen"))
@click.option("--to", "to", metavar="URL", help="Where it was moved, as it was given to `store copy`.")
@click.option(
    "--nothing-there", is_flag=True, help="The place is empty, and nothing that was recorded there lies elsewhere."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def reopen(to: str | None, nothing_there: bool, dry_run: bool, as_json: bool) -> None:
    """Take a move back, as long as nothing was recorded at the new place.

    The new store is closed first. Refused if it has a record of its own, or cannot be asked.
    """
    from reviewflow.cli.keeping.reopening import reopening

    reopening(to, nothing_there=nothing_there, dry_run=dry_run, as_json=as_json)
