"""The composition root: settings become concrete parts. The only place that knows every adapter."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewflow.cycle import events as cycle_events  # noqa: F401 - registers the topics
from reviewflow.engine import Engine
from reviewflow.errors import StoreUnreachable
from reviewflow.events import Event, Unsealed
from reviewflow.keeping.half_made import check_free, uninterrupted, whole_or_nothing
from reviewflow.keeping.key_places import keys_apart, master_key_of
from reviewflow.knowing import Folds, Knowing
from reviewflow.ports import Clock, Record
from reviewflow.settings import Settings
from reviewflow.store.sql import SqlStore
from reviewflow.vault.files import EvidenceFolder
from reviewflow.vault.master_key import create_master_key, master_key_beside, resolve_master_key
from reviewflow.vault.places import remove_keys
from reviewflow.vault.vault import KeyVault, create_vault, open_vault
from reviewflow.views.addresses import Addresses, keyed_by
from reviewflow.workflow.definition import Definition

if TYPE_CHECKING:
    from reviewflow.views.assembled import Views
    from reviewflow.views.people import AddressKeys


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
    clock: Clock
    assembled: Callable[[], Views]

    @property
    def views(self) -> Views:
        """All views; the first to ask waits for the import of SQLAlchemy and of every table."""
        return self.assembled()

    def operator(self, resolve: Callable[[str], str]) -> str | Unsealed:
        """Who is at the keyboard: whom `REVIEWFLOW_ACTOR` names (`resolve` finds the id), else the system's user."""
        return resolve(self.settings.actor) if self.settings.actor else Unsealed(system_user())


def system_user() -> str:
    """The operating-system user's name; its number where it has none."""
    try:
        name = getpass.getuser()
        return name.encode(errors="backslashreplace").decode()  # bytes that are no UTF-8 cannot be recorded
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def create_installation(settings: Settings, clock: Clock | None = None) -> list[str]:
    """Make the store and the vault where the settings say; the warnings that come with it.

    Refuses to touch anything that exists. What was made before a failure is taken away again.
    """
    with making_installation(settings, clock) as warnings:
        return warnings


@contextmanager
def making_installation(settings: Settings, clock: Clock | None = None) -> Iterator[list[str]]:
    """The same, and what is done inside belongs to it: if that fails, files are taken away again.

    The tables of a database stay once they are there; they are made in one transaction.
    """
    clock = clock or SystemClock()
    store, _ = store_at(settings, clock, Folds(), None)
    _check_place(settings)
    with whole_or_nothing() as made:
        key = resolve_master_key(settings.master_key, settings.master_key_file, settings.master_key_command)
        if key is None:
            beside = settings.beside_master_key
            with uninterrupted():
                create_master_key(beside)
                made.add(str(beside), beside.unlink)
            key = resolve_master_key(file=beside)
            assert key is not None
        warnings = making_warnings(settings)
        with uninterrupted():
            vault = create_vault(settings.keys_place, key, clock=clock)
            made.add(str(settings.keys_place), lambda: remove_keys(settings.keys_place))
            vault.close()
        if settings.in_file:
            made.claim(settings.store_path)
        with store:
            store.create()
        if not settings.in_file:
            made.keep()
        yield warnings


def making_warnings(settings: Settings) -> list[str]:
    """What to be warned of where keys lie near what they protect; `BadInput` for keys in the log's own database."""
    key_file = settings.master_key_file or (
        None if settings.master_key or settings.master_key_command else settings.beside_master_key
    )
    place = settings.store_path if settings.in_file else settings.keys_place
    beside = master_key_beside(place, key_file) if key_file is not None and isinstance(place, Path) else None
    return [*([beside] if beside else []), *keys_apart(settings)]


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
        store, assembled = _joined(settings, clock, folds, definitions=None, address_keys=keyed_by(vault))
        stack.enter_context(store)
        files, directory = EvidenceFolder(settings.evidence_path), Addresses(store.reading)
        engine = Engine(store, vault, clock, files, directory, folds)
        engine.finish_forgetting()
        yield Installation(settings, engine, store, vault, clock, assembled)


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

    def no_addresses(_record: Record, _event: Event) -> None:
        """A store that is only being made holds nobody."""

    keys = address_keys or (keyed_by(vault) if vault else no_addresses)
    store, assembled = _joined(settings, clock, folds, definitions=definitions, address_keys=keys)
    return store, assembled()


def _joined(
    settings: Settings, clock: Clock, folds: Folds, *,
    definitions: Callable[[str], Definition] | None, address_keys: AddressKeys,
) -> tuple[SqlStore, Callable[[], Views]]:  # fmt: skip
    """The store, and what makes its views when they are first needed: reading the log does not need them."""
    store: SqlStore

    def definition(digest: str) -> Definition:
        kept = folds.definitions.get(digest)
        if kept is not None:
            return kept
        with store.snapshot() as snapshot:
            return Knowing(snapshot, folds, str).definition(digest)

    @cache
    def assembled() -> Views:
        from reviewflow.views.assembled import all_views

        return all_views(definitions or definition, address_keys)

    def beside() -> Sequence[Callable[[Any], None]]:
        from reviewflow.access import tables as access_tables
        from reviewflow.following import tables as following_tables

        return [following_tables.create, access_tables.create, *(view.create for view in assembled().following)]

    store = SqlStore(settings.store, clock, lambda: assembled().synchronous, beside=beside)
    return store, assembled


def _check_place(settings: Settings) -> None:
    places = (settings.store_path, settings.keys_place)[0 if settings.in_file else 1 :]
    check_free(*(path for path in places if isinstance(path, Path)))
    if settings.in_file and not settings.store_path.parent.is_dir():
        raise StoreUnreachable(settings.store, f"there is no folder {settings.store_path.parent}", "make it first")
