"""Backups of the vault: made, proved, brought back; told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reviewflow.cli.keeping.vault_showing import moment
from reviewflow.cli.printing import count, document, say, working
from reviewflow.cli.settings import read_settings
from reviewflow.keeping.key_places import forgotten_in_log, master_key_of
from reviewflow.registry import permissions
from reviewflow.settings import Settings
from reviewflow.vault.backing_up import back_up, last_day, name_until
from reviewflow.vault.places import open_keys
from reviewflow.vault.restoring import Restored, restore
from reviewflow.vault.rotation import named


def backing_up(file: Path, days: int, *, force: bool, as_json: bool) -> None:
    """Make one, and say by when it is to be destroyed."""
    permissions.check("vault backup", [permissions.OPERATOR])
    settings, now = read_settings(), moment().now()
    if file.is_dir():
        file /= name_until(last_day(now, days))
    keys = open_keys(settings.keys_place)
    try:
        with working("Copying the keys ..."):
            made, noted = back_up(keys, master_key_of(settings), file, now, days, force=force, never=_never(settings))
    finally:
        keys.close()
    if as_json:
        document({"file": str(file), **made._asdict(), "noted": noted})
        return
    say(f"{count(made.keys, 'key')} and {made.forgotten:,} on the list of the forgotten are in {file}.")
    say(f"Destroy it by {made.destroy_by}: whoever is forgotten until then can be read with it.")
    if not noted:
        say("! the keys could not be written: `vault show` will not tell of this backup", err=True)
    say(f"It opens with the master key {made.master_key} alone, which it does not hold: keep that elsewhere.")


def restoring(file: Path, *, check: bool, replace: bool, past_its_life: bool, as_json: bool) -> None:
    """Bring one back, or say what would come of it."""
    permissions.check("vault restore", [permissions.OPERATOR])
    settings, clock = read_settings(), moment()
    log = forgotten_in_log(settings, clock)
    with working("Reading the backup ..."):
        done = restore(
            settings.keys_place, file, master_key_of(settings), clock.now(), log.streams,
            replace=replace, past_its_life=past_its_life, check=check,
        )  # fmt: skip
    warnings = _warnings(done, log.unasked, check=check)
    if as_json:
        document({"check": check, **_data(done), "log_asked": not log.unasked, "warnings": warnings})
        return
    header = done.header
    say(f"{file} is whole: the keys as of {header.made_at}, to be destroyed by {header.destroy_by}.")
    does = "would come back" if check else "came back"
    say(f"{count(done.keys, 'key')} {does}; {done.forgotten:,} on the list of the forgotten.")
    if done.kept_out:
        stays = "would stay out" if check else "stayed out"
        say(f"{count(done.kept_out, 'key')} {stays}: forgotten since this backup was made.")
    if done.aside:
        say(f"The keys that were there are in {done.aside}; destroy it when all is well.")
    for warning in warnings:
        say(f"! {warning}", err=True)
    if check:
        say("Checked: nothing was changed.")


def _warnings(done: Restored, unasked: str, *, check: bool) -> list[str]:
    found = []
    if done.lost:
        where = f"; they are in {done.aside}" if done.aside else ""
        lack = "would be missing" if check else "are missing now"
        found.append(
            f"{count(done.lost, 'key')} made since this backup {lack}: texts sealed with them cannot be read{where}"
        )
    if done.damaged:
        found.append(f"{count(len(done.damaged), 'key')} did not open when this backup was made: {named(done.damaged)}")
    if done.unread:
        found.append("the keys that were there could not be read, nor their list of the forgotten")
    if unasked:
        found.append(
            f"the log could not be asked who is forgotten ({unasked}); the next command that opens it will, before"
            " anything else, and will forget again"
        )
    return found


def _data(done: Restored) -> dict[str, Any]:
    return {
        **done.header._asdict(), "keys": done.keys, "forgotten": done.forgotten, "kept_out": done.kept_out,
        "lost": done.lost, "kept_aside": str(done.aside) if done.aside else None, "unread": done.unread,
        "damaged": list(done.damaged),
    }  # fmt: skip


def _never(settings: Settings) -> tuple[Path, ...]:
    """What a backup never takes the place of, whatever is said."""
    source = master_key_of(settings)
    places = (
        settings.keys_place,
        settings.store_path if settings.in_file else None,
        source.real_file,
        source.next_file,
    )
    return tuple(path for path in places if isinstance(path, Path))
