"""People: roles, training and interests with their days; and how they are forgotten."""

from __future__ import annotations

from datetime import date
from typing import cast

import click

from reviewflow.cli.lazy import Commands, example
from reviewflow.cli.options import DAY, Acting, Reading, acting, acting_because, reading

NATURES = ("employment", "governance", "family", "friendship", "financial", "other")
FORGETTINGS = ("request", "retention", "other")


TABLE = {
    "import": (
        "person_import:import_", "Bring in people, roles, training and memberships from spreadsheets (.xlsx, .csv)."
    ),
    "export": ("person_import:export", "Write people, roles, training and memberships as person import reads them."),
    "sign-in": ("access.sign_in:sign_in", "Let a person in, or keep them out; show what they have to come in with."),
    "delegate": ("person_delegate:delegate", "Let somebody act for a person who is away."),
    "handover": ("person_handover:handover", "Pass on what a person was assigned to; without --to, list what is open."),
}  # fmt: skip


@click.group(cls=Commands, table=TABLE, epilog=example("reviewflow person list --role head"))
def person() -> None:
    """Register people, their roles, training and interests; forget them."""


@person.command(
    epilog=example("reviewflow person add 'Lena Example' --email lena@hazel.example --organisation hazel --role head")
)
@click.argument("name")
@click.option("--email", metavar="ADDRESS", help="Their e-mail address; one address is one person's.")
@click.option("--organisation", metavar="ORGANISATION", help="Where they work.")
@click.option("--role", metavar="ROLE", help="The role they hold there, as in head; without it, staff.")
@click.option("--since", type=DAY, metavar="DATE", help="Since when; without it, the day this happened.")
@acting
def add(
    name: str, email: str | None, organisation: str | None, role: str | None, since: date | None, how: Acting
) -> None:
    """Register a person called NAME. Names and addresses are stored sealed."""
    from reviewflow.asking.acting import made
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import RegisterPerson

    with acting_on(how) as action:
        place = action.find.organisation(organisation, "--organisation") if organisation else None
        done = action.do(RegisterPerson(
            asked=action.asked, person_name=name, email=email, organisation=place, held=role, since=since
        ))  # fmt: skip
        action.done(done, {"id": made(done)}, f"Person registered: {name}; the id is {made(done)}.")


@person.command(epilog=example(
    "reviewflow person role lena@hazel.example head --in hazel --since 2026-09-01",
    "reviewflow person role lena@hazel.example head --in hazel --end --on 2027-08-31"))  # fmt: skip
@click.argument("person_", metavar="PERSON")
@click.argument("role_", metavar="ROLE")
@click.option(
    "--in",
    "place",
    metavar="PLACE",
    help="The organisation, partnership or programme; without it, the whole installation.",
)
@click.option("--since", type=DAY, metavar="DATE", help="The first day; without it, the day this happened.")
@click.option("--until", type=DAY, metavar="DATE", help="The last day, if it is known already.")
@click.option("--end", is_flag=True, help="End the role; the day this happened was the last.")
@acting
def role(
    person_: str, role_: str, place: str | None, since: date | None, until: date | None, end: bool, how: Acting
) -> None:
    """Give a person a role (head, partnership_lead, programme_manager, auditor, administrator, ...), or end it."""
    from reviewflow.cli.person_acting import end_role, give_role

    if end:
        if since is not None:
            raise click.UsageError("--end goes with --until or --on DATE, the last day; not with --since")
        end_role(person_, role_, place, until, how)
    else:
        give_role(person_, role_, place, since, until, how)


@person.command(epilog=example(
    "reviewflow person train lena@hazel.example peer-reviewer --completed 2026-06-01 --valid-until 2028-05-31",
    "reviewflow person train lena@hazel.example peer-reviewer --withdraw --reason 'not recognised'"))  # fmt: skip
