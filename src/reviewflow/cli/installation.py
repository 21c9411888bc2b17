"""Making an installation, and saying what is in one."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Reading, reading


@click.command(
    epilog=example(
        "reviewflow init --admin 'Ada Example' --email ada@council.example --programme 'Example Partnership'"
    )
)
@click.option("--admin", metavar="NAME", help="Registers the first administrator.")
@click.option("--email", metavar="ADDRESS", help="The administrator's e-mail address.")
@click.option("--programme", metavar="NAME", help="Sets up a first programme; goes with --admin.")
@click.option(
    "--time-zone", default="Europe/London", show_default=True, metavar="ZONE", help="The programme's time zone."
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def init(admin: str | None, email: str | None, programme: str | None, time_zone: str, as_json: bool) -> None:
    """Make a store, its keys, and the first administrator.

    Nothing that exists is ever touched. The store is made where REVIEWFLOW_STORE says; the master key is
    taken from REVIEWFLOW_MASTER_KEY, REVIEWFLOW_MASTER_KEY_FILE or REVIEWFLOW_MASTER_KEY_COMMAND, else a
    new one is written beside the store, with a loud warning.
    """
    from reviewflow.cli.making import make

    if admin is None and (email is not None or programme is not None):
        raise click.UsageError("--email and --programme go with --admin NAME: somebody must set things up")
    make(admin, email, programme, time_zone, as_json)


@click.command(epilog=example("reviewflow status", "reviewflow status --json"))
@reading
def status(how: Reading) -> None:
    """Say what is in this store and whether it is well."""
    from reviewflow.cli.status_reading import telling

    telling(how)
