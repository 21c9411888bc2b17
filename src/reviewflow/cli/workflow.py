"""Workflow definitions: checked, compared, published, shown, drawn."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import Commands, example
from reviewflow.cli.options import Acting, Reading, acting, reading


@click.group(cls=Commands, epilog=example("reviewflow workflow check my-workflow.yaml"))
def workflow() -> None:
    """Check, compare, publish, show and draw workflow definitions."""


@workflow.command("list", epilog=example("reviewflow workflow list", "reviewflow workflow list --editions"))
@click.option("--editions", is_flag=True, help="Every edition that was ever published, not only the latest.")
@reading
def list_(editions: bool, how: Reading) -> None:
    """List the published workflows, and those that come with reviewflow."""
    from reviewflow.cli.workflow_reading import listing

    listing(editions, how)


@workflow.command(
    epilog=example("reviewflow workflow show spp-peer-review", "reviewflow workflow show spp-peer-review --facts")
)
@click.argument("name", metavar="WORKFLOW")
@click.option("--facts", "with_facts", is_flag=True, help="The facts that its rules may use: name, type, meaning.")
@click.option(
    "--edition", metavar="EDITION", help="A certain edition, or the beginning of a digest; without it, the latest."
)
@reading
def show(name: str, with_facts: bool, edition: str | None, how: Reading) -> None:
    """Show a workflow: roles, steps, requirements with their sources, deadlines.

    WORKFLOW is a published one, one that comes with reviewflow, or a file.
    """
    from reviewflow.cli.workflow_reading import showing

    showing(name, with_facts, edition, how)


@workflow.command(epilog=example("reviewflow workflow check my-workflow.yaml"))
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def check(files: tuple[str, ...], as_json: bool) -> None:
    """Check definitions; every fault is told with line and column. Needs no store."""
    from reviewflow.cli.workflow_files import checking

    checking(files, as_json)


@workflow.command(
    epilog=example(
        "reviewflow workflow publish spp-peer-review", "reviewflow workflow publish my-workflow.yaml --dry-run"
    )
)
@click.argument("file")
@acting
def publish(file: str, how: Acting) -> None:
    """Publish a definition: FILE, or the name of one that comes with reviewflow.

    Cycles that run stay with the edition they were opened with.
    """
    from reviewflow.cli.workflow_files import publishing

    publishing(file, how)


@workflow.command(
    epilog=example(
        "reviewflow workflow diagram spp-peer-review > spp.mmd", "reviewflow workflow diagram spp-peer-review --text"
    )
)
@click.argument("name", metavar="WORKFLOW")
@click.option("--text", "as_text", is_flag=True, help="As text for a terminal, instead of Mermaid.")
@click.option(
    "--edition", metavar="EDITION", help="A certain edition, or the beginning of a digest; without it, the latest."
)
@reading
def diagram(name: str, as_text: bool, edition: str | None, how: Reading) -> None:
    """Draw a workflow as a Mermaid state diagram.

    WORKFLOW is a published one, one that comes with reviewflow, or a file.
    """
    from reviewflow.cli.workflow_reading import drawing

    drawing(name, as_text, edition, how)


@workflow.command(
    epilog=example(
        "reviewflow workflow diff my-workflow.yaml", "reviewflow workflow diff my-workflow.yaml --against 2026"
    )
)
@click.argument("file")
@click.option(
    "--against", metavar="EDITION", help="A certain edition, or the beginning of a digest; without it, the latest."
)
@reading
def diff(file: str, against: str | None, how: Reading) -> None:
    """Tell what a definition changes against the edition that is published.

    FILE is checked first. It may be the name of one that comes with reviewflow.
    """
    from reviewflow.cli.workflow_reading import comparing

    comparing(file, against, how)
