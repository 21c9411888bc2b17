"""A store moves: what is done, and what is to be set afterwards."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from reviewflow.cli.keeping.progress import progressing
from reviewflow.cli.printing import count, document, say
from reviewflow.cli.request import opened
from reviewflow.errors import StoreUnreachable
from reviewflow.keeping.arriving import Arriving, Definitions
from reviewflow.keeping.carrying import carry
from reviewflow.keeping.copying import Copied, copy
from reviewflow.knowing import Folds
from reviewflow.registry.permissions import OPERATOR, check
from reviewflow.settings import PREFIX, Settings
from reviewflow.store.addresses import is_postgresql, shown
from reviewflow.store.moved import address_of
from reviewflow.store.sql import SqlStore
from reviewflow.wiring import Installation, store_at

_WORDS = {
    "reading": "reading what an earlier run copied",
    "copying": "copying records",
    "comparing": "comparing",
    "closing": "copying the last ones; nothing can be recorded for a moment",
    "marked": "opening the new store",
}


def copying(to: str, *, dry_run: bool, as_json: bool) -> None:
    """Copy, or say what would be copied."""
    check("store copy", [OPERATOR])
    with opened() as installation:
        settings = installation.settings.model_copy(update={"store": to})
        definitions = Definitions()
        store, views = store_at(settings, installation.clock, Folds(), installation.vault, definitions.find)
        with store, store.arrival() as place:
            after = settings_after(installation.settings, to)
            moved = installation.store.moved()
            if moved is not None and moved.to == address_of(to) and _there(store):
                _tell_done(to, after, as_json)
                return
            if dry_run:
                begun = place.look()
                _tell_dry(installation, to, begun.position if begun else None, after, as_json)
                return
            if not installation.vault.readable:
                remedy = "set it: addresses are looked up by a hash that only it can make"
                raise StoreUnreachable("the master key", "it is not at hand", remedy)
            with progressing(_WORDS) as heard:
                arriving = Arriving(place, views.synchronous, definitions)
                origin = address_of(installation.settings.store)
                done = copy(
                    installation.store, arriving, origin, address_of(to), installation.clock, heard, carry
                )  # fmt: skip
        _tell(installation, to, done, after, as_json)


def settings_after(settings: Settings, to: str) -> dict[str, str]:
    """What is to be set when the store is elsewhere, and all else stays where it is."""
    store = shown(to) if is_postgresql(to) else address_of(to)
    kept = {"STORE": store, "KEYS": _whole(settings.keys_place), "EVIDENCE": _whole(settings.evidence_path)}
    given = settings.master_key or settings.master_key_file or settings.master_key_command
    if not given and settings.beside_master_key.exists():
        kept["MASTER_KEY_FILE"] = _whole(settings.beside_master_key)
    return {f"{PREFIX}{name}": value for name, value in kept.items()}


def _whole(place: Path | str) -> str:
    return shown(place) if isinstance(place, str) else str(place.absolute())


def _there(store: SqlStore) -> bool:
    """Whether it is a store that can be opened."""
    try:
        store.moved()
    except StoreUnreachable:
        return False
    return True


def _tell(installation: Installation, to: str, done: Copied, after: dict[str, str], as_json: bool) -> None:
    if as_json:
        document({"dry_run": False, "to": shown(to), **done._asdict(), "settings": after})
        return
    say(f"{count(done.position, 'record')} copied to {shown(to)}, and proved to be the same.")
    say(f"SHA-256 over all of them: {done.digest}")
    say(f"{shown(installation.settings.store)} is closed: it records nothing any more. Keep it until the next backup.")
    _tell_settings(to, after)


def _tell_done(to: str, after: dict[str, str], as_json: bool) -> None:
    if as_json:
        document({"dry_run": False, "to": shown(to), "position": None, "settings": after})
        return
    say(f"It was moved to {shown(to)} before, and is there. Nothing needed to be done.")
    _tell_settings(to, after)


def _tell_dry(installation: Installation, to: str, begun: int | None, after: dict[str, str], as_json: bool) -> None:
    with installation.store.snapshot() as snapshot:
        position = snapshot.position()
    if as_json:
        document({
            "dry_run": True, "to": shown(to), "position": position, "before": begun or 0, "settings": after,
        })  # fmt: skip
        return
    begin = "made there" if begun is None else f"filled further: {count(begun, 'record')} are there"
    say(f"{count(position, 'record')} would be copied; a store would be {begin}. This one would be closed.")
    say("Dry run: nothing was done.")
    _tell_settings(to, after)


def _tell_settings(to: str, after: dict[str, str]) -> None:
    say("\nKeys and evidence stay where they are. For work to go on there:")
    for name, value in after.items():
        say(f"  export {name}={quote(value)}")
    if shown(to) != to:
        say("(the address with its user and password, as you gave it)")
