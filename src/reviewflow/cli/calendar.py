"""Calendars: days on which nothing counts as a school day, and days with a name."""

from __future__ import annotations

from datetime import date

import click

from reviewflow.cli.lazy import Commands, example
from reviewflow.cli.options import DAY, Acting, Reading, acting, reading


@click.group(cls=Commands, epilog=example("reviewflow calendar show"))
def calendar() -> None:
    """Publish and show calendars: bank holidays, terms, named days."""


@calendar.command("import", epilog=example(
    "reviewflow calendar import bank-holidays.json --nation england-and-wales",
    "reviewflow calendar import terms.csv --name terms-2026 --for hazel"))  # fmt: skip
@click.argument("file")
@click.option("--for", "owner", metavar="OWNER",
              help="The organisation or programme whose days these are; without it, everybody's.")  # fmt: skip
@click.option(
    "--name", metavar="NAME", help="What this calendar is called; published again, it replaces the one before."
)
@click.option(
    "--nation", metavar="NATION", help="Which bank holidays of the file: england-and-wales, scotland, northern-ireland."
)
@acting
def import_(file: str, owner: str | None, name: str | None, nation: str | None, how: Acting) -> None:
    """Publish the days in FILE: GOV.UK's bank-holidays.json, or a CSV table (- reads standard input).

    A table has the columns kind (closed or named), date, until (may be empty) and name.
    """
    from reviewflow.cli.calendar_import import importing

    importing(file, owner, name, nation, how)


@calendar.command(epilog=example("reviewflow calendar show --for hazel --from 2026-09-01 --to 2027-08-31"))
@click.option(
    "--for", "owner", metavar="OWNER", help="The organisation or programme; without it, everybody's calendars."
)
@click.option("--from", "first", type=DAY, metavar="DATE", help="Only days from this one on.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Only days up to this one.")
@reading
def show(owner: str | None, first: date | None, last: date | None, how: Reading) -> None:
    """Show what was published for everybody, a programme or an organisation."""
    from reviewflow.asking.calendars import calendar as asked
    from reviewflow.cli.printing import say, table
    from reviewflow.cli.request import asking

    with asking(how) as (question, answer):
        data = asked(question, owner, first, last)

        def text() -> None:
            if not data["calendars"]:
                say(f"no calendar of {question.called.named(data['owner'])}")
            for one in data["calendars"]:
                say(f"{one['calendar']} ({one['source']})")
                days = [
                    *((d["on"], "closed", d["name"]) for d in one["closed"]),
                    *((d["on"], "named", d["name"]) for d in one["named"]),
                ]
                table(("day", "kind", "name"), sorted(days))

        answer(data, text)
