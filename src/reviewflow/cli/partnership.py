"""Partnerships: organisations that review one another, and who belonged on which days."""

from __future__ import annotations

from datetime import date

import click

from reviewflow.cli.lazy import Commands, example
from reviewflow.cli.options import DAY, Acting, Reading, acting, reading


@click.group(cls=Commands, epilog=example("reviewflow partnership list"))
def partnership() -> None:
    """Form partnerships and say who belongs to them."""


@partnership.command(
    epilog=example("reviewflow partnership add 'North Example Cluster' --programme example-partnership")
)
@click.argument("name")
@click.option(
    "--programme", metavar="PROGRAMME", help="Who runs it; may be left out where there is one programme only."
)
@click.option("--handle", metavar="HANDLE", help="A short name that never changes; without it, made from the name.")
@acting
def add(name: str, programme: str | None, handle: str | None, how: Acting) -> None:
    """Form a partnership called NAME."""
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import FormPartnership

    with acting_on(how) as action:
        target = action.find.programme_or_only(programme)
        done = action.do(FormPartnership(asked=action.asked, partnership_name=name, programme=target, handle=handle))
        action.registered(done, "partnership", "formed")


@partnership.command(epilog=example("reviewflow partnership join north hazel birch --on 2026-09-01"))
@click.argument("partnership_", metavar="PARTNERSHIP")
@click.argument("organisations", metavar="ORGANISATION...", nargs=-1, required=True)
@click.option("--until", type=DAY, metavar="DATE", help="The last day, if it is known already.")
@acting
def join(partnership_: str, organisations: tuple[str, ...], until: date | None, how: Acting) -> None:
    """Organisations join a partnership, since the day this happened."""
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import BeginMembership

    with acting_on(how) as action:
        target = action.find.partnership(partnership_)
        joining = [action.find.organisation(one) for one in organisations]
        done = action.do_all(
            [
                BeginMembership(asked=action.also(n), partnership=target, organisation=one, until=until)
                for n, one in enumerate(joining)
            ]
        )
        called = ", ".join(map(action.called.organisation, joining))
        data = {"partnership": target, "organisations": joining}
        action.done(done, data, f"{called} joined {action.called.partnership(target)}.")


@partnership.command(epilog=example("reviewflow partnership leave north hazel --on 2027-08-31"))
@click.argument("partnership_", metavar="PARTNERSHIP")
@click.argument("organisations", metavar="ORGANISATION...", nargs=-1, required=True)
@acting
def leave(partnership_: str, organisations: tuple[str, ...], how: Acting) -> None:
    """Organisations leave a partnership; the day this happened was the last."""
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import EndMembership

    with acting_on(how) as action:
        target = action.find.partnership(partnership_)
        leaving = [action.find.organisation(one) for one in organisations]
        done = action.do_all(
            [EndMembership(asked=action.also(n), partnership=target, organisation=one) for n, one in enumerate(leaving)]
        )
        called = ", ".join(map(action.called.organisation, leaving))
        data = {"partnership": target, "organisations": leaving}
        action.done(done, data, f"{called} left {action.called.partnership(target)}.")


@partnership.command("list", epilog=example("reviewflow partnership list --programme example-partnership"))
@click.option("--programme", metavar="PROGRAMME", help="Only those of a programme.")
@reading
def list_(programme: str | None, how: Reading) -> None:
    """List partnerships with the number of their members on the day asked about."""
    from reviewflow.asking.partnerships import partnerships
    from reviewflow.cli.printing import table
    from reviewflow.cli.request import asking

    with asking(how) as (question, answer):
        data = partnerships(question, programme)

        def text() -> None:
            header = ("handle", "name", "members", "programme", "id")
            shown = [{**row, "programme": question.called.programme(row["programme"])} for row in data["partnerships"]]
            table(header, [[row[h] for h in header] for row in shown])

        answer(data, text)


@partnership.command(epilog=example("reviewflow partnership show north --as-of 2026-09-01"))
@click.argument("partnership_", metavar="PARTNERSHIP")
@reading
def show(partnership_: str, how: Reading) -> None:
    """Show a partnership and everyone who ever belonged to it."""
    from reviewflow.asking.partnerships import partnership as asked
    from reviewflow.cli.printing import facts, say, table
    from reviewflow.cli.request import asking

    with asking(how) as (question, answer):
        data = asked(question, partnership_)

        def text() -> None:
            head = {key: value for key, value in data["partnership"].items() if key != "memberships"}
            facts({**head, "programme": question.called.programme(head["programme"])})
            say()
            members = data["partnership"]["memberships"]
            table(("member", "since", "until"), [(m["name"], m["since"], m["until"]) for m in members])

        answer(data, text)
