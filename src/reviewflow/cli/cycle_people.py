"""Who takes part in a cycle: offers, answers, leaving."""

from __future__ import annotations

from typing import Any

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting, acting, acting_because, for_another

_SAID = "Why; stored sealed. Also why it is recorded late."


@click.command(
    epilog=example("reviewflow cycle assign hazel-2026-1 peer_reviewer ben@birch.example --as priya@north.example")
)
@click.argument("cycle")
@click.argument("role")
@click.argument("person")
@acting
@for_another
def assign(cycle: str, role: str, person: str, how: Acting) -> None:
    """Ask PERSON to take ROLE in CYCLE; they must meet what the workflow asks of it on that day."""
    from reviewflow.cycle.commands import OfferAssignment

    _assignment(OfferAssignment, cycle, role, person, how, "was asked to be")


@click.command(epilog=example("reviewflow cycle accept hazel-2026-1 peer_reviewer --as ben@birch.example"))
@click.argument("cycle")
@click.argument("role")
@acting
def accept(cycle: str, role: str, how: Acting) -> None:
    """Take ROLE in CYCLE; whoever was asked says so."""
    from reviewflow.cycle.commands import AcceptAssignment

    _assignment(AcceptAssignment, cycle, role, None, how, "is")


@click.command(
    epilog=example("reviewflow cycle decline hazel-2026-1 peer_reviewer --as ben@birch.example --reason 'no cover'")
)
@click.argument("cycle")
@click.argument("role")
@acting_because(_SAID)
def decline(cycle: str, role: str, how: Acting) -> None:
    """Say no to ROLE in CYCLE; whoever was asked says so."""
    from reviewflow.cycle.commands import DeclineAssignment

    _assignment(DeclineAssignment, cycle, role, None, how, "will not be")


@click.command(epilog=example(
    "reviewflow cycle withdraw hazel-2026-1 peer_reviewer --as ben@birch.example",
    "reviewflow cycle withdraw hazel-2026-1 peer_reviewer ben@birch.example --as priya@north.example"))  # fmt: skip
@click.argument("cycle")
@click.argument("role")
@click.argument("person", required=False)
@acting_because(_SAID)
@for_another
def withdraw(cycle: str, role: str, person: str | None, how: Acting) -> None:
    """Leave ROLE in CYCLE; with PERSON, take their offer or role back. What they did before stays theirs."""
    from reviewflow.cycle.commands import WithdrawAssignment

    _assignment(WithdrawAssignment, cycle, role, person, how, "is no longer")


def _assignment(kind: Any, cycle: str, role: str, person: str | None, how: Acting, verb: str) -> None:
    from reviewflow.cli.acted import tell_cycles
    from reviewflow.cli.request import acting_on

    with acting_on(how) as action:
        target = action.find.cycle(cycle)
        whom = action.find.person(person) if person is not None else action.asked.by
        title = action.installation.engine.setting(action.known, target).title(role)
        done = action.do(kind(asked=action.asked, cycle=target, role=role, person=whom, reason=how.reason))
        line = f"{action.called.person(whom)} {verb} {title} in {action.called.cycle(target)}."
        tell_cycles(action, done, {"cycle": target, "role": role, "person": whom}, line)
