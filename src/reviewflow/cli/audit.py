"""What an auditor reads: the log in words, a past moment, the difference of two."""

from __future__ import annotations

from datetime import date, datetime

import click

from reviewflow.cli.lazy import Commands, Table, example
from reviewflow.cli.options import DAY, MOMENT, Reading, reading

TABLE: Table = {
    "recheck": ("audit_recheck:recheck", "Judge decisions again with what is known now."),
    "export": ("audit_export:export", "Write histories to a file: CSV, JSON Lines or XES."),
}


@click.group(cls=Commands, table=TABLE, epilog=example("reviewflow audit log hazel-2026-1"))
def audit() -> None:
    """Read the log, replay a past moment, compare two."""


@audit.command(
    epilog=example(
        "reviewflow audit log",
        "reviewflow audit log hazel-2026-1 --details",
        "reviewflow audit log --by lena@hazel.example",
    )
)
@click.argument("about", required=False)
@click.option("--by", "actor", metavar="PERSON", help="Only what this person did.")
@click.option(
    "--after",
    type=click.IntRange(0),
    metavar="POSITION",
    help="From the record after this one on; without it, the last ones.",
)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="At most this many.")
@click.option("--details", is_flag=True, help="Also what was entered, and which requirements were met.")
@reading
def log(about: str | None, actor: str | None, after: int | None, limit: int, details: bool, how: Reading) -> None:
    """Tell the log in words, in its order: when, who in which role, what, and what is out of the ordinary.

    ABOUT is a cycle, a person, an organisation, a partnership or a programme; without it, everything.
    """
    from reviewflow.asking.audit_log import Wanted
    from reviewflow.cli.audit_log import telling

    telling(Wanted(about, actor, after, limit), details, how)


@audit.command(
    epilog=example(
        "reviewflow audit replay hazel-2026-1 --as-of 2027-01-31",
        "reviewflow audit replay --known-at 2027-01-31T12:00Z",
    )
)
@click.argument("cycle", required=False)
@click.option("--position", type=click.IntRange(0), metavar="N", help="As known when the log had this many records.")
@reading
def replay(cycle: str | None, position: int | None, how: Reading) -> None:
    """Fold a cycle again from its events, as of a day, as known at a moment; without CYCLE, all of them.

    Nothing is judged anew: every event is accounted for as used, not known yet, or happened later.
    """
    from reviewflow.cli.audit_past import replaying

    replaying(cycle, position, how)


@audit.command(epilog=example(
    "reviewflow audit diff hazel-2026-1 --from-as-of 2026-12-31 --as-of 2027-01-31",
    "reviewflow audit diff hazel-2026-1 --from-known-at 2027-01-01 --exit-code"))  # fmt: skip
@click.argument("cycle")
@click.option("--from-as-of", type=DAY, metavar="DATE", help="The earlier side: as it was at the end of that day.")
@click.option(
    "--from-known-at", type=MOMENT, metavar="MOMENT", help="The earlier side: as it was known at that moment."
)
@click.option(
    "--from-position", type=click.IntRange(0), metavar="N", help="The earlier side: as known at that position."
)
@click.option("--position", type=click.IntRange(0), metavar="N", help="The later side: as known at that position.")
@click.option("--details", is_flag=True, help="Also what was entered.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
@reading
def diff(
    cycle: str, from_as_of: date | None, from_known_at: datetime | None, from_position: int | None,
    position: int | None, details: bool, exit_code: bool, how: Reading,
) -> None:  # fmt: skip
    """Compare a cycle at two moments: what differs, which events make it so, and why they count at one only.

    The later side is what --as-of, --known-at and --position say; without them, now.
    """
    from reviewflow.audit.replay import Moment
    from reviewflow.cli.audit_past import comparing

    if from_as_of is None and from_known_at is None and from_position is None:
        raise click.UsageError("say what to compare with: --from-as-of, --from-known-at or --from-position")
    earlier = Moment(from_as_of, from_known_at, from_position)
    if comparing(cycle, earlier, position, details, how) and exit_code:
        raise click.exceptions.Exit(1)
