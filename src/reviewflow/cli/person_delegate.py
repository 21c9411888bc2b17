"""Letting somebody act for another who is away, and ending that."""

from __future__ import annotations

from datetime import date

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import DAY, Acting, acting_because


@click.command(epilog=example(
    "reviewflow person delegate lena@hazel.example --to ben@birch.example --from 2026-10-05 --until 2026-10-23 "
    "--reason 'away' --as lena@hazel.example",
    "reviewflow person delegate lena@hazel.example --to ben@birch.example --end --reason 'back' "
    "--as lena@hazel.example"))  # fmt: skip
@click.argument("person_", metavar="PERSON")
@click.option("--to", "delegate_", metavar="PERSON", required=True, help="Who acts meanwhile.")
@click.option("--from", "since", type=DAY, metavar="DATE", help="The first day; without it, the day this happened.")
@click.option("--until", type=DAY, metavar="DATE", help="The last day; wanted, a year after the first at most.")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="Only in this role; again for more. Else in all.")
@click.option("--end", is_flag=True, help="End it: --until, or the day this happened, is the last.")
@acting_because("Why; wanted, and stored sealed.")
def delegate(
    person_: str, delegate_: str, since: date | None, until: date | None, roles: tuple[str, ...], end: bool, how: Acting
) -> None:
    """Let somebody act in PERSON's roles for some days: they give their commands with --as and --for PERSON.

    History says "Ben for Lena". The rules hold for both: nobody stands in where they could not take part
    themselves, and it is never passed on.
    """
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import DelegateAbsence, EndAbsence

    if not (how.reason or "").strip():
        raise click.UsageError("say why: --reason TEXT")
    if end and (since is not None or roles):
        raise click.UsageError("--end goes with --until or --on DATE, the last day; not with --from or --role")
    if not end and until is None:
        raise click.UsageError("say until when: --until DATE (or --end, to end what was delegated before)")
    with acting_on(how) as action:
        target, whom = action.find.person(person_), action.find.person(delegate_, "--to")
        names = action.called.person(target), action.called.person(whom)
        if end:
            done = action.do(EndAbsence(
                asked=action.asked, person=target, delegate=whom, reason=how.reason or "", on=until
            ))  # fmt: skip
            action.done(done, {"person": target, "to": whom}, f"{names[1]} no longer stands in for {names[0]}.")
            return
        assert until is not None
        done = action.do(DelegateAbsence(
            asked=action.asked, person=target, delegate=whom, since=since, until=until, roles=roles,
            reason=how.reason or "",
        ))  # fmt: skip
        first = getattr(done.events[0].event, "since", since) if done.events else since or action.day()
        data = {"person": target, "to": whom, "since": first, "until": until, "roles": roles}
        as_what = f" as {', '.join(roles)}" if roles else ""
        action.done(done, data, f"{names[1]} stands in for {names[0]}{as_what} from {first} to {until}.")
