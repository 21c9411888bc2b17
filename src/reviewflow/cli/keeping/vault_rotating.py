"""A new master key, told."""

from __future__ import annotations

from reviewflow.cli.keeping.vault_showing import moment
from reviewflow.cli.printing import count, document, say, working
from reviewflow.cli.settings import read_settings
from reviewflow.keeping.key_places import master_key_of, new_master_key_of
from reviewflow.registry import permissions
from reviewflow.vault.keys import BackupNote
from reviewflow.vault.places import open_keys
from reviewflow.vault.rotation import Rotated, rotate


def rotating(*, dry_run: bool, leave_damaged: bool, as_json: bool) -> None:
    """Change it, and say where the new one is and what the old one still opens."""
    permissions.check("vault rotate", [permissions.OPERATOR])
    settings = read_settings()
    old, new = master_key_of(settings), new_master_key_of(settings)
    keys = open_keys(settings.keys_place)
    try:
        with working("Wrapping every key anew ..."):
            done = rotate(keys, old, new, dry_run=dry_run, leave_damaged=leave_damaged)
        today = moment().now().date().isoformat()
        backups = [note for note in keys.backups() if note.destroy_by >= today]
    finally:
        keys.close()
    place = str(done.file) if done.file else new.told
    if as_json:
        document({
            "dry_run": dry_run, "finished": done.finished, "keys": done.keys, "master_key": place,
            "fingerprint": done.fingerprint, "damaged": list(done.damaged),
            "old_backups": [one._asdict() for one in backups],
        })  # fmt: skip
        return
    _tell(done, place, old.names.file, backups, dry_run=dry_run)


def _tell(done: Rotated, place: str, setting: str, backups: list[BackupNote], *, dry_run: bool) -> None:
    keys = count(done.keys, "key")
    for owner in done.damaged:
        say(f"! the key of {owner} does not open, and stays as it is", err=True)
    if dry_run:
        what = "had been wrapped anew before; the new master key would take its place" if done.finished else \
            "open, and would be wrapped anew"  # fmt: skip
        say(f"{keys} {what}: {place}.")
        say("Dry run: nothing was done.")
        return
    say(f"{keys} {'had been' if done.finished else 'are'} wrapped by the new master key {done.fingerprint}: {place}.")
    if done.file is None:
        say(f"Set {setting}, or its sisters, to the new one for every process that starts from now on.")
        say("The old one opens older backups and nothing else; destroy every copy of it when they are gone.")
    else:
        say("The old one is no longer there. Older backups open with it alone, and are worth nothing without a copy.")
    for note in backups:
        say(f"  needs an older master key: the backup of {note.made_at[:16]}, to be destroyed by {note.destroy_by}")
    say("Make a new backup of the keys: reviewflow vault backup FILE")
