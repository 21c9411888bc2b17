"""Mending the history of a cycle: what events should have said, and what never happened."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting, acting_now


@click.command(epilog=example(
    "reviewflow cycle correct hazel-2026-1 12:on=2026-11-10 --reason 'The report has the wrong day'",
    "reviewflow cycle correct hazel-2026-1 12:on=2026-11-10 13:on=2026-11-12 13.attendees=9 --reason 'Dates mixed up'",
    "reviewflow cycle correct hazel-2026-1 7:by=2026-10-02 --reason 'Nobody noted the day' --dry-run"))  # fmt: skip
@click.argument("cycle")
@click.argument("changes", nargs=-1, metavar="EVENT:on=DATE|EVENT.FIELD=VALUE...")
@click.option(
    "--form",
    metavar="FILE",
    help='The corrections in a file, JSON or YAML: {"12": {on: 2026-11-10, values: {attendees: 9}}}.',
)
@acting_now("Why it was recorded otherwise; always wanted.")
def correct(cycle: str, changes: tuple[str, ...], form: str | None, how: Acting) -> None:
    """Say what events of CYCLE should have said; EVENT is the number that `audit log CYCLE` shows.

    EVENT:on=DATE, EVENT:at=HH:MM and EVENT:by=DATE say when it happened (`by`: on that day or before);
    EVENT.FIELD=VALUE says what its form should hold, nothing after = empties a field; EVENT:about=ROW the row it is
    about. All corrections of one command count together, and what comes out must be a possible history. Nothing that
    was recorded is changed: --known-at an earlier moment still shows what was believed then.
    """
    from reviewflow.cli.mending import correct_events

    correct_events(cycle, changes, form, how)


@click.command(epilog=example(
    "reviewflow cycle undo hazel-2026-1 --reason 'Recorded for the wrong school'",
    "reviewflow cycle undo hazel-2026-1 --from 9 --reason 'Everything since was another cycle' --dry-run"))  # fmt: skip
@click.argument("cycle")
@click.option("--from", "since", type=click.IntRange(min=1), metavar="EVENT",
              help="Undo everything from this event on, as one batch.")  # fmt: skip
@click.option("--event", "only", type=click.IntRange(min=1), metavar="EVENT",
              help="Undo this one event, which is no transition.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask before a whole batch is undone.")
@acting_now("Why it was recorded though it did not happen; always wanted.")
def undo(cycle: str, since: int | None, only: int | None, yes: bool, how: Acting) -> None:
    """Say that the latest transition of CYCLE never happened, or everything from an event on.

    What it touches is shown first. Notes stay. Nothing that was recorded is removed: it no longer counts from now on,
    and --known-at an earlier moment still shows it.
    """
    from reviewflow.cli.mending import undo_steps

    undo_steps(cycle, since, only, yes, how)
