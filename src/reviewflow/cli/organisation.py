"""Organisations: schools, trusts and others, by hand or from a register."""

from __future__ import annotations

from typing import cast, get_args

import click

from reviewflow.cli.lazy import Commands, example
from reviewflow.cli.options import Acting, Reading, acting, reading

KINDS = ("school", "trust", "college", "council", "project", "document", "other")
SUCCESSIONS = ("merger", "amalgamation", "split", "other")


@click.group(cls=Commands, epilog=example("reviewflow organisation list --find hazel"))
def organisation() -> None:
    """Register and show organisations: schools, trusts, colleges, councils."""


@organisation.command(epilog=example("reviewflow organisation add 'Hazel Example Primary' --urn 900001"))
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default="school", show_default=True, help="What it is.")
@click.option("--handle", metavar="HANDLE", help="A short name that never changes; without it, made from the name.")
@click.option("--urn", metavar="NUMBER", help="Its unique reference number.")
@click.option("--identity", "identities", multiple=True, metavar="SCHEME=VALUE",
              help="Another identifier that a register gave, as in ukprn=10000001; may be repeated.")  # fmt: skip
@click.option("--detail", "details", multiple=True, metavar="KEY=VALUE",
              help="Public register data, never about a person; may be repeated.")  # fmt: skip
@click.option("--place", default="", metavar="TOWN", help="Helps to make a handle where the name alone is taken.")
@acting
def add(
    name: str, kind: str, handle: str | None, urn: str | None, identities: tuple[str, ...], details: tuple[str, ...],
    place: str, how: Acting,
) -> None:  # fmt: skip
    """Register one organisation called NAME."""
    from reviewflow.cli.request import acting_on
    from reviewflow.cli.values import pairs
    from reviewflow.registry.commands import RegisterOrganisation
    from reviewflow.registry.events import Identity, OrganisationKind

    given = {**({"urn": urn} if urn else {}), **pairs(identities, "--identity")}
    assert set(KINDS) == set(get_args(OrganisationKind))
    with acting_on(how) as action:
        done = action.do(RegisterOrganisation(
            asked=action.asked, organisation_name=name, kind=cast("OrganisationKind", kind), handle=handle,
            identities=tuple(Identity(scheme=scheme, value=value) for scheme, value in given.items()),
            details=pairs(details, "--detail"), place=place,
        ))  # fmt: skip
        action.registered(done, "organisation", "registered")


@organisation.command(
    "list",
    epilog=example("reviewflow organisation list --find hazel", "reviewflow organisation list --partnership north"),
)
@click.option("--find", "text", metavar="TEXT", help="Those whose name, handle or number has this in it.")
@click.option("--kind", type=click.Choice(KINDS), help="Only those of a kind.")
@click.option("--partnership", metavar="PARTNERSHIP", help="Only its members, on the day asked about.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="At most this many.")
@reading
def list_(text: str | None, kind: str | None, partnership: str | None, limit: int, how: Reading) -> None:
    """List organisations, by handle."""
    from reviewflow.cli.organisation_reading import listing

    listing(text, kind, partnership, limit, how)


@organisation.command(
    epilog=example("reviewflow organisation show hazel-example-primary", "reviewflow organisation show 900001")
)
@click.argument("organisation_", metavar="ORGANISATION")
@reading
def show(organisation_: str, how: Reading) -> None:
    """Show an organisation: identifiers, details, partnerships, what it became or came from."""
    from reviewflow.cli.organisation_reading import showing

    showing(organisation_, how)


@organisation.command(epilog=example(
    "reviewflow organisation succeed --kind merger --from hazel --from birch --to oak --on 2026-09-01"))  # fmt: skip
@click.option("--kind", type=click.Choice(SUCCESSIONS), required=True, help="What happened.")
@click.option(
    "--from",
    "predecessors",
    multiple=True,
    required=True,
    metavar="ORGANISATION",
    help="Who was before; may be repeated.",
)
@click.option(
    "--to", "successors", multiple=True, required=True, metavar="ORGANISATION", help="Who came after; may be repeated."
)
@acting
def succeed(kind: str, predecessors: tuple[str, ...], successors: tuple[str, ...], how: Acting) -> None:
    """Record that organisations became others; their histories stay separate."""
    from reviewflow.cli.request import acting_on
    from reviewflow.registry.commands import SucceedOrganisation
    from reviewflow.registry.events import Succession

    with acting_on(how) as action:
        before = tuple(action.find.organisation(one, "--from") for one in predecessors)
        after = tuple(action.find.organisation(one, "--to") for one in successors)
        done = action.do(SucceedOrganisation(
            asked=action.asked, kind=cast("Succession", kind), predecessors=before, successors=after
        ))  # fmt: skip
        called = [", ".join(map(action.called.organisation, ends)) for ends in (before, after)]
        data = {"kind": kind, "predecessors": before, "successors": after}
        action.done(done, data, f"{called[0]} became {called[1]} ({kind}).")


@organisation.command("import", epilog=example(
    "reviewflow organisation import register.csv --dry-run",
    "reviewflow organisation import register.csv --skip-bad --links links.csv"))  # fmt: skip
@click.argument("file", required=False)
@click.option("--skip-bad", is_flag=True, help="Take the good rows; without it one bad row stops all.")
@click.option("--links", metavar="FILE", help="Also a file that says which organisation came after which.")
@click.option("--all", "everything", is_flag=True, help="Show every change, not only the first ones.")
@acting
def import_(file: str | None, skip_bad: bool, links: str | None, everything: bool, how: Acting) -> None:
    """Register or change the organisations of a register, a CSV file (- reads standard input).

    The format is recognised by its header. Columns about people are never read. Importing a file again
    changes what differs, shown from what to what, and registers what is new; nothing is ever removed.
    """
    from reviewflow.cli.organisation_import import importing

    if file is None and links is None:
        raise click.UsageError("give a register's FILE, or --links FILE, or both")
    importing(file, links, skip_bad, everything, how)
