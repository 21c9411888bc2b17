"""A backup comes back, or is shown to be able to: what came, and what is hidden in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from reviewflow.cli.keeping.progress import progressing
from reviewflow.cli.printing import count, document, facts, say
from reviewflow.cli.settings import read_settings
from reviewflow.keeping.arriving import Definitions
from reviewflow.keeping.bringing_back import Back, Place, bring_back, refuse_taken, try_out
from reviewflow.keeping.keys_of_log import KeysOfLog
from reviewflow.keeping.restoring import check_file
from reviewflow.knowing import Folds
from reviewflow.ports import Clock
from reviewflow.registry.permissions import OPERATOR, check
from reviewflow.settings import Settings
from reviewflow.store.addresses import shown
from reviewflow.store.sql import SqlStore
from reviewflow.vault.vault import KeyVault
from reviewflow.views.view import View
from reviewflow.wiring import SystemClock, store_at, vault_at

_WORDS = {"reading": "reading the file", "restoring": "restoring records", "comparing": "comparing"}
_SHOWN: Final = 5


def restoring(file: str, to: str | None, *, only_check: bool, expect: str | None, as_json: bool) -> None:
    """Prove the file, then restore it or try it out."""
    check("restore", [OPERATOR])
    settings = read_settings()
    if to is not None:
        settings = settings.model_copy(update={"store": to})
    clock: Clock = click.get_current_context().find_root().obj or SystemClock()
    path = Path(file)

    def make(url: str, definitions: Definitions, keys: KeysOfLog) -> tuple[SqlStore, Sequence[View]]:
        there = settings.model_copy(update={"store": url})
        store, views = store_at(there, clock, Folds(), None, definitions.find, keys.address_key)
        return store, views.synchronous

    with progressing(_WORDS) as heard, _vault(settings, clock) as vault:
        if not only_check and settings.in_file:
            refuse_taken(settings.store_path)  # a large file takes minutes to prove
        proved = check_file(path, expect, heard)
        if only_check:
            back = try_out(path, proved, make, vault, heard)
        else:
            place = Place(settings.store, settings.store_path if settings.in_file else None, settings.evidence_path)
            back = bring_back(path, proved, place, make, vault, heard)
        warnings = list(_warnings(settings, back, vault))
    if as_json:
        where = None if only_check else shown(settings.store)
        document({"file": file, "check": only_check, "store": where, **_data(back), "warnings": warnings})
    else:
        _tell(settings, back, only_check)
        for warning in warnings:
            say(f"\n{warning}", err=True)


@contextmanager
def _vault(settings: Settings, clock: Clock) -> Iterator[KeyVault | None]:
    """The keys, if there are any where the settings say."""
    place = settings.keys_place
    if isinstance(place, Path) and not place.exists():
        yield None
        return
    vault = vault_at(settings, clock)
    try:
        yield vault
    finally:
        vault.close()


def _data(back: Back) -> dict[str, object]:
    rest = {name: value for name, value in back._asdict().items() if name != "restored"}
    return {**back.restored._asdict(), **rest}


def _tell(settings: Settings, back: Back, only_check: bool) -> None:
    came = back.restored
    facts({
        "store": "" if only_check else shown(settings.store),
        "records": f"{came.position:,}",
        "last recorded at": came.last_recorded_at,
        "evidence": f"{count(came.evidence, 'file')}, {came.evidence_bytes:,} bytes",
        "digest": came.digest,
    })  # fmt: skip
    if only_check:
        say("The file is whole, and all of it would come back. Nothing was restored.")
    else:
        say("All of it came back. What was recorded after the backup was made is not there.")
    if back.forgotten_again:
        verb = "would be" if only_check else "were"
        say(f"{count(len(back.forgotten_again), 'key')} of those whom the log forgot {verb} destroyed again.")


def _warnings(settings: Settings, back: Back, vault: KeyVault | None) -> Iterator[str]:
    """What a person should know before anybody works with it."""
    later = "then run: reviewflow views rebuild"
    if vault is None:
        yield f"There are no keys at {settings.keys_place}: every name and text is hidden. Put them there, {later}"
    elif not vault.readable:
        yield f"The master key is not at hand: texts are hidden, and no address can be looked up. Set it, {later}"
    if back.without_key:
        yield (
            f"The keys at hand have none of {_some(back.without_key)}: their texts are hidden. Put the keys "
            f"there that belong to this log, {later}"
        )
    if back.forgotten_since:
        yield (
            f"After this backup was made {_some(back.forgotten_since)} were forgotten. Their texts are gone; for the "
            "history to say so as well: reviewflow person forget ID"
        )
    if back.restored.missing:
        names = tuple(one[:12] for one in back.restored.missing)
        yield f"The backup never had {count(len(names), 'file')} of evidence that records name: {_some(names)}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")