@click.argument("person_", metavar="PERSON")
@click.argument("course")
@click.option("--completed", type=DAY, metavar="DATE", help="The day on which the course was completed.")
@click.option("--valid-until", type=DAY, metavar="DATE", help="The last day on which it counts, if there is one.")
@click.option("--withdraw", is_flag=True, help="It no longer counts, from the day this happened; takes --reason.")
@acting_because("Why training is withdrawn, or why something is recorded late.")
def train(
    person_: str, course: str, completed: date | None, valid_until: date | None, withdraw: bool, how: Acting
) -> None:
    """Record that a person completed COURSE (as in peer-reviewer), or that it no longer counts."""
    from reviewflow.cli.person_acting import record_training, withdraw_training

    if withdraw:
        if valid_until is not None:
            raise click.UsageError(
                "--withdraw goes with --on DATE, from which it no longer counts; not with --valid-until"
            )
        withdraw_training(person_, course, completed, how)
    elif completed is None:
        raise click.UsageError("give --completed DATE, the day on which the course was completed")
    else:
        record_training(person_, course, completed, valid_until, how)


@person.command(
    epilog=example("reviewflow person declare lena@hazel.example birch --nature governance --note 'governor'")
)
@click.argument("person_", metavar="PERSON")
@click.argument("other")
@click.option("--nature", type=click.Choice(NATURES), required=True, help="What kind of interest it is.")
@click.option("--note", metavar="TEXT", help="More about it; stored sealed.")
@click.option("--since", type=DAY, metavar="DATE", help="Since when; without it, the day this happened.")
@click.option("--until", type=DAY, metavar="DATE", help="The last day, if it ended.")
@acting
def declare(
    person_: str, other: str, nature: str, note: str | None, since: date | None, until: date | None, how: Acting
) -> None:
    """Declare an interest between a person and OTHER, an organisation or a person."""
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import DeclareRelationship
    from reviewflow.registry.events import Nature

    with acting_on(how) as action:
        target, whom = action.find.person(person_), action.find.anyone(other, "other")
        done = action.do(DeclareRelationship(
            asked=action.asked, person=target, other=whom, nature=cast("Nature", nature), note=note, since=since,
            until=until,
        ))  # fmt: skip
        line = f"Declared: {action.called.person(target)}, {nature}, {action.called.named(whom)}."
        action.done(done, {"person": target, "other": whom, "nature": nature}, line)


@person.command(
    epilog=example(
        "reviewflow person forget lena@hazel.example --dry-run", "reviewflow person forget lena@hazel.example --yes"
    )
)
@click.argument("person_", metavar="PERSON")
@click.option(
    "--why", type=click.Choice(FORGETTINGS), default="request", show_default=True, help="What made it necessary."
)
@click.option("--yes", is_flag=True, help="Do it without asking again.")
@acting
def forget(person_: str, why: str, yes: bool, how: Acting) -> None:
    """Forget a person for good: their key is destroyed, and nobody can read their name again.

    What they did stays, under an id that says nothing. It cannot be undone.
    """
    from reviewflow.cli.person_acting import forget as forget_

    forget_(person_, why, yes, how)


@person.command(
    "list", epilog=example("reviewflow person list --role peer_reviewer", "reviewflow person list --in hazel --json")
)
@click.option("--role", metavar="ROLE", help="Only those who hold a role on the day asked about.")
@click.option(
    "--in", "place", metavar="PLACE", help="Only those who hold a role in this organisation, partnership or programme."
)
@click.option(
    "--trained", metavar="COURSE", help="Only those whose training in a course counts on the day asked about."
)
@click.option("--forgotten", is_flag=True, help="Also those who were forgotten.")
@reading
def list_(role: str | None, place: str | None, trained: str | None, forgotten: bool, how: Reading) -> None:
    """List people with their roles and training on the day asked about."""
    from reviewflow.cli.person_reading import listing

    listing(role, place, trained, forgotten, how)


@person.command(epilog=example("reviewflow person show lena@hazel.example"))
@click.argument("person_", metavar="PERSON")
@reading
def show(person_: str, how: Reading) -> None:
    """Show a person: roles, training, declared interests, part in cycles."""
    from reviewflow.cli.person_reading import showing

    showing(person_, how)
