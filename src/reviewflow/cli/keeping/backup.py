"""`backup` and `restore`: everything in one file, without a key, and back."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example


@click.command(epilog=example("reviewflow backup reviewflow-2026-09-07.backup", "reviewflow restore FILE --check"))
@click.argument("file")
@click.option(
    "--force", is_flag=True, help="Replace FILE if it is there; the old one stays until the new one is whole."
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def backup(file: str, force: bool, as_json: bool) -> int:
    """Write every record and all evidence into FILE, while people go on working.

    Texts and evidence are in it as they are stored: sealed. Keys never are: `reviewflow vault backup` keeps those
    elsewhere, and without them nobody can read a name. Note down the digest that is printed: `restore --expect` asks
    for it. Exit code 1 if evidence was not where it should be; the backup has all the rest.
    """
    from reviewflow.cli.keeping.backing_up import backing_up

    return backing_up(file, force=force, as_json=as_json)


@click.command(
    epilog=example(
        "reviewflow restore reviewflow-2026-09-07.backup --check",
        "reviewflow restore reviewflow-2026-09-07.backup --to sqlite:////srv/reviewflow/reviewflow.db",
    )
)
@click.argument("file")
@click.option(
    "--to", "to", metavar="URL", help="A place where there is nothing; without it, the one that REVIEWFLOW_STORE names."
)
@click.option("--check", "only_check", is_flag=True, help="Prove that it would come back whole, and restore nothing.")
@click.option("--expect", metavar="DIGEST", help="Refuse any other file than the one with this digest.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")
def restore(file: str, to: str | None, only_check: bool, expect: str | None, as_json: bool) -> None:
    """Make a store from a backup, where there is none, and prove that it came back.

    All of it comes back, or nothing is left. What was forgotten is forgotten again if the keys are at hand. The
    digests within FILE find damage; only `--expect` with a digest kept elsewhere finds a forged one.
    """
    from reviewflow.cli.keeping.restoring import restoring

    restoring(file, to, only_check=only_check, expect=expect, as_json=as_json)
