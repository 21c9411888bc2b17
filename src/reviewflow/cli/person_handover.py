"""Handing over what a person was assigned to, undoing that, and listing what is open of somebody who leaves."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting, acting_because


@click.command(epilog=example(
    "reviewflow person handover ben@birch.example",
    "reviewflow person handover ben@birch.example --to cleo@birch.example --reason 'moved away' --dry-run",
    "reviewflow person handover ben@birch.example --to cleo@birch.example --reason 'moved away' "
    "--leave-out hazel-2026-1 --yes",
    "reviewflow person handover --undo 4f1c2a --reason 'the wrong Cleo' --yes"))  # fmt: skip
@click.argument("person_", metavar="[PERSON]", required=False)
@click.option("--to", "successor", metavar="PERSON", help="Who takes over; without it, what is open is listed.")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="Only this role; again for more. Else every one.")
@click.option("--cycle", "cycles", multiple=True, metavar="CYCLE", help="Only in this cycle; again for more.")
@click.option("--partnership", metavar="PARTNERSHIP", help="Only in cycles of a partnership.")
@click.option("--leave-out", multiple=True, metavar="CYCLE", help="Not in this cycle; again for more.")
@click.option("--undo", metavar="BATCH", help="Undo a handover; it said under which batch it was made.")
@click.option("--yes", is_flag=True, help="Do it without asking again.")
@acting_because("Why; wanted, and stored sealed in every cycle.")
def handover(
    person_: str | None, successor: str | None, roles: tuple[str, ...], cycles: tuple[str, ...],
    partnership: str | None, leave_out: tuple[str, ...], undo: str | None, yes: bool, how: Acting,
) -> None:  # fmt: skip
    """Pass the roles that PERSON was assigned in running cycles on to another: all of it, or nothing.

    It is shown before it is done: what moves in each cycle, what stands against it, and what stays with PERSON.
    Without --to: everything that waits for PERSON in all cycles, and how each of it passes to somebody else.
    """
    if undo is not None and (person_ or successor or roles or cycles or partnership or leave_out):
        raise click.UsageError("--undo takes a batch and nothing else of a handover")
    if undo is None and person_ is None:
        raise click.UsageError("give PERSON, whose roles are handed over, or --undo BATCH")
    if (undo is not None or successor is not None) and not (how.reason or "").strip():
        raise click.UsageError("say why: --reason TEXT")
    if undo is not None:
        from reviewflow.cli.handing_over import take_back

        take_back(undo, yes, how)
    elif successor is None:
        from reviewflow.cli.leaving import leaving

        if roles or leave_out:
            raise click.UsageError("--role and --leave-out go with --to PERSON, who takes over")
        leaving(str(person_), cycles, partnership, how)
    else:
        from reviewflow.asking.handover import Wanted
        from reviewflow.cli.handing_over import hand_over

        hand_over(Wanted(str(person_), successor, roles, cycles, partnership, leave_out), yes, how)
