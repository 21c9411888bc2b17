"""What is sent because of records: listed, tried again, dropped."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import Commands, example

_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
_TRY = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")


@click.group(cls=Commands, epilog=example("reviewflow effects list"))
def effects() -> None:
    """See what is to be sent because of records (webhooks), try again what was set aside, or drop it."""


@effects.command("list", epilog=example("reviewflow effects list", "reviewflow effects list --state done --json"))
@click.option(
    "--state", "states", multiple=True, type=click.Choice(["waiting", "aside", "dropped", "done"]),
    help="In this state; may be given several times. Without it: waiting and set aside.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="At most this many.")
@_JSON
def list_(states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List effects in the order of the log: what waits and when it is tried next, what was set aside and why."""
    from reviewflow.cli.following.effects_changing import listing

    listing(states, limit, as_json)


@effects.command(epilog=example("reviewflow effects retry --all"))
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All that were set aside.")
@_TRY
@_JSON
def retry(ids: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """Send again at once what was set aside or dropped, or what waits for its next try; `reviewflow run` sends it."""
    from reviewflow.cli.following.effects_changing import retrying

    if bool(ids) == everything:
        raise click.UsageError("say which: their ids (effects list), or --all")
    retrying(ids, dry_run, as_json)


@effects.command(epilog=example("reviewflow effects drop --recipient hooks.example-1a2b3c4d --dry-run"))
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--recipient", metavar="NAME",
    help="All for a recipient that is no more; named again in REVIEWFLOW_WEBHOOK, it begins anew.",
)  # fmt: skip
@_TRY
@_JSON
def drop(ids: tuple[str, ...], recipient: str | None, dry_run: bool, as_json: bool) -> None:
    """Never send it. What was dropped by its id can be taken back with `effects retry ID` for 30 days."""
    from reviewflow.cli.following.effects_changing import dropping

    if bool(ids) == (recipient is not None):
        raise click.UsageError("say which: their ids (effects list), or --recipient NAME")
    dropping(ids, recipient, dry_run, as_json)
