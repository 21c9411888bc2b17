"""Bringing a store of an older release to what this one wants."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example


@click.command(epilog=example("reviewflow store upgrade --dry-run", "reviewflow store upgrade"))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def upgrade(dry_run: bool, as_json: bool) -> None:
    """Bring the tables of a store that an older release made to what this release wants.

    All of it or nothing, in one transaction: killed at any moment, it leaves the store as it was. A store that has
    what is wanted is left alone. It is not undone: make a backup first, and end every process of the older release
    that uses the store.
    """
    from reviewflow.cli.keeping.upgrading import upgrading

    upgrading(dry_run, as_json)
