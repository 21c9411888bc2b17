"""`history import`: past cycles from CSV or XES, each row accepted or refused with why."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example


@click.command("import", epilog=example(
    "reviewflow history import reviews.csv --map mapping.yaml --dry-run",
    "reviewflow history import log.xes.gz --map mapping.yaml --refused refused.csv",
    "reviewflow history import --map mapping.yaml --check-map"))  # fmt: skip
@click.argument("file", metavar="[FILE]", required=False)
@click.option(
    "--map", "map_", metavar="FILE", help="The mapping: a file, or the name of one that comes with the package."
)
@click.option("--workflow", metavar="NAME", help="Into which; may be left out, the mapping says it.")
@click.option("--programme", metavar="PROGRAMME", help="In which; may be left out where there is only one.")
@click.option("--partnership", metavar="PARTNERSHIP", help="In which the cycles were, if in any.")
@click.option(
    "--table", "tables", multiple=True, metavar="NAME=FILE", help="A further file of the mapping, if not beside FILE."
)
@click.option("--refused", metavar="FILE", help="Write every refused row into this new CSV file.")
@click.option(
    "--retry", is_flag=True, help="Also take rows that no earlier import took before later rows of their case."
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1, max=16),
    metavar="N",
    help="Processes that share the work; without it, as many as the machine has, for a large file.",
)
@click.option("--check-map", is_flag=True, help="Only say whether the mapping fits its workflow.")
@click.option("--example", "show_example", is_flag=True, help="Only print a mapping to begin from.")
@click.option("--as", "actor", metavar="PERSON", help="Who imports; else whom REVIEWFLOW_ACTOR names.")
@click.option("--dry-run", is_flag=True, help="Rehearse it on a copy of the store: the same report, nothing written.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def import_(
    file: str | None, map_: str | None, workflow: str | None, programme: str | None, partnership: str | None,
    tables: tuple[str, ...], refused: str | None, retry: bool, jobs: int | None, check_map: bool, show_example: bool,
    actor: str | None, dry_run: bool, as_json: bool,
) -> int:  # fmt: skip
    """Bring in past cycles from FILE: CSV or XES, plain or gzipped, read as a mapping says.

    Every row becomes events or is refused with its reason; the rest goes on. Run again, it takes up where it was cut
    short and changes nothing that is there. What `audit export` wrote needs no mapping. Exit code 1 if rows were
    refused.
    """
    from reviewflow.cli import history_importing as importing
    from reviewflow.cli.options import Acting

    if show_example:
        importing.show_example()
        return 0
    if check_map:
        if map_ is None:
            raise click.UsageError("say which mapping: --map FILE")
        importing.check(map_, workflow, as_json=as_json)
        return 0
    if file is None:
        raise click.UsageError("say what is to be imported: FILE")
    how = Acting(actor=actor, dry_run=dry_run, json=as_json)
    if map_ is None:
        if workflow or tables or refused or retry:
            raise click.UsageError("--workflow, --table, --refused and --retry go with --map FILE")
        from reviewflow.cli import history_taking_over

        return history_taking_over.run(file, programme, partnership, how)
    return importing.run(
        importing.Typed(file, map_, workflow, programme, partnership, tables, refused, retry, jobs), how
    )  # fmt: skip
