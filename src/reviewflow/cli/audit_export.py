"""Taking histories out of the store: one file for process-mining tools, spreadsheets, and other stores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewflow.cli.lazy import example
from reviewflow.cli.options import Reading, reading

if TYPE_CHECKING:
    from reviewflow.exchange import Format

FORMATS = ("csv", "jsonl", "xes")


@click.command(epilog=example(
    "reviewflow audit export histories.xes",
    "reviewflow audit export hazel.csv hazel-2026-1 --no-names",
    "reviewflow audit export - --format jsonl --partnership north"))  # fmt: skip
@click.argument("file", metavar="FILE")
@click.argument("cycles", metavar="[CYCLE]...", nargs=-1)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Without it, as FILE's name says.")
@click.option("--partnership", metavar="PARTNERSHIP", help="Only cycles of this partnership.")
@click.option("--programme", metavar="PROGRAMME", help="Only cycles of this programme.")
@click.option("--workflow", metavar="WORKFLOW", help="Only cycles of this workflow.")
@click.option("--year", metavar="YEAR", help="Only cycles of this year.")
@click.option("--names/--no-names", default=True, show_default=True, help="People by name, or by their ids alone.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@reading
def export(
    file: str, cycles: tuple[str, ...], form: Format | None, partnership: str | None, programme: str | None,
    workflow: str | None, year: str | None, names: bool, force: bool, how: Reading,
) -> None:  # fmt: skip
    """Write every event of every CYCLE to FILE (- is standard output); without CYCLE, of all cycles.

    One case is one cycle, one row or event one event, in the order of its history. Texts are opened: the file holds
    personal data, and only its owner can read it. `history import` takes it into another store.
    """
    from reviewflow.cli.audit_exporting import exporting
    from reviewflow.history.exporting import Chosen

    filters = {"programme": programme, "partnership": partnership, "workflow": workflow, "year": year}
    if cycles and any(filters.values()):
        raise click.UsageError("name cycles, or say which by --partnership, --programme, --workflow, --year: not both")
    if file != "-" and not force and Path(file).exists():
        raise click.UsageError(f"{file} is there already: give another name, or --force to replace it")
    exporting(file, form or _form(file), Chosen(cycles, filters), how, names=names)


def _form(file: str) -> Any:
    """The format that a name ends in."""
    ending = Path(file).suffix.lower().removeprefix(".")
    if ending in FORMATS:
        return ending
    raise click.UsageError(f"say in which format: --format {', '.join(FORMATS)}; {file} does not end in one of them")
