"""`history`: past cycles from elsewhere."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import Commands, Table, example

TABLE: Table = {
    "import": (
        "history_import:import_",
        "Bring in past cycles from FILE: CSV or XES, plain or gzipped, read as a mapping says.",
    ),
}


@click.group(
    cls=Commands, table=TABLE, epilog=example("reviewflow history import reviews.csv --map mapping.yaml --dry-run")
)
def history() -> None:
    """Bring in past cycles from elsewhere."""
