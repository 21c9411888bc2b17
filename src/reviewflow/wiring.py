"""The composition root: settings become concrete parts. The only place that knows every adapter."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from reviewflow.cycle import events as cycle_events  # noqa: F401 - registers the topics
from reviewflow.engine import Engine
from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.events import Event, Unsealed
from reviewflow.knowing import Folds, Knowing
from reviewflow.ports import Clock, Record
from reviewflow.settings import Settings
from reviewflow.store.sql import SqlStore
from reviewflow.vault.files import EvidenceFolder
from reviewflow.vault.master_key import create_master_key, master_key_beside, resolve_master_key
from reviewflow.vault.vault import KeyVault, create_vault, open_vault
from reviewflow.views import Views, all_views
from reviewflow.views.addresses import keyed_by
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
        if key_file is not None:
            warning = master_key_beside(settings.store_path, key_file)
            warnings += [warning] if warning else []
        vault = create_vault(settings.keys_path, key, clock=clock)
        undo.callback(settings.keys_path.unlink)
        vault.close()
        store, _ = _store(settings, clock, Folds(), None)
        with store:
            store.create()
        undo.pop_all()
    return warnings


@contextmanager
def open_installation(settings: Settings, clock: Clock | None = None) -> Iterator[Installation]:
    """The store and vault that exist where the settings say, joined up; closed at the end."""
    clock = clock or SystemClock()
    key_file = settings.master_key_file
    if not (settings.master_key or key_file or settings.master_key_command) and settings.beside_master_key.exists():
        key_file = settings.beside_master_key
    key = resolve_master_key(settings.master_key, key_file, settings.master_key_command)
    if not settings.store_path.exists():
        remedy = "make one with `reviewflow init`, or name another with REVIEWFLOW_STORE"
        raise StoreUnreachable(settings.store, "there is no store here", remedy)
    folds = Folds()
    with ExitStack() as stack:
        vault = open_vault(settings.keys_path, key, clock=clock)
        stack.callback(vault.close)
        store, views = _store(settings, clock, folds, vault)
        stack.enter_context(store)
        engine = Engine(store, vault, clock, EvidenceFolder(settings.evidence_path), views.directory(store), folds)
        engine.finish_forgetting()
        yield Installation(settings, engine, store, vault, views, clock)


def _store(settings: Settings, clock: Clock, folds: Folds, vault: KeyVault | None) -> tuple[SqlStore, Views]:
    store: SqlStore

    def definition(digest: str) -> Definition:
        kept = folds.definitions.get(digest)
        if kept is not None:
            return kept
        with store.snapshot() as snapshot:
            return Knowing(snapshot, folds, str).definition(digest)

    def no_addresses(_record: Record, _event: Event) -> None:
        """A store that is only being made holds nobody."""

    views = all_views(definition, keyed_by(vault) if vault else no_addresses)
    store = SqlStore(settings.store, clock, views.synchronous)
    return store, views


def _check_place(settings: Settings) -> None:
    faults = [
        Fault(str(path), "a file that exists", "a place where there is nothing yet; nothing was changed")
        for path in (settings.store_path, settings.keys_path)
        if path.exists()
    ]
    if faults:
        raise BadInput("init", faults)
    if not settings.store_path.parent.is_dir():
        raise StoreUnreachable(settings.store, f"there is no folder {settings.store_path.parent}", "make it first")
