"""The views of a store: how they stand, whether they are right, made afresh."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import Commands, example

_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")


@click.group(cls=Commands, epilog=example("reviewflow views status"))
def views() -> None:
    """See how the views stand, check them against the log, make them afresh."""


@views.command(epilog=example("reviewflow views status"))
@_JSON
def status(as_json: bool) -> None:
    """List the views: how far each has come, whether it is broken and why, and whether it is being rebuilt."""
    from reviewflow.cli.following.views_standing import telling

    telling(as_json)


@views.command(epilog=example("reviewflow views check", "reviewflow views check cycles tasks --json"))
@click.argument("names", nargs=-1, metavar="[VIEW]...")
@_JSON
def check(names: tuple[str, ...], as_json: bool) -> None:
    """Compare the views with what the log gives; name the first row of each that differs. Changes nothing.

    They are filled again in a temporary file (TMPDIR says where) while commands go on, and compared at one position.
    Without VIEW, all of them. Exits with 1 if one differs, with 4 if one cannot be filled from the log at all.
    """
    from reviewflow.cli.following.views_rebuilding import checking

    code = checking(names, as_json)
    if code:
        raise click.exceptions.Exit(code)


@views.command(epilog=example("reviewflow views rebuild", "reviewflow views rebuild cycles tasks"))
@click.argument("names", nargs=-1, metavar="[VIEW]...")
@click.option("--afresh", is_flag=True, help="Begin anew, even if an earlier rebuild was cut short.")
@_JSON
def rebuild(names: tuple[str, ...], afresh: bool, as_json: bool) -> None:
    """Fill the views again from the log, beside those in use, and put them in their place; commands go on meanwhile.

    Says of each whether it was equal, else the first row that differed. It may be stopped at any time: the same
    command goes on where it was. Without VIEW, all of them. Exits with 4 if one cannot be filled from the log; the one
    in use is left as it is then. Nothing is sent out.
    """
    from reviewflow.cli.following.views_rebuilding import rebuilding

    code = rebuilding(names, afresh, as_json)
    if code:
        raise click.exceptions.Exit(code)
