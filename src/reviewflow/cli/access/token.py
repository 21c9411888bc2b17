"""Tokens: what a program shows instead of a person."""

from __future__ import annotations

import click

from reviewflow.cli.access.options import acting_here
from reviewflow.cli.lazy import Commands, example
from reviewflow.cli.options import Acting


@click.group(cls=Commands, epilog=example("reviewflow token list"))
def token() -> None:
    """Let programs use the API in a person's name; see which may; take that back."""


@token.command(epilog=example("reviewflow token add lena@hazel.example --name 'Nightly export' --scope read --days 90"))
@click.argument("person_", metavar="PERSON")
@click.option("--name", required=True, metavar="NAME", help="What it is for; whoever revokes it will want to know.")
@click.option(
    "--scope", required=True, type=click.Choice(["read", "act"]),
    help="Read what PERSON may see, or do what PERSON may do as well.",
)  # fmt: skip
@click.option("--days", required=True, type=click.IntRange(1, 365), metavar="N", help="It ends after so many days.")
@acting_here
def add(person_: str, name: str, scope: str, days: int, how: Acting) -> None:
    """Make a token for PERSON. It is shown once; only its hash is kept."""
    from reviewflow.cli.access.tokens import adding

    adding(person_, name, scope, days, how)


@token.command("list", epilog=example("reviewflow token list", "reviewflow token list lena@hazel.example --json"))
@click.argument("person_", required=False, metavar="[PERSON]")
@click.option("--as", "actor", metavar="PERSON", help="Show what this person may see; without it, all.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def list_(person_: str | None, actor: str | None, as_json: bool) -> None:
    """List tokens of PERSON, or of everybody: what for, until when, when they were used last. Never the secret."""
    from reviewflow.cli.access.tokens import listing

    listing(person_, Acting(actor, json=as_json))


@token.command(epilog=example("reviewflow token revoke 3f9a0c --dry-run"))
@click.argument("id_", metavar="ID")
@acting_here
def revoke(id_: str, how: Acting) -> None:
    """Let a token open nothing any more, at once. ID as `token list` shows it, or the beginning of it."""
    from reviewflow.cli.access.tokens import revoking

    revoking(id_, how)
