"""`person import`: the command; what it does is loaded when it runs."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Acting, Reading, acting, reading

KINDS = ("People", "Roles", "Training", "Memberships")


@click.command("import", epilog=example(
    "reviewflow person import --template people.xlsx",
    "reviewflow person import people.xlsx --dry-run",
    "reviewflow person import people.csv roles.csv --dates dmy"))  # fmt: skip
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("--sheet", "sheets", multiple=True, metavar="NAME", help="Only the sheet of this name; may be repeated.")
@click.option("--dates", type=click.Choice(("iso", "dmy", "mdy")),
              help="How dates written as text are read: 2026-09-01, day/month/year, or month/day/year.")  # fmt: skip
@click.option("--from-elsewhere", is_flag=True,
              help="The file was exported from another store: people keep the ids they have there.")  # fmt: skip
@click.option("--template", metavar="FILE", help="Write an empty workbook (or, with --sheet, a .csv) to fill in.")
@click.option("--all", "everything", is_flag=True, help="Show every row, also those that change nothing.")
@acting
def import_(
    files: tuple[str, ...], sheets: tuple[str, ...], dates: str | None, from_elsewhere: bool, template: str | None,
    everything: bool, how: Acting,
) -> None:  # fmt: skip
    """Bring in people, roles, training and memberships from spreadsheets (.xlsx, .xls, .ods, .csv).

    A sheet is recognised by its columns; --template shows them. Each row may do what its own command may: person
    add, person role, person train, partnership join. One row that is refused stops them all; --dry-run shows what
    each would do. The same file again changes nothing.
    """
    if template is not None:
        if files or how.dry_run:
            raise click.UsageError("--template writes a file to fill in; give it alone, or with --sheet")
        from reviewflow.cli.person_template import write_template

        write_template(template, sheets, as_json=how.json)
        return
    if not files:
        raise click.UsageError("give the FILE to read, or --template FILE to write one to fill in")
    from reviewflow.cli.person_importing import importing

    importing(files, sheets, dates, from_elsewhere, everything, how)


@click.command(epilog=example(
    "reviewflow person export people.xlsx",
    "reviewflow person export training.csv --sheet Training --as-of 2026-09-01"))  # fmt: skip
@click.argument("file")
@click.option("--sheet", "sheets", multiple=True, type=click.Choice(KINDS, case_sensitive=False),
              help="Only this sheet; may be repeated. A .csv holds one.")  # fmt: skip
@reading
def export(file: str, sheets: tuple[str, ...], how: Reading) -> None:
    """Write people, roles, training and memberships to FILE, .xlsx or .csv, as person import reads them.

    It holds names and addresses in the clear. Training that was withdrawn and people who were forgotten are not in it.
    """
    from reviewflow.cli.person_exporting import exporting

    exporting(file, sheets, how)
