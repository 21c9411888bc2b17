"""The composition root: settings become concrete parts. The only place that knows every adapter."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reviewflow.cycle import events as cycle_events  # noqa: F401 - registers the topics
from reviewflow.engine import Engine
from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.events import Event, Unsealed
from reviewflow.following import tables as following_tables
from reviewflow.keeping.key_places import keys_apart, master_key_of
from reviewflow.knowing import Folds, Knowing
from reviewflow.ports import Clock, Record
from reviewflow.settings import Settings
from reviewflow.store.sql import SqlStore
from reviewflow.vault.files import EvidenceFolder
from reviewflow.vault.master_key import create_master_key, master_key_beside, resolve_master_key
from reviewflow.vault.places import remove_keys
from reviewflow.vault.vault import KeyVault, create_vault, open_vault
from reviewflow.views import Views, all_views
from reviewflow.views.addresses import keyed_by
from reviewflow.views.people import AddressKeys
from reviewflow.workflow.definition import Definition


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the one clock


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything a door needs."""

    settings: Settings
    engine: Engine
    store: SqlStore
    vault: KeyVault
    views: Views
    clock: Clock

    def operator(self, resolve: Callable[[str], str]) -> str | Unsealed:
        """Who is at the keyboard: whom `REVIEWFLOW_ACTOR` names (`resolve` finds the id), else the system's user."""
        return resolve(self.settings.actor) if self.settings.actor else Unsealed(system_user())


def system_user() -> str:
    """The operating-system user's name; its number where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def create_installation(settings: Settings, clock: Clock | None = None) -> list[str]:
    """Make the store and the vault where the settings say; the warnings that come with it.

    Refuses to touch anything that exists. What was made before a failure is taken away again.
    """
    clock = clock or SystemClock()
    _check_place(settings)
    with ExitStack() as undo:
        key = resolve_master_key(settings.master_key, settings.master_key_file, settings.master_key_command)
        warnings = []
        if key is None:
            beside = settings.beside_master_key
            create_master_key(beside)
            undo.callback(beside.unlink)
            key = resolve_master_key(file=beside)
            assert key is not None
        key_file = settings.master_key_file or (
            None if settings.master_key or settings.master_key_command else settings.beside_master_key
        )
        place = settings.store_path if settings.in_file else settings.keys_place
        if key_file is not None and isinstance(place, Path):
            warning = master_key_beside(place, key_file)
            warnings += [warning] if warning else []
        warnings += keys_apart(settings)
        vault = create_vault(settings.keys_place, key, clock=clock)
        undo.callback(remove_keys, settings.keys_place)
        vault.close()
        store, _ = store_at(settings, clock, Folds(), None)
        with store:
            store.create()
        undo.pop_all()
    return warnings


@contextmanager
def open_installation(settings: Settings, clock: Clock | None = None) -> Iterator[Installation]:
    """The store and vault that exist where the settings say, joined up; closed at the end."""
    clock = clock or SystemClock()
    if settings.in_file and not settings.store_path.exists():
        remedy = "make one with `reviewflow init`, or name another with REVIEWFLOW_STORE"
        raise StoreUnreachable(settings.store, "there is no store here", remedy)
    folds = Folds()
    with ExitStack() as stack:
        vault = vault_at(settings, clock)
        stack.callback(vault.close)
        store, views = store_at(settings, clock, folds, vault)
        stack.enter_context(store)
        engine = Engine(store, vault, clock, EvidenceFolder(settings.evidence_path), views.directory(store), folds)
        engine.finish_forgetting()
        yield Installation(settings, engine, store, vault, views, clock)


def vault_at(settings: Settings, clock: Clock) -> KeyVault:
    """The vault that exists where the settings say; without a master key it hides every text."""
    source = master_key_of(settings)
    return open_vault(settings.keys_place, source.read(), clock=clock, others=source.others)


def store_at(
    settings: Settings, clock: Clock, folds: Folds, vault: KeyVault | None,
    definitions: Callable[[str], Definition] | None = None, address_keys: AddressKeys | None = None,
) -> tuple[SqlStore, Views]:  # fmt: skip
    """The store where the settings say, which need not be there yet, and its views.

    Views find definitions in the log, or by `definitions`; addresses by the vault, or by `address_keys`, or by neither.
    """
    store: SqlStore

    def definition(digest: str) -> Definition:
        kept = folds.definitions.get(digest)
        if kept is not None:
            return kept
        with store.snapshot() as snapshot:
            return Knowing(snapshot, folds, str).definition(digest)

    def no_addresses(_record: Record, _event: Event) -> None:
        """A store that is only being made holds nobody."""

    views = all_views(definitions or definition, address_keys or (keyed_by(vault) if vault else no_addresses))
    beside = [following_tables.create, *(view.create for view in views.following)]
    store = SqlStore(settings.store, clock, views.synchronous, beside=beside)
    return store, views


def _check_place(settings: Settings) -> None:
    faults = [
        Fault(str(path), "a file that exists", "a place where there is nothing yet; nothing was changed")
        for path in (settings.store_path, settings.keys_place)[0 if settings.in_file else 1 :]
        if isinstance(path, Path) and path.exists()
    ]
    if faults:
        raise BadInput("init", faults)
    if settings.in_file and not settings.store_path.parent.is_dir():
        raise StoreUnreachable(settings.store, f"there is no folder {settings.store_path.parent}", "make it first")
