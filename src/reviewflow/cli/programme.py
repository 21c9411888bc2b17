"""Programmes: who runs partnerships, with which workflow, in which time zone, by which policy."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import Commands, example
from reviewflow.cli.options import Acting, Reading, acting, reading


@click.group(cls=Commands, epilog=example("reviewflow programme list"))
def programme() -> None:
    """Set up and show programmes."""


@programme.command(epilog=example("reviewflow programme add 'Example Partnership' --time-zone Europe/London"))
@click.argument("name")
@click.option(
    "--time-zone", default="Europe/London", show_default=True, metavar="ZONE", help="In which its days begin and end."
)
@click.option("--handle", metavar="HANDLE", help="A short name that never changes; without it, made from the name.")
@click.option("--workflow", metavar="WORKFLOW", help="The published workflow that its cycles follow.")
@click.option("--backdating-days", type=click.IntRange(0), default=30, show_default=True, metavar="N",
              help="Recording something longer past than this takes a lead and a reason.")  # fmt: skip
@click.option(
    "--nation", metavar="NATION", help="Whose bank holidays count: england-and-wales, scotland, northern-ireland."
)
@acting
def add(
    name: str,
    time_zone: str,
    handle: str | None,
    workflow: str | None,
    backdating_days: int,
    nation: str | None,
    how: Acting,
) -> None:
    """Set up a programme called NAME."""
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import SetUpProgramme

    with acting_on(how) as action:
        done = action.do(SetUpProgramme(
            asked=action.asked, programme_name=name, time_zone=time_zone, handle=handle, workflow=workflow,
            backdating_days=backdating_days, nation=nation,
        ))  # fmt: skip
        action.registered(done, "programme", "set up")


@programme.command("set", epilog=example("reviewflow programme set example-partnership --workflow spp-peer-review"))
@click.argument("programme_", metavar="PROGRAMME")
@click.option("--name", metavar="NAME", help="A new name.")
@click.option("--time-zone", metavar="ZONE", help="In which its days begin and end.")
@click.option("--workflow", metavar="WORKFLOW", help="The published workflow that its cycles follow.")
@click.option("--backdating-days", type=click.IntRange(0), metavar="N",
              help="Recording something longer past than this takes a lead and a reason.")  # fmt: skip
@click.option(
    "--nation", metavar="NATION", help="Whose bank holidays count: england-and-wales, scotland, northern-ireland."
)
@acting
def set_(
    programme_: str, name: str | None, time_zone: str | None, workflow: str | None, backdating_days: int | None,
    nation: str | None, how: Acting,
) -> None:  # fmt: skip
    """Change what is given of a programme, keep the rest."""
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import ChangeProgramme

    if all(value is None for value in (name, time_zone, workflow, backdating_days, nation)):
        raise click.UsageError("nothing to change: give --name, --time-zone, --workflow, --backdating-days or --nation")
    with acting_on(how) as action:
        target = action.find.programme(programme_)
        done = action.do(ChangeProgramme(
            asked=action.asked, programme=target, programme_name=name, time_zone=time_zone, workflow=workflow,
            backdating_days=backdating_days, nation=nation,
        ))  # fmt: skip
        data = {"programme": target, "name": action.called.programme(target)}
        action.done(done, data, f"Programme {action.called.programme(target)}: changed.")


@programme.command("list", epilog=example("reviewflow programme list --json"))
@reading
def list_(how: Reading) -> None:
    """List the programmes."""
    from reviewflow.asking.programmes import programmes
    from reviewflow.cli.printing import table
    from reviewflow.cli.request import asking

    with asking(how) as (question, answer):
        data = programmes(question)
        header = ("handle", "name", "time_zone", "workflow", "id")
        answer(data, lambda: table(header, [[row[h] for h in header] for row in data["programmes"]]))


@programme.command(epilog=example("reviewflow programme show example-partnership"))
@click.argument("programme_", metavar="PROGRAMME")
@reading
def show(programme_: str, how: Reading) -> None:
    """Show a programme, its policy and its partnerships."""
    from reviewflow.asking.programmes import programme as asked
    from reviewflow.cli.printing import facts
    from reviewflow.cli.request import asking

    with asking(how) as (question, answer):
        data = asked(question, programme_)
        partnerships = [f"{p['name']} ({p['handle']})" for p in data["programme"]["partnerships"]]
        answer(data, lambda: facts({**data["programme"], "partnerships": partnerships}))
