"""What is done to a store as a whole: upgraded, copied elsewhere."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import Commands, Table, example

TABLE: Table = {
    "copy": ("keeping.copy:copy", "Move the store: the same records at another place, and this one closed."),
    "reopen": ("keeping.copy:reopen", "Take a move back, as long as nothing was recorded at the new place."),
    "upgrade": ("keeping.upgrade:upgrade", "Bring the tables of an older store to what this release wants."),
}


@click.group(
    cls=Commands,
    table=TABLE,
    epilog=example("reviewflow store upgrade --dry-run", "reviewflow store copy --to URL --dry-run"),
)
def store() -> None:
    """Copy a store elsewhere, upgrade it."""
