"""Opening cycles, one for each subject."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting, acting, for_another


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
    from reviewflow.asking.acted import in_order
    from reviewflow.asking.opening import Wanted, opening
    from reviewflow.cli.acted import tell_cycles
    from reviewflow.cli.printing import count
    from reviewflow.cli.request import acting_on
    from reviewflow.cli.values import entered

    if not subjects and partnership is None:
        raise click.UsageError("say for whom: a SUBJECT or several, or --partnership for all its members")
    values = entered(sets, form)
    wanted = Wanted(subjects, year, partnership, programme, workflow, edition, values)
    with acting_on(how) as action:
        command = opening(action.question, action.asked, wanted)
        done = action.do(command)
        handles = ", ".join(cycle.handle for cycle in in_order(done))
        line = f"{count(len(done.cycles), 'cycle')} opened: {handles}."
        tell_cycles(action, done, {"workflow": command.workflow, "year": year}, line)
