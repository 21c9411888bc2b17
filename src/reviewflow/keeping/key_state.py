"""How the vault stands: where it is, what is in it, which master key opens it, what else keeps its keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reviewflow.errors import StoreUnreachable
from reviewflow.keeping.key_places import master_key_of
from reviewflow.settings import Settings
from reviewflow.vault.keys import BackupNote, ForgottenStream
from reviewflow.vault.master_key import master_key_beside
from reviewflow.vault.master_source import MasterKeySource, fingerprint
from reviewflow.vault.places import open_keys
from reviewflow.vault.rotation import opens, waiting_key

_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class MasterKeySeen:
    """A master key in its place: `opens` is None where there is no key to try, and `why` says so."""

    told: str
    fingerprint: str | None
    opens: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class KeyState:
    """What was found."""

    name: str
    in_database: bool
    keys: int
    forgotten: list[ForgottenStream]
    master_key: MasterKeySeen
    waiting: MasterKeySeen | None
    backups: list[BackupNote]
    aside: list[Path]
    warnings: list[str]


def look(settings: Settings, today: str) -> KeyState:
    """Read it all, also without a master key, and change nothing; `StoreUnreachable` if there are no keys."""
    place, source = settings.keys_place, master_key_of(settings)
    keys = open_keys(place)
    try:
        with keys.whole() as whole:
            count, forgotten, mark = whole.count(), whole.forgotten(), whole.mark()
        backups = keys.backups()
        name = keys.name
    finally:
        keys.close()
    master_key, waiting = _seen(source, mark), _waiting(source, mark)
    aside = sorted(place.parent.glob(f"{place.name}.before-restore-*")) if isinstance(place, Path) else []
    warnings = [*_about_files(settings, source), *_about_rotation(source, master_key, waiting)]
    warnings += [
        f"the backup of {note.made_at[:10]} was to be destroyed by {note.destroy_by}: destroy it if it still exists"
        for note in backups
        if note.destroy_by < today
    ]
    warnings += [f"{path} holds keys as they were before a restore: destroy it when all is well" for path in aside]
    return KeyState(name, isinstance(place, str), count, forgotten, master_key, waiting, backups, aside, warnings)


def _seen(source: MasterKeySource, mark: bytes) -> MasterKeySeen:
    try:
        key = source.read()
    except StoreUnreachable as error:
        return MasterKeySeen(source.told, None, None, error.why)
    if key is None:
        return MasterKeySeen(source.told, None, None, "none is set: texts are hidden, nothing can be recorded")
    return MasterKeySeen(source.told, fingerprint(key), opens(key, mark))


def _waiting(source: MasterKeySource, mark: bytes) -> MasterKeySeen | None:
    if source.next_file is None or not source.next_file.exists():
        return None
    key = waiting_key(source)
    if key is None:
        return MasterKeySeen(str(source.next_file), None, None, "it holds no whole key")
    return MasterKeySeen(str(source.next_file), fingerprint(key), opens(key, mark))


def _about_rotation(source: MasterKeySource, first: MasterKeySeen, waiting: MasterKeySeen | None) -> list[str]:
    if waiting is None:
        return []
    if waiting.opens:
        what = f"{waiting.told} opens the vault, {source.told} no longer does"
        return [f"a new master key is not in its place yet: {what}; `reviewflow vault rotate` moves it there"]
    if first.opens:
        return [f"{waiting.told} is there and serves nothing yet; `reviewflow vault rotate` changes to it"]
    return []


def _about_files(settings: Settings, source: MasterKeySource) -> list[str]:
    paths = (path for path in (settings.keys_place, source.real_file) if isinstance(path, Path) and path.exists())
    modes = [(path, path.stat().st_mode & 0o777) for path in paths]
    found = [f"others may read {path} (mode {mode:o}): chmod 600 {path}" for path, mode in modes if mode & _OTHERS]
    if source.real_file and settings.in_file and (warning := master_key_beside(settings.store_path, source.real_file)):
        found.append(warning.removeprefix("WARNING: "))
    return found
