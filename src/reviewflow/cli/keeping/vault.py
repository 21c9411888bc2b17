"""The vault's own keeping: its backups, its master key."""

from __future__ import annotations

from pathlib import Path

import click

from reviewflow.cli.lazy import Commands, example

_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document; its keys stay.")


@click.group(cls=Commands, epilog=example("reviewflow vault show", "reviewflow vault backup /media/stick/ --days 35"))
def vault() -> None:
    """Back up the keys, bring them back, change the master key.

    Keys are never part of `reviewflow backup`: whoever holds both can read what was forgotten since.
    """


@vault.command(epilog=example("reviewflow vault show", "reviewflow vault show --json"))
@_JSON
def show(as_json: bool) -> None:
    """Say where the keys are, how many, which master key opens them, and which backups keep them."""
    from reviewflow.cli.keeping.vault_showing import showing

    showing(as_json)


@vault.command(epilog=example("reviewflow vault backup keys.backup", "reviewflow vault backup /media/stick/ --days 14"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--days", type=int, default=35, show_default=True, metavar="N",
              help="In how many days it is to be destroyed.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over an older backup of this name.")
@_JSON
def backup(file: Path, days: int, force: bool, as_json: bool) -> None:
    """Write every key, still wrapped by the master key, and the list of the forgotten to FILE.

    Others go on meanwhile. In a folder it is given a name that says by when to destroy it: somebody's key that is
    destroyed today lives on in the backups of yesterday, until the last of them is destroyed. It is worth
    nothing without the master key, which is in no backup: keep that elsewhere, and not in one place only.
    """
    from reviewflow.cli.keeping.vault_copies import backing_up

    backing_up(file, days, force=force, as_json=as_json)


@vault.command(
    epilog=example(
        "reviewflow vault restore keys.backup --check",
        "reviewflow vault restore keys.backup --replace",
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Prove the backup, say what would come of it, and change nothing.")
@click.option("--replace", is_flag=True, help="Also where there are keys; they are put aside.")
@click.option("--past-its-life", is_flag=True, help="Also if it should have been destroyed by now.")
@_JSON
def restore(file: Path, check: bool, replace: bool, past_its_life: bool, as_json: bool) -> None:
    """Bring the keys back from FILE, without the keys of those who were forgotten since.

    Whoever is on a list of the forgotten stays forgotten: that of the backup, of the keys that are there, and of
    the log. It needs the master key of the day of the backup. A file that is cut short, altered, of another
    installation or past its day is refused. It happens at once or not at all; end what else uses the keys first.
    """
    from reviewflow.cli.keeping.vault_copies import restoring

    restoring(file, check=check, replace=replace, past_its_life=past_its_life, as_json=as_json)


@vault.command(epilog=example("reviewflow vault rotate --dry-run", "reviewflow vault rotate"))
@click.option("--dry-run", is_flag=True, help="Prove that every key opens, say what would be done, and do nothing.")
@click.option("--leave-damaged", is_flag=True, help="Go on though some keys do not open; they stay as they are.")
@_JSON
def rotate(dry_run: bool, leave_damaged: bool, as_json: bool) -> None:
    """Change the master key: wrap every key anew, all of them or none, while others go on.

    The new master key comes from REVIEWFLOW_NEW_MASTER_KEY, REVIEWFLOW_NEW_MASTER_KEY_FILE or
    REVIEWFLOW_NEW_MASTER_KEY_COMMAND. Without one, if the present one lies in a file, a new one is made beside it
    and takes its place. If it is cut short, one of the two files opens the vault (`vault show` says which), every
    command looks in both, and `vault rotate` goes on. Afterwards the old master key opens nothing but older backups.
    """
    from reviewflow.cli.keeping.vault_rotating import rotating

    rotating(dry_run=dry_run, leave_damaged=leave_damaged, as_json=as_json)
