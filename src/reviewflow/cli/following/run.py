"""The background process of an installation."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example


@click.command(
    epilog=example("reviewflow run", "reviewflow run --once", "reviewflow run --only activity --retry activity --once")
)
@click.option("--once", is_flag=True, help="Catch up, send what is due, and end; exit code 1 if something is broken.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this follower; may be given several times.")
@click.option("--retry", multiple=True, metavar="NAME", help="Let this broken follower try again.")
@click.option(
    "--json", "as_json", is_flag=True, help="Notices as JSON, one a line; with --once one document at the end."
)
def run(once: bool, only: tuple[str, ...], retry: tuple[str, ...], as_json: bool) -> None:
    """Keep the views that follow the log, and send what is to be sent, until stopped (SIGTERM, Ctrl-C).

    Any number of these may run on one store. It ends after the batch under way, and goes on where it was.
    REVIEWFLOW_WEBHOOK and REVIEWFLOW_WEBHOOK_SECRET say where each record is announced, and what signs it.
    """
    from reviewflow.cli.following.running import running

    if running(once, only, retry, as_json):
        raise click.exceptions.Exit(1)
