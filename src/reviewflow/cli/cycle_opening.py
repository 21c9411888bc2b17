"""Opening cycles, one for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting, acting, for_another

if TYPE_CHECKING:
    from reviewflow.cli.request import Action


@click.command("open", epilog=example(
    "reviewflow cycle open hazel --year 2026-27 --set academic_year=2026 --set school_lead=lena@hazel.example",
    "reviewflow cycle open --partnership north --year 2026-27 --form opening.yaml --dry-run"))  # fmt: skip
@click.argument("subjects", metavar="[SUBJECT]...", nargs=-1)
@click.option(
    "--partnership", metavar="PARTNERSHIP", help="In which; without subjects, one cycle for each of its members."
)
@click.option("--year", required=True, metavar="YEAR", help="The year it belongs to, as in 2026 or 2026-27.")
@click.option(
    "--programme", metavar="PROGRAMME", help="May be left out where the partnership, or there being only one, says it."
)
@click.option("--workflow", metavar="WORKFLOW", help="Without it, the programme's own.")
@click.option(
    "--edition", metavar="EDITION", help="A certain edition, or the beginning of a digest; without it, the latest."
)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A field of the opening form; the same for all subjects.",
)
@click.option("--form", metavar="FILE", help="The opening form in a file, JSON or YAML (- reads standard input).")
@acting
@for_another
def open_(
    subjects: tuple[str, ...], partnership: str | None, year: str, programme: str | None, workflow: str | None,
    edition: str | None, sets: tuple[str, ...], form: str | None, how: Acting,
) -> None:  # fmt: skip
    """Open a cycle for each SUBJECT, or for every member of a partnership; all of them or none."""
    from reviewflow.cli.acted import in_order, tell_cycles
    from reviewflow.cli.printing import count
    from reviewflow.cli.request import acting_on
    from reviewflow.cli.step_forms import resolved
    from reviewflow.cli.values import entered
    from reviewflow.cli.workflow_reading import edition_of
    from reviewflow.cycle.commands import OpenCycles
    from reviewflow.errors import BadInput, Fault

    if not subjects and partnership is None:
        raise click.UsageError("say for whom: a SUBJECT or several, or --partnership for all its members")
    values = entered(sets, form)
    with acting_on(how) as action:
        inside = action.find.partnership(partnership, "--partnership") if partnership else None
        ids = [action.find.organisation(one, "subject") for one in subjects]
        if inside is None:
            inside = _only_partnership(action, ids)
        folded = action.known.partnership(inside) if inside else None
        of = action.find.programme(programme, "--programme") if programme else None
        of = of or (folded.programme if folded else action.find.programme_or_only(None))
        if not ids:
            assert folded is not None
            ids = folded.members_on(action.day(of))
        name = workflow or getattr(action.known.programme(of), "workflow", None)
        if name is None:
            want = "say which, or give the programme one: reviewflow programme set PROGRAMME --workflow NAME"
            raise BadInput("cycle open", [Fault("--workflow", "nothing", want)])
        published = action.known.workflow(name)
        if published is not None:
            digest = edition_of(published, edition).digest
            values = resolved(action.find, action.known.definition(digest), "opens", values)
        else:
            digest = None
        done = action.do(OpenCycles(
            asked=action.asked, workflow=name, programme=of, subjects=tuple(ids), partnership=inside, year=year,
            digest=digest if edition else None, values=values,
        ))  # fmt: skip
        handles = ", ".join(cycle.handle for cycle in in_order(done))
        tell_cycles(
            action, done, {"workflow": name, "year": year}, f"{count(len(done.cycles), 'cycle')} opened: {handles}."
        )


def _only_partnership(action: Action, ids: list[str]) -> str | None:
    """The partnership that all subjects belong to, if there is just one; none if they belong to none."""
    from reviewflow.errors import BadInput, Fault

    day = action.day()
    shared: set[str] | None = None
    for one in dict.fromkeys(ids):
        streams = (s.removeprefix("partnership-") for s in action.known.touching(f"members:{one}"))
        folded = (action.known.partnership(s) for s in streams)
        mine = {p.id for p in folded if p is not None and p.member_on(one, day)}
        shared = mine if shared is None else shared & mine
    found = sorted(shared or ())
    if len(found) > 1:
        names = ", ".join(action.called.partnership(one) for one in found)
        raise BadInput("cycle open", [Fault("--partnership", "nothing", f"say in which: they belong to {names}")])
    return found[0] if found else None
