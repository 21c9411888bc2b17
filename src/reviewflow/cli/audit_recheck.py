"""Which decisions would not be met as now known."""

from __future__ import annotations

from datetime import date

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import DAY, Reading, reading


@click.command(epilog=example(
    "reviewflow audit recheck",
    "reviewflow audit recheck hazel-2026-1",
    "reviewflow audit recheck --partnership north --since 2026-09-01 --known-at 2027-01-31"))  # fmt: skip
@click.argument("cycle", required=False)
@click.option("--programme", metavar="PROGRAMME", help="Only cycles of this programme.")
@click.option("--partnership", metavar="PARTNERSHIP", help="Only cycles of this partnership.")
@click.option("--since", type=DAY, metavar="DATE", help="Only what was decided on that day or later.")
@reading
def recheck(
    cycle: str | None, programme: str | None, partnership: str | None, since: date | None, how: Reading
) -> None:
    """Judge decisions again with what is known now; list those that would not be met, and since when that is known.

    Nothing is undone: a decision stands by what was known when it was made. Training that had run out, an interest
    that was declared later, a day that was corrected can make it one that would be refused today. What was waived is
    left out. Without CYCLE, all cycles. Exits with 1 if something was found.
    """
    from reviewflow.asking.audit_recheck import Chosen
    from reviewflow.cli.audit_rechecking import rechecking

    if cycle is not None and (programme or partnership):
        raise click.UsageError("name a CYCLE, or say which by --programme and --partnership: not both")
    if rechecking(Chosen(cycle, {"programme": programme, "partnership": partnership}, since), how):
        raise click.exceptions.Exit(1)
